package stack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// stores are the two databases of a Temporal server: where they are, by whom it reaches them, and how their names begin.
type stores struct{ url, prefix string }

const temporalSuffix = "_temporal"

// storesAt are those whose first the address names.
func storesAt(address string) stores {
	return stores{url: address, prefix: strings.TrimSuffix(databaseName(address), temporalSuffix)}
}

func (s stores) names() []string {
	return []string{s.prefix + temporalSuffix, s.prefix + temporalSuffix + "_visibility"}
}

// storesElsewhere are Temporal's databases on a PostgreSQL that is not ours. Only where the application acts as the owner, Temporal
// does too.
func (o *Options) storesElsewhere(ctx context.Context) (stores, error) {
	record, owner, own := o.Config.Database.URL.Reveal(), o.Config.Database.OwnerURL.Reveal(), o.Config.Temporal.DatabaseURL.Reveal()
	switch {
	case own != "":
		return storesAt(own), AdmitTemporal(ctx, cmp.Or(owner, record), own)
	case owner != "":
		return stores{}, fault(nil, "Temporal may not be told the owner's password of the database: set %s to an address of its own on the same server, for example postgres://telaah_temporal:password@host:5432/telaah_temporal; `telaah up` makes the role and its databases", temporalVariable)
	}
	return stores{url: record, prefix: databasePrefix(record)}, nil
}

// AdmitTemporal lets Temporal in at its address: its role gets its password and the two databases that it owns, also those that
// the administrator owned until now, and the record of the administrator's address is closed to whoever was not let in by name.
// It changes nothing where the role is let in and owns both, on another server, or where the address is the administrator's own.
func AdmitTemporal(ctx context.Context, administratorURL, temporalURL string) error {
	administrator, err := pgx.ParseConfig(administratorURL)
	if err != nil {
		return errors.New("the owner's database address is not a URL")
	}
	temporal, err := pgx.ParseConfig(temporalURL)
	if err != nil {
		return errors.New("the database address of Temporal is not a URL")
	}
	if temporal.Host != administrator.Host || temporal.Port != administrator.Port {
		return nil
	}
	databases := storesAt(temporalURL).names()
	if temporal.User == administrator.User || ownsAll(ctx, temporal, databases) {
		return nil
	}
	conn, err := pgx.ConnectConfig(ctx, administrator)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := admitTemporal(ctx, conn, temporal, databases); err != nil {
		return fmt.Errorf("let Temporal's role %s in: %w; docs/temporal.md tells what a superuser types instead", temporal.User, err)
	}
	return nil
}

func ownsAll(ctx context.Context, config *pgx.ConnConfig, databases []string) bool {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var n int
	err = conn.QueryRow(ctx, `SELECT count(*) FROM pg_database WHERE datname = ANY ($1) AND pg_get_userbyid(datdba) = current_user`, databases).Scan(&n)
	return err == nil && n == len(databases)
}

func admitTemporal(ctx context.Context, administrator *pgx.Conn, temporal *pgx.ConnConfig, databases []string) error {
	verb, err := verbFor(ctx, administrator, `SELECT count(*) FROM pg_roles WHERE rolname = $1`, temporal.User)
	if err != nil {
		return err
	}
	var secret string
	if err := administrator.QueryRow(ctx, `SELECT quote_literal($1)`, temporal.Password).Scan(&secret); err != nil {
		return err
	}
	if _, err := administrator.Exec(ctx, verb+" ROLE "+pgx.Identifier{temporal.User}.Sanitize()+" LOGIN PASSWORD "+secret); err != nil {
		return err
	}
	if err := giveDatabases(ctx, administrator, temporal.User, databases); err != nil {
		return err
	}
	return closeToPublic(ctx, administrator, administrator.Config().Database)
}

// giveDatabases makes those that are missing and hands over those that belong to another role.
func giveDatabases(ctx context.Context, administrator *pgx.Conn, role string, databases []string) error {
	for _, database := range databases {
		rows, err := administrator.Query(ctx, `SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = $1`, database)
		if err != nil {
			return err
		}
		owners, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		switch {
		case len(owners) == 0:
			// The C locale exists everywhere, whatever the cluster was made with.
			if _, err := administrator.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{database}.Sanitize()+" OWNER "+pgx.Identifier{role}.Sanitize()+
				" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"); err != nil {
				return fmt.Errorf("create the database %s: %w", database, err)
			}
		case owners[0] != role:
			if err := handOver(ctx, administrator.Config(), database, role); err != nil {
				return fmt.Errorf("hand the database %s over: %w", database, err)
			}
		}
	}
	return nil
}

// handOver gives a database and what is in it to a role. REASSIGN OWNED would take the other databases of the old owner along.
func handOver(ctx context.Context, administrator *pgx.ConnConfig, database, role string) error {
	inside := administrator.Copy()
	inside.Database = database
	conn, err := pgx.ConnectConfig(ctx, inside)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		// A column's sequence follows its table; what belongs to an extension stays with it.
		rows, err := tx.Query(ctx, `
			SELECT format('ALTER TABLE %s OWNER TO %I', c.oid::regclass, $1::text) FROM pg_class c
			WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT EXISTS (
				SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
				AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
			UNION ALL
			SELECT format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, $1::text) FROM pg_proc p
			WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
				SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
			UNION ALL
			SELECT format('ALTER DATABASE %I OWNER TO %I', current_database(), $1::text)`, role)
		if err != nil {
			return err
		}
		statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// closeToPublic keeps roles that were not let in by name out of a database, which PostgreSQL opens to every role of the server.
func closeToPublic(ctx context.Context, administrator *pgx.Conn, database string) error {
	if _, err := administrator.Exec(ctx, "REVOKE CONNECT ON DATABASE "+pgx.Identifier{database}.Sanitize()+" FROM PUBLIC"); err != nil {
		return fmt.Errorf("close the database %s: %w", database, err)
	}
	return nil
}
