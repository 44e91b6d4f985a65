package service

import (
	"context"
	"errors"
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
		more, err := d.batch(ctx)
		if err != nil {
			return fmt.Errorf("destroy under %s: %w", id, err)
		}
		if !more {
			break
		}
	}
	if err := d.swept(ctx); err != nil {
		return fmt.Errorf("remove files destroyed under %s: %w", id, err)
	}
	if err := d.finish(ctx); err != nil {
		return fmt.Errorf("finish the certificate %s: %w", id, err)
	}
	return nil
}

func (d *destroying) in(ctx context.Context, f func(t *tx) error) error {
	return postgres.Mapped(pgx.BeginFunc(ctx, d.conn, func(p pgx.Tx) error {
		return f(&tx{Tx: p, now: d.clock().UTC().Truncate(time.Microsecond)})
	}))
}

// batch destroys the next records and reports whether there were any. Several tries of the same batch destroy once.
func (d *destroying) batch(ctx context.Context) (more bool, err error) {
	err = d.in(ctx, func(t *tx) error {
		row, err := postgres.LockDestruction(ctx, t, d.id)
		if err != nil || row.FinishedAt != nil {
			return err
		}
		limit := destroyRecords
		if row.Kind.OfAppraisals() {
			limit = destroyAppraisals
		}
		gone, err := postgres.Destroy(ctx, t, row, limit, t.now)
		if more = gone.Records > 0; err != nil || !more {
			return err
		}
		return postgres.RecordBatch(ctx, t, d.id, gone)
	})
	return more, err
}

// finish ends the certificate and says how much is kept that would be due.
func (d *destroying) finish(ctx context.Context) error {
	return d.in(ctx, func(t *tx) error {
		row, err := postgres.LockDestruction(ctx, t, d.id)
		if err != nil || row.FinishedAt != nil {
			return err
		}
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
	})
}

// swept has the store outside of the database forget the files that were destroyed. What it has not forgotten it is asked for again,
// and the certificate is not finished before.
func (d *destroying) swept(ctx context.Context) error {
	if d.store == nil {
		return nil
	}
	_, failed := d.SweepEvidence(ctx)
	left, err := postgres.LooseAfter(ctx, d.conn, d.id)
	if err == nil && left > 0 {
		err = storeDown(errors.Join(failed, fmt.Errorf("%d files that were destroyed are still in their store", left)))
	}
	return err
}

// retentionLook is how often the worker looks for destructions to go on with, and whether the day's are ordered.
const retentionLook = 10 * time.Minute

// KeepRetention goes on with destructions that were ordered and not finished, and where the setting says so orders once a day what is
// due, until ctx ends. Several workers share the work: one is at it at a time.
func (s *Service) KeepRetention(ctx context.Context) {
	for {
		if err := s.lookAtRetention(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("the retention schedule is not carried out; trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(retentionLook):
		}
	}
}

// lookAtRetention does what is to be done now. What fails of it keeps nothing else from being done.
func (s *Service) lookAtRetention(ctx context.Context) error {
	ids, err := postgres.UnfinishedDestructions(ctx, s.db)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range ids {
		failed = append(failed, s.workAlone(ctx, id))
	}
	if s.retention {
		for _, kind := range appraisal.RecordKinds {
			failed = append(failed, s.destroyDaily(ctx, kind))
		}
	}
	return errors.Join(failed...)
}

// workAlone leaves the work to another process that is at it.
func (s *Service) workAlone(ctx context.Context, id appraisal.DestructionID) error {
	err := s.workOn(ctx, id)
	if appraisal.CodeOf(err) == appraisal.CodeConflict {
		return nil
	}
	return err
}

// destroyDaily destroys what is due of a kind if the schedule has not ordered that today.
func (s *Service) destroyDaily(ctx context.Context, kind appraisal.RecordKind) error {
	now := s.clock().In(s.zone)
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.zone)
	already, err := postgres.DestroyedOn(ctx, s.db, kind, day)
	if err != nil || already {
		return err
	}
	id, err := s.orderDestruction(ctx, appraisal.Itself(), Call{}, kind, true)
	if appraisal.CodeOf(err) == appraisal.CodeWrongStage { // nothing is due
		return nil
	}
	if err != nil {
		return err
	}
	return s.workAlone(ctx, id)
}
