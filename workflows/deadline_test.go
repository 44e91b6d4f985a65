package workflows_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// timed is the annual template with one step on a clock of its own: five working days, a reminder two days before their end, and
// while the step waits two reminders and two escalations after it.
func timed(kind appraisal.StepKind, missed appraisal.Missed) appraisal.Template {
	t := template("tahunan")
	days := func(n ...int) []appraisal.Window {
		var list []appraisal.Window
		for _, d := range n {
			list = append(list, appraisal.Window{WorkingDays: d})
		}
		return list
	}
	for i := range t.Steps {
		if t.Steps[i].Step == kind {
			t.Steps[i] = appraisal.StepRule{Step: kind, Window: days(5)[0], Missed: missed, Before: days(2), After: days(1, 3), Escalation: days(2, 5)}
		}
	}
	return t
}

// missedStep is a step that nobody does in time, with those who are told.
type missedStep struct {
	kind     appraisal.StepKind
	owners   []string
	superior string // of the owner, whom the first escalation reaches; HR where there is none
}

var missedSteps = []missedStep{
	{appraisal.StepDraftPlan, []string{"ani"}, "kabid"},
	{appraisal.StepApprovePlan, []string{"kabid"}, "sekda"},
	{appraisal.StepRecordProgress, []string{"ani"}, "kabid"},
	{appraisal.StepSelfReview, []string{"ani"}, "kabid"},
	{appraisal.StepNominatePeers, []string{"ani"}, "kabid"},
	{appraisal.StepApprovePeers, []string{"kabid"}, "sekda"},
	{appraisal.StepPeerAnswer, []string{"budi", "citra", "dodi"}, "kabid"},
	{appraisal.StepAppraiserReview, []string{"kabid"}, "sekda"},
	{appraisal.StepCalibrate, nil, "hana"},
	{appraisal.StepAcknowledgeResult, []string{"ani"}, "kabid"},
	{appraisal.StepAnswerObjection, []string{"kabid"}, "sekda"},
	{appraisal.StepDecideObjection, []string{"sekda"}, "hana"},
	{appraisal.StepApproveDevelopment, []string{"kabid"}, "sekda"},
}

// miss runs a pipeline in which everything is done in time but one kind of step, which is done as late says, or never.
func miss(t *testing.T, step missedStep, missed appraisal.Missed, late habit) *year {
	t.Helper()
	y := newYear(t)
	first := step.kind.Stage()
	if first == appraisal.StageObjection {
		first = appraisal.StageResult
		y.habits[appraisal.StepAcknowledgeResult] = promptly(object)
	}
	y.habits[step.kind] = late
	if step.kind == appraisal.StepCalibrate {
		y.locks = late
	}
	y.pipeline(timed(step.kind, missed), first)
	if stage := y.stages("ani"); stage[len(stage)-1] != "closed" {
		t.Errorf("the pipeline went through %v, want it closed in the end", stage)
	}
	return y
}

func (y *year) outcomes(kind appraisal.StepKind) []string {
	return values[string](y.office, `select distinct state || ' ' || outcome || case when overdue then ' overdue' else '' end from step where kind = $1`, kind)
}

