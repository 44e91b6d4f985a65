package service

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
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

// post is an outbox over a bundle with a mail server of its own.
type post struct {
	*bundle
	server *smtptest.Server
	outbox *Outbox
	log    *bytes.Buffer // complete once no drain runs
}

// withPost gives the bundle an outbox without digests; change may alter its options.
func (b *bundle) withPost(t testing.TB, change func(*OutboxOptions)) *post {
	t.Helper()
	p := &post{bundle: b, server: smtptest.Start(t), log: &bytes.Buffer{}}
	o := OutboxOptions{
		DB: b.db, Sender: newSender(t, p.server), BaseURL: "https://telaah.test", Zone: b.zone, Now: b.clock.Now,
		Log: slog.New(slog.NewTextHandler(p.log, nil)),
	}
	if change != nil {
		change(&o)
	}
	p.outbox = NewOutbox(o)
	return p
}

func withDigest(o *OutboxOptions) { o.Digest = true }

func newSender(t testing.TB, server *smtptest.Server) *mail.Sender {
	t.Helper()
	sender, err := mail.NewSender(mail.Options{
		Host: server.Host(), Port: server.Port(), TLS: mail.TLSNone, From: "Telaah <telaah@pemda.test>", Timeout: 5 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sender.Close() })
	return sender
}

// drains runs a drain until the returned function is called, which returns how many messages it delivered.
func (p *post) drains(t testing.TB) (stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done, delivered := make(chan struct{}), 0
	go func() {
		defer close(done)
		var err error
		if delivered, err = p.outbox.Drain(ctx, func(int) {}); !errors.Is(err, context.Canceled) {
			t.Errorf("the drain ended with %v", err)
		}
	}()
	stop = func() int {
		cancel()
		<-done
		return delivered
	}
	t.Cleanup(func() { stop() })
	return stop
}

// until waits for a condition on the record.
func (p *post) until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it did not come to that; the outbox is\n%s\nthe log is\n%s", what, p.listing(t), p.log)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// settle drains until nothing is due any more, and returns the messages that the server took meanwhile.
func (p *post) settle(t testing.TB) []smtptest.Received {
	t.Helper()
	before := len(p.server.Messages())
	stop := p.drains(t)
	p.until(t, "nothing due", func() bool { return !p.due(t) })
	stop()
	return p.server.Messages()[before:]
}

func (p *post) due(t testing.TB) bool {
	t.Helper()
	var due bool
	if err := p.pool.QueryRow(context.Background(), `select exists (select from mail where state = 'queued' and available_at <= $1
		or state = 'sending' and (claim is not null or available_at <= $1))`, p.clock.Now()).Scan(&due); err != nil {
		t.Fatal(err)
	}
	return due
}

