package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// Destroyed is what one batch destroyed.
type Destroyed struct {
	Digest   appraisal.DestructionDigest
	Counts   map[string]int // by table
	Records  int
	From, To time.Time // the oldest and the latest of it; of appraisals the first and the last day of their periods
}

type gone struct {
	Key string
	At  time.Time
}

func (d *Destroyed) add(table string, rows []gone) {
	for _, r := range rows {
		d.Digest.Add(table, r.Key)
		d.span(r.At, r.At)
	}
	if len(rows) > 0 {
		d.Counts[table] += len(rows)
		d.Records += len(rows)
	}
}

func (d *Destroyed) span(from, to time.Time) {
	if d.From.IsZero() || from.Before(d.From) {
		d.From = from
	}
	if to.After(d.To) {
		d.To = to
	}
}

// Destroy destroys up to limit records that are due under a certificate, or the records of up to limit appraisals, and goes on with the
// certificate's digest. Nothing destroyed means that nothing is due any more.
func Destroy(ctx context.Context, q Querier, of Destruction, limit int, at time.Time) (Destroyed, error) {
	kind, cutoff := of.Kind, of.Cutoff
	d := Destroyed{Digest: appraisal.DestructionDigest(of.Digest), Counts: map[string]int{}}
	switch {
	case kind.OfAppraisals():
		err := d.appraisals(ctx, q, of.ID, kind, cutoff, limit)
		return d, err
	case kind == appraisal.RecordAudit:
		err := d.audit(ctx, q, of.ID, cutoff, limit, at)
		return d, err
	}
	for _, s := range shelves[kind] {
		rows, err := all[gone](ctx, q, heldSQL+`, due as (select t.ctid`+s.from(false)+` order by `+s.at+` limit $2 for update of t)
			delete from `+s.table+` t using due where t.ctid = due.ctid returning `+s.key+` as key, (`+s.at+`)::timestamptz as at`, cutoff, limit-d.Records)
		if err != nil {
			return d, fmt.Errorf("destroy %s: %w", s.table, err)
		}
		if d.add(s.table, rows); d.Records >= limit {
			break
		}
	}
	return d, nil
}

// audit destroys the content of lines of the trail by the trail's own function. The lines and their chain stay.
func (d *Destroyed) audit(ctx context.Context, q Querier, id appraisal.DestructionID, cutoff time.Time, limit int, at time.Time) error {
	type line struct {
		ID int64
		At time.Time
	}
	lines, err := all[line](ctx, q, heldSQL+`select e.id, e.at`+auditDue+` and not `+auditHeld+` order by e.id limit $2`, cutoff, limit)
	if err != nil || len(lines) == 0 {
		return err
	}
	ids, rows := make([]int64, len(lines)), make([]gone, len(lines))
	for i, l := range lines {
		ids[i], rows[i] = l.ID, gone{strconv.FormatInt(l.ID, 10), l.At}
	}
	if _, err := scalar[int](ctx, q, `select destroy_audit_content($1, $2, $3, null, '', 'retention')`, id, ids, at); err != nil {
		return fmt.Errorf("destroy the content of the trail: %w", err)
	}
	d.add("audit_content", rows)
	return nil
}

// folder is a table with records of appraisals.
type folder struct {
	table string
	key   string
	where string // with $1 for the appraisals
}

const (
	byAppraisal = `t.appraisal_id = any($1::uuid[])`
	byStep      = `t.step_id in (select id from step where appraisal_id = any($1::uuid[]))`
	byPlan      = `t.plan_id in (select id from plan where appraisal_id = any($1::uuid[]))`
	byCohort    = `t.cohort_id in (select cohort_id from appraisal where id = any($1::uuid[])) and not exists (select from appraisal a
		where a.cohort_id = t.cohort_id and a.id <> all($1::uuid[])
		and not exists (select from destroyed_appraisal d where d.appraisal_id = a.id and d.kind = 'outcome'))` // the last of its people go
	byKeyResult = `t.key_result_id in (select k.id from key_result k join plan p on p.id = k.plan_id where p.appraisal_id = any($1::uuid[]))`
)

