package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Heading is what stands above an appraisal beside its own row.
type Heading struct {
	CycleName   string
	PeriodStart time.Time
	Unit        string
	Released    bool // the employee may read the rating
}

// GetHeading reads an appraisal's heading.
func GetHeading(ctx context.Context, q Querier, id appraisal.AppraisalID) (Heading, error) {
	return one[Heading](ctx, q, `select c.name as cycle_name, c.period_start, u.name as unit, `+releasedSQL+` as released
		from appraisal a join cycle c on c.id = a.cycle_id join unit u on u.id = a.unit_id where a.id = $1`, id)
}

// OwnedBy is a step with its owner's name.
type OwnedBy struct {
	Step
	Owner *string
}

// StepsWithOwners returns all steps of an appraisal with the names of those who have to do them, oldest first.
func StepsWithOwners(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]OwnedBy, error) {
	return all[OwnedBy](ctx, q, `select s.*, p.full_name as owner from (select `+stepColumns+` from step where appraisal_id = $1) s
		left join person p on p.id = s.owner_id order by s.opened_at, s.id`, id)
}

// CohortCount is how many members of a cohort have a predikat, with the session's changes applied.
type CohortCount struct {
	CohortID appraisal.CohortID
	Predikat appraisal.Predikat
	People   int
	Stage    *appraisal.Stage // of the reader's own appraisal; nil for everybody else's
}

// CohortCounts counts the members of all cohorts of a cycle who have reached their session, the reader apart from the others.
func CohortCounts(ctx context.Context, q Querier, cycle appraisal.CycleID, reader appraisal.PersonID) ([]CohortCount, error) {
	return all[CohortCount](ctx, q, `select a.cohort_id, coalesce(g.predikat, r.predikat) as predikat, count(*)::int as people,
			case when a.employee_id = $2 then a.stage end as stage
		from appraisal a
		left join calibration_change g on g.cohort_id = a.cohort_id and g.appraisal_id = a.id and `+standingSQL+`
		left join lateral (select predikat from rating where appraisal_id = a.id and source = 'review' order by number desc limit 1) r on true
		where a.cycle_id = $1 and a.cohort_id is not null and a.cohort_ready_at is not null
			and (a.ended_at is null or a.cohort_round is not null) and coalesce(g.predikat, r.predikat) is not null
		group by a.cohort_id, coalesce(g.predikat, r.predikat), case when a.employee_id = $2 then a.stage end`, cycle, reader)
}
