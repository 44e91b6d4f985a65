package postgres

import (
	"bytes"
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// batches follows the seals, and every event that one of them covers, from the first to the last.
func (v *auditVerifier) batches(ctx context.Context) error {
	heads, err := v.heads(ctx)
	if err != nil {
		return err
	}
	var last AuditSeal
	for {
		page, err := all[AuditSeal](ctx, v.tx, `select number, at, events, digest from audit_seal where number > $1 order by number limit 100`, last.Number)
		if err != nil {
			return err
		}
		for _, seal := range page {
			if err := v.seal(ctx, last, seal); err != nil {
				return err
			}
			last = seal
		}
		if len(page) == 0 {
			break
		}
	}
	end := heads[sealChain]
	f := appraisal.AuditFinding{Seal: last.Number}
	switch {
	case end.seq > last.Number:
		f.Fault = appraisal.AuditCutOff
		v.find(f, "there were %d seals, the last of them are gone after seal %d", end.seq, last.Number)
	case end.seq < last.Number || last.Number > 0 && !bytes.Equal(end.digest, last.Digest):
		f.Fault = appraisal.AuditHead
		v.find(f, "the head of the seals is not seal %d", last.Number)
	}
	return v.unsealed(ctx)
}

// AuditSeal covers events that are in no chain.
type AuditSeal struct {
	Number int64
	At     time.Time
	Events []int64
	Digest []byte
}

func (v *auditVerifier) seal(ctx context.Context, last, s AuditSeal) error {
	v.report.Seals++
	for number := last.Number + 1; number < s.Number && number < last.Number+100; number++ {
		v.find(appraisal.AuditFinding{Fault: appraisal.AuditSealMissing, Seal: number}, "seal %d is gone", number)
	}
	var previous appraisal.AuditDigest
	copy(previous[:], last.Digest)
	sum := appraisal.NewAuditSum(previous, s.Number, s.At, len(s.Events))
	rows, err := v.tx.Query(ctx, `select `+auditLineColumns+` from audit_event e where e.id = any($1) order by e.id`, s.Events)
	if err != nil {
		return err
	}
	defer rows.Close()
	expected, whole := s.Events, true
	missing := func(id int64) {
		whole = false
		v.find(appraisal.AuditFinding{Fault: appraisal.AuditMissing, Event: id, Seal: s.Number}, "event %d, which seal %d covers, is gone", id, s.Number)
	}
	for rows.Next() {
		var l storedLine
		if err := scanLine(rows, &l); err != nil {
			return err
		}
		for len(expected) > 0 && expected[0] < l.ID {
			missing(expected[0])
			expected = expected[1:]
		}
		if len(expected) > 0 {
			expected = expected[1:]
		}
		v.report.Events++
		v.report.Sealed++
		v.alone(l, s.Number)
		sum.Event(l.digest)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range expected {
		missing(id)
	}
	if want := sum.Digest(); whole && s.Number == last.Number+1 && !bytes.Equal(s.Digest, want[:]) {
		v.find(appraisal.AuditFinding{Fault: appraisal.AuditSealChanged, Seal: s.Number}, "seal %d is not that of its events after seal %d: one of them or the seal was written anew", s.Number, last.Number)
	}
	return nil
}

// alone checks an event that is in no chain.
func (v *auditVerifier) alone(l storedLine, seal int64) {
	if l.Seq == 0 && !l.is(appraisal.AuditDigest{}) {
		v.find(appraisal.AuditFinding{Fault: appraisal.AuditChanged, Event: l.ID, Seal: seal}, "event %d is not what was written", l.ID)
	}
	if l.Seq != 0 || l.Chained() {
		v.find(appraisal.AuditFinding{Fault: appraisal.AuditInserted, Event: l.ID, Seal: seal}, "event %d belongs into the chain of appraisal %s", l.ID, l.Appraisal)
	}
}

// unsealed checks the events that wait for the next seal, and finds those that nothing covers.
func (v *auditVerifier) unsealed(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, `select `+auditLineColumns+`, u.event_id is not null
		from audit_event e left join audit_unsealed u on u.event_id = e.id
		where e.seq is null and not exists (select from (select unnest(events) as id from audit_seal) s where s.id = e.id) order by e.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l storedLine
		var waits bool
		if err := rows.Scan(&l.ID, &l.Seq, &l.At, &l.Actor, &l.OnBehalfOf, &l.Network, &l.Action, &l.Appraisal, &l.Subject, &l.ContentDigest, &l.digest, &waits); err != nil {
			return err
		}
		v.report.Events++
		if !waits {
			v.find(appraisal.AuditFinding{Fault: appraisal.AuditInserted, Event: l.ID}, "event %d is in no chain and no seal covers it", l.ID)
			continue
		}
		v.report.Waiting++
		v.alone(l, 0)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	gone, err := v.tx.Query(ctx, `select u.event_id from audit_unsealed u where not exists (select from audit_event e where e.id = u.event_id) order by 1`)
	if err != nil {
		return err
	}
	var id int64
	_, err = pgx.ForEachRow(gone, []any{&id}, func() error {
		v.find(appraisal.AuditFinding{Fault: appraisal.AuditMissing, Event: id}, "event %d, which waits for a seal, is gone", id)
		return nil
	})
	return err
}
