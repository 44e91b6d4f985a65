package workflows_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// wholeLedger is what a pipeline leaves behind in which everybody did everything.
var wholeLedger = []string{"targets approved", "execution completed", "self_review submitted", "peer_review completed",
	"appraiser_review submitted", "calibration locked", "result acknowledged", "development approved", "closed"}

func TestWhereEverybodyIsOnTimeAPipelinePassesEveryStageInAYear(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	fired := 0
	y.env.SetOnTimerFiredListener(func(string) { fired++ })
	y.pipeline(template("tahunan"), "")
	y.wantLines("stages", y.stages("ani"), wholeLedger)
	y.wantLines("steps", y.steps("ani"), []string{
		"draft_plan done submitted", "approve_plan done approved", "record_progress done completed", "self_review done submitted",
		"nominate_peers done submitted", "approve_peers done approved", "peer_answer done submitted ×3", "appraiser_review done submitted",
		"calibrate done locked", "acknowledge_result done acknowledged", "approve_development done approved",
	})
	y.wantMails(map[string]int{
		"task ani draft_plan": 1, "task kabid approve_plan": 1, "task ani record_progress": 1, "task ani self_review": 1, "task ani nominate_peers": 1,
		"task kabid approve_peers": 1, "task budi peer_answer": 1, "task citra peer_answer": 1, "task dodi peer_answer": 1,
		"task kabid appraiser_review": 1, "task komite calibrate": 1, "task ani acknowledge_result": 1, "task kabid approve_development": 1,
	})
	a := y.asked.of(y.pipelineID("ani"))
	y.wantLines("activities", a.activities, []string{
		"OpenTargets", "Look", "Look", "OpenExecution", "Look", "OpenSelfReview", "Look", "OpenPeerReview", "Look", "Look", "Look",
		"OpenAppraiserReview", "Look", "JoinCalibration", "Look", "ReleaseResult", "Look", "RecommendTraining", "Look", "Close",
	})
	y.wantLines("stages shown", a.attribute("Stage"),
		[]string{"execution", "self_review", "peer_review", "appraiser_review", "calibration", "result", "development"})
	y.wantLines("roles waited on", a.attribute("WaitingOn"),
		[]string{"employee", "appraiser", "employee", "appraiser", "peer", "appraiser", "committee", "employee", "appraiser"})
	y.wantLines("deadlines shown", a.attribute("StageDeadline"), []string{"2026-01-26 23:59", "2026-01-19 23:59", "2026-12-31 23:59", "2026-12-08 23:59",
		"2026-12-04 23:59", "2026-12-10 23:59", "2026-12-15 23:59", "2026-12-08 23:59"})
	if health := a.attribute("Health"); len(health) > 0 || a.upserts != 11 {
		t.Errorf("%d upserts with health going through %v, want 11 and no change of health", a.upserts, health)
	}
	if len(a.timers) != 9 || fired != 0 {
		t.Errorf("%d timers were armed and %d went off, want one for each stage and one for the earlier clock of the approval, and none", len(a.timers), fired)
	}
}

func TestAPipelineOfAWholeYearWithoutAnybodyOnTimeIsClosedInTheNext(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	annual := template("tahunan")
	for kind, does := range y.habits {
		delete(y.habits, kind)
		if annual.Rule(kind).Missed == appraisal.MissedWait {
			y.habits[kind] = whenLate(10*day, does.act)
		}
	}
	y.locks = after(21*day, lockSession)
	y.pipeline(annual, "")
	y.wantLines("stages", y.stages("ani"), []string{"targets approved", "execution advanced", "self_review advanced", "peer_review completed",
		"appraiser_review submitted", "calibration locked", "result accepted", "development accepted", "closed"})
	y.wantLines("steps", y.steps("ani"), []string{
		"draft_plan done submitted", "approve_plan done approved", "record_progress expired advanced", "self_review expired advanced",
		"nominate_peers expired advanced", "approve_peers expired accepted", "appraiser_review done submitted",
		"calibrate done locked", "acknowledge_result expired accepted", "approve_development expired accepted",
	})
	if ended := y.env.Now().In(jakarta); ended.Year() != 2027 || ended.Month() < time.February {
		t.Errorf("ended on %s, want in the next year", ended.Format(time.DateOnly))
	}
	mails := y.mails()
	for what, want := range map[string]int{
		"reminder ani draft_plan": 1, "overdue ani draft_plan": 3, "escalation kabid draft_plan": 1, "escalation hana draft_plan": 1,
		"reminder kabid approve_plan": 1, "overdue kabid approve_plan": 3, "escalation sekda approve_plan": 1, "escalation hana approve_plan": 1,
		"reminder ani record_progress": 1, "reminder ani self_review": 1, "reminder kabid appraiser_review": 1, "escalation sekda appraiser_review": 1,
		"escalation hana calibrate": 2, "reminder ani acknowledge_result": 1, "reminder kabid approve_development": 1,
		"overdue ani self_review": 0, "escalation kabid self_review": 0,
	} {
		if mails[what] != want {
			t.Errorf("%d mails %q, want %d", mails[what], what, want)
		}
	}
	if got := y.asked.of(y.pipelineID("ani")).attribute("Health"); !slices.Equal(got, []string{
		"waiting_on_person", "on_time", "waiting_on_person", "on_time", "waiting_on_person", "on_time", "cohort_incomplete", "on_time"}) {
		t.Errorf("health went through %v, want to be late four times and to recover each time", got)
	}
}