func TestAStepWhoseTemplateWaitsStaysOpenRemindsAndEscalatesUntilItIsDone(t *testing.T) {
	t.Parallel()
	for _, step := range missedSteps {
		t.Run(string(step.kind), func(t *testing.T) {
			t.Parallel()
			late, done := whenLate(20*day, acts[step.kind]), "done submitted overdue"
			switch step.kind {
			case appraisal.StepCalibrate:
				late, done = after(30*day, lockSession), "done locked overdue"
			case appraisal.StepApprovePlan, appraisal.StepApprovePeers, appraisal.StepApproveDevelopment:
				done = "done approved overdue"
			case appraisal.StepRecordProgress:
				done = "done completed overdue"
			case appraisal.StepAcknowledgeResult:
				done = "done acknowledged overdue"
			case appraisal.StepDecideObjection:
				done = "done decided overdue"
			}
			y := miss(t, step, appraisal.MissedWait, late)
			y.wantLines("outcomes", y.outcomes(step.kind), []string{done})
			want := map[string]int{}
			for _, owner := range step.owners {
				want[fmt.Sprintf("reminder %s %s", owner, step.kind)]++
				want[fmt.Sprintf("overdue %s %s", owner, step.kind)] += 3 // at the deadline, and one and three days after it
				want[fmt.Sprintf("escalation %s %s", step.superior, step.kind)]++
				want[fmt.Sprintf("escalation hana %s", step.kind)]++
			}
			switch step.kind {
			case appraisal.StepCalibrate:
				want["escalation hana calibrate"] = 2
			case appraisal.StepPeerAnswer: // to be told as somebody's superior is to be told who has not answered
				delete(want, "escalation "+step.superior+" peer_answer")
				want["escalation hana peer_answer"] *= 2
			}
			got := y.mails()
			for what, n := range want {
				if got[what] != n {
					t.Errorf("%d mails %q, want %d", got[what], what, n)
				}
			}
			health := appraisal.HealthWaitingOnPerson
			if step.kind == appraisal.StepCalibrate {
				health = appraisal.HealthCohortIncomplete
			}
			if shown := y.asked.of(y.pipelineID("ani")).attribute("Health"); len(shown) == 0 || shown[0] != string(health) {
				t.Errorf("health went through %v, want %s first", shown, health)
			}
		})
	}
}

func TestAStepWhoseTemplateGoesOnEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	for missed, outcome := range map[appraisal.Missed]appraisal.Outcome{
		appraisal.MissedAdvance: appraisal.OutcomeAdvanced, appraisal.MissedAccept: appraisal.OutcomeAccepted,
	} {
		for _, step := range missedSteps {
			t.Run(fmt.Sprintf("%s, %s", missed, step.kind), func(t *testing.T) {
				t.Parallel()
				y := miss(t, step, missed, habit{})
				y.wantLines("outcomes", y.outcomes(step.kind), []string{"expired " + string(outcome)})
				y.wantClosedByTheClock(step)
				y.wantConsequence(step.kind, missed)
			})
		}
	}
}

// wantClosedByTheClock checks that one reminder went out, that nobody was bothered after the deadline, that the step was closed at
// its deadline or at most ten minutes after it, and that the trail names the clock and nobody.
func (y *year) wantClosedByTheClock(step missedStep) {
	y.t.Helper()
	mails := y.mails()
	for _, owner := range step.owners {
		if n := mails[fmt.Sprintf("reminder %s %s", owner, step.kind)]; n != 1 {
			y.t.Errorf("%s was reminded %d times, want once", owner, n)
		}
	}
	for what := range mails {
		var kind, who, action string
		if n, _ := fmt.Sscanf(what, "%s %s %s", &kind, &who, &action); n == 3 && action == string(step.kind) && (kind == "overdue" || kind == "escalation") {
			y.t.Errorf("mail %q although the process went on", what)
		}
	}
	for _, late := range values[time.Duration](y.office, `select closed_at - deadline from step where kind = $1`, step.kind) {
		if late < 0 || late > 10*time.Minute {
			y.t.Errorf("closed %s after the deadline, want within ten minutes", late)
		}
	}
	trail := values[string](y.office, `select coalesce(actor_id::text, 'nobody') from audit_event where action = $1`, "expire_"+string(step.kind))
	want := []string{"nobody"}
	if step.kind == appraisal.StepPeerAnswer {
		want = nil // who did not answer is nobody's business
	}
	y.wantLines("trail", trail, want)
}

