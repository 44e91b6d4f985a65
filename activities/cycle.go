package activities

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/activity"
	"golang.org/x/sync/errgroup"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// CycleView is what a cycle finds when it looks.
type CycleView = service.CycleView

// Registry is the cycle's record.
type Registry interface {
	Enrol(ctx context.Context, id appraisal.CycleID) (int, error)
	PipelinePage(ctx context.Context, id appraisal.CycleID, after appraisal.AppraisalID, limit int) ([]service.Pipeline, error)
	CohortIDs(ctx context.Context, id appraisal.CycleID) ([]appraisal.CohortID, error)
	MarkRunning(ctx context.Context, id appraisal.CycleID) error
	LookAtCycle(ctx context.Context, id appraisal.CycleID) (CycleView, error)
	LateStarts(ctx context.Context, id appraisal.CycleID) ([]service.LateStart, error)
	MarkStarted(ctx context.Context, ids []appraisal.AppraisalID) error
}

// Starter starts workflows. An id that runs or ran already is success.
type Starter interface {
	StartAppraisal(ctx context.Context, p service.Pipeline) error
	StartCalibration(ctx context.Context, cycle appraisal.CycleID, cohort appraisal.CohortID) error
	ReviveCalibration(ctx context.Context, cycle appraisal.CycleID, cohort appraisal.CohortID) error // one that has ended starts anew
}

// Cycle holds the activities of a cycle.
type Cycle struct {
	Registry Registry
	Starter  Starter
}

const (
	launchPage        = 500
	launchConcurrency = 48
)

// EnrolPopulation writes the appraisals and cohorts, and returns how many people take part.
func (a *Cycle) EnrolPopulation(ctx context.Context, id appraisal.CycleID) (int, error) {
	n, err := a.Registry.Enrol(ctx, id)
	return n, failure(ctx, err)
}

// StartAppraisals starts every pipeline of the cycle, many at a time, page after page; a retry goes on after the last page
// that was finished.
func (a *Cycle) StartAppraisals(ctx context.Context, id appraisal.CycleID) (int, error) {
	progress := launchProgress{}
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &progress); err != nil {
			return 0, fmt.Errorf("read the cursor: %w", err)
		}
	}
	for {
		page, err := a.Registry.PipelinePage(ctx, id, progress.After, launchPage)
		if err != nil {
			return 0, failure(ctx, err)
		}
		if len(page) == 0 {
			return progress.Started, nil
		}
		if err := a.startPage(ctx, page, progress); err != nil {
			return 0, failure(ctx, err)
		}
		progress = launchProgress{After: page[len(page)-1].Appraisal, Started: progress.Started + len(page)}
		activity.RecordHeartbeat(ctx, progress)
	}
}

type launchProgress struct {
	After   appraisal.AppraisalID
	Started int
}

func (a *Cycle) startPage(ctx context.Context, page []service.Pipeline, progress launchProgress) error {
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(launchConcurrency)
	for i, p := range page {
		if i%100 == 0 {
			activity.RecordHeartbeat(ctx, progress)
		}
		group.Go(func() error { return a.Starter.StartAppraisal(groupCtx, p) })
	}
	return group.Wait()
}

// StartCalibrations starts the calibration of every cohort.
func (a *Cycle) StartCalibrations(ctx context.Context, id appraisal.CycleID) (int, error) {
	cohorts, err := a.Registry.CohortIDs(ctx, id)
	if err != nil {
		return 0, failure(ctx, err)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(launchConcurrency)
	for i, k := range cohorts {
		if i%100 == 0 {
			activity.RecordHeartbeat(ctx)
		}
		group.Go(func() error { return a.Starter.StartCalibration(groupCtx, id, k) })
	}
	if err := group.Wait(); err != nil {
		return 0, failure(ctx, err)
	}
	return len(cohorts), nil
}

// MarkRunning records that everything has been started.
func (a *Cycle) MarkRunning(ctx context.Context, id appraisal.CycleID) error {
	return failure(ctx, a.Registry.MarkRunning(ctx, id))
}

// LookAtCycle starts the pipelines of those who were added to the running cycle, tells what the cycle waits for, and closes it when
// every pipeline has ended.
func (a *Cycle) LookAtCycle(ctx context.Context, id appraisal.CycleID) (CycleView, error) {
	if err := a.startLate(ctx, id); err != nil {
		return CycleView{}, failure(ctx, err)
	}
	v, err := a.Registry.LookAtCycle(ctx, id)
	return v, failure(ctx, err)
}

// startLate starts what was added since the last look. It is forgotten only when it runs: a fault in between starts it again, which
// changes nothing.
func (a *Cycle) startLate(ctx context.Context, id appraisal.CycleID) error {
	late, err := a.Registry.LateStarts(ctx, id)
	if err != nil || len(late) == 0 {
		return err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(launchConcurrency)
	cohorts := map[appraisal.CohortID]bool{}
	started := make([]appraisal.AppraisalID, len(late))
	for i, l := range late {
		started[i] = l.Appraisal
		group.Go(func() error { return a.Starter.StartAppraisal(groupCtx, l.Pipeline) })
		if l.Cohort != "" && !cohorts[l.Cohort] {
			cohorts[l.Cohort] = true
			group.Go(func() error { return a.Starter.ReviveCalibration(groupCtx, id, l.Cohort) })
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return a.Registry.MarkStarted(ctx, started)
}
