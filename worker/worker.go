// Package worker builds the Temporal workers: what is registered on which queue, the relay of wakes, and an orderly stop.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/workflows"
)

// Options are the parts of a worker.
type Options struct {
	Temporal client.Client // starts and wakes workflows
	// Conducting is the connection that the workers work through. Its faults fail a task, which is tried again, where those of
	// Temporal are errors.
	Conducting client.Client
	DB         *pgxpool.Pool
	Service    *service.Service
	Post       activities.Post
	BaseURL    string
	RootFile   string // each day's root of the trail is added to; empty: to the log alone
	Log        *slog.Logger
}

// drainTime is how long a stopping worker lets running tasks finish.
const drainTime = 20 * time.Second

// Register puts the workflows and the activities of the appraisal queue on a worker. Replay tests use it too.
func Register(w sdkworker.Registry, s *service.Service, starter activities.Starter) {
	w.RegisterWorkflowWithOptions(workflows.Cycle, workflow.RegisterOptions{Name: workflows.NameCycle})
	w.RegisterWorkflowWithOptions(workflows.Appraisal, workflow.RegisterOptions{Name: workflows.NameAppraisal})
	w.RegisterWorkflowWithOptions(workflows.Calibration, workflow.RegisterOptions{Name: workflows.NameCalibration})
	w.RegisterWorkflowWithOptions(workflows.MailDelivery, workflow.RegisterOptions{Name: workflows.NameMailDelivery})
	for _, duty := range duties(s, starter) {
		w.RegisterActivity(duty.activities)
	}
}

// Run works until ctx ends, then drains.
func Run(ctx context.Context, o Options) error {
	conductor := &Conductor{Temporal: o.Temporal, BaseURL: o.BaseURL}
	post := duty{appraisal.ActionConduct, &activities.Mail{Post: o.Post}}
	jobs := o.jobs()
	if err := permit(append(duties(o.Service, conductor), post), jobs); err != nil {
		return err
	}
	working, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	for _, job := range jobs {
		beside.Go(func() { job.run(working) })
	}
	defer beside.Wait()
	defer stop()
	main := sdkworker.New(o.Conducting, workflows.QueueAppraisal, sdkworker.Options{
		WorkerStopTimeout:                       drainTime,
		MaxConcurrentWorkflowTaskPollers:        8,
		MaxConcurrentActivityTaskPollers:        2,
		MaxConcurrentLocalActivityExecutionSize: 64,
	})
	Register(main, o.Service, conductor)
	mail := sdkworker.New(o.Conducting, workflows.QueueMail, sdkworker.Options{
		WorkerStopTimeout:                  drainTime,
		MaxConcurrentActivityExecutionSize: 1,
		DisableWorkflowWorker:              true,
	})
	mail.RegisterActivity(post.activities)
	for name, w := range map[string]sdkworker.Worker{workflows.QueueAppraisal: main, workflows.QueueMail: mail} {
		if err := w.Start(); err != nil {
			return fmt.Errorf("start the worker of the queue %s: %w", name, err)
		}
		defer w.Stop()
	}
	if err := conductor.StartMailDelivery(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // stopped while it was starting
		}
		return err
	}
	o.Log.Info("worker ready")
	Relay(ctx, o.DB, conductor, o.Log)
	return nil
}
