package service

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Sizes of a batch: one transaction destroys so much, and a crash loses no more.
const (
	destroyAppraisals = 25
	destroyRecords    = 1000
	removeContents    = 100
)

// destroying is the work on one certificate, on the one connection that holds the lock: where that is lost, so is the batch in hand.
type destroying struct {
	*Service
	conn *pgx.Conn
	id   appraisal.DestructionID
}

// workOn destroys batch after batch until nothing is due under the certificate, and finishes it. Whatever it had done before a crash
// stays done and counted. CodeConflict is that another process is at work.
func (s *Service) workOn(ctx context.Context, id appraisal.DestructionID) error {
	pooled, err := s.db.Acquire(ctx)
	if err != nil {
		return postgres.Mapped(err)
	}
	defer pooled.Release()
	conn := pooled.Conn()
	ok, err := postgres.TakeRetentionLock(ctx, conn)
	if err == nil && !ok {
		err = appraisal.Fault(appraisal.CodeConflict, "retention.error.running", nil)
	}
	if err != nil {
		return fmt.Errorf("destroy under %s: %w", id, err)
	}
	defer func() {
		if err := postgres.GiveRetentionLock(context.WithoutCancel(ctx), conn); err != nil {
			_ = conn.Close(context.WithoutCancel(ctx)) // and the lock with it
		}
	}()
	d := &destroying{s, conn, id}
	for {
		if err := d.forget(ctx); err != nil {
			return fmt.Errorf("remove files destroyed under %s: %w", id, err)
		}
		done, err := d.batch(ctx)
		if err != nil {
			return fmt.Errorf("destroy under %s: %w", id, err)
		}
		if done {
			return nil
		}
	}
}

func (d *destroying) in(ctx context.Context, f func(t *tx) error) error {
	return postgres.Mapped(pgx.BeginFunc(ctx, d.conn, func(p pgx.Tx) error {
		return f(&tx{Tx: p, now: d.clock().UTC().Truncate(time.Microsecond)})
	}))
}

// batch destroys the next records, and finishes the certificate where there are none. Several tries of the same batch destroy once.
func (d *destroying) batch(ctx context.Context) (done bool, err error) {
	err = d.in(ctx, func(t *tx) error {
		row, err := postgres.LockDestruction(ctx, t, d.id)
		if err != nil {
			return err
		}
		if done = row.FinishedAt != nil; done {
			return nil
		}
		limit := destroyRecords
		if row.Kind.OfAppraisals() {
			limit = destroyAppraisals
		}
		gone, err := postgres.Destroy(ctx, t, d.id, row.Kind, row.Cutoff, appraisal.DestructionDigest(row.Digest), limit)
		if err != nil {
			return err
		}
		if gone.Records > 0 {
			contents := make([]string, len(gone.Files))
			for i, f := range gone.Files {
				contents[i] = contentKey(f.AppraisalID, f.SHA256)
			}
			return postgres.RecordBatch(ctx, t, d.id, gone, contents)
		}
		done = true
		return d.finish(ctx, t, row)
	})
	return done, err
}

// finish ends the certificate and says how much is kept that would be due.
func (d *destroying) finish(ctx context.Context, t *tx, row postgres.Destruction) error {
	due, err := postgres.RecordsDue(ctx, t, row.Kind, row.Cutoff)
	if err != nil {
		return err
	}
	held := 0
	for _, part := range due {
		held += part.Held
	}
	if err := postgres.FinishDestruction(ctx, t, d.id, held, t.now); err != nil {
		return err
	}
	return d.auditDestruction(ctx, t, appraisal.Actor{}, "destroy", d.id, map[string]any{"kind": row.Kind, "number": row.Number, "held": held})
}

// forget removes contents from their store once the batch that destroyed their records is committed. A store that does not answer is
// asked again by whoever works on the certificate next.
func (d *destroying) forget(ctx context.Context) error {
	for {
		keys, err := postgres.ContentsToRemove(ctx, d.conn, d.id, removeContents)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			err := d.in(ctx, func(t *tx) error {
				if err := d.contents.Remove(ctx, t, key); err != nil {
					return err
				}
				return postgres.ContentRemoved(ctx, t, key)
			})
			if err != nil {
				return err
			}
		}
	}
}

// retentionLook is how often the worker looks for destructions to go on with, and whether the day's are ordered.
const retentionLook = 10 * time.Minute

// KeepRetention goes on with destructions that were ordered and not finished, and where the setting says so orders once a day what is
// due, until ctx ends. Several workers share the work: one is at it at a time.
func (s *Service) KeepRetention(ctx context.Context) {
	for {
		if err := s.lookAtRetention(ctx); err != nil && ctx.Err() == nil && appraisal.CodeOf(err) != appraisal.CodeConflict {
			s.log.Warn("the retention schedule is not carried out; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(retentionLook):
		}
	}
}

// scheduler is the schedule itself: no person, and written as nobody in the trail.
var scheduler = appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}}

// lookAtRetention does what is to be done now.
func (s *Service) lookAtRetention(ctx context.Context) error {
	ids, err := postgres.UnfinishedDestructions(ctx, s.db)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.workOn(ctx, id); err != nil {
			return err
		}
	}
	if !s.retention {
		return nil
	}
	now := s.clock().In(s.zone)
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.zone)
	for _, kind := range appraisal.RecordKinds {
		already, err := postgres.DestroyedOn(ctx, s.db, kind, day)
		if err != nil {
			return err
		}
		if already {
			continue
		}
		id, err := s.orderDestruction(ctx, scheduler, Call{}, kind, true)
		if appraisal.CodeOf(err) == appraisal.CodeWrongStage { // nothing is due
			continue
		}
		if err == nil {
			err = s.workOn(ctx, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
