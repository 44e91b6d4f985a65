package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
)

// AuditReport is what verifying the trail came to.
type AuditReport struct {
	Events    int64 `json:"events"`
	Chains    int64 `json:"chains"`
	Chained   int64 `json:"chained"`
	Sealed    int64 `json:"sealed"`
	Waiting   int64 `json:"waiting"` // for the next seal
	Seals     int64 `json:"seals"`
	Roots     int64 `json:"roots"`
	Contents  int64 `json:"contents"`
	Destroyed int64 `json:"destroyed"` // under a certificate
	Findings  int64 `json:"findings"`
}

// auditVerifier goes through the trail once. It trusts nothing in the database but its rows: every digest is calculated here.
type auditVerifier struct {
	tx     pgx.Tx
	report AuditReport
	tell   func(appraisal.AuditFinding)
}

// VerifyAudit goes through the whole trail on one unchanging picture of the database and tells of each thing that is wrong. kept
// are roots that were kept elsewhere.
func VerifyAudit(ctx context.Context, pool *pgxpool.Pool, kept []appraisal.AuditRoot, tell func(appraisal.AuditFinding)) (AuditReport, error) {
	v := &auditVerifier{tell: tell}
	err := pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		v.tx = tx
		for _, part := range []func(context.Context) error{v.chains, v.batches, v.contents, v.certificates, v.roots, v.guards} {
			if err := part(ctx); err != nil {
				return err
			}
		}
		return v.keptElsewhere(ctx, kept)
	})
	return v.report, Mapped(err)
}

func (v *auditVerifier) find(f appraisal.AuditFinding, format string, args ...any) {
	f.Says = fmt.Sprintf(format, args...)
	v.report.Findings++
	v.tell(f)
}

// auditLineColumns are read by scanLine.
const auditLineColumns = `e.id, coalesce(e.seq, 0), e.at, coalesce(e.actor_id::text, ''), coalesce(e.on_behalf_of::text, ''), e.network, e.action,
	coalesce(e.appraisal_id::text, ''), e.subject, e.content_digest, e.digest`

type storedLine struct {
	appraisal.AuditLine
	digest []byte
}

func scanLine(rows pgx.Rows, l *storedLine) error {
	return rows.Scan(&l.ID, &l.Seq, &l.At, &l.Actor, &l.OnBehalfOf, &l.Network, &l.Action, &l.Appraisal, &l.Subject, &l.ContentDigest, &l.digest)
}

// is reports whether the line is what its digest says.
func (l storedLine) is(previous appraisal.AuditDigest) bool {
	want := l.Digest(previous)
	return bytes.Equal(l.digest, want[:])
}

type auditEnd struct {
	seq    int64
	digest []byte
}

func (v *auditVerifier) heads(ctx context.Context) (map[string]auditEnd, error) {
	heads := map[string]auditEnd{}
	rows, err := v.tx.Query(ctx, `select appraisal_id::text, seq, digest from audit_head`)
	if err != nil {
		return nil, err
	}
	var id string
	var end auditEnd
	_, err = pgx.ForEachRow(rows, []any{&id, &end.seq, &end.digest}, func() error {
		heads[id] = end
		return nil
	})
	return heads, err
}

// sealChain is the id under which the seals have their head.
const sealChain = "00000000-0000-0000-0000-000000000000"

