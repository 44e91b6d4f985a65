package worker_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// record keeps a workflow's history for the replay tests when TELAAH_RECORD_HISTORIES names a directory. Histories are
// recorded from released code, never from the branch under test.
func (s *system) record(t *testing.T, name, workflow string) {
	t.Helper()
	dir := os.Getenv("TELAAH_RECORD_HISTORIES")
	if dir == "" {
		return
	}
	raw, err := protojson.MarshalOptions{Indent: " "}.Marshal(s.decoded(t, s.history(t, workflow)))
	must(t, err)
	host, err := os.Hostname() // names the sticky queues
	must(t, err)
	raw = bytes.ReplaceAll(raw, []byte(`"`+host+`:`), []byte(`"worker:`))
	must(t, os.WriteFile(filepath.Join(dir, name+".json"), raw, 0o644))
}

// hurried is the demonstration template with windows of seconds.
func hurried(t *testing.T, seconds int, missed appraisal.Missed) *appraisal.Template {
	t.Helper()
	list, err := appraisal.Templates()
	must(t, err)
	for _, template := range list {
		if template.Name != "peragaan" {
			continue
		}
		for i := range template.Steps {
			rule := &template.Steps[i]
			rule.Window, rule.Missed = appraisal.Window{Seconds: seconds}, missed
			rule.Before = []appraisal.Window{{Seconds: 1}}
			rule.After, rule.Escalation = []appraisal.Window{{Seconds: 1}}, []appraisal.Window{{Seconds: 1}, {Seconds: 2}}
		}
		return &template
	}
	t.Fatal("no template called peragaan")
	return nil
}

func (s *system) launchWith(t *testing.T, template *appraisal.Template, first appraisal.Stage) {
	t.Helper()
	hr := s.people["hr"]
	c, err := s.CreateCycle(t.Context(), hr, service.Call{}, service.NewCycle{Code: "uji", Name: "Uji", Template: template, FirstStage: first,
		PeriodStart: "2026-01-01", PeriodEnd: "2026-12-31"})
	must(t, err)
	s.cycle = c.ID
	_, err = s.Launch(t.Context(), hr, service.Call{}, c.ID)
	must(t, err)
}

func (s *system) awaitStage(t *testing.T, who string, want appraisal.Stage) {
	t.Helper()
	await(t, who+" in "+string(want), func() (bool, bool) { return true, s.stage(t, who) == want })
}

func (s *system) awaitStatus(t *testing.T, want string) {
	t.Helper()
	await(t, "the cycle to be "+want, func() (bool, bool) {
		var status string
		must(t, s.db.QueryRow(t.Context(), `select status from cycle`).Scan(&status))
		return true, status == want
	})
}

func (s *system) awaitEnd(t *testing.T, workflow string) {
	t.Helper()
	must(t, s.temporal.GetWorkflow(t.Context(), workflow, "").Get(t.Context(), nil))
}

func TestAReturnAndAnObjectionStayWithinTheirBudgets(t *testing.T) {
	s := start(t)
	s.launch(t, "tahunan")
	everybody := []string{"ani", "budi", "citra", "dodi", "hr", "komite"}
	ctx := t.Context()
	step := s.step(t, "ani", "ani", appraisal.StepDraftPlan)
	_, err := s.SubmitPlan(ctx, s.people["ani"], service.Call{}, step, s.plan(t, "ani"))
	must(t, err)
	_, err = s.DecidePlan(ctx, s.people["kepala"], service.Call{}, s.step(t, "ani", "kepala", appraisal.StepApprovePlan),
		service.PlanDecision{Comment: "Target belum jelas."})
	must(t, err)
	for _, who := range everybody {
		s.throughPlanning(t, who, "kepala")
	}
	for _, who := range everybody {
		s.toCalibration(t, who, "kepala", others(who)...)
	}
	s.withdrawKepala(t)
	s.lockEveryCohort(t)
	_, err = s.Object(ctx, s.people["ani"], service.Call{}, s.step(t, "ani", "ani", appraisal.StepAcknowledgeResult), service.NewObjection{Reasons: "Belum dihitung."})
	must(t, err)
	_, err = s.AnswerObjection(ctx, s.people["kepala"], service.Call{}, s.step(t, "ani", "kepala", appraisal.StepAnswerObjection), service.ObjectionAnswer{Answer: "Sudah."})
	must(t, err)
	_, err = s.DecideObjection(ctx, s.people["bupati"], service.Call{}, s.step(t, "ani", "bupati", appraisal.StepDecideObjection),
		service.ObjectionDecision{Change: true, WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Reason: "Terbukti."})
	must(t, err)
	_, err = s.ApproveDevelopment(ctx, s.people["kepala"], service.Call{}, s.step(t, "ani", "kepala", appraisal.StepApproveDevelopment), service.DevelopmentDecision{})
	must(t, err)
	id := appraisal.PipelineID(s.cycle, s.people["ani"].ID)
	s.awaitEnd(t, id)
	events := s.history(t, id)
	t.Logf("%d events: %s", len(events), byKind(events))
	if bar := mostEvents + 14 + 24; len(events) > bar {
		t.Errorf("with a return and an objection a pipeline took %d events, more than %d", len(events), bar)
	}
	s.record(t, "returned-and-objected", id)
}

