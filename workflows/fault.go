package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/internal/appraisal"
)

// lookOptions retry for ever: a database that is down heals. Without an end of its own a local activity would give up, retries
// and all, after the time that one attempt may take.
var lookOptions = workflow.LocalActivityOptions{
	StartToCloseTimeout:    20 * time.Second,
	ScheduleToCloseTimeout: 10 * 365 * 24 * time.Hour,
	RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute},
}

// persevere runs activities until they meet no fault. One that does not heal by itself is shown, and they are tried again at the
// next wake: a workflow that failed would be gone for good.
func persevere(ctx workflow.Context, wakes workflow.ReceiveChannel, page string, show func(appraisal.Health) error, run func() error) error {
	for faulty := false; ; faulty = true {
		err := run()
		var failed *temporal.ApplicationError
		switch {
		case err == nil && faulty:
			return show(appraisal.HealthOnTime)
		case err == nil || !errors.As(err, &failed):
			return err
		}
		if !faulty {
			if err := show(appraisal.HealthWorkflowError); err != nil {
				return err
			}
		}
		workflow.SetCurrentDetails(ctx, fmt.Sprintf("Stopped by a fault of kind %q that does not heal by itself. Mend its cause, then signal %q.\n\n%s",
			failed.Type(), SignalWake, page))
		wakes.Receive(ctx, nil)
	}
}

// showHealth tells operators whether a cycle or a calibration moves.
func showHealth(ctx workflow.Context) func(appraisal.Health) error {
	return func(h appraisal.Health) error {
		return workflow.UpsertTypedSearchAttributes(ctx, AttrHealth.ValueSet(string(h)))
	}
}
