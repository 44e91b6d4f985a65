package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/workflows"
)

func TestACycleRunsByItselfFromItsLaunchToItsClose(t *testing.T) {
	t.Parallel()
	y := newYear(t)
	y.wholeCycle(template("tahunan"), "BIDANG", "")
	for _, who := range []string{"ani", "budi", "citra", "dodi", "eko", "kabid"} {
		y.wantLines(who, y.stages(who), wholeLedger)
		if got := y.standing(who); got != "closed on_time nobody" {
			t.Errorf("%s stands as %q, want closed", who, got)
		}
	}
	if status := value[string](y.office, `select status from cycle`); status != "closed" {
		t.Errorf("the cycle is %s, want closed", status)
	}
	a := y.asked.of(appraisal.CycleWorkflowID(y.cycle))
	y.wantLines("launch", a.activities[:4], []string{"EnrolPopulation", "StartAppraisals", "StartCalibrations", "MarkRunning"})
	if left := value[int](y.office, `select count(*)::int from wake`); left > 0 {
		t.Errorf("%d wakes are left", left)
	}
	type stuck struct{ Key, Kind string }
	for _, m := range rows[stuck](y.office, `select key, kind from mail where appraisal_id is null and kind <> 'task'`) {
		t.Errorf("mail %s %s is about nobody", m.Kind, m.Key)
	}
}

// registry is a cycle's record and those who start what it names, in the place of the service.
type registry struct {
	mu         sync.Mutex
	started    map[appraisal.AppraisalID]int
	refuse     func(n int) error // the n-th start
	starts     int
	people     int
	enrol      func() error
	view       func() (activities.CycleView, error)
	cohorts    []appraisal.CohortID
	calibrated map[appraisal.CohortID]int
	afters     []appraisal.AppraisalID
}

func (r *registry) Enrol(context.Context, appraisal.CycleID) (int, error) {
	if r.enrol != nil {
		return r.people, r.enrol()
	}
	return r.people, nil
}

func (r *registry) PipelinePage(_ context.Context, _ appraisal.CycleID, after appraisal.AppraisalID, limit int) ([]service.Pipeline, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.afters = append(r.afters, after)
	var page []service.Pipeline
	for i := range r.people {
		if id := appraisal.AppraisalID(fmt.Sprintf("%06d", i)); id > after && len(page) < limit {
			page = append(page, service.Pipeline{Appraisal: id})
		}
	}
	return page, nil
}

func (r *registry) CohortIDs(context.Context, appraisal.CycleID) ([]appraisal.CohortID, error) {
	return r.cohorts, nil
}
func (r *registry) MarkRunning(context.Context, appraisal.CycleID) error { return nil }
func (r *registry) LookAtCycle(context.Context, appraisal.CycleID) (activities.CycleView, error) {
	return r.view()
}

func (r *registry) LateStarts(context.Context, appraisal.CycleID) ([]service.LateStart, error) {
	return nil, nil
}
func (r *registry) MarkStarted(context.Context, []appraisal.AppraisalID) error { return nil }
func (r *registry) ReviveCalibration(context.Context, appraisal.CycleID, appraisal.CohortID) error {
	return nil
}

func (r *registry) StartAppraisal(_ context.Context, p service.Pipeline) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.starts++
	if r.refuse != nil {
		if err := r.refuse(r.starts); err != nil {
			return err
		}
	}
	r.started[p.Appraisal]++
	return nil
}

func (r *registry) StartCalibration(_ context.Context, _ appraisal.CycleID, k appraisal.CohortID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calibrated[k]++
	return nil
}

// launching returns an environment for the cycle of a registry.
func launching(r *registry) (*testsuite.TestWorkflowEnvironment, *asked) {
	r.started, r.calibrated = map[appraisal.AppraisalID]int{}, map[appraisal.CohortID]int{}
	env, recorder := newEnvironment()
	env.RegisterActivity(&activities.Cycle{Registry: r, Starter: r})
	return env, recorder.of("default-test-workflow-id")
}

func ended() (activities.CycleView, error) {
	return activities.CycleView{Status: "closed", Ended: true}, nil
}

func TestALaunchThatBreaksOffGoesOnAfterTheLastWholePage(t *testing.T) {
	t.Parallel()
	r := &registry{people: 1200, cohorts: []appraisal.CohortID{"k", "l"}, view: ended}
	r.refuse = func(n int) error {
		if n == 700 || n == 900 {
			return errors.New("connection reset")
		}
		return nil
	}
	env, asked := launching(r)
	env.ExecuteWorkflow(workflows.NameCycle, workflows.CycleInput{Cycle: "c"})
	must(t, env.GetWorkflowError())
	if len(r.started) != r.people {
		t.Errorf("%d pipelines were started, want %d", len(r.started), r.people)
	}
	if r.calibrated["k"] != 1 || r.calibrated["l"] != 1 {
		t.Errorf("calibrations were started %v, want each once", r.calibrated)
	}
	first := 0
	for _, after := range r.afters {
		if after == "" {
			first++
		}
	}
	if first != 1 {
		t.Errorf("the first page was read %d times, want once: a retry goes on behind it", first)
	}
	if !slices.Equal(asked.activities, []string{"EnrolPopulation", "StartAppraisals", "StartCalibrations", "MarkRunning", "LookAtCycle"}) {
		t.Errorf("asked for %v", asked.activities)
	}
}

