package service

import (
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func (b *bundle) stalled(t *testing.T, limit int) []Stalled {
	t.Helper()
	var list []Stalled
	after := ""
	for {
		p, err := b.Stalled(t.Context(), b.as("operator"), after, limit)
		must(t, err)
		list = append(list, p.Items...)
		if p.Next == "" {
			return list
		}
		after = p.Next
	}
}

func TestAPipelineThatWaitsForAPersonIsStalledSinceItsDeadline(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range staff() {
		b.enter(t, who, appraisal.StageTargets)
		b.clock.advance(time.Second)
	}
	b.enterOthers(t)
	if list := b.stalled(t, 0); len(list) != 0 {
		t.Fatalf("stalled before any deadline: %+v", list)
	}
	due := b.home(t, "ani").Tasks[0].Deadline
	b.clock.advance(5 * time.Minute)
	for _, who := range staff() {
		b.look(t, who)
	}
	list := b.stalled(t, 2)
	if len(list) != len(staff()) {
		t.Fatalf("%d are stalled, want all six: %+v", len(list), list)
	}
	first := list[0]
	if first.Appraisal != b.of(t, "ani") || first.Cause != appraisal.HealthWaitingOnPerson || first.Owner != "Ani Lestari" ||
		first.WaitingOn != appraisal.PartyEmployee || !first.Since.Equal(*due) || first.Unit != "Bidang Perizinan" {
		t.Errorf("the longest stalled is %+v, due %v", first, due)
	}
	if !slices.IsSortedFunc(list, func(a, b Stalled) int { return a.Since.Compare(b.Since) }) {
		t.Errorf("not in order of their age: %+v", list)
	}
	_, err := b.pool.Exec(t.Context(), `update appraisal set stage_deadline = $1 where stage_deadline is not null`, due)
	must(t, err)
	if list := b.stalled(t, 2); len(list) != len(staff()) {
		t.Errorf("of six that stalled at one instant %d are listed", len(list))
	}
}

// enterOthers starts the pipelines of those who are not staff, so that none is left unstarted.
func (b *bundle) enterOthers(t *testing.T) {
	t.Helper()
	for _, who := range []string{"kabid", "kadis"} {
		b.enter(t, who, appraisal.StageTargets)
		b.submitPlan(t, who)
		b.decidePlan(t, who, PlanDecision{Approve: true})
		b.enter(t, who, appraisal.StageExecution)
		_, err := b.CompleteExecution(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepRecordProgress))
		must(t, err)
		_, err = b.Withdraw(t.Context(), b.as("hana"), Call{}, b.of(t, who), CycleCommand{Reason: "Pensiun"})
		must(t, err)
	}
}

func TestAPipelineAtWhichNobodyLooksIsReportedAsBroken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	b.clock.advance(10 * time.Minute)
	if list := b.stalled(t, 0); len(list) != 0 {
		t.Fatalf("reported although the clocks may still be spread: %+v", list)
	}
	b.clock.advance(10 * time.Minute)
	list := b.stalled(t, 0)
	if len(list) != 8 {
		t.Fatalf("%d are reported, want the one whose deadline passed and seven that were never started: %+v", len(list), list)
	}
	i := slices.IndexFunc(list, func(s Stalled) bool { return s.Appraisal == b.of(t, "ani") })
	if i < 0 || list[i].Cause != appraisal.HealthWorkflowError || list[i].WorkflowID == "" {
		t.Errorf("Ani's pipeline: %+v", list)
	}
	b.look(t, "ani")
	i = slices.IndexFunc(b.stalled(t, 0), func(s Stalled) bool { return s.Cause == appraisal.HealthWaitingOnPerson })
	if i < 0 {
		t.Error("after a look it is not reported as waiting for a person")
	}
}

func TestTheStalledListNeverNamesAnOpinionGiver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	b.choosePeers(t, "ani")
	b.clock.advance(time.Hour)
	for _, s := range b.stalled(t, 0) {
		if s.Appraisal == b.of(t, "ani") && (s.Owner != "" || s.WaitingOn != appraisal.PartyPeer) {
			t.Errorf("the list shows %+v", s)
		}
	}
}

func (b *bundle) mails(t *testing.T, reader string, f MailFilter) []Mail {
	t.Helper()
	var list []Mail
	for {
		p, err := b.Mails(t.Context(), b.as(reader), f)
		must(t, err)
		list = append(list, p.Items...)
		if p.Next == "" {
			return list
		}
		f.After = p.Next
	}
}

func TestTheOutboxIsListedTheNewestFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range staff() {
		b.enter(t, who, appraisal.StageTargets)
	}
	list := b.mails(t, "operator", MailFilter{State: "queued", Limit: 2})
	if len(list) != 6 || list[0].Recipient != "fitri@pemda.test" || list[5].Recipient != "ani@pemda.test" {
		t.Fatalf("the outbox shows %+v", list)
	}
	_, err := b.pool.Exec(t.Context(), `update mail set created_at = $1`, b.clock.Now())
	must(t, err)
	seen := map[string]bool{}
	list = b.mails(t, "operator", MailFilter{State: "queued", Limit: 2})
	for _, m := range list {
		seen[m.ID] = true
	}
	if len(seen) != 6 || len(list) != 6 {
		t.Errorf("of six that were queued at one instant %d are listed, %d times", len(seen), len(list))
	}
	if list := b.mails(t, "operator", MailFilter{State: "failed"}); len(list) != 0 {
		t.Errorf("failed: %+v", list)
	}
	_, err = b.Mails(t.Context(), b.as("kabid"), MailFilter{})
	wantCode(t, err, appraisal.CodeForbidden)
}

func TestNobodyReadsInTheOutboxWhoWasAskedAboutWhom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	peers := b.choosePeers(t, "ani")
	asked := func(reader appraisal.Actor) bool {
		p, err := b.Mails(t.Context(), reader, MailFilter{Limit: 200})
		must(t, err)
		return slices.ContainsFunc(p.Items, func(m Mail) bool { return m.Recipient == peers[0]+"@pemda.test" && m.Kind == mailTask })
	}
	ani := b.as("ani")
	ani.Roles = []appraisal.Role{appraisal.RoleAdministrator}
	for _, step := range []string{"there", "destroyed"} {
		for _, reader := range []appraisal.Actor{ani, b.as("operator"), b.as("hana")} {
			if asked(reader) {
				t.Errorf("while the step is %s %s reads whom the questions went to", step, reader.Name)
			}
		}
		b.exec(t, `update mail set step_id = null`)
	}
	if n := query[int](t, b, `select count(*)::int from mail where args->>'action' = 'peer_answer'`); n == 0 {
		t.Error("nobody was asked")
	}
}

func TestAFailedMailIsQueuedAgainToTheRecipientsPresentAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	id := b.mails(t, "operator", MailFilter{})[0].ID
	_, err := b.ResendMail(t.Context(), b.as("operator"), Call{}, id)
	wantCode(t, err, appraisal.CodeWrongStage)
	_, err = b.pool.Exec(t.Context(), `update mail set state = 'failed', attempts = 5, error = '550 no such mailbox', message_id = '<1@pemda.test>' where id = $1`, id)
	must(t, err)
	_, err = b.pool.Exec(t.Context(), `update person set email = 'ani.lestari@pemda.test' where id = $1`, b.as("ani").ID)
	must(t, err)
	b.clock.advance(time.Minute)
	call := Call{Key: "again"}
	first, err := b.ResendMail(t.Context(), b.as("operator"), call, id)
	must(t, err)
	second, err := b.ResendMail(t.Context(), b.as("operator"), call, id)
	must(t, err)
	if first.ID != id || !first.At.Equal(second.At) {
		t.Errorf("the repeat was answered with %+v, not with %+v", second, first)
	}
	m := b.mails(t, "operator", MailFilter{})[0]
	if m.State != "queued" || m.Attempts != 0 || m.Error != "" || m.Recipient != "ani.lestari@pemda.test" || m.MessageID != "<1@pemda.test>" {
		t.Errorf("the mail is %+v", m)
	}
	if n := query[int](t, b, `select count(*)::int from audit_event where action = 'resend_mail' and subject = 'mail/' || $1 and actor_id = $2`, id, b.as("operator").ID); n != 1 {
		t.Errorf("the trail has %d lines of it", n)
	}
	_, err = b.ResendMail(t.Context(), b.as("kabid"), Call{}, id)
	wantCode(t, err, appraisal.CodeForbidden)
	_, err = b.ResendMail(t.Context(), b.as("operator"), Call{}, string(b.of(t, "ani")))
	wantCode(t, err, appraisal.CodeNotFound)
}
