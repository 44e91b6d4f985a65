package worker

import (
	"context"
	"fmt"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// duty is a set of activities, which Temporal calls, and the permission that they need.
type duty struct {
	action     appraisal.Action
	activities any
}

// duties lists the activities of the appraisal queue.
func duties(s *service.Service, starter activities.Starter) []duty {
	return []duty{
		{appraisal.ActionConduct, &activities.Appraisal{Conductor: s}},
		{appraisal.ActionConduct, &activities.Calibration{Barrier: s}},
		{appraisal.ActionConduct, &activities.Cycle{Registry: s, Starter: starter}},
	}
}

// job is what a worker does beside the queues, again and again until it is stopped, and the permission that it needs.
type job struct {
	name   string
	action appraisal.Action
	run    func(ctx context.Context)
}

func (o *Options) jobs() []job {
	return []job{
		{"sweep evidence", appraisal.ActionConduct, func(ctx context.Context) { sweepEvidence(ctx, o.Service, o.Log) }},
		{"seal the trail", appraisal.ActionConduct, func(ctx context.Context) { sealTrail(ctx, o.DB, o.Service, o.RootFile, o.Log) }},
		{"carry out the retention schedule", appraisal.ActionRetain, o.Service.KeepRetention},
	}
}

// permit reports what a worker must not do: what names no permission, or one that nobody gave it.
func permit(duties []duty, jobs []job) error {
	for _, d := range duties {
		if err := permitted(d.action); err != nil {
			return fmt.Errorf("the activities %T %w", d.activities, err)
		}
	}
	for _, j := range jobs {
		if err := permitted(j.action); err != nil {
			return fmt.Errorf("the job %q %w", j.name, err)
		}
	}
	return nil
}

func permitted(action appraisal.Action) error {
	if !action.Known() {
		return fmt.Errorf("name the permission %q, which has no rule in internal/appraisal/permission.go", action)
	}
	if err := appraisal.MayTry(appraisal.Itself(), action); err != nil {
		return fmt.Errorf("need the permission %q, which a worker has not: %w", action, err)
	}
	return nil
}
