package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Appraisal is the row of one pipeline together with what its cycle says.
type Appraisal struct {
	ID            appraisal.AppraisalID
	CycleID       appraisal.CycleID
	EmployeeID    appraisal.PersonID
	UnitID        appraisal.UnitID
	PositionKind  appraisal.PositionKind
	AppraiserID   *appraisal.PersonID
	ReviewerID    *appraisal.PersonID
	CohortID      *appraisal.CohortID
	Stage         appraisal.Stage
	StageAt       time.Time
	Health        appraisal.Health
	WaitingOn     appraisal.Party
	WaitingSince  *time.Time
	StageDeadline *time.Time
	CohortReadyAt *time.Time
	CohortRound   *int
	Outcome       appraisal.Outcome
	EndedAt       *time.Time
	EndReason     string
	Run           int
	Version       int64
	CycleStatus   string
	PeriodEnd     time.Time
	Template      appraisal.Template
	Asked         []appraisal.PersonID // for an opinion
	Appraised     []appraisal.PersonID // in this cycle by the employee
	Judges        []appraisal.PersonID // who rated as appraiser, or answered the objection
}

const appraisalColumns = `a.id, a.cycle_id, a.employee_id, a.unit_id, a.position_kind, a.appraiser_id, a.reviewer_id, a.cohort_id,
	a.stage, a.stage_at, a.health, a.waiting_on, a.waiting_since, a.stage_deadline, a.cohort_ready_at, a.cohort_round, a.outcome,
	a.ended_at, a.end_reason, a.run, a.version, c.status as cycle_status, c.period_end, c.template,
	array(select n.peer_id from peer_nomination n where n.appraisal_id = a.id and n.approved) as asked,
	array(select b.employee_id from appraisal b where b.cycle_id = a.cycle_id and b.appraiser_id = a.employee_id
		union select b.employee_id from appraisal b where b.cycle_id = a.cycle_id and b.reviewer_id = a.employee_id) as appraised,
	array(select r.rated_by from rating r where r.appraisal_id = a.id and r.source = 'review' and r.rated_by is not null
		union select o.answered_by from objection o where o.appraisal_id = a.id and o.answered_by is not null) as judges`

// LockAppraisal reads an appraisal and holds its row until the transaction ends. Every act on an appraisal takes this lock
// first, and cohorts are locked after it.
func LockAppraisal(ctx context.Context, q Querier, id appraisal.AppraisalID) (Appraisal, error) {
	return one[Appraisal](ctx, q, `select `+appraisalColumns+`
		from appraisal a join cycle c on c.id = a.cycle_id where a.id = $1 for no key update of a`, id)
}

// GetAppraisal reads an appraisal without locking it.
func GetAppraisal(ctx context.Context, q Querier, id appraisal.AppraisalID) (Appraisal, error) {
	return one[Appraisal](ctx, q, `select `+appraisalColumns+`
		from appraisal a join cycle c on c.id = a.cycle_id where a.id = $1`, id)
}

// GetAppraisals reads several appraisals.
func GetAppraisals(ctx context.Context, q Querier, ids []appraisal.AppraisalID) (map[appraisal.AppraisalID]Appraisal, error) {
	list, err := all[Appraisal](ctx, q, `select `+appraisalColumns+`
		from appraisal a join cycle c on c.id = a.cycle_id where a.id = any($1::uuid[])`, texts(ids))
	found := make(map[appraisal.AppraisalID]Appraisal, len(list))
	for _, a := range list {
		found[a.ID] = a
	}
	return found, err
}

// Subject returns whom the appraisal is about, for permissions.
func (a Appraisal) Subject() appraisal.Subject {
	return appraisal.Subject{
		Employee: a.EmployeeID, Appraiser: id(a.AppraiserID), Reviewer: id(a.ReviewerID), Unit: a.UnitID, Stage: a.Stage,
		Asked: a.Asked, Appraised: a.Appraised, Judges: a.Judges,
	}
}

// id reads an optional id; nil is nobody's.
func id[T ~string](known *T) T {
	if known == nil {
		return ""
	}
	return *known
}

// EnterStage moves the row to a stage and writes the stage's line of the ledger.
func EnterStage(ctx context.Context, q Querier, a Appraisal, stage appraisal.Stage, at time.Time) error {
	if _, err := exec(ctx, q, `update stage_entry set left_at = $3 where appraisal_id = $1 and stage = $2 and left_at is null`,
		a.ID, a.Stage, at); err != nil {
		return err
	}
	if _, err := exec(ctx, q, `insert into stage_entry (appraisal_id, stage, entered_at) values ($1, $2, $3)
		on conflict do nothing`, a.ID, stage, at); err != nil {
		return err
	}
	_, err := exec(ctx, q, `update appraisal set stage = $2, stage_at = $3, version = version + 1 where id = $1`, a.ID, stage, at)
	return err
}

// SettleStage records how a stage ended.
func SettleStage(ctx context.Context, q Querier, id appraisal.AppraisalID, stage appraisal.Stage, outcome appraisal.Outcome) error {
	_, err := exec(ctx, q, `update stage_entry set outcome = $3 where appraisal_id = $1 and stage = $2`, id, stage, outcome)
	return err
}

// StageOutcome returns how a stage that the pipeline has passed ended; empty if it never entered it.
func StageOutcome(ctx context.Context, q Querier, id appraisal.AppraisalID, stage appraisal.Stage) (appraisal.Outcome, error) {
	list, err := scalars[appraisal.Outcome](ctx, q, `select outcome from stage_entry where appraisal_id = $1 and stage = $2`, id, stage)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0], nil
}

// EndAppraisal marks the pipeline as ended.
func EndAppraisal(ctx context.Context, q Querier, id appraisal.AppraisalID, outcome appraisal.Outcome, reason string, at time.Time) error {
	_, err := exec(ctx, q, `update appraisal set ended_at = $2, outcome = $3, end_reason = $4, health = 'on_time', waiting_on = 'nobody',
		waiting_since = null, stage_deadline = null where id = $1`, id, at, outcome, reason)
	return err
}

// Standing is what a row says about whom the pipeline waits for.
type Standing struct {
	Health    appraisal.Health
	WaitingOn appraisal.Party
	Since     *time.Time
	Deadline  *time.Time
}

// SetStanding stores the standing; an unchanged one is not written.
func SetStanding(ctx context.Context, q Querier, id appraisal.AppraisalID, s Standing) error {
	_, err := exec(ctx, q, `update appraisal set health = $2, waiting_on = $3, waiting_since = $4, stage_deadline = $5
		where id = $1 and (health, waiting_on, waiting_since, stage_deadline) is distinct from ($2, $3, $4::timestamptz, $5::timestamptz)`,
		id, s.Health, s.WaitingOn, s.Since, s.Deadline)
	return err
}

// StageEntry is one line of the ledger of stages.
type StageEntry struct {
	Stage     appraisal.Stage
	EnteredAt time.Time
	LeftAt    *time.Time
	Outcome   appraisal.Outcome
}

// StageEntries returns the stages that a pipeline has been through, in order.
func StageEntries(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]StageEntry, error) {
	return all[StageEntry](ctx, q, `select stage, entered_at, left_at, outcome from stage_entry
		where appraisal_id = $1 order by entered_at, stage`, id)
}
