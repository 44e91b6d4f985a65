package postgres

import (
	"bytes"
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// roots follows the roots, and compares what they cover with the trail.
func (v *auditVerifier) roots(ctx context.Context) error {
	roots, err := all[appraisal.AuditRoot](ctx, v.tx, `select number, at, heads, digest from audit_root order by number`)
	if err != nil {
		return err
	}
	var last appraisal.AuditRoot
	for _, r := range roots {
		v.report.Roots++
		for number := last.Number + 1; number < r.Number && number < last.Number+100; number++ {
			v.find(appraisal.AuditFinding{Fault: appraisal.AuditRootMissing, Root: number}, "root %d is gone", number)
		}
		want, err := v.rootDigest(ctx, last, r)
		if err != nil {
			return err
		}
		if r.Number == last.Number+1 && !bytes.Equal(r.Digest, want[:]) {
			v.find(appraisal.AuditFinding{Fault: appraisal.AuditRootChanged, Root: r.Number}, "root %d is not that of the heads that it covers after root %d", r.Number, last.Number)
		}
		last = r
	}
	return v.covered(ctx, last)
}

func (v *auditVerifier) rootDigest(ctx context.Context, last, r appraisal.AuditRoot) (appraisal.AuditDigest, error) {
	var previous appraisal.AuditDigest
	copy(previous[:], last.Digest)
	sum := appraisal.NewAuditSum(previous, r.Number, r.At, r.Heads)
	rows, err := v.tx.Query(ctx, `select appraisal_id, seq, digest from audit_root_head where root = $1 order by appraisal_id`, r.Number)
	if err != nil {
		return appraisal.AuditDigest{}, err
	}
	var id [16]byte
	var seq int64
	var digest []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &seq, &digest}, func() error {
		sum.Head(id, seq, digest)
		return nil
	})
	return sum.Digest(), err
}

// covered compares the heads that roots cover with the events and seals in their places.
func (v *auditVerifier) covered(ctx context.Context, last appraisal.AuditRoot) error {
	rows, err := v.tx.Query(ctx, `select r.root, r.appraisal_id::text, r.seq, coalesce(e.id, s.number, 0) from audit_root_head r
		left join audit_event e on e.appraisal_id = r.appraisal_id and e.seq = r.seq
		left join audit_seal s on r.appraisal_id = $1 and s.number = r.seq
		where coalesce(e.digest, s.digest) is distinct from r.digest or r.root > $2 order by r.root, r.appraisal_id`, sealChain, last.Number)
	if err != nil {
		return err
	}
	var root, seq, at int64
	var id string
	_, err = pgx.ForEachRow(rows, []any{&root, &id, &seq, &at}, func() error {
		f := appraisal.AuditFinding{Fault: appraisal.AuditRootDisagrees, Root: root, Place: seq}
		switch {
		case root > last.Number:
			f.Fault = appraisal.AuditRootMissing
			v.find(f, "root %d is gone", root)
		case id == sealChain:
			f.Seal = seq
			v.find(f, "root %d covers another seal %d than there is now", root, seq)
		default:
			f.Appraisal = id
			if at != 0 {
				f.Event = at
			}
			v.find(f, "root %d covers another event in place %d of appraisal %s than there is now", root, seq, id)
		}
		return nil
	})
	return err
}

// keptElsewhere compares roots that were kept elsewhere with the record's.
func (v *auditVerifier) keptElsewhere(ctx context.Context, kept []appraisal.AuditRoot) error {
	for _, k := range kept {
		r, err := optional[appraisal.AuditRoot](ctx, v.tx, `select number, at, heads, digest from audit_root where number = $1`, k.Number)
		if err != nil {
			return err
		}
		f := appraisal.AuditFinding{Fault: appraisal.AuditKeptDiffers, Root: k.Number}
		switch {
		case r == nil:
			v.find(f, "root %d, which was kept elsewhere, is not in the record", k.Number)
		case !bytes.Equal(r.Digest, k.Digest):
			v.find(f, "root %d is %x in the record and %x where it was kept", k.Number, r.Digest, k.Digest)
		}
	}
	return nil
}
