package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// NewMail is a notice for the outbox. Key is unique: the same notice is never queued twice.
type NewMail struct {
	Key       string
	Kind      string
	Recipient appraisal.PersonID
	Appraisal *appraisal.AppraisalID
	Step      *appraisal.StepID
	Args      map[string]any
	At        time.Time
	NotBefore time.Time // when it may go out; At unless set
}

// QueueMail puts a notice into the outbox unless its key is there already or the recipient has left.
func QueueMail(ctx context.Context, q Querier, m NewMail) error {
	args, err := json.Marshal(m.Args)
	if err != nil {
		return err
	}
	if m.NotBefore.IsZero() {
		m.NotBefore = m.At
	}
	_, err = exec(ctx, q, `insert into mail (key, kind, recipient_id, address, appraisal_id, step_id, args, available_at, created_at)
		select $1, $2, p.id, p.email, $4, $5, $6, $8, $7 from person p where p.id = $3 and p.active
		on conflict (key) do nothing`, m.Key, m.Kind, m.Recipient, m.Appraisal, m.Step, args, m.At, m.NotBefore)
	return err
}
