package stack

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// upRun is a real `telaah up` in a process of its own.
type upRun struct {
	t    *testing.T
	dir  string
	cmd  *exec.Cmd
	said *lockedBuffer
	once sync.Once
	err  error
}

type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// temporalBin is the real telaah-temporal, which the test bed names.
func temporalBin(t *testing.T) string {
	t.Helper()
	bin := os.Getenv("TELAAH_TEMPORAL_BIN")
	if bin == "" {
		t.Fatal("TELAAH_TEMPORAL_BIN is not set: run make test, or: go run ./internal/testbed -- go test ./...")
	}
	return bin
}

// settings are those of a stack in dir on free ports.
func settings(t *testing.T, dir string) map[string]string {
	t.Helper()
	at := func() string {
		number, err := FreePort()
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("127.0.0.1:%d", number)
	}
	_, number, _ := net.SplitHostPort(at())
	return map[string]string{
		"TELAAH_DATA": dir, "TELAAH_LISTEN": at(), "TELAAH_METRICS_LISTEN": at(), "TELAAH_WORKER_METRICS_LISTEN": at(), "TELAAH_POSTGRES_PORT": number,
		"TELAAH_TEMPORAL_BIN": temporalBin(t), "TELAAH_TEMPORAL_LISTEN": at(), "TELAAH_TEMPORAL_UI": at(), "TELAAH_CATCHER_SMTP_LISTEN": at(),
		"TELAAH_CATCHER_HTTP_LISTEN": at(), "TEMPORAL_ADDRESS": "", "TEMPORAL_NAMESPACE": "", roleVar: "up",
	}
}

func up(t *testing.T, vars map[string]string) *upRun {
	t.Helper()
	r := &upRun{t: t, dir: vars["TELAAH_DATA"], said: &lockedBuffer{}, cmd: exec.Command(os.Args[0])}
	r.cmd.Env = os.Environ()
	for name, value := range vars {
		r.cmd.Env = append(r.cmd.Env, name+"="+value)
	}
	r.cmd.Stdout, r.cmd.Stderr = r.said, r.said
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.end(syscall.SIGTERM)
		if t.Failed() {
			t.Logf("it said:\n%s", r.said)
		}
	})
	return r
}

// end sends the signal and returns how the process ended.
func (r *upRun) end(signal syscall.Signal) error {
	r.once.Do(func() {
		_ = r.cmd.Process.Signal(signal)
		r.err = r.cmd.Wait()
	})
	return r.err
}

// ended waits until the process ends by itself and returns how.
func (r *upRun) ended() error {
	r.t.Helper()
	impatient := time.AfterFunc(2*time.Minute, func() { _ = r.cmd.Process.Kill() })
	defer impatient.Stop()
	r.once.Do(func() { r.err = r.cmd.Wait() })
	return r.err
}

func (r *upRun) order() []string {
	raw, err := os.ReadFile(filepath.Join(r.dir, "order"))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(raw)), "\n")
}

func (r *upRun) awaitReady(times int) {
	r.t.Helper()
	within(r.t, 2*time.Minute, "everything is ready", func() bool {
		n := 0
		for _, line := range r.order() {
			if line == "ready" {
				n++
			}
		}
		return n == times
	})
}

