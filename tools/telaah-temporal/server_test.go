package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// TestMain lets the test binary be the server, so that a test can kill a real process.
func TestMain(m *testing.M) {
	if os.Getenv("TELAAH_TEMPORAL_TEST_SERVE") != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func TestAKilledServerGoesOnWithItsWorkflows(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	server := place.start(t, "--retention", "2160h")
	startWaiting(t, place)
	server.kill(t)

	place.start(t, "--retention", "48h")
	temporal := place.client(t)
	found, err := temporal.WorkflowService().DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: "telaah"})
	if err != nil {
		t.Fatal(err)
	}
	if got := found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration(); got != 48*time.Hour {
		t.Errorf("retention after the restart is %s, want 48h", got)
	}
	finishWaiting(t, temporal)
}

func TestAServerOutlivesTheLossOfItsDatabaseAndKeepsItsLock(t *testing.T) {
	t.Parallel()
	place := newPlace(t)
	place.start(t)
	startWaiting(t, place)

	for _, database := range place.databases() {
		place.exec(t, "ALTER DATABASE "+database+" ALLOW_CONNECTIONS false")
		place.exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+database+"'")
	}
	for _, database := range place.databases() {
		place.exec(t, "ALTER DATABASE "+database+" ALLOW_CONNECTIONS true")
	}
	finishWaiting(t, place.client(t))
	place.awaitLock(t)

	listen := freeAddress(t)
	told := fails(t, place.command(t, "--listen", listen))
	if !strings.Contains(told, "another telaah-temporal already serves") {
		t.Errorf("a second server on the same databases said %q", told)
	}
}

func TestATakenPortIsToldInASentence(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	told := fails(t, newPlace(t).command(t, "--listen", listener.Addr().String()))
	if strings.Count(told, "\n") != 1 || !strings.Contains(told, "is taken by another program: stop that program") {
		t.Errorf("told %q", told)
	}
}

// waiting is a pipeline in small: it shows itself by search attributes and waits for a person.
func waiting(ctx workflow.Context) (string, error) {
	if err := workflow.UpsertTypedSearchAttributes(ctx,
		temporal.NewSearchAttributeKeyKeyword("CycleId").ValueSet("c1"),
		temporal.NewSearchAttributeKeyTime("StageDeadline").ValueSet(workflow.Now(ctx)),
	); err != nil {
		return "", err
	}
	var answer string
	workflow.GetSignalChannel(ctx, "answer").Receive(ctx, &answer)
	return answer, nil
}

func startWaiting(t *testing.T, p *place) {
	t.Helper()
	temporal := p.client(t)
	w := worker.New(temporal, "test", worker.Options{})
	w.RegisterWorkflow(waiting)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	options := client.StartWorkflowOptions{ID: "one", TaskQueue: "test"}
	if _, err := temporal.ExecuteWorkflow(t.Context(), options, waiting); err != nil {
		t.Fatal(err)
	}
	query := &workflowservice.CountWorkflowExecutionsRequest{Query: `CycleId = "c1" AND StageDeadline IS NOT NULL`}
	eventually(t, func(ctx context.Context) error {
		counted, err := temporal.CountWorkflow(ctx, query)
		if err == nil && counted.GetCount() != 1 {
			err = fmt.Errorf("%d executions carry the search attributes", counted.GetCount())
		}
		return err
	})
}

func finishWaiting(t *testing.T, temporal client.Client) {
	t.Helper()
	eventually(t, func(ctx context.Context) error {
		return temporal.SignalWorkflow(ctx, "one", "", "answer", "approved")
	})
	eventually(t, func(ctx context.Context) error {
		var answer string
		err := temporal.GetWorkflow(ctx, "one", "").Get(ctx, &answer)
		if err == nil && answer != "approved" {
			t.Fatalf("the workflow ended with %q", answer)
		}
		return err
	})
}

// place is where a server of a test lives: its databases and its address, the same over restarts.
type place struct {
	url, prefix, listen string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	url := os.Getenv("TELAAH_TEST_DATABASE_URL")
	if url == "" {
		t.Fatal("TELAAH_TEST_DATABASE_URL is not set: type make test, which starts a PostgreSQL")
	}
	p := &place{url: url, prefix: fmt.Sprintf("tt_%d", time.Now().UnixNano()), listen: freeAddress(t)}
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), url)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close(context.Background())
		for _, database := range p.databases() {
			if _, err := conn.Exec(context.Background(), "DROP DATABASE IF EXISTS "+database+" WITH (FORCE)"); err != nil {
				t.Error(err)
			}
		}
	})
	return p
}

func (p *place) databases() []string {
	return []string{p.prefix + "_temporal", p.prefix + "_temporal_visibility"}
}

func (p *place) connect(t *testing.T, database string) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(p.url)
	if err != nil {
		t.Fatal(err)
	}
	if database != "" {
		config.Database = database
	}
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func (p *place) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := p.connect(t, "").Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// awaitLock returns when a server holds the lock on its databases.
func (p *place) awaitLock(t *testing.T) {
	t.Helper()
	conn := p.connect(t, p.databases()[0])
	eventually(t, func(ctx context.Context) error {
		var held bool
		err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
			WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database())`).Scan(&held)
		if err == nil && !held {
			err = errors.New("nobody holds the lock")
		}
		return err
	})
}

func (p *place) client(t *testing.T) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{
		HostPort: p.listen, Namespace: "telaah",
		Logger: slog.New(slog.DiscardHandler), // it tells of every call that a test makes fail
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (p *place) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(executable, append([]string{"--ui=", "--database-prefix", p.prefix}, args...)...)
	command.Env = append(os.Environ(), "TELAAH_TEMPORAL_TEST_SERVE=1", "TELAAH_DATABASE_URL="+p.url, "TEMPORAL_NAMESPACE=telaah")
	return command
}

type process struct{ command *exec.Cmd }

// start returns when the server says that it is ready.
func (p *place) start(t *testing.T, args ...string) process {
	t.Helper()
	command := p.command(t, append(args, "--listen", p.listen)...)
	var told strings.Builder
	command.Stderr = &told
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		_ = command.Wait()
		t.Fatalf("the server said %q, not ready: %v\n%s", line, err, told.String())
	}
	return process{command}
}

func (s process) kill(t *testing.T) {
	t.Helper()
	if err := s.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.command.Wait()
}

// fails runs a server that must end with 1 and returns what it told.
func fails(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	var told strings.Builder
	command.Stderr = &told
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	impatience := time.AfterFunc(time.Minute, func() { _ = command.Process.Kill() })
	defer impatience.Stop()
	err := command.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("the server ended with %v, want exit code 1", err)
	}
	return told.String()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", ports[0])
}

// eventually repeats an act of a client that may meet a server on its way back.
func eventually(t *testing.T, act func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := until(ctx, func() error {
		attempt, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		return act(attempt)
	}); err != nil {
		t.Fatal(err)
	}
}
