package service

import (
	"context"
	"maps"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// SubmitReview hands in the appraiser's judgement: what the cycle's policy rates by, the predikat that follows, and every
// required competency.
func (s *Service) SubmitReview(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in appraisal.Review) (Receipt, error) {
	d := deed{name: "submit_review", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepAppraiserReview, appraisal.OutcomeSubmitted, func(a *stepAct) error {
		j, err := s.judge(ctx, a, a.row, in)
		if err != nil {
			return err
		}
		if err := addRating(ctx, a.tx, a.row.ID, a.actor, j.rating); err != nil {
			return err
		}
		if err := freeze(ctx, a, j.indicators, in.Realisations); err != nil {
			return err
		}
		if err := postgres.SaveReviewedRealisations(ctx, a, a.row.ID, j.realisations); err != nil {
			return err
		}
		return postgres.SaveCompetencyRatings(ctx, a, a.row.ID, in.Competencies, j.required)
	})
}

// judgement is what a review comes to.
type judgement struct {
	rating       postgres.NewRating
	indicators   []realisedIndicator
	realisations []postgres.ReviewedRealisation
	periods      []appraisal.PeriodResult // inside this one
	required     map[string]int
}

// judge checks a review against the evidence and rates by the cycle's policy.
func (s *Service) judge(ctx context.Context, q postgres.Querier, row postgres.Appraisal, in appraisal.Review) (judgement, error) {
	policy, err := s.policyOf(ctx, q, row.CycleID)
	if err != nil {
		return judgement{}, err
	}
	required, err := requiredLevels(ctx, q, row)
	if err != nil {
		return judgement{}, err
	}
	j := judgement{required: required}
	if j.indicators, err = s.realised(ctx, q, row, s.clock()); err != nil {
		return judgement{}, err
	}
	inner, err := s.innerPeriods(ctx, q, row.ID)
	if err != nil {
		return judgement{}, err
	}
	j.periods = resultsOf(inner)
	codes := slices.Sorted(maps.Keys(required))
	if policy.Kind == appraisal.PolicyNumeric {
		err = j.score(ctx, q, row, policy, codes, in)
	} else {
		err = j.place(policy, codes, in)
	}
	j.rating.Source, j.rating.Comment, j.rating.Reason = postgres.RatedByReview, in.Comment, in.Reason
	return j, err
}

// place finds the review's cell of the matrix.
func (j *judgement) place(policy *appraisal.Policy, codes []string, in appraisal.Review) error {
	reached, total := met(j.indicators)
	if err := in.Validate(codes, reached, total); err != nil {
		return err
	}
	var err error
	j.rating, err = cellRating(policy, in.WorkResult, in.Behaviour)
	return err
}

// score calculates the review's score from the figures that the appraiser settled.
func (j *judgement) score(ctx context.Context, q postgres.Querier, row postgres.Appraisal, policy *appraisal.Policy, codes []string, in appraisal.Review) error {
	plan, err := scoredPlan(ctx, q, row.ID, j.indicators)
	if err != nil {
		return err
	}
	if err := in.ValidateScored(policy, codes, plan.given()); err != nil {
		return err
	}
	input, err := scoreInput(ctx, q, row, plan, j.periods, in)
	if err != nil {
		return err
	}
	j.realisations = plan.settled(in.Realisations)
	j.rating, err = scoreRating(policy, input, in.Innovation.Description)
	return err
}

func requiredLevels(ctx context.Context, q postgres.Querier, row postgres.Appraisal) (map[string]int, error) {
	list, err := postgres.RequiredCompetencies(ctx, q, row)
	levels := make(map[string]int, len(list))
	for _, r := range list {
		levels[r.Code] = r.Required
	}
	return levels, err
}
