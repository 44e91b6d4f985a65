package service

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// mailedCode returns the code of the last link mailed to somebody.
func (b *bundle) mailedCode(t *testing.T, who string) string {
	t.Helper()
	return grouped(secret(b.mailedToken(t, who)).code())
}

// wrongly returns a code that is not the one given.
func wrongly(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '2' {
			return '3'
		}
		return '2'
	}, strings.ReplaceAll(code, "-", ""))
}

func ask(email string) LinkRequest { return LinkRequest{Email: email, Network: agencyNetwork} }

func TestTheCodeOfTheMailSignsInTheBrowserThatAskedHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	for _, typed := range []func(code string) string{
		func(code string) string { return code },
		func(code string) string { return " " + strings.ToLower(code) + " " },
		func(code string) string { return strings.ReplaceAll(code, "-", "") },
		func(code string) string { return strings.NewReplacer("0", "O", "1", "l", "-", " ").Replace(code) },
	} {
		b.clock.advance(time.Second)
		must(t, b.asks(t, LinkRequest{Email: "ani@pemda.test", Network: agencyNetwork, Next: "/tugas/1"}))
		token := b.mailedToken(t, "ani")
		s, err := b.RedeemCode(t.Context(), typed(grouped(secret(token).code())), b.asker())
		must(t, err)
		if s.Actor.ID != b.as("ani").ID || s.Next != "/tugas/1" {
			t.Errorf("signed in as %+v, going on to %q", s.Actor, s.Next)
		}
		_, err = b.RedeemCode(t.Context(), grouped(secret(token).code()), b.asker())
		wantCode(t, err, appraisal.CodeUnauthorized)
		_, err = b.Redeem(t.Context(), token, b.asker())
		wantCode(t, err, appraisal.CodeUnauthorized)
	}
	if n := query[int](t, b, `select count(*) from session where means = 'code'`); n != 4 {
		t.Errorf("%d sessions began with a code", n)
	}
}

func TestALinkOpenedInAnotherBrowserSignsNobodyInAndShowsWhatToTypeInTheOneThatAsked(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, ask("ani@pemda.test")))
	token := b.mailedToken(t, "ani")
	for name, asker := range map[string]string{"a browser that never asked": "", "one that asked for another link": b.otherAsker(t)} {
		opened, err := b.OpenLink(t.Context(), token, asker)
		must(t, err)
		if opened.Here || opened.Code != b.mailedCode(t, "ani") {
			t.Errorf("%s is told %+v", name, opened)
		}
		_, err = b.Redeem(t.Context(), token, Origin{Network: agencyNetwork, Asker: asker})
		wantCode(t, err, appraisal.CodeForbidden)
		_, err = b.RedeemCode(t.Context(), opened.Code, Origin{Network: agencyNetwork, Asker: asker})
		if err == nil {
			t.Errorf("%s was let in with the code", name)
		}
	}
	opened, err := b.OpenLink(t.Context(), token, b.askedBy)
	must(t, err)
	if !opened.Here || opened.Code != "" {
		t.Errorf("the browser that asked is told %+v", opened)
	}
	_, err = b.Redeem(t.Context(), token, b.asker())
	must(t, err)
	for _, asker := range []string{"", b.askedBy} {
		_, err = b.OpenLink(t.Context(), token, asker)
		wantCode(t, err, appraisal.CodeUnauthorized)
	}
}

// otherAsker is another browser, in which somebody waits for a mail of their own.
func (b *bundle) otherAsker(t *testing.T) string {
	t.Helper()
	asker, err := b.RequestLink(t.Context(), ask("dodi@pemda.test"))
	must(t, err)
	return asker
}

func TestAfterFiveWrongCodesWhatWasAskedForIsVoidForKnownAndUnknownAddressesAlike(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	said := map[string][]string{}
	for _, email := range []string{"ani@pemda.test", "nobody@pemda.test"} {
		b.askedBy = ""
		must(t, b.asks(t, ask(email)))
		for range codeAttempts + 1 {
			_, err := b.RedeemCode(t.Context(), "AAAA-AAAA", b.asker())
			e := asError(err)
			text := string(e.Code) + " " + e.Key
			for _, f := range e.Fields {
				text += " " + f.Key
				if f.Args["left"] != nil {
					text += string(rune('0' + f.Args["left"].(int)))
				}
			}
			said[email] = append(said[email], text)
		}
	}
	known, unknown := strings.Join(said["ani@pemda.test"], "\n"), strings.Join(said["nobody@pemda.test"], "\n")
	if known != unknown || !strings.Contains(known, "code_wrong4") || strings.Count(known, "sign_in.code_void") != 2 {
		t.Errorf("for somebody:\n%s\nfor nobody:\n%s", known, unknown)
	}
	b.askedBy = ""
	b.clock.advance(time.Second)
	must(t, b.asks(t, ask("ani@pemda.test")))
	code, token := b.mailedCode(t, "ani"), b.mailedToken(t, "ani")
	for range codeAttempts {
		_, err := b.RedeemCode(t.Context(), wrongly(code), b.asker())
		if err == nil {
			t.Fatal("a wrong code signs in")
		}
	}
	_, err := b.RedeemCode(t.Context(), code, b.asker())
	wantCode(t, err, appraisal.CodeUnauthorized)
	_, err = b.Redeem(t.Context(), token, b.asker())
	wantCode(t, err, appraisal.CodeUnauthorized)
	if n := query[int](t, b, `select count(*) from audit_event where action = 'refuse_code' and subject = 'person/' || $1`, b.as("ani").ID); n != 2*codeAttempts {
		t.Errorf("the trail tells of %d wrong codes", n)
	}
}

