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

// Measurement is a month of measured service.
type Measurement struct {
	Month     time.Time
	Received  int
	Completed int
	OnTime    int
	MeanDays  string
	File      string
	Row       int
}

// Measurements returns the months of a person's measured service that begin between two days, in order.
func Measurements(ctx context.Context, q Querier, id appraisal.PersonID, from, to time.Time) ([]Measurement, error) {
	return all[Measurement](ctx, q, `select month, received, completed, on_time, coalesce(trim_scale(mean_days)::text, '') as mean_days,
			source_file as file, source_row as row
		from measurement where person_id = $1 and month between date_trunc('month', $2::date)::date and $3::date order by month`, id, from, to)
}

// SurveyResponse is one citizen's answers to the nine elements; 0 is a blank.
type SurveyResponse struct {
	Unit    string
	Answers []int
}

// NearestSurvey returns the responses, given between two days, of the unit or of the nearest one above it that has any.
func NearestSurvey(ctx context.Context, q Querier, unit appraisal.UnitID, from, to time.Time) ([]SurveyResponse, error) {
	return all[SurveyResponse](ctx, q, `with recursive up as (
			select id, parent_id, 0 as far from unit where id = $1
			union all select u.id, u.parent_id, up.far + 1 from unit u join up on u.id = up.parent_id where up.far < 50
		), nearest as (
			select id from up where exists (select 1 from survey_response r where r.unit_id = up.id and r.day between $2 and $3)
			order by far limit 1
		)
		select u.name as unit, r.answers from nearest n join unit u on u.id = n.id
		join survey_response r on r.unit_id = n.id and r.day between $2 and $3
		order by r.day, r.answers, r.ordinal`, unit, from, to)
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
		left join calibration_change g on g.cohort_id = a.cohort_id and g.appraisal_id = a.id and g.ended_at is null
		left join lateral (select predikat from rating where appraisal_id = a.id and source = 'review' order by number desc limit 1) r on true
		where a.cycle_id = $1 and a.cohort_id is not null and a.cohort_ready_at is not null
			and (a.ended_at is null or a.cohort_round is not null) and coalesce(g.predikat, r.predikat) is not null
		group by a.cohort_id, coalesce(g.predikat, r.predikat), case when a.employee_id = $2 then a.stage end`, cycle, reader)
}
