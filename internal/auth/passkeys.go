package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/marelan/telaah/internal/appraisal"
)

// ErrNoPasskeys says that browsers keep no passkeys for an address: only for names reached by https, and for localhost.
var ErrNoPasskeys = errors.New("browsers keep passkeys only for a name that is reached by https, or for localhost")

// Passkeys runs the ceremonies of WebAuthn for one address. It is safe for concurrent use.
type Passkeys struct{ party *webauthn.WebAuthn }

// NewPasskeys returns the ceremonies for the address that people type. Its error is ErrNoPasskeys where there can be none.
func NewPasskeys(baseURL string) (*Passkeys, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("base URL %q: %w", baseURL, errors.Join(err, ErrNoPasskeys))
	}
	if net.ParseIP(u.Hostname()) != nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil, ErrNoPasskeys
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Telaah", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w", u.Host, err)
	}
	return &Passkeys{party}, nil
}

// BeginRegistration asks for a passkey that the owner does not have yet.
func (p *Passkeys) BeginRegistration(owner appraisal.PasskeyOwner) (appraisal.Ceremony, error) {
	user, err := holderOf(owner)
	if err != nil {
		return appraisal.Ceremony{}, err
	}
	var known []protocol.CredentialDescriptor
	for _, c := range user.credentials {
		known = append(known, c.Descriptor())
	}
	options, kept, err := p.party.BeginRegistration(user, webauthn.WithExclusions(known))
	return ceremony(options, kept, err)
}

// FinishRegistration checks what the owner's authenticator made. What is not right is CodeInvalid.
func (p *Passkeys) FinishRegistration(owner appraisal.PasskeyOwner, kept, answer json.RawMessage) (appraisal.PasskeyCredential, error) {
	var none appraisal.PasskeyCredential
	user, asked, err := began(owner, kept)
	if err != nil {
		return none, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return none, refused(appraisal.CodeInvalid, "passkey.not_added", err)
	}
	made, err := p.party.CreateCredential(user, asked, parsed)
	if err != nil {
		return none, refused(appraisal.CodeInvalid, "passkey.not_added", err)
	}
	return stored(made)
}

// BeginSignIn asks for any passkey of this address.
func (p *Passkeys) BeginSignIn() (appraisal.Ceremony, error) {
	options, kept, err := p.party.BeginDiscoverableLogin()
	return ceremony(options, kept, err)
}

// Answering returns the id of the passkey that answers, which proves nothing yet.
func (p *Passkeys) Answering(answer json.RawMessage) ([]byte, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, refused(appraisal.CodeUnauthorized, "passkey.refused", err)
	}
	return parsed.RawID, nil
}

// FinishSignIn checks the answer of one of the owner's passkeys and returns the passkey as it is to be kept from now on. copied
// says that its counter did not go on: there may be another of it, and it must let nobody in.
func (p *Passkeys) FinishSignIn(owner appraisal.PasskeyOwner, kept, answer json.RawMessage) (now appraisal.PasskeyCredential, copied bool, err error) {
	user, asked, err := began(owner, kept)
	if err != nil {
		return now, false, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return now, false, refused(appraisal.CodeUnauthorized, "passkey.refused", err)
	}
	_, used, err := p.party.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return user, nil }, asked, parsed)
	if err != nil {
		return now, false, refused(appraisal.CodeUnauthorized, "passkey.refused", err)
	}
	now, err = stored(used)
	return now, used.Authenticator.CloneWarning, err
}

// refused keeps what the library found for the log; it repeats no secret.
func refused(code appraisal.Code, key string, err error) error {
	if found := (*protocol.Error)(nil); errors.As(err, &found) {
		err = fmt.Errorf("%s: %s %s", found.Type, found.Details, found.DevInfo)
	}
	return &appraisal.Error{Code: code, Key: key, Err: err}
}

func ceremony(options any, kept *webauthn.SessionData, err error) (appraisal.Ceremony, error) {
	if err != nil {
		return appraisal.Ceremony{}, fmt.Errorf("begin a ceremony: %w", err)
	}
	var c appraisal.Ceremony
	if c.Options, err = json.Marshal(options); err == nil {
		c.Kept, err = json.Marshal(kept)
	}
	return c, err
}

func began(owner appraisal.PasskeyOwner, kept json.RawMessage) (*holder, webauthn.SessionData, error) {
	var asked webauthn.SessionData
	if err := json.Unmarshal(kept, &asked); err != nil {
		return nil, asked, fmt.Errorf("read a ceremony: %w", err)
	}
	user, err := holderOf(owner)
	return user, asked, err
}

func stored(c *webauthn.Credential) (appraisal.PasskeyCredential, error) {
	raw, err := json.Marshal(c)
	return appraisal.PasskeyCredential{ID: c.ID, Record: raw}, err
}

// holder is a person as the library wants to see them. Their handle is our own opaque id.
type holder struct {
	appraisal.PasskeyOwner
	credentials []webauthn.Credential
}

func holderOf(owner appraisal.PasskeyOwner) (*holder, error) {
	h := &holder{PasskeyOwner: owner}
	for _, raw := range owner.Records {
		var c webauthn.Credential
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil, fmt.Errorf("read a passkey of %s: %w", owner.ID, err)
		}
		h.credentials = append(h.credentials, c)
	}
	return h, nil
}

func (h *holder) WebAuthnID() []byte                         { return []byte(h.ID) }
func (h *holder) WebAuthnName() string                       { return h.Name }
func (h *holder) WebAuthnDisplayName() string                { return h.Name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }
