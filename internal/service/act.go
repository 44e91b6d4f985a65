package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// directDelivery is how long a fresh wake is left to the process that committed it before the relay takes it.
const directDelivery = 5 * time.Second

// tx is the one transaction of an act: the database transaction, the instant at which it happens, and the wakes that go out
// when it has been committed.
type tx struct {
	pgx.Tx
	now      time.Time
	wakes    []int64
	calendar appraisal.Calendar
}

// wake asks a workflow to look again once this transaction is committed.
func (t *tx) wake(ctx context.Context, workflow string) error {
	id, err := postgres.InsertWake(ctx, t, workflow, t.now.Add(directDelivery))
	if err == nil {
		t.wakes = append(t.wakes, id)
	}
	return err
}

// in runs f in one transaction and sends its wakes after the commit.
func (s *Service) in(ctx context.Context, f func(t *tx) error) error {
	calendar, err := s.officeCalendar(ctx)
	if err != nil {
		return err
	}
	var t *tx
	err = postgres.InTx(ctx, s.db, func(p pgx.Tx) error {
		t = &tx{Tx: p, now: s.clock().UTC().Truncate(time.Microsecond), calendar: calendar}
		return f(t)
	})
	if err == nil && s.waker != nil && len(t.wakes) > 0 {
		s.waker.Wake(t.wakes)
	}
	return err
}

// deed names an act for the trail and for answering repeats.
type deed struct {
	name    string
	subject string
	call    Call
	body    any
	comment string // the person's own words to whoever they concern, for the timeline
}

// perform carries out an act in one transaction and keeps its answer under the idempotency key: a repeat gets the same
// answer, the same key with another body is refused.
func perform[T any](ctx context.Context, s *Service, actor appraisal.Actor, d deed, do func(t *tx) (T, error)) (T, error) {
	var answer T
	err := s.in(ctx, func(t *tx) error {
		record, fresh, err := begin(ctx, t, actor, d, &answer)
		if err != nil || !fresh {
			return err
		}
		if answer, err = do(t); err != nil || record == nil {
			return err
		}
		stored, err := json.Marshal(answer)
		if err != nil {
			return fmt.Errorf("store the answer of %s: %w", d.name, err)
		}
		return postgres.FinishAct(ctx, t, *record, stored)
	})
	if err != nil {
		var zero T
		return zero, fmt.Errorf("%s %s: %w", d.name, d.subject, err)
	}
	return answer, nil
}

// begin claims the act under its key. A repeat fills answer from the store.
func begin[T any](ctx context.Context, t *tx, actor appraisal.Actor, d deed, answer *T) (*postgres.Act, bool, error) {
	if d.call.Key == "" {
		return nil, true, nil
	}
	body, err := json.Marshal(struct {
		Body    any
		Version int64
	}{d.body, d.call.Version})
	if err != nil {
		return nil, false, fmt.Errorf("digest the body: %w", err)
	}
	digest := sha256.Sum256(body)
	record := postgres.Act{Key: indexed(d.call.Key), Actor: actor.ID, Name: d.name, Subject: indexed(d.subject), Digest: digest[:]}
	fresh, earlier, stored, err := postgres.BeginAct(ctx, t, record, t.now)
	switch {
	case err != nil:
		return nil, false, err
	case fresh:
		return &record, true, nil
	case !bytes.Equal(earlier, digest[:]):
		return nil, false, appraisal.Fault(appraisal.CodeKeyReused, "error.key_reused", nil)
	default:
		return nil, false, json.Unmarshal(stored, answer)
	}
}

// longestIndexed is the longest text by which an act is found; an entry of an index has some 2,700 bytes for both of them.
const longestIndexed = 400