// wantConsequence checks what silence means for the matter at hand: consent only where the template says so.
func (y *year) wantConsequence(kind appraisal.StepKind, missed appraisal.Missed) {
	y.t.Helper()
	consent := missed == appraisal.MissedAccept
	check := func(what string, got, want any) {
		if got != want {
			y.t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	switch kind {
	case appraisal.StepDraftPlan:
		check("plans", value[int](y.office, `select count(*)::int from plan`), 0)
	case appraisal.StepApprovePlan:
		check("plan", value[string](y.office, `select state from plan`), map[bool]string{true: "approved", false: "submitted"}[consent])
	case appraisal.StepApprovePeers:
		check("opinions asked for", value[int](y.office, `select count(*)::int from step where kind = 'peer_answer'`), map[bool]int{true: 3}[consent])
	case appraisal.StepPeerAnswer:
		check("aggregates withheld", value[bool](y.office, `select bool_and(withheld) from peer_aggregate`), true)
	case appraisal.StepAppraiserReview:
		check("ratings", value[int](y.office, `select count(*)::int from rating`), 0)
	case appraisal.StepApproveDevelopment:
		check("plan", value[string](y.office, `select state from development_plan`), map[bool]string{true: "approved", false: "proposed"}[consent])
	case appraisal.StepDecideObjection:
		check("decision", value[string](y.office, `select decision from objection`), "")
	}
}

func TestWhoeverIsFirstAtTheDeadlineIsRight(t *testing.T) {
	t.Parallel()
	t.Run("the act", func(t *testing.T) {
		t.Parallel()
		y := newYear(t)
		y.lost = true // so that the pipeline looks only when the clock has struck
		y.habits = map[appraisal.StepKind]habit{appraisal.StepSelfReview: whenLate(0, reviewSelf)}
		some := timed(appraisal.StepSelfReview, appraisal.MissedAdvance)
		some.Stages = []appraisal.Stage{appraisal.StageSelfReview}
		y.pipeline(some, "")
		y.wantLines("steps", y.steps("ani"), []string{"self_review done submitted"})
	})
	t.Run("the clock", func(t *testing.T) {
		t.Parallel()
		y := newYear(t)
		var refused error
		y.habits = map[appraisal.StepKind]habit{appraisal.StepSelfReview: whenLate(10*time.Minute, func(y *year, task task) error {
			refused = reviewSelf(y, task)
			return nil
		})}
		some := timed(appraisal.StepSelfReview, appraisal.MissedAdvance)
		some.Stages = []appraisal.Stage{appraisal.StageSelfReview, appraisal.StageDevelopment}
		y.habits[appraisal.StepApproveDevelopment] = promptly(acts[appraisal.StepApproveDevelopment])
		y.pipeline(some, "")
		y.wantLines("steps", y.steps("ani"), []string{"self_review expired advanced", "approve_development done approved"})
		if appraisal.CodeOf(refused) != appraisal.CodeWrongStage {
			t.Errorf("the act after the clock gave %v, want it refused as too late", refused)
		}
	})
}

func TestAPipelineWhoseWakesAreAllLostGoesOnByItsTimer(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.lost = true
	y.pipeline(template("tahunan"), "")
	y.wantLines("stages", y.stages("ani"), wholeLedger)
	if late := y.env.Now().Sub(start); late > 400*day {
		t.Errorf("took %s, want every act to be found at the next due instant", late)
	}
}

func TestAStepThatIsNobodysIsShownAndEscalatedToHR(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	delete(y.habits, appraisal.StepAppraiserReview)
	y.prepare(timed(appraisal.StepAppraiserReview, appraisal.MissedWait), "SEKSI", appraisal.StageAppraiserReview)
	y.enrol()
	_, err := y.db.Exec(t.Context(), `update appraisal set appraiser_id = null`)
	must(t, err)
	y.at(start.Add(30*day), func() error {
		if got := y.standing("ani"); got != "appraiser_review no_appraiser appraiser" {
			t.Errorf("stands as %q, want stalled without an appraiser", got)
		}
		_, err := y.Withdraw(t.Context(), y.people["hana"], service.Call{}, y.of("ani"), service.CycleCommand{Reason: "Tanpa penilai."})
		return err
	})
	y.conduct("ani")
	if got := y.mails()["escalation hana appraiser_review"]; got != 2 {
		t.Errorf("HR had %d escalations, want both", got)
	}
	if got := y.asked.of(y.pipelineID("ani")).attribute("Health"); !slices.Equal(got, []string{"no_appraiser"}) {
		t.Errorf("health went through %v, want no_appraiser", got)
	}
}
