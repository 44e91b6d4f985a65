package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// OrganisationRating is one version of HR's rating of a unit in a cycle; the one with the highest number is in force.
type OrganisationRating struct {
	UnitID   appraisal.UnitID
	Number   int
	Rating   appraisal.OrganisationRating
	Evidence string
	Reason   string
	RatedBy  *string
	RatedAt  time.Time
}

// OrganisationRatings returns every version of every unit's rating in a cycle, first to last; an empty unit is any.
func OrganisationRatings(ctx context.Context, q Querier, cycle appraisal.CycleID, unit appraisal.UnitID) ([]OrganisationRating, error) {
	return all[OrganisationRating](ctx, q, `select r.unit_id, r.number, r.rating, r.evidence, r.reason, p.full_name as rated_by, r.rated_at
		from organisation_rating r left join person p on p.id = r.rated_by
		where r.cycle_id = $1 and ($2 = '' or r.unit_id = nullif($2, '')::uuid) order by r.unit_id, r.number`, cycle, string(unit))
}

// LockRatedUnit holds a unit's cohorts in a cycle, so that no session is locked while the unit's rating changes, and returns
// the number of its present rating, 0 for none. The unit's own row keeps two ratings apart where there is no cohort.
func LockRatedUnit(ctx context.Context, q Querier, cycle appraisal.CycleID, unit appraisal.UnitID) (number int, cohorts []RatedCohort, err error) {
	if _, err := exec(ctx, q, `select 1 from unit where id = $1 for no key update`, unit); err != nil {
		return 0, nil, err
	}
	if cohorts, err = all[RatedCohort](ctx, q, `select id, status from cohort where cycle_id = $1 and unit_id = $2 order by id for no key update`,
		cycle, unit); err != nil {
		return 0, nil, err
	}
	number, err = scalar[int](ctx, q, `select coalesce(max(number), 0)::int from organisation_rating where cycle_id = $1 and unit_id = $2`, cycle, unit)
	return number, cohorts, err
}

// RatedCohort is a cohort whose guideline depends on a unit's rating.
type RatedCohort struct {
	ID     appraisal.CohortID
	Status string
}

// AddOrganisationRating stores the next version of a unit's rating and gives the sessions that it applies to a new version:
// whoever has confirmed or is about to lock one of them has not seen it.
func AddOrganisationRating(ctx context.Context, q Querier, cycle appraisal.CycleID, r OrganisationRating, by *appraisal.PersonID) error {
	if _, err := exec(ctx, q, `insert into organisation_rating (cycle_id, unit_id, number, rating, evidence, reason, rated_by, rated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, cycle, r.UnitID, r.Number, r.Rating, r.Evidence, r.Reason, by, r.RatedAt); err != nil {
		return err
	}
	_, err := exec(ctx, q, `update cohort set version = version + 1 where cycle_id = $1 and unit_id = $2 and status <> 'locked'`, cycle, r.UnitID)
	return err
}

// UnitInCycle is a unit with the people whom a cycle appraises in it.
type UnitInCycle struct {
	ID     appraisal.UnitID
	Code   string
	Name   string
	People int
}

// UnitsInCycle returns the units that have people in a cycle or in which a cohort ended up, by code.
func UnitsInCycle(ctx context.Context, q Querier, cycle appraisal.CycleID) ([]UnitInCycle, error) {
	return all[UnitInCycle](ctx, q, `select u.id, u.code, u.name, coalesce(n.people, 0)::int as people from unit u
		left join (select unit_id, count(*) as people from appraisal where cycle_id = $1 group by unit_id) n on n.unit_id = u.id
		where n.people > 0 or exists (select from cohort where cycle_id = $1 and unit_id = u.id) order by u.code`, cycle)
}
