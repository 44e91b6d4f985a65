package service

import (
	"context"
	"slices"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// LockCohort ends the session: every member's rating is written back at once, and their pipelines go on. A breach of the
// guideline needs a justification; it never changes anybody's rating by itself. The policy's quorum of the committee has to have
// confirmed the session as it is, whoever locks it among them. A locked session stays: an objection is the way to change a result.
func (s *Service) LockCohort(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.CohortID, in Lock) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "lock_cohort", subject: string(id), call: call, body: in}, func(t *tx) (Receipt, error) {
		if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{}); err != nil {
			return Receipt{}, err
		}
		ready, err := postgres.LockReadyMembers(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		k, err := openCohort(ctx, t, id, call)
		if err != nil {
			return Receipt{}, err
		}
		if err := postgres.Confirm(ctx, t, k, actor.ID, t.now); err != nil { // who locks it stands behind it
			return Receipt{}, err
		}
		if err := s.writeBack(ctx, t, actor, k, in, ready); err != nil {
			return Receipt{}, err
		}
		if err := s.auditCycle(ctx, t, actor, "lock_cohort", k.CycleID, map[string]any{"cohort": id, "round": k.Round, "justification": in.Justification}); err != nil {
			return Receipt{}, err
		}
		return Receipt{ID: string(id), Outcome: appraisal.OutcomeLocked, At: t.now, Next: appraisal.PartyEmployee},
			t.wake(ctx, appraisal.CalibrationID(k.CycleID, id))
	})
}

func (s *Service) writeBack(ctx context.Context, t *tx, actor appraisal.Actor, k postgres.Cohort, in Lock, ready []appraisal.AppraisalID) error {
	members, err := postgres.Members(ctx, t, k.ID)
	if err != nil {
		return err
	}
	if k.Ready != len(ready) { // somebody joined after the members were locked, and nobody but the locked can be written to
		return appraisal.Fault(appraisal.CodeConflict, "error.session_changed", nil)
	}
	policy, err := s.policyOf(ctx, t, k.CycleID)
	if err != nil {
		return err
	}
	session, err := s.quorate(ctx, t, actor, k, policy, members)
	if err != nil {
		return err
	}
	session.Guidelines = policy.Guidelines(k.Rating, countPredikats(members))
	unseen := slices.ContainsFunc(members, func(m postgres.Member) bool { return m.EmployeeID == actor.ID && inSession(m) })
	if unseen || !holdAll(session.Guidelines) { // whoever may not see their own rating learns nothing of it from being asked
		if err := appraisal.RequireReason("justification", in.Justification); err != nil {
			return err
		}
	}
	if err := appraisal.LimitReason("justification", in.Justification); err != nil {
		return err
	}
	for _, m := range members {
		if !inSession(m) {
			continue
		}
		if err := s.writeBackMember(ctx, t, actor, k, policy, m); err != nil {
			return err
		}
	}
	if err := postgres.SetCohortRound(ctx, t, ready, k.Round); err != nil {
		return err
	}
	k.Status, k.LockedAt, k.Justification = postgres.CohortLocked, &t.now, in.Justification
	session.Cohort, session.At, session.By = k, t.now, actor.ID
	if err := postgres.AddLockedSession(ctx, t, session); err != nil {
		return err
	}
	return postgres.SetCohort(ctx, t, k)
}

func holdAll(guidelines []appraisal.GuidelineCheck) bool {
	return !slices.ContainsFunc(guidelines, func(g appraisal.GuidelineCheck) bool { return !g.Holds })
}

