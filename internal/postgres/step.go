package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// Step is the row of one thing that one person has to do. Its row decides whether it is open.
type Step struct {
	ID          appraisal.StepID
	AppraisalID appraisal.AppraisalID
	Kind        appraisal.StepKind
	OwnerID     *appraisal.PersonID
	Round       int
	State       string
	Outcome     appraisal.Outcome
	Overdue     bool
	OpenedAt    time.Time
	Deadline    *time.Time
	ClosedAt    *time.Time
	Version     int64
	Followed    bool
}

// States of a step.
const (
	StepOpen      = "open"
	StepDone      = "done"
	StepExpired   = "expired"
	StepCancelled = "cancelled"
)

const stepColumns = `id, appraisal_id, kind, owner_id, round, state, outcome, overdue, opened_at, deadline, closed_at, version, followed`

// GetStep reads a step.
func GetStep(ctx context.Context, q Querier, id appraisal.StepID) (Step, error) {
	return one[Step](ctx, q, `select `+stepColumns+` from step where id = $1`, id)
}

// Steps returns all steps of an appraisal, oldest first.
func Steps(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]Step, error) {
	return all[Step](ctx, q, `select `+stepColumns+` from step where appraisal_id = $1 order by opened_at, kind, round`, id)
}

// OpenSteps returns the open steps of a kind in an appraisal: one, or of opinion-givers several.
func OpenSteps(ctx context.Context, q Querier, id appraisal.AppraisalID, kind appraisal.StepKind) ([]Step, error) {
	return all[Step](ctx, q, `select `+stepColumns+` from step where appraisal_id = $1 and kind = $2 and state = 'open' order by id`, id, kind)
}

// UnsettledSteps returns the steps that are open or whose followers have not been opened.
func UnsettledSteps(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]Step, error) {
	return all[Step](ctx, q, `select `+stepColumns+` from step
		where appraisal_id = $1 and (state = 'open' or not followed) order by opened_at, id`, id)
}

// OpenStep inserts a step with its clock, in the next round of its kind, and returns its id; a peer who was asked already is
// not asked again and ok is false.
func OpenStep(ctx context.Context, q Querier, s Step, dues []appraisal.Due, spread time.Duration) (id appraisal.StepID, ok bool, err error) {
	rows, err := q.Query(ctx, `insert into step (appraisal_id, kind, owner_id, round, opened_at, deadline)
		values ($1, $2, $3, 1 + (select count(*) from step where appraisal_id = $1 and kind = $2), $4, $5)
		on conflict do nothing returning id`, s.AppraisalID, s.Kind, s.OwnerID, s.OpenedAt, s.Deadline)
	if err != nil {
		return "", false, Mapped(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[appraisal.StepID])
	if err != nil || len(ids) == 0 {
		return "", false, Mapped(err)
	}
	batch := &pgx.Batch{}
	for _, d := range dues {
		batch.Queue(`insert into step_due (step_id, kind, ordinal, at, fires_at) values ($1, $2, $3, $4, $5)`,
			ids[0], d.Kind, d.Ordinal, d.At, d.At.Add(spread))
	}
	return ids[0], true, Mapped(q.SendBatch(ctx, batch).Close())
}

// CloseStep is the compare-and-set that ends a step: it changes nothing and returns false unless the step is open at that
// version.
func CloseStep(ctx context.Context, q Querier, id appraisal.StepID, version int64, state string, outcome appraisal.Outcome, at time.Time) (bool, error) {
	n, err := exec(ctx, q, `update step set state = $3, outcome = $4, closed_at = $5, version = version + 1
		where id = $1 and version = $2 and state = 'open'`, id, version, state, outcome, at)
	return n == 1, err
}

// CancelOpenSteps ends whatever is open on an appraisal that goes no further.
func CancelOpenSteps(ctx context.Context, q Querier, id appraisal.AppraisalID, at time.Time) error {
	_, err := exec(ctx, q, `update step set state = 'cancelled', outcome = 'withdrawn', closed_at = $2, followed = true, version = version + 1
		where appraisal_id = $1 and state = 'open'`, id, at)
	return err
}

// MarkFollowed records that what follows a closed step has been opened.
func MarkFollowed(ctx context.Context, q Querier, id appraisal.StepID) error {
	_, err := exec(ctx, q, `update step set followed = true where id = $1`, id)
	return err
}

// MarkOverdue records that a step's deadline passed while the process waits for it.
func MarkOverdue(ctx context.Context, q Querier, id appraisal.StepID) error {
	_, err := exec(ctx, q, `update step set overdue = true, version = version + 1 where id = $1 and state = 'open'`, id)
	return err
}

// StepDue is one pending instant of a step.
type StepDue struct {
	StepID  appraisal.StepID
	Kind    appraisal.DueKind
	Ordinal int
	At      time.Time
	FiresAt time.Time
}

// PendingDues returns what is still to come for the open steps of an appraisal, soonest first.
func PendingDues(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]StepDue, error) {
	return all[StepDue](ctx, q, `select d.step_id, d.kind, d.ordinal, d.at, d.fires_at
		from step s join step_due d on d.step_id = s.id
		where s.appraisal_id = $1 and s.state = 'open' and d.done_at is null
		order by d.fires_at, d.at, d.step_id, d.kind`, id)
}