func (r *upRun) child(id string) ChildState {
	r.t.Helper()
	state, err := ReadState(r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	at := slices.IndexFunc(state.Children, func(c ChildState) bool { return c.ID == id })
	if at < 0 {
		r.t.Fatalf("no child %s in %+v", id, state)
	}
	return state.Children[at]
}

func (r *upRun) killAndAwaitRestart(id string) {
	r.t.Helper()
	before := r.child(id)
	if err := syscall.Kill(before.PID, syscall.SIGKILL); err != nil {
		r.t.Fatalf("kill %s: %v", id, err)
	}
	within(r.t, time.Minute, id+" runs again", func() bool {
		now := r.child(id)
		return now.Ready && now.PID != before.PID && now.Restarts == before.Restarts+1
	})
}

func TestTheWholeStackStartsInOrderHealsAndStopsInReverse(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	vars := settings(t, dir)
	r := up(t, vars)
	r.awaitReady(1)
	want := []string{"catcher started", "prepared on 127.0.0.1", "api started", "worker started", "ready"}
	if got := r.order(); !slices.Equal(got, want) {
		t.Errorf("started as %q", got)
	}

	environment, running, err := Environment(dir)
	if err != nil || !running {
		t.Fatalf("the environment of the running stack: %v, %v", running, err)
	}
	if got, want := environment["TELAAH_TEMPORAL_UI_URL"], "http://"+vars["TELAAH_TEMPORAL_UI"]; got != want {
		t.Errorf("the pages link to Temporal's at %q, want %q", got, want)
	}
	if info, err := os.Stat(environmentPath(dir)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the environment file is %v, %v", info.Mode(), err)
	}
	database := environment[ownerVariable]
	if _, err := connect(t, database).Exec(t.Context(), "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('tercatat')"); err != nil {
		t.Fatal(err)
	}

	for _, id := range []string{"worker", "api", "catcher", "temporal", "postgres"} {
		r.killAndAwaitRestart(id)
		if !strings.Contains(r.said.String(), r.child(id).Title+" ended (killed by SIGKILL); it is started again in ") {
			t.Errorf("the death of %s is not told", id)
		}
	}
	var word string
	within(t, 30*time.Second, "the database answers", func() bool {
		conn, err := pgx.Connect(t.Context(), database)
		if err != nil {
			return false
		}
		defer conn.Close(t.Context())
		return conn.QueryRow(t.Context(), "SELECT word FROM kept").Scan(&word) == nil
	})

	if err := os.Remove(filepath.Join(dir, "order")); err != nil {
		t.Fatal(err)
	}
	if err := r.end(syscall.SIGTERM); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if got := r.order(); !slices.Equal(got, []string{"worker stopped", "api stopped", "catcher stopped"}) {
		t.Errorf("stopped as %q", got)
	}
	said := r.said.String()
	if worker, postgres := strings.Index(said, "Worker … stopped"), strings.Index(said, "PostgreSQL … stopped"); worker < 0 || postgres < worker {
		t.Error("PostgreSQL did not stop last")
	}
	if log := readFrom(filepath.Join(dir, "logs", "postgres.log"), 0); !strings.Contains(log, "database system is shut down") {
		t.Error("PostgreSQL did not shut down in order")
	}
	if _, running, err := Environment(dir); running || err != nil {
		t.Errorf("after the end it is said to run: %v, %v", running, err)
	}

	again := up(t, vars)
	again.awaitReady(1)
	if got := text(t, connect(t, database), "SELECT word FROM kept"); got != "tercatat" {
		t.Errorf("a second start finds %q", got)
	}
}

func TestAKilledSupervisorLeavesNothingThatHindersTheNext(t *testing.T) {
	t.Parallel()
	vars := settings(t, openDir(t))
	first := up(t, vars)
	first.awaitReady(1)
	state, err := ReadState(first.dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.end(syscall.SIGKILL); err == nil {
		t.Fatal("it was not killed")
	}
	second := up(t, vars)
	second.awaitReady(2)
	for _, c := range state.Children {
		if birth(c.PID) == c.Birth {
			t.Errorf("%s of the killed supervisor still runs", c.Title)
		}
	}
}

// external replaces PostgreSQL, Temporal and the mail server by real ones, or what passes for them here.
func external(t *testing.T, dir string) map[string]string {
	t.Helper()
	s := start(t, throwaway(dir))
	vars := settings(t, filepath.Join(dir, "data"))
	vars["TELAAH_DATABASE_URL"] = s.URL("telaah")
	vars["TEMPORAL_ADDRESS"] = "temporal.example.go.id:7233"
	vars["TELAAH_SMTP_HOST"] = "smtp.example.go.id"
	vars["TELAAH_MAIL_FROM"] = "telaah@example.go.id"
	return vars
}

func TestRealServersReplaceOurs(t *testing.T) {
	t.Parallel()
	r := up(t, external(t, openDir(t)))
	r.awaitReady(1)
	if got := r.order(); !slices.Equal(got, []string{"prepared on smtp.example.go.id", "api started", "worker started", "ready"}) {
		t.Errorf("started as %q", got)
	}
	state, err := ReadState(r.dir)
	if err != nil || len(state.Children) != 2 || state.Mail != "" || state.TemporalUI != "" {
		t.Errorf("got %+v, %v", state, err)
	}
}

func TestASecondSupervisorIsRefusedWithThePidOfTheFirst(t *testing.T) {
	t.Parallel()
	vars := external(t, openDir(t))
	first := up(t, vars)
	first.awaitReady(1)
	second := up(t, vars)
	err := second.ended()
	want := fmt.Sprintf("telaah up (pid %d) already runs on %s: stop it with `kill %d`, or set TELAAH_DATA to another directory\n",
		first.cmd.Process.Pid, first.dir, first.cmd.Process.Pid)
	if err == nil || second.said.String() != want {
		t.Errorf("got %v, %q\nwant %q", err, second.said, want)
	}
}

func TestALockWhoseHolderWasKilledIsFree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	holder := exec.Command(os.Args[0])
	holder.Env = append(os.Environ(), roleVar+"=lock", "STACK_TEST_DIR="+dir)
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	if _, err := lockDir(dir, filepath.Join(dir, "lock")); err == nil {
		t.Error("two hold the lock")
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	lock, err := lockDir(dir, filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	lock.release()
}

func TestAPartThatCannotStartEndsTheBootWithWhatItSaid(t *testing.T) {
	t.Parallel()
	vars := external(t, openDir(t))
	vars["STACK_TEST_ILL"] = "worker"
	r := up(t, vars)
	err := r.ended()
	if err == nil || !strings.Contains(r.said.String(), `Worker ended (exit code 3), saying "error: the schema is too old"; the whole is in `) {
		t.Errorf("got %v, %s", err, r.said)
	}
	if got := r.order(); got[len(got)-1] != "api stopped" {
		t.Errorf("what had started was not stopped: %q", got)
	}
}

func TestATakenPortIsNamedWithItsHolderAndTheVariable(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	vars := settings(t, openDir(t))
	vars["TELAAH_CATCHER_HTTP_LISTEN"] = taken.Addr().String()
	r := up(t, vars)
	err = r.ended()
	_, number, _ := net.SplitHostPort(taken.Addr().String())
	want := fmt.Sprintf("port %s for the caught mail's pages is taken by stack.test (pid %d): stop that, or set TELAAH_CATCHER_HTTP_LISTEN to a free one, for example TELAAH_CATCHER_HTTP_LISTEN=127.0.0.1:8035\n",
		number, os.Getpid())
	if err == nil || r.said.String() != want {
		t.Errorf("got %v, %q\nwant %q", err, r.said, want)
	}
}

func TestAMissingTemporalIsNamedWithTheCommandThatBuildsIt(t *testing.T) {
	t.Parallel()
	o := Options{Executable: filepath.Join(t.TempDir(), "telaah")}
	_, err := o.temporalBinary()
	var f *Fault
	if !errors.As(err, &f) || !strings.Contains(f.Sentence, "type `make build`, or set TEMPORAL_ADDRESS") {
		t.Errorf("got %v", err)
	}
}

func TestAFullDiskIsSaidInOneSentence(t *testing.T) {
	t.Parallel()
	p := &postgres{PostgresOptions: PostgresOptions{Dir: "/var/lib/telaah/postgres"}}
	said := `FATAL:  could not write lock file "postmaster.pid": No space left on device`
	var f *Fault
	if err := p.diagnose(said); !errors.As(err, &f) || !strings.Contains(f.Sentence, "is full: free some space on it, or set TELAAH_DATA") {
		t.Errorf("got %v", err)
	}
}