// quorate refuses a lock that too few stand behind, or behind one of whose changes nobody impartial does.
func (s *Service) quorate(ctx context.Context, t *tx, actor appraisal.Actor, k postgres.Cohort, policy *appraisal.Policy, members []postgres.Member) (
	postgres.NewLockedSession, error) {
	people, err := postgres.Committee(ctx, t, k)
	if err != nil {
		return postgres.NewLockedSession{}, err
	}
	var confirming []appraisal.PersonID
	session := postgres.NewLockedSession{}
	for _, p := range people {
		if !p.Holds {
			continue
		}
		session.Committee++
		if confirms(p, k) {
			confirming = append(confirming, p.PersonID)
		}
	}
	session.Confirmed = len(confirming)
	needed, ok := policy.Calibration.Quorum(session.Committee)
	session.Needed = needed
	switch {
	case !ok:
		return session, appraisal.Fault(appraisal.CodeWrongStage, "error.session_sole_member", nil)
	case session.Confirmed < needed:
		return session, appraisal.Fault(appraisal.CodeWrongStage, "error.session_quorum", map[string]any{
			"confirmed": session.Confirmed, "needed": needed, "committee": session.Committee,
		})
	}
	return session, impartial(actor, session.Committee > 1, members, confirming)
}

// confirms reports whether somebody stands behind the session as it is now.
func confirms(p postgres.Attendance, k postgres.Cohort) bool {
	return p.Holds && p.Confirmed != nil && *p.Confirmed == k.Version
}

// impartial asks for somebody who is neither the person nor their appraiser behind every change. Behind the rating of whoever locks
// it asks for that whether it is to be changed or not, as long as there are others who may have proposed to: they may not learn which.
func impartial(actor appraisal.Actor, others bool, members []postgres.Member, confirming []appraisal.PersonID) error {
	names := map[appraisal.AppraisalID]string{}
	var changes []appraisal.ProposedChange
	for _, m := range members {
		if inSession(m) && (m.NewPredikat != nil || others && m.EmployeeID == actor.ID) {
			names[m.AppraisalID] = m.Name
			changes = append(changes, appraisal.ProposedChange{Appraisal: m.AppraisalID, Employee: m.EmployeeID, Appraiser: text(m.AppraiserID)})
		}
	}
	left := appraisal.Unconfirmed(changes, confirming)
	if len(left) == 0 {
		return nil
	}
	if slices.ContainsFunc(left, func(c appraisal.ProposedChange) bool { return c.Employee == actor.ID }) {
		return appraisal.Fault(appraisal.CodeWrongStage, "error.session_own", nil)
	}
	var whom []string
	for _, c := range left {
		whom = append(whom, names[c.Appraisal])
	}
	return appraisal.Fault(appraisal.CodeWrongStage, "error.session_partial", map[string]any{"names": strings.Join(whom, "; ")})
}

func (s *Service) writeBackMember(ctx context.Context, t *tx, actor appraisal.Actor, k postgres.Cohort, policy *appraisal.Policy, m postgres.Member) error {
	if m.NewPredikat != nil {
		rating, err := proposed(policy, m)
		if err != nil {
			return err
		}
		rating.Source, rating.Reason, rating.CohortVersion = postgres.RatedByCalibration, *m.Reason, &k.Version
		if err := addRating(ctx, t, m.AppraisalID, actor, rating); err != nil {
			return err
		}
	}
	if err := postgres.CloseCalibrateStep(ctx, t, m.AppraisalID, t.now); err != nil {
		return err
	}
	return t.wake(ctx, appraisal.PipelineID(k.CycleID, m.EmployeeID))
}

// proposed is the rating of a member whom the session changed.
func proposed(policy *appraisal.Policy, m postgres.Member) (postgres.NewRating, error) {
	if m.NewBasis != nil {
		return scoreRating(policy, *m.NewBasis, m.NewInnovationNote)
	}
	return cellRating(policy, *m.NewWorkResult, *m.NewBehaviour)
}

func countPredikats(members []postgres.Member) map[appraisal.Predikat]int {
	counts := map[appraisal.Predikat]int{}
	for _, m := range members {
		switch {
		case m.EndedAt != nil && m.CohortRound == nil:
		case m.NewPredikat != nil:
			counts[*m.NewPredikat]++
		case m.Predikat != nil && m.CohortReadyAt != nil:
			counts[*m.Predikat]++
		}
	}
	return counts
}

// countBefore counts the predikats that the appraisers gave.
func countBefore(members []postgres.Member) map[appraisal.Predikat]int {
	counts := map[appraisal.Predikat]int{}
	for _, m := range members {
		if m.Predikat != nil && m.CohortReadyAt != nil && !left(m) {
			counts[*m.Predikat]++
		}
	}
	return counts
}
