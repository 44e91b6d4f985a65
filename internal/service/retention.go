package service

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// RetentionSchedule returns how long records are kept, for whoever asks.
func (s *Service) RetentionSchedule() *appraisal.RetentionSchedule { return s.policies.Retention() }

// RetentionPreview says what the schedule would destroy now, without destroying anything.
func (s *Service) RetentionPreview(ctx context.Context, actor appraisal.Actor) (RetentionPreview, error) {
	if err := appraisal.Can(actor, appraisal.ActionRetain, appraisal.Subject{}); err != nil {
		return RetentionPreview{}, err
	}
	schedule, now := s.policies.Retention(), s.clock()
	view := RetentionPreview{At: now.UTC(), Version: schedule.Version, Source: schedule.Source, Daily: s.retention, Kinds: []RetainedKind{}}
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		if view.HeldPeople, view.HeldCycles, err = postgres.HeldNow(ctx, q); err != nil {
			return err
		}
		unfinished := map[appraisal.RecordKind]appraisal.DestructionID{}
		ids, err := postgres.UnfinishedDestructions(ctx, q)
		if err != nil {
			return err
		}
		for _, id := range ids {
			d, err := postgres.GetDestruction(ctx, q, id)
			if err != nil {
				return err
			}
			unfinished[d.Kind] = id
		}
		for _, kind := range appraisal.RecordKinds {
			k, err := s.retained(ctx, q, kind, now)
			if err != nil {
				return err
			}
			k.Unfinished = unfinished[kind]
			view.Kinds = append(view.Kinds, k)
		}
		return nil
	})
	if err != nil {
		return RetentionPreview{}, fmt.Errorf("preview the retention: %w", err)
	}
	return view, nil
}

// cutoff is the instant before which records of a kind are due, by the office's calendar.
func (s *Service) cutoff(rule appraisal.RetentionRule, now time.Time) time.Time {
	return rule.Keep.Before(now.In(s.zone)).UTC().Truncate(time.Microsecond)
}

func (s *Service) retained(ctx context.Context, q postgres.Querier, kind appraisal.RecordKind, now time.Time) (RetainedKind, error) {
	rule := s.policies.Retention().Of(kind)
	k := RetainedKind{Kind: kind, Keep: rule.Keep, Source: rule.Source, Assumed: rule.Assumed, Cutoff: s.cutoff(rule, now), Due: []RetainedPart{}}
	due, err := postgres.RecordsDue(ctx, q, kind, k.Cutoff)
	if err != nil {
		return k, fmt.Errorf("count %s: %w", kind, err)
	}
	for _, d := range due {
		part := RetainedPart{Table: d.Of, Count: d.Count, Held: d.Held, Files: d.Files, Bytes: d.Bytes}
		if kind.OfAppraisals() {
			part.Cycle, part.Name, part.Table = d.Of, d.Name, ""
		}
		k.Due, k.Count, k.Held = append(k.Due, part), k.Count+d.Count, k.Held+d.Held
	}
	return k, nil
}

// OrderDestruction decides that what is due of a kind by now is destroyed, and works on it for a few seconds. What is left then the
// worker goes on with, also while its daily run is off: the decision is taken. A destruction of the kind that was begun and not
// finished is taken up again. Nothing due is CodeWrongStage.
func (s *Service) OrderDestruction(ctx context.Context, actor appraisal.Actor, call Call, in DestructionOrder) (Destruction, error) {
	id, err := s.orderDestruction(ctx, actor, call, in.Kind, false)
	if err != nil {
		return Destruction{}, err
	}
	brief, stop := context.WithTimeout(ctx, patience)
	defer stop()
	err = s.workOn(brief, id)
	if err != nil && brief.Err() == nil && appraisal.CodeOf(err) != appraisal.CodeConflict {
		s.log.Warn("a destruction is left to the worker", "destruction", id, "error", err)
	}
	return s.Destruction(ctx, actor, id)
}

// patience is how long whoever orders a destruction waits for it.
const patience = 5 * time.Second

// Destroy orders the destruction of what is due of a kind and works until it is done. Another one at work is CodeConflict.
func (s *Service) Destroy(ctx context.Context, actor appraisal.Actor, kind appraisal.RecordKind) (Destruction, error) {
	id, err := s.orderDestruction(ctx, actor, Call{}, kind, false)
	if err != nil {
		return Destruction{}, err
	}
	if err := s.workOn(ctx, id); err != nil {
		return Destruction{}, err
	}
	return s.Destruction(ctx, actor, id)
}