// chains follows the chain of every appraisal from its first event to its head.
func (v *auditVerifier) chains(ctx context.Context) error {
	heads, err := v.heads(ctx)
	if err != nil {
		return err
	}
	delete(heads, sealChain)
	rows, err := v.tx.Query(ctx, `select `+auditLineColumns+` from audit_event e where e.seq is not null order by e.appraisal_id, e.seq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var last storedLine
	ended := func() {
		if last.ID == 0 {
			return
		}
		v.report.Chains++
		v.checkHead(last, heads)
		delete(heads, last.Appraisal)
	}
	for rows.Next() {
		var l storedLine
		if err := scanLine(rows, &l); err != nil {
			return err
		}
		v.report.Events++
		v.report.Chained++
		if last.ID == 0 || l.Appraisal != last.Appraisal {
			ended()
			last = storedLine{AuditLine: appraisal.AuditLine{Appraisal: l.Appraisal}}
		}
		v.follow(last, l)
		last = l
	}
	if err := rows.Err(); err != nil {
		return err
	}
	ended()
	for id, end := range heads { // a head whose chain is gone altogether
		if end.seq > 0 {
			v.find(appraisal.AuditFinding{Fault: appraisal.AuditCutOff, Appraisal: id, Place: 1}, "all %d events of appraisal %s are gone", end.seq, id)
		}
	}
	return nil
}

// follow checks one event against the one before it, whose ID is 0 at the beginning of a chain.
func (v *auditVerifier) follow(last, l storedLine) {
	f := appraisal.AuditFinding{Event: l.ID, Appraisal: l.Appraisal, Place: l.Seq}
	if l.Seq != last.Seq+1 {
		for place := last.Seq + 1; place < l.Seq && place < last.Seq+100; place++ {
			v.find(appraisal.AuditFinding{Fault: appraisal.AuditMissing, Appraisal: l.Appraisal, Place: place}, "event %d of appraisal %s is gone", place, l.Appraisal)
		}
		return // what it follows on is not there to compare
	}
	var previous appraisal.AuditDigest
	copy(previous[:], last.digest)
	switch {
	case l.ID < last.ID:
		f.Fault = appraisal.AuditReordered
		v.find(f, "event %d stands in place %d of appraisal %s after the younger event %d", l.ID, l.Seq, l.Appraisal, last.ID)
	case !l.is(previous):
		f.Fault = appraisal.AuditChanged
		v.find(f, "event %d in place %d of appraisal %s is not what was written, or the one before it was written anew", l.ID, l.Seq, l.Appraisal)
	case !l.Chained():
		f.Fault = appraisal.AuditInserted
		v.find(f, "event %d, %s, does not belong into a chain", l.ID, l.Action)
	}
}

// checkHead compares the last event of a chain with what was kept as its end.
func (v *auditVerifier) checkHead(last storedLine, heads map[string]auditEnd) {
	f := appraisal.AuditFinding{Event: last.ID, Appraisal: last.Appraisal, Place: last.Seq}
	end, known := heads[last.Appraisal]
	switch {
	case !known:
		f.Fault = appraisal.AuditHead
		v.find(f, "the head of appraisal %s is gone", last.Appraisal)
	case end.seq > last.Seq:
		f.Fault = appraisal.AuditCutOff
		v.find(f, "appraisal %s had %d events, the last of them are gone after place %d", last.Appraisal, end.seq, last.Seq)
	case end.seq < last.Seq:
		f.Fault = appraisal.AuditHead
		v.find(f, "the head of appraisal %s stands at place %d, before event %d in place %d", last.Appraisal, end.seq, last.ID, last.Seq)
	case !bytes.Equal(end.digest, last.digest):
		f.Fault = appraisal.AuditHead
		v.find(f, "the head of appraisal %s has another digest than its last event %d", last.Appraisal, last.ID)
	}
}

// contents compares every content with the digest of its event.
func (v *auditVerifier) contents(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, `select coalesce(e.id, 0), e.content_digest, coalesce(c.event_id, 0), c.salt, c.content::text, d.event_id is not null
		from audit_event e full join audit_content c on c.event_id = e.id left join audit_destroyed d on d.event_id = e.id
		where e.content_digest is not null or c.event_id is not null`)
	if err != nil {
		return err
	}
	var event, of int64
	var digest, salt []byte
	var content *string
	var destroyed bool
	_, err = pgx.ForEachRow(rows, []any{&event, &digest, &of, &salt, &content, &destroyed}, func() error {
		f := appraisal.AuditFinding{Event: event}
		switch {
		case of == 0 && destroyed:
			v.report.Destroyed++
		case of == 0:
			f.Fault = appraisal.AuditNoContent
			v.find(f, "the content of event %d is gone, and no certificate covers that", event)
		case event == 0 || digest == nil:
			f.Event, f.Fault = of, appraisal.AuditForeign
			v.find(f, "there is a content for event %d, which had none", of)
		default:
			v.report.Contents++
			if want := appraisal.AuditContentDigest(salt, *content); !bytes.Equal(digest, want[:]) || destroyed {
				f.Fault = appraisal.AuditContent
				v.find(f, "the content of event %d is not what was written", event)
			}
		}
		return nil
	})
	return err
}

// certificates checks that the trail tells of each destruction, with exactly these events.
func (v *auditVerifier) certificates(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, `select d.by_event, d.certificate_id::text, string_agg(d.event_id::text, ',' order by d.event_id), count(*),
			coalesce(e.action, ''), coalesce(e.subject, '')
		from audit_destroyed d left join audit_event e on e.id = d.by_event group by d.by_event, d.certificate_id, e.id order by d.by_event`)
	if err != nil {
		return err
	}
	var by, events int64
	var certificate, listed, action, subject string
	_, err = pgx.ForEachRow(rows, []any{&by, &certificate, &listed, &events, &action, &subject}, func() error {
		sum := sha256.Sum256([]byte(listed))
		if action != "destroy_content" || subject != "destruction/"+certificate+"/"+hex.EncodeToString(sum[:]) {
			v.find(appraisal.AuditFinding{Fault: appraisal.AuditCertificate, Event: by},
				"the contents of %d events are gone under certificate %s, and event %d does not tell of these", events, certificate, by)
		}
		return nil
	})
	return err
}

// guards checks that nobody has switched off what refuses changes.
func (v *auditVerifier) guards(ctx context.Context) error {
	open, err := scalars[string](ctx, v.tx, `select t from unnest($1::text[]) t
		where t <> 'audit_unsealed' and not exists (select from pg_trigger g where g.tgrelid = t::regclass and g.tgname = 'keep' and g.tgenabled in ('O', 'A'))
			or exists (select from pg_roles where rolname = $2 and has_table_privilege(rolname, t, 'insert, update, delete, truncate'))`, appendOnly, RoleApplication)
	if err != nil {
		return err
	}
	for _, table := range open {
		v.find(appraisal.AuditFinding{Fault: appraisal.AuditUnguarded}, "the table %s can be changed: run `telaah migrate`, and find out who switched its guard off", table)
	}
	return nil
}
