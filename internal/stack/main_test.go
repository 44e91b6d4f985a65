package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// roleVar makes the test executable play another program, so that the tests have real processes to start and kill.
const roleVar = "STACK_TEST_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVar); role != "" {
		os.Exit(play(role))
	}
	os.Exit(m.Run())
}

func play(role string) int {
	switch role {
	case "postgres parent":
		return playPostgresParent(os.Getenv("STACK_TEST_DIR"))
	case "telaah":
		return playTelaah(os.Args[1])
	case "up":
		return playUp()
	case "lock":
		return playLock(os.Getenv("STACK_TEST_DIR"))
	default:
		fmt.Fprintln(os.Stderr, "unknown role", role)
		return 2
	}
}

// openDir is a temporary directory that the unprivileged database user may pass through, as /var/lib is.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func throwaway(dir string) PostgresOptions {
	return PostgresOptions{Dir: filepath.Join(dir, "postgres"), Log: filepath.Join(dir, "logs", "postgres.log"), Profile: Throwaway}
}

func start(t *testing.T, o PostgresOptions) *Server {
	t.Helper()
	s, err := StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func text(t *testing.T, conn *pgx.Conn, query string) string {
	t.Helper()
	var s string
	if err := conn.QueryRow(t.Context(), query).Scan(&s); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s
}

// within fails the test unless condition holds before the time is over.
func within(t *testing.T, d time.Duration, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(d); !condition(); {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", d, what)
		}
		<-time.After(10 * time.Millisecond)
	}
}
