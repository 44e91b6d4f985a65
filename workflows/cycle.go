package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
)

var cycleActs *activities.Cycle

// Cycle launches the pipelines of everybody in the cycle, then watches until the last one has ended.
func Cycle(ctx workflow.Context, input CycleInput) error {
	wakes := workflow.GetSignalChannel(ctx, SignalWake)
	if !input.Launched {
		err := persevere(ctx, wakes, input.Page, showHealth(ctx), func() error { return launch(ctx, input) })
		if err != nil {
			return err
		}
	}
	ctx = workflow.WithLocalActivityOptions(ctx, lookOptions)
	for {
		var view activities.CycleView
		err := persevere(ctx, wakes, input.Page, showHealth(ctx), func() error {
			return workflow.ExecuteLocalActivity(ctx, cycleActs.LookAtCycle, input.Cycle).Get(ctx, &view)
		})
		if err != nil {
			return err
		}
		if view.Ended {
			workflow.SetCurrentDetails(ctx, fmt.Sprintf("Ended as **%s** with %d people.", view.Status, view.People))
			return nil
		}
		workflow.SetCurrentDetails(ctx, fmt.Sprintf("The cycle is **%s**: %d of %d appraisals have not ended. Looks again by itself at %s.\n\nLed on the page %s",
			view.Status, view.Open, view.People, minute(view.NextDue), input.Page))
		awaitWake(ctx, wakes, view.NextDue, "look at the cycle")
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			input.Launched = true
			return workflow.NewContinueAsNewError(ctx, NameCycle, input)
		}
	}
}

// launch writes the population and starts everything. Repeating it starts nobody twice.
func launch(ctx workflow.Context, input CycleInput) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Hour,
		HeartbeatTimeout:    30 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute},
	})
	workflow.SetCurrentDetails(ctx, "Launching: writing the population.")
	enrol := workflow.WithHeartbeatTimeout(ctx, 0) // one transaction, nothing to report in between
	if err := workflow.ExecuteActivity(enrol, cycleActs.EnrolPopulation, input.Cycle).Get(ctx, nil); err != nil {
		return err
	}
	workflow.SetCurrentDetails(ctx, "Launching: starting the pipelines. The activity's heartbeat tells how far it is.")
	if err := workflow.ExecuteActivity(ctx, cycleActs.StartAppraisals, input.Cycle).Get(ctx, nil); err != nil {
		return err
	}
	if err := workflow.ExecuteActivity(ctx, cycleActs.StartCalibrations, input.Cycle).Get(ctx, nil); err != nil {
		return err
	}
	return workflow.ExecuteActivity(ctx, cycleActs.MarkRunning, input.Cycle).Get(ctx, nil)
}
