package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// ChangeRating proposes another cell for one member of an open session, in place of what was proposed before. Going back to
// the appraiser's rating takes the proposal back. What was proposed stays in the history.
func (s *Service) ChangeRating(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CohortID, in CalibrationChange) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "change_rating", subject: string(id) + "/" + string(in.Appraisal), call: call, body: in}, func(t *tx) (Receipt, error) {
		if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{}); err != nil {
			return Receipt{}, err
		}
		k, err := openCohort(ctx, t, id, call)
		if err != nil {
			return Receipt{}, err
		}
		member, err := memberOf(ctx, t, id, in.Appraisal)
		if err != nil {
			return Receipt{}, err
		}
		if member.EmployeeID == actor.ID {
			return Receipt{}, appraisal.Fault(appraisal.CodeForbidden, "error.calibrate_self", nil)
		}
		if err := postgres.Attend(ctx, t, k, actor.ID, t.now); err != nil {
			return Receipt{}, err
		}
		changed, err := s.storeChange(ctx, t, actor, k, member, in)
		if err != nil {
			return Receipt{}, err
		}
		receipt := Receipt{Appraisal: in.Appraisal, At: t.now, Next: appraisal.PartyCommittee}
		if !changed {
			return receipt, nil
		}
		if err := postgres.SetCohort(ctx, t, k); err != nil { // the session's version moves with every change
			return Receipt{}, err
		}
		detail := map[string]any{"work_result": in.WorkResult, "behaviour": in.Behaviour, "reason": in.Reason}
		return receipt, s.audit(ctx, t, actor, "change_rating", in.Appraisal, detail)
	})
}

// storeChange ends the proposal in force and stores the new one; it reports whether anything differs from before.
func (s *Service) storeChange(ctx context.Context, t *tx, actor appraisal.Actor, k postgres.Cohort, m postgres.Member, in CalibrationChange) (bool, error) {
	policy, err := s.policyOf(ctx, t, k.CycleID)
	if err != nil {
		return false, err
	}
	predikat, _, err := policy.Rate(in.WorkResult, in.Behaviour)
	if err != nil {
		return false, err
	}
	if m.WorkResult != nil && *m.WorkResult == in.WorkResult && *m.Behaviour == in.Behaviour {
		return postgres.EndChange(ctx, t, k.ID, in.Appraisal, postgres.ProposalWithdrawn, actor.ID, t.now)
	}
	if err := appraisal.RequireReason("reason", in.Reason); err != nil {
		return false, err
	}
	if m.NewPredikat != nil && *m.NewWorkResult == in.WorkResult && *m.NewBehaviour == in.Behaviour && text(m.Reason) == in.Reason {
		return false, nil
	}
	if _, err := postgres.EndChange(ctx, t, k.ID, in.Appraisal, postgres.ProposalReplaced, actor.ID, t.now); err != nil {
		return false, err
	}
	return true, postgres.SaveChange(ctx, t, k, in.Appraisal, in.WorkResult, in.Behaviour, predikat, in.Reason, actor.ID, t.now)
}

func memberOf(ctx context.Context, t *tx, id appraisal.CohortID, who appraisal.AppraisalID) (postgres.Member, error) {
	members, err := postgres.Members(ctx, t, id)
	if err != nil {
		return postgres.Member{}, err
	}
	for _, m := range members {
		if m.AppraisalID == who && inSession(m) {
			return m, nil
		}
	}
	return postgres.Member{}, appraisal.Fault(appraisal.CodeNotFound, "error.not_in_session", nil)
}

// inSession reports whether the open session decides about the member.
func inSession(m postgres.Member) bool {
	return m.EndedAt == nil && m.CohortReadyAt != nil && m.CohortRound == nil
}

// openCohort locks a cohort whose session is open, at the version that the person saw.
func openCohort(ctx context.Context, t *tx, id appraisal.CohortID, call Call) (postgres.Cohort, error) {
	k, err := postgres.LockCohortRow(ctx, t, id)
	if err == nil {
		err = underway(k.CycleStatus)
	}
	switch {
	case err != nil:
		return k, err
	case k.Status == postgres.CohortWaiting:
		return k, appraisal.Fault(appraisal.CodeWrongStage, "error.session_not_open", map[string]any{"missing": k.Expected - k.Ready})
	case k.Status == postgres.CohortLocked:
		return k, appraisal.Fault(appraisal.CodeWrongStage, "error.session_locked", nil)
	case call.Version != 0 && call.Version != k.Version:
		return k, appraisal.Fault(appraisal.CodeConflict, "error.session_changed", nil)
	}
	return k, nil
}
