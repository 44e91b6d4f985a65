package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// Enrolled is somebody whom a cycle could take in.
type Enrolled struct {
	PersonID      appraisal.PersonID
	Name          string
	NIP           string
	Email         string
	Active        bool
	UnitID        appraisal.UnitID
	PositionKind  appraisal.PositionKind
	PositionSince *time.Time
	AppraiserID   *appraisal.PersonID
	ReviewerID    *appraisal.PersonID
	Appraiser     *string           // name
	SuperiorLeft  bool              // the superior of the roster is not active: somebody above appraises
	Tenure        *appraisal.Tenure `db:"-"` // of the cycle's period; nil: the whole
}

const populationSQL = `with recursive chosen as (
			select id from unit where code = any($1::text[]) or cardinality($1::text[]) = 0
			union select u.id from unit u join chosen c on u.parent_id = c.id
		), root as (
			select id, id as root_id from unit where parent_id is null
			union all select u.id, r.root_id from unit u join root r on u.parent_id = r.id
		), head as (
			select r.id as unit_id, (select o.person_id from official o join person p on p.id = o.person_id
				where o.unit_id = r.root_id and p.active order by o.code limit 1) as official_id from root r
		), climb as (
			select person_id, superior_id as above, 0 as far from employee where superior_id is not null
			union all select c.person_id, e.superior_id, c.far + 1 from climb c join person p on p.id = c.above and not p.active
				join employee e on e.person_id = c.above where e.superior_id is not null and c.far < 50
		), nearest as (
			select c.person_id, c.above from climb c join person p on p.id = c.above and p.active
		)
		select e.person_id, p.full_name as name, e.nip, p.email, p.active, e.unit_id, e.position_kind, e.position_since,
			coalesce(n.above, h.official_id) as appraiser_id,
			case when n.above is null then h.official_id else coalesce(m.above, h.official_id) end as reviewer_id,
			a.full_name as appraiser, e.superior_id is not null and e.superior_id is distinct from n.above as superior_left
		from employee e join person p on p.id = e.person_id join chosen c on c.id = e.unit_id
		left join head h on h.unit_id = e.unit_id left join nearest n on n.person_id = e.person_id left join nearest m on m.person_id = n.above
		left join person a on a.id = coalesce(n.above, h.official_id) `

// Population returns the employees of the named units and all below them (of every unit when none is named), with their
// appraiser (the nearest active superior, and above the top the external official of the root) and reviewing official (the
// appraiser's nearest active superior, and at the top the same official).
func Population(ctx context.Context, q Querier, units []string) ([]Enrolled, error) {
	return all[Enrolled](ctx, q, populationSQL+`order by e.person_id`, units)
}

// EmployeeByNIP returns an employee of the named units as Population does; nil if there is none.
func EmployeeByNIP(ctx context.Context, q Querier, units []string, nip string) (*Enrolled, error) {
	return optional[Enrolled](ctx, q, populationSQL+`where e.nip = $2`, units, nip)
}

// Enrol writes the appraisals of a cycle, and its cohorts, for members that are not in it yet.
func Enrol(ctx context.Context, q Querier, cycle appraisal.CycleID, members []Enrolled, cohorts []appraisal.CohortKey, at time.Time) error {
	type key = appraisal.CohortKey
	ids := map[key]appraisal.CohortID{}
	for _, k := range cohorts {
		if _, known := ids[k]; known {
			continue
		}
		id, err := scalar[appraisal.CohortID](ctx, q, `insert into cohort (cycle_id, unit_id, position_level) values ($1, $2, $3)
			on conflict (cycle_id, unit_id, position_level) do update set unit_id = excluded.unit_id returning id`, cycle, k.Unit, k.Level)
		if err != nil {
			return err
		}
		ids[k] = id
	}
	const chunk = 5000
	for start := 0; start < len(members); start += chunk {
		batch := &pgx.Batch{}
		for i := start; i < min(start+chunk, len(members)); i++ {
			m := members[i]
			batch.Queue(`insert into appraisal (cycle_id, employee_id, unit_id, position_kind, appraiser_id, reviewer_id, cohort_id, stage, stage_at)
				values ($1, $2, $3, $4, $5, $6, $7, 'pending', $8) on conflict (cycle_id, employee_id) do nothing`,
				cycle, m.PersonID, m.UnitID, m.PositionKind, m.AppraiserID, m.ReviewerID, ids[cohorts[i]], at)
			if t := m.Tenure; t != nil {
				batch.Queue(`insert into tenure (appraisal_id, served, months, since, cause)
					select id, $3, $4, $5, $6 from appraisal where cycle_id = $1 and employee_id = $2 on conflict do nothing`,
					cycle, m.PersonID, t.Served, t.Months, t.From, t.Cause)
			}
		}
		if err := q.SendBatch(ctx, batch).Close(); err != nil {
			return Mapped(err)
		}
	}
	return nil
}
