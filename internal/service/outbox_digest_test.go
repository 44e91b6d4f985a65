package service

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// remind queues a notice about a step for its owner, as the conductor would now.
func (p *post) remind(t *testing.T, kind string, step appraisal.StepID, occurrence int) {
	t.Helper()
	p.exec(t, `insert into mail (key, kind, recipient_id, address, appraisal_id, step_id, args, available_at, created_at)
		select $1, $2, o.id, o.email, s.appraisal_id, s.id, jsonb_build_object('action', s.kind), $4, $4
		from step s join person o on o.id = s.owner_id where s.id = $3`,
		fmt.Sprintf("%s/%s/%d", step, kind, occurrence), kind, step, p.clock.Now())
}

// at moves the clock to a local time.
func (p *post) at(value string) {
	at, err := time.ParseInLocation("2006-01-02 15:04", value, p.zone)
	if err != nil {
		panic(err)
	}
	p.clock.advance(at.Sub(p.clock.Now()))
}

// desk brings open steps to kabid whose notices have been mailed: all due on Friday, 16 January 2026, at the end of the day.
func (p *post) desk(t *testing.T, who ...string) []appraisal.StepID {
	t.Helper()
	steps := p.approvals(t, who...)
	p.exec(t, `update step set deadline = '2026-01-16 16:59:59+00' where id = any($1)`, steps)
	p.exec(t, `delete from mail`)
	return steps
}

func TestRemindersOfADayAreOneDigestOnceAllHaveArrived(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, withDigest)
	steps := p.desk(t, "ani", "budi", "citra")
	p.at("2026-01-15 08:00")
	p.remind(t, mailReminder, steps[0], 1)
	if early := p.settle(t); len(early) != 0 {
		t.Fatalf("it did not wait for the others: %s", early[0].Subject)
	}
	p.at("2026-01-15 08:09")
	p.remind(t, mailReminder, steps[1], 1)
	p.at("2026-01-15 08:10")
	m := mustBeOne(t, p.settle(t))
	if !strings.HasPrefix(m.Subject, "Pengingat: 2 SKP menunggu persetujuan Anda, paling lambat 16 Januari 2026") {
		t.Errorf("the digest is %q", m.Subject)
	}

	p.at("2026-01-15 15:00")
	p.remind(t, mailReminder, steps[2], 1)
	p.at("2026-01-15 16:00")
	if second := p.settle(t); len(second) != 0 {
		t.Fatalf("a second digest on the same day: %s", second[0].Subject)
	}
	p.at("2026-01-16 06:59")
	if early := p.settle(t); len(early) != 0 {
		t.Fatalf("a digest before seven: %s", early[0].Subject)
	}
	p.at("2026-01-16 07:00")
	m = mustBeOne(t, p.settle(t))
	if !strings.HasPrefix(m.Subject, "Batas waktu hari ini: 1 SKP menunggu persetujuan Anda") {
		t.Errorf("the digest of the next day is %q", m.Subject)
	}
}

func TestAHeldDigestWaitsForTheNextWorkingDay(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, withDigest)
	steps := p.desk(t, "ani")
	p.exec(t, `insert into holiday (day, description) values ('2026-01-19', 'Isra Mikraj')`)
	p.exec(t, `insert into mail_digest (recipient_id, sent_on) values ($1, '2026-01-16')`, p.as("kabid").ID)
	p.at("2026-01-16 20:00") // Friday
	p.remind(t, mailOverdue, steps[0], 1)
	p.settle(t)
	held := query[time.Time](t, p.bundle, `select available_at from mail where state = 'queued'`)
	if got := held.In(p.zone).Format("2006-01-02 15:04"); got != "2026-01-20 07:00" {
		t.Errorf("it waits until %s", got)
	}
}

func TestANewTaskTakesWhatIsHeldAlong(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, withDigest)
	steps := p.desk(t, "ani", "budi")
	p.at("2026-01-15 09:00")
	p.exec(t, `insert into mail_digest (recipient_id, sent_on) values ($1, '2026-01-15')`, p.as("kabid").ID)
	p.remind(t, mailReminder, steps[0], 1)
	p.at("2026-01-15 10:00")
	if held := p.settle(t); len(held) != 0 {
		t.Fatalf("not held: %s", held[0].Subject)
	}
	p.remind(t, mailTask, steps[1], 1)
	m := mustBeOne(t, p.settle(t))
	if len(keysIn(m)) != 2 || !strings.Contains(m.Text, "Baru untuk Anda") || !strings.Contains(m.Text, "Mendekati batas waktu") {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
	p.at("2026-01-16 08:00")
	if more := p.settle(t); len(more) != 0 {
		t.Errorf("what was taken along came again: %s", more[0].Subject)
	}
}

