package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Act identifies what somebody did, for answering repeats.
type Act struct {
	Key     string
	Actor   appraisal.PersonID
	Name    string
	Subject string
	Digest  []byte // of the body
}

// BeginAct claims the act. A repeat waits for the first to finish; then fresh is false and the stored answer and digest are
// returned.
func BeginAct(ctx context.Context, q Querier, a Act, at time.Time) (fresh bool, digest, answer []byte, err error) {
	n, err := exec(ctx, q, `insert into act (idempotency_key, actor_id, name, subject, body_digest, at)
		values ($1, $2, $3, $4, $5, $6) on conflict do nothing`, a.Key, a.Actor, a.Name, a.Subject, a.Digest, at)
	if err != nil || n == 1 {
		return n == 1, nil, nil, err
	}
	err = q.QueryRow(ctx, `select body_digest, answer from act
		where actor_id = $1 and name = $2 and subject = $3 and idempotency_key = $4`, a.Actor, a.Name, a.Subject, a.Key).Scan(&digest, &answer)
	return false, digest, answer, Mapped(err)
}

// FinishAct stores the answer for repeats.
func FinishAct(ctx context.Context, q Querier, a Act, answer []byte) error {
	_, err := exec(ctx, q, `update act set answer = $5
		where actor_id = $1 and name = $2 and subject = $3 and idempotency_key = $4`, a.Actor, a.Name, a.Subject, a.Key, answer)
	return err
}

// InsertWake queues a wake for a workflow and returns its id. It becomes available to the relay after a while in which the
// process that commits it may deliver it itself.
func InsertWake(ctx context.Context, q Querier, workflow string, availableAt time.Time) (int64, error) {
	return scalar[int64](ctx, q, `insert into wake (workflow_id, available_at) values ($1, $2) returning id`, workflow, availableAt)
}

// Wake is a pending wake.
type Wake struct {
	ID         int64
	WorkflowID string
}

// ClaimWakes takes up to limit wakes that are due and holds them until the claim runs out.
func ClaimWakes(ctx context.Context, q Querier, now, until time.Time, limit int) ([]Wake, error) {
	return all[Wake](ctx, q, `update wake set available_at = $2, attempts = attempts + 1
		where id in (select id from wake where available_at <= $1 order by available_at limit $3 for update skip locked)
		returning id, workflow_id`, now, until, limit)
}

// GetWakes reads wakes by id.
func GetWakes(ctx context.Context, q Querier, ids []int64) ([]Wake, error) {
	return all[Wake](ctx, q, `select id, workflow_id from wake where id = any($1)`, ids)
}

// DeleteWakes removes wakes that were acknowledged.
func DeleteWakes(ctx context.Context, q Querier, ids []int64) error {
	_, err := exec(ctx, q, `delete from wake where id = any($1)`, ids)
	return err
}

// WakeCycle queues a wake for every pipeline of a cycle that has not ended, and for the cycle's calibrations.
func WakeCycle(ctx context.Context, q Querier, cycle appraisal.CycleID, at time.Time) error {
	_, err := exec(ctx, q, `insert into wake (workflow_id, available_at)
		select 'appraisal/' || cycle_id || '/' || employee_id, $2::timestamptz from appraisal where cycle_id = $1 and ended_at is null
		union all select 'calibration/' || cycle_id || '/' || id, $2::timestamptz from cohort where cycle_id = $1`, cycle, at)
	return err
}
