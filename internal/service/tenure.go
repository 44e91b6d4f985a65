package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// TenureCorrection is HR's word on how many months somebody served.
type TenureCorrection struct {
	Months int    `json:"months"`
	Reason string `json:"reason"`
}

// CorrectTenure sets the months that somebody served, with a reason, as long as no rating rests on them. Nobody corrects
// their own.
func (s *Service) CorrectTenure(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, in TenureCorrection) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "correct_tenure", subject: string(id), call: call, body: in}, func(t *tx) (Receipt, error) {
		if err := appraisal.MayTry(actor, appraisal.ActionCorrectTenure); err != nil {
			return Receipt{}, err
		}
		if err := appraisal.RequireReason("reason", in.Reason); err != nil {
			return Receipt{}, err
		}
		row, err := postgres.LockAppraisal(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		if err := appraisal.Can(actor, appraisal.ActionCorrectTenure, row.Subject()); err != nil {
			return Receipt{}, err
		}
		rated, err := postgres.HasRating(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		if rated || row.Stage.Ended() {
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "period.error.rated", nil)
		}
		return s.correctTenure(ctx, t, actor, row, in)
	})
}

func (s *Service) correctTenure(ctx context.Context, t *tx, actor appraisal.Actor, row postgres.Appraisal, in TenureCorrection) (Receipt, error) {
	c, err := postgres.GetCycle(ctx, t, row.CycleID)
	if err != nil {
		return Receipt{}, err
	}
	policy, err := s.policyOf(ctx, t, row.CycleID)
	if err != nil {
		return Receipt{}, err
	}
	months := policy.Tenure(periodOf(c)).Months
	if in.Months < 1 || in.Months > months {
		return Receipt{}, fieldFault("months", "period.error.months", map[string]any{"most": months})
	}
	before, err := postgres.GetTenure(ctx, t, row.ID)
	if err != nil {
		return Receipt{}, err
	}
	served := months
	if before != nil {
		served = before.Served
	}
	if err := postgres.CorrectTenure(ctx, t, row.ID, in.Months, months, in.Reason, actor.Person(), t.now); err != nil {
		return Receipt{}, err
	}
	detail := map[string]any{"reason": in.Reason, "before": served, "after": in.Months, "months": months}
	return Receipt{Appraisal: row.ID, At: t.now}, s.audit(ctx, t, actor, "correct_tenure", row.ID, detail)
}

// readTenure tells which part of the period was served, where it was not the whole.
func (r *reading) readTenure(ctx context.Context) error {
	t, err := postgres.GetTenure(ctx, r, r.row.ID)
	if err == nil && t != nil {
		r.view.Tenure = &Tenure{
			Served: t.Served, Months: t.Months, From: t.Since, Cause: t.Cause, Reason: t.Reason, CorrectedBy: text(t.CorrectedBy), CorrectedAt: t.CorrectedAt,
		}
	}
	return err
}
