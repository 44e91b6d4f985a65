package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// realisedIndicator is an indicator of the latest plan with its realisation in force. Once a review was handed in that is the one
// that the review was based on, and changed is what the source measures since, if that is something else.
type realisedIndicator struct {
	postgres.Indicator
	figure  appraisal.Realised
	met     *bool
	changed *appraisal.Measured
}

// realised returns how far each indicator of the latest plan has come, in the plan's order: the one place that decides which figure
// counts.
func (s *Service) realised(ctx context.Context, q postgres.Querier, row postgres.Appraisal, now time.Time) ([]realisedIndicator, error) {
	plan, err := postgres.LatestPlan(ctx, q, row.ID)
	if err != nil || plan == nil {
		return nil, err
	}
	indicators, err := postgres.Indicators(ctx, q, plan.ID, row.ID)
	if err != nil {
		return nil, err
	}
	measured, err := s.measure(ctx, q, row, now, indicators)
	if err != nil {
		return nil, err
	}
	frozen, err := postgres.FrozenRealisations(ctx, q, row.ID)
	if err != nil {
		return nil, err
	}
	list := make([]realisedIndicator, len(indicators))
	for i, ind := range indicators {
		own := ind.Entered
		if measured[ind.ID].Given() {
			own = ind.Stated // what was noted on the way is no objection to what was measured
		}
		r := realisedIndicator{
			Indicator: ind, figure: appraisal.Realise(ind.ID, measured[ind.ID], appraisal.Decimal(text(own)), ind.Note),
		}
		if kept, rated := frozen[ind.ID]; rated {
			r.figure = kept
			if !kept.Measured.SameFigure(measured[ind.ID]) {
				r.changed = measured[ind.ID]
			}
		}
		r.met = r.figure.Meets(appraisal.Decimal(ind.Target), ind.Direction, ind.Part())
		list[i] = r
	}
	return list, nil
}

// measure computes the figures of those indicators that name a source.
func (s *Service) measure(ctx context.Context, q postgres.Querier, row postgres.Appraisal, now time.Time, indicators []postgres.Indicator) (map[string]*appraisal.Measured, error) {
	figures := map[string]*appraisal.Measured{}
	var months []appraisal.MonthOfService
	var unit *appraisal.Measured
	var period appraisal.MeasuredPeriod
	for _, ind := range indicators {
		if ind.Source == "" {
			continue
		}
		if period.Start.IsZero() {
			var err error
			period.Now = now
			if period.Start, period.End, err = postgres.AppraisalPeriod(ctx, q, row.ID); err != nil {
				return nil, err
			}
			if months, err = postgres.Measurements(ctx, q, row.EmployeeID, period.Start, period.End); err != nil {
				return nil, err
			}
		}
		if !ind.Source.OfUnit() {
			m := appraisal.MeasureService(ind.Source, months, period)
			figures[ind.ID] = &m
			continue
		}
		if unit == nil {
			var err error
			if unit, err = measureUnit(ctx, q, s.policies.Satisfaction(), row.UnitID, period); err != nil {
				return nil, err
			}
		}
		figures[ind.ID] = unit
	}
	return figures, nil
}

// measureUnit takes the citizen satisfaction of the unit for an indicator's figure.
func measureUnit(ctx context.Context, q postgres.Querier, rules *appraisal.SatisfactionRules, unit appraisal.UnitID, period appraisal.MeasuredPeriod) (*appraisal.Measured, error) {
	found, err := satisfactionOf(ctx, q, rules, unit, period.Start, period.End)
	if err != nil {
		return nil, err
	}
	m := appraisal.MeasureSatisfaction(found.unit.Name, found.index, found.places)
	return &m, nil
}

// satisfaction is the index of the unit that stands for another, with the places where its answers were read.
type satisfaction struct {
	unit   postgres.Unit
	index  appraisal.SatisfactionIndex // without respondents when nobody was asked
	places []appraisal.AnswersRead
}

