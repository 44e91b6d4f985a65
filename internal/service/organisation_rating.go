package service

import (
	"context"
	"fmt"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// RateUnit stores HR's rating of an organisation unit, on which the distribution guideline of its cohorts depends (SE
// MenPANRB 3/2023). It may be changed, with a reason, as long as the unit has a session that is not locked; a locked one keeps
// the rating that it was locked with. Version is the number of the rating that the person saw.
func (s *Service) RateUnit(ctx context.Context, actor appraisal.Actor, call Call, cycle appraisal.CycleID, in UnitRating) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "rate_unit", subject: string(cycle) + "/" + in.Unit, call: call, body: in}, func(t *tx) (Receipt, error) {
		if err := appraisal.MayTry(actor, appraisal.ActionRateUnit); err != nil {
			return Receipt{}, err
		}
		if !in.Rating.Valid() {
			return Receipt{}, fieldFault("rating", "error.organisation_rating", nil)
		}
		if err := appraisal.RequireReason("evidence", in.Evidence); err != nil {
			return Receipt{}, err
		}
		number, err := s.storeRating(ctx, t, actor, call, cycle, in)
		if err != nil {
			return Receipt{}, err
		}
		detail := map[string]any{"unit": in.Unit, "after": in.Rating, "number": number}
		if before, err := ratingBefore(ctx, t, actor, cycle, in.Unit, number); err != nil {
			return Receipt{}, err
		} else if before != "" {
			detail["before"] = before
		}
		if in.Reason != "" {
			detail["reason"] = in.Reason
		}
		return Receipt{ID: in.Unit, At: t.now}, s.auditCycle(ctx, t, actor, "rate_unit", cycle, detail)
	})
}

// ratingBefore returns the rating that a unit had before the one with the number, if it had any.
func ratingBefore(ctx context.Context, q postgres.Querier, actor appraisal.Actor, cycle appraisal.CycleID, unit string, number int) (appraisal.OrganisationRating, error) {
	id, err := unitByCode(ctx, q, actor, unit)
	if err != nil {
		return "", err
	}
	ratings, err := postgres.OrganisationRatings(ctx, q, cycle, id)
	for _, r := range ratings {
		if r.Number == number-1 {
			return r.Rating, err
		}
	}
	return "", err
}

func (s *Service) storeRating(ctx context.Context, t *tx, actor appraisal.Actor, call Call, cycle appraisal.CycleID, in UnitRating) (int, error) {
	if err := permittedInCycle(ctx, t, actor, appraisal.ActionReadCycle, cycle); err != nil {
		return 0, err
	}
	row, err := postgres.GetCycle(ctx, t, cycle)
	if err != nil {
		return 0, err
	}
	if row.Status == postgres.CycleClosed || row.Status == postgres.CycleCancelled {
		return 0, appraisal.Fault(appraisal.CodeWrongStage, "error.cycle_status."+row.Status, nil)
	}
	unit, err := unitByCode(ctx, t, actor, in.Unit)
	if err != nil {
		return 0, err
	}
	number, cohorts, err := postgres.LockRatedUnit(ctx, t, cycle, unit)
	if err != nil {
		return 0, err
	}
	locked := func(k postgres.RatedCohort) bool { return k.Status == postgres.CohortLocked }
	switch {
	case call.Version != 0 && call.Version != int64(number):
		return 0, appraisal.Fault(appraisal.CodeConflict, "error.unit_rated_meanwhile", nil)
	case len(cohorts) > 0 && !slices.ContainsFunc(cohorts, func(k postgres.RatedCohort) bool { return !locked(k) }):
		return 0, appraisal.Fault(appraisal.CodeWrongStage, "error.unit_calibrated", nil)
	}
	if number > 0 {
		err = appraisal.RequireReason("reason", in.Reason)
	} else {
		err = appraisal.LimitReason("reason", in.Reason)
	}
	if err != nil {
		return 0, err
	}
	return number + 1, postgres.AddOrganisationRating(ctx, t, cycle, postgres.OrganisationRating{
		UnitID: unit, Number: number + 1, Rating: in.Rating, Evidence: in.Evidence, Reason: in.Reason, RatedAt: t.now,
	}, actor.Person())
}

// unitByCode finds a unit that the actor may rate; any other is as unknown as one that is not there.
func unitByCode(ctx context.Context, q postgres.Querier, actor appraisal.Actor, code string) (appraisal.UnitID, error) {
	units, err := postgres.Units(ctx, q)
	if err != nil {
		return "", err
	}
	for _, u := range units {
		if u.Code == code && appraisal.Can(actor, appraisal.ActionRateUnit, appraisal.Subject{Unit: u.ID}) == nil {
			return u.ID, nil
		}
	}
	return "", fieldFault("unit", "error.unit_unknown", map[string]any{"value": code})
}

// UnitRatings lists the units of a cycle that the actor serves with their present rating and all that it was before, and what each of their sessions
// is held against.
func (s *Service) UnitRatings(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) ([]RatedUnit, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionRateUnit); err != nil {
		return nil, err
	}
	var list []RatedUnit
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		list, err = ratedUnits(ctx, q, actor, cycle)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("unit ratings of cycle %s: %w", cycle, err)
	}
	return list, nil
}

func ratedUnits(ctx context.Context, q postgres.Querier, actor appraisal.Actor, cycle appraisal.CycleID) ([]RatedUnit, error) {
	if err := permittedInCycle(ctx, q, actor, appraisal.ActionReadCycle, cycle); err != nil {
		return nil, err
	}
	units, err := postgres.UnitsInCycle(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	ratings, err := postgres.OrganisationRatings(ctx, q, cycle, "")
	if err != nil {
		return nil, err
	}
	cohorts, err := postgres.CohortsOf(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	reach := appraisal.Reach(actor, appraisal.ActionRateUnit)
	units = slices.DeleteFunc(units, func(u postgres.UnitInCycle) bool { return !reach.Covers(u.ID) })
	list := make([]RatedUnit, len(units))
	for i, u := range units {
		list[i] = RatedUnit{UnitID: u.ID, Code: u.Code, Unit: u.Name, People: u.People, History: []UnitRatingVersion{}, Sessions: []RatedSession{}}
		for _, r := range ratings {
			if r.UnitID == u.ID {
				list[i].History = append(list[i].History, versionOf(r, list[i].Rating))
				list[i].Rating = r.Rating
			}
		}
		for _, k := range cohorts {
			if k.UnitID == u.ID {
				list[i].Sessions = append(list[i].Sessions, RatedSession{Level: k.PositionLevel, Status: k.Status, Round: k.Round, Rating: k.Rating})
			}
		}
	}
	return list, nil
}

func versionOf(r postgres.OrganisationRating, before appraisal.OrganisationRating) UnitRatingVersion {
	return UnitRatingVersion{
		Number: r.Number, Before: before, Rating: r.Rating, Evidence: r.Evidence, Reason: r.Reason, RatedBy: text(r.RatedBy), RatedAt: r.RatedAt,
	}
}