func TestADigestDropsWhatWasDoneWhileItWasHeld(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, withDigest)
	steps := p.desk(t, "ani", "budi")
	p.at("2026-01-15 08:00")
	p.remind(t, mailReminder, steps[0], 1)
	p.remind(t, mailReminder, steps[1], 1)
	p.settle(t)
	p.decidePlan(t, "ani", PlanDecision{Approve: true})
	p.exec(t, `delete from mail where kind = 'task'`)
	p.at("2026-01-15 08:30")
	m := mustBeOne(t, p.settle(t))
	if strings.Contains(m.Text, "Ani Lestari") || !strings.Contains(m.Text, "Budi Santoso") {
		t.Errorf("%s", m.Text)
	}
}

func TestWithoutDigestsRemindersGoAtOnceStillMerged(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	steps := p.desk(t, "ani", "budi")
	p.at("2026-01-15 08:00")
	p.remind(t, mailReminder, steps[0], 1)
	p.remind(t, mailReminder, steps[1], 1)
	if m := mustBeOne(t, p.settle(t)); len(keysIn(m)) != 2 {
		t.Errorf("%q carries %d notices", m.Subject, len(keysIn(m)))
	}
	p.remind(t, mailReminder, steps[0], 2)
	if m := mustBeOne(t, p.settle(t)); len(keysIn(m)) != 1 {
		t.Errorf("%q carries %d notices", m.Subject, len(keysIn(m)))
	}
}

func TestAStepIsListedOnceUnderWhatIsMostPressing(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	steps := p.desk(t, "ani", "budi")
	p.at("2026-01-17 08:00")
	p.remind(t, mailTask, steps[0], 1)
	p.remind(t, mailReminder, steps[0], 1)
	p.remind(t, mailOverdue, steps[0], 1)
	m := mustBeOne(t, p.settle(t))
	if m.Subject != "Terlambat: 1 SKP menunggu persetujuan Anda, batas 16 Januari 2026 sudah lewat" || len(keysIn(m)) != 3 ||
		strings.Count(m.Text, "Ani Lestari") != 1 {
		t.Errorf("%s with %d notices\n%s", m.Subject, len(keysIn(m)), m.Text)
	}
}

func TestAnEscalationNamesWhoIsLateAndLeadsToTheAppraisal(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	steps := p.desk(t, "ani")
	p.at("2026-01-19 08:00")
	p.exec(t, `insert into mail (key, kind, recipient_id, address, appraisal_id, step_id, args, available_at, created_at)
		select 'e', 'escalation', $1, '', appraisal_id, id, jsonb_build_object('action', kind), $3, $3 from step where id = $2`,
		p.as("kadis").ID, steps[0], p.clock.Now())
	m := mustBeOne(t, p.settle(t))
	if !slices.Equal(m.To, []string{"kadis@pemda.test"}) || !strings.Contains(m.Text, "Kabid Joko belum memeriksa SKP Ani Lestari") ||
		!strings.Contains(m.Text, "https://telaah.test/penilaian/"+string(p.of(t, "ani"))) {
		t.Errorf("to %v: %s\n%s", m.To, m.Subject, m.Text)
	}
}

func TestALatePeerIsNotNamedInAnEscalation(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	p.reach(t, "ani", appraisal.StagePeerReview)
	peers := p.choosePeers(t, "ani")
	p.exec(t, `delete from mail`)
	late := p.asked(t, peers[0], "ani")
	p.exec(t, `insert into mail (key, kind, recipient_id, address, appraisal_id, step_id, args, available_at, created_at)
		select 'e', 'escalation', $1, '', appraisal_id, id, jsonb_build_object('action', kind), $3, $3 from step where id = $2`,
		p.as("kabid").ID, late, p.clock.Now())
	m := mustBeOne(t, p.settle(t))
	if strings.Contains(string(m.Raw)+m.Text+m.HTML, p.as(peers[0]).Name) {
		t.Errorf("%s", m.Text)
	}
}
