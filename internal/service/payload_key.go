package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// PayloadKey is what an administrator is told of a key: everything but the key.
type PayloadKey struct {
	ID          string            `json:"id"`
	Cycle       appraisal.CycleID `json:"cycle,omitempty"` // empty: of what belongs to no cycle
	Current     bool              `json:"current"`
	CreatedAt   time.Time         `json:"created_at"`
	DestroyedAt *time.Time        `json:"destroyed_at,omitempty"`
}

// PayloadWrapper makes keys and wraps them with the installation's master key.
type PayloadWrapper interface {
	Fresh(cycle appraisal.CycleID, at time.Time) (appraisal.PayloadKey, error)
	Rewrap(key appraisal.PayloadKey) (appraisal.PayloadKey, error)
}

// PayloadKeys lists every key that there ever was.
func (s *Service) PayloadKeys(ctx context.Context, actor appraisal.Actor) ([]PayloadKey, error) {
	if err := appraisal.Can(actor, appraisal.ActionManagePayloadKeys, appraisal.Subject{}); err != nil {
		return nil, err
	}
	rows, err := postgres.AllPayloadKeys(ctx, s.db)
	list := make([]PayloadKey, len(rows))
	for i, k := range rows {
		list[i] = PayloadKey{k.ID, k.Cycle, k.Current, k.CreatedAt, k.DestroyedAt}
	}
	return list, err
}

// RewrapPayloadKeys wraps every key with the first master key and returns how many there are. After it the older masters are
// needed no more. A key that none of the masters opens stops it before anything has changed.
func (s *Service) RewrapPayloadKeys(ctx context.Context, actor appraisal.Actor, with PayloadWrapper) (int, error) {
	if err := appraisal.Can(actor, appraisal.ActionManagePayloadKeys, appraisal.Subject{}); err != nil {
		return 0, err
	}
	n := 0
	err := s.in(ctx, func(t *tx) error {
		keys, err := postgres.LockPayloadKeys(ctx, t)
		if err != nil {
			return err
		}
		for _, key := range keys {
			anew, err := with.Rewrap(key)
			if err != nil {
				return fmt.Errorf("payload key %s: %w", key.ID, err)
			}
			if err := postgres.RewrapPayloadKey(ctx, t, anew); err != nil {
				return err
			}
		}
		n = len(keys)
		return s.auditPayloadKeys(ctx, t, actor, "rewrap_payload_keys", "", map[string]any{"keys": n})
	})
	return n, err
}

// RotatePayloadKey gives a cycle a new key, or with an empty id what belongs to no cycle. What the key before it encrypted can
// still be read. Running processes take the new one within a minute.
func (s *Service) RotatePayloadKey(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID, with PayloadWrapper) (PayloadKey, error) {
	if err := appraisal.Can(actor, appraisal.ActionManagePayloadKeys, appraisal.Subject{}); err != nil {
		return PayloadKey{}, err
	}
	var key appraisal.PayloadKey
	err := s.in(ctx, func(t *tx) error {
		if cycle != "" {
			if _, err := postgres.LockCycle(ctx, t, cycle); err != nil {
				return err
			}
		}
		var err error
		if key, err = with.Fresh(cycle, t.now); err != nil {
			return fmt.Errorf("make a payload key: %w", err)
		}
		if err := postgres.ReplacePayloadKey(ctx, t, key); err != nil {
			return err
		}
		return s.auditPayloadKeys(ctx, t, actor, "rotate_payload_key", cycle, map[string]any{"key": key.ID})
	})
	return PayloadKey{ID: key.ID, Cycle: key.Cycle, Current: true, CreatedAt: key.CreatedAt}, err
}

// DestroyPayloadKeys destroys every key of a cycle that has ended, and returns how many there were. What Temporal keeps of the
// cycle, here and in every backup, can never be read again. A cycle that may still need them is refused with CodeWrongStage.
func (s *Service) DestroyPayloadKeys(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) (int64, error) {
	if err := appraisal.Can(actor, appraisal.ActionManagePayloadKeys, appraisal.Subject{}); err != nil {
		return 0, err
	}
	var n int64
	err := s.in(ctx, func(t *tx) error {
		c, err := postgres.LockCycle(ctx, t, cycle)
		if err != nil {
			return err
		}
		if !slices.Contains([]string{postgres.CycleClosed, postgres.CycleCancelled}, c.Status) {
			return appraisal.Fault(appraisal.CodeWrongStage, "payload.error.needed", map[string]any{"cycle": c.Code})
		}
		if n, err = postgres.DestroyPayloadKeys(ctx, t, cycle, t.now); err != nil || n == 0 {
			return err
		}
		return s.auditPayloadKeys(ctx, t, actor, "destroy_payload_keys", cycle, map[string]any{"keys": n})
	})
	return n, err
}

func (s *Service) auditPayloadKeys(ctx context.Context, t *tx, actor appraisal.Actor, action string, cycle appraisal.CycleID, detail map[string]any) error {
	if cycle != "" {
		return s.auditCycle(ctx, t, actor, action, cycle, detail)
	}
	return postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Actor: actor.Person(), Network: actor.Network, Action: action, Subject: "payload_keys", Detail: detail})
}
