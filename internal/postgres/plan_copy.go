package postgres

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
)

// SuperiorPlan returns the latest plan of the appraiser in the same cycle, nil if there is none.
func SuperiorPlan(ctx context.Context, q Querier, a Appraisal) (*appraisal.PlanID, error) {
	return firstPlan(ctx, q, `select p.id from appraisal s join plan p on p.appraisal_id = s.id and not p.superseded and p.state <> 'returned'
		where s.cycle_id = $1 and s.employee_id = $2`, a.CycleID, a.AppraiserID)
}

// LastPlan returns the approved plan of the employee's last period before this one, nil if there is none.
func LastPlan(ctx context.Context, q Querier, a Appraisal) (*appraisal.PlanID, error) {
	return firstPlan(ctx, q, `select p.id from appraisal s join cycle c on c.id = s.cycle_id
		join plan p on p.appraisal_id = s.id and not p.superseded and p.state = 'approved'
		where s.employee_id = $1 and s.id <> $2 and c.period_end < $3 order by c.period_end desc, c.id limit 1`, a.EmployeeID, a.ID, a.PeriodEnd)
}

func firstPlan(ctx context.Context, q Querier, sql string, args ...any) (*appraisal.PlanID, error) {
	plans, err := scalars[appraisal.PlanID](ctx, q, sql, args...)
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	return &plans[0], nil
}

// leastUsers is how many people have to have planned the same before it is offered to somebody else of their position.
const leastUsers = 3

// UsedByPosition returns one key result for each statement that several people of the employee's position planned in earlier
// periods, what most planned first. It looks at the newest plans only.
func UsedByPosition(ctx context.Context, q Querier, a Appraisal, limit int) ([]string, error) {
	return scalars[string](ctx, q, `with mine as (select position_kind, lower(position_name) as name from employee where person_id = $1),
		plans as (
			select p.id, s.employee_id from mine join employee e on lower(e.position_name) = mine.name and e.position_kind = mine.position_kind
			join appraisal s on s.employee_id = e.person_id join cycle c on c.id = s.cycle_id
			join plan p on p.appraisal_id = s.id and not p.superseded and p.state = 'approved'
			where e.person_id <> $1 and c.period_end < $2 order by c.period_end desc, s.id limit 500
		)
		select (array_agg(k.id::text order by k.id))[1] from plans join key_result k on k.plan_id = plans.id
		group by k.statement having count(distinct plans.employee_id) >= $3 order by count(distinct plans.employee_id) desc, k.statement limit $4`,
		a.EmployeeID, a.PeriodEnd, leastUsers, limit)
}

// LibraryEntry is an indicator of the library of key results.
type LibraryEntry struct {
	ID        int64
	Named     bool // for the position by its name
	Statement string
	Aspect    appraisal.Aspect
	Indicator string
	Target    string
	Measure   string
	Direction appraisal.Direction
}

// Library returns what the library offers for an employee's position, what is for the position by its name first.
func Library(ctx context.Context, q Querier, a Appraisal, limit int) ([]LibraryEntry, error) {
	return all[LibraryEntry](ctx, q, `select l.id, l.position_name <> '' as named, l.statement, l.aspect, l.indicator,
			trim_scale(l.target)::text as target, l.measure, l.direction
		from library_entry l left join employee e on e.person_id = $1
		where l.offered and l.position_kind = $2 and (l.position_name = '' or lower(l.position_name) = lower(e.position_name))
		order by named desc, l.id limit $3`, a.EmployeeID, a.PositionKind, limit)
}
