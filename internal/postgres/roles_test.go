package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/testdb"
)

// trail are the tables that only the trail's functions write.
var trail = []string{
	"audit_event", "audit_content", "audit_head", "audit_unsealed", "audit_seal", "audit_root", "audit_root_head", "audit_destroyed",
}

// secret are tables that the read-only role must never be given.
var secret = []string{
	"session", "sign_in_link", "sign_in_rate", "act", "mail", "draft", "plan_change_draft", "peer_answer", "peer_opinion", "pulse_answer",
	"pulse_opinion", "rating", "calibration_opinion", "evidence_content", "audit_content",
}

func TestEveryTableIsTheApplicationsToUseAndTheTrailOnlyToRead(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t, postgres.Migrate)
	must(t, postgres.Migrate(t.Context(), pool.Config().ConnString())) // granting again changes nothing
	tables := list(t, pool, `select tablename from pg_tables where schemaname = 'public' order by 1`)
	if len(tables) < 70 {
		t.Fatalf("only %d tables", len(tables))
	}
	for _, table := range slices.Concat(trail, secret) {
		if !slices.Contains(tables, table) {
			t.Errorf("there is no table %s any more", table)
		}
	}
	may := func(role, table string) string {
		return strings.Join(list(t, pool, `select p from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) with ordinality u (p, n)
			where has_table_privilege($1, $2, p) order by n`, role, table), " ")
	}
	for _, table := range tables {
		want := "select insert update delete"
		if slices.Contains(trail, table) || table == "goose_db_version" {
			want = "select"
		}
		if got := may(postgres.RoleApplication, table); got != want {
			t.Errorf("the application may %s on %s, want %s", got, table, want)
		}
		got := may(postgres.RoleReadOnly, table)
		if got != "" && got != "select" {
			t.Errorf("the read-only role may %s on %s", got, table)
		}
		if got != "" && slices.Contains(secret, table) {
			t.Errorf("the read-only role may read %s", table)
		}
	}
	for _, view := range list(t, pool, `select viewname from pg_views where schemaname = 'public'`) {
		if app, read := may(postgres.RoleApplication, view), may(postgres.RoleReadOnly, view); app != "select" || read != "" {
			t.Errorf("on the view %s the application may %s, the read-only role %s", view, app, read)
		}
	}
	if may(postgres.RoleReadOnly, "appraisal") != "select" {
		t.Error("the read-only role may not even count appraisals")
	}
	for _, role := range []string{postgres.RoleApplication, postgres.RoleReadOnly} {
		if n := list(t, pool, `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
			where n.nspname = 'public' and p.prosecdef and has_function_privilege($1, p.oid, 'execute') order by 1`, role); role == postgres.RoleReadOnly && len(n) > 0 {
			t.Errorf("the read-only role may call %v", n)
		} else if role == postgres.RoleApplication && len(n) != 4 {
			t.Errorf("the application may call %v", n)
		}
	}
}

func TestATableOfALaterMigrationIsCovered(t *testing.T) {
	t.Parallel()
	owner, application := testdb.NewAs(t, postgres.Migrate, postgres.RoleApplication)
	exec(t, owner, `create table later (id bigint generated always as identity, word text)`)
	refused(t, application, `insert into later (word) values ('x')`)
	must(t, postgres.Migrate(t.Context(), owner.Config().ConnString()))
	exec(t, application, `insert into later (word) values ('x')`)
	exec(t, application, `update later set word = 'y'`)
	exec(t, application, `delete from later`)
	refused(t, application, `truncate later`)
	refused(t, application, `create table mine (id int)`)
	refused(t, application, `alter table later add column more text`)
	reader := connectAs(t, owner, postgres.RoleReadOnly)
	refused(t, reader, `select * from later`)
	exec(t, reader, `select count(*) from appraisal`)
}

func TestNobodyChangesTheTrailNotEvenTheOwner(t *testing.T) {
	t.Parallel()
	owner, application := testdb.NewAs(t, postgres.Migrate, postgres.RoleApplication)
	fill(t, application)
	exec(t, application, `select seal_audit(now(), 10)`)
	exec(t, application, `select root_audit(now())`)
	for _, table := range trail {
		if table == "audit_unsealed" {
			continue
		}
		changes := []string{`delete from ` + table, `truncate ` + table}
		if table != "audit_head" { // its rows move on with the chains
			column := list(t, owner, `select column_name from information_schema.columns where table_name = $1 order by ordinal_position desc limit 1`, table)[0]
			changes = append(changes, fmt.Sprintf(`update %s set %s = %s`, table, column, column))
		}
		for _, change := range changes {
			refused(t, application, change)
			refused(t, owner, change)
		}
	}
	refused(t, application, `insert into audit_event (at, action, digest) values (now(), 'forged', '\x00')`)
	refused(t, application, `update audit_head set seq = 0`)
	refused(t, application, `alter table audit_event disable trigger keep`)
	refused(t, application, `delete from audit_unsealed`)
}

// fill writes a few lines of the trail.
func fill(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	for i := range 6 {
		exec(t, pool, `select append_audit($1::timestamptz, gen_random_uuid(), null, '10.0.0.7', $2, $3::uuid, '', $4)`,
			"2026-03-01T08:00:00Z", fmt.Sprintf("act_%d", i), fmt.Sprintf("00000000-0000-4000-8000-%012d", i%2+1), map[string]any{"comment": fmt.Sprint("kata ", i), "n": i})
	}
	for i := range 3 {
		exec(t, pool, `select append_audit(now(), null, null, 'cli', 'launch', null, 'cycle/' || $1, '{}')`, fmt.Sprint(i))
	}
}

func connectAs(t *testing.T, owner *pgxpool.Pool, role string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), testdb.As(owner.Config().ConnString(), role))
	must(t, err)
	t.Cleanup(pool.Close)
	return pool
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(context.WithoutCancel(t.Context()), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func list(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql, args...)
	must(t, err)
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return found
}

// refused fails the test unless PostgreSQL denies the statement for want of a privilege.
func refused(t *testing.T, pool *pgxpool.Pool, sql string) {
	t.Helper()
	_, err := pool.Exec(t.Context(), sql)
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "42501" {
		t.Errorf("%s ended with %v", sql, err)
	}
}
