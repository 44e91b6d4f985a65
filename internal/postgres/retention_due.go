package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// heldSQL are the people and the cycles about which something is open: a request for correction, an objection without a decision.
// What concerns them is kept until that is over.
const heldSQL = `with held_person as (
		select person_id from correction where state = 'open'
		union select a.employee_id from objection o join appraisal a on a.id = o.appraisal_id where o.decision = '' and a.ended_at is null),
	held_cycle as (
		select a.cycle_id from objection o join appraisal a on a.id = o.appraisal_id join cycle c on c.id = a.cycle_id
		where o.decision = '' and c.status <> 'cancelled' and a.stage <> 'withdrawn') `

// shelf is a table with records of one kind that are destroyed row by row.
type shelf struct {
	table string
	key   string // what names a row of it
	at    string // when its time began to run
	due   string // beside at < $1
	held  string // what keeps a row that is due
}

const (
	heldRecipient = `t.recipient_id in (select person_id from held_person)`
	heldOwner     = `t.person_id in (select person_id from held_person)`
	heldSides     = `(t.delegator_id in (select person_id from held_person) or t.delegate_id in (select person_id from held_person))`

	// A figure that a cycle may still be judged by is never due.
	unjudged = `not exists (select from cycle c where c.status not in ('closed', 'cancelled')
		and %[1]s >= date_trunc('month', c.period_start::timestamp) and %[1]s <= c.period_end)`
)

// shelves lists the tables of the kinds that are not destroyed appraisal by appraisal.
var shelves = map[appraisal.RecordKind][]shelf{
	appraisal.RecordDrafts: {
		{"draft", "t.step_id || '/' || t.author_id", "t.saved_at",
			`exists (select from step s join appraisal a on a.id = s.appraisal_id where s.id = t.step_id and (s.state <> 'open' or a.ended_at is not null))`, ""},
		{"plan_change_draft", "t.appraisal_id || '/' || t.author_id", "t.saved_at",
			`exists (select from appraisal a where a.id = t.appraisal_id and a.ended_at is not null)`, ""},
	},
	appraisal.RecordSignIn: {
		{"session", "encode(t.token_digest, 'hex')", "t.expires_at", "", ""},
		{"sign_in_link", "encode(t.token_digest, 'hex')", "t.expires_at", "", ""},
		{"sign_in_rate", "encode(t.scope, 'hex')", "t.since", "", ""},
		{"api_token", "t.id::text", "t.expires_at", "", ""},
		{"federated_flow", "encode(t.state_digest, 'hex')", "t.expires_at", "", ""},
		{"passkey_ceremony", "encode(t.ticket_digest, 'hex')", "t.expires_at", "", ""},
	},
	appraisal.RecordDelegations: {
		{"delegation", "t.id::text", "coalesce(t.revoked_at, t.until_day + 1)", "", heldSides},
	},
	appraisal.RecordRepeats: {{"act", "t.actor_id || '/' || t.name || '/' || t.subject || '/' || t.idempotency_key", "t.at", "", ""}},
	appraisal.RecordMail: {
		{"mail", "t.id::text", "t.created_at", `t.state in ('sent', 'unneeded', 'failed')`, heldRecipient},
		{"mail_digest", "t.recipient_id::text", "t.sent_on", "", ""},
	},
	appraisal.RecordImports:     {{"import_run", "t.id::text", "t.at", "", ""}},
	appraisal.RecordCorrections: {{"correction", "t.id::text", "t.decided_at", `t.state <> 'open'`, heldOwner}},
	appraisal.RecordPulse: {
		{"pulse_opinion", "t.id::text", cycleEnd, "", ""},
		{"pulse_result", "t.cycle_id || '/' || t.group_id", cycleEnd, "", ""},
	},
	appraisal.RecordFigures: {
		{"measurement", "t.person_id || '/' || t.month || '/' || t.number", "t.month", fmt.Sprintf(unjudged, "t.month"), heldOwner},
		{"competency_assessment", "t.person_id || '/' || t.competency || '/' || t.source || '/' || t.day", "t.day", fmt.Sprintf(unjudged, "t.day"), heldOwner},
		{"training_taken", "t.id::text", "t.finished", fmt.Sprintf(unjudged, "t.finished"), heldOwner},
	},
}

const cycleEnd = `(select c.ended_at from cycle c where c.id = t.cycle_id)`

