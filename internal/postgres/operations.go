package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Mail is one entry of the outbox.
type Mail struct {
	ID        string
	Key       string
	Kind      string
	Address   string
	State     string
	MessageID *string
	Attempts  int
	CreatedAt time.Time
	SentAt    *time.Time
	Error     string
}

// States of a mail.
const (
	MailQueued   = "queued"
	MailSending  = "sending"
	MailSent     = "sent"
	MailUnneeded = "unneeded"
	MailFailed   = "failed"
)

// Mails returns the next entries of the outbox, the newest first; an empty state is any. What opinion-givers were sent is left out:
// it would tell who was asked about whom, and by the reminders who has not answered.
func Mails(ctx context.Context, q Querier, state string, after *Mark, limit int) ([]Mail, error) {
	var c conditions
	c.add(`m.args->>'action' is distinct from %s`, appraisal.StepPeerAnswer) // also where its step has been destroyed
	c.add(`not exists (select 1 from step s where s.id = m.step_id and s.kind = %s)`, appraisal.StepPeerAnswer)
	if state != "" {
		c.add("m.state = %s", state)
	}
	if after != nil {
		c.add("(m.created_at, m.id) < (%s, %s::uuid)", after.At, after.ID)
	}
	c.args = append(c.args, limit)
	return all[Mail](ctx, q, `select m.id, m.key, m.kind, m.address, m.state, m.message_id, m.attempts, m.created_at, m.sent_at, m.error from mail m`+
		c.where()+fmt.Sprintf(` order by m.created_at desc, m.id desc limit $%d`, len(c.args)), c.args...)
}

// LockMail reads the state of a mail and holds its row.
func LockMail(ctx context.Context, q Querier, id string) (state string, err error) {
	return scalar[string](ctx, q, `select state from mail where id = $1 for no key update`, id)
}

// RequeueMail puts a mail back into the queue, to the address that its recipient has now. Its key and Message-ID stay.
func RequeueMail(ctx context.Context, q Querier, id string, at time.Time) error {
	_, err := exec(ctx, q, `update mail m set state = 'queued', attempts = 0, error = '', available_at = $2,
		address = coalesce((select p.email from person p where p.id = m.recipient_id), m.address) where m.id = $1`, id, at)
	return err
}
