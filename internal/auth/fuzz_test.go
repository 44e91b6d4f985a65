package auth

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

var nip = regexp.MustCompile(`^[0-9]{18}$`)

// Whatever a provider says about somebody, they are known by a whole NIP or a confirmed address, or not at all.
func FuzzClaims(f *testing.F) {
	for _, s := range []string{
		`{"nip":"198501012010012002"}`, `{"nip":198501012010012002}`, `{"nip":" 198501012010012002"}`, `{"nip":["198501012010012002"]}`, `{"nip":null}`,
		`{"email":"ani@pkm.test","email_verified":true}`, `{"email":"ani@pkm.test","email_verified":"true"}`, `{"email":"ani@pkm.test"}`, `{"email":"a\u0000@b","email_verified":true}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var said claims
		if json.Unmarshal(raw, &said) != nil {
			return
		}
		p := &Provider{}
		if who, err := p.known(appraisal.Identity{Claim: appraisal.ClaimNIP}, said); err == nil && !nip.MatchString(who.Value) {
			t.Errorf("%q is taken for a NIP", who.Value)
		}
		who, err := p.known(appraisal.Identity{Claim: appraisal.ClaimEmail}, said)
		if err == nil && (strings.Trim(string(said.Verified), `"`) != "true" || strings.Count(who.Value, "@") != 1 || strings.ContainsAny(who.Value, " \r\n\x00")) {
			t.Errorf("%q is taken for an address, confirmed by %s", who.Value, said.Verified)
		}
	})
}

// What a browser says that its authenticator answered adds no passkey and lets nobody in, unless an authenticator signed it.
func FuzzPasskeyAnswer(f *testing.F) {
	keys, err := NewPasskeys("https://telaah.test")
	if err != nil {
		f.Fatal(err)
	}
	owner := appraisal.PasskeyOwner{ID: "3f0c3a1e-7f0e-4a39-8a52-0c9f52a1f4a1", Name: "Ani"}
	adding, err := keys.BeginRegistration(owner)
	if err != nil {
		f.Fatal(err)
	}
	entering, err := keys.BeginSignIn()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		`{}`, `null`, `[]`, `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`,
		`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUEA"}}`,
		`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0","authenticatorData":"AAAA","signature":"AA","userHandle":"AA"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		if _, err := keys.FinishRegistration(owner, adding.Kept, answer); err == nil {
			t.Error("a passkey was added")
		}
		if _, err := keys.Answering(answer); err != nil && appraisal.CodeOf(err) == "" {
			t.Errorf("an answer that names no passkey ends with %v", err)
		}
		if _, _, err := keys.FinishSignIn(owner, entering.Kept, answer); err == nil {
			t.Error("somebody was let in")
		}
	})
}