func TestAPipelineStartsAtAnyStageWithWhatTheEarlierOnesLeft(t *testing.T) {
	t.Parallel()
	for i, first := range template("tahunan").Stages {
		t.Run(string(first), func(t *testing.T) {
			t.Parallel()
			y := newYear(t)
			y.pipeline(template("tahunan"), first)
			y.wantLines("stages", y.stages("ani"), wholeLedger[i:])
		})
	}
}

func TestATemplateMayLeaveStagesOut(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		stages []appraisal.Stage
		ledger []string
	}{
		"quarterly: no opinions": {template("triwulan").Stages, []string{"targets approved", "execution completed", "self_review submitted",
			"appraiser_review submitted", "calibration locked", "result acknowledged", "development approved", "closed"}},
		"targets alone":          {[]appraisal.Stage{appraisal.StageTargets}, []string{"targets approved", "closed"}},
		"development alone":      {[]appraisal.Stage{appraisal.StageDevelopment}, []string{"development approved", "closed"}},
		"no calibration":         {[]appraisal.Stage{appraisal.StageAppraiserReview, appraisal.StageResult}, []string{"appraiser_review submitted", "result acknowledged", "closed"}},
		"calibration at the end": {[]appraisal.Stage{appraisal.StageAppraiserReview, appraisal.StageCalibration}, []string{"appraiser_review submitted", "calibration locked", "closed"}},
		"every other stage":      {[]appraisal.Stage{appraisal.StageExecution, appraisal.StagePeerReview}, []string{"execution completed", "peer_review completed", "closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			y := newYear(t)
			some := template("tahunan")
			some.Stages = want.stages
			y.pipeline(some, "")
			y.wantLines("stages", y.stages("ani"), want.ledger)
		})
	}
}

func TestAnObjectionIsAnsweredDecidedAndFollowedByDevelopment(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.habits[appraisal.StepAcknowledgeResult] = promptly(object)
	y.pipeline(template("tahunan"), appraisal.StageAppraiserReview)
	y.wantLines("stages", y.stages("ani"), []string{"appraiser_review submitted", "calibration locked", "result objected", "objection decided",
		"development approved", "closed"})
	y.wantLines("steps", y.steps("ani")[2:], []string{"acknowledge_result done objected", "answer_objection done submitted",
		"decide_objection done decided", "approve_development done approved"})
	mails := y.mails()
	if mails["task kabid answer_objection"] != 1 || mails["task sekda decide_objection"] != 1 {
		t.Errorf("mails %v, want the appraiser and the reviewing official to be asked", mails)
	}
	got := values[string](y.office, `select source || ' ' || predikat from rating where appraisal_id = $1 order by number`, y.of("ani"))
	y.wantLines("ratings", got, []string{"review baik", "objection sangat_baik"})
}

func TestAPlanThatIsReturnedIsDraftedAndDecidedAgain(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.habits[appraisal.StepApprovePlan] = promptly(func(y *year, task task) error {
		returned := value[int](y.office, `select count(*)::int from step where kind = 'approve_plan' and outcome = 'returned'`)
		if returned < 2 {
			return decidePlan(y, task, service.PlanDecision{Comment: "Target belum jelas."})
		}
		return decidePlan(y, task, service.PlanDecision{Approve: true})
	})
	y.habits[appraisal.StepApprovePeers] = promptly(func(y *year, task task) error {
		returned := value[int](y.office, `select count(*)::int from step where kind = 'approve_peers' and outcome = 'returned'`)
		if returned < 1 {
			_, err := y.DecidePeers(y.t.Context(), y.people[task.Owner], service.Call{}, task.step(), service.PeersDecision{Comment: "Tambah satu."})
			return err
		}
		return approvePeers(y, task)
	})
	some := template("tahunan")
	some.Stages = []appraisal.Stage{appraisal.StageTargets, appraisal.StagePeerReview}
	y.pipeline(some, "")
	y.wantLines("stages", y.stages("ani"), []string{"targets approved", "peer_review completed", "closed"})
	y.wantLines("steps", y.steps("ani"), []string{
		"draft_plan done submitted", "approve_plan done returned", "draft_plan done submitted", "approve_plan done returned",
		"draft_plan done submitted", "approve_plan done approved",
		"nominate_peers done submitted", "approve_peers done returned", "nominate_peers done submitted", "approve_peers done approved",
		"peer_answer done submitted ×3",
	})
}

func (y *year) wantLines(what string, got, want []string) {
	y.t.Helper()
	if d := differences(got, want); d != "" {
		y.t.Errorf("%s: %s", what, d)
	}
}

func (y *year) wantMails(want map[string]int) {
	y.t.Helper()
	if got := y.mails(); !maps.Equal(got, want) {
		y.t.Errorf("mails: got %v\nwant %v", got, want)
	}
}
