package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// CohortView is what a calibration workflow is told when it looks.
type CohortView struct {
	Status  string
	Done    bool // nobody is left to calibrate
	Round   int
	Ready   int
	Missing int
	Since   time.Time
	NextDue time.Time // zero: only when woken
}

// LookAtCohort opens a session whose deadline has passed for those who are ready, reminds the committee, and returns what the
// calibration waits for.
func (s *Service) LookAtCohort(ctx context.Context, id appraisal.CohortID) (CohortView, error) {
	var view CohortView
	err := s.in(ctx, func(t *tx) error {
		k, err := postgres.LockCohortRow(ctx, t, id)
		if err != nil {
			return err
		}
		if underway(k.CycleStatus) != nil { // no clock runs and nobody is asked
			view = CohortView{Status: k.Status, Done: k.Expected == 0, Round: k.Round, Ready: k.Ready, Missing: k.Expected - k.Ready, Since: t.now}
			return nil
		}
		if k.Status == postgres.CohortWaiting && k.Deadline != nil && !k.Deadline.After(t.now) {
			if err := meetDeadline(ctx, t, k); err != nil {
				return err
			}
			if k, err = postgres.GetCohort(ctx, t, id); err != nil {
				return err
			}
		}
		view, err = s.cohortView(ctx, t, k)
		return err
	})
	if err != nil {
		return CohortView{}, fmt.Errorf("look at cohort %s: %w", id, err)
	}
	return view, nil
}

func (s *Service) cohortView(ctx context.Context, t *tx, k postgres.Cohort) (CohortView, error) {
	v := CohortView{Status: k.Status, Round: k.Round, Ready: k.Ready, Missing: k.Expected - k.Ready, Since: t.now}
	switch {
	case k.Expected == 0:
		v.Done = true
	case k.Status == postgres.CohortWaiting && k.Deadline != nil:
		v.NextDue = *k.Deadline
	case k.Status == postgres.CohortOpen:
		v.Since = *k.OpenedAt
		next, err := s.remindCommittee(ctx, t, k)
		if err != nil {
			return CohortView{}, err
		}
		v.NextDue = next
	}
	return v, nil
}

// remindCommittee mails the committee when the session's own clock asks for it, and returns the next instant. The mail's
// unique key makes looking again harmless.
func (s *Service) remindCommittee(ctx context.Context, t *tx, k postgres.Cohort) (time.Time, error) {
	rule := k.Template.Rule(appraisal.StepCalibrate)
	for _, due := range rule.Schedule(*k.OpenedAt, *k.Deadline, t.calendar) {
		if due.At.After(t.now) {
			return due.At, nil
		}
		kind, occurrence := mailOverdue, due.Ordinal
		switch due.Kind {
		case appraisal.DueReminder:
			kind = mailReminder
		case appraisal.DueDeadline:
			occurrence = 0
		case appraisal.DueEscalation: // that of each member's own clock
			continue
		}
		if err := notifyCommittee(ctx, t, k, kind, occurrence); err != nil {
			return time.Time{}, err
		}
	}
	return time.Time{}, nil
}

// meetDeadline opens the session for those who are ready. If they have all left, the next who is ready sets the clock anew.
func meetDeadline(ctx context.Context, t *tx, k postgres.Cohort) error {
	if k.Ready > 0 {
		return openSession(ctx, t, k)
	}
	k.Deadline = nil
	return postgres.SetCohort(ctx, t, k)
}

// openSession opens the session of a cohort with a clock of its own and invites the committee. The caller holds the cohort's row.
func openSession(ctx context.Context, t *tx, k postgres.Cohort) error {
	deadline := k.Template.Rule(appraisal.StepCalibrate).Deadline(t.now, t.now, t.calendar)
	k.Status, k.OpenedAt, k.Deadline = postgres.CohortOpen, &t.now, &deadline
	if err := postgres.SetCohort(ctx, t, k); err != nil {
		return err
	}
	return notifyCommittee(ctx, t, k, mailTask, 1)
}

// ChangeRating proposes another cell for one member of an open session. Going back to the appraiser's rating takes the
// proposal back.
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
		if err := s.storeChange(ctx, t, actor, k, member, in); err != nil {
			return Receipt{}, err
		}
		if err := postgres.SetCohort(ctx, t, k); err != nil { // the session's version moves with every change
			return Receipt{}, err
		}
		detail := map[string]any{"work_result": in.WorkResult, "behaviour": in.Behaviour, "reason": in.Reason}
		return Receipt{Appraisal: in.Appraisal, At: t.now, Next: appraisal.PartyCommittee}, s.audit(ctx, t, actor, "change_rating", in.Appraisal, detail)
	})
}

func (s *Service) storeChange(ctx context.Context, t *tx, actor appraisal.Actor, k postgres.Cohort, m postgres.Member, in CalibrationChange) error {
	policy, err := s.policyOf(ctx, t, k.CycleID)
	if err != nil {
		return err
	}
	predikat, _, err := policy.Rate(in.WorkResult, in.Behaviour)
	if err != nil {
		return err
	}
	if m.WorkResult != nil && *m.WorkResult == in.WorkResult && *m.Behaviour == in.Behaviour {
		return postgres.DropChange(ctx, t, k.ID, in.Appraisal)
	}
	if err := appraisal.RequireReason("reason", in.Reason); err != nil {
		return err
	}
	return postgres.SaveChange(ctx, t, k.ID, in.Appraisal, in.WorkResult, in.Behaviour, predikat, in.Reason, actor.ID, t.now)
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

// LockCohort ends the session: every member's rating is written back at once, and their pipelines go on. A breach of the
// guideline needs a justification; it never changes anybody's rating by itself.
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
	if breaches := policy.CheckDistribution(k.Rating, countPredikats(members)); len(breaches) > 0 {
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
	return postgres.SetCohort(ctx, t, k)
}

func (s *Service) writeBackMember(ctx context.Context, t *tx, actor appraisal.Actor, k postgres.Cohort, policy *appraisal.Policy, m postgres.Member) error {
	if m.NewPredikat != nil {
		_, explanation, err := policy.Rate(*m.NewWorkResult, *m.NewBehaviour)
		if err != nil {
			return err
		}
		if err := postgres.AddRating(ctx, t, postgres.NewRating{
			Appraisal: m.AppraisalID, Source: postgres.RatedByCalibration, WorkResult: *m.NewWorkResult, Behaviour: *m.NewBehaviour,
			Predikat: *m.NewPredikat, Reason: *m.Reason, Explanation: explanation, By: &actor.ID, At: t.now, CohortVersion: &k.Version,
		}); err != nil {
			return err
		}
	}
	if err := postgres.CloseCalibrateStep(ctx, t, m.AppraisalID, t.now); err != nil {
		return err
	}
	return t.wake(ctx, appraisal.PipelineID(k.CycleID, m.EmployeeID))
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
