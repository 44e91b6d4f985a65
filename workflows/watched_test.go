package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/workflows"
)

func (w *watched) EnterStage(ctx context.Context, id appraisal.AppraisalID, stage appraisal.Stage) (activities.View, error) {
	defer w.year.env.RegisterDelayedCallback(w.year.notice, 0)
	return w.Service.EnterStage(ctx, id, stage)
}

func (w *watched) Look(ctx context.Context, id appraisal.AppraisalID) (activities.View, error) {
	defer w.year.env.RegisterDelayedCallback(w.year.notice, 0)
	return w.Service.Look(ctx, id)
}

func (w *watched) LookAtCohort(ctx context.Context, id appraisal.CohortID) (activities.CohortView, error) {
	defer w.year.env.RegisterDelayedCallback(w.year.notice, 0)
	return w.Service.LookAtCohort(ctx, id)
}

// asked is what one workflow asked of Temporal, in order.
type asked struct {
	activities []string // local ones and others, by name
	timers     []string // by summary
	attributes []string // "Name=value", of every upsert
	upserts    int
}

// count returns how often the activity was asked for.
func (a *asked) count(activity string) int {
	n := 0
	for _, name := range a.activities {
		if name == activity {
			n++
		}
	}
	return n
}

// attribute returns every value that a search attribute took, in order.
func (a *asked) attribute(name string) []string {
	var list []string
	for _, line := range a.attributes {
		if len(line) > len(name) && line[:len(name)+1] == name+"=" {
			list = append(list, line[len(name)+1:])
		}
	}
	return list
}

// recorder notes what every workflow of an environment asks for.
type recorder struct {
	interceptor.WorkerInterceptorBase
	mu   sync.Mutex
	byID map[string]*asked
}

func (r *recorder) of(workflowID string) *asked {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID == nil {
		r.byID = map[string]*asked{}
	}
	if r.byID[workflowID] == nil {
		r.byID[workflowID] = &asked{}
	}
	return r.byID[workflowID]
}

func (r *recorder) InterceptWorkflow(ctx workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &inbound{interceptor.WorkflowInboundInterceptorBase{Next: next}, r}
}

type inbound struct {
	interceptor.WorkflowInboundInterceptorBase
	recorder *recorder
}

func (i *inbound) Init(out interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&outbound{interceptor.WorkflowOutboundInterceptorBase{Next: out}, i.recorder})
}

type outbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	recorder *recorder
}

func (o *outbound) asked(ctx workflow.Context) *asked {
	return o.recorder.of(workflow.GetInfo(ctx).WorkflowExecution.ID)
}

func (o *outbound) ExecuteLocalActivity(ctx workflow.Context, activity string, args ...any) workflow.Future {
	a := o.asked(ctx)
	a.activities = append(a.activities, activity)
	return o.Next.ExecuteLocalActivity(ctx, activity, args...)
}

func (o *outbound) ExecuteActivity(ctx workflow.Context, activity string, args ...any) workflow.Future {
	a := o.asked(ctx)
	a.activities = append(a.activities, activity)
	return o.Next.ExecuteActivity(ctx, activity, args...)
}

func (o *outbound) NewTimerWithOptions(ctx workflow.Context, d time.Duration, options workflow.TimerOptions) workflow.Future {
	a := o.asked(ctx)
	a.timers = append(a.timers, options.Summary)
	return o.Next.NewTimerWithOptions(ctx, d, options)
}

func (o *outbound) UpsertTypedSearchAttributes(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) error {
	a := o.asked(ctx)
	a.upserts++
	changed := temporal.NewSearchAttributes(updates...)
	for _, key := range []temporal.SearchAttributeKeyKeyword{workflows.AttrStage, workflows.AttrHealth, workflows.AttrWaitingOn} {
		if v, ok := changed.GetKeyword(key); ok {
			a.attributes = append(a.attributes, key.GetName()+"="+v)
		}
	}
	if at, ok := changed.GetTime(workflows.AttrDeadline); ok {
		a.attributes = append(a.attributes, workflows.AttrDeadline.GetName()+"="+at.In(jakarta).Format("2006-01-02 15:04"))
	}
	return o.Next.UpsertTypedSearchAttributes(ctx, updates...)
}

// differences lists what two lists do not share, for a readable failure.
func differences(got, want []string) string {
	if slices.Equal(got, want) {
		return ""
	}
	return fmt.Sprintf("got\n\t%s\nwant\n\t%s", join(got), join(want))
}

func join(lines []string) string {
	text := ""
	for i, l := range lines {
		if i > 0 {
			text += "\n\t"
		}
		text += l
	}
	return text
}
