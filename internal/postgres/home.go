package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// OwnedStep is an open step as its owner's list of tasks shows it.
type OwnedStep struct {
	ID          appraisal.StepID
	Kind        appraisal.StepKind
	AppraisalID appraisal.AppraisalID
	EmployeeID  appraisal.PersonID
	Appraisee   string
	CycleName   string
	Round       int
	OpenedAt    time.Time
	Deadline    *time.Time
	Overdue     bool
	HasDraft    bool
}

// OwnedSteps returns the open steps of a person, the most urgent first, with whether the reader has a draft of them.
func OwnedSteps(ctx context.Context, q Querier, owner, reader appraisal.PersonID) ([]OwnedStep, error) {
	return all[OwnedStep](ctx, q, `select s.id, s.kind, s.appraisal_id, a.employee_id, p.full_name as appraisee, c.name as cycle_name,
			s.round, s.opened_at, s.deadline, s.overdue,
			exists (select 1 from draft d where d.step_id = s.id and d.author_id = $2) as has_draft
		from step s join appraisal a on a.id = s.appraisal_id join cycle c on c.id = a.cycle_id join person p on p.id = a.employee_id
		where s.owner_id = $1 and s.state = 'open' and c.status <> 'cancelled'
		order by s.deadline nulls last, s.id`, owner, reader)
}

// Involvement is an appraisal of a person's own or of their team, with the step that is open in it.
type Involvement struct {
	ID         appraisal.AppraisalID
	EmployeeID appraisal.PersonID
	Appraisee  string
	CycleName  string
	Stage      appraisal.Stage
	Health     appraisal.Health
	StageAt    time.Time
	Released   bool // the employee may read the rating
	Kind       *appraisal.StepKind
	OwnerID    *appraisal.PersonID
	Owner      *string
	OpenedAt   *time.Time
	Deadline   *time.Time
	Predikat   *appraisal.Predikat
}

// releasedSQL tells whether the employee may read the rating of the appraisal a: once the result stage was entered, or
// could only be passed.
const releasedSQL = `(a.stage in ('result', 'objection', 'development', 'closed')
	or exists (select 1 from stage_entry e where e.appraisal_id = a.id and e.stage = 'result'))`

// Involvements returns every appraisal of a person's own, and those that they appraise in cycles that have not ended before
// since. The newest cycle comes first.
func Involvements(ctx context.Context, q Querier, person appraisal.PersonID, since time.Time) ([]Involvement, error) {
	return all[Involvement](ctx, q, `select a.id, a.employee_id, p.full_name as appraisee, c.name as cycle_name, a.stage, a.health, a.stage_at,
			`+releasedSQL+` as released, w.kind, w.owner_id, o.full_name as owner, w.opened_at, w.deadline, r.predikat
		from (select id from appraisal where employee_id = $1
			union all select x.id from appraisal x join cycle y on y.id = x.cycle_id
				where x.appraiser_id = $1 and x.employee_id <> $1 and (y.ended_at is null or y.ended_at > $2)) mine
		join appraisal a on a.id = mine.id join cycle c on c.id = a.cycle_id join person p on p.id = a.employee_id
		left join lateral (select kind, owner_id, opened_at, deadline from step
			where appraisal_id = a.id and state = 'open' order by opened_at, id limit 1) w on true
		left join person o on o.id = w.owner_id
		left join lateral (select predikat from rating where appraisal_id = a.id order by number desc limit 1) r on true
		order by c.period_start desc, c.created_at desc, p.full_name, a.id`, person, since)
}

// OpenSession is a calibration session that waits for the committee, with one of the steps that it ends.
type OpenSession struct {
	CohortID    appraisal.CohortID
	StepID      appraisal.StepID
	AppraisalID appraisal.AppraisalID
	Unit        string
	Level       appraisal.PositionLevel
	CycleName   string
	Round       int
	OpenedAt    time.Time
	PeriodEnd   time.Time
	Template    appraisal.Template
	Changed     bool // a change of somebody else's rating than the reader's has been proposed already
}

// OpenSessions returns the sessions that are open, the longest waiting first. The step named belongs to somebody else than the
// reader wherever the session is not about the reader alone.
func OpenSessions(ctx context.Context, q Querier, reader appraisal.PersonID) ([]OpenSession, error) {
	return all[OpenSession](ctx, q, `select k.id as cohort_id, w.step_id, w.appraisal_id, u.name as unit, k.position_level as level, c.name as cycle_name, k.round,
			k.opened_at, c.period_end, c.template, w.changed
		from cohort k join cycle c on c.id = k.cycle_id join unit u on u.id = k.unit_id
		join lateral (select s.id as step_id, s.appraisal_id, bool_or(g.appraisal_id is not null and a.employee_id <> $1) over () as changed
			from appraisal a join step s on s.appraisal_id = a.id and s.kind = 'calibrate' and s.state = 'open'
			left join calibration_change g on g.cohort_id = k.id and g.appraisal_id = a.id and g.ended_at is null
			where a.cohort_id = k.id order by a.employee_id = $1, s.id limit 1) w on true
		where k.status = 'open' and c.status in ('running', 'paused')
		order by k.opened_at, k.id`, reader)
}
