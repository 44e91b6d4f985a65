package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// InnerPeriod is one appraisal of the same person for a period inside another appraisal's.
type InnerPeriod struct {
	AppraisalID appraisal.AppraisalID
	CycleID     appraisal.CycleID
	CycleName   string
	PeriodStart time.Time
	PeriodEnd   time.Time
	Template    appraisal.Template
	Stage       appraisal.Stage
	EmployeeID  appraisal.PersonID
	AppraiserID *appraisal.PersonID
	ReviewerID  *appraisal.PersonID
	Final       bool // nothing changes its rating any more
	Served      *int // nil: the whole period
	Seen        *int // version of its rating that the review of the outer appraisal had in view; nil: none
}

// finalSQL tells whether the rating of the appraisal a stands: it was accepted, or an objection was decided.
const finalSQL = `a.stage in ('development', 'closed')`

// innerSQL finds the appraisals a with their cycle c that lie inside the period of the appraisal $1, those of the same person.
const innerSQL = ` from appraisal o join cycle oc on oc.id = o.cycle_id
	join appraisal a on a.employee_id = o.employee_id and a.id <> o.id and a.stage <> 'withdrawn'
	join cycle c on c.id = a.cycle_id and c.status not in ('draft', 'cancelled')
		and c.period_start >= oc.period_start and c.period_end <= oc.period_end
		and c.period_end - c.period_start < oc.period_end - oc.period_start `

// InnerPeriods returns the appraisals inside the period of another, in the order of their days.
func InnerPeriods(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]InnerPeriod, error) {
	return all[InnerPeriod](ctx, q, `select a.id as appraisal_id, a.cycle_id, c.name as cycle_name, c.period_start, c.period_end, c.template, a.stage,
			a.employee_id, a.appraiser_id, a.reviewer_id, `+finalSQL+` as final, t.served::int as served, s.period_number as seen`+innerSQL+`
		left join tenure t on t.appraisal_id = a.id
		left join lateral (select period_number from rating_period where appraisal_id = o.id and period_appraisal_id = a.id
			order by number desc limit 1) s on true
		where o.id = $1 order by c.period_start, c.period_end desc, a.id`, id)
}

// keepPeriods records which final ratings of the periods inside were in force when the latest version of a rating was stored.
func keepPeriods(ctx context.Context, q Querier, id appraisal.AppraisalID) error {
	_, err := exec(ctx, q, `insert into rating_period (appraisal_id, number, period_appraisal_id, period_number)
		select o.id, (select max(number) from rating where appraisal_id = o.id), a.id, r.number`+innerSQL+`
		join lateral (select max(number) as number from rating where appraisal_id = a.id) r on r.number is not null
		where o.id = $1 and `+finalSQL, id)
	return err
}
