package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// PastAppraisal is one appraisal of a person with its rating in force.
type PastAppraisal struct {
	ID          appraisal.AppraisalID
	CycleID     appraisal.CycleID
	CycleName   string
	PeriodStart time.Time
	PeriodEnd   time.Time
	Template    appraisal.Template
	Stage       appraisal.Stage
	Released    bool
	Final       bool
	Predikat    *appraisal.Predikat
	Score       string
	Served      *int
	Months      *int
}

// PastAppraisals returns every appraisal of a person, the latest period first.
func PastAppraisals(ctx context.Context, q Querier, person appraisal.PersonID) ([]PastAppraisal, error) {
	return all[PastAppraisal](ctx, q, `select a.id, a.cycle_id, c.name as cycle_name, c.period_start, c.period_end, c.template, a.stage,
			`+releasedSQL+` as released, `+finalSQL+` as final, r.predikat, coalesce(r.score::text, '') as score, t.served::int as served,
			t.months::int as months
		from appraisal a join cycle c on c.id = a.cycle_id and c.status not in ('draft', 'cancelled')
		left join lateral (select predikat, score from rating where appraisal_id = a.id order by number desc limit 1) r on true
		left join tenure t on t.appraisal_id = a.id
		where a.employee_id = $1 order by c.period_end desc, c.period_start desc, a.id`, person)
}

// Appraises reports whether somebody appraises a person now: as the superior of the roster, or in a cycle that runs unless somebody
// else appraises the person in a later period.
func Appraises(ctx context.Context, q Querier, who, person appraisal.PersonID) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select 1 from employee where person_id = $2 and superior_id = nullif($1, '')::uuid)
		or exists (select 1 from appraisal a join cycle c on c.id = a.cycle_id
			where a.employee_id = $2 and a.appraiser_id = nullif($1, '')::uuid and c.ended_at is null
				and not exists (select from appraisal l join cycle d on d.id = l.cycle_id and d.status not in ('draft', 'cancelled')
					where l.employee_id = $2 and l.appraiser_id is distinct from a.appraiser_id and d.period_end > c.period_end))`, string(who), person)
}

// PlannedTraining is a training that an approved development plan holds.
type PlannedTraining struct {
	Code   appraisal.TrainingCode
	Title  string
	Hours  int
	Starts time.Time
	Ends   time.Time
}

// PlannedTrainings returns what a person's approved plans hold between two days, by the day on which each begins.
func PlannedTrainings(ctx context.Context, q Querier, person appraisal.PersonID, from, to time.Time) ([]PlannedTraining, error) {
	return all[PlannedTraining](ctx, q, `select distinct t.code, t.title, t.hours, t.starts, t.ends
		from recommendation r join development_plan d on d.appraisal_id = r.appraisal_id and d.state = 'approved'
		join appraisal a on a.id = r.appraisal_id join training t on t.code = r.training
		where a.employee_id = $1 and r.approved and t.starts between $2 and $3 order by t.starts, t.code`, person, from, to)
}

// TakenTraining is a training that somebody took.
type TakenTraining struct {
	ID        string
	PersonID  appraisal.PersonID
	Training  *appraisal.TrainingCode
	Title     string
	Hours     int
	Finished  time.Time
	Evidence  string
	State     appraisal.TakenState
	Comment   string
	DecidedBy *string
	DecidedAt *time.Time
}

const takenSQL = `select t.id, t.person_id, t.training, t.title, t.hours, t.finished, t.evidence, t.state, t.comment,
	p.full_name as decided_by, t.decided_at from training_taken t left join person p on p.id = t.decided_by `

// TakenTrainings returns what a person took between two days, the latest first.
func TakenTrainings(ctx context.Context, q Querier, person appraisal.PersonID, from, to time.Time) ([]TakenTraining, error) {
	return all[TakenTraining](ctx, q, takenSQL+`where t.person_id = $1 and t.finished between $2 and $3 order by t.finished desc, t.id`, person, from, to)
}

// LockTakenTraining holds a record and reads it.
func LockTakenTraining(ctx context.Context, q Querier, id string) (TakenTraining, error) {
	return one[TakenTraining](ctx, q, takenSQL+`where t.id = $1 for no key update of t`, id)
}

// AddTakenTraining stores a record by the person's own word and returns its id.
func AddTakenTraining(ctx context.Context, q Querier, t TakenTraining, at time.Time) (string, error) {
	return scalar[string](ctx, q, `insert into training_taken (person_id, training, title, hours, finished, evidence, recorded_at)
		values ($1, $2, $3, $4, $5, $6, $7) returning id`, t.PersonID, t.Training, t.Title, t.Hours, t.Finished, t.Evidence, at)
}

// HasTaken holds a person's records and reports whether one that was not refused is of the same training on the same day.
func HasTaken(ctx context.Context, q Querier, t TakenTraining) (bool, error) {
	if _, err := exec(ctx, q, `select from person where id = $1 for no key update`, t.PersonID); err != nil {
		return false, err
	}
	return scalar[bool](ctx, q, `select exists (select from training_taken
		where person_id = $1 and lower(title) = lower($2) and finished = $3 and state <> 'refused')`, t.PersonID, t.Title, t.Finished)
}

// DecideTakenTraining stores the superior's or HR's word on a record.
func DecideTakenTraining(ctx context.Context, q Querier, id string, state appraisal.TakenState, comment string, by *appraisal.PersonID, at time.Time) error {
	_, err := exec(ctx, q, `update training_taken set state = $2, comment = $3, decided_by = $4, decided_at = $5 where id = $1`, id, state, comment, by, at)
	return err
}
