package service

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/auth"
)

// keyed is the government at an address for which browsers keep passkeys.
func keyed(t *testing.T) *bundle {
	t.Helper()
	b := setupUnlaunched(t)
	passkeys, err := auth.NewPasskeys(passkeyOrigin)
	must(t, err)
	b.authenticators = passkeys
	return b
}

// sitsDown begins a session of somebody's and returns its id.
func (b *bundle) sitsDown(t *testing.T, who string) string {
	t.Helper()
	return query[string](t, b, `insert into session (token_digest, person_id, created_at, seen_at, expires_at)
		values ($1, $2, $3, $3, $3::timestamptz + interval '1 day') returning id::text`, newSecret().digest(), b.as(who).ID, b.clock.Now())
}

// adds lets somebody add a passkey of a new device.
func (b *bundle) adds(t *testing.T, who, name string) *device {
	t.Helper()
	d := newDevice(t)
	session := b.sitsDown(t, who)
	c, err := b.BeginPasskey(t.Context(), b.as(who), session, "Ponsel")
	must(t, err)
	_, err = b.AddPasskey(t.Context(), b.as(who), session, d.make(c, name))
	must(t, err)
	return d
}

func (b *bundle) challenged(t *testing.T) PasskeyChallenge {
	t.Helper()
	c, err := b.BeginPasskeySignIn(t.Context(), agencyNetwork)
	must(t, err)
	return c
}

func (b *bundle) enters(t *testing.T, d *device) (SignedIn, error) {
	t.Helper()
	return b.FinishPasskeySignIn(t.Context(), d.use(b.challenged(t)), Origin{Network: agencyNetwork})
}

// peopleTrail lists what was audited about somebody, each with its cause, means or name.
func (b *bundle) peopleTrail(t *testing.T, who string) string {
	t.Helper()
	return query[string](t, b, `select coalesce(string_agg(action || ' ' || coalesce(content->>'cause', content->>'means', content->>'name', ''), ', ' order by id), '')
		from audit_event join audit_content on event_id = id where subject = 'person/' || $1`, string(b.as(who).ID))
}

func TestAPasskeySignsItsPersonInWithoutAnAddress(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	d := b.adds(t, "ani", "  Ponsel   saya ")
	b.clock.advance(24 * time.Hour)
	c := b.challenged(t)
	o := d.read(c)
	if o.PublicKey.UserVerification != "required" || len(o.PublicKey.Allow) != 0 {
		t.Errorf("asks for %+v", o.PublicKey)
	}
	s, err := b.FinishPasskeySignIn(t.Context(), d.use(c), Origin{Network: agencyNetwork})
	must(t, err)
	if s.Actor.ID != b.as("ani").ID || s.Token == "" {
		t.Errorf("signed in as %+v", s.Actor)
	}
	list, err := b.Passkeys(t.Context(), b.as("ani"), b.sitsDown(t, "ani"))
	must(t, err)
	if len(list.Items) != 1 || !list.Recent || !list.Offered || list.Items[0].Name != "Ponsel saya" || list.Items[0].UsedAt == nil || !list.Items[0].UsedAt.Equal(b.clock.Now()) {
		t.Errorf("the list is %+v", list)
	}
	if got := b.peopleTrail(t, "ani"); got != "add_passkey Ponsel saya, sign_in passkey" {
		t.Errorf("the trail is %q", got)
	}
	if other, err := b.Passkeys(t.Context(), b.as("budi"), ""); err != nil || len(other.Items) != 0 || other.Recent {
		t.Errorf("somebody else sees %+v, %v", other, err)
	}
}