// folders lists the tables of each kind in the order in which their rows can go.
var folders = map[appraisal.RecordKind][]folder{
	appraisal.RecordContent: {
		{"draft", "t.step_id || '/' || t.author_id", byStep},
		{"step_due", "t.step_id || '/' || t.kind || '/' || t.ordinal", byStep},
		{"peer_answer", "t.step_id::text", byStep},
		{"evidence", "t.id::text", byAppraisal},
		{"plan_change_draft", "t.appraisal_id || '/' || t.author_id", byAppraisal},
		{"plan_change", "t.id::text", byAppraisal},
		{"feedback", "t.id::text", byAppraisal},
		{"progress_entry", "t.id::text", byAppraisal},
		{"realisation", "t.appraisal_id || '/' || t.indicator_id", byAppraisal},
		{"reviewed_realisation", "t.appraisal_id || '/' || t.indicator_id", byAppraisal},
		{"rated_realisation", "t.appraisal_id || '/' || t.rating || '/' || t.indicator_id", byAppraisal},
		{"indicator", "t.id::text", byKeyResult},
		{"key_result", "t.id::text", byPlan},
		{"plan", "t.id::text", byAppraisal},
		{"self_review", "t.appraisal_id::text", byAppraisal},
		{"peer_nomination", "t.appraisal_id || '/' || t.peer_id", byAppraisal},
		{"peer_extension", "t.appraisal_id::text", byAppraisal},
		{"peer_opinion", "t.id::text", byAppraisal},
		{"peer_aggregate", "t.appraisal_id || '/' || t.category", byAppraisal},
		{"peer_overall", "t.appraisal_id::text", byAppraisal},
		{"competency_rating", "t.appraisal_id || '/' || t.competency", byAppraisal},
		{"pulse_answer", "t.appraisal_id::text", byAppraisal},
		{"calibration_opinion", "t.id::text", byAppraisal},
		{"calibration_change", "t.id::text", byAppraisal},
		{"late_start", "t.appraisal_id::text", byAppraisal},
		{"step", "t.id::text", byAppraisal},
	},
	appraisal.RecordOutcome: {
		{"rating_period", "t.appraisal_id || '/' || t.number || '/' || t.period_appraisal_id", byAppraisal},
		{"rating", "t.appraisal_id || '/' || t.number", byAppraisal},
		{"objection", "t.appraisal_id::text", byAppraisal},
		{"recommendation", "t.appraisal_id || '/' || t.ordinal", byAppraisal},
		{"development_plan", "t.appraisal_id::text", byAppraisal},
		{"tenure", "t.appraisal_id::text", byAppraisal},
		{"document", "t.code", byAppraisal},
		{"calibration_attendance", "t.cohort_id || '/' || t.round || '/' || t.person_id", byCohort},
		{"calibration_session", "t.cohort_id || '/' || t.round", byCohort},
	},
}

// loosen lets go of what points at records of appraisals from without.
var loosen = map[appraisal.RecordKind][]string{
	appraisal.RecordContent: {
		`update mail set step_id = null where step_id in (select id from step where appraisal_id = any($1::uuid[]))`,
		`update key_result set serves_key_result = null, served_destroyed = true where serves_key_result in
			(select k.id from key_result k join plan p on p.id = k.plan_id where p.appraisal_id = any($1::uuid[]))`,
		`update appraisal set end_reason = '' where id = any($1::uuid[])`,
	},
}

