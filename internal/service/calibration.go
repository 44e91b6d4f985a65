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
