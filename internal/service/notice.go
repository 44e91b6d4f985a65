package service

import (
	"context"
	"fmt"

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
)

// actionReadFeedback is what a notice about feedback asks for; no step stands behind it.
const actionReadFeedback = "read_feedback"

// notify queues a notice about a step. Its key (appraisal, step, kind, recipient, occurrence) makes a repeat harmless.
func (c *conducting) notify(ctx context.Context, kind string, step appraisal.StepID, action appraisal.StepKind, to appraisal.PersonID, occurrence int) error {
	id := c.row.ID
	return postgres.QueueMail(ctx, c, postgres.NewMail{
		Key:  fmt.Sprintf("%s/%s/%s/%s/%d", id, step, kind, to, occurrence),
		Kind: kind, Recipient: to, Appraisal: &id, Step: &step, Args: map[string]any{"action": action}, At: c.now,
	})
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