// others names three people beside who.
func others(who string) []string {
	var peers []string
	for _, p := range []string{"ani", "budi", "citra", "dodi"} {
		if p != who && len(peers) < 3 {
			peers = append(peers, p)
		}
	}
	return peers
}

// withdrawKepala takes the head out, whom nobody in these tests reviews.
func (s *system) withdrawKepala(t *testing.T) {
	t.Helper()
	var id appraisal.AppraisalID
	must(t, s.db.QueryRow(t.Context(), `select a.id from appraisal a join person p on p.id = a.employee_id where p.name = 'kepala'`).Scan(&id))
	_, err := s.Withdraw(t.Context(), s.people["hr"], service.Call{}, id, service.CycleCommand{Reason: "Pensiun."})
	must(t, err)
}

func TestWhereEveryDeadlineIsMissedTheProcessGoesOnByRule(t *testing.T) {
	s := start(t)
	s.launchWith(t, hurried(t, 2, appraisal.MissedAdvance), "")
	await(t, "a session to open", func() (bool, bool) {
		var n int
		must(t, s.db.QueryRow(t.Context(), `select count(*) from cohort where status = 'open'`).Scan(&n))
		return true, n > 0
	})
	s.awaitStatus(t, postgres.CycleClosed)
	var outcomes []string
	rows, err := s.db.Query(t.Context(), `select distinct outcome from step where kind <> 'calibrate'`)
	must(t, err)
	for rows.Next() {
		var o string
		must(t, rows.Scan(&o))
		outcomes = append(outcomes, o)
	}
	must(t, rows.Err())
	if len(outcomes) != 1 || outcomes[0] != string(appraisal.OutcomeAdvanced) {
		t.Errorf("steps ended as %v, want all advanced", outcomes)
	}
	s.record(t, "every-deadline-missed", appraisal.PipelineID(s.cycle, s.people["ani"].ID))
	s.record(t, "cycle-closed", appraisal.CycleWorkflowID(s.cycle))
}

func TestAWaitingStepRemindsEscalatesAndStaysOpen(t *testing.T) {
	s := start(t)
	s.launchWith(t, hurried(t, 2, appraisal.MissedWait), "")
	await(t, "two escalations about ani", func() (bool, bool) {
		var n int
		must(t, s.db.QueryRow(t.Context(), `select count(*) from mail m join appraisal a on a.id = m.appraisal_id join person p on p.id = a.employee_id
			where p.name = 'ani' and m.kind = 'escalation'`).Scan(&n))
		return true, n == 2
	})
	kinds := map[string]int{}
	rows, err := s.db.Query(t.Context(), `select m.kind, count(*) from mail m join appraisal a on a.id = m.appraisal_id join person p on p.id = a.employee_id
		where p.name = 'ani' group by m.kind`)
	must(t, err)
	for rows.Next() {
		var kind string
		var n int
		must(t, rows.Scan(&kind, &n))
		kinds[kind] = n
	}
	must(t, rows.Err())
	if kinds["task"] != 1 || kinds["reminder"] != 1 || kinds["overdue"] == 0 {
		t.Errorf("mails about ani: %v, want one task, one reminder and an overdue notice", kinds)
	}
	s.step(t, "ani", "ani", appraisal.StepDraftPlan) // still hers to do
	id := appraisal.PipelineID(s.cycle, s.people["ani"].ID)
	description, err := s.temporal.DescribeWorkflowExecution(t.Context(), id, "")
	must(t, err)
	var health string
	must(t, json.Unmarshal(description.GetWorkflowExecutionInfo().GetSearchAttributes().GetIndexedFields()["Health"].GetData(), &health))
	if health != string(appraisal.HealthWaitingOnPerson) {
		t.Errorf("health in Temporal is %q, want waiting_on_person", health)
	}
	s.record(t, "waiting-and-escalated", id)
}

