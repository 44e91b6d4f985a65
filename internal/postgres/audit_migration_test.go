package postgres

import (
	"context"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/testdb"
)

// beforeChains brings a schema to the version before the trail had chains.
func beforeChains(ctx context.Context, url string) error {
	provider, done, err := migrator(url)
	if err != nil {
		return err
	}
	defer done()
	_, err = provider.UpTo(ctx, 17)
	return err
}

func TestATrailFromBeforeTheChainsIsTakenIntoThem(t *testing.T) {
	t.Parallel()
	url := testdb.URL(t, beforeChains)
	pool, err := Open(t.Context(), url, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), `
		insert into unit (code, name) values ('A', 'A');
		insert into person (kind, name, full_name, email) values ('account', 'P', 'P', 'p@x.test');
		insert into cycle (code, name, period_start, period_end, policy, policy_version, policy_document, template, first_stage, created_at)
			values ('2026', 'x', '2026-01-01', '2026-12-31', 'p', 'p@1', '{}', '{}', 'targets', now());
		insert into appraisal (cycle_id, employee_id, unit_id, position_kind, stage, stage_at)
			select c.id, p.id, u.id, 'pelaksana', 'targets', now() from cycle c, person p, unit u;
		insert into audit_event (at, actor_id, action, appraisal_id, subject, detail)
			select now() + n * interval '1 second', p.id, case n % 3 when 0 then 'read_file' else 'act' end,
				case when n % 4 > 0 then a.id end, case n % 4 when 0 then 'cycle/' || n else '' end,
				case n % 2 when 0 then jsonb_build_object('reason', 'kata “' || n || '”') else '{}' end
			from generate_series(1, 60) n, person p, appraisal a`); err != nil {
		t.Fatal(err)
	}
	if err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	report, err := VerifyAudit(t.Context(), pool, nil, func(f appraisal.AuditFinding) { t.Errorf("found %+v", f) })
	if err != nil {
		t.Fatal(err)
	}
	if want := (AuditReport{Events: 60, Chains: 1, Chained: 30, Waiting: 30, Contents: 30}); report != want {
		t.Errorf("got  %+v\nwant %+v", report, want)
	}
	kept, err := scalar[string](t.Context(), pool, `select c.content ->> 'reason' from audit_event e join audit_content c on c.event_id = e.id where e.id = 2`)
	if err != nil || kept != "kata “2”" {
		t.Errorf("the content is %q, %v", kept, err)
	}
}
