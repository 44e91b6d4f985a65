package appraisal

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
)

// IdentityClaim is what a provider of identities tells us to find a person by.
type IdentityClaim string

const (
	ClaimNIP   IdentityClaim = "nip"
	ClaimEmail IdentityClaim = "email"
)

// IdentityQuestion is what we ask a provider with, and what its answer is held against.
type IdentityQuestion struct {
	State    string
	Nonce    string
	Verifier string // of PKCE (RFC 7636)

	// AnewSince is set for somebody who is signed in and has to show that it is still they: the provider must have asked them since.
	AnewSince *time.Time
}

// IdentityAnswer is what a provider sends a browser back with, untrusted until it has been checked.
type IdentityAnswer struct {
	State       string
	Code        string
	Issuer      string // RFC 9207; empty where the provider does not say it
	Error       string // RFC 6749, section 4.1.2.1
	Description string // the provider's words about the error, for the log
}

// Identity is an account as its provider vouches for it.
type Identity struct {
	Issuer  string
	Subject string // the provider's id of the account, never given to another
	Claim   IdentityClaim
	Value   string // a NIP of 18 digits, or an address in small letters
}

// nipDigits is the length of a NIP (Peraturan BKN 22/2007).
const nipDigits = 18

// Check refuses an identity that nobody can be found by.
func (i Identity) Check() error {
	if i.Claim == ClaimNIP && (len(i.Value) != nipDigits || strings.Trim(i.Value, "0123456789") != "") {
		return Fault(CodeForbidden, "federated.no_nip", nil)
	}
	if i.Claim == ClaimEmail && (strings.Count(i.Value, "@") != 1 || !Readable(i.Value) || strings.ContainsFunc(i.Value, unicode.IsSpace)) {
		return Fault(CodeForbidden, "federated.no_email", nil)
	}
	return nil
}

// PasskeyOwner is a person as authenticators are told of them.
type PasskeyOwner struct {
	ID      PersonID
	Name    string
	Records []json.RawMessage // of the passkeys that they have
}

// PasskeyCredential is a passkey: the authenticator's id of it, and its public key and counter in the form of who checks them.
type PasskeyCredential struct {
	ID     []byte
	Record json.RawMessage
}

// Ceremony is one exchange with an authenticator.
type Ceremony struct {
	Options json.RawMessage // for the browser
	Kept    json.RawMessage // what the answer is held against, never shown
}
