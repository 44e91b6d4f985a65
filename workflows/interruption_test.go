package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/workflows"
)

func TestAPersonIsTakenOutInEveryStage(t *testing.T) {
	t.Parallel()
	stages := append(slices.Clone(template("tahunan").Stages), appraisal.StageObjection)
	for _, stage := range stages {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			y := newYear(t)
			first := stage
			y.habits = nil
			if stage == appraisal.StageObjection {
				first = appraisal.StageResult
				y.habits = map[appraisal.StepKind]habit{appraisal.StepAcknowledgeResult: promptly(object)}
			}
			y.locks = habit{}
			y.prepare(template("tahunan"), "SEKSI", first)
			y.enrol()
			y.at(start.Add(26*time.Hour), func() error {
				if got := y.standing("ani"); !strings.HasPrefix(got, string(stage)) {
					t.Errorf("stands as %q, want in %s", got, stage)
				}
				return y.withdrawAni()
			})
			y.conduct("ani")
			ledger := y.stages("ani")
			if last := ledger[len(ledger)-1]; last != "withdrawn" {
				t.Errorf("went through %v, want to end withdrawn", ledger)
			}
			if open := value[int](y.office, `select count(*)::int from step where state = 'open'`); open > 0 {
				t.Errorf("%d steps are still open", open)
			}
			if n := y.mails()["withdrawn ani"]; n != 1 {
				t.Errorf("ani was told %d times, want once", n)
			}
			if ended := y.env.Now().Sub(start); ended > 27*time.Hour {
				t.Errorf("the workflow ended %s after the start, want at once", ended)
			}
			if status := value[string](y.office, `select outcome || ' ' || end_reason from appraisal where id = $1`, y.of("ani")); status != "withdrawn Pensiun." {
				t.Errorf("ended as %q, want withdrawn with the reason", status)
			}
		})
	}
}

func (y *year) withdrawAni() error {
	_, err := y.Withdraw(y.t.Context(), y.people["hana"], service.Call{}, y.of("ani"), service.CycleCommand{Reason: "Pensiun."})
	return err
}

func TestAPersonTakenOutBeforeThePipelineStartedIsAskedNothing(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.prepare(template("tahunan"), "SEKSI", "")
	y.enrol()
	input := y.input("ani")
	must(t, y.withdrawAni())
	y.env.ExecuteWorkflow(workflows.NameAppraisal, input)
	must(t, y.env.GetWorkflowError())
	y.wantLines("steps", y.steps("ani"), nil)
	y.wantLines("stages", y.stages("ani"), []string{"withdrawn"})
}

func TestOpinionsGivenBeforeAWithdrawalKeepNobodysName(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	answer := acts[appraisal.StepPeerAnswer]
	y.habits[appraisal.StepPeerAnswer] = promptly(func(y *year, task task) error {
		if task.Owner == "budi" {
			return nil // keeps the stage open
		}
		return answer(y, task)
	})
	y.prepare(template("tahunan"), "SEKSI", appraisal.StagePeerReview)
	y.enrol()
	y.at(start.Add(2*day), y.withdrawAni)
	y.conduct("ani")
	if tied := value[int](y.office, `select count(*)::int from peer_answer`); tied != 0 {
		t.Errorf("%d answers are still tied to their invitation", tied)
	}
	if loose := value[int](y.office, `select count(*)::int from peer_opinion`); loose != 0 {
		t.Errorf("%d opinions are kept, of too few to have no author", loose)
	}
}

// The pause is a fortnight from the third day, in which the deadline of the step at hand would fall.
const pausedAfter, pausedFor = 3 * day, 14 * day

func (y *year) pause() error {
	_, err := y.Pause(y.t.Context(), y.people["hana"], service.Call{}, y.cycle, service.CycleCommand{Reason: "Bencana."})
	return err
}

func (y *year) resume() error {
	_, err := y.Resume(y.t.Context(), y.people["hana"], service.Call{}, y.cycle, service.CycleCommand{})
	return err
}

