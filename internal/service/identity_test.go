package service

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

const agencyNetwork = "203.0.113.7"

// mailedToken returns the token of the last link mailed to somebody.
func (b *bundle) mailedToken(t *testing.T, who string) string {
	t.Helper()
	return query[string](t, b, `select args->>'token' from mail where recipient_id = $1 and kind in ('sign_in', 'invitation')
		order by created_at desc, id limit 1`, b.as(who).ID)
}

// asks asks for a link in the one browser that there is in most tests.
func (b *bundle) asks(t *testing.T, in LinkRequest) error {
	t.Helper()
	in.Asker = b.askedBy
	asker, err := b.RequestLink(t.Context(), in)
	if err == nil {
		b.askedBy = asker
	}
	return err
}

// asker is where that browser is.
func (b *bundle) asker() Origin { return Origin{Network: agencyNetwork, Asker: b.askedBy} }

// signIn asks for a link and redeems it.
func (b *bundle) signIn(t *testing.T, who string) SignedIn {
	t.Helper()
	must(t, b.asks(t, LinkRequest{Email: who + "@pemda.test", Network: agencyNetwork}))
	s, err := b.Redeem(t.Context(), b.mailedToken(t, who), b.asker())
	must(t, err)
	return s
}

// bearer returns who a session belongs to, for a program that shows its token.
func (b *bundle) bearer(t *testing.T, s SignedIn) (appraisal.Actor, error) {
	t.Helper()
	who, err := b.Authenticate(t.Context(), Credential{Token: s.Token})
	return who.Actor, err
}

func (b *bundle) signOut(t *testing.T, s SignedIn) {
	t.Helper()
	id := query[string](t, b, `select coalesce((select id::text from session where token_digest = $1), '')`, secret(s.Token).digest())
	must(t, b.SignOut(t.Context(), s.Actor, id))
}

func TestAMailedLinkSignsItsPersonInAndGoesOnToThePage(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, LinkRequest{Email: "  HANA@pemda.test ", Network: agencyNetwork, Next: "/tugas/1?x=2"}))
	s, err := b.Redeem(t.Context(), b.mailedToken(t, "hana"), b.asker())
	must(t, err)
	if s.Next != "/tugas/1?x=2" || s.Actor.ID != b.as("hana").ID || s.Actor.Name != "Hana Putri" || !s.Actor.Has(appraisal.RoleHR) {
		t.Errorf("signed in as %+v, going on to %q", s.Actor, s.Next)
	}
	got, err := b.bearer(t, s)
	must(t, err)
	if got.ID != s.Actor.ID || got.Lang != "id" || !got.Has(appraisal.RoleHR) {
		t.Errorf("the session belongs to %+v", got)
	}
	b.signOut(t, s)
	b.signOut(t, s)
	_, err = b.bearer(t, s)
	wantCode(t, err, appraisal.CodeUnauthorized)
}

// letIn counts who of several at the same moment was let in; all others have to be refused as nobody known.
func letIn(t *testing.T, errs []error) int {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantCode(t, err, appraisal.CodeUnauthorized)
	}
	return won
}

func TestALinkWorksOnceEvenForManyAtTheSameMoment(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, LinkRequest{Email: "ani@pemda.test", Network: agencyNetwork}))
	token := b.mailedToken(t, "ani")
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() { _, errs[i] = b.Redeem(t.Context(), token, b.asker()) })
	}
	wg.Wait()
	won := letIn(t, errs)
	if sessions := query[int](t, b, `select count(*) from session`); won != 1 || sessions != 1 {
		t.Errorf("%d of %d were let in, with %d sessions", won, len(errs), sessions)
	}
}