func (p *post) listing(t testing.TB) string {
	t.Helper()
	var list string
	if err := p.pool.QueryRow(context.Background(), `select coalesce(string_agg(concat_ws(' ', kind, address, state, message_id, claim, attempts,
		in_doubt, available_at, failure, error), E'\n' order by created_at, key), 'empty') from mail`).Scan(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// states counts the notices by state.
func (p *post) states(t testing.TB) map[string]int {
	t.Helper()
	rows, err := p.pool.Query(context.Background(), `select state, count(*)::int from mail group by state`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			t.Fatal(err)
		}
		counts[state] = n
	}
	return counts
}

// keysIn returns the digests of the notices that a message carries.
func keysIn(m smtptest.Received) []string { return strings.Fields(m.Header.Get("X-Telaah-Key")) }

// mustBeOne returns the only message of a list.
func mustBeOne(t testing.TB, messages []smtptest.Received) smtptest.Received {
	t.Helper()
	if len(messages) != 1 {
		var subjects []string
		for _, m := range messages {
			subjects = append(subjects, strings.Join(m.To, ",")+": "+m.Subject)
		}
		t.Fatalf("%d messages arrived, want one: %q", len(messages), subjects)
	}
	return messages[0]
}

// approvals brings plans of staff to kabid's table: as many open steps of kabid, each with a notice in the queue.
func (p *post) approvals(t *testing.T, who ...string) []appraisal.StepID {
	t.Helper()
	var steps []appraisal.StepID
	for _, name := range who {
		p.enter(t, name, appraisal.StageTargets)
		p.submitPlan(t, name)
		p.look(t, name)
		steps = append(steps, p.open(t, name, appraisal.StepApprovePlan))
	}
	return steps
}

func TestANewTaskIsMailedWithALinkToItsForm(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.enter(t, "ani", appraisal.StageTargets)
	m := mustBeOne(t, p.settle(t))
	link := "https://telaah.test/tugas/" + string(p.open(t, "ani", appraisal.StepDraftPlan))
	if !slices.Equal(m.To, []string{"ani@pemda.test"}) || !strings.HasPrefix(m.Subject, "SKP Anda menunggu disusun") ||
		!strings.Contains(m.Text, link) || !strings.Contains(m.HTML, link) || !strings.Contains(m.Text, "Kinerja 2026") {
		t.Errorf("to %v: %s\n%s", m.To, m.Subject, m.Text)
	}
	key := query[string](t, p.bundle, `select key from mail where state = 'sent' and message_id = $1 and attempts = 1 and sent_at = $2`,
		m.MessageID, p.clock.Now())
	if !slices.Equal(keysIn(m), []string{mail.KeyDigest(key)}) {
		t.Errorf("the message names %v", keysIn(m))
	}
}

func TestMailIsWrittenInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	must(t, p.SetLanguage(t.Context(), p.as("ani"), "en"))
	p.enter(t, "ani", appraisal.StageTargets)
	m := mustBeOne(t, p.settle(t))
	if !strings.Contains(m.Text, "Dear Ani Lestari") || m.Header.Get("Content-Language") != "en" {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
}

func TestAllTasksOfOnePersonAreOneMail(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.approvals(t, staff()...)
	p.exec(t, `delete from mail where recipient_id <> $1`, p.as("kabid").ID)
	m := mustBeOne(t, p.settle(t))
	if !strings.HasPrefix(m.Subject, "6 SKP menunggu persetujuan Anda, paling lambat ") || len(keysIn(m)) != 6 {
		t.Errorf("%q carries %d notices", m.Subject, len(keysIn(m)))
	}
	if n := query[int](t, p.bundle, `select count(*) from mail where state = 'sent' and message_id = $1`, m.MessageID); n != 6 {
		t.Errorf("%d notices are recorded as part of the message, want 6", n)
	}
}

func TestWhatNobodyNeedsAnyMoreIsNotMailed(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	steps := p.approvals(t, "ani", "budi", "citra", "dodi")
	p.decidePlan(t, "ani", PlanDecision{Approve: true})                                            // done
	p.exec(t, `update step set owner_id = $2 where id = $1`, steps[1], p.as("kadis").ID)           // somebody else's now
	p.exec(t, `update step set state = 'cancelled' where id = $1`, steps[2])                       // called off
	must(t, p.asks(t, LinkRequest{Email: "eko@pemda.test", Network: agencyNetwork}))               // used before it was sent
	p.exec(t, `update sign_in_link set used_at = created_at where person_id = $1`, p.as("eko").ID) //
	p.enter(t, "fitri", appraisal.StageTargets)                                                    // has left
	p.exec(t, `update person set active = false where id = $1`, p.as("fitri").ID)

	m := mustBeOne(t, p.settle(t))
	if !slices.Equal(m.To, []string{"kabid@pemda.test"}) || !strings.Contains(m.Subject, "1 SKP") || !strings.Contains(m.Text, "Dodi Pratama") {
		t.Errorf("to %v: %s\n%s", m.To, m.Subject, m.Text)
	}
	if got := p.states(t); got["unneeded"] != 9 || got["sent"] != 1 {
		t.Errorf("the notices are %v:\n%s", got, p.listing(t))
	}
	if n := query[int](t, p.bundle, `select count(*) from mail where args ? 'token'`); n != 0 {
		t.Error("the unneeded link can still be read")
	}
}

func TestTheCommitteeIsToldOfASessionWhileItIsOpen(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	cohort := p.cohort(t, "ani")
	must(t, p.in(t.Context(), func(x *tx) error {
		k, err := postgres.LockCohortRow(t.Context(), x, cohort)
		if err != nil {
			return err
		}
		return openSession(t.Context(), x, k)
	}))
	m := mustBeOne(t, p.settle(t))
	if !slices.Equal(m.To, []string{"komite@pemda.test"}) || !strings.Contains(m.Text, "https://telaah.test/kalibrasi/"+string(cohort)) ||
		!strings.Contains(m.Text, "(Pelaksana)") {
		t.Errorf("to %v: %s\n%s", m.To, m.Subject, m.Text)
	}
	for _, later := range []string{`round = 2`, `round = 1, status = 'locked'`} {
		p.exec(t, `update cohort set `+later)
		p.exec(t, `update mail set state = 'queued', available_at = created_at`)
		if again := p.settle(t); len(again) != 0 {
			t.Errorf("a session is announced though it has %s: %s", later, again[0].Subject)
		}
	}
}

func TestASignInMailGoesOutAtOnceAndItsTokenIsForgotten(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, func(o *OutboxOptions) { o.Connections = 1 })
	p.exec(t, `insert into mail (key, kind, recipient_id, address, available_at, created_at)
		select id || '/' || n, 'cycle_closed', id, email, $1, $1 from person, generate_series(1, 20) n where active`, p.clock.Now().Add(-time.Hour))
	must(t, p.asks(t, LinkRequest{Email: "ani@pemda.test", Network: agencyNetwork, Next: "/tugas/7"}))
	token := p.mailedToken(t, "ani")
	m := p.settle(t)[0]
	if !slices.Equal(m.To, []string{"ani@pemda.test"}) || !strings.Contains(m.Text, "https://telaah.test/masuk/"+token) ||
		!strings.Contains(m.Text, "Ketik kode "+grouped(secret(token).code())+" di halaman") ||
		m.Subject != "Tautan masuk Telaah, berlaku 15 menit" {
		t.Errorf("the first mail goes to %v: %s\n%s", m.To, m.Subject, m.Text)
	}
	if args := query[string](t, p.bundle, `select args::text from mail where kind = 'sign_in'`); args != "{}" {
		t.Errorf("the outbox still holds %s", args)
	}
	s, err := p.Redeem(t.Context(), token, p.asker())
	must(t, err)
	if s.Next != "/tugas/7" {
		t.Errorf("the link goes on to %q", s.Next)
	}
}

