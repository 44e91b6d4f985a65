package service

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// PlanChangeAnswer is the other side's answer to a proposed change; declining needs a comment.
type PlanChangeAnswer struct {
	Agree   bool   `json:"agree"`
	Comment string `json:"comment,omitempty"`
}

// ProposePlanChange proposes another plan in the middle of the period: the employee to the appraiser, or the appraiser to the
// employee. Nothing that the pipeline waits for changes, so it is not woken.
func (s *Service) ProposePlanChange(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, in appraisal.PlanChange) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "propose_plan_change", subject: string(id), call: call, body: in}, func(t *tx) (Receipt, error) {
		row, actor, err := s.takeForChange(ctx, t, actor, id)
		if err != nil {
			return Receipt{}, err
		}
		open, err := postgres.OpenPlanChange(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		if open != nil {
			return Receipt{}, appraisal.Fault(appraisal.CodeConflict, "error.change_open", nil)
		}
		other := otherSide(row, actor.ID)
		if other == nil {
			return Receipt{}, appraisal.Fault(appraisal.CodeConflict, "error.change_nobody", nil)
		}
		base, next, err := s.checkChange(ctx, t, row, in)
		if err != nil {
			return Receipt{}, err
		}
		body, err := json.Marshal(next)
		if err != nil {
			return Receipt{}, fmt.Errorf("encode the plan: %w", err)
		}
		day, _ := time.Parse(time.DateOnly, in.EffectiveOn) // was checked
		change, err := postgres.AddPlanChange(ctx, t, postgres.PlanChange{
			AppraisalID: id, Base: base, ProposedBy: actor.ID, ProposedForID: actor.OnBehalfOf(), ProposedAt: t.now, Reason: in.Reason, EffectiveOn: day, Body: body,
		})
		if err != nil {
			return Receipt{}, err
		}
		if err := postgres.DropPlanChangeDraft(ctx, t, id, actor.ID); err != nil {
			return Receipt{}, err
		}
		if err := s.audit(ctx, t, actor, "propose_plan_change", id, map[string]any{"reason": in.Reason, "change": change}); err != nil {
			return Receipt{}, err
		}
		return Receipt{Appraisal: id, At: t.now, ID: string(change), Next: sideOf(row, *other)}, nil
	})
}

// takeForChange locks an appraisal whose plan the actor may change now, that is while the execution stage is open.
// It returns the actor with whom they stand in for.
func (s *Service) takeForChange(ctx context.Context, t *tx, actor appraisal.Actor, id appraisal.AppraisalID) (postgres.Appraisal, appraisal.Actor, error) {
	row, err := postgres.LockAppraisal(ctx, t, id)
	if err != nil {
		return row, actor, err
	}
	if err := appraisal.Can(actor, appraisal.ActionChangePlan, row.Subject()); err != nil {
		return row, actor, s.orEnded(ctx, t, actor, row.Subject().Appraiser, err)
	}
	if actor, err = s.standingIn(ctx, t, actor, row.Subject().Capacity(actor)); err != nil {
		return row, actor, err
	}
	if err := underway(row.CycleStatus); err != nil {
		return row, actor, err
	}
	executing, err := executing(ctx, t, id)
	if err == nil && !executing {
		err = appraisal.Fault(appraisal.CodeWrongStage, "error.change_stage", nil)
	}
	return row, actor, err
}

// executing reports whether the execution stage of an appraisal is open.
func executing(ctx context.Context, q postgres.Querier, id appraisal.AppraisalID) (bool, error) {
	open, err := postgres.OpenSteps(ctx, q, id, appraisal.StepRecordProgress)
	return len(open) > 0, err
}

// otherSide returns who has to agree with somebody, nil when nobody is known.
func otherSide(row postgres.Appraisal, who appraisal.PersonID) *appraisal.PersonID {
	if who == row.EmployeeID {
		return row.AppraiserID
	}
	return &row.EmployeeID
}

