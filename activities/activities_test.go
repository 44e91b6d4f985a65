package activities_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// record stands in for what the service would do, and notes what it was asked.
type record struct {
	entered []appraisal.Stage
	err     error
}

func (r *record) EnterStage(_ context.Context, _ appraisal.AppraisalID, stage appraisal.Stage) (activities.View, error) {
	r.entered = append(r.entered, stage)
	return activities.View{Stage: stage}, r.err
}

func (r *record) Look(context.Context, appraisal.AppraisalID) (activities.View, error) {
	return activities.View{}, r.err
}

func (r *record) LookAtCohort(context.Context, appraisal.CohortID) (activities.CohortView, error) {
	return activities.CohortView{}, r.err
}

func TestEachStageHasAnActivityOfItsOwn(t *testing.T) {
	r := &record{}
	a := &activities.Appraisal{Conductor: r}
	enter := map[appraisal.Stage]func(context.Context, appraisal.AppraisalID) (activities.View, error){
		appraisal.StageTargets: a.OpenTargets, appraisal.StageExecution: a.OpenExecution, appraisal.StageSelfReview: a.OpenSelfReview,
		appraisal.StagePeerReview: a.OpenPeerReview, appraisal.StageAppraiserReview: a.OpenAppraiserReview,
		appraisal.StageCalibration: a.JoinCalibration, appraisal.StageResult: a.ReleaseResult, appraisal.StageObjection: a.OpenObjection,
		appraisal.StageDevelopment: a.RecommendTraining, appraisal.StageClosed: a.Close,
	}
	for _, stage := range appraisal.Stages {
		r.entered = nil
		view, err := enter[stage](t.Context(), "a")
		if err != nil || view.Stage != stage || len(r.entered) != 1 || r.entered[0] != stage {
			t.Errorf("the activity of %s entered %v: %v %v", stage, r.entered, view, err)
		}
	}
}

func TestAFailureCarriesItsCodeAndNothingThatAPersonCouldBeKnownBy(t *testing.T) {
	for code, heals := range map[appraisal.Code]bool{
		appraisal.CodeInvalid: false, appraisal.CodeUnauthorized: false, appraisal.CodeForbidden: false, appraisal.CodeNotFound: false,
		appraisal.CodeWrongStage: false, appraisal.CodeKeyReused: false,
		appraisal.CodeConflict: true, appraisal.CodeTooMany: true, appraisal.CodeUnavailable: true, appraisal.CodeUnexpected: true,
	} {
		cause := appraisal.Fault(code, "error.invalid", map[string]any{"name": "Ani Lestari"})
		cause.Err = errors.New("nip 199001012015011003 of Ani Lestari")
		err := fmt.Errorf("conduct appraisal of Ani Lestari: %w", cause)
		a := &activities.Appraisal{Conductor: &record{err: err}}
		c := &activities.Calibration{Barrier: &record{err: err}}
		y := &activities.Cycle{Registry: &population{err: err}}
		for name, run := range map[string]func() error{
			"Look":            func() error { _, err := a.Look(t.Context(), "a"); return err },
			"OpenTargets":     func() error { _, err := a.OpenTargets(t.Context(), "a"); return err },
			"LookAtCohort":    func() error { _, err := c.LookAtCohort(t.Context(), "k"); return err },
			"EnrolPopulation": func() error { _, err := y.EnrolPopulation(t.Context(), "c"); return err },
			"MarkRunning":     func() error { return y.MarkRunning(t.Context(), "c") },
			"LookAtCycle":     func() error { _, err := y.LookAtCycle(t.Context(), "c"); return err },
		} {
			var failed *temporal.ApplicationError
			if got := run(); !errors.As(got, &failed) {
				t.Fatalf("%s: %v is no application error", name, got)
			}
			if failed.Type() != string(code) || failed.NonRetryable() == heals {
				t.Errorf("%s with %s: type %q, retried %t, want %t", name, code, failed.Type(), !failed.NonRetryable(), heals)
			}
			if text := fmt.Sprintf("%+v %v", failed, failed.Unwrap()); strings.Contains(text, "Ani") || strings.Contains(text, "1990") {
				t.Errorf("%s tells %q", name, text)
			}
		}
	}
}

