package service

import (
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func (b *bundle) home(t *testing.T, who string) Home {
	t.Helper()
	h, err := b.Home(t.Context(), b.as(who))
	must(t, err)
	return h
}

func TestATaskLeavesItsOwnersListWithTheActAndAppearsOnTheNextOnes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	h := b.home(t, "ani")
	if len(h.Tasks) != 1 || h.Tasks[0].Kind != appraisal.StepDraftPlan || !h.Tasks[0].AboutSelf || h.Tasks[0].Overdue || h.Tasks[0].Deadline == nil {
		t.Fatalf("tasks before the act: %+v", h.Tasks)
	}
	if len(h.Waiting) != 0 {
		t.Errorf("waits for %+v while it is her turn", h.Waiting)
	}
	if w := b.home(t, "kabid").Waiting; len(w) != 1 || w[0].Name != "Ani Lestari" || w[0].WaitingOn != appraisal.PartyEmployee || w[0].AboutSelf {
		t.Errorf("the appraiser waits for %+v, want for Ani", w)
	}
	b.submitPlan(t, "ani")
	h = b.home(t, "ani")
	if len(h.Tasks) != 0 || len(h.Waiting) != 1 || h.Waiting[0].Name != "Kabid Joko" || h.Waiting[0].WaitingOn != appraisal.PartyAppraiser {
		t.Errorf("after the act: tasks %+v, waiting %+v", h.Tasks, h.Waiting)
	}
	h = b.home(t, "kabid")
	if len(h.Tasks) != 1 || h.Tasks[0].Kind != appraisal.StepApprovePlan || h.Tasks[0].Appraisee != "Ani Lestari" || h.Tasks[0].AboutSelf {
		t.Errorf("the appraiser's tasks: %+v", h.Tasks)
	}
	if len(h.Waiting) != 0 {
		t.Errorf("the appraiser waits for %+v although it is his turn", h.Waiting)
	}
}

func TestSomebodyWhoseActIsStoredButNotYetCarriedOnWaitsForNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	_, err := b.SubmitPlan(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepDraftPlan), b.plan(t))
	must(t, err)
	h := b.home(t, "ani")
	if len(h.Tasks) != 0 || len(h.Waiting) != 1 || h.Waiting[0].WaitingOn != appraisal.PartyNobody {
		t.Errorf("tasks %+v, waiting %+v", h.Tasks, h.Waiting)
	}
	view, err := b.Appraisal(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if view.WaitingOn != appraisal.PartyNobody || view.Deadline != nil {
		t.Errorf("the appraisal waits for %s until %v", view.WaitingOn, view.Deadline)
	}
}

func TestADeadlineThatHasPassedMakesATaskOverdueBeforeAnybodyLooks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	_, err := b.SaveDraft(t.Context(), b.as("ani"), b.open(t, "ani", appraisal.StepDraftPlan), []byte(`{"key_results":[]}`))
	must(t, err)
	b.clock.advance(121 * time.Second)
	if tasks := b.home(t, "ani").Tasks; len(tasks) != 1 || !tasks[0].Overdue || !tasks[0].HasDraft {
		t.Errorf("tasks: %+v", tasks)
	}
}

func TestNobodyIsToldWhichPeerIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	peers := b.choosePeers(t, "ani")
	for _, who := range []string{"ani", "kabid"} {
		w := b.home(t, who).Waiting
		if len(w) != 1 || w[0].WaitingOn != appraisal.PartyPeer || w[0].Name != "" {
			t.Errorf("%s waits for %+v", who, w)
		}
	}
	if tasks := b.home(t, peers[0]).Tasks; len(tasks) != 1 || tasks[0].Kind != appraisal.StepPeerAnswer || tasks[0].Appraisee != "Ani Lestari" {
		t.Errorf("the peer's tasks: %+v", tasks)
	}
}

func TestThePredikatIsOnTheTeamsListAtOnceAndOnOnesOwnAfterTheRelease(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageCalibration)
	if own := b.home(t, "ani").Appraisals; len(own) != 1 || own[0].Predikat != "" {
		t.Errorf("before the release the employee reads %+v", own)
	}
	team := b.home(t, "kabid").Team
	if len(team) != len(staff()) || team[0].Appraisee != "Ani Lestari" || team[0].Predikat != appraisal.PredikatBaik {
		t.Errorf("the team: %+v", team)
	}
	b.lock(t, "ani")
	b.enter(t, "ani", appraisal.StageResult)
	if own := b.home(t, "ani").Appraisals; len(own) != 1 || own[0].Predikat != appraisal.PredikatBaik {
		t.Errorf("after the release the employee reads %+v", own)
	}
}

func TestAnOpenSessionIsOneTaskForEachOfTheCommittee(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range staff() {
		b.reach(t, who, appraisal.StageCalibration)
	}
	tasks := b.home(t, "komite").Tasks
	if len(tasks) != 1 || tasks[0].Kind != appraisal.StepCalibrate || tasks[0].Cohort != b.cohort(t, "ani") || tasks[0].Appraisee != "Bidang Perizinan" {
		t.Fatalf("the committee's tasks: %+v", tasks)
	}
	if want := b.clock.Now().Add(2 * time.Minute); tasks[0].Deadline == nil || !tasks[0].Deadline.Equal(want) || tasks[0].Step == "" {
		t.Errorf("the session is due %v at step %q, want %v", tasks[0].Deadline, tasks[0].Step, want)
	}
	if tasks := b.home(t, "hana").Tasks; len(tasks) != 0 {
		t.Errorf("who is not of the committee has tasks: %+v", tasks)
	}
	b.lock(t, "ani")
	if tasks := b.home(t, "komite").Tasks; len(tasks) != 0 {
		t.Errorf("a locked session is still a task: %+v", tasks)
	}
}

func TestWhoIsNotSignedInHasNoHome(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	_, err := b.Home(t.Context(), appraisal.Actor{})
	wantCode(t, err, appraisal.CodeUnauthorized)
}
