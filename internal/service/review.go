package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// SubmitReview hands in the appraiser's judgement: both dimensions, their predikat, and every required competency.
func (s *Service) SubmitReview(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in appraisal.Review) (Receipt, error) {
	d := deed{name: "submit_review", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepAppraiserReview, appraisal.OutcomeSubmitted, func(a *stepAct) error {
		required, err := requiredLevels(ctx, a)
		if err != nil {
			return err
		}
		met, total, err := postgres.Met(ctx, a, a.row.ID)
		if err != nil {
			return err
		}
		codes := make([]string, 0, len(required))
		for code := range required {
			codes = append(codes, code)
		}
		if err := in.Validate(codes, met, total); err != nil {
			return err
		}
		rating := postgres.NewRating{Source: postgres.RatedByReview, WorkResult: in.WorkResult, Behaviour: in.Behaviour, Comment: in.Comment, Reason: in.Reason}
		if err := s.rate(ctx, a, actor, rating); err != nil {
			return err
		}
		return postgres.SaveCompetencyRatings(ctx, a, a.row.ID, in.Competencies, required)
	})
}

func requiredLevels(ctx context.Context, a *stepAct) (map[string]int, error) {
	list, err := postgres.RequiredCompetencies(ctx, a, a.row)
	levels := make(map[string]int, len(list))
	for _, r := range list {
		levels[r.Code] = r.Required
	}
	return levels, err
}

// rate adds a version of the rating with the predikat that the cycle's policy gives to both dimensions.
func (s *Service) rate(ctx context.Context, a *stepAct, actor appraisal.Actor, r postgres.NewRating) error {
	policy, err := s.policyOf(ctx, a, a.row.CycleID)
	if err != nil {
		return err
	}
	if r.Predikat, r.Explanation, err = policy.Rate(r.WorkResult, r.Behaviour); err != nil {
		return err
	}
	r.Appraisal, r.By, r.At = a.row.ID, &actor.ID, a.now
	return postgres.AddRating(ctx, a, r)
}