// population is a cycle of so many people.
type population struct {
	people, cohorts int
	err             error
	refuse          func(appraisal.AppraisalID) error
	mu              sync.Mutex
	started         map[appraisal.AppraisalID]int
	late            []service.LateStart
	revived         []appraisal.CohortID
	calibrations    atomic.Int64
	now, most       atomic.Int64
	held            chan struct{} // closed once as many starts run as ever may
	letGo           sync.Once
}

func (p *population) Enrol(context.Context, appraisal.CycleID) (int, error) { return p.people, p.err }
func (p *population) MarkRunning(context.Context, appraisal.CycleID) error  { return p.err }
func (p *population) LookAtCycle(context.Context, appraisal.CycleID) (activities.CycleView, error) {
	return activities.CycleView{}, p.err
}

func (p *population) PipelinePage(_ context.Context, _ appraisal.CycleID, after appraisal.AppraisalID, limit int) ([]service.Pipeline, error) {
	var page []service.Pipeline
	for i := range p.people {
		if id := appraisal.AppraisalID(fmt.Sprintf("%06d", i)); id > after && len(page) < limit {
			page = append(page, service.Pipeline{Appraisal: id})
		}
	}
	return page, p.err
}

func (p *population) CohortIDs(context.Context, appraisal.CycleID) ([]appraisal.CohortID, error) {
	return make([]appraisal.CohortID, p.cohorts), p.err
}

func (p *population) StartAppraisal(ctx context.Context, one service.Pipeline) error {
	now := p.now.Add(1)
	defer p.now.Add(-1)
	for most := p.most.Load(); now > most && !p.most.CompareAndSwap(most, now); most = p.most.Load() {
	}
	if p.held != nil {
		if now == 48 {
			p.letGo.Do(func() { close(p.held) })
		}
		<-p.held
	}
	if p.refuse != nil {
		if err := p.refuse(one.Appraisal); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started == nil {
		p.started = map[appraisal.AppraisalID]int{}
	}
	p.started[one.Appraisal]++
	return nil
}

func (p *population) StartCalibration(context.Context, appraisal.CycleID, appraisal.CohortID) error {
	p.calibrations.Add(1)
	return p.err
}

func (p *population) ReviveCalibration(_ context.Context, _ appraisal.CycleID, k appraisal.CohortID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revived = append(p.revived, k)
	return p.err
}

func (p *population) LateStarts(context.Context, appraisal.CycleID) ([]service.LateStart, error) {
	return p.late, p.err
}

func (p *population) MarkStarted(_ context.Context, ids []appraisal.AppraisalID) error {
	if len(ids) == len(p.late) {
		p.late = nil
	}
	return p.err
}

func TestALookAtARunningCycleStartsWhoWasAddedAndForgetsThemOnlyWhenTheyRun(t *testing.T) {
	refused := errors.New("Temporal is away")
	p := &population{late: []service.LateStart{
		{Pipeline: service.Pipeline{Appraisal: "1"}, Cohort: "k"}, {Pipeline: service.Pipeline{Appraisal: "2"}, Cohort: "k"},
		{Pipeline: service.Pipeline{Appraisal: "3"}},
	}}
	p.refuse = func(id appraisal.AppraisalID) error {
		if id == "2" {
			return refused
		}
		return nil
	}
	a := &activities.Cycle{Registry: p, Starter: p}
	if _, err := a.LookAtCycle(t.Context(), "c"); err == nil || len(p.late) != 3 {
		t.Fatalf("a start that failed: %v, %d wait", err, len(p.late))
	}
	p.refuse, p.revived = nil, nil
	if _, err := a.LookAtCycle(t.Context(), "c"); err != nil || len(p.late) != 0 || p.started["2"] != 1 || len(p.revived) != 1 {
		t.Errorf("the next look: %v, %d wait, started %v, revived %v", err, len(p.late), p.started, p.revived)
	}
}

func environment(p *population) *testsuite.TestActivityEnvironment {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(&activities.Cycle{Registry: p, Starter: p})
	return env
}

var acts *activities.Cycle

func TestALaunchStartsEverybodyOnceManyAtATime(t *testing.T) {
	p := &population{people: 1203, held: make(chan struct{})}
	answer, err := environment(p).ExecuteActivity(acts.StartAppraisals, appraisal.CycleID("c"))
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := answer.Get(&n); err != nil || n != 1203 || len(p.started) != 1203 {
		t.Errorf("%d started, %d reported (%v), want 1203", len(p.started), n, err)
	}
	for id, times := range p.started {
		if times != 1 {
			t.Errorf("%s was started %d times", id, times)
		}
	}
	if most := p.most.Load(); most != 48 {
		t.Errorf("%d were started at the same time, want 48", most)
	}
}

func TestALaunchGoesOnBehindTheCursorOfItsHeartbeat(t *testing.T) {
	p := &population{people: 1200}
	env := environment(p)
	env.SetHeartbeatDetails(map[string]any{"After": "000999", "Started": 1000})
	answer, err := env.ExecuteActivity(acts.StartAppraisals, appraisal.CycleID("c"))
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := answer.Get(&n); err != nil || n != 1200 || len(p.started) != 200 {
		t.Errorf("%d started, %d reported (%v), want the 200 behind the cursor and 1200 in all", len(p.started), n, err)
	}
}

func TestAStartThatIsRefusedFailsTheAttemptAndKeepsItsCode(t *testing.T) {
	p := &population{people: 600, cohorts: 3}
	p.refuse = func(id appraisal.AppraisalID) error {
		if id == "000550" {
			return errors.New("the server is down")
		}
		return nil
	}
	_, err := environment(p).ExecuteActivity(acts.StartAppraisals, appraisal.CycleID("c"))
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) || failed.NonRetryable() || failed.Type() != string(appraisal.CodeUnexpected) {
		t.Errorf("failed with %v, want one that is tried again", err)
	}
	answer, err := environment(p).ExecuteActivity(acts.StartCalibrations, appraisal.CycleID("c"))
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := answer.Get(&n); err != nil || n != 3 || p.calibrations.Load() != 3 {
		t.Errorf("%d calibrations were started, %d reported (%v), want 3", p.calibrations.Load(), n, err)
	}
}

