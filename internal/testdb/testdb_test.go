package testdb_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/testdb"
)

var migrations atomic.Int32

func migrate(ctx context.Context, url string) error {
	migrations.Add(1)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE IF NOT EXISTS person (name text)")
	return err
}

func TestEachTestHasAMigratedDatabaseOfItsOwnFromOneMigration(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := testdb.New(t, migrate)
			if _, err := pool.Exec(t.Context(), "INSERT INTO person VALUES ($1)", name); err != nil {
				t.Fatal(err)
			}
			var all string
			if err := pool.QueryRow(t.Context(), "SELECT string_agg(name, ',') FROM person").Scan(&all); err != nil || all != name {
				t.Errorf("sees %q, %v", all, err)
			}
			if n := migrations.Load(); n != 1 {
				t.Errorf("migrated %d times", n)
			}
		})
	}
}

func TestADatabaseIsDroppedWhenItsTestEnds(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("inner", func(t *testing.T) {
		url = testdb.URL(t, migrate)
		open, err := pgx.Connect(t.Context(), url) // a connection left open does not keep it
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { open.Close(context.Background()) })
	})
	if conn, err := pgx.Connect(t.Context(), url); err == nil {
		conn.Close(t.Context())
		t.Error("the database is still there")
	}
}

func TestProcessesThatStartTogetherShareTheTemplate(t *testing.T) {
	t.Parallel()
	if os.Getenv("TESTDB_CHILD") != "" {
		testdb.New(t, migrate)
		return
	}
	children := make([]*exec.Cmd, 4)
	said := make([]strings.Builder, len(children))
	for i := range children {
		children[i] = exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		children[i].Env = append(os.Environ(), "TESTDB_CHILD=1")
		children[i].Stdout, children[i].Stderr = &said[i], &said[i]
		if err := children[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for i, child := range children {
		if err := child.Wait(); err != nil {
			t.Errorf("%v: %s", err, said[i].String())
		}
	}
}

func TestWithoutAServerTheTestFailsAndSaysWhatToRun(t *testing.T) {
	t.Parallel()
	if os.Getenv("TESTDB_CHILD") != "" {
		testdb.URL(t, migrate)
		return
	}
	child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	child.Env = append(os.Environ(), "TESTDB_CHILD=1", testdb.Variable+"=")
	out, err := child.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "run make test, or: go run ./internal/testbed -- go test ./...") {
		t.Errorf("got %v: %s", err, out)
	}
}