// MarkDueDone records that an instant has been dealt with.
func MarkDueDone(ctx context.Context, q Querier, d StepDue, at time.Time) error {
	_, err := exec(ctx, q, `update step_due set done_at = $4 where step_id = $1 and kind = $2 and ordinal = $3`,
		d.StepID, d.Kind, d.Ordinal, at)
	return err
}

// ShiftClocks moves everything still to come in a cycle by the length of a pause. A deadline that had passed before stays. The
// appraisals are locked first and in order, as by every act, and the cohorts after them.
func ShiftClocks(ctx context.Context, q Querier, cycle appraisal.CycleID, by time.Duration) error {
	if _, err := exec(ctx, q, `select 1 from appraisal where cycle_id = $1 and ended_at is null order by id for no key update`, cycle); err != nil {
		return err
	}
	for _, sql := range []string{
		`update step_due d set at = d.at + $2, fires_at = d.fires_at + $2 from step s join appraisal a on a.id = s.appraisal_id
			where d.step_id = s.id and a.cycle_id = $1 and s.state = 'open' and d.done_at is null`,
		`update appraisal a set stage_deadline = stage_deadline + $2 where a.cycle_id = $1 and a.ended_at is null
			and not exists (select from step s where s.appraisal_id = a.id and s.state = 'open' and s.overdue and s.deadline = a.stage_deadline)`,
		`update step s set deadline = s.deadline + $2 from appraisal a
			where a.id = s.appraisal_id and a.cycle_id = $1 and s.state = 'open' and not s.overdue`,
		`with held as (select id from cohort where cycle_id = $1 and status <> 'locked' order by id for no key update)
			update cohort k set deadline = k.deadline + $2 from held where k.id = held.id`,
	} {
		if _, err := exec(ctx, q, sql, cycle, by); err != nil {
			return err
		}
	}
	return nil
}

// Draft is what somebody has typed into a step's form so far.
type Draft struct {
	Body    []byte
	SavedAt time.Time
}

// HoldStep reads a step and keeps others from closing it before the transaction ends.
func HoldStep(ctx context.Context, q Querier, id appraisal.StepID) (Step, error) {
	return one[Step](ctx, q, `select `+stepColumns+` from step where id = $1 for share`, id)
}

// SaveDraft keeps the latest draft of a step's form.
func SaveDraft(ctx context.Context, q Querier, step appraisal.StepID, author appraisal.PersonID, body []byte, at time.Time) error {
	_, err := exec(ctx, q, `insert into draft (step_id, author_id, body, saved_at) values ($1, $2, $3, $4)
		on conflict (step_id, author_id) do update set body = excluded.body, saved_at = excluded.saved_at`, step, author, body, at)
	return err
}

// GetDraft returns the draft, nil if there is none.
func GetDraft(ctx context.Context, q Querier, step appraisal.StepID, author appraisal.PersonID) (*Draft, error) {
	return optional[Draft](ctx, q, `select body, saved_at from draft where step_id = $1 and author_id = $2`, step, author)
}

// DropDraft removes a draft whose form has been handed in.
func DropDraft(ctx context.Context, q Querier, step appraisal.StepID) error {
	_, err := exec(ctx, q, `delete from draft where step_id = $1`, step)
	return err
}