// office is a post office that works until it is told to stop.
type office struct {
	err     error
	working chan struct{}
}

func (o *office) Drain(ctx context.Context, beat func(int)) (int, error) {
	beat(1)
	if o.err != nil {
		return 1, o.err
	}
	close(o.working)
	<-ctx.Done()
	return 2, fmt.Errorf("send: %w", ctx.Err())
}

func TestADrainEndsWithoutAFaultWhenTheWorkerStops(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	stop := make(chan struct{})
	env.SetWorkerStopChannel(stop)
	o := &office{working: make(chan struct{})}
	env.RegisterActivity(&activities.Mail{Post: o})
	go func() { <-o.working; close(stop) }()
	var mail *activities.Mail
	answer, err := env.ExecuteActivity(mail.DrainOutbox)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := answer.Get(&n); err != nil || n != 2 {
		t.Errorf("%d delivered (%v), want 2", n, err)
	}
}

func TestADrainThatFailsIsTriedAgainAndTellsNoAddress(t *testing.T) {
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(&activities.Mail{Post: &office{err: errors.New("550 no such user ani@pemda.test")}})
	var mail *activities.Mail
	_, err := env.ExecuteActivity(mail.DrainOutbox)
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) || failed.NonRetryable() || strings.Contains(err.Error(), "@") {
		t.Errorf("failed with %v, want one that is tried again and names nobody", err)
	}
}

func TestTheCauseOfAFailureStandsInTheLog(t *testing.T) {
	var written strings.Builder
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(&written, nil))))
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(&activities.Cycle{Registry: &population{err: errors.New("relation does not exist")}})
	if _, err := env.ExecuteActivity(acts.EnrolPopulation, appraisal.CycleID("c")); err == nil {
		t.Fatal("nothing failed")
	}
	if !strings.Contains(written.String(), "relation does not exist") {
		t.Errorf("the log says %q, and not why", written.String())
	}
}
