package service

import (
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// browser is a browser that keeps the session that it is handed.
type browser struct {
	t     *testing.T
	b     *bundle
	token string
}

// browserOf signs somebody in with a browser.
func (b *bundle) browserOf(t *testing.T, who string) *browser {
	t.Helper()
	return &browser{t, b, b.signIn(t, who).Token}
}

// ask sends a request, and keeps the token that comes back unless that is lost on the way.
func (w *browser) ask(token string, lost bool) error {
	w.t.Helper()
	who, err := w.b.Authenticate(w.t.Context(), Credential{Token: token, Cookie: true})
	if err == nil && who.Fresh != "" && !lost {
		w.token = who.Fresh
	}
	return err
}

func (w *browser) works(what string) {
	w.t.Helper()
	if err := w.ask(w.token, false); err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

func TestABrowserInUseGetsAnotherTokenOnceADayAndAProgramKeepsItsOwn(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	w, program := b.browserOf(t, "ani"), b.signIn(t, "budi")
	first := w.token
	b.clock.advance(24*time.Hour - time.Second)
	w.works("within the day")
	if w.token != first {
		t.Error("the token changed within the day")
	}
	b.clock.advance(time.Second)
	w.works("after a day")
	if w.token == first {
		t.Fatal("the token stays for ever")
	}
	w.works("with the new token")
	who, err := b.Authenticate(t.Context(), Credential{Token: program.Token})
	must(t, err)
	if who.Fresh != "" {
		t.Error("a program was handed a token that it does not look for")
	}
}

func TestRequestsUnderWayKeepTheFormerTokenForAMinute(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	w := b.browserOf(t, "ani")
	former := w.token
	b.clock.advance(25 * time.Hour)
	var wg sync.WaitGroup
	fresh := make([]string, 16)
	for i := range fresh {
		wg.Go(func() {
			who, err := b.Authenticate(t.Context(), Credential{Token: former, Cookie: true})
			if err != nil {
				t.Errorf("of many at once: %v", err)
			}
			fresh[i] = who.Fresh
		})
	}
	wg.Wait()
	handed := 0
	for _, f := range fresh {
		if f != "" {
			handed, w.token = handed+1, f
		}
	}
	if handed != 1 {
		t.Fatalf("%d tokens were handed out, want 1", handed)
	}
	w.works("the new token")
	b.clock.advance(59 * time.Second)
	if err := w.ask(former, true); err != nil {
		t.Errorf("the former token within the minute: %v", err)
	}
}

func TestAFormerTokenThatIsUsedLateEndsTheSession(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	w := b.browserOf(t, "ani")
	stolen := w.token
	b.clock.advance(25 * time.Hour)
	w.works("after a day")
	w.works("with the new token")
	b.clock.advance(time.Minute)
	err := w.ask(stolen, true)
	wantCode(t, err, appraisal.CodeUnauthorized)
	if key := asError(err).Key; key != "sign_in.stolen" {
		t.Errorf("it says %s", key)
	}
	wantCode(t, w.ask(w.token, true), appraisal.CodeUnauthorized)
	if n := query[int](t, b, `select count(*) from audit_event where action = 'end_stolen_session' and subject = 'person/' || $1`, b.as("ani").ID); n != 1 {
		t.Errorf("the trail tells %d times of it", n)
	}
}

func TestAThiefWhoIsHandedTheNewTokenIsPutOutByTheOwner(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	owner := b.browserOf(t, "ani")
	thief := &browser{t, b, owner.token}
	b.clock.advance(25 * time.Hour)
	thief.works("the thief comes first")
	thief.works("and uses what they were handed")
	b.clock.advance(2 * time.Minute)
	wantCode(t, owner.ask(owner.token, false), appraisal.CodeUnauthorized)
	wantCode(t, thief.ask(thief.token, false), appraisal.CodeUnauthorized)
}

func TestAnAnswerThatIsLostDoesNotLoseTheSession(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	w := b.browserOf(t, "ani")
	b.clock.advance(25 * time.Hour)
	must(t, w.ask(w.token, true))
	b.clock.advance(time.Hour)
	must(t, w.ask(w.token, true))
	b.clock.advance(time.Hour)
	before := w.token
	w.works("the third time the answer arrives")
	if w.token == before {
		t.Fatal("no token was handed out again")
	}
	w.works("and is good")
	b.clock.advance(time.Minute)
	wantCode(t, w.ask(before, true), appraisal.CodeUnauthorized)
}

func TestSigningInEndsTheSessionThatTheBrowserHad(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	w := b.browserOf(t, "ani")
	must(t, b.in(t.Context(), func(x *tx) error {
		_, err := b.beginSession(t.Context(), x, b.as("budi").ID, MeansPasskey, Origin{Former: w.token})
		return err
	}))
	wantCode(t, w.ask(w.token, true), appraisal.CodeUnauthorized)
	if n := query[int](t, b, `select count(*) from session where means = 'passkey'`); n != 1 {
		t.Errorf("there are %d new sessions", n)
	}
}

func TestNobodyWhoHasLeftIsSignedIn(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.exec(t, `update person set active = false where id = $1`, b.as("ani").ID)
	err := b.in(t.Context(), func(x *tx) error {
		_, err := b.beginSession(t.Context(), x, b.as("ani").ID, MeansOpenID, Origin{})
		return err
	})
	wantCode(t, err, appraisal.CodeUnauthorized)
}

func TestWhoReachesWhatIsEverybodysIsSignedOutOvernight(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	hr, administrator, employee := b.browserOf(t, "hana"), b.browserOf(t, "operator"), b.browserOf(t, "ani")
	b.clock.advance(12*time.Hour - time.Second)
	hr.works("HR after 12 hours less a second")
	b.clock.advance(12 * time.Hour)
	wantCode(t, hr.ask(hr.token, false), appraisal.CodeUnauthorized)
	wantCode(t, administrator.ask(administrator.token, false), appraisal.CodeUnauthorized)
	employee.works("an employee")
	b.exec(t, `insert into role_grant (person_id, role) values ($1, 'hr')`, b.as("ani").ID)
	b.clock.advance(12 * time.Hour)
	wantCode(t, employee.ask(employee.token, false), appraisal.CodeUnauthorized)
}

func TestSessionsAreListedAndEndedByTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	other := b.browserOf(t, "ani")
	b.clock.advance(time.Hour)
	must(t, b.asks(t, ask("ani@pemda.test")))
	from := b.asker()
	from.Device = Device{Browser: "Firefox", System: "Windows"}
	s, err := b.RedeemCode(t.Context(), b.mailedCode(t, "ani"), from)
	must(t, err)
	who, err := b.Authenticate(t.Context(), Credential{Token: s.Token})
	must(t, err)
	list, err := b.Sessions(t.Context(), who.Actor, who.Session)
	must(t, err)
	if len(list) != 2 || !list[0].Current || list[0].Means != MeansCode || list[0].Device != from.Device || list[0].Network != agencyNetwork ||
		list[1].Current || list[1].Means != MeansLink {
		t.Fatalf("the sessions are %+v", list)
	}
	wantCode(t, b.EndSession(t.Context(), b.as("budi"), list[1].ID), appraisal.CodeNotFound)
	wantCode(t, b.EndSession(t.Context(), who.Actor, "no id"), appraisal.CodeNotFound)
	other.works("before it is ended")
	must(t, b.EndSession(t.Context(), who.Actor, list[1].ID))
	wantCode(t, other.ask(other.token, false), appraisal.CodeUnauthorized)

	b.clock.advance(time.Second)
	third, stranger := b.browserOf(t, "ani"), b.browserOf(t, "budi")
	ended, err := b.EndOtherSessions(t.Context(), who.Actor, who.Session)
	must(t, err)
	if ended != 1 {
		t.Errorf("%d others were ended", ended)
	}
	wantCode(t, third.ask(third.token, false), appraisal.CodeUnauthorized)
	stranger.works("somebody else's")
	_, err = b.Authenticate(t.Context(), Credential{Token: s.Token})
	must(t, err)
}

func TestAnAdministratorSignsSomebodyOutEverywhere(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	w, made := b.browserOf(t, "ani"), b.token(t, "ani", appraisal.ScopeRead)
	b.exec(t, `insert into passkey (person_id, credential_id, credential, name, created_at) values ($1, 'x', '{}', 'Ponsel', now())`, b.as("ani").ID)
	b.exec(t, `insert into sign_in_link (token_digest, person_id, created_at, expires_at) values (sha256('undangan'), $1, now(), 'infinity')`, b.as("ani").ID)
	_, err := b.SignOutPerson(t.Context(), b.as("hana"), "ani@pemda.test")
	wantCode(t, err, appraisal.CodeForbidden)
	operator := b.as("operator")
	operator.Network = "10.9.8.7"
	ended, err := b.SignOutPerson(t.Context(), operator, " ANI@pemda.test ")
	must(t, err)
	if left := query[int](t, b, `select (select count(*) from passkey)::int + (select count(*) from sign_in_link where person_id = $1)::int`, b.as("ani").ID); ended < 3 || left != 0 {
		t.Errorf("%d were ended, want the sessions, the token and the passkey; %d passkeys and links are left", ended, left)
	}
	wantCode(t, w.ask(w.token, false), appraisal.CodeUnauthorized)
	_, err = b.shows(t, made.Token)
	wantCode(t, err, appraisal.CodeUnauthorized)
	if n := query[int](t, b, `select count(*) from audit_event where action = 'sign_out_person' and actor_id = $1 and network = $2`, operator.ID, operator.Network); n != 1 {
		t.Error("the trail does not tell who did it, or from where")
	}
}
