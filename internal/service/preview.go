package service

import (
	"context"
	"fmt"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// PreviewReview returns the rating that a review would make, and stores nothing.
func (s *Service) PreviewReview(ctx context.Context, actor appraisal.Actor, step appraisal.StepID, in appraisal.Review) (Rating, error) {
	return s.previewStep(ctx, actor, step, appraisal.StepAppraiserReview, func(q postgres.Querier, row postgres.Appraisal) (postgres.NewRating, error) {
		j, err := s.judge(ctx, q, row, in)
		return j.rating, err
	})
}

// PreviewDecision returns the rating that a decision on an objection would make, and stores nothing.
func (s *Service) PreviewDecision(ctx context.Context, actor appraisal.Actor, step appraisal.StepID, in ObjectionDecision) (Rating, error) {
	return s.previewStep(ctx, actor, step, appraisal.StepDecideObjection, func(q postgres.Querier, row postgres.Appraisal) (postgres.NewRating, error) {
		return s.redecided(ctx, q, row, in)
	})
}

func (s *Service) previewStep(ctx context.Context, actor appraisal.Actor, id appraisal.StepID, kind appraisal.StepKind,
	rate func(q postgres.Querier, row postgres.Appraisal) (postgres.NewRating, error)) (Rating, error) {
	var r postgres.NewRating
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		step, err := postgres.GetStep(ctx, q, id)
		if err != nil {
			return err
		}
		row, err := postgres.GetAppraisal(ctx, q, step.AppraisalID)
		if err != nil {
			return err
		}
		if err := appraisal.Can(actor, appraisal.ActionDoStep, stepSubject(row, step)); err != nil {
			return s.orEnded(ctx, q, actor, text(step.OwnerID), err)
		}
		if step.Kind != kind {
			return appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
		}
		if step.State != postgres.StepOpen {
			return closedFault(step, s.zone)
		}
		r, err = rate(q, row)
		return err
	})
	if err != nil {
		return Rating{}, fmt.Errorf("preview %s of step %s: %w", kind, id, err)
	}
	return rated(r), nil
}

// PreviewChange returns the rating that a proposal of the session would make, and stores nothing.
func (s *Service) PreviewChange(ctx context.Context, actor appraisal.Actor, id appraisal.CohortID, in CalibrationChange) (Rating, error) {
	var r postgres.NewRating
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{}); err != nil {
			return err
		}
		k, err := postgres.GetCohort(ctx, q, id)
		if err != nil {
			return err
		}
		member, err := memberOf(ctx, q, id, in.Appraisal)
		if err != nil {
			return err
		}
		if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{Employee: member.EmployeeID}); err != nil {
			return err
		}
		var before *postgres.Scores
		if r, before, err = s.recalibrated(ctx, q, k, in); err != nil || asAppraised(member, before, r) {
			return err
		}
		return appraisal.RequireReason("reason", in.Reason)
	})
	if err != nil {
		return Rating{}, fmt.Errorf("preview a change in cohort %s: %w", id, err)
	}
	return rated(r), nil
}
