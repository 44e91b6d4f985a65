package activities

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"
)

// Post delivers the mail outbox.
type Post interface {
	// Drain delivers what is due until its time is over or ctx ends, calling beat now and then. It returns how many messages
	// were delivered.
	Drain(ctx context.Context, beat func(delivered int)) (int, error)
}

// Mail holds the activity of mail delivery.
type Mail struct{ Post Post }

// DrainOutbox delivers mail until a drain's time is over or the worker stops, and returns how many messages were delivered.
func (a *Mail) DrainOutbox(ctx context.Context) (int, error) {
	stop := activity.GetWorkerStopChannel(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	n, err := a.Post.Drain(ctx, func(delivered int) { activity.RecordHeartbeat(ctx, delivered) })
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return n, nil
	}
	return n, failure(ctx, err)
}
