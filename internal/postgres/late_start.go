package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Membership is somebody's place in a cycle.
type Membership struct {
	ID       appraisal.AppraisalID
	Stage    appraisal.Stage
	CohortID *appraisal.CohortID
}

// MembershipOf returns somebody's place in a cycle, nil if they have none.
func MembershipOf(ctx context.Context, q Querier, cycle appraisal.CycleID, person appraisal.PersonID) (*Membership, error) {
	return optional[Membership](ctx, q, `select id, stage, cohort_id from appraisal where cycle_id = $1 and employee_id = $2`, cycle, person)
}

// CohortKeys returns the cohorts of one level in a cycle.
func CohortKeys(ctx context.Context, q Querier, cycle appraisal.CycleID, level appraisal.PositionLevel) ([]appraisal.UnitID, error) {
	return scalars[appraisal.UnitID](ctx, q, `select unit_id from cohort where cycle_id = $1 and position_level = $2`, cycle, level)
}

// WantStart records that a pipeline was added to a running cycle and has to be started, at its own first stage.
func WantStart(ctx context.Context, q Querier, cycle appraisal.CycleID, id appraisal.AppraisalID, first appraisal.Stage, at time.Time) error {
	if _, err := exec(ctx, q, `update appraisal set first_stage = $2 where id = $1`, id, first); err != nil {
		return err
	}
	_, err := exec(ctx, q, `insert into late_start (appraisal_id, cycle_id, at) values ($1, $2, $3) on conflict do nothing`, id, cycle, at)
	return err
}

// LateStart is a pipeline to be started with the cohort that it joined.
type LateStart struct {
	Startable
	CohortID *appraisal.CohortID
}

// LateStarts returns the pipelines that wait to be started, the longest waiting first.
func LateStarts(ctx context.Context, q Querier, cycle appraisal.CycleID, limit int) ([]LateStart, error) {
	return all[LateStart](ctx, q, `select a.id, a.employee_id, u.code as unit_code, a.first_stage, a.run, a.cohort_id
		from late_start l join appraisal a on a.id = l.appraisal_id join unit u on u.id = a.unit_id
		where l.cycle_id = $1 order by l.at, a.id limit $2`, cycle, limit)
}

// DropLateStarts forgets pipelines that have been started.
func DropLateStarts(ctx context.Context, q Querier, ids []appraisal.AppraisalID) error {
	_, err := exec(ctx, q, `delete from late_start where appraisal_id = any($1::uuid[])`, texts(ids))
	return err
}

// Unenrolled is an active employee of a cycle's units who is not in it.
type Unenrolled struct {
	NIP  string
	Name string
	Unit string
}

// UnenrolledPeople returns those of a part of the organisation who could be added to a cycle, by name.
func UnenrolledPeople(ctx context.Context, q Querier, cycle appraisal.CycleID, codes []string, in appraisal.Scope, limit int) ([]Unenrolled, error) {
	return all[Unenrolled](ctx, q, `with recursive chosen as (
			select id, name from unit where code = any($2::text[]) or cardinality($2::text[]) = 0
			union select u.id, u.name from unit u join chosen c on u.parent_id = c.id
		)
		select e.nip, p.full_name as name, c.name as unit from employee e join person p on p.id = e.person_id and p.active
		join chosen c on c.id = e.unit_id
		where not exists (select 1 from appraisal a where a.cycle_id = $1 and a.employee_id = e.person_id)
			and ($3::uuid[] is null or e.unit_id = any($3))
		order by p.full_name, e.person_id limit $4`, cycle, codes, units(in), limit)
}
