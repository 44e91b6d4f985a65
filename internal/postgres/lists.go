package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// conditions collects the parts of a where clause with their arguments, so that only what is asked for is in the statement.
type conditions struct {
	parts []string
	args  []any
}

// add takes a condition in which each %s stands for the next argument's place.
func (c *conditions) add(condition string, args ...any) {
	places := make([]any, len(args))
	for i, a := range args {
		c.args = append(c.args, a)
		places[i] = fmt.Sprintf("$%d", len(c.args))
	}
	c.parts = append(c.parts, fmt.Sprintf(condition, places...))
}

// where returns the clause; without conditions it is empty.
func (c *conditions) where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return " where " + strings.Join(c.parts, " and ")
}

// FunnelRow counts appraisals at one stage, of one health, in one unit.
type FunnelRow struct {
	UnitID   appraisal.UnitID
	UnitCode string
	Unit     string
	Stage    appraisal.Stage
	Health   appraisal.Health
	People   int
}

// Funnel counts a cycle's appraisals by unit, stage and health; the index alone answers it.
func Funnel(ctx context.Context, q Querier, cycle appraisal.CycleID, in appraisal.Scope) ([]FunnelRow, error) {
	return all[FunnelRow](ctx, q, `select f.unit_id, u.code as unit_code, u.name as unit, f.stage, f.health, f.people
		from (select unit_id, stage, health, count(*)::int as people from appraisal
			where cycle_id = $1 and ($2::uuid[] is null or unit_id = any($2)) group by stage, health, unit_id) f
		join unit u on u.id = f.unit_id order by u.code, f.stage, f.health`, cycle, units(in))
}

// CycleUnits returns the codes of the units that a cycle names, without counting anybody.
func CycleUnits(ctx context.Context, q Querier, id appraisal.CycleID) ([]string, error) {
	return scalar[[]string](ctx, q, `select units from cycle where id = $1`, id)
}

// ListedFilter narrows the list of a cycle's appraisals; empty fields do not. After is the last appraisal of the page before.
type ListedFilter struct {
	Stage  appraisal.Stage
	Health appraisal.Health
	Unit   appraisal.UnitID
	In     appraisal.Scope
	After  appraisal.AppraisalID
	Limit  int
}

// Listed is one line of that list.
type Listed struct {
	ID            appraisal.AppraisalID
	EmployeeID    appraisal.PersonID
	Employee      string
	UnitID        appraisal.UnitID
	Unit          string
	AppraiserID   *appraisal.PersonID
	ReviewerID    *appraisal.PersonID
	Appraiser     *string
	Stage         appraisal.Stage
	Health        appraisal.Health
	WaitingOn     appraisal.Party
	StageAt       time.Time
	StageDeadline *time.Time
}

// ListAppraisals returns the next appraisals of a cycle in the order of the people's names. A cursor that names no appraisal of
// the cycle in the scope gives an error with CodeNotFound: where it stands in the order would tell something of a name.
func ListAppraisals(ctx context.Context, q Querier, cycle appraisal.CycleID, f ListedFilter) ([]Listed, error) {
	var c conditions
	c.add("a.cycle_id = %s", cycle)
	if f.Stage != "" {
		c.add("a.stage = %s", f.Stage)
	}
	if f.Health != "" {
		c.add("a.health = %s", f.Health)
	}
	if f.Unit != "" {
		c.add("a.unit_id = %s", f.Unit)
	}
	if !f.In.Everywhere {
		c.add("a.unit_id = any(%s::uuid[])", units(f.In))
	}
	if f.After != "" {
		var name, person string
		err := q.QueryRow(ctx, `select p.full_name, p.id::text from appraisal a join person p on p.id = a.employee_id
			where a.id = $1 and a.cycle_id = $2 and ($3::uuid[] is null or a.unit_id = any($3))`, f.After, cycle, units(f.In)).Scan(&name, &person)
		if err != nil {
			return nil, Mapped(err)
		}
		c.add("(p.full_name, p.id) > (%s, %s::uuid)", name, person)
	}
	c.args = append(c.args, f.Limit)
	return all[Listed](ctx, q, `select a.id, a.employee_id, p.full_name as employee, a.unit_id, u.name as unit, a.appraiser_id, a.reviewer_id, ap.full_name as appraiser, a.stage, a.health,
			a.waiting_on, a.stage_at, a.stage_deadline
		from appraisal a join person p on p.id = a.employee_id join unit u on u.id = a.unit_id left join person ap on ap.id = a.appraiser_id`+
		c.where()+fmt.Sprintf(` order by p.full_name, p.id limit $%d`, len(c.args)), c.args...)
}