func TestWhoWaitsAtTheSignInPageIsAnnounced(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	announced, ended := make(chan struct{}, 8), make(chan error, 1)
	go func() { ended <- postgres.ListenForMail(ctx, b.pool, func() { announced <- struct{}{} }) }()
	for listening := false; !listening; {
		listening = query[bool](t, b, `select exists (select from pg_stat_activity where datname = current_database() and query = 'listen mail')`)
	}
	b.enter(t, "ani", appraisal.StageTargets)
	must(t, b.asks(t, LinkRequest{Email: "budi@pemda.test", Network: agencyNetwork}))
	<-announced
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("listening ended with %v", err)
	}
	if len(announced) != 0 {
		t.Error("a task was announced as well, which would make the acts of a whole office wait for each other")
	}
}

func TestTheSameKeyIsMailedOnce(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.enter(t, "ani", appraisal.StageTargets)
	step := p.open(t, "ani", appraisal.StepDraftPlan)
	again := postgres.NewMail{
		Key:  query[string](t, p.bundle, `select key from mail`),
		Kind: mailTask, Recipient: p.as("ani").ID, Step: &step, At: p.clock.Now(),
	}
	must(t, postgres.QueueMail(t.Context(), p.pool, again))
	mustBeOne(t, p.settle(t))
	must(t, postgres.QueueMail(t.Context(), p.pool, again))
	if more := p.settle(t); len(more) != 0 {
		t.Errorf("it was mailed again: %s", more[0].Subject)
	}
}

func TestTwoDrainsNeverDeliverTheSameNotice(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.manyNotices(t, 600)
	var wg sync.WaitGroup
	for range 3 {
		stop := p.drains(t)
		wg.Go(func() {
			p.until(t, "all delivered", func() bool { return p.states(t)["sent"] == 600 })
			stop()
		})
	}
	wg.Wait()
	p.wantEachOnce(t, 600)
}

// manyNotices queues n notices for people of their own, none of which is merged with another.
func (p *post) manyNotices(t testing.TB, n int) {
	t.Helper()
	for _, sql := range []string{
		`insert into person (kind, name, full_name, email) select 'account', 'Pegawai ' || n, 'Pegawai ' || n, 'pegawai' || n || '@pemda.test'
			from generate_series(1, $1::int) n where $2::timestamptz is not null`,
		`insert into mail (key, kind, recipient_id, address, appraisal_id, args, available_at, created_at)
			select 'key/' || n, 'withdrawn', p.id, p.email, (select id from appraisal limit 1), '{}', $2, $2
			from generate_series(1, $1::int) n join person p on p.email = 'pegawai' || n || '@pemda.test'`,
	} {
		if _, err := p.pool.Exec(t.Context(), sql, n, p.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

// wantEachOnce compares what the server took with the outbox: every key delivered, and once.
func (p *post) wantEachOnce(t testing.TB, n int) {
	t.Helper()
	seen := map[string]int{}
	for _, m := range p.server.Messages() {
		for _, key := range keysIn(m) {
			seen[key]++
		}
	}
	for key, count := range seen {
		if count != 1 {
			t.Errorf("the notice %s arrived %d times", key, count)
		}
	}
	if len(seen) != n {
		t.Errorf("%d notices arrived, want %d", len(seen), n)
	}
}