// indexed returns text that an index can hold: what is longer goes by its digest.
func indexed(text string) string {
	if len(text) <= longestIndexed {
		return text
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
}

// stepAct is what an act on a step works with: the locked appraisal and the step as it is.
type stepAct struct {
	*tx
	actor appraisal.Actor // with whom they stand in for
	row   postgres.Appraisal
	step  postgres.Step
}

// onStep performs an act on an open step of a kind: permission, compare-and-set, what do writes, audit, wake.
func (s *Service) onStep(ctx context.Context, actor appraisal.Actor, d deed, id appraisal.StepID, kind appraisal.StepKind,
	outcome appraisal.Outcome, do func(a *stepAct) error) (Receipt, error) {
	d.subject = string(id)
	return perform(ctx, s, actor, d, func(t *tx) (Receipt, error) {
		a, err := s.takeStep(ctx, t, actor, id, kind)
		if err != nil {
			return Receipt{}, err
		}
		if err := s.closeStep(ctx, a, d.call.Version, outcome); err != nil {
			return Receipt{}, err
		}
		if err := do(a); err != nil {
			return Receipt{}, err
		}
		if purpose := handedInWith(kind, outcome); purpose != "" {
			if err := postgres.SubmitEvidence(ctx, t, a.row.ID, postgres.AuthorOf(a.actor), purpose, "", "", t.now); err != nil {
				return Receipt{}, err
			}
		}
		if err := postgres.DropDraft(ctx, t, id); err != nil {
			return Receipt{}, err
		}
		if kind != appraisal.StepPeerAnswer {
			detail := map[string]any{"outcome": outcome}
			if d.comment != "" {
				detail["comment"] = d.comment
			}
			if err := s.audit(ctx, t, a.actor, d.name, a.row.ID, detail); err != nil {
				return Receipt{}, err
			}
		}
		if err := s.wakeAfter(ctx, a); err != nil {
			return Receipt{}, err
		}
		return Receipt{Appraisal: a.row.ID, Step: id, Outcome: outcome, At: t.now, Next: next(kind, outcome)}, nil
	})
}

// takeStep locks the step's appraisal and checks that the actor may do the step.
func (s *Service) takeStep(ctx context.Context, t *tx, actor appraisal.Actor, id appraisal.StepID, kind appraisal.StepKind) (*stepAct, error) {
	step, err := postgres.GetStep(ctx, t, id)
	if err != nil {
		return nil, err
	}
	row, err := postgres.LockAppraisal(ctx, t, step.AppraisalID)
	if err != nil {
		return nil, err
	}
	if step, err = postgres.GetStep(ctx, t, id); err != nil { // as it is under the lock
		return nil, err
	}
	subject := stepSubject(row, step)
	if err := appraisal.Can(actor, appraisal.ActionDoStep, subject); err != nil {
		return nil, s.orEnded(ctx, t, actor, subject.Owner, err)
	}
	whom, err := subject.Does(actor)
	if err == nil {
		actor, err = s.standingIn(ctx, t, actor, whom)
	}
	if err != nil {
		return nil, err
	}
	if step.Kind != kind {
		return nil, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	if err := underway(row.CycleStatus); err != nil {
		return nil, err
	}
	return &stepAct{tx: t, actor: actor, row: row, step: step}, nil
}

// stepSubject returns what a step is about, for permissions.
func stepSubject(row postgres.Appraisal, step postgres.Step) appraisal.Subject {
	subject := row.Subject()
	subject.Party, subject.Owner = step.Kind.Party(), text(step.OwnerID)
	return subject
}

// underway refuses acts while the cycle is paused and once it has ended.
func underway(cycleStatus string) error {
	switch cycleStatus {
	case postgres.CyclePaused:
		return appraisal.Fault(appraisal.CodeWrongStage, "error.cycle_paused", nil)
	case postgres.CycleCancelled, postgres.CycleClosed:
		return appraisal.Fault(appraisal.CodeWrongStage, "error.cycle_status."+cycleStatus, nil)
	default:
		return nil
	}
}

// closeStep is the compare-and-set of the act. Where it fails the error says why.
func (s *Service) closeStep(ctx context.Context, a *stepAct, version int64, outcome appraisal.Outcome) error {
	if a.step.State != postgres.StepOpen {
		return closedFault(a.step, s.zone)
	}
	if version != 0 && version != a.step.Version {
		return appraisal.Fault(appraisal.CodeConflict, "error.step_changed", nil)
	}
	ok, err := postgres.CloseStep(ctx, a, a.step.ID, a.step.Version, postgres.StepDone, outcome, a.now)
	if err == nil && !ok {
		err = appraisal.Fault(appraisal.CodeConflict, "error.step_changed", nil)
	}
	return err
}

func closedFault(step postgres.Step, zone *time.Location) error {
	if step.Kind == appraisal.StepAcknowledgeResult && step.State == postgres.StepExpired && step.Deadline != nil {
		return appraisal.Fault(appraisal.CodeWrongStage, "error.objection_late", map[string]any{"deadline": step.Deadline.In(zone)})
	}
	key := map[string]string{
		postgres.StepDone: "error.step_done", postgres.StepExpired: "error.step_expired", postgres.StepCancelled: "error.step_cancelled",
	}[step.State]
	return appraisal.Fault(appraisal.CodeWrongStage, key, map[string]any{"at": step.ClosedAt.In(zone)})
}

// wakeAfter wakes the pipeline if it waits for this act: of several peers only the last one does.
func (s *Service) wakeAfter(ctx context.Context, a *stepAct) error {
	if a.step.Kind == appraisal.StepPeerAnswer {
		left, err := postgres.OpenPeerSteps(ctx, a, a.row.ID)
		if err != nil || left > 0 {
			return err
		}
	}
	return a.wake(ctx, appraisal.PipelineID(a.row.CycleID, a.row.EmployeeID))
}

// next tells who acts after an act, as far as that follows from the act alone.
func next(kind appraisal.StepKind, outcome appraisal.Outcome) appraisal.Party {
	for _, k := range appraisal.Followers(kind, outcome) {
		return k.Party()
	}
	return appraisal.PartyNobody
}

func (s *Service) audit(ctx context.Context, t *tx, actor appraisal.Actor, action string, id appraisal.AppraisalID, detail map[string]any) error {
	return postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Actor: actor.Person(), OnBehalfOf: actor.OnBehalfOf(), Network: actor.Network, Action: action, Appraisal: &id, Detail: detail})
}

