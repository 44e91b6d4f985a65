package service

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/smtptest"
)

const kabid = "kabid@pemda.test"

func TestAMessageThatMayHaveArrivedIsSentAgainUnchanged(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.desk(t, "citra")
	steps := p.desk(t, "ani", "budi")
	p.remind(t, mailReminder, steps[0], 1)
	p.remind(t, mailReminder, steps[1], 1)
	p.server.On(kabid, smtptest.DropAfterDot(), 1)
	first := mustBeOne(t, p.settle(t))

	p.decidePlan(t, "ani", PlanDecision{Approve: true})
	p.remind(t, mailReminder, p.open(t, "citra", appraisal.StepApprovePlan), 1)
	p.clock.advance(5 * time.Second)
	p.settle(t)
	again := p.server.MessagesTo(kabid)[1:]
	same := slices.IndexFunc(again, func(m smtptest.Received) bool { return m.MessageID == first.MessageID })
	if len(again) != 2 || same < 0 || !slices.Equal(keysIn(again[same]), keysIn(first)) || again[same].Text != first.Text {
		t.Fatalf("%d messages came after %s %q:\n%s", len(again), first.MessageID, first.Subject, p.listing(t))
	}
	if other := again[1-same]; other.MessageID == first.MessageID || strings.Contains(other.Text, "Ani") {
		t.Errorf("the other message is %s\n%s", other.MessageID, other.Text)
	}
}

func TestWhatWasCertainlyNotTakenIsLookedAtAgainBeforeTheNextAttempt(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	steps := p.desk(t, "ani", "budi")
	p.remind(t, mailReminder, steps[0], 1)
	p.remind(t, mailReminder, steps[1], 1)
	p.server.On(kabid, smtptest.RefuseRecipient(451, "4.7.1 Greylisted"), 1)
	if early := p.settle(t); len(early) != 0 {
		t.Fatalf("taken: %s", early[0].Subject)
	}
	got := query[string](t, p.bundle, `select distinct concat_ws('|', state, attempts, failure, failure_code, error) from mail`)
	if got != "sending|1|deferred|451|4.7.1 Greylisted" {
		t.Errorf("the operators read %q", got)
	}
	p.decidePlan(t, "ani", PlanDecision{Approve: true})
	p.exec(t, `delete from mail where kind = 'task'`)
	p.clock.advance(mail.Backoff(1) - time.Second)
	if early := p.settle(t); len(early) != 0 {
		t.Fatalf("it did not wait: %s", early[0].Subject)
	}
	p.clock.advance(time.Second)
	m := mustBeOne(t, p.settle(t))
	if strings.Contains(m.Text, "Ani") || !strings.Contains(m.Text, "Budi") {
		t.Errorf("%s", m.Text)
	}
	if n := query[int](t, p.bundle, `select attempts from mail where state = 'sent' and failure = '' and message_id = $1`, m.MessageID); n != 2 {
		t.Errorf("%d attempts are recorded, want 2", n)
	}
}

func TestARefusedAddressFailsVisiblyAndComesBackAfterItIsMended(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.server.On("ani@pemda.test", smtptest.RefuseRecipient(550, "5.1.1 <ani@pemda.test> unknown"), smtptest.Always)
	p.enter(t, "ani", appraisal.StageTargets)
	p.settle(t)
	got := query[string](t, p.bundle, `select concat_ws('|', state, attempts, failure, failure_code, error, message_id is null) from mail`)
	if got != "failed|1|address_refused|550|5.1.1 <ani@pemda.test> unknown|f" {
		t.Errorf("the operators read %q", got)
	}
	if !query[bool](t, p.bundle, `select mail_bouncing from person where id = $1`, p.as("ani").ID) {
		t.Error("the person is not marked")
	}
	if log := p.log.String(); strings.Contains(log, "ani@") || strings.Contains(log, "Ani") || !strings.Contains(log, "address_refused") {
		t.Errorf("the log says %s", log)
	}

	p.exec(t, `update person set email = 'ani.lestari@pemda.test' where id = $1`, p.as("ani").ID)
	must(t, postgres.RequeueMail(t.Context(), p.pool, query[string](t, p.bundle, `select id from mail`), p.clock.Now()))
	m := mustBeOne(t, p.settle(t))
	if !slices.Equal(m.To, []string{"ani.lestari@pemda.test"}) {
		t.Errorf("it went to %v", m.To)
	}
	if query[bool](t, p.bundle, `select mail_bouncing from person where id = $1`, p.as("ani").ID) {
		t.Error("the person is still marked")
	}
}

