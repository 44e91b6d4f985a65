package workflows_test

import (
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/workflows"
)

// patience is how long nothing at all may happen before a workflow counts as stuck.
const patience = time.Minute

// newEnvironment returns a test environment at the start of the year that records what its workflows ask for.
func newEnvironment() (*testsuite.TestWorkflowEnvironment, *recorder) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(start)
	env.SetTestTimeout(patience)
	asked := &recorder{}
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{asked}})
	env.RegisterWorkflowWithOptions(workflows.Appraisal, workflow.RegisterOptions{Name: workflows.NameAppraisal})
	env.RegisterWorkflowWithOptions(workflows.Calibration, workflow.RegisterOptions{Name: workflows.NameCalibration})
	env.RegisterWorkflowWithOptions(workflows.Cycle, workflow.RegisterOptions{Name: workflows.NameCycle})
	env.RegisterWorkflowWithOptions(workflows.MailDelivery, workflow.RegisterOptions{Name: workflows.NameMailDelivery})
	return env, asked
}

// year is the office in a test environment: the workflows, the service and PostgreSQL share one clock, which skips to whatever
// happens next. Its people do each step that is theirs as their habits say.
type year struct {
	*office
	env    *testsuite.TestWorkflowEnvironment
	asked  *recorder
	habits map[appraisal.StepKind]habit
	locks  habit           // of the committee, once a session is open
	lost   bool            // wakes do not arrive
	seen   map[string]bool // steps and sessions that somebody knows of

}

func newYear(t *testing.T) *year {
	t.Helper()
	env, asked := newEnvironment()
	y := &year{env: env, asked: asked, habits: diligence(), locks: promptly(lockSession), seen: map[string]bool{}}
	y.office = newOffice(t, env.Now, y)
	env.RegisterActivity(&activities.Appraisal{Conductor: &watched{y.Service, y}})
	env.RegisterActivity(&activities.Calibration{Barrier: &watched{y.Service, y}})
	env.RegisterActivity(&activities.Cycle{Registry: y.Service, Starter: y})
	return y
}

// Wake hands wakes over as the relay does; it may be called from anywhere.
func (y *year) Wake([]int64) { y.env.RegisterDelayedCallback(y.relay, 0) }

func (y *year) relay() {
	ids := values[string](y.office, `with taken as (delete from wake returning workflow_id) select distinct workflow_id from taken order by 1`)
	if y.lost {
		return
	}
	for _, id := range ids {
		_ = y.env.SignalWorkflowByID(id, workflows.SignalWake, nil) // one that has not started or has ended needs no wake
	}
}

// at runs an act of somebody at an instant.
func (y *year) at(instant time.Time, act func() error) {
	y.env.RegisterDelayedCallback(func() {
		if err := act(); err != nil {
			y.t.Errorf("at %s: %v", y.env.Now().In(jakarta).Format(time.DateTime), err)
		}
	}, max(instant.Sub(y.env.Now()), 0))
}

// conduct runs the pipeline of one person of the cycle to its end, which is a failure of the test only if the workflow fails.
func (y *year) conduct(who string) {
	y.t.Helper()
	y.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: y.pipelineID(who)})
	y.env.ExecuteWorkflow(workflows.NameAppraisal, y.input(who))
	must(y.t, y.env.GetWorkflowError())
}

func (y *year) pipelineID(who string) string {
	return appraisal.PipelineID(y.cycle, y.people[who].ID)
}

func (y *year) input(who string) workflows.AppraisalInput {
	y.t.Helper()
	page, err := y.PipelinePage(y.t.Context(), y.cycle, "", 100)
	must(y.t, err)
	for _, p := range page {
		if p.Employee == y.people[who].ID {
			return workflows.AppraisalInput{Appraisal: p.Appraisal, First: p.First, Stages: p.Stages, Page: "/penilaian/" + string(p.Appraisal)}
		}
	}
	y.t.Fatalf("%s is not in the cycle", who)
	return workflows.AppraisalInput{}
}

// pipeline prepares, launches and conducts ani's pipeline from its first stage.
func (y *year) pipeline(template appraisal.Template, first appraisal.Stage) {
	y.t.Helper()
	y.prepare(template, "SEKSI", first)
	y.enrol()
	y.conduct("ani")
}

// task is an open step, or a session that is open.
type task struct {
	ID        string
	Kind      appraisal.StepKind
	Owner     string
	About     string
	Appraisal string
	OpenedAt  time.Time
	Deadline  *time.Time
}

// habit is when and how somebody does a step.
type habit struct {
	after func(task) time.Duration
	act   func(*year, task) error
}

// notice lets everybody see what is newly open.
func (y *year) notice() {
	tasks := rows[task](y.office, `select s.id::text, s.kind, coalesce(o.name, '') as owner, p.name as about, a.id::text as appraisal, s.opened_at, s.deadline
		from step s join appraisal a on a.id = s.appraisal_id join person p on p.id = a.employee_id left join person o on o.id = s.owner_id
		where s.state = 'open' and a.cycle_id = $1 and s.kind <> 'calibrate' order by s.opened_at, p.name, o.name`, y.cycle)
	sessions := rows[task](y.office, `select id::text, 'calibrate' as kind, 'komite' as owner, round::text as about, '' as appraisal, opened_at, deadline
		from cohort where status = 'open' and cycle_id = $1 order by opened_at`, y.cycle)
	for _, t := range append(tasks, sessions...) {
		key := t.ID + t.OpenedAt.String()
		if y.seen[key] {
			continue
		}
		y.seen[key] = true
		does := y.habits[t.Kind]
		if t.Kind == appraisal.StepCalibrate {
			does = y.locks
		}
		if does.act != nil {
			y.at(y.env.Now().Add(does.after(t)), func() error {
				if err := does.act(y, t); err != nil {
					return fmt.Errorf("%s of %s about %s: %w", t.Kind, t.Owner, t.About, err)
				}
				return nil
			})
		}
	}
}

// watched is the service with people who look up whenever a workflow has looked.
type watched struct {
	*service.Service
	year *year
}
