package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

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

const cycleSQL = `select c.id, c.code, c.name, c.period_start, c.period_end, c.policy, c.policy_version, c.template, c.first_stage, c.units,
	c.status, c.launched_at, c.paused_at, c.ended_at, c.run, c.version, n.people, n.started, n.ended
	from cycle c left join lateral (select count(*)::int as people, count(*) filter (where stage <> 'pending')::int as started,
		count(ended_at)::int as ended from appraisal where cycle_id = c.id) n on true `

// GetCycle reads a cycle with its counts.
func GetCycle(ctx context.Context, q Querier, id appraisal.CycleID) (Cycle, error) {
	return one[Cycle](ctx, q, cycleSQL+`where c.id = $1`, id)
}

// Cycles returns every cycle, the newest first.
func Cycles(ctx context.Context, q Querier) ([]Cycle, error) {
	return all[Cycle](ctx, q, cycleSQL+`order by c.created_at desc, c.id`)
}

// CycleByCode finds a cycle, nil if there is none.
func CycleByCode(ctx context.Context, q Querier, code string) (*Cycle, error) {
	return optional[Cycle](ctx, q, cycleSQL+`where c.code = $1`, code)
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

// Enrolled is somebody whom a cycle could take in.
type Enrolled struct {
	PersonID     appraisal.PersonID
	Name         string
	Email        string
	Active       bool
	UnitID       appraisal.UnitID
	PositionKind appraisal.PositionKind
	AppraiserID  *appraisal.PersonID
	ReviewerID   *appraisal.PersonID
}

// Population returns the employees of the named units and all below them (of every unit when none is named), with their
// appraiser (the superior, and for the top the external official of the root) and reviewing official (the appraiser's
// superior, and at the top the same official).
func Population(ctx context.Context, q Querier, units []string) ([]Enrolled, error) {
	return all[Enrolled](ctx, q, `with recursive chosen as (
			select id from unit where code = any($1::text[]) or cardinality($1::text[]) = 0
			union select u.id from unit u join chosen c on u.parent_id = c.id
		), root as (
			select id, id as root_id from unit where parent_id is null
			union all select u.id, r.root_id from unit u join root r on u.parent_id = r.id
		), head as (
			select r.id as unit_id, (select o.person_id from official o join person p on p.id = o.person_id
				where o.unit_id = r.root_id and p.active order by o.code limit 1) as official_id from root r
		)
		select e.person_id, p.full_name as name, p.email, p.active, e.unit_id, e.position_kind,
			coalesce(e.superior_id, h.official_id) as appraiser_id,
			case when e.superior_id is null then h.official_id else coalesce(s.superior_id, h.official_id) end as reviewer_id
		from employee e join person p on p.id = e.person_id join chosen c on c.id = e.unit_id
		left join head h on h.unit_id = e.unit_id left join employee s on s.person_id = e.superior_id
		order by e.person_id`, units)
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
		}
		if err := q.SendBatch(ctx, batch).Close(); err != nil {
			return Mapped(err)
		}
	}
	return nil
}

// Startable is a pipeline that a launch or a recovery has to start.
type Startable struct {
	ID         appraisal.AppraisalID
	EmployeeID appraisal.PersonID
	UnitCode   string
	Run        int
}

// StartablePage returns the next page, after a cursor, of the pipelines that have not ended. Those that run already are among
// them: starting one again is refused by its id.
func StartablePage(ctx context.Context, q Querier, cycle appraisal.CycleID, after appraisal.AppraisalID, limit int) ([]Startable, error) {
	return all[Startable](ctx, q, `select a.id, a.employee_id, u.code as unit_code, a.run from appraisal a join unit u on u.id = a.unit_id
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