// appraisals destroys the records of a kind of up to limit appraisals. The appraisal itself stays, so that its page can say what became of it.
func (d *Destroyed) appraisals(ctx context.Context, q Querier, id appraisal.DestructionID, kind appraisal.RecordKind, cutoff time.Time, limit int) error {
	type due struct {
		ID   string
		From time.Time
		To   time.Time
	}
	rows, err := all[due](ctx, q, heldSQL+`select a.id::text as id, c.period_start::timestamptz as from, c.period_end::timestamptz as to`+appraisalsDue+`
		and not `+appraisalHeld+` order by c.ended_at, a.id limit $3 for update of a`, cutoff, string(kind), limit)
	if err != nil || len(rows) == 0 {
		return err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	for _, sql := range loosen[kind] {
		if _, err := exec(ctx, q, sql, ids); err != nil {
			return fmt.Errorf("loosen %s: %w", kind, err)
		}
	}
	for _, f := range folders[kind] {
		records, err := all[gone](ctx, q, `delete from `+f.table+` t where `+f.where+` returning `+f.key+` as key, now() as at`, ids)
		if err != nil {
			return fmt.Errorf("destroy %s: %w", f.table, err)
		}
		d.add(f.table, records)
	}
	d.From, d.To = time.Time{}, time.Time{}
	for _, r := range rows {
		d.Digest.Add("appraisal", string(kind)+"/"+r.ID)
		d.span(r.From, r.To)
	}
	d.Counts["appraisal"], d.Records = len(rows), d.Records+len(rows)
	_, err = exec(ctx, q, `insert into destroyed_appraisal (appraisal_id, kind, destruction_id) select unnest($1::uuid[]), $2, $3`, ids, string(kind), id)
	return err
}

// NewDestruction is an order to destroy what is due of a kind.
type NewDestruction struct {
	Kind      appraisal.RecordKind
	Rule      appraisal.RetentionRule
	Version   int
	Cutoff    time.Time
	By        *appraisal.PersonID
	Scheduled bool
	At        time.Time
}

// orderLock lets one order for a destruction be given at a time.
const orderLock = 7273653

// HoldOrders keeps others from ordering a destruction before the transaction ends, and returns the certificate of the kind that is
// not finished yet, nil if there is none.
func HoldOrders(ctx context.Context, q Querier, kind appraisal.RecordKind) (*appraisal.DestructionID, error) {
	if _, err := exec(ctx, q, `select pg_advisory_xact_lock($1)`, orderLock); err != nil {
		return nil, err
	}
	list, err := scalars[appraisal.DestructionID](ctx, q, `select id from destruction where kind = $1 and finished_at is null`, kind)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// OrderDestruction begins a certificate, while orders are held. Its number follows on the last one: a number from the column's
// sequence would be lost with an order that is rolled back, and look like a certificate that somebody took away.
func OrderDestruction(ctx context.Context, q Querier, n NewDestruction) (appraisal.DestructionID, error) {
	return scalar[appraisal.DestructionID](ctx, q, `insert into destruction (number, kind, keep, source, rules_version, cutoff, ordered_by, scheduled, started_at)
		overriding system value values ((select coalesce(max(number), 0) + 1 from destruction), $1, $2, $3, $4, $5, $6, $7, $8) returning id`,
		n.Kind, n.Rule.Keep, n.Rule.Source, n.Version, n.Cutoff, n.By, n.Scheduled, n.At)
}

// Destruction is a certificate.
type Destruction struct {
	ID           appraisal.DestructionID
	Number       int64
	Kind         appraisal.RecordKind
	Keep         appraisal.Keep
	Source       string
	RulesVersion int
	Cutoff       time.Time
	OrderedBy    *string // name
	Scheduled    bool
	StartedAt    time.Time
	FinishedAt   *time.Time
	CoversFrom   *time.Time
	CoversTo     *time.Time
	Batches      int
	Counts       map[string]int
	Held         int
	Digest       []byte
}

const destructionSQL = `select d.id, d.number, d.kind, d.keep, d.source, d.rules_version, d.cutoff, p.full_name as ordered_by, d.scheduled, d.started_at,
	d.finished_at, d.covers_from, d.covers_to, d.batches, d.counts, d.held, d.digest from destruction d left join person p on p.id = d.ordered_by `

// GetDestruction reads a certificate.
func GetDestruction(ctx context.Context, q Querier, id appraisal.DestructionID) (Destruction, error) {
	return one[Destruction](ctx, q, destructionSQL+`where d.id = $1`, id)
}

// LockDestruction holds a certificate and reads it.
func LockDestruction(ctx context.Context, q Querier, id appraisal.DestructionID) (Destruction, error) {
	return one[Destruction](ctx, q, destructionSQL+`where d.id = $1 for update of d`, id)
}

// Destructions returns the certificates, the latest first.
func Destructions(ctx context.Context, q Querier, before int64, limit int) ([]Destruction, error) {
	return all[Destruction](ctx, q, destructionSQL+`where $1 = 0 or d.number < $1 order by d.number desc limit $2`, before, limit)
}

// UnfinishedDestructions returns the certificates whose work is not done, the oldest first.
func UnfinishedDestructions(ctx context.Context, q Querier) ([]appraisal.DestructionID, error) {
	return scalars[appraisal.DestructionID](ctx, q, `select id from destruction where finished_at is null order by number`)
}

// DestroyedOn reports whether the schedule has ordered a destruction of the kind on or after an instant.
func DestroyedOn(ctx context.Context, q Querier, kind appraisal.RecordKind, since time.Time) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select from destruction where kind = $1 and scheduled and started_at >= $2)`, kind, since)
}

// RecordBatch writes what a batch destroyed into its certificate.
func RecordBatch(ctx context.Context, q Querier, id appraisal.DestructionID, d Destroyed) error {
	_, err := exec(ctx, q, `update destruction set batches = batches + 1, digest = $2,
			counts = (select jsonb_object_agg(key, sum) from (select key, sum(value::bigint) from
				(select * from jsonb_each_text(counts) union all select * from jsonb_each_text($3)) c group by key) s),
			covers_from = least(covers_from, $4), covers_to = greatest(covers_to, $5) where id = $1`, id, d.Digest[:], d.Counts, d.From, d.To)
	return err
}

// FinishDestruction ends a certificate, with how many records were due and are kept.
func FinishDestruction(ctx context.Context, q Querier, id appraisal.DestructionID, held int, at time.Time) error {
	_, err := exec(ctx, q, `update destruction set finished_at = $2, held = $3 where id = $1`, id, at, held)
	return err
}

// LooseAfter counts the contents of files, in a store outside of the database, that a destruction has left behind there so far.
func LooseAfter(ctx context.Context, q Querier, id appraisal.DestructionID) (int, error) {
	return scalar[int](ctx, q, `select count(*)::int from evidence_loose l join destroyed_appraisal d on d.appraisal_id = split_part(l.key, '/', 1)::uuid
		where d.destruction_id = $1`, id)
}

// retentionLock lets one destruction work at a time.
const retentionLock = 7273652

// TakeRetentionLock takes the lock for as long as the connection lives or until it is given back; ok is false while another holds it.
func TakeRetentionLock(ctx context.Context, conn *pgx.Conn) (ok bool, err error) {
	return scalar[bool](ctx, conn, `select pg_try_advisory_lock($1)`, retentionLock)
}

// GiveRetentionLock gives the lock back.
func GiveRetentionLock(ctx context.Context, conn *pgx.Conn) error {
	_, err := exec(ctx, conn, `select pg_advisory_unlock($1)`, retentionLock)
	return err
}

// AppraisalDestroyed is what was destroyed of an appraisal, under which certificate and when.
type AppraisalDestroyed struct {
	Kind   appraisal.RecordKind
	Number int64
	At     time.Time
}

// DestroyedOf returns what was destroyed of an appraisal, content before outcome.
func DestroyedOf(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]AppraisalDestroyed, error) {
	return all[AppraisalDestroyed](ctx, q, `select a.kind, d.number, coalesce(d.finished_at, d.started_at) as at
		from destroyed_appraisal a join destruction d on d.id = a.destruction_id where a.appraisal_id = $1 order by a.kind`, id)
}
