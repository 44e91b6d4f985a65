package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Cycle is the row of a cycle.
type Cycle struct {
	ID            appraisal.CycleID
	Code          string
	Name          string
	PeriodStart   time.Time
	PeriodEnd     time.Time
	Policy        string
	PolicyVersion string
	// PolicyDocument is stored with a new cycle; CyclePolicy reads it.
	PolicyDocument *appraisal.Policy `db:"-"`
	Template       appraisal.Template
	FirstStage     appraisal.Stage
	Units          []string
	Status         string
	LaunchedAt     *time.Time
	PausedAt       *time.Time
	EndedAt        *time.Time
	Run            int
	Version        int64
	People         int
	Started        int
	Ended          int
}

// States of a cycle.
const (
	CycleDraft     = "draft"
	CycleLaunching = "launching"
	CycleRunning   = "running"
	CyclePaused    = "paused"
	CycleClosed    = "closed"
	CycleCancelled = "cancelled"
)

// cycleSQL counts the people of the units $1, of every unit where they are null.
const cycleSQL = `select c.id, c.code, c.name, c.period_start, c.period_end, c.policy, c.policy_version, c.template, c.first_stage, c.units,
	c.status, c.launched_at, c.paused_at, c.ended_at, c.run, c.version, n.people, n.started, n.ended
	from cycle c left join lateral (select count(*)::int as people, count(*) filter (where stage <> 'pending')::int as started,
		count(ended_at)::int as ended from appraisal where cycle_id = c.id and ($1::uuid[] is null or unit_id = any($1))) n on true `

// GetCycle reads a cycle with its counts.
func GetCycle(ctx context.Context, q Querier, id appraisal.CycleID) (Cycle, error) {
	return CycleIn(ctx, q, id, appraisal.Scope{Everywhere: true})
}

// CycleIn reads a cycle and counts its people in a part of the organisation.
func CycleIn(ctx context.Context, q Querier, id appraisal.CycleID, in appraisal.Scope) (Cycle, error) {
	return one[Cycle](ctx, q, cycleSQL+`where c.id = $2`, units(in), id)
}

// CyclesIn returns every cycle, the newest first, and counts its people in a part of the organisation.
func CyclesIn(ctx context.Context, q Querier, in appraisal.Scope) ([]Cycle, error) {
	return all[Cycle](ctx, q, cycleSQL+`order by c.created_at desc, c.id`, units(in))
}

// CycleByCode finds a cycle, nil if there is none.
func CycleByCode(ctx context.Context, q Querier, code string) (*Cycle, error) {
	return optional[Cycle](ctx, q, cycleSQL+`where c.code = $2`, units(appraisal.Scope{Everywhere: true}), code)
}

// AddCycle stores a new cycle as a draft.
func AddCycle(ctx context.Context, q Querier, c Cycle, by *appraisal.PersonID, at time.Time) (appraisal.CycleID, error) {
	template, err := json.Marshal(c.Template)
	if err != nil {
		return "", err
	}
	policy, err := json.Marshal(c.PolicyDocument)
	if err != nil {
		return "", err
	}
	return scalar[appraisal.CycleID](ctx, q, `insert into cycle (code, name, period_start, period_end, policy, policy_version, policy_document,
		template, first_stage, units, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id`,
		c.Code, c.Name, c.PeriodStart, c.PeriodEnd, c.Policy, c.PolicyVersion, policy, template, c.FirstStage, c.Units, by, at)
}

// CyclePolicy returns the policy document that a cycle was created with.
func CyclePolicy(ctx context.Context, q Querier, id appraisal.CycleID) ([]byte, error) {
	return scalar[[]byte](ctx, q, `select policy_document from cycle where id = $1`, id)
}

// SetCycleStatus is the compare-and-set on a cycle's status.
func SetCycleStatus(ctx context.Context, q Querier, id appraisal.CycleID, from []string, to string, at time.Time) (bool, error) {
	n, err := exec(ctx, q, `update cycle set status = $3, version = version + 1,
			launched_at = case when $3 = 'launching' then $4 else launched_at end,
			paused_at = case when $3 = 'paused' then $4::timestamptz end,
			ended_at = case when $3 in ('closed', 'cancelled') then $4::timestamptz end
		where id = $1 and status = any($2::text[])`, id, from, to, at)
	return n == 1, err
}

// LockCycle holds the cycle's row and reads it.
func LockCycle(ctx context.Context, q Querier, id appraisal.CycleID) (Cycle, error) {
	if _, err := exec(ctx, q, `select 1 from cycle where id = $1 for no key update`, id); err != nil {
		return Cycle{}, err
	}
	return GetCycle(ctx, q, id)
}

// Startable is a pipeline that a launch or a recovery has to start.
type Startable struct {
	ID         appraisal.AppraisalID
	EmployeeID appraisal.PersonID
	UnitCode   string
	FirstStage *appraisal.Stage // nil: the cycle's
	Run        int
}

// StartablePage returns the next page, after a cursor, of the pipelines that have not ended. Those that run already are among
// them: starting one again is refused by its id.
func StartablePage(ctx context.Context, q Querier, cycle appraisal.CycleID, after appraisal.AppraisalID, limit int) ([]Startable, error) {
	return all[Startable](ctx, q, `select a.id, a.employee_id, u.code as unit_code, a.first_stage, a.run from appraisal a join unit u on u.id = a.unit_id
		where a.cycle_id = $1 and a.ended_at is null and ($2 = '' or a.id > nullif($2, '')::uuid)
		order by a.id limit $3`, cycle, string(after), limit)
}

// OpenInCohort counts the pipelines of a cohort that have not ended.
func OpenInCohort(ctx context.Context, q Querier, cohort appraisal.CohortID) (int, error) {
	return scalar[int](ctx, q, `select count(*)::int from appraisal where cohort_id = $1 and ended_at is null`, cohort)
}

// NextRun counts up the runs of a pipeline.
func NextRun(ctx context.Context, q Querier, id appraisal.AppraisalID) (int, error) {
	return scalar[int](ctx, q, `update appraisal set run = run + 1 where id = $1 and ended_at is null returning run`, id)
}