func TestAnAnswerOfAnAuthenticatorWorksOnceAndNotForLong(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	d := b.adds(t, "ani", "Ponsel")
	answer := d.use(b.challenged(t))
	_, err := b.FinishPasskeySignIn(t.Context(), answer, Origin{})
	must(t, err)
	_, err = b.FinishPasskeySignIn(t.Context(), answer, Origin{})
	wantKey(t, err, appraisal.CodeUnauthorized, "passkey.void")

	fresh := b.challenged(t) // the used answer with a ticket that is fresh
	_, err = b.FinishPasskeySignIn(t.Context(), PasskeyAnswer{Ticket: fresh.Ticket, Credential: answer.Credential}, Origin{})
	wantKey(t, err, appraisal.CodeUnauthorized, "passkey.refused")
	_, err = b.FinishPasskeySignIn(t.Context(), d.use(fresh), Origin{}) // which has used the ticket up
	wantKey(t, err, appraisal.CodeUnauthorized, "passkey.void")

	late := b.challenged(t)
	b.clock.advance(5 * time.Minute)
	_, err = b.FinishPasskeySignIn(t.Context(), d.use(late), Origin{})
	wantKey(t, err, appraisal.CodeUnauthorized, "passkey.void")

	var wg sync.WaitGroup
	errs := make([]error, 8)
	once := d.use(b.challenged(t))
	for i := range errs {
		wg.Go(func() { _, errs[i] = b.FinishPasskeySignIn(t.Context(), once, Origin{}) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		}
	}
	if won != 1 {
		t.Errorf("one answer let %d in", won)
	}
}

func TestAPasskeyThatWasRemovedOrWhosePersonLeftLetsNobodyIn(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	d, other := b.adds(t, "ani", "Ponsel"), b.adds(t, "budi", "Laptop")
	session := b.sitsDown(t, "ani")
	list, err := b.Passkeys(t.Context(), b.as("ani"), session)
	must(t, err)
	wantKey(t, b.RemovePasskey(t.Context(), b.as("budi"), b.sitsDown(t, "budi"), list.Items[0].ID), appraisal.CodeNotFound, "error.not_found")
	wantKey(t, b.RemovePasskey(t.Context(), b.as("ani"), session, "not-an-id"), appraisal.CodeNotFound, "error.not_found")
	must(t, b.RemovePasskey(t.Context(), b.as("ani"), session, list.Items[0].ID))
	_, err = b.enters(t, d)
	wantKey(t, err, appraisal.CodeUnauthorized, "passkey.unknown")

	b.exec(t, `update person set active = false where id = $1`, b.as("budi").ID)
	_, err = b.enters(t, other)
	wantKey(t, err, appraisal.CodeForbidden, "passkey.departed")
	if got := b.peopleTrail(t, "budi"); !strings.HasSuffix(got, ", refuse_sign_in departed") {
		t.Errorf("the trail is %q", got)
	}
}

func TestAnAuthenticatorThatProvesNothingLetsNobodyIn(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	for name, change := range map[string]func(d, other *device){
		"another site":           func(d, _ *device) { d.origin = "https://evil.example" },
		"another host":           func(d, _ *device) { d.host = "evil.example" },
		"nobody verified":        func(d, _ *device) { d.flags = userPresent },
		"nobody present":         func(d, _ *device) { d.flags = userVerified },
		"another key":            func(d, other *device) { d.key = other.key },
		"in another's name":      func(d, other *device) { d.handle = other.handle },
		"in nobody's name":       func(d, _ *device) { d.handle = nil },
		"with another's passkey": func(d, other *device) { d.id = other.id },
	} {
		t.Run(name, func(t *testing.T) {
			d, other := b.adds(t, "ani", name), b.adds(t, "budi", name)
			change(d, other)
			d.t = t
			_, err := b.enters(t, d)
			wantKey(t, err, appraisal.CodeUnauthorized, "passkey.refused")
		})
	}
	for _, credential := range []string{``, `{}`, `null`, `[]`, `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`, `"` + strings.Repeat("x", longestAnswer) + `"`} {
		_, err := b.FinishPasskeySignIn(t.Context(), PasskeyAnswer{Ticket: b.challenged(t).Ticket, Credential: json.RawMessage(credential)}, Origin{})
		wantCode(t, err, appraisal.CodeUnauthorized)
	}
}

func TestACounterThatDoesNotGoOnIsTakenForACopy(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	d := b.adds(t, "ani", "Kunci USB")
	d.counter = 41
	_, err := b.enters(t, d)
	must(t, err)
	for _, before := range []uint32{41, 9} { // the same, and less
		d.counter = before
		_, err = b.enters(t, d)
		wantKey(t, err, appraisal.CodeForbidden, "passkey.copied")
	}
	if got := b.peopleTrail(t, "ani"); !strings.HasSuffix(got, "sign_in passkey, refuse_sign_in copied, refuse_sign_in copied") {
		t.Errorf("the trail is %q", got)
	}
	list, err := b.Passkeys(t.Context(), b.as("ani"), "")
	must(t, err)
	if list.Items[0].CopySeen == nil {
		t.Error("its owner is not told")
	}
	d.counter = 42
	_, err = b.enters(t, d)
	must(t, err)
}

func TestPasskeysAreChangedOnlySoonAfterSigningIn(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	session := b.sitsDown(t, "ani")
	others := b.sitsDown(t, "budi")
	c, err := b.BeginPasskey(t.Context(), b.as("ani"), session, "Ponsel")
	must(t, err)
	d := newDevice(t)
	added, err := b.AddPasskey(t.Context(), b.as("ani"), session, d.make(c, "Ponsel"))
	must(t, err)
	c, err = b.BeginPasskey(t.Context(), b.as("ani"), session, "Ponsel")
	must(t, err)
	for _, wrong := range []string{"", others} {
		_, err = b.BeginPasskey(t.Context(), b.as("ani"), wrong, "Ponsel")
		wantKey(t, err, appraisal.CodeForbidden, "sign_in.again")
	}
	b.clock.advance(15 * time.Minute)
	_, err = b.BeginPasskey(t.Context(), b.as("ani"), session, "Ponsel")
	wantKey(t, err, appraisal.CodeForbidden, "sign_in.again")
	_, err = b.AddPasskey(t.Context(), b.as("ani"), session, newDevice(t).make(c, "Laptop"))
	wantKey(t, err, appraisal.CodeForbidden, "sign_in.again")
	wantKey(t, b.RemovePasskey(t.Context(), b.as("ani"), session, added.ID), appraisal.CodeForbidden, "sign_in.again")
	must(t, b.RemovePasskey(t.Context(), b.as("ani"), b.sitsDown(t, "ani"), added.ID))
}

func TestADemonstrationLinkAddsNoPasskeys(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	session := b.sitsDown(t, "ani")
	b.exec(t, `update session set demonstration = true where id = $1`, session)
	_, err := b.BeginPasskey(t.Context(), b.as("ani"), session, "Ponsel")
	wantKey(t, err, appraisal.CodeForbidden, "sign_in.again")
}

func TestOnlyTheRightPasskeyIsAddedAndOnce(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	session, others := b.sitsDown(t, "ani"), b.sitsDown(t, "budi")
	begin := func() PasskeyChallenge {
		t.Helper()
		c, err := b.BeginPasskey(t.Context(), b.as("ani"), session, "Ponsel")
		must(t, err)
		return c
	}
	add := func(in PasskeyAnswer) error {
		_, err := b.AddPasskey(t.Context(), b.as("ani"), session, in)
		return err
	}
	for name, change := range map[string]func(*device){
		"another site": func(d *device) { d.origin = "https://evil.example" }, "another host": func(d *device) { d.host = "evil.example" },
		"nobody verified": func(d *device) { d.flags = userPresent },
	} {
		d := newDevice(t)
		change(d)
		c := begin()
		if err := add(d.make(c, name)); appraisal.CodeOf(err) != appraisal.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
		wantKey(t, add(newDevice(t).make(c, name)), appraisal.CodeInvalid, "passkey.void")
	}
	d, c := newDevice(t), begin()
	if o := d.read(c).PublicKey; o.Selection.ResidentKey != "required" || o.Selection.UserVerification != "required" {
		t.Errorf("asks for %+v", o)
	}
	answer := d.make(c, "Ponsel")
	for _, wrong := range []string{"", "  ", strings.Repeat("k", 61), "a\x00b"} {
		answer.Name = wrong
		wantCode(t, add(answer), appraisal.CodeInvalid)
		_, err := b.BeginPasskey(t.Context(), b.as("ani"), session, wrong)
		wantCode(t, err, appraisal.CodeInvalid)
	}
	answer.Name = "Ponsel"
	_, err := b.AddPasskey(t.Context(), b.as("budi"), others, answer)
	wantKey(t, err, appraisal.CodeInvalid, "passkey.void")
	answer = d.make(begin(), "Ponsel")
	must(t, add(answer))
	wantKey(t, add(answer), appraisal.CodeInvalid, "passkey.void")
	if n := len(d.read(begin()).PublicKey.Exclude); n != 1 {
		t.Errorf("%d devices are told that they have one already", n)
	}
	stolen, err := b.BeginPasskey(t.Context(), b.as("budi"), others, "Ponsel") // Budi adds Ani's
	must(t, err)
	_, err = b.AddPasskey(t.Context(), b.as("budi"), others, d.make(stolen, "Ponsel"))
	wantCode(t, err, appraisal.CodeConflict)

	sign := b.challenged(t) // a ticket for signing in adds nothing, and one for adding signs nobody in
	wantKey(t, add(newDevice(t).make(sign, "x")), appraisal.CodeInvalid, "passkey.void")
	_, err = b.FinishPasskeySignIn(t.Context(), d.use(begin()), Origin{})
	wantKey(t, err, appraisal.CodeUnauthorized, "passkey.void")
	for range mostPasskeys - 1 {
		must(t, add(newDevice(t).make(begin(), "Lain")))
	}
	_, err = b.BeginPasskey(t.Context(), b.as("ani"), session, "Ponsel")
	wantKey(t, err, appraisal.CodeConflict, "passkey.too_many")
}

func TestWhereBrowsersKeepNoPasskeysNothingIsOffered(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://127.0.0.1:8080", "https://[::1]", "https://10.0.0.5", "http://telaah.go.id", "", "::"} {
		if _, err := auth.NewPasskeys(address); err == nil {
			t.Errorf("passkeys are offered at %q", address)
		}
	}
	for _, address := range []string{"https://telaah.go.id", "https://telaah.go.id:8443", "http://localhost:8080"} {
		if _, err := auth.NewPasskeys(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	b := setupUnlaunched(t)
	session := b.sitsDown(t, "ani")
	_, err := b.BeginPasskey(t.Context(), b.as("ani"), session, "Ponsel")
	wantKey(t, err, appraisal.CodeNotFound, "passkey.not_offered")
	_, err = b.BeginPasskeySignIn(t.Context(), agencyNetwork)
	wantKey(t, err, appraisal.CodeNotFound, "passkey.not_offered")
}
