package service

import (
	"context"
	"reflect"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// ChangeRating proposes another rating for one member of an open session, in place of what was proposed before. Going back to
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
		if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{Employee: member.EmployeeID}); err != nil {
			return Receipt{}, err
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
		detail := in.verdict().detail()
		detail["reason"], detail["before"] = in.Reason, proposedBefore(member)
		return receipt, s.audit(ctx, t, actor, "change_rating", in.Appraisal, detail)
	})
}

// proposedBefore is what the trail keeps of the rating that a proposal replaces.
func proposedBefore(m postgres.Member) map[string]any {
	if m.NewPredikat != nil {
		return cellDetail(text(m.NewWorkResult), text(m.NewBehaviour), *m.NewPredikat, m.NewScore)
	}
	return cellDetail(text(m.WorkResult), text(m.Behaviour), text(m.Predikat), m.Score)
}

// storeChange ends the proposal in force and stores the new one; it reports whether anything differs from before.
func (s *Service) storeChange(ctx context.Context, t *tx, actor appraisal.Actor, k postgres.Cohort, m postgres.Member, in CalibrationChange) (bool, error) {
	rating, before, err := s.recalibrated(ctx, t, k, in)
	if err != nil {
		return false, err
	}
	if asAppraised(m, before, rating) {
		return postgres.EndChange(ctx, t, k.ID, in.Appraisal, postgres.ProposalWithdrawn, actor.ID, t.now)
	}
	if err := appraisal.RequireReason("reason", in.Reason); err != nil {
		return false, err
	}
	if asProposed(m, rating) && text(m.Reason) == in.Reason {
		return false, nil
	}
	if _, err := postgres.EndChange(ctx, t, k.ID, in.Appraisal, postgres.ProposalReplaced, actor.ID, t.now); err != nil {
		return false, err
	}
	return true, postgres.SaveChange(ctx, t, postgres.NewChange{
		Cohort: k, Appraisal: in.Appraisal, WorkResult: rating.WorkResult, Behaviour: rating.Behaviour, Predikat: rating.Predikat,
		Scores: rating.Scores, Reason: in.Reason, By: actor.ID, At: t.now,
	})
}

// recalibrated is the rating that a proposal makes of the appraiser's, with what that one was calculated from.
func (s *Service) recalibrated(ctx context.Context, q postgres.Querier, k postgres.Cohort, in CalibrationChange) (postgres.NewRating, *postgres.Scores, error) {
	policy, err := s.policyOf(ctx, q, k.CycleID)
	if err != nil {
		return postgres.NewRating{}, nil, err
	}
	before, err := postgres.BasisOf(ctx, q, in.Appraisal, postgres.RatedByReview)
	if err != nil {
		return postgres.NewRating{}, nil, err
	}
	rating, err := changed(policy, before, in.verdict())
	return rating, before, err
}

// asAppraised reports whether a proposal comes back to the appraiser's rating.
func asAppraised(m postgres.Member, before *postgres.Scores, r postgres.NewRating) bool {
	if before == nil {
		return m.WorkResult != nil && *m.WorkResult == r.WorkResult && *m.Behaviour == r.Behaviour
	}
	return reflect.DeepEqual(before.Basis, r.Basis) && before.InnovationNote == r.InnovationNote
}

// asProposed reports whether a proposal is the one that is in force already.
func asProposed(m postgres.Member, r postgres.NewRating) bool {
	if m.NewBasis != nil {
		return reflect.DeepEqual(m.NewBasis, r.Basis) && m.NewInnovationNote == r.InnovationNote
	}
	return m.NewPredikat != nil && *m.NewWorkResult == r.WorkResult && *m.NewBehaviour == r.Behaviour
}

func memberOf(ctx context.Context, q postgres.Querier, id appraisal.CohortID, who appraisal.AppraisalID) (postgres.Member, error) {
	members, err := postgres.Members(ctx, q, id)
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