func TestAPauseStopsTheClocksAndACancellationEndsEverything(t *testing.T) {
	s := start(t)
	s.launchWith(t, hurried(t, 3, appraisal.MissedAdvance), appraisal.StageSelfReview)
	s.awaitStatus(t, postgres.CycleRunning)
	step := s.step(t, "ani", "ani", appraisal.StepSelfReview)
	hr, ctx := s.people["hr"], t.Context()
	_, err := s.Pause(ctx, hr, service.Call{}, s.cycle, service.CycleCommand{Reason: "Bencana."})
	must(t, err)
	_, err = s.SubmitSelfReview(ctx, s.people["ani"], service.Call{}, step, appraisal.SelfReview{Achievements: "x"})
	if appraisal.CodeOf(err) != appraisal.CodeWrongStage {
		t.Errorf("an act in a paused cycle gave %v, want wrong_stage", err)
	}
	await(t, "ani's pipeline to notice the pause", func() (bool, bool) {
		var health string
		must(t, s.db.QueryRow(ctx, `select health from appraisal a join person p on p.id = a.employee_id where p.name = 'ani'`).Scan(&health))
		return true, health == string(appraisal.HealthPaused)
	})
	_, err = s.Resume(ctx, hr, service.Call{}, s.cycle, service.CycleCommand{})
	must(t, err)
	_, err = s.SubmitSelfReview(ctx, s.people["ani"], service.Call{}, step, appraisal.SelfReview{Achievements: "x"})
	must(t, err)
	s.awaitStage(t, "ani", appraisal.StagePeerReview)
	_, err = s.Cancel(ctx, hr, service.Call{}, s.cycle, service.CycleCommand{Reason: "Diulang."})
	must(t, err)
	s.awaitStage(t, "ani", appraisal.StageWithdrawn)
	for _, who := range []string{"ani", "kepala"} {
		s.awaitEnd(t, appraisal.PipelineID(s.cycle, s.people[who].ID))
	}
	s.awaitEnd(t, appraisal.CycleWorkflowID(s.cycle))
	s.record(t, "paused-and-cancelled", appraisal.PipelineID(s.cycle, s.people["ani"].ID))
}

func TestAWakeThatNobodyDeliveredIsDeliveredByTheRelay(t *testing.T) {
	s := start(t)
	s.Service = service.New(service.Options{DB: s.limited, Policies: appraisal.Embedded(), Zone: time.UTC}) // a process that dies between commit and wake
	s.launch(t, "tahunan")
	s.throughPlanning(t, "ani", "kepala")
	s.awaitStage(t, "ani", appraisal.StageExecution)
	await(t, "the table of wakes to be empty", func() (bool, bool) {
		var n int
		must(t, s.db.QueryRow(t.Context(), `select count(*) from wake`).Scan(&n))
		return true, n == 0
	})
}

func TestARecoveredPipelineFindsItsPlace(t *testing.T) {
	s := start(t)
	s.launch(t, "tahunan")
	s.throughPlanning(t, "ani", "kepala")
	s.awaitStage(t, "ani", appraisal.StageExecution)
	id := appraisal.PipelineID(s.cycle, s.people["ani"].ID)
	must(t, s.temporal.TerminateWorkflow(t.Context(), id, "", "lost"))
	s.recover(t, 1)
	_, err := s.CompleteExecution(t.Context(), s.people["ani"], service.Call{}, s.step(t, "ani", "ani", appraisal.StepRecordProgress))
	must(t, err)
	s.awaitStage(t, "ani", appraisal.StageSelfReview)
	var entries int
	must(t, s.db.QueryRow(t.Context(), `select count(*) from stage_entry e join appraisal a on a.id = e.appraisal_id join person p on p.id = a.employee_id
		where p.name = 'ani'`).Scan(&entries))
	if entries != 3 {
		t.Errorf("ani's ledger has %d stages, want 3: none entered twice", entries)
	}
	s.record(t, "recovered", id)
}
