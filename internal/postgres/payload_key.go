package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
)

const payloadKeySQL = `select id::text, coalesce(cycle_id::text, '') as cycle, wrapped, current, created_at, destroyed_at from payload_key `

// PayloadKeys is the store of the keys that encrypt what Temporal keeps.
type PayloadKeys struct{ DB *pgxpool.Pool }

// Live returns every key that has not been destroyed.
func (s PayloadKeys) Live(ctx context.Context) ([]appraisal.PayloadKey, error) {
	return all[appraisal.PayloadKey](ctx, s.DB, payloadKeySQL+`where wrapped is not null order by created_at, id`)
}

// Find returns a key, destroyed or not; the error of one that never was has CodeNotFound.
func (s PayloadKeys) Find(ctx context.Context, id string) (appraisal.PayloadKey, error) {
	return one[appraisal.PayloadKey](ctx, s.DB, payloadKeySQL+`where id = $1`, id)
}

// Ensure returns the current key of the fresh one's cycle: the fresh one, unless there was one already.
func (s PayloadKeys) Ensure(ctx context.Context, fresh appraisal.PayloadKey) (appraisal.PayloadKey, error) {
	var current appraisal.PayloadKey
	err := InTx(ctx, s.DB, func(tx pgx.Tx) error {
		if err := insertPayloadKey(ctx, tx, fresh, ` on conflict do nothing`); err != nil {
			return err
		}
		var err error
		current, err = one[appraisal.PayloadKey](ctx, tx, payloadKeySQL+`where current and coalesce(cycle_id::text, '') = $1`, fresh.Cycle)
		return err
	})
	return current, err
}

func insertPayloadKey(ctx context.Context, q Querier, key appraisal.PayloadKey, otherwise string) error {
	_, err := exec(ctx, q, `insert into payload_key (id, cycle_id, wrapped, created_at) values ($1, nullif($2, '')::uuid, $3, $4)`+otherwise,
		key.ID, string(key.Cycle), key.Wrapped, key.CreatedAt)
	return err
}

// AllPayloadKeys returns every key that there ever was, the destroyed ones too.
func AllPayloadKeys(ctx context.Context, q Querier) ([]appraisal.PayloadKey, error) {
	return all[appraisal.PayloadKey](ctx, q, payloadKeySQL+`order by created_at, id`)
}

// LockPayloadKeys returns every key that has not been destroyed and keeps others from changing them.
func LockPayloadKeys(ctx context.Context, q Querier) ([]appraisal.PayloadKey, error) {
	return all[appraisal.PayloadKey](ctx, q, payloadKeySQL+`where wrapped is not null order by id for update`)
}

// ReplacePayloadKey makes a key the current one of its cycle. The one before it still reads what it wrote.
func ReplacePayloadKey(ctx context.Context, q Querier, key appraisal.PayloadKey) error {
	if _, err := exec(ctx, q, `update payload_key set current = false where current and coalesce(cycle_id::text, '') = $1`, string(key.Cycle)); err != nil {
		return err
	}
	return insertPayloadKey(ctx, q, key, "")
}

// RewrapPayloadKey stores a key as it is wrapped anew.
func RewrapPayloadKey(ctx context.Context, q Querier, key appraisal.PayloadKey) error {
	_, err := exec(ctx, q, `update payload_key set wrapped = $2 where id = $1`, key.ID, key.Wrapped)
	return err
}

// DestroyPayloadKeys forgets every key of a cycle for good and returns how many there were.
func DestroyPayloadKeys(ctx context.Context, q Querier, cycle appraisal.CycleID, at time.Time) (int64, error) {
	return exec(ctx, q, `update payload_key set wrapped = null, current = false, destroyed_at = $2 where cycle_id = $1 and wrapped is not null`, cycle, at)
}
