package service

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/postgres"
)

const (
	linkLife       = 15 * time.Minute
	invitationLife = 72 * time.Hour

	rateWindow           = 15 * time.Minute
	linksPerAddress      = 5
	linksPerNetwork      = 3000 // a whole office sits behind one address
	codeAttempts         = 5    // wrong codes, after which what was asked for is void
	wrongCodesPerNetwork = 300
)

// longestNext bounds the page that a link goes on to.
const longestNext = 500

// LinkRequest is somebody at the sign-in page.
type LinkRequest struct {
	Email   string
	Next    string // the page that they wanted, a path of ours
	Network string
	Asker   string // what RequestLink has returned to the same browser before; may be empty
}

// RequestLink mails a one-time sign-in link and a code to the person with the address, five times in a quarter of an hour at
// most. The answer is the same, and takes as long, when nobody has the address: the secret by which the asking browser is known
// again. Link and code sign in that browser only, within 15 minutes. More than linksPerNetwork requests in a quarter of an hour
// from one network end with CodeTooMany.
func (s *Service) RequestLink(ctx context.Context, in LinkRequest) (asker string, err error) {
	email, err := address(in.Email)
	if err != nil {
		return "", err
	}
	err = s.in(ctx, func(t *tx) error {
		asked, err := postgres.CountRequest(ctx, t, rateScope("network", in.Network), t.now, rateWindow)
		if err != nil {
			return err
		}
		if asked > linksPerNetwork {
			return tooMany("sign_in.too_many")
		}
		if asked, err = postgres.CountRequest(ctx, t, rateScope("address", email), t.now, rateWindow); err != nil {
			return err
		}
		if asked > linksPerAddress {
			email = "" // which nobody has
		}
		by := secret(in.Asker)
		known, err := postgres.AskerKnown(ctx, t, by.digest(), t.now)
		if err != nil {
			return err
		}
		if !known {
			by = newSecret()
		}
		asker = string(by)
		token := newSecret()
		l := link(mail.KindSignIn, token, in.Next, t.now, linkLife)
		l.Asker, l.Code = by.digest(), codeDigest(by, token.code())
		return postgres.MailLink(ctx, t, email, l)
	})
	if err != nil {
		return "", fmt.Errorf("request a sign-in link: %w", err)
	}
	return asker, nil
}

func tooMany(key string) error {
	return appraisal.Fault(appraisal.CodeTooMany, key, map[string]any{"minutes": int(rateWindow.Minutes())})
}

func link(kind mail.Kind, token secret, next string, now time.Time, life time.Duration) postgres.NewLink {
	return postgres.NewLink{
		Digest: token.digest(), Token: string(token), Key: token.key(kind), Kind: string(kind), Next: localPath(next),
		At: now, Expires: now.Add(life),
	}
}

// codes spells codes in what cannot be mistaken for each other: no O beside 0, no I or L beside 1, no U.
const codes = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var codeSpelling = base32.NewEncoding(codes).WithPadding(base32.NoPadding)

// code is what can be typed in the browser that asked for the link of the secret, wherever its mail is read: 40 bits.
func (s secret) code() string {
	sum := sha256.Sum256([]byte("code/" + s))
	return codeSpelling.EncodeToString(sum[:5])
}

// codeDigest needs what only the asking browser has, so that the code cannot be found out from the record.
func codeDigest(asker secret, code string) []byte { return secret(string(asker) + "/" + code).digest() }

// grouped writes a code as it is read.
func grouped(code string) string { return code[:4] + "-" + code[4:] }

// typedCode is a code as it is spelled, from what somebody typed; ok tells whether it can be one.
func typedCode(typed string) (code string, ok bool) {
	code = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(typed)))
	return code, len(code) == 8 && strings.Trim(code, codes) == ""
}

// rateScope is what requests are counted under; neither networks nor addresses are stored.
func rateScope(of, value string) []byte { return secret(of + "/" + value).digest() }

// address returns an e-mail address in the form in which it is compared.
func address(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if mail.CheckAddress(email) == nil {
		return email, nil
	}
	var f appraisal.Faults
	f.Add("email", "sign_in.email", nil)
	return "", f.Err()
}

// localPath returns next if it is a path of ours, and nothing otherwise: a link must not lead people elsewhere.
func localPath(next string) string {
	if len(next) > longestNext || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsFunc(next, func(r rune) bool { return r == '\\' || unicode.IsControl(r) || r == unicode.ReplacementChar }) {
		return ""
	}
	if u, err := url.Parse(next); err != nil || u.Scheme != "" || u.Host != "" || u.User != nil {
		return ""
	}
	return next
}

// OpenedLink is what can be done with a link where it was opened.
type OpenedLink struct {
	Here bool   // it signs this browser in
	Code string // otherwise: what to type in the browser that asked
}

// OpenLink tells what a link can do where it was opened, without using it up. A link that was used, has expired or never was is
// CodeUnauthorized.
func (s *Service) OpenLink(ctx context.Context, token, asker string) (OpenedLink, error) {
	l, err := postgres.OpenLink(ctx, s.db, secret(token).digest(), codeAttempts, s.clock().UTC())
	switch {
	case err != nil:
		return OpenedLink{}, fmt.Errorf("open a sign-in link: %w", err)
	case l == nil:
		return OpenedLink{}, fmt.Errorf("open a sign-in link: %w", errLinkVoid)
	case l.Asker == nil || subtle.ConstantTimeCompare(l.Asker, secret(asker).digest()) == 1:
		return OpenedLink{Here: true}, nil
	default:
		return OpenedLink{Code: grouped(secret(token).code())}, nil
	}
}

