package postgres_test

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/testdb"
)

// BenchmarkAppendingAnEvent is what one line of the trail costs an act, the round trip included, beside a bare round trip.
func BenchmarkAppendingAnEvent(b *testing.B) {
	_, application := testdb.NewAs(b, postgres.Migrate, postgres.RoleApplication)
	for name, sql := range map[string]string{
		"chained": `select append_audit(now(), gen_random_uuid(), null, '10.0.0.7', 'act', ('00000000-0000-4000-8000-' || lpad((random() * 9999)::int::text, 12, '0'))::uuid, '', '{"outcome": "approved", "comment": "Setuju, lanjutkan."}')`,
		"batched": `select append_audit(now(), gen_random_uuid(), null, '10.0.0.7', 'read_appraisal', gen_random_uuid(), '', '{}')`,
		"nothing": `select now()`,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				exec(b, application, sql)
			}
		})
	}
}

// BenchmarkVerifyingAMillionEvents goes through a million lines, half of them in the chains of 50,000 appraisals.
func BenchmarkVerifyingAMillionEvents(b *testing.B) {
	owner, application := testdb.NewAs(b, postgres.Migrate, postgres.RoleApplication)
	for _, sql := range []string{
		`select count(append_audit(now(), gen_random_uuid(), null, '10.0.0.7', 'act', ('00000000-0000-4000-8000-' || lpad((n % 50000)::text, 12, '0'))::uuid, '',
			jsonb_build_object('outcome', 'approved', 'comment', 'Setuju, lanjutkan ' || n))) from generate_series(1, 500000) n`,
		`select count(append_audit(now(), gen_random_uuid(), null, '10.0.0.7', 'read_appraisal', gen_random_uuid(), '', '{}')) from generate_series(1, 500000) n`,
		`select sum(seal_audit(now(), 1000)) from generate_series(1, 500)`,
		`select root_audit(now())`,
	} {
		exec(b, application, sql)
	}
	exec(b, owner, `analyze`)
	for b.Loop() {
		report, err := postgres.VerifyAudit(b.Context(), application, nil, func(f appraisal.AuditFinding) { b.Errorf("found %+v", f) })
		must(b, err)
		if report.Events != 1_000_000 {
			b.Fatalf("verified %+v", report)
		}
	}
}
