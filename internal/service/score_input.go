package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// scored is a plan with the figures that were handed in, as a review under a numeric policy finds it.
type scored struct {
	keyResults []postgres.KeyResult
	indicators []realisedIndicator // in the plan's order
}

// scoredPlan reads the plan that a score is calculated from; it is empty for somebody who has none.
func scoredPlan(ctx context.Context, q postgres.Querier, id appraisal.AppraisalID, indicators []realisedIndicator) (scored, error) {
	plan, err := postgres.LatestPlan(ctx, q, id)
	if err != nil || plan == nil {
		return scored{}, err
	}
	s := scored{indicators: indicators}
	s.keyResults, err = postgres.KeyResults(ctx, q, plan.ID)
	return s, err
}

// given are the realisations that were handed in, one for each indicator.
func (s scored) given() []appraisal.Realisation {
	list := make([]appraisal.Realisation, len(s.indicators))
	for i, ind := range s.indicators {
		list[i] = appraisal.Realisation{Indicator: ind.ID, Value: string(ind.figure.Value)}
	}
	return list
}

// settled are the appraiser's figures beside those that were handed in.
func (s scored) settled(in []appraisal.ReviewedRealisation) []postgres.ReviewedRealisation {
	byIndicator := map[string]appraisal.ReviewedRealisation{}
	for _, r := range in {
		byIndicator[r.Indicator] = r
	}
	list := make([]postgres.ReviewedRealisation, len(s.indicators))
	for i, ind := range s.indicators {
		r := byIndicator[ind.ID]
		list[i] = postgres.ReviewedRealisation{IndicatorID: ind.ID, Given: string(ind.figure.Value), Value: r.Value, Reason: r.Reason}
	}
	return list
}

// scoreInput is the one place where an appraisal becomes the input of a score.
func scoreInput(ctx context.Context, q postgres.Querier, row postgres.Appraisal, plan scored, periods []appraisal.PeriodResult, in appraisal.Review) (appraisal.ScoreInput, error) {
	kind, err := postgres.EmploymentOf(ctx, q, row.EmployeeID)
	if err != nil {
		return appraisal.ScoreInput{}, err
	}
	considered, err := peersConsidered(ctx, q, row.ID)
	if err != nil {
		return appraisal.ScoreInput{}, err
	}
	tenure, err := postgres.GetTenure(ctx, q, row.ID)
	if err != nil {
		return appraisal.ScoreInput{}, err
	}
	input := appraisal.ScoreInput{
		Behaviour: in.BehaviourScore, Innovation: in.Innovation.Found, Employee: kind, PeersConsidered: considered, Periods: periods,
		KeyResults: make([]appraisal.ScoredKeyResult, len(plan.keyResults)),
	}
	if tenure != nil { // without one, the whole period was served
		input.MonthsServed, input.PeriodMonths = tenure.Served, tenure.Months
	}
	place := map[string]int{}
	for i, kr := range plan.keyResults {
		place[kr.ID] = i
		input.KeyResults[i].Weight = appraisal.Decimal(kr.Weight)
	}
	settled := map[string]string{}
	for _, r := range in.Realisations {
		settled[r.Indicator] = r.Value
	}
	for _, ind := range plan.indicators {
		kr := &input.KeyResults[place[ind.KeyResultID]]
		kr.Indicators = append(kr.Indicators, appraisal.ScoredIndicator{
			Aspect: ind.Aspect, Target: appraisal.Decimal(ind.Target), Realisation: appraisal.Decimal(settled[ind.ID]), Direction: ind.Direction,
			Exact: ind.figure.Settle(appraisal.Decimal(settled[ind.ID])).Exact(),
		})
	}
	return input, nil
}

// peersConsidered reports whether opinions of peers or subordinates were published that the appraiser could read.
func peersConsidered(ctx context.Context, q postgres.Querier, id appraisal.AppraisalID) (bool, error) {
	published, err := postgres.Aggregates(ctx, q, id)
	for _, a := range published {
		if !a.Withheld {
			return true, err
		}
	}
	return false, err
}
