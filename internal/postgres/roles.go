package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The roles beside the owner, who migrates and owns the tables.
const (
	RoleApplication = "telaah_app"  // what API and worker need, and no more
	RoleReadOnly    = "telaah_read" // reports and support
)

// appendOnly are the tables that the application reads and that only the functions of the trail write.
var appendOnly = []string{
	"audit_event", "audit_content", "audit_head", "audit_unsealed", "audit_seal", "audit_root", "audit_root_head", "audit_destroyed",
}

// trailFunctions are what the application may do to the trail.
var trailFunctions = []string{"append_audit", "seal_audit", "root_audit", "destroy_audit_content"}

// keptByOwner are tables that the application only reads.
var keptByOwner = []string{"goose_db_version"}

// forReports are the tables that the read-only role may read: what counts and schedules are made of. What people wrote, answered
// or were rated, what ties an answer to its author, sessions and whatever a later migration adds are not among them.
var forReports = []string{
	"unit", "person", "employee", "official", "role_grant", "holiday", "strategy_item", "competency", "training", "import_run", "installation",
	"cycle", "cohort", "organisation_rating", "appraisal", "stage_entry", "step", "step_due", "wake", "policy", "goose_db_version",
	"audit_event", "audit_head", "audit_unsealed", "audit_seal", "audit_root", "audit_root_head", "audit_destroyed",
}

// grant makes the roles where the owner may, and gives each what it needs and nothing else, whatever it had before. A later
// migration's table is the application's to read and write, and nobody else's. Without the roles it does nothing: the
// application then acts as the owner, and the triggers alone keep the trail.
func grant(ctx context.Context, conn *pgx.Conn) error {
	if err := makeRoles(ctx, conn); err != nil {
		return err
	}
	missing, err := MissingRoles(ctx, conn)
	if err != nil || len(missing) > 0 {
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		tables, err := scalars[string](ctx, tx, `select tablename from pg_tables where schemaname = current_schema order by tablename`)
		if err != nil {
			return err
		}
		database, err := scalar[string](ctx, tx, `select current_database()`)
		if err != nil {
			return err
		}
		both := RoleApplication + ", " + RoleReadOnly
		statements := []string{
			"revoke all on all tables in schema public from public, " + both,
			"revoke all on all sequences in schema public from public, " + both,
			"revoke execute on function " + strings.Join(trailFunctions, ", ") + " from public, " + both,
			"grant connect on database " + pgx.Identifier{database}.Sanitize() + " to " + both, // where not everybody may
			"grant usage on schema public to " + both,
			"grant usage on all sequences in schema public to " + RoleApplication,
			"grant execute on function " + strings.Join(trailFunctions, ", ") + " to " + RoleApplication,
		}
		views, err := scalars[string](ctx, tx, `select viewname from pg_views where schemaname = current_schema order by viewname`)
		if err != nil {
			return err
		}
		for _, view := range views {
			statements = append(statements, "grant select on "+pgx.Identifier{view}.Sanitize()+" to "+RoleApplication)
		}
		for _, table := range tables {
			name, may := pgx.Identifier{table}.Sanitize(), "select, insert, update, delete"
			if slices.Contains(appendOnly, table) || slices.Contains(keptByOwner, table) {
				may = "select"
			}
			statements = append(statements, "grant "+may+" on "+name+" to "+RoleApplication)
			if slices.Contains(forReports, table) {
				statements = append(statements, "grant select on "+name+" to "+RoleReadOnly)
			}
		}
		_, err = tx.Exec(ctx, strings.Join(statements, ";\n"))
		return err
	})
}

// makeRoles makes the roles that are missing if the owner may; they cannot sign in until somebody gives them a password.
func makeRoles(ctx context.Context, conn *pgx.Conn) error {
	missing, err := MissingRoles(ctx, conn)
	if err != nil || len(missing) == 0 {
		return err
	}
	may, err := scalar[bool](ctx, conn, `select rolsuper or rolcreaterole from pg_roles where rolname = current_user`)
	if err != nil || !may {
		return err
	}
	for _, role := range missing {
		_, err := conn.Exec(ctx, "create role "+role)
		if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && (pg.Code == "42710" || pg.Code == "23505") {
			continue // another database of the server was faster
		}
		if err != nil {
			return fmt.Errorf("make the role %s: %w", role, err)
		}
	}
	return nil
}

// MissingRoles returns which roles the server does not have.
func MissingRoles(ctx context.Context, q Querier) ([]string, error) {
	return scalars[string](ctx, q, `select r from unnest($1::text[]) r where not exists (select from pg_roles where rolname = r) order by r`,
		[]string{RoleApplication, RoleReadOnly})
}

// Admit lets the application in at its address: where that is refused, and the owner may, the role that it names gets its password
// and what telaah_app may. An address with the owner's own name needs nothing.
func Admit(ctx context.Context, ownerURL, applicationURL string) error {
	owner, err := url.Parse(ownerURL)
	if err != nil {
		return errors.New("the owner's database address is not a URL")
	}
	application, err := url.Parse(applicationURL)
	if err != nil {
		return errors.New("the application's database address is not a URL")
	}
	name := application.User.Username()
	password, _ := application.User.Password()
	if name == "" || name == owner.User.Username() || accepted(ctx, applicationURL) {
		return nil
	}
	conn, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return fmt.Errorf("reach the database: %w", Mapped(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	role := pgx.Identifier{name}.Sanitize()
	known, err := scalar[bool](ctx, conn, `select exists (select from pg_roles where rolname = $1)`, name)
	if err != nil {
		return err
	}
	verb := "create"
	if known {
		verb = "alter"
	}
	secret, err := scalar[string](ctx, conn, `select quote_literal($1)`, password)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, verb+" role "+role+" login password "+secret); err != nil {
		return fmt.Errorf("let the application's role %s in: %w; a superuser can: %s role %s login password '…'; grant %s to %s", name, err, verb, role, RoleApplication, role)
	}
	if name != RoleApplication {
		_, err = conn.Exec(ctx, "grant "+RoleApplication+" to "+role)
	}
	return err
}

// accepted reports whether the server takes the address as it is, or cannot be asked about the password.
func accepted(ctx context.Context, url string) bool {
	conn, err := pgx.Connect(ctx, url)
	if err == nil {
		_ = conn.Close(ctx)
		return true
	}
	var pg *pgconn.PgError
	return !errors.As(err, &pg) || pg.Code != "28P01" && pg.Code != "28000"
}