func TestWhatCannotBeACodeCostsNoAttempt(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, ask("ani@pemda.test")))
	for _, typed := range []string{"", "7K2M", "7K2M-9QXDD", "7K2M-9QX!", "<script>", strings.Repeat("A", 5000), "7K2M-9QXU", "\x00\x00\x00\x00\x00\x00\x00\x00"} {
		_, err := b.RedeemCode(t.Context(), typed, b.asker())
		wantCode(t, err, appraisal.CodeInvalid)
	}
	_, err := b.RedeemCode(t.Context(), b.mailedCode(t, "ani"), b.asker())
	must(t, err)
}

func TestTheCodeOfAnEarlierMailWorksInTheSameBrowserUntilItIsFifteenMinutesOld(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, ask("ani@pemda.test")))
	first := b.mailedCode(t, "ani")
	b.clock.advance(10 * time.Minute)
	must(t, b.asks(t, ask("ani@pemda.test")))
	_, err := b.RedeemCode(t.Context(), first, b.asker())
	must(t, err)
	_, err = b.RedeemCode(t.Context(), b.mailedCode(t, "ani"), b.asker())
	wantCode(t, err, appraisal.CodeUnauthorized) // one of them was used

	must(t, b.asks(t, ask("budi@pemda.test")))
	late := b.mailedCode(t, "budi")
	b.clock.advance(15 * time.Minute)
	_, err = b.RedeemCode(t.Context(), late, b.asker())
	wantCode(t, err, appraisal.CodeUnauthorized)
}

func TestOfManyWithTheSameCodeOrLinkAtTheSameMomentOneIsLetIn(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, ask("ani@pemda.test")))
	token := b.mailedToken(t, "ani")
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() {
			if i%2 == 0 {
				_, errs[i] = b.Redeem(t.Context(), token, b.asker())
			} else {
				_, errs[i] = b.RedeemCode(t.Context(), secret(token).code(), b.asker())
			}
		})
	}
	wg.Wait()
	won := letIn(t, errs)
	if n := query[int](t, b, `select count(*) from session`); won != 1 || n != 1 {
		t.Errorf("%d were let in, with %d sessions", won, n)
	}
}

func TestOfManyWrongCodesAtTheSameMomentEachIsCounted(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, ask("ani@pemda.test")))
	wrong := wrongly(b.mailedCode(t, "ani"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	counted := 0
	for range 16 {
		wg.Go(func() {
			_, err := b.RedeemCode(t.Context(), wrong, b.asker())
			mu.Lock()
			defer mu.Unlock()
			if appraisal.CodeOf(err) == appraisal.CodeInvalid {
				counted++
			}
		})
	}
	wg.Wait()
	if counted != codeAttempts-1 {
		t.Errorf("%d wrong codes were told to try again, want %d", counted, codeAttempts-1)
	}
}

func TestANetworkThatGuessesCodesIsStopped(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, ask("ani@pemda.test")))
	_, err := b.RedeemCode(t.Context(), wrongly(b.mailedCode(t, "ani")), b.asker())
	wantCode(t, err, appraisal.CodeInvalid)
	b.exec(t, `update sign_in_rate set count = $1 where scope = $2`, wrongCodesPerNetwork, rateScope("code", agencyNetwork))
	_, err = b.RedeemCode(t.Context(), wrongly(b.mailedCode(t, "ani")), b.asker())
	wantCode(t, err, appraisal.CodeTooMany)
	if n := query[int](t, b, `select attempts from sign_in_link`); n != 2 {
		t.Errorf("%d attempts are counted: who is told to wait guesses on", n)
	}
	_, err = b.RedeemCode(t.Context(), b.mailedCode(t, "ani"), b.asker()) // a colleague's guesses shut nobody out
	must(t, err)
}

func TestTheRecordAloneTellsNoCode(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	must(t, b.asks(t, ask("ani@pemda.test")))
	kept := query[[]byte](t, b, `select code_digest from sign_in_link`)
	code := secret(b.mailedToken(t, "ani")).code()
	for _, guess := range [][]byte{secret(code).digest(), codeDigest("", code)} {
		if string(guess) == string(kept) {
			t.Error("who reads the record can try all codes")
		}
	}
}

func TestABrowserCannotChooseByWhatItIsKnown(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.askedBy = "chosen"
	must(t, b.asks(t, ask("ani@pemda.test")))
	if b.askedBy == "chosen" || len(b.askedBy) < 40 {
		t.Errorf("it is known by %q", b.askedBy)
	}
}
