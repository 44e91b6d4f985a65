package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Kinds of notices in the outbox.
const (
	mailSignIn     = "sign_in"
	mailTask       = "task"
	mailReminder   = "reminder"
	mailOverdue    = "overdue"
	mailEscalation = "escalation"
	mailWithdrawn  = "withdrawn"
	mailDecided    = "objection_decided"
	mailFeedback   = "feedback"
	mailDelegated  = "delegated"
	mailRevoked    = "delegation_revoked"
)

// actionReadFeedback is what a notice about feedback asks for; no step stands behind it.
const actionReadFeedback = "read_feedback"

// notify queues a notice about a step. Its key (appraisal, step, kind, recipient, occurrence) makes a repeat harmless.
func (c *conducting) notify(ctx context.Context, kind string, step appraisal.StepID, action appraisal.StepKind, to appraisal.PersonID, occurrence int) error {
	id := c.row.ID
	err := postgres.QueueMail(ctx, c, postgres.NewMail{
		Key:  fmt.Sprintf("%s/%s/%s/%s/%d", id, step, kind, to, occurrence),
		Kind: kind, Recipient: to, Appraisal: &id, Step: &step, Args: map[string]any{"action": action}, At: c.now,
	})
	if err != nil || kind == mailEscalation || !action.Party().Delegable() {
		return err
	}
	leaves, err := postgres.Leaves(ctx, c, to, c.day(c.now))
	for _, d := range leaves {
		if err := c.copyTo(ctx, c.tx, d, postgres.NewMail{
			Key:  fmt.Sprintf("%s/%s/%s/%s/%s/%d", id, step, kind, d.DelegateID, d.ID, occurrence),
			Kind: kind, Appraisal: &id, Step: &step, Args: map[string]any{"action": action},
		}); err != nil {
			return err
		}
	}
	return err
}

// copyTo queues a notice about a delegator's duty for who stands in: on the first day of the delegation, where that is still to come.
// Whether it is needed then is seen when it is composed.
func (s *Service) copyTo(ctx context.Context, t *tx, d postgres.Delegation, m postgres.NewMail) error {
	m.Recipient, m.At, m.NotBefore = d.DelegateID, t.now, t.now
	m.Args["for"] = d.DelegatorID
	if first := morning(d.FromDay, s.zone); first.After(t.now) && d.FromDay.After(s.day(t.now)) {
		m.NotBefore = first
	}
	return postgres.QueueMail(ctx, t, m)
}

// morning is when mail that waited for a day goes out.
func morning(day time.Time, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 7, 0, 0, 0, zone)
}

// tellOfDelegation queues notices that a delegation was made or revoked, to both sides except to who did it.
func (s *Service) tellOfDelegation(ctx context.Context, t *tx, actor appraisal.Actor, d postgres.Delegation, kind string) error {
	if kind == mailDelegated {
		if err := s.handOver(ctx, t, d); err != nil {
			return err
		}
	} else if err := postgres.ReleaseMail(ctx, t, d.DelegatorID, t.now); err != nil {
		return err
	}
	for _, to := range []appraisal.PersonID{d.DelegateID, d.DelegatorID} {
		if to == actor.ID {
			continue
		}
		err := postgres.QueueMail(ctx, t, postgres.NewMail{
			Key: fmt.Sprintf("delegation/%s/%s/%s", d.ID, kind, to), Kind: kind, Recipient: to, At: t.now, Args: map[string]any{"delegation": d.ID},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// handOver tells who stands in of the steps that are open already.
func (s *Service) handOver(ctx context.Context, t *tx, d postgres.Delegation) error {
	steps, err := postgres.OwnedSteps(ctx, t, d.DelegatorID, d.DelegateID)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if !step.Kind.Party().Delegable() {
			continue
		}
		err := s.copyTo(ctx, t, d, postgres.NewMail{
			Key:  fmt.Sprintf("%s/%s/%s/%s/%s/0", step.AppraisalID, step.ID, mailTask, d.DelegateID, d.ID),
			Kind: mailTask, Appraisal: &step.AppraisalID, Step: &step.ID, Args: map[string]any{"action": step.Kind},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// notifyPlain queues a notice about the appraisal as a whole, once.
func (c *conducting) notifyPlain(ctx context.Context, kind string, to appraisal.PersonID) error {
	id := c.row.ID
	return postgres.QueueMail(ctx, c, postgres.NewMail{
		Key: fmt.Sprintf("%s/-/%s/%s/1", id, kind, to), Kind: kind, Recipient: to, Appraisal: &id, At: c.now,
	})
}

// notifyCommittee queues a notice about a session for every member of the committee.
func notifyCommittee(ctx context.Context, t *tx, cohort postgres.Cohort, kind string, occurrence int) error {
	members, err := postgres.Holders(ctx, t, appraisal.RoleCommittee)
	if err != nil {
		return err
	}
	return notifyAbout(ctx, t, cohort, kind, occurrence, members)
}

// notifyAbout queues a notice about a session for several people.
func notifyAbout(ctx context.Context, t *tx, cohort postgres.Cohort, kind string, occurrence int, to []appraisal.PersonID) error {
	for _, m := range to {
		err := postgres.QueueMail(ctx, t, postgres.NewMail{
			Key:  fmt.Sprintf("%s/%d/%s/%s/%d", cohort.ID, cohort.Round, kind, m, occurrence),
			Kind: kind, Recipient: m, At: t.now,
			Args: map[string]any{"action": appraisal.StepCalibrate, "cohort": cohort.ID, "round": cohort.Round},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