func (s *Service) orderDestruction(ctx context.Context, actor appraisal.Actor, call Call, kind appraisal.RecordKind, scheduled bool) (appraisal.DestructionID, error) {
	if !kind.Valid() {
		return "", fieldFault("kind", "error.unknown_word", map[string]any{"value": string(kind)})
	}
	d := deed{name: "order_destruction", subject: string(kind), call: call}
	return perform(ctx, s, actor, d, func(t *tx) (appraisal.DestructionID, error) {
		if err := appraisal.Can(actor, appraisal.ActionRetain, appraisal.Subject{}); err != nil {
			return "", err
		}
		unfinished, err := postgres.HoldOrders(ctx, t, kind)
		if err != nil || unfinished != nil {
			return text(unfinished), err
		}
		due, err := s.retained(ctx, t, kind, t.now)
		if err != nil {
			return "", err
		}
		if due.Count == 0 {
			return "", appraisal.Fault(appraisal.CodeWrongStage, "retention.error.nothing", nil)
		}
		rule := s.policies.Retention().Of(kind)
		id, err := postgres.OrderDestruction(ctx, t, postgres.NewDestruction{
			Kind: kind, Rule: rule, Version: s.policies.Retention().Version, Cutoff: due.Cutoff, By: actor.Person(), Scheduled: scheduled, At: t.now,
		})
		if err != nil {
			return "", err
		}
		return id, s.auditDestruction(ctx, t, actor, d.name, id, map[string]any{"kind": kind, "keep": rule.Keep, "scheduled": scheduled})
	})
}

func (s *Service) auditDestruction(ctx context.Context, t *tx, actor appraisal.Actor, action string, id appraisal.DestructionID, detail map[string]any) error {
	return postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Actor: actor.Person(), Network: actor.Network, Action: action, Subject: "destruction/" + string(id), Detail: detail})
}

// Destruction reads a certificate.
func (s *Service) Destruction(ctx context.Context, actor appraisal.Actor, id appraisal.DestructionID) (Destruction, error) {
	if err := appraisal.Can(actor, appraisal.ActionRetain, appraisal.Subject{}); err != nil {
		return Destruction{}, err
	}
	row, err := postgres.GetDestruction(ctx, s.db, id)
	if err != nil {
		return Destruction{}, fmt.Errorf("read the certificate %s: %w", id, err)
	}
	return s.destructionView(row), nil
}

// Destructions lists the certificates, the latest first.
func (s *Service) Destructions(ctx context.Context, actor appraisal.Actor, after string, limit int) (Page[Destruction], error) {
	if err := appraisal.Can(actor, appraisal.ActionRetain, appraisal.Subject{}); err != nil {
		return Page[Destruction]{}, err
	}
	var before int64
	if after != "" {
		var err error
		if before, err = strconv.ParseInt(after, 10, 64); err != nil || before < 1 {
			return Page[Destruction]{}, fieldFault("after", "error.cursor", nil)
		}
	}
	limit = pageSize(limit)
	rows, err := postgres.Destructions(ctx, s.db, before, limit+1)
	if err != nil {
		return Page[Destruction]{}, fmt.Errorf("list the certificates: %w", err)
	}
	return pageOf(rows, limit, func(r postgres.Destruction) (Destruction, string) {
		return s.destructionView(r), strconv.FormatInt(r.Number, 10)
	}), nil
}

func (s *Service) destructionView(r postgres.Destruction) Destruction {
	view := Destruction{
		ID: r.ID, Number: r.Number, Kind: r.Kind, Keep: r.Keep, Source: r.Source, RulesVersion: r.RulesVersion, Cutoff: r.Cutoff,
		OrderedBy: text(r.OrderedBy), Scheduled: r.Scheduled, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt, Batches: r.Batches,
		Counts: []DestroyedCount{}, Held: r.Held, Digest: hex.EncodeToString(r.Digest),
	}
	if r.CoversFrom != nil && r.CoversTo != nil {
		view.CoversFrom, view.CoversTo = r.CoversFrom.UTC().Format(time.DateOnly), r.CoversTo.UTC().Format(time.DateOnly)
	}
	for _, table := range slices.Sorted(maps.Keys(r.Counts)) {
		view.Counts = append(view.Counts, DestroyedCount{Table: table, Count: r.Counts[table]})
		view.Records += r.Counts[table]
	}
	return view
}

// readDestroyed says what of the appraisal is no more.
func (r *reading) readDestroyed(ctx context.Context) error {
	rows, err := postgres.DestroyedOf(ctx, r, r.row.ID)
	r.view.Destroyed = make([]DestroyedPart, len(rows))
	for i, row := range rows {
		r.view.Destroyed[i] = DestroyedPart{Kind: row.Kind, Number: row.Number, At: row.At}
	}
	return err
}
