// Package activities holds the side effects of the workflows, one idempotent effect for each method. Inputs and answers
// carry ids, roles, times and counts only: they stay in Temporal's history.
package activities

import (
	"context"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// View is what a pipeline finds when it looks.
type View = service.View

// Conductor moves one pipeline's row and tells what it waits for.
type Conductor interface {
	EnterStage(ctx context.Context, id appraisal.AppraisalID, stage appraisal.Stage) (View, error)
	Look(ctx context.Context, id appraisal.AppraisalID) (View, error)
}

// Appraisal holds the local activities of one person's pipeline. Each stage has its own, so that the history names the stage
// that was entered.
type Appraisal struct{ Conductor Conductor }

// Look reads the step at hand, settling what became due.
func (a *Appraisal) Look(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	v, err := a.Conductor.Look(ctx, id)
	return v, failure(ctx, err)
}

// OpenTargets opens target setting.
func (a *Appraisal) OpenTargets(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StageTargets)
}

// OpenExecution opens the execution window.
func (a *Appraisal) OpenExecution(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StageExecution)
}

// OpenSelfReview opens the self-review.
func (a *Appraisal) OpenSelfReview(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StageSelfReview)
}

// OpenPeerReview opens the nomination of peers.
func (a *Appraisal) OpenPeerReview(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StagePeerReview)
}

// OpenAppraiserReview opens the appraiser's review.
func (a *Appraisal) OpenAppraiserReview(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StageAppraiserReview)
}

// JoinCalibration records that the pipeline waits for its cohort's session.
func (a *Appraisal) JoinCalibration(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StageCalibration)
}

// ReleaseResult shows the result to the employee and opens its acknowledgement.
func (a *Appraisal) ReleaseResult(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StageResult)
}

// OpenObjection opens the hearing of an objection.
func (a *Appraisal) OpenObjection(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StageObjection)
}

// RecommendTraining computes the training recommendation and opens its approval.
func (a *Appraisal) RecommendTraining(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StageDevelopment)
}

// Close ends the pipeline.
func (a *Appraisal) Close(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return a.enter(ctx, id, appraisal.StageClosed)
}

func (a *Appraisal) enter(ctx context.Context, id appraisal.AppraisalID, stage appraisal.Stage) (View, error) {
	v, err := a.Conductor.EnterStage(ctx, id, stage)
	return v, failure(ctx, err)
}

// failure keeps what cannot heal from being retried, and keeps everything but the code out of the history: the cause is logged.
func failure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if activity.IsActivity(ctx) {
		activity.GetLogger(ctx).Warn("activity failed", "error", err)
	}
	code := string(appraisal.CodeOf(err))
	if appraisal.Permanent(err) {
		return temporal.NewNonRetryableApplicationError("cannot heal by itself; the worker's log has the cause", code, nil)
	}
	return temporal.NewApplicationError("will be tried again; the worker's log has the cause", code)
}
