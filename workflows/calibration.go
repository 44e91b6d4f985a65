package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
)

var calibrationActs *activities.Calibration

// Calibration waits for its cohort or the cohort's deadline, then for the committee to lock the session. The lock itself is
// the committee's act: it writes the ratings back and wakes the pipelines in one transaction. Members who come late
// get a follow-up session.
func Calibration(ctx workflow.Context, input CalibrationInput) error {
	wakes := workflow.GetSignalChannel(ctx, SignalWake)
	ctx = workflow.WithLocalActivityOptions(ctx, lookOptions)
	for {
		var view activities.CohortView
		err := persevere(ctx, wakes, input.Page, showHealth(ctx), func() error {
			return workflow.ExecuteLocalActivity(ctx, calibrationActs.LookAtCohort, input.Cohort).Get(ctx, &view)
		})
		if err != nil {
			return err
		}
		if view.Done {
			workflow.SetCurrentDetails(ctx, "Ended: nobody is left to calibrate.")
			return nil
		}
		workflow.SetCurrentDetails(ctx, cohortDetails(view, input.Page))
		awaitWake(ctx, wakes, view.NextDue, fmt.Sprintf("next due of session %d", view.Round))
	}
}

func cohortDetails(view activities.CohortView, page string) string {
	text := fmt.Sprintf("Session %d is **%s**: %d ready, %d missing.", view.Round, view.Status, view.Ready, view.Missing)
	if view.Status == "open" {
		text += fmt.Sprintf(" Waits for the **committee** to lock it, since %s.", minute(view.Since))
	}
	if !view.NextDue.IsZero() {
		text += fmt.Sprintf(" Looks again by itself at %s.", minute(view.NextDue))
	}
	return text + "\n\nWhat ends the wait is done on the page " + page
}

// awaitWake returns at the next wake, or at the instant, if there is one.
func awaitWake(ctx workflow.Context, wakes workflow.ReceiveChannel, at time.Time, summary string) {
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	woken := workflow.NewSelector(ctx)
	woken.AddReceive(wakes, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil) })
	if !at.IsZero() {
		timer := workflow.NewTimerWithOptions(timerCtx, max(at.Sub(workflow.Now(ctx)), 0), workflow.TimerOptions{Summary: summary})
		woken.AddFuture(timer, func(workflow.Future) {})
	}
	woken.Select(ctx)
	for wakes.ReceiveAsync(nil) {
	}
}
