package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// AuditEvent is one line of the trail. Detail is its content: what is personal in it can be destroyed, the rest of the line stays.
type AuditEvent struct {
	At         time.Time
	Actor      *appraisal.PersonID
	OnBehalfOf *appraisal.PersonID // whom the actor stood in for
	Network    string
	Action     string
	Appraisal  *appraisal.AppraisalID
	Subject    string
	Detail     map[string]any
}

// Audit writes a line of the trail: into the chain of its appraisal, whose end it holds until the transaction ends, or, where it
// is about none or only about somebody who reads, for the next seal.
func Audit(ctx context.Context, q Querier, e AuditEvent) error {
	if e.Detail == nil {
		e.Detail = map[string]any{}
	}
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return err
	}
	_, err = exec(ctx, q, `select append_audit($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.At, e.Actor, e.OnBehalfOf, e.Network, e.Action, e.Appraisal, e.Subject, detail)
	return err
}

// AuditReading writes a line about somebody who reads, unless the same person has left the same line within so long before.
func AuditReading(ctx context.Context, q Querier, e AuditEvent, within time.Duration) error {
	detail, err := json.Marshal(e.Detail)
	if err != nil || e.Detail == nil {
		detail = []byte("{}")
	}
	_, err = exec(ctx, q, `select append_audit($1, $2, $3, $4, $5, $6, $7, $8) where not exists (select from audit_event
		where actor_id = $2 and at > $9 and action = $5 and appraisal_id is not distinct from $6 and subject = $7)`,
		e.At, e.Actor, e.OnBehalfOf, e.Network, e.Action, e.Appraisal, e.Subject, detail, e.At.Add(-within))
	return err
}

// TrailLine is a line of the trail as the people of an appraisal read it.
type TrailLine struct {
	At     time.Time
	Action string
	Actor  *string
	Behalf *string // whom the actor stood in for
	Detail map[string]any
}

// Trail returns an appraisal's trail, oldest first. What lay on a desk, and who has read what, are left to those who look after
// the trail.
func Trail(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]TrailLine, error) {
	rows, err := q.Query(ctx, `select e.at, e.action, p.full_name as actor, b.full_name as behalf, coalesce(d.content, '{}') as detail
		from audit_event e left join audit_content d on d.event_id = e.id left join person p on p.id = e.actor_id
		left join person b on b.id = e.on_behalf_of
		where e.appraisal_id = $1 and e.seq is not null and e.action not in ('add_file', 'add_link', 'remove_evidence', 'set_rating') order by e.id`, id)
	if err != nil {
		return nil, Mapped(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowToStructByName[TrailLine])
	return lines, Mapped(err)
}

// SealAudit seals up to most of the events that no chain covers, and returns how many it sealed.
func SealAudit(ctx context.Context, q Querier, at time.Time, most int) (int, error) {
	return scalar[int](ctx, q, `select seal_audit($1, $2)`, at, most)
}

// TakeAuditRoot takes a root over all heads as they are now.
func TakeAuditRoot(ctx context.Context, q Querier, at time.Time) (appraisal.AuditRoot, error) {
	return one[appraisal.AuditRoot](ctx, q, `select number, at, heads, digest from root_audit($1)`, at)
}

// LastAuditRoot returns the latest root, nil where there is none yet.
func LastAuditRoot(ctx context.Context, q Querier) (*appraisal.AuditRoot, error) {
	return optional[appraisal.AuditRoot](ctx, q, `select number, at, heads, digest from audit_root order by number desc limit 1`)
}

// AuditRootsAfter returns the roots behind a number, the first first.
func AuditRootsAfter(ctx context.Context, q Querier, number int64) ([]appraisal.AuditRoot, error) {
	return all[appraisal.AuditRoot](ctx, q, `select number, at, heads, digest from audit_root where number > $1 order by number`, number)
}

// AloneWith reports whether the transaction is the only one that does a task now.
func AloneWith(ctx context.Context, q Querier, task int64) (bool, error) {
	return scalar[bool](ctx, q, `select pg_try_advisory_xact_lock($1)`, task)
}
