package service

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/postgres"
)

const (
	linkLife       = 15 * time.Minute
	invitationLife = 72 * time.Hour

	rateWindow      = 15 * time.Minute
	linksPerAddress = 5
	linksPerNetwork = 3000 // a whole office sits behind one address
)

// longestNext bounds the page that a link goes on to.
const longestNext = 500

// secret is what a link or a session is known by. The record keeps its digest only.
type secret string

func newSecret() secret {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return secret(base64.RawURLEncoding.EncodeToString(b))
}

func (s secret) digest() []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// key names the mail that carries the secret, without telling it.
func (s secret) key(kind mail.Kind) string {
	return fmt.Sprintf("%s/%x", kind, s.digest()[:16])
}

// RequestLink mails a one-time sign-in link to the person with the address, five times in a quarter of an hour at most. The
// answer is the same, and takes as long, when nobody has the address. next is the page that the person wanted, a path of
// ours. More than linksPerNetwork requests in a quarter of an hour from one network end with CodeTooMany.
func (s *Service) RequestLink(ctx context.Context, email, network, next string) error {
	email, err := address(email)
	if err != nil {
		return err
	}
	err = s.in(ctx, func(t *tx) error {
		asked, err := postgres.CountRequest(ctx, t, rateScope("network", network), t.now, rateWindow)
		if err != nil {
			return err
		}
		if asked > linksPerNetwork {
			return appraisal.Fault(appraisal.CodeTooMany, "sign_in.too_many", map[string]any{"minutes": int(rateWindow.Minutes())})
		}
		if asked, err = postgres.CountRequest(ctx, t, rateScope("address", email), t.now, rateWindow); err != nil || asked > linksPerAddress {
			return err
		}
		return postgres.MailLink(ctx, t, email, link(mail.KindSignIn, newSecret(), next, t.now, linkLife))
	})
	if err != nil {
		return fmt.Errorf("request a sign-in link: %w", err)
	}
	return nil
}

func link(kind mail.Kind, token secret, next string, now time.Time, life time.Duration) postgres.NewLink {
	return postgres.NewLink{
		Digest: token.digest(), Token: string(token), Key: token.key(kind), Kind: string(kind), Next: localPath(next),
		At: now, Expires: now.Add(life),
	}
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

// Redeem uses up a one-time link and signs its person in. A demonstration link can be redeemed again and again, but only from
// this machine. A link that was used, has expired or never was is CodeUnauthorized.
func (s *Service) Redeem(ctx context.Context, token string, from Origin) (SignedIn, error) {
	var signedIn SignedIn
	err := s.in(ctx, func(t *tx) error {
		l, err := postgres.RedeemLink(ctx, t, secret(token).digest(), t.now)
		switch {
		case err != nil:
			return err
		case l == nil:
			return appraisal.Fault(appraisal.CodeUnauthorized, "sign_in.link_void", nil)
		case l.Demonstration && !loopback(from.Network):
			return appraisal.Fault(appraisal.CodeForbidden, "sign_in.demonstration_remote", nil)
		}
		means := MeansLink
		if l.Demonstration {
			means = MeansDemonstration
		}
		if signedIn, err = s.beginSession(ctx, t, l.PersonID, means, from); err != nil {
			return err
		}
		signedIn.Next = l.Next
		return nil
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("redeem a sign-in link: %w", err)
	}
	return signedIn, nil
}

func actorOf(a postgres.SessionActor) appraisal.Actor {
	return appraisal.Actor{ID: a.ID, Name: a.FullName, Roles: a.Roles, Lang: a.Language, HRUnits: a.HRUnits, For: a.For}
}

// loopback reports whether a network, an address or an IPv6 /64, is this machine. ::/64 holds nothing else that can be
// reached.
func loopback(network string) bool {
	if prefix, err := netip.ParsePrefix(network); err == nil {
		return prefix.Contains(netip.IPv6Loopback()) && prefix.Bits() >= 64 || prefix.Addr().Is4() && prefix.Addr().IsLoopback() && prefix.Bits() >= 8
	}
	a, err := netip.ParseAddr(network)
	return err == nil && a.Unmap().IsLoopback()
}

// SetLanguage keeps the actor's choice of "id" or "en", for pages and mail.
func (s *Service) SetLanguage(ctx context.Context, actor appraisal.Actor, lang string) error {
	if !slices.Contains(locale.Langs, locale.Lang(lang)) {
		var f appraisal.Faults
		f.Add("language", "error.unknown_word", map[string]any{"value": lang})
		return f.Err()
	}
	if err := postgres.SetLanguage(ctx, s.db, actor.ID, lang); err != nil {
		return fmt.Errorf("set the language of %s: %w", actor.ID, err)
	}
	return nil
}

// DemonstrationLink returns the token of a link that signs a person in again and again, until the first import of real data
// revokes it. Where there are real data already it is CodeForbidden.
func (s *Service) DemonstrationLink(ctx context.Context, person appraisal.PersonID) (token string, err error) {
	fresh := newSecret()
	ok, err := postgres.InsertDemonstrationLink(ctx, s.db, fresh.digest(), person, s.clock().UTC())
	if err == nil && !ok {
		err = appraisal.Fault(appraisal.CodeForbidden, "sign_in.not_demonstration", nil)
	}
	if err != nil {
		return "", fmt.Errorf("make a demonstration link: %w", err)
	}
	return string(fresh), nil
}

// InviteAdministrator gives the person with the address a role, and returns the token of a one-time link, valid for 72 hours,
// which is mailed to them as well. Somebody who is not in the roster gets an account of that address. HR may be of units, each with
// all below it, named by their codes; without any it is of the whole organisation.
func (s *Service) InviteAdministrator(ctx context.Context, email string, role appraisal.Role, units ...string) (token string, err error) {
	if email, err = address(email); err != nil {
		return "", err
	}
	if !slices.Contains(appraisal.GrantedRoles, role) {
		var f appraisal.Faults
		f.Add("role", "error.unknown_word", map[string]any{"value": string(role)})
		return "", f.Err()
	}
	fresh := newSecret()
	err = s.in(ctx, func(t *tx) error {
		person, err := postgres.AccountByEmail(ctx, t, email)
		if err != nil {
			return err
		}
		if err := grant(ctx, t, person, role, units); err != nil {
			return err
		}
		return postgres.MailLink(ctx, t, email, link(mail.KindInvitation, fresh, "/", t.now, invitationLife))
	})
	if err != nil {
		return "", fmt.Errorf("invite an administrator: %w", err)
	}
	return string(fresh), nil
}
