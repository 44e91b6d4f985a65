package postgres_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/testdb"
)

// unguarded lets the owner change a trail that refuses it.
const unguarded = `alter table audit_event disable trigger keep; alter table audit_content disable trigger keep; alter table audit_head disable trigger keep;
	alter table audit_seal disable trigger keep; alter table audit_root disable trigger keep; alter table audit_root_head disable trigger keep;
	alter table audit_destroyed disable trigger keep;`

const guarded = `alter table audit_event enable trigger keep; alter table audit_content enable trigger keep; alter table audit_head enable trigger keep;
	alter table audit_seal enable trigger keep; alter table audit_root enable trigger keep; alter table audit_root_head enable trigger keep;
	alter table audit_destroyed enable trigger keep;`

// first and second name the two appraisals of the sample; each has three events, acts 0, 2, 4 and acts 1, 3, 5.
const (
	first  = `'00000000-0000-4000-8000-000000000001'`
	second = `'00000000-0000-4000-8000-000000000002'`
)

// sample is a trail with two chains, two seals, an event that waits for a seal, a destruction and two roots.
func sample(t *testing.T) *pgxpool.Pool {
	t.Helper()
	owner, application := testdb.NewAs(t, postgres.Migrate, postgres.RoleApplication)
	fill(t, application)
	exec(t, application, `select seal_audit(now(), 2)`)
	exec(t, application, `select root_audit(now())`)
	exec(t, application, `select destroy_audit_content('00000000-0000-4000-8000-00000000000c', array(select id from audit_event where action = 'act_0'), now(), null, 'cli', '5y')`)
	exec(t, application, `select seal_audit(now(), 100)`)
	exec(t, application, `select root_audit(now())`)
	exec(t, application, `select append_audit(now(), null, null, '', 'read_appraisal', `+first+`, '', '{"of": "x"}')`)
	return owner
}

func verify(t *testing.T, pool *pgxpool.Pool, kept ...appraisal.AuditRoot) ([]appraisal.AuditFinding, postgres.AuditReport) {
	t.Helper()
	var found []appraisal.AuditFinding
	report, err := postgres.VerifyAudit(t.Context(), pool, kept, func(f appraisal.AuditFinding) { found = append(found, f) })
	must(t, err)
	return found, report
}

func TestAnUntouchedTrailIsCleanAndDestructionUnderACertificateIsNoFault(t *testing.T) {
	t.Parallel()
	owner := sample(t)
	found, report := verify(t, owner)
	if len(found) > 0 {
		t.Errorf("found %+v", found)
	}
	want := postgres.AuditReport{Events: 11, Chains: 2, Chained: 6, Sealed: 4, Waiting: 1, Seals: 2, Roots: 2, Contents: 7, Destroyed: 1}
	if report != want {
		t.Errorf("got  %+v\nwant %+v", report, want)
	}
}

func TestEachKindOfManipulationIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	rewrite := func(where string) string { // as somebody would who knows how digests are made
		return `update audit_event e set digest = audit_digest(coalesce((select p.digest from audit_event p where p.appraisal_id = e.appraisal_id and p.seq = e.seq - 1),
			decode(repeat('00', 32), 'hex')), e) where ` + where
	}
	for name, c := range map[string]struct {
		sql   string
		fault appraisal.AuditFault
		says  string
	}{
		"another action":            {`update audit_event set action = 'forged' where action = 'act_2'`, appraisal.AuditChanged, "in place 2"},
		"another actor":             {`update audit_event set actor_id = gen_random_uuid() where action = 'act_4'`, appraisal.AuditChanged, "in place 3"},
		"nobody as actor":           {`update audit_event set actor_id = null where action = 'act_0'`, appraisal.AuditChanged, "in place 1"},
		"another principal":         {`update audit_event set on_behalf_of = gen_random_uuid() where action = 'act_1'`, appraisal.AuditChanged, "in place 1"},
		"another instant":           {`update audit_event set at = at + interval '1 microsecond' where action = 'act_3'`, appraisal.AuditChanged, "in place 2"},
		"another network":           {`update audit_event set network = 'cli' where action = 'act_3'`, appraisal.AuditChanged, "in place 2"},
		"another subject":           {`update audit_event set subject = 'x' where action = 'act_3'`, appraisal.AuditChanged, "in place 2"},
		"a row with a new digest":   {`update audit_event set action = 'forged' where action = 'act_2'; ` + rewrite(`action = 'forged'`), appraisal.AuditChanged, "in place 3"},
		"the whole chain anew":      {`update audit_event set action = 'forged' where action = 'act_0'; ` + rewrite(`seq = 1`) + `; ` + rewrite(`seq = 2`) + `; ` + rewrite(`seq = 3`), appraisal.AuditHead, "another digest than its last event"},
		"the chain and its head":    {`update audit_event set action = 'forged' where action = 'act_0'; ` + rewrite(`seq = 1`) + `; ` + rewrite(`seq = 2`) + `; ` + rewrite(`seq = 3`) + `; update audit_head h set digest = e.digest from audit_event e where e.appraisal_id = h.appraisal_id and e.seq = h.seq`, appraisal.AuditRootDisagrees, "root 1 covers another event in place 3"},
		"a sealed event":            {`update audit_event set subject = 'cycle/9' where subject = 'cycle/0'`, appraisal.AuditChanged, "is not what was written"},
		"a sealed event rewritten":  {`update audit_event set subject = 'cycle/9' where subject = 'cycle/0'; ` + rewrite(`subject = 'cycle/9'`), appraisal.AuditSealChanged, "seal 1"},
		"a waiting event":           {`update audit_event set network = 'x' where action = 'read_appraisal'`, appraisal.AuditChanged, "is not what was written"},
		"a row that is gone":        {`delete from audit_event where action = 'act_2'`, appraisal.AuditMissing, "event 2 of appraisal"},
		"the first row":             {`delete from audit_event where action = 'act_0'`, appraisal.AuditMissing, "event 1 of appraisal"},
		"a sealed row that is gone": {`delete from audit_event where subject = 'cycle/1'`, appraisal.AuditMissing, "which seal 1 covers, is gone"},
		"a waiting row":             {`delete from audit_event where action = 'read_appraisal'`, appraisal.AuditMissing, "which waits for a seal, is gone"},
		"the last row":              {`delete from audit_event where action = 'act_4'`, appraisal.AuditCutOff, "had 3 events"},
		"the last row and the head": {`delete from audit_event where action = 'act_4'; update audit_head h set seq = 2, digest = (select digest from audit_event e where e.appraisal_id = h.appraisal_id and e.seq = 2) where appraisal_id = ` + first,
			appraisal.AuditRootDisagrees, "root 1 covers another event in place 3"},
		"a whole chain":       {`delete from audit_event where appraisal_id = ` + second, appraisal.AuditCutOff, "all 3 events"},
		"a head that is gone": {`delete from audit_head where appraisal_id = ` + second, appraisal.AuditHead, "is gone"},
		"a head moved back":   {`update audit_head set seq = 2 where appraisal_id = ` + second, appraisal.AuditHead, "stands at place 2"},
		"an inserted row":     {`insert into audit_event (at, action, digest) values (now(), 'forged', '\x00')`, appraisal.AuditInserted, "no seal covers it"},
		"a row at the end":    {`insert into audit_event (at, action, appraisal_id, seq, digest) values (now(), 'forged', ` + first + `, 4, '\x00')`, appraisal.AuditHead, "before event"},
		"two rows exchanged": {`update audit_event set seq = 9 where action = 'act_0'; update audit_event set seq = 1 where action = 'act_2'; update audit_event set seq = 2 where action = 'act_0'`,
			appraisal.AuditReordered, "after the younger event"},
		"another content":          {`update audit_content set content = '{"comment": "lain"}' where event_id = (select id from audit_event where action = 'act_1')`, appraisal.AuditContent, "the content of event"},
		"another salt":             {`update audit_content set salt = '\x00' where event_id = (select id from audit_event where action = 'act_1')`, appraisal.AuditContent, "the content of event"},
		"a content that is gone":   {`delete from audit_content where event_id = (select id from audit_event where action = 'act_1')`, appraisal.AuditNoContent, "no certificate covers that"},
		"a content too many":       {`insert into audit_content values (999, '\x00', '{}')`, appraisal.AuditForeign, "which had none"},
		"a certificate for more":   {`delete from audit_content where event_id = (select id from audit_event where action = 'act_1'); insert into audit_destroyed select (select id from audit_event where action = 'act_1'), certificate_id, by_event from audit_destroyed`, appraisal.AuditCertificate, "the contents of 2 events"},
		"a certificate of its own": {`delete from audit_content where event_id = (select id from audit_event where action = 'act_1'); insert into audit_destroyed select id, gen_random_uuid(), id from audit_event where action = 'act_1'`, appraisal.AuditCertificate, "the contents of 1 events"},
		"a seal changed":           {`update audit_seal set at = at + interval '1 second' where number = 1`, appraisal.AuditSealChanged, "seal 1"},
		"a seal with fewer":        {`update audit_seal set events = events[1:1] where number = 1`, appraisal.AuditSealChanged, "seal 1"},
		"a seal that is gone":      {`delete from audit_seal where number = 1`, appraisal.AuditSealMissing, "seal 1 is gone"},
		"the last seal":            {`delete from audit_seal where number = 2`, appraisal.AuditCutOff, "there were 2 seals"},
		"a root changed":           {`update audit_root set digest = '\x00' where number = 1`, appraisal.AuditRootChanged, "root 1"},
		"a root that is gone":      {`delete from audit_root where number = 1`, appraisal.AuditRootMissing, "root 1 is gone"},
		"the last root":            {`delete from audit_root where number = 2`, appraisal.AuditRootMissing, "root 2 is gone"},
		"what a root covers":       {`update audit_root_head set seq = 2 where root = 1 and appraisal_id = ` + first, appraisal.AuditRootDisagrees, "root 1 covers another event in place 2"},
		"a head taken from a root": {`delete from audit_root_head where root = 1 and appraisal_id = ` + first, appraisal.AuditRootChanged, "root 1"},
		"a guard that is off":      {`alter table audit_event disable trigger keep`, appraisal.AuditUnguarded, "audit_event"},
		"a right too many":         {`grant delete on audit_content to telaah_app`, appraisal.AuditUnguarded, "audit_content"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			owner := sample(t)
			guard := guarded
			if c.fault == appraisal.AuditUnguarded {
				guard = ""
			}
			sql := unguarded + c.sql + ";" + guard
			if c.fault == appraisal.AuditUnguarded {
				sql = c.sql
			}
			exec(t, owner, sql)
			found, report := verify(t, owner)
			if int(report.Findings) != len(found) {
				t.Errorf("tells of %d and counts %d", len(found), report.Findings)
			}
			for _, f := range found {
				if f.Fault == c.fault && strings.Contains(f.Says, c.says) {
					return
				}
			}
			t.Errorf("not found, only %+v", found)
		})
	}
}

func TestARootThatWasKeptElsewhereTellsARewrittenRecord(t *testing.T) {
	t.Parallel()
	owner := sample(t)
	kept, err := postgres.LastAuditRoot(t.Context(), owner)
	must(t, err)
	if found, _ := verify(t, owner, *kept); len(found) > 0 {
		t.Fatalf("found %+v", found)
	}
	// Somebody with every right writes the last root anew.
	exec(t, owner, unguarded+`delete from audit_root_head where root = 2; delete from audit_root where number = 2; `+guarded)
	found, _ := verify(t, owner, *kept)
	if len(found) != 1 || found[0].Fault != appraisal.AuditKeptDiffers {
		t.Errorf("found %+v", found)
	}
	exec(t, owner, `select root_audit(now() + interval '1 second')`)
	found, _ = verify(t, owner, *kept)
	if len(found) != 1 || found[0].Fault != appraisal.AuditKeptDiffers || found[0].Root != 2 {
		t.Errorf("found %+v", found)
	}
}
