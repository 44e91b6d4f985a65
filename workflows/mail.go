package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
)

var mailActs *activities.Mail

// drainsPerRun bounds the history of one run; each drain lasts some ten minutes.
const drainsPerRun = 100

// MailDelivery drains the mail outbox for ever, in long heartbeating activities.
func MailDelivery(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           QueueMail,
		StartToCloseTimeout: 20 * time.Minute,
		HeartbeatTimeout:    10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second},
	})
	workflow.SetCurrentDetails(ctx, "Delivers the mail outbox. What is queued, sent or refused stands on the page /operasi/surat.")
	for range drainsPerRun {
		if err := workflow.ExecuteActivity(ctx, mailActs.DrainOutbox).Get(ctx, nil); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, NameMailDelivery)
}