var errLinkVoid = appraisal.Fault(appraisal.CodeUnauthorized, "sign_in.link_void", nil)

// Redeem uses up a one-time link and signs its person in. A link that was asked for works in the browser that asked, and is
// CodeForbidden anywhere else; an invitation works where it is opened. A demonstration link can be redeemed again and again, but
// only from this machine. A link that was used, has expired or never was is CodeUnauthorized.
func (s *Service) Redeem(ctx context.Context, token string, from Origin) (SignedIn, error) {
	var signedIn SignedIn
	digest := secret(token).digest()
	err := s.in(ctx, func(t *tx) error {
		opened, err := postgres.OpenLink(ctx, t, digest, codeAttempts, t.now)
		switch {
		case err != nil:
			return err
		case opened == nil:
			return errLinkVoid
		case opened.Demonstration && !loopback(from.Network):
			return appraisal.Fault(appraisal.CodeForbidden, "sign_in.demonstration_remote", nil)
		case opened.Asker != nil && subtle.ConstantTimeCompare(opened.Asker, secret(from.Asker).digest()) != 1:
			return appraisal.Fault(appraisal.CodeForbidden, "sign_in.other_browser", nil)
		}
		means := MeansInvitation
		switch {
		case opened.Demonstration:
			means = MeansDemonstration
		case opened.Asker != nil:
			means = MeansLink
		}
		signedIn, err = s.redeem(ctx, t, digest, means, from)
		return err
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("redeem a sign-in link: %w", err)
	}
	return signedIn, nil
}

// redeem uses up the link with a digest, and with it all others that the same browser has asked for.
func (s *Service) redeem(ctx context.Context, t *tx, digest []byte, means Means, from Origin) (SignedIn, error) {
	l, err := postgres.RedeemLink(ctx, t, digest, t.now)
	if err != nil {
		return SignedIn{}, err
	}
	if l == nil {
		return SignedIn{}, errLinkVoid
	}
	if l.Asker != nil {
		if err := postgres.VoidAskedLinks(ctx, t, l.Asker, t.now); err != nil {
			return SignedIn{}, err
		}
	}
	signedIn, err := s.beginSession(ctx, t, l.PersonID, means, from)
	signedIn.Next = l.Next
	return signedIn, err
}

// RedeemCode signs in the browser that asked for a link with the code from its mail. A wrong code is CodeInvalid; after five of
// them, and when nothing was asked for within 15 minutes, it is CodeUnauthorized: another link has to be asked for. More than
// wrongCodesPerNetwork wrong codes in a quarter of an hour from one network end with CodeTooMany.
func (s *Service) RedeemCode(ctx context.Context, typed string, from Origin) (SignedIn, error) {
	code, ok := typedCode(typed)
	if !ok {
		return SignedIn{}, wrongCode("sign_in.code_form", nil)
	}
	var signedIn SignedIn
	var refused error // the count of attempts stays
	asker := secret(from.Asker)
	err := s.in(ctx, func(t *tx) error {
		signedIn, refused = SignedIn{}, nil
		asked, err := postgres.LockAskedLinks(ctx, t, asker.digest(), codeAttempts, t.now)
		if err != nil {
			return err
		}
		var match *postgres.AskedLink
		digest := codeDigest(asker, code)
		for i := range asked {
			if subtle.ConstantTimeCompare(asked[i].Code, digest) == 1 {
				match = &asked[i]
			}
		}
		if match != nil {
			signedIn, err = s.redeem(ctx, t, match.Digest, MeansCode, from)
			return err
		}
		wrong, err := postgres.RequestsCounted(ctx, t, rateScope("code", from.Network), t.now, rateWindow)
		if err != nil {
			return err
		}
		refused, err = refuseCode(ctx, t, asker, from.Network, asked)
		if err == nil && wrong >= wrongCodesPerNetwork { // the right code of a colleague in the same network still lets them in
			refused = tooMany("sign_in.too_many_codes")
		}
		return err
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return SignedIn{}, fmt.Errorf("redeem a sign-in code: %w", err)
	}
	return signedIn, nil
}

// refuseCode counts a wrong code and returns the fault that says how many more may be typed.
func refuseCode(ctx context.Context, t *tx, asker secret, network string, asked []postgres.AskedLink) (error, error) {
	if _, err := postgres.CountRequest(ctx, t, rateScope("code", network), t.now, rateWindow); err != nil {
		return nil, err
	}
	left := 0
	for _, l := range asked {
		left = max(left, codeAttempts-l.Attempts-1)
	}
	if len(asked) > 0 {
		if err := postgres.CountAttempt(ctx, t, asker.digest(), t.now); err != nil {
			return nil, err
		}
		subject := "sign_in" // of nobody, written as for somebody
		if about := asked[0].PersonID; about != nil {
			subject = "person/" + string(*about)
		}
		if err := postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Network: network, Action: "refuse_code", Subject: subject, Detail: map[string]any{"left": left}}); err != nil {
			return nil, err
		}
	}
	if left == 0 {
		return appraisal.Fault(appraisal.CodeUnauthorized, "sign_in.code_void", nil), nil
	}
	return wrongCode("sign_in.code_wrong", map[string]any{"left": left}), nil
}

func wrongCode(key string, args map[string]any) error {
	var f appraisal.Faults
	f.Add("code", key, args)
	return f.Err()
}