// proposal is what a proposed change is about, for permissions. Whoever appraises the employee by now stands on the side of an
// appraiser before them.
func proposal(row postgres.Appraisal, change postgres.PlanChange) appraisal.Subject {
	subject := row.Subject()
	subject.Author, subject.AuthorFor = change.ProposedBy, text(change.ProposedForID)
	return subject
}

func sideOf(row postgres.Appraisal, who appraisal.PersonID) appraisal.Party {
	if who == row.EmployeeID {
		return appraisal.PartyEmployee
	}
	return appraisal.PartyAppraiser
}

// checkChange checks a change against the plan in force; it returns the number of that version and the plan as it shall be.
func (s *Service) checkChange(ctx context.Context, q postgres.Querier, row postgres.Appraisal, in appraisal.PlanChange) (int, []appraisal.KeyResult, error) {
	before, base, err := planInForce(ctx, q, row.ID)
	if err != nil {
		return 0, nil, err
	}
	policy, err := s.policyOf(ctx, q, row.CycleID)
	if err != nil {
		return 0, nil, err
	}
	first, last, err := changeDays(ctx, q, row)
	if err != nil {
		return 0, nil, err
	}
	next, err := in.Validate(before, policy.Kind, row.PositionKind.Level(), first, last)
	if err != nil {
		return 0, nil, err
	}
	if err := checkSources(ctx, q, row, next); err != nil {
		return 0, nil, err
	}
	return base, next, checkAlignment(ctx, q, row, before, next)
}

// changeDays returns the first and the last day on which a change may take effect: not before the version in force did, and
// within the period.
func changeDays(ctx context.Context, q postgres.Querier, row postgres.Appraisal) (first, last time.Time, err error) {
	heading, err := postgres.GetHeading(ctx, q, row.ID)
	if err != nil {
		return first, last, err
	}
	plan, err := postgres.LatestPlan(ctx, q, row.ID)
	first = heading.PeriodStart
	if err == nil && plan != nil && plan.EffectiveOn != nil {
		first = *plan.EffectiveOn
	}
	return first, row.PeriodEnd, err
}

// AnswerPlanChange agrees to a proposed change, which then is the plan in force from its day, or declines it. Only the other side
// answers, and only while the execution stage is open and the plan is the one that the proposal changes.
func (s *Service) AnswerPlanChange(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.PlanChangeID, in PlanChangeAnswer) (Receipt, error) {
	d := deed{name: "answer_plan_change", subject: string(id), call: call, body: in}
	return perform(ctx, s, actor, d, func(t *tx) (Receipt, error) {
		row, change, actor, err := s.takeChange(ctx, t, actor, id)
		if err != nil {
			return Receipt{}, err
		}
		if err := appraisal.Can(actor, appraisal.ActionAnswerPlanChange, proposal(row, change)); err != nil {
			return Receipt{}, err
		}
		if err := in.validate(); err != nil {
			return Receipt{}, err
		}
		end := postgres.PlanChangeEnd{State: appraisal.PlanChangeDeclined, By: postgres.AuthorOf(actor), At: t.now, Answer: in.Comment}
		if in.Agree {
			end.State = appraisal.PlanChangeAgreed
			if end.Plan, err = s.putInForce(ctx, t, actor, row, change); err != nil {
				return Receipt{}, err
			}
		}
		return s.endChange(ctx, t, actor, change, end)
	})
}

func (in PlanChangeAnswer) validate() error {
	if in.Agree {
		return appraisal.LimitReason("comment", in.Comment)
	}
	return appraisal.RequireReason("comment", in.Comment)
}

// WithdrawPlanChange takes back a proposal that nobody has answered yet.
func (s *Service) WithdrawPlanChange(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.PlanChangeID) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "withdraw_plan_change", subject: string(id), call: call}, func(t *tx) (Receipt, error) {
		row, change, actor, err := s.takeChange(ctx, t, actor, id)
		if err != nil {
			return Receipt{}, err
		}
		if err := appraisal.Can(actor, appraisal.ActionWithdrawChange, proposal(row, change)); err != nil {
			return Receipt{}, err
		}
		end := postgres.PlanChangeEnd{State: appraisal.PlanChangeWithdrawn, By: postgres.AuthorOf(actor), At: t.now}
		return s.endChange(ctx, t, actor, change, end)
	})
}