// from returns the rows of a shelf that are due, without or with those that are held.
func (s shelf) from(held bool) string {
	sql := ` from ` + s.table + ` t where ` + s.at + ` < $1`
	if s.due != "" {
		sql += ` and ` + s.due
	}
	switch {
	case s.held != "" && held:
		sql += ` and ` + s.held
	case s.held != "":
		sql += ` and not ` + s.held
	case held:
		sql += ` and false`
	}
	return sql
}

// appraisalsDue are appraisals of cycles that ended before $1 whose records of the kind $2 are not destroyed. A rating goes after what
// it was made of.
const appraisalsDue = ` from appraisal a join cycle c on c.id = a.cycle_id
	where c.ended_at < $1 and c.status in ('closed', 'cancelled')
	and not exists (select from destroyed_appraisal d where d.appraisal_id = a.id and d.kind = $2)
	and ($2 <> 'outcome' or exists (select from destroyed_appraisal d where d.appraisal_id = a.id and d.kind = 'content')) `

const appraisalHeld = `(a.employee_id in (select person_id from held_person) or a.cycle_id in (select cycle_id from held_cycle))`

// auditDue are lines of the trail from before $1 that still have a content.
const auditDue = ` from audit_event e join audit_content t on t.event_id = e.id left join appraisal a on a.id = e.appraisal_id where e.at < $1`

const auditHeld = `(coalesce(` + appraisalHeld + `, false) or e.subject in (select 'person/' || person_id from held_person))`

// DueRecords counts what is due in a table, or in a cycle for records of appraisals.
type DueRecords struct {
	Of    string // table, or code of the cycle
	Name  string // of the cycle
	Count int
	Held  int // due too, and kept
	Files int
	Bytes int64
}

// RecordsDue counts what is due of a kind at a cut-off: by cycle for appraisals, by table for all else. What has nothing due is left out.
func RecordsDue(ctx context.Context, q Querier, kind appraisal.RecordKind, cutoff time.Time) ([]DueRecords, error) {
	if kind.OfAppraisals() {
		files := `0 as files, 0::bigint as bytes`
		if kind == appraisal.RecordContent {
			files = `coalesce(sum(f.files) filter (where not ` + appraisalHeld + `), 0)::int as files,
				coalesce(sum(f.bytes) filter (where not ` + appraisalHeld + `), 0)::bigint as bytes`
		}
		return all[DueRecords](ctx, q, heldSQL+`select c.code as of, c.name, (count(*) filter (where not `+appraisalHeld+`))::int as count,
			(count(*) filter (where `+appraisalHeld+`))::int as held, `+files+`
			from (select a.id, a.cycle_id, a.employee_id, c.code, c.name`+appraisalsDue+`) a join cycle c on c.id = a.cycle_id
			left join lateral (select count(*) as files, sum(e.size) as bytes from evidence e where e.appraisal_id = a.id and e.sha256 is not null) f on true
			group by c.id, c.code, c.name, c.ended_at order by c.ended_at, c.code`, cutoff, string(kind))
	}
	if kind == appraisal.RecordAudit {
		due, err := one[DueRecords](ctx, q, heldSQL+`select 'audit_content' as of, '' as name, (count(*) filter (where not `+auditHeld+`))::int as count,
			(count(*) filter (where `+auditHeld+`))::int as held, 0 as files, 0::bigint as bytes`+auditDue, cutoff)
		if err != nil || due.Count+due.Held == 0 {
			return nil, err
		}
		return []DueRecords{due}, nil
	}
	var list []DueRecords
	for _, s := range shelves[kind] {
		due, err := one[DueRecords](ctx, q, heldSQL+`select '`+s.table+`' as of, '' as name, (select count(*)::int`+s.from(false)+`) as count,
			(select count(*)::int`+s.from(true)+`) as held, 0 as files, 0::bigint as bytes`, cutoff)
		if err != nil {
			return nil, err
		}
		if due.Count+due.Held > 0 {
			list = append(list, due)
		}
	}
	return list, nil
}

// HeldNow counts the people and the cycles whose records are kept because something about them is open.
func HeldNow(ctx context.Context, q Querier) (people, cycles int, err error) {
	type held struct{ People, Cycles int }
	h, err := one[held](ctx, q, heldSQL+`select (select count(*)::int from held_person) as people, (select count(*)::int from held_cycle) as cycles`)
	return h.People, h.Cycles, err
}