func TestALinkIsRefusedWhenItIsOldOrMadeUpOrItsPersonLeft(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	refused := func(name, token string) {
		t.Helper()
		if _, err := b.Redeem(t.Context(), token, b.asker()); appraisal.CodeOf(err) != appraisal.CodeUnauthorized {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	refused("nothing", "")
	refused("made up", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	must(t, b.asks(t, LinkRequest{Email: "ani@pemda.test", Network: agencyNetwork}))
	old := b.mailedToken(t, "ani")
	refused("with something behind", old+"x")
	b.clock.advance(15 * time.Minute)
	refused("fifteen minutes old", old)
	must(t, b.asks(t, LinkRequest{Email: "ani@pemda.test", Network: agencyNetwork}))
	b.exec(t, `update person set active = false where id = $1`, b.as("ani").ID)
	refused("of somebody who left", b.mailedToken(t, "ani"))
}

func (b *bundle) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := b.pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestAskingForALinkTellsNothingAboutWhoExists(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.exec(t, `update person set active = false where id = $1`, b.as("budi").ID)
	for _, email := range []string{"nobody@pemda.test", "budi@pemda.test", "ani@pemda.test"} {
		if err := b.asks(t, LinkRequest{Email: email, Network: agencyNetwork}); err != nil {
			t.Errorf("%s: %v", email, err)
		}
	}
	if n := query[int](t, b, `select count(*) from mail`); n != 1 {
		t.Errorf("%d mails are queued, want one for the only one who is there", n)
	}
	for _, wrong := range []string{"", "ani", "ani@pemda.test\r\nBcc: x@y.id", "Ani <ani@pemda.test>"} {
		err := b.asks(t, LinkRequest{Email: wrong, Network: agencyNetwork})
		wantCode(t, err, appraisal.CodeInvalid)
	}
}

func TestAPersonGetsFiveLinksAQuarterOfAnHourWithoutBeingTold(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	for range 8 {
		must(t, b.asks(t, LinkRequest{Email: "ani@pemda.test", Network: agencyNetwork}))
	}
	if n := query[int](t, b, `select count(*) from mail`); n != 5 {
		t.Errorf("%d links were mailed, want 5", n)
	}
	b.clock.advance(15 * time.Minute)
	must(t, b.asks(t, LinkRequest{Email: "ani@pemda.test", Network: agencyNetwork}))
	if n := query[int](t, b, `select count(*) from mail`); n != 6 {
		t.Errorf("%d links were mailed after a quarter of an hour, want 6", n)
	}
}

func TestANetworkIsStoppedAfterItsLimitAndOthersAreNot(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, LinkRequest{Email: "nobody@pemda.test", Network: agencyNetwork}))
	b.exec(t, `update sign_in_rate set count = $1 - 1`, linksPerNetwork)
	must(t, b.asks(t, LinkRequest{Email: "nobody@pemda.test", Network: agencyNetwork}))
	err := b.asks(t, LinkRequest{Email: "ani@pemda.test", Network: agencyNetwork})
	wantCode(t, err, appraisal.CodeTooMany)
	must(t, b.asks(t, LinkRequest{Email: "ani@pemda.test", Network: "203.0.113.8"}))
	b.clock.advance(15 * time.Minute)
	must(t, b.asks(t, LinkRequest{Email: "ani@pemda.test", Network: agencyNetwork}))
	if n := query[int](t, b, `select count(*) from sign_in_rate`); n != 2 {
		t.Errorf("%d scopes are kept after their window is over, want the 2 in use", n)
	}
}

func TestTheRecordHoldsNoTokenThatWorksOnceTheMailIsGone(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	s := b.signIn(t, "ani")
	// The owner of a session is told from which network it began.
	kept := query[string](t, b, `select coalesce((select string_agg(l::text, ' ') from sign_in_link l), '')
		|| (select string_agg((to_jsonb(s) - 'network')::text, ' ') from session s) || (select string_agg(r::text, ' ') from sign_in_rate r)
		|| (select string_agg(key, ' ') from mail)`)
	for _, secret := range []string{s.Token, b.mailedToken(t, "ani"), agencyNetwork, "ani@pemda.test"} {
		if strings.Contains(kept, secret) {
			t.Errorf("%q can be read in %s", secret, kept)
		}
	}
}

func TestASessionEndsAfterSevenIdleDaysAndAfterThirtyInAnyCase(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	idle, busy := b.signIn(t, "ani"), b.signIn(t, "budi")
	for day := 1; day < 30; day++ {
		b.clock.advance(24 * time.Hour)
		if _, err := b.bearer(t, busy); err != nil {
			t.Fatalf("day %d: %v", day, err)
		}
		if day == 7 {
			_, err := b.bearer(t, idle)
			wantCode(t, err, appraisal.CodeUnauthorized)
		}
	}
	b.clock.advance(24 * time.Hour)
	_, err := b.bearer(t, busy)
	wantCode(t, err, appraisal.CodeUnauthorized)
	b.signIn(t, "citra")
	if n := query[int](t, b, `select count(*) from session`); n != 1 {
		t.Errorf("%d sessions are kept, want only the one that lives", n)
	}
}

func TestTheLastUseOfASessionIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	s := b.signIn(t, "ani")
	seen := func() time.Time { return query[time.Time](t, b, `select seen_at from session`) }
	began := seen()
	b.clock.advance(59 * time.Second)
	_, err := b.bearer(t, s)
	must(t, err)
	if !seen().Equal(began) {
		t.Error("it was written within the minute")
	}
	b.clock.advance(time.Second)
	_, err = b.bearer(t, s)
	must(t, err)
	if !seen().Equal(b.clock.Now()) {
		t.Errorf("after a minute it says %s", seen())
	}
}

func TestASessionCarriesTheRolesOfTheMomentAndEndsWithItsPerson(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	s := b.signIn(t, "hana")
	b.exec(t, `delete from role_grant where person_id = $1`, b.as("hana").ID)
	got, err := b.bearer(t, s)
	must(t, err)
	if len(got.Roles) != 0 {
		t.Errorf("the roles taken away are still %v", got.Roles)
	}
	b.exec(t, `update person set active = false where id = $1`, b.as("hana").ID)
	_, err = b.bearer(t, s)
	wantCode(t, err, appraisal.CodeUnauthorized)
}