// Stalled is a pipeline that needs help.
type Stalled struct {
	AppraisalID appraisal.AppraisalID
	CycleID     appraisal.CycleID
	EmployeeID  appraisal.PersonID
	AppraiserID *appraisal.PersonID
	ReviewerID  *appraisal.PersonID
	Cycle       string
	UnitID      appraisal.UnitID
	Unit        string
	Stage       appraisal.Stage
	Cause       appraisal.Health
	WaitingOn   appraisal.Party
	Owner       *string // of the open step; nobody is named for peers
	StandIn     *string // who acts for the owner on the day
	Since       time.Time
}

// Mark is a place in a list that is ordered by an instant.
type Mark struct {
	At time.Time
	ID string
}

// StalledPipelines returns the pipelines of running cycles, in a part of the organisation, that do not move by themselves, the longest first: those whose health
// says so, and those at which nobody has looked although their deadline, or their start, was before neglected.
func StalledPipelines(ctx context.Context, q Querier, in appraisal.Scope, neglected, day time.Time, after *Mark, limit int) ([]Stalled, error) {
	var c conditions
	c.add("true")
	c.args = append(c.args, neglected, limit, day, texts(appraisal.DelegableSteps()))
	if !in.Everywhere {
		c.add("n.unit_id = any(%s::uuid[])", units(in))
	}
	if after != nil {
		c.add("(n.since, n.id) > (%s, %s::uuid)", after.At, after.ID)
	}
	return all[Stalled](ctx, q, `select n.id as appraisal_id, n.cycle_id, n.employee_id, a.appraiser_id, a.reviewer_id, n.cycle, n.unit_id, u.name as unit, n.stage, n.cause, n.waiting_on,
			o.full_name as owner, i.full_name as stand_in, n.since
		from (
			select a.id, a.cycle_id, a.employee_id, c.name as cycle, a.unit_id, a.stage, a.health as cause, a.waiting_on,
				coalesce(case when a.health in ('waiting_on_person', 'cohort_incomplete') then a.stage_deadline end, a.waiting_since, a.stage_at) as since
				from appraisal a join cycle c on c.id = a.cycle_id
				where a.ended_at is null and a.health not in ('on_time', 'paused') and c.status in ('launching', 'running')
			union all
			select a.id, a.cycle_id, a.employee_id, c.name, a.unit_id, a.stage, 'workflow_error', a.waiting_on, a.stage_deadline
				from appraisal a join cycle c on c.id = a.cycle_id
				where a.ended_at is null and a.health = 'on_time' and a.stage_deadline < $1 and c.status = 'running'
			union all
			select a.id, a.cycle_id, a.employee_id, c.name, a.unit_id, a.stage, 'workflow_error', a.waiting_on, c.launched_at
				from cycle c join appraisal a on a.cycle_id = c.id
				where a.stage = 'pending' and a.health = 'on_time' and a.ended_at is null and c.status = 'running' and c.launched_at < $1
		) n join unit u on u.id = n.unit_id join appraisal a on a.id = n.id
		left join lateral (select owner_id, kind from step where appraisal_id = n.id and state = 'open' and kind <> 'peer_answer'
			order by opened_at, id limit 1) w on true
		left join person o on o.id = w.owner_id
		left join delegation d on d.delegator_id = w.owner_id and w.kind = any($4) and `+inForceSQL("$3")+` left join person i on i.id = d.delegate_id`+c.where()+` order by n.since, n.id limit $2`, c.args...)
}

// Subject returns whom a line is about, for permissions.
func (l Listed) Subject() appraisal.Subject {
	return Appraisal{EmployeeID: l.EmployeeID, AppraiserID: l.AppraiserID, ReviewerID: l.ReviewerID, UnitID: l.UnitID, Stage: l.Stage}.Subject()
}

// Subject returns whom a pipeline is about, for permissions.
func (s Stalled) Subject() appraisal.Subject {
	return Appraisal{EmployeeID: s.EmployeeID, AppraiserID: s.AppraiserID, ReviewerID: s.ReviewerID, UnitID: s.UnitID, Stage: s.Stage}.Subject()
}