func satisfactionOf(ctx context.Context, q postgres.Querier, rules *appraisal.SatisfactionRules, unit appraisal.UnitID, from, to time.Time) (satisfaction, error) {
	nearest, err := postgres.SurveyedUnit(ctx, q, unit, from, to)
	if err != nil || nearest == nil {
		return satisfaction{}, err
	}
	found := satisfaction{unit: *nearest}
	answers, err := postgres.SurveyAnswers(ctx, q, nearest.ID, from, to)
	if err != nil {
		return found, err
	}
	if found.index, err = rules.Index(answers.Total()); err != nil {
		return found, fmt.Errorf("satisfaction of %s: %w", nearest.Code, err)
	}
	found.places, err = postgres.SurveyPlaces(ctx, q, nearest.ID, from, to)
	return found, err
}

// met counts the key results all of whose indicators have reached their targets.
func met(indicators []realisedIndicator) (reached, total int) {
	state := map[string]bool{}
	for _, i := range indicators {
		all, seen := state[i.KeyResultID]
		state[i.KeyResultID] = (all || !seen) && i.met != nil && *i.met
	}
	for _, all := range state {
		if all {
			reached++
		}
	}
	return reached, len(state)
}

// freeze keeps what the review that was just stored is based on, with the figures that the appraiser settled.
func freeze(ctx context.Context, a *stepAct, indicators []realisedIndicator, reviewed []appraisal.ReviewedRealisation) error {
	settled := make(map[string]string, len(reviewed))
	for _, r := range reviewed {
		settled[r.Indicator] = r.Value
	}
	list := make([]appraisal.Realised, len(indicators))
	for i, r := range indicators {
		list[i] = r.figure.Settle(appraisal.Decimal(settled[r.ID]))
	}
	return postgres.FreezeRealisations(ctx, a, a.row.ID, list)
}

// offeredSources returns the sources that have recorded something of the employee or the unit.
func offeredSources(ctx context.Context, q postgres.Querier, row postgres.Appraisal) ([]appraisal.MeasuredSource, error) {
	kinds, err := postgres.GetMeasuredKinds(ctx, q, row.EmployeeID, row.UnitID)
	offered := []appraisal.MeasuredSource{}
	for _, s := range appraisal.MeasuredSources() {
		if s.OfUnit && kinds.Satisfaction || s.Source == appraisal.SourceMeanDays && kinds.Days ||
			!s.OfUnit && s.Source != appraisal.SourceMeanDays && kinds.Files {
			offered = append(offered, s)
		}
	}
	return offered, err
}

// checkSources refuses indicators that name a source with nothing to measure.
func checkSources(ctx context.Context, q postgres.Querier, row postgres.Appraisal, plan []appraisal.KeyResult) error {
	offered, err := offeredSources(ctx, q, row)
	if err != nil {
		return err
	}
	names := make([]appraisal.Source, len(offered))
	for i, s := range offered {
		names[i] = s.Source
	}
	return appraisal.ValidateSources(plan, names)
}

// ownFigures leaves to a self-review only the figures that are the employee's own: what repeats the measured figure is not kept, so
// that a later correction of the measurement does not look like a difference.
func (s *Service) ownFigures(ctx context.Context, a *stepAct, given []appraisal.Realisation) ([]appraisal.Realisation, error) {
	indicators, err := s.realised(ctx, a, a.row, a.now)
	if err != nil {
		return nil, err
	}
	measured := make(map[string]*appraisal.Measured, len(indicators))
	for _, i := range indicators {
		measured[i.ID] = i.figure.Measured
	}
	if err := appraisal.ValidateCorrections(given, measured); err != nil {
		return nil, err
	}
	own := make([]appraisal.Realisation, len(given))
	for i, r := range given {
		if measured[r.Indicator].Says(appraisal.Decimal(r.Value)) {
			r.Value = ""
		}
		own[i] = r
	}
	return own, nil
}
