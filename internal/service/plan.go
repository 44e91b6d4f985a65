package service

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// SubmitPlan hands in the employee's performance plan for approval. Parts that go on from a version that was returned carry their ids.
func (s *Service) SubmitPlan(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, plan []appraisal.KeyResult) (Receipt, error) {
	d := deed{name: "submit_plan", call: call, body: plan}
	return s.onStep(ctx, actor, d, step, appraisal.StepDraftPlan, appraisal.OutcomeSubmitted, func(a *stepAct) error {
		policy, err := s.policyOf(ctx, a, a.row.CycleID)
		if err != nil {
			return err
		}
		if err := appraisal.ValidatePlan(plan, policy.Kind, a.row.PositionKind.Level()); err != nil {
			return err
		}
		before, _, err := planInForce(ctx, a, a.row.ID)
		if err != nil {
			return err
		}
		next, err := appraisal.ContinuePlan(before, plan)
		if err != nil {
			return err
		}
		if err := checkAlignment(ctx, a, a.row, nil, next); err != nil {
			return err
		}
		if err := checkSources(ctx, a, a.row, next); err != nil {
			return err
		}
		_, err = postgres.AddPlan(ctx, a, a.row.ID, postgres.NewPlan{State: postgres.PlanSubmitted, At: a.now}, next)
		return err
	})
}

// DecidePlan approves the plan or returns it with a comment.
func (s *Service) DecidePlan(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in PlanDecision) (Receipt, error) {
	state, outcome, err := decision(in.Approve, in.Comment)
	if err != nil {
		return Receipt{}, err
	}
	d := deed{name: "decide_plan", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepApprovePlan, outcome, func(a *stepAct) error {
		return postgres.DecidePlan(ctx, a, a.row.ID, state, in.Comment, postgres.AuthorOf(a.actor), a.now)
	})
}

// decision turns a yes or no into a plan's state and a step's outcome; a return needs a comment.
func decision(approve bool, comment string) (string, appraisal.Outcome, error) {
	if approve {
		return postgres.PlanApproved, appraisal.OutcomeApproved, appraisal.LimitReason("comment", comment)
	}
	return postgres.PlanReturned, appraisal.OutcomeReturned, appraisal.RequireReason("comment", comment)
}

// AddProgress records an entry of the execution stage. It changes nothing that the pipeline waits for.
func (s *Service) AddProgress(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, in appraisal.Progress) (Receipt, error) {
	if err := in.Validate(); err != nil {
		return Receipt{}, err
	}
	return perform(ctx, s, actor, deed{name: "add_progress", subject: string(id), call: call, body: in}, func(t *tx) (Receipt, error) {
		row, err := postgres.LockAppraisal(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		subject := row.Subject()
		subject.Owner, subject.Party = row.EmployeeID, appraisal.PartyEmployee
		if err := appraisal.Can(actor, appraisal.ActionDoStep, subject); err != nil {
			return Receipt{}, err
		}
		if err := underway(row.CycleStatus); err != nil {
			return Receipt{}, err
		}
		open, err := postgres.OpenSteps(ctx, t, id, appraisal.StepRecordProgress)
		if err != nil {
			return Receipt{}, err
		}
		if len(open) == 0 { // not begun, or handed in already
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "error.not_executing", nil)
		}
		if err := ownIndicators(ctx, t, id, "indicator", []string{in.Indicator}); err != nil {
			return Receipt{}, err
		}
		entry, err := postgres.AddProgress(ctx, t, id, actor.ID, in, t.now)
		if err != nil {
			return Receipt{}, err
		}
		if err := postgres.SubmitEvidence(ctx, t, id, postgres.AuthorOf(actor), appraisal.EvidenceProgress, entry, "", t.now); err != nil {
			return Receipt{}, err
		}
		return Receipt{Appraisal: id, ID: entry, At: t.now}, s.audit(ctx, t, actor, "add_progress", id, nil)
	})
}

func ownIndicators(ctx context.Context, t *tx, id appraisal.AppraisalID, field string, indicators []string) error {
	own, err := postgres.IndicatorOf(ctx, t, id, indicators)
	if err == nil && !own {
		err = fieldFault(field, "error.indicator_unknown", nil)
	}
	return err
}

// CompleteExecution ends the execution stage before its window does.
func (s *Service) CompleteExecution(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID) (Receipt, error) {
	d := deed{name: "complete_execution", call: call}
	return s.onStep(ctx, actor, d, step, appraisal.StepRecordProgress, appraisal.OutcomeCompleted, func(a *stepAct) error {
		return lapsePlanChange(ctx, a.tx, a.row.ID)
	})
}

// SubmitSelfReview hands in the employee's own account of the period.
func (s *Service) SubmitSelfReview(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in appraisal.SelfReview) (Receipt, error) {
	if err := in.Validate(); err != nil {
		return Receipt{}, err
	}
	d := deed{name: "submit_self_review", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepSelfReview, appraisal.OutcomeSubmitted, func(a *stepAct) error {
		indicators := make([]string, len(in.Realisations))
		for i, r := range in.Realisations {
			indicators[i] = r.Indicator
		}
		if err := ownIndicators(ctx, a.tx, a.row.ID, "realisations", indicators); err != nil {
			return err
		}
		own, err := s.ownFigures(ctx, a, in.Realisations)
		if err != nil {
			return err
		}
		in.Realisations = own
		return postgres.SaveSelfReview(ctx, a, a.row.ID, in, a.now)
	})
}

// SaveDraft keeps what somebody has typed into the form of their open step. A step that is closed meanwhile keeps none: what was
// handed in takes the draft along, and an opinion must not be left behind beside its author's name.
func (s *Service) SaveDraft(ctx context.Context, actor appraisal.Actor, id appraisal.StepID, body json.RawMessage) (time.Time, error) {
	body, err := storable(body)
	if err != nil {
		return time.Time{}, fmt.Errorf("save the draft of step %s: %w", id, err)
	}
	var at time.Time
	err = s.in(ctx, func(t *tx) error {
		step, err := postgres.HoldStep(ctx, t, id)
		if err != nil {
			return err
		}
		if err := s.draftable(ctx, t, actor, step); err != nil {
			return err
		}
		if step.State != postgres.StepOpen {
			return closedFault(step, s.zone)
		}
		at = t.now
		return postgres.SaveDraft(ctx, t, id, actor.ID, body, t.now)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("save the draft of step %s: %w", id, err)
	}
	return at, nil
}

// draftable reports whether somebody may keep a draft of a step: its owner, or who stands in for them. Drafts are their author's own.
func (s *Service) draftable(ctx context.Context, t *tx, actor appraisal.Actor, step postgres.Step) error {
	if step.OwnerID != nil && *step.OwnerID == actor.ID {
		return nil
	}
	row, err := postgres.GetAppraisal(ctx, t, step.AppraisalID)
	if err != nil {
		return err
	}
	if _, err := stepSubject(row, step).Does(actor); err == nil {
		return nil
	}
	return s.orEnded(ctx, t, actor, text(step.OwnerID), appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
}

// storable writes a JSON value anew, so that half of a surrogate pair, which the database refuses, becomes U+FFFD.
func storable(body json.RawMessage) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, &appraisal.Error{Code: appraisal.CodeInvalid, Key: "error.text_form", Err: err}
	}
	return json.Marshal(value)
}