func TestAPauseStopsEveryClockAndRefusesEveryAct(t *testing.T) {
	t.Parallel()
	for _, stage := range template("tahunan").Stages {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			y := newYear(t)
			kind, _ := stage.FirstStep()
			y.habits[kind], y.locks = whenLate(20*day, acts[kind]), after(25*day, lockSession) // long after the resume
			y.prepare(timed(kind, appraisal.MissedWait), "SEKSI", stage)
			y.enrol()
			before := time.Time{}
			y.at(start.Add(pausedAfter), func() error {
				before = value[time.Time](y.office, `select deadline from step where kind = $1`, kind)
				return y.pause()
			})
			y.at(start.Add(pausedAfter+pausedFor/2), func() error {
				if got := y.standing("ani"); got != string(stage)+" paused hr" {
					t.Errorf("stands as %q in the pause", got)
				}
				if act := acts[kind]; act != nil {
					err := act(y, y.openTask(kind))
					if appraisal.CodeOf(err) != appraisal.CodeWrongStage {
						t.Errorf("an act in the pause gave %v, want it refused", err)
					}
				} else if err := lockSession(y, task{ID: value[string](y.office, `select id::text from cohort`)}); appraisal.CodeOf(err) != appraisal.CodeWrongStage {
					t.Errorf("locking the session in the pause gave %v, want it refused", err)
				}
				return nil
			})
			y.at(start.Add(pausedAfter+pausedFor), func() error {
				if fired := value[int](y.office, `select count(*)::int from step_due where done_at > $1`, start.Add(pausedAfter)); fired > 0 {
					t.Errorf("%d clocks went off in the pause", fired)
				}
				if err := y.resume(); err != nil {
					return err
				}
				if now := value[time.Time](y.office, `select deadline from step where kind = $1`, kind); now.Sub(before) != pausedFor {
					t.Errorf("the deadline moved by %s, want by the length of the pause", now.Sub(before))
				}
				return nil
			})
			y.conduct("ani")
			if ledger := y.stages("ani"); ledger[len(ledger)-1] != "closed" {
				t.Errorf("went through %v, want closed", ledger)
			}
			health := y.asked.of(y.pipelineID("ani")).attribute("Health")
			if len(health) < 2 || health[0] != "paused" || health[1] != "on_time" {
				t.Errorf("health went through %v, want paused and on time again", health)
			}
		})
	}
}

func (y *year) openTask(kind appraisal.StepKind) task {
	y.t.Helper()
	list := rows[task](y.office, `select s.id::text, s.kind, o.name as owner, p.name as about, a.id::text as appraisal, s.opened_at, s.deadline
		from step s join appraisal a on a.id = s.appraisal_id join person p on p.id = a.employee_id join person o on o.id = s.owner_id
		where s.state = 'open' and s.kind = $1`, kind)
	if len(list) != 1 {
		y.t.Fatalf("%d open steps of kind %s, want one", len(list), kind)
	}
	return list[0]
}

func TestACancelledCycleTakesEverybodyOutWhereverTheyAre(t *testing.T) {
	t.Parallel()
	for name, paused := range map[string]bool{"while it runs": false, "while it is paused": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newYear(t)
			slow := y.habits[appraisal.StepSelfReview]
			y.habits[appraisal.StepSelfReview] = habit{slow.after, func(y *year, task task) error {
				if task.About == "budi" || task.About == "citra" {
					return slow.act(y, task)
				}
				return nil
			}}
			for _, kind := range []appraisal.StepKind{appraisal.StepAppraiserReview, appraisal.StepPeerAnswer} {
				delete(y.habits, kind)
			}
			some := template("tahunan")
			for i := range some.Steps {
				some.Steps[i].Missed, some.Steps[i].After, some.Steps[i].Escalation = appraisal.MissedWait, nil, nil
			}
			if paused {
				y.at(start.Add(5*day), y.pause)
			}
			y.at(start.Add(6*day), func() error {
				_, err := y.Cancel(t.Context(), y.people["hana"], service.Call{}, y.cycle, service.CycleCommand{Reason: "Diulang."})
				return err
			})
			y.wholeCycle(some, "BIDANG", appraisal.StageSelfReview)
			for _, who := range []string{"ani", "budi", "citra", "dodi", "eko", "kabid"} {
				if got := y.standing(who); got != "withdrawn on_time nobody" {
					t.Errorf("%s stands as %q, want withdrawn", who, got)
				}
			}
			if status := value[string](y.office, `select status from cycle`); status != "cancelled" {
				t.Errorf("the cycle is %s, want cancelled", status)
			}
			if open := value[int](y.office, `select count(*)::int from step where state = 'open'`); open > 0 {
				t.Errorf("%d steps are still open", open)
			}
		})
	}
}