func TestARefusedMessageFailsWithoutBlamingTheAddress(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.server.On("ani@pemda.test", smtptest.RefuseMessage(554, "5.7.1 Looks like spam"), smtptest.Always)
	p.enter(t, "ani", appraisal.StageTargets)
	p.settle(t)
	got := query[string](t, p.bundle, `select concat_ws('|', m.state, m.failure, m.failure_code, p.mail_bouncing)
		from mail m join person p on p.id = m.recipient_id`)
	if got != "failed|message_refused|554|f" {
		t.Errorf("the operators read %q", got)
	}
}

func TestAnAddressThatIsNoneIsRefusedBeforeTheServerSeesIt(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.exec(t, `update person set email = 'ani@pemda.test, x@y.id' where id = $1`, p.as("ani").ID)
	p.enter(t, "ani", appraisal.StageTargets)
	p.enter(t, "budi", appraisal.StageTargets)
	mustBeOne(t, p.settle(t))
	if got := query[string](t, p.bundle, `select concat_ws('|', m.state, m.failure, p.mail_bouncing) from mail m
		join person p on p.id = m.recipient_id where p.id = $1`, p.as("ani").ID); got != "failed|address_refused|t" {
		t.Errorf("the operators read %q", got)
	}
}

func TestAMessageIsGivenUpAfterThreeDays(t *testing.T) {
	t.Parallel()
	waited := time.Duration(0)
	for attempt := 1; attempt < mostTries; attempt++ {
		waited += mail.Backoff(attempt)
	}
	if waited < 71*time.Hour || waited > 73*time.Hour {
		t.Errorf("the last attempt comes after %s", waited)
	}
	p := setup(t).withPost(t, nil)
	p.server.On("ani@pemda.test", smtptest.RefuseRecipient(450, "4.2.2 Mailbox full"), smtptest.Always)
	p.enter(t, "ani", appraisal.StageTargets)
	p.exec(t, `update mail set attempts = $1`, mostTries-2)
	for range 3 {
		p.settle(t)
		p.clock.advance(time.Hour)
	}
	if got := query[string](t, p.bundle, `select concat_ws('|', state, failure, attempts) from mail`); got != "failed|deferred|152" ||
		p.server.Attempts("ani@pemda.test") != 2 {
		t.Errorf("after %d more attempts the operators read %q", p.server.Attempts("ani@pemda.test"), got)
	}
}

func TestWhileTheServerIsDownNothingIsCountedAndAfterwardsAllArrives(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.manyNotices(t, 40)
	p.server.Stop()
	stop := p.drains(t)
	p.until(t, "noticed", func() bool {
		return query[int](t, p.bundle, `select count(*) from mail where failure = 'unreachable'`) > 0
	})
	if n := query[int](t, p.bundle, `select max(attempts) from mail`); n != 0 {
		t.Errorf("%d attempts were counted", n)
	}
	must(t, p.server.Restart())
	p.until(t, "all delivered", func() bool { p.clock.advance(time.Second); return p.states(t)["sent"] == 40 })
	stop()
	p.wantEachOnce(t, 40)
}

