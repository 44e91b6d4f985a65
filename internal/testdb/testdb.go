// Package testdb gives each test a PostgreSQL database of its own: a clone of a template that is migrated once, so that
// tests run in parallel, on the real thing, in a tenth of a second.
package testdb

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Variable names the server that the databases are made on; its role must be allowed to create databases.
const Variable = "TELAAH_TEST_DATABASE_URL"

// Migrate brings the schema of the database at url to its newest version, and does nothing when it is there already.
type Migrate func(ctx context.Context, url string) error

// New returns a pool of connections to a fresh, migrated database, which is dropped when the test ends.
func New(t testing.TB, migrate Migrate) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), URL(t, migrate))
	if err != nil {
		t.Fatalf("connect to the test database: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// NewAs returns a pool of the owner, for what a test does itself, and one that may no more than a role, for what is tested.
func NewAs(t testing.TB, migrate Migrate, role string) (owner, limited *pgxpool.Pool) {
	t.Helper()
	address := URL(t, migrate)
	for at, pool := range map[string]**pgxpool.Pool{address: &owner, As(address, role): &limited} {
		p, err := pgxpool.New(t.Context(), at)
		if err != nil {
			t.Fatalf("connect to the test database: %v", err)
		}
		t.Cleanup(p.Close)
		if err := p.Ping(t.Context()); err != nil {
			t.Fatalf("connect to the test database: %v (a testbed of an earlier build does not make the role: go build -o bin/testbed ./internal/testbed)", err)
		}
		*pool = p
	}
	return owner, limited
}

// As returns the address at which the owner acts as a role.
func As(address, role string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set("role", role)
	u.RawQuery = q.Encode()
	return u.String()
}

// URL returns the address of a fresh, migrated database, which is dropped when the test ends.
func URL(t testing.TB, migrate Migrate) string {
	t.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		t.Fatalf("%s is not set: run make test, or: go run ./internal/testbed -- go test ./...", Variable)
	}
	name := "test_" + strings.ToLower(rand.Text()[:16])
	if err := clone(t.Context(), server, migrate, name); err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if err := execute(context.Background(), server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return withDatabase(server, name)
}

// template is a database that is migrated once and cloned for each test.
type template struct {
	name string
	lock int64 // the advisory lock: alone to migrate, shared to clone, for nobody may be connected to what is cloned

	sync.Mutex
	current bool // this process has seen it migrated
}

// templates are those of this process, by name.
var templates sync.Map

// templateOf names a template after the function that migrates it: two schemas on one server do not meet.
func templateOf(migrate Migrate) *template {
	function := runtime.FuncForPC(reflect.ValueOf(migrate).Pointer()).Name()
	digest := sha256.Sum256([]byte(function))
	name := fmt.Sprintf("template_%x", digest[:8])
	kept, _ := templates.LoadOrStore(name, &template{name: name, lock: int64(binary.BigEndian.Uint64(digest[:8]))})
	return kept.(*template)
}

func clone(ctx context.Context, server string, migrate Migrate, name string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) // lets go of the locks as well
	from := templateOf(migrate)
	if err := from.bringUpToDate(ctx, conn, server, migrate); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock_shared($1)", from.lock); err != nil {
		return fmt.Errorf("lock the template: %w", err)
	}
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from.name+strategy(conn))
	return err
}

// strategy copies files instead of pages through the log, which takes a third of the time where nothing is synced.
// PostgreSQL 14 knows no other and not the word.
func strategy(conn *pgx.Conn) string {
	major, _, _ := strings.Cut(conn.PgConn().ParameterStatus("server_version"), ".")
	if n, err := strconv.Atoi(major); err == nil && n >= 15 {
		return " STRATEGY file_copy"
	}
	return ""
}

// bringUpToDate makes and migrates the template once per process. Packages are tested in processes of their own, so a
// second process finds it made and migrates nothing.
func (f *template) bringUpToDate(ctx context.Context, conn *pgx.Conn, server string, migrate Migrate) error {
	f.Lock()
	defer f.Unlock()
	if f.current {
		return nil
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", f.lock); err != nil {
		return fmt.Errorf("lock the template: %w", err)
	}
	_, err := conn.Exec(ctx, "CREATE DATABASE "+f.name)
	var exists *pgconn.PgError
	if err != nil && !(errors.As(err, &exists) && exists.Code == duplicateDatabase) {
		return fmt.Errorf("make the template: %w", err)
	}
	if err := migrate(ctx, withDatabase(server, f.name)); err != nil {
		return fmt.Errorf("migrate the template: %w", err)
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", f.lock); err != nil {
		return fmt.Errorf("unlock the template: %w", err)
	}
	f.current = true
	return nil
}

// duplicateDatabase is PostgreSQL's code for a database that exists already.
const duplicateDatabase = "42P04"

func execute(ctx context.Context, server, statement string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}