// takeChange locks the appraisal of a proposal that is open. The lock of the appraisal is what keeps the stage, the plan and its
// proposals from changing under the actor.
func (s *Service) takeChange(ctx context.Context, t *tx, actor appraisal.Actor, id appraisal.PlanChangeID) (
	row postgres.Appraisal, change postgres.PlanChange, as appraisal.Actor, err error) {
	if change, err = postgres.GetPlanChange(ctx, t, id); err != nil {
		return row, change, actor, err
	}
	row, as, err = s.takeForChange(ctx, t, actor, change.AppraisalID)
	if appraisal.CodeOf(err) == appraisal.CodeWrongStage { // why it is too late is told below where the proposal itself tells more
		if now, again := postgres.GetPlanChange(ctx, t, id); again == nil && now.State != appraisal.PlanChangeOpen {
			err = changeEnded(now)
		}
	}
	if err != nil {
		return row, change, as, err
	}
	if change, err = postgres.GetPlanChange(ctx, t, id); err == nil && change.State != appraisal.PlanChangeOpen {
		err = changeEnded(change)
	}
	return row, change, as, err
}

func changeEnded(change postgres.PlanChange) error {
	return appraisal.Fault(appraisal.CodeConflict, "error.change_ended."+string(change.State), nil)
}

// putInForce makes the proposed plan the one in force. A proposal that no longer fits the plan is outdated.
func (s *Service) putInForce(ctx context.Context, t *tx, actor appraisal.Actor, row postgres.Appraisal, change postgres.PlanChange) (*appraisal.PlanID, error) {
	results, err := change.KeyResults()
	if err != nil {
		return nil, fmt.Errorf("decode proposal %s: %w", change.ID, err)
	}
	before, base, err := planInForce(ctx, t, row.ID)
	if err != nil {
		return nil, err
	}
	next, err := appraisal.ContinuePlan(before, results)
	if err == nil {
		err = checkAlignment(ctx, t, row, before, next)
	}
	if base != change.Base || appraisal.CodeOf(err) == appraisal.CodeInvalid {
		return nil, &appraisal.Error{Code: appraisal.CodeConflict, Key: "error.change_outdated", Err: err}
	}
	if err != nil {
		return nil, err
	}
	plan, err := postgres.AddPlan(ctx, t, row.ID, postgres.NewPlan{
		State: postgres.PlanApproved, At: t.now, DecidedBy: postgres.AuthorOf(actor), EffectiveOn: &change.EffectiveOn,
	}, next)
	return &plan, err
}

func (s *Service) endChange(ctx context.Context, t *tx, actor appraisal.Actor, change postgres.PlanChange, end postgres.PlanChangeEnd) (Receipt, error) {
	ended, err := postgres.EndPlanChange(ctx, t, change.ID, end)
	if err == nil && !ended {
		err = appraisal.Fault(appraisal.CodeConflict, "error.step_changed", nil)
	}
	if err != nil {
		return Receipt{}, err
	}
	action := map[appraisal.PlanChangeState]string{
		appraisal.PlanChangeAgreed: "agree_plan_change", appraisal.PlanChangeDeclined: "decline_plan_change",
		appraisal.PlanChangeWithdrawn: "withdraw_plan_change",
	}[end.State]
	err = s.audit(ctx, t, actor, action, change.AppraisalID, map[string]any{"comment": end.Answer, "change": change.ID})
	return Receipt{Appraisal: change.AppraisalID, At: t.now, ID: string(change.ID), Next: appraisal.PartyNobody}, err
}

// lapsePlanChange ends a proposal that nobody has answered before the execution stage ended.
func lapsePlanChange(ctx context.Context, t *tx, id appraisal.AppraisalID) error {
	lapsed, err := postgres.LapsePlanChange(ctx, t, id, t.now)
	if err != nil || !lapsed {
		return err
	}
	return postgres.Audit(ctx, t, postgres.AuditEvent{At: t.now, Action: "lapse_plan_change", Appraisal: &id, Detail: map[string]any{}})
}