func TestADrainOutlivesTheLossOfItsDatabaseConnections(t *testing.T) {
	t.Parallel()
	b := setup(t)
	own, err := postgres.Open(t.Context(), b.pool.Config().ConnString(), 8)
	must(t, err)
	t.Cleanup(own.Close)
	p := b.withPost(t, func(o *OutboxOptions) { o.DB = own })
	p.manyNotices(t, 300)
	p.server.On(smtptest.Everyone, smtptest.SlowMessage(5*time.Millisecond), smtptest.Always)
	stop := p.drains(t)
	for i := range 3 {
		p.server.Wait(t, 50*(i+1))
		p.exec(t, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'telaah'`)
	}
	p.until(t, "all delivered", func() bool { p.clock.advance(time.Second); return p.states(t)["sent"] == 300 })
	stop()
	p.wantDoublesOnlyOfWhatWasInFlight(t, 300, 3)
}

// wantDoublesOnlyOfWhatWasInFlight compares what the server took with the outbox after some kills: every key arrived, at most
// MostInFlight twice for each kill, and always under the Message-ID that the outbox tells.
func (p *post) wantDoublesOnlyOfWhatWasInFlight(t testing.TB, n, kills int) {
	t.Helper()
	byKey, doubled := map[string]string{}, 0
	for _, m := range p.server.Messages() {
		for _, key := range keysIn(m) {
			if before, seen := byKey[key]; seen {
				doubled++
				if before != m.MessageID {
					t.Errorf("the notice %s came as %s and as %s", key, before, m.MessageID)
				}
			}
			byKey[key] = m.MessageID
		}
	}
	if len(byKey) != n || doubled > kills*MostInFlight {
		t.Errorf("%d notices arrived, want %d; %d of them twice, at most %d", len(byKey), n, doubled, kills*MostInFlight)
	}
	rows, err := p.pool.Query(t.Context(), `select key, message_id from mail where state = 'sent'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key, id string
		if err := rows.Scan(&key, &id); err != nil {
			t.Fatal(err)
		}
		if byKey[mail.KeyDigest(key)] != id {
			t.Errorf("the outbox says that %s went as %s, and it arrived as %q", key, id, byKey[mail.KeyDigest(key)])
		}
	}
	t.Logf("%d notices, %d of them twice after %d kills", n, doubled, kills)
}

func TestWhatAKilledDrainHeldGoesOutUnchangedOnceItsClaimHasRunOut(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	steps := p.desk(t, "ani", "budi")
	p.remind(t, mailReminder, steps[0], 1)
	p.remind(t, mailReminder, steps[1], 1)
	dead := &drain{Outbox: p.outbox, token: "dead"}
	parcels, _, err := dead.compose(t.Context(), 10)
	must(t, err)
	p.decidePlan(t, "ani", PlanDecision{Approve: true})
	p.exec(t, `delete from mail where kind = 'task'`)

	p.clock.advance(claimTime - time.Second)
	ctx := p.drains(t)
	p.until(t, "looked", func() bool {
		return query[bool](t, p.bundle, `select exists (select from pg_stat_activity where datname = current_database() and query = 'listen mail')`)
	})
	if taken := p.server.Messages(); len(taken) != 0 {
		t.Fatalf("taken from a drain that may live: %s", taken[0].Subject)
	}
	p.clock.advance(time.Second)
	m := p.server.Wait(t, 1)[0]
	ctx()
	if m.MessageID != parcels[0].messageID || len(keysIn(m)) != 2 || !strings.Contains(m.Text, "Ani") {
		t.Errorf("%s instead of %s\n%s", m.MessageID, parcels[0].messageID, m.Text)
	}
}

func TestADrainThatIsStoppedPutsBackWhatItHolds(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.manyNotices(t, 30)
	p.server.On(smtptest.Everyone, smtptest.SlowMessage(50*time.Millisecond), smtptest.Always)
	stop := p.drains(t)
	p.server.Wait(t, 4)
	delivered := stop()
	if n := query[int](t, p.bundle, `select count(*) from mail where state = 'sending' and (claim is not null or in_doubt or available_at > $1)`, p.clock.Now()); n != 0 {
		t.Errorf("%d notices are not free:\n%s", n, p.listing(t))
	}
	if got := p.states(t); got["sent"] != delivered || delivered == 30 {
		t.Errorf("%d were delivered, the notices are %v", delivered, got)
	}
	p.settle(t)
	p.wantEachOnce(t, 30)
}

func TestAClockThatLeapsDoesNotMakeADrainTakeItsOwnMailTwice(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.server.On("ani@pemda.test", smtptest.SlowMessage(2*time.Second), 1)
	p.enter(t, "ani", appraisal.StageTargets)
	stop := p.drains(t)
	p.server.Wait(t, 1)
	p.clock.advance(time.Hour)
	p.until(t, "confirmed", func() bool { return p.states(t)["sent"] == 1 })
	stop()
	p.wantEachOnce(t, 1)
}

func TestADrainBeatsWhileTheServerIsSlow(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.server.On("ani@pemda.test", smtptest.SlowMessage(4*time.Second), 1)
	p.enter(t, "ani", appraisal.StageTargets)
	var mu sync.Mutex
	var beats []time.Time
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(done)
		_, _ = p.outbox.Drain(ctx, func(int) {
			mu.Lock()
			defer mu.Unlock()
			beats = append(beats, time.Now())
		})
	}()
	p.until(t, "delivered", func() bool { return p.states(t)["sent"] == 1 })
	cancel()
	<-done
	for i := 1; i < len(beats); i++ {
		if gap := beats[i].Sub(beats[i-1]); gap > 2*time.Second {
			t.Errorf("no beat for %s", gap)
		}
	}
	if len(beats) < 4 {
		t.Errorf("%d beats in four seconds", len(beats))
	}
}
