package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgerrcode"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// startupLimit is how long PostgreSQL may take to finish its own start or recovery.
const startupLimit = time.Minute

var errTaken = errors.New("another telaah-temporal already serves from the database")

// stores are the two databases of the server. The lock keeps a second server away from them: two would take each
// other's shards for ever. PostgreSQL frees it when this process dies, however it dies.
type stores struct {
	main, visibility *pgx.ConnConfig
	lock             *pgx.Conn
}

func (s stores) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.lock.Close(ctx) // the process ends: nothing depends on a polite goodbye
}

// openStores creates the databases that are missing and brings their schemas up to this server's version.
// It may be run again on what an earlier run left half done.
func openStores(ctx context.Context, s settings) (stores, error) {
	opened := stores{
		main:       named(s.database, s.prefix+"_temporal"),
		visibility: named(s.database, s.prefix+"_temporal_visibility"),
	}
	admin, err := connect(ctx, s.database)
	if err != nil {
		return stores{}, err
	}
	defer admin.Close(context.WithoutCancel(ctx))
	for _, database := range []*pgx.ConnConfig{opened.main, opened.visibility} {
		if err := createDatabase(ctx, admin, database); err != nil {
			return stores{}, err
		}
	}
	if opened.lock, err = connect(ctx, opened.main); err != nil {
		return stores{}, err
	}
	if err := takeLock(ctx, opened.lock); err != nil {
		opened.close()
		return stores{}, err
	}
	if err := errors.Join(
		updateSchema(opened.main, "postgresql/v12/temporal"),
		updateSchema(opened.visibility, "postgresql/v12/visibility"),
	); err != nil {
		opened.close()
		return stores{}, err
	}
	return opened, nil
}

func named(config *pgx.ConnConfig, database string) *pgx.ConnConfig {
	config = config.Copy()
	config.Database = database
	config.RuntimeParams["application_name"] = "telaah-temporal"
	return config
}

// connect waits for a PostgreSQL that is still starting; every other failure is told at once, with its remedy.
func connect(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, startupLimit)
	defer cancel()
	for {
		conn, err := pgx.ConnectConfig(ctx, config)
		if err == nil || !hasCode(err, pgerrcode.CannotConnectNow) {
			return conn, explain(err, config)
		}
		if pause(ctx) != nil {
			return nil, explain(err, config)
		}
	}
}

func createDatabase(ctx context.Context, admin *pgx.Conn, config *pgx.ConnConfig) error {
	var exists bool
	err := admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", config.Database).Scan(&exists)
	if err != nil || exists {
		return explain(err, admin.Config())
	}
	// template0 cannot be in use by anybody, and the C locale exists everywhere, whatever the cluster was made with.
	_, err = admin.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{config.Database}.Sanitize()+
		" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
	if hasCode(err, pgerrcode.DuplicateDatabase, pgerrcode.UniqueViolation) {
		return nil // another process was faster
	}
	return explain(err, admin.Config())
}

// takeLock polls instead of waiting inside PostgreSQL: a statement that waits there would block the concurrent index
// builds of the process that holds the lock.
func takeLock(ctx context.Context, conn *pgx.Conn) error {
	deadline := time.Now().Add(10 * time.Second)
	for {
		var taken bool
		err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock(hashtext('telaah-temporal'))").Scan(&taken)
		if err != nil || taken {
			return explain(err, conn.Config())
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%w %s: stop it first, or choose another --database-prefix", errTaken, conn.Config().Database)
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// keepLock returns when the context ends, or with an error when another process has taken the databases. A PostgreSQL
// that went away took the lock with it; the server's pools recover by themselves, the lock is taken again here.
func (s *stores) keepLock(ctx context.Context) error {
	for pause(ctx) == nil {
		if s.lock.Ping(ctx) == nil {
			continue
		}
		s.close()
		conn, err := pgx.ConnectConfig(ctx, s.main)
		if err != nil {
			continue
		}
		s.lock = conn
		if err := takeLock(ctx, conn); errors.Is(err, errTaken) {
			return err
		}
	}
	return nil
}

// pause waits between two attempts, or returns the reason why there is no next one.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(200 * time.Millisecond):
		return nil
	}
}

// explain turns what PostgreSQL or the network said into one sentence with its remedy.
func explain(err error, config *pgx.ConnConfig) error {
	place := fmt.Sprintf("PostgreSQL at %s", net.JoinHostPort(config.Host, fmt.Sprint(config.Port)))
	if strings.HasPrefix(config.Host, "/") {
		place = fmt.Sprintf("PostgreSQL at the socket in %s, port %d,", config.Host, config.Port)
	}
	var refused *pgconn.PgError
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case hasCode(err, pgerrcode.InvalidPassword, pgerrcode.InvalidAuthorizationSpecification):
		return fmt.Errorf("%s does not let role %q in: correct the user and password in TELAAH_DATABASE_URL", place, config.User)
	case hasCode(err, pgerrcode.InvalidCatalogName):
		return fmt.Errorf("%s has no database %q: create it, or name one that exists in TELAAH_DATABASE_URL", place, config.Database)
	case hasCode(err, pgerrcode.InsufficientPrivilege):
		return fmt.Errorf(`%s does not let role %q create databases: type ALTER ROLE %s CREATEDB in psql as its administrator`,
			place, config.User, pgx.Identifier{config.User}.Sanitize())
	case hasCode(err, pgerrcode.TooManyConnections):
		return fmt.Errorf("%s has no connection left: raise max_connections to 100 or more", place)
	case errors.As(err, &refused):
		return fmt.Errorf("%s refused: %w", place, refused)
	default:
		return fmt.Errorf("%s does not answer: start it, or correct TELAAH_DATABASE_URL (%s)", place, reason(err))
	}
}

// reason is the innermost cause on one line; pgx repeats addresses and users around it for every attempt.
func reason(err error) string {
	var (
		lookup *net.DNSError
		op     *net.OpError
	)
	switch {
	case errors.As(err, &lookup):
		return lookup.Err + ": " + lookup.Name
	case errors.As(err, &op):
		return op.Err.Error()
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

func hasCode(err error, codes ...string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && slices.Contains(codes, pg.Code)
}