func (s *Service) auditCycle(ctx context.Context, t *tx, actor appraisal.Actor, action string, id appraisal.CycleID, detail map[string]any) error {
	return postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Actor: actor.Person(), Network: actor.Network, Action: action, Subject: "cycle/" + string(id), Detail: detail})
}

// officeCalendar returns the office's calendar, read anew about once a minute: by whoever finds it too old, while others go on
// with what is known. No act waits for another one's query.
func (s *Service) officeCalendar(ctx context.Context) (appraisal.Calendar, error) {
	known := s.officeDays.Load()
	if known != nil {
		if age := s.clock().Sub(known.at); age >= 0 && age <= time.Minute || !s.officeDaysRead.CompareAndSwap(false, true) {
			return known.Calendar, nil
		}
		defer s.officeDaysRead.Store(false)
	}
	holidays, err := postgres.Holidays(ctx, s.db)
	if err != nil {
		return appraisal.Calendar{}, fmt.Errorf("read the holidays: %w", err)
	}
	fresh := &datedCalendar{Calendar: appraisal.NewCalendar(s.zone, holidays), at: s.clock()}
	s.officeDays.CompareAndSwap(known, fresh) // an import that came between has made it void
	return fresh.Calendar, nil
}

// datedCalendar is the office's calendar with the time at which it was read.
type datedCalendar struct {
	appraisal.Calendar
	at time.Time
}

// permitted reads an appraisal on which the actor may do the action; to everybody else the error says why not.
func permitted(ctx context.Context, q postgres.Querier, actor appraisal.Actor, action appraisal.Action, id appraisal.AppraisalID) (postgres.Appraisal, error) {
	row, err := postgres.GetAppraisal(ctx, q, id)
	if err != nil {
		return postgres.Appraisal{}, err
	}
	return row, appraisal.Can(actor, action, row.Subject())
}
