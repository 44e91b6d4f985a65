package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// RateUnit stores HR's rating of an organisation unit, on which the distribution guideline of its cohorts depends (SE
// MenPANRB 3/2023). A later rating replaces an earlier one as long as no session of the unit is locked.
func (s *Service) RateUnit(ctx context.Context, actor appraisal.Actor, call Call, cycle appraisal.CycleID, in UnitRating) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "rate_unit", subject: string(cycle) + "/" + in.Unit, call: call, body: in}, func(t *tx) (Receipt, error) {
		if err := appraisal.Can(actor, appraisal.ActionRateUnit, appraisal.Subject{}); err != nil {
			return Receipt{}, err
		}
		if !in.Rating.Valid() {
			return Receipt{}, fieldFault("rating", "error.organisation_rating", nil)
		}
		if err := appraisal.RequireReason("evidence", in.Evidence); err != nil {
			return Receipt{}, err
		}
		cohorts, err := postgres.CohortsOf(ctx, t, cycle)
		if err != nil {
			return Receipt{}, err
		}
		for _, k := range cohorts {
			if k.UnitCode == in.Unit && k.Status == postgres.CohortLocked {
				return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "error.unit_calibrated", nil)
			}
		}
		known, err := postgres.RateUnit(ctx, t, cycle, in.Unit, in.Rating, in.Evidence, actor.Person(), t.now)
		if err != nil {
			return Receipt{}, err
		}
		if !known {
			return Receipt{}, fieldFault("unit", "error.unit_unknown", map[string]any{"value": in.Unit})
		}
		return Receipt{ID: in.Unit, At: t.now}, s.auditCycle(ctx, t, actor, "rate_unit", cycle, map[string]any{"unit": in.Unit, "rating": in.Rating})
	})
}