func TestALaunchWhoseFaultCannotHealIsShownAndGoesOnWhenItIsMended(t *testing.T) {
	t.Parallel()
	mended := false
	r := &registry{people: 3, view: ended}
	r.enrol = func() error {
		if !mended {
			return appraisal.Fault(appraisal.CodeNotFound, "error.policy_unknown", nil)
		}
		return nil
	}
	env, asked := launching(r)
	wakes(env, day, 3*day)
	env.RegisterDelayedCallback(func() { mended = true }, 2*day)
	env.ExecuteWorkflow(workflows.NameCycle, workflows.CycleInput{Cycle: "c"})
	must(t, env.GetWorkflowError())
	if len(r.started) != 3 {
		t.Errorf("%d pipelines were started, want 3", len(r.started))
	}
	if n := asked.count("EnrolPopulation"); n != 3 {
		t.Errorf("the population was written %d times, want at first and at each of two wakes", n)
	}
	if got := asked.attribute("Health"); !slices.Equal(got, []string{"workflow_error", "on_time"}) {
		t.Errorf("health went through %v, want workflow_error and on_time", got)
	}
}

func TestACycleLooksByItselfShouldAWakeBeLost(t *testing.T) {
	t.Parallel()
	var env *testsuite.TestWorkflowEnvironment
	r := &registry{}
	r.view = func() (activities.CycleView, error) {
		if env.Now().After(start.Add(30 * day)) {
			return ended()
		}
		return activities.CycleView{Status: "running", Open: 1, People: 1, NextDue: env.Now().Add(6 * time.Hour)}, nil
	}
	env, asked := launching(r)
	env.ExecuteWorkflow(workflows.NameCycle, workflows.CycleInput{Cycle: "c", Launched: true})
	must(t, env.GetWorkflowError())
	if n := asked.count("LookAtCycle"); n != 30*4+2 {
		t.Errorf("looked %d times in thirty days, want every six hours", n)
	}
}

func TestALongHistoryContinuesAsANewOneThatLaunchesNothing(t *testing.T) {
	t.Parallel()
	running := func() (activities.CycleView, error) {
		return activities.CycleView{Status: "running", Open: 1, People: 1, NextDue: start.Add(day)}, nil
	}
	r := &registry{people: 3, view: running}
	env, _ := launching(r)
	env.SetContinueAsNewSuggested(true)
	env.ExecuteWorkflow(workflows.NameCycle, workflows.CycleInput{Cycle: "c", Page: "/siklus/c"})
	var again *workflow.ContinueAsNewError
	if !errors.As(env.GetWorkflowError(), &again) {
		t.Fatalf("ended with %v, want to continue as new", env.GetWorkflowError())
	}
	input := continued[workflows.CycleInput](t, again)
	if input != (workflows.CycleInput{Cycle: "c", Page: "/siklus/c", Launched: true}) {
		t.Errorf("continues with %+v, want the same cycle as launched", input)
	}
	r.view = ended
	env, asked := launching(r)
	env.ExecuteWorkflow(workflows.NameCycle, input)
	must(t, env.GetWorkflowError())
	if !slices.Equal(asked.activities, []string{"LookAtCycle"}) || len(r.started) > 0 {
		t.Errorf("the new run asked for %v, want one look", asked.activities)
	}
}

func continued[T any](t *testing.T, again *workflow.ContinueAsNewError) T {
	t.Helper()
	var input T
	must(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &input))
	return input
}

// post is an outbox in the place of the real one.
type post struct{ drain func() (int, error) }

func (p *post) Drain(_ context.Context, beat func(int)) (int, error) {
	beat(0)
	return p.drain()
}

func TestTheMailDeliveryContinuesAsNewAndOutlivesEveryFault(t *testing.T) {
	t.Parallel()
	drains := 0
	env, recorder := newEnvironment()
	env.RegisterActivity(&activities.Mail{Post: &post{func() (int, error) {
		if drains++; drains%10 == 0 {
			return 0, errors.New("connection refused")
		}
		return 1, nil
	}}})
	env.SetStartWorkflowOptions(client.StartWorkflowOptions{TaskQueue: workflows.QueueAppraisal})
	env.ExecuteWorkflow(workflows.NameMailDelivery)
	var again *workflow.ContinueAsNewError
	if !errors.As(env.GetWorkflowError(), &again) || again.WorkflowType.Name != workflows.NameMailDelivery || again.TaskQueueName != workflows.QueueAppraisal {
		t.Fatalf("ended with %+v, want to continue as new on the same queue", env.GetWorkflowError())
	}
	if n := recorder.of("default-test-workflow-id").count("DrainOutbox"); n != 100 || drains < 110 {
		t.Errorf("%d drains in %d attempts, want a hundred and those that failed again", n, drains)
	}
}