func TestTheChosenLanguageIsKept(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	s := b.signIn(t, "ani")
	must(t, b.SetLanguage(t.Context(), s.Actor, "en"))
	err := b.SetLanguage(t.Context(), s.Actor, "fr")
	wantCode(t, err, appraisal.CodeInvalid)
	got, err := b.bearer(t, s)
	must(t, err)
	if got.Lang != "en" {
		t.Errorf("the language is %q", got.Lang)
	}
}

func TestALinkGoesOnToPagesOfOursOnly(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"": "", "/": "/", "/tugas/1?a=b#c": "/tugas/1?a=b#c", "//evil.example": "", "https://evil.example": "", "tugas": "",
		"/\\evil.example": "", "/a\r\nSet-Cookie: x": "", "/\x00": "", "/" + strings.Repeat("a", 500): "", "/%zz": "",
	} {
		if got := localPath(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}

func TestDemonstrationLinksWorkAgainAndAgainOnThisMachineUntilRealDataCome(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	_, err := b.DemonstrationLink(t.Context(), b.as("ani").ID)
	wantCode(t, err, appraisal.CodeForbidden)

	b.exec(t, `update installation set demonstration = true`)
	token, err := b.DemonstrationLink(t.Context(), b.as("ani").ID)
	must(t, err)
	_, err = b.Redeem(t.Context(), token, Origin{Network: agencyNetwork})
	wantCode(t, err, appraisal.CodeForbidden)
	var last SignedIn
	for _, network := range []string{"127.0.0.1", "::1", "::/64", "127.0.0.1"} {
		b.clock.advance(400 * 24 * time.Hour)
		if last, err = b.Redeem(t.Context(), token, Origin{Network: network}); err != nil {
			t.Fatalf("from %s: %v", network, err)
		}
	}
	mailed := b.signIn(t, "budi")
	b.exec(t, `update installation set demonstration = false`)
	_, err = b.Redeem(t.Context(), token, Origin{Network: "127.0.0.1"})
	wantCode(t, err, appraisal.CodeUnauthorized)

	must(t, postgres.RevokeDemonstration(t.Context(), b.pool))
	_, err = b.Redeem(t.Context(), token, Origin{Network: "127.0.0.1"})
	wantCode(t, err, appraisal.CodeUnauthorized)
	_, err = b.bearer(t, last)
	wantCode(t, err, appraisal.CodeUnauthorized)
	_, err = b.DemonstrationLink(t.Context(), b.as("ani").ID)
	wantCode(t, err, appraisal.CodeForbidden)
	if _, err := b.bearer(t, mailed); err != nil {
		t.Errorf("a session of a mailed link ended as well: %v", err)
	}
}

func TestOnlyThisMachineIsLoopback(t *testing.T) {
	t.Parallel()
	for network, want := range map[string]bool{
		"127.0.0.1": true, "127.3.2.1": true, "::1": true, "::ffff:127.0.0.1": true, "::/64": true, "127.0.0.0/8": true,
		"": false, "localhost": false, "10.0.0.1": false, "::/0": false, "0.0.0.0/0": false, "2001:db8::/64": false, "fe80::/64": false,
	} {
		if loopback(network) != want {
			t.Errorf("%q: loopback is %t", network, !want)
		}
	}
}

func TestAnAdministratorIsInvitedByNameOrByAddressAlone(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	for email, name := range map[string]string{"Kabid@pemda.test": "Kabid Joko", "baru@pemda.test": "baru@pemda.test"} {
		for range 2 {
			token, err := b.InviteAdministrator(t.Context(), installer, email, appraisal.RoleAdministrator)
			must(t, err)
			b.clock.advance(71 * time.Hour)
			s, err := b.Redeem(t.Context(), token, Origin{Network: agencyNetwork})
			must(t, err)
			if s.Actor.Name != name || !s.Actor.Has(appraisal.RoleAdministrator) {
				t.Errorf("%s signed in as %+v", email, s.Actor)
			}
			if _, err := b.Redeem(t.Context(), token, Origin{Network: agencyNetwork}); err == nil {
				t.Errorf("%s: the invitation worked twice", email)
			}
		}
	}
	if n := query[int](t, b, `select count(*) from mail where kind = 'invitation'`); n != 4 {
		t.Errorf("%d invitations are queued, want 4", n)
	}
	if n := query[int](t, b, `select count(*) from person where kind = 'account'`); n != 1 {
		t.Errorf("%d accounts were made, want 1", n)
	}
	_, err := b.InviteAdministrator(t.Context(), installer, "x", appraisal.RoleAdministrator)
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.InviteAdministrator(t.Context(), installer, "x@pemda.test", appraisal.RoleEmployee)
	wantCode(t, err, appraisal.CodeInvalid)
}
