package stack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestAFreshServerTakesThePasswordOverTCPAndNothingElse(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	o := throwaway(dir)
	o.Profile = Durable
	s := start(t, o)
	conn := connect(t, s.URL("telaah"))
	for setting, want := range map[string]string{
		"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "shared_buffers": "256MB", "max_connections": "200",
		"server_encoding": "UTF8", "password_encryption": "scram-sha-256", "data_checksums": "on", "log_error_verbosity": "terse",
	} {
		if got := text(t, conn, "SHOW "+setting); got != want {
			t.Errorf("%s is %s, want %s", setting, got, want)
		}
	}
	if got := text(t, conn, "SELECT lower('PÉGAWAI ÄÖ')"); got != "pégawai äö" {
		t.Errorf("letters beyond ASCII are lowered to %q", got)
	}
	if got := text(t, conn, "SELECT rolsuper::text || rolcreatedb::text FROM pg_roles WHERE rolname = current_user"); got != "falsetrue" {
		t.Errorf("the product's role is superuser, may create databases: %s", got)
	}
	for _, who := range []*url.Userinfo{url.UserPassword("telaah", "wrong"), url.User("postgres"), url.UserPassword("postgres", s.postgres.passwords[roleName])} {
		u, err := url.Parse(s.URL("telaah"))
		if err != nil {
			t.Fatal(err)
		}
		u.User = who
		if intruder, err := pgx.Connect(t.Context(), u.String()); err == nil {
			intruder.Close(t.Context())
			t.Errorf("%s was let in", who)
		}
	}
	info, err := os.Stat(filepath.Join(o.Dir, "password"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the password file is %v, %v", info.Mode(), err)
	}
}

func TestTheServerOfRootRunsAsAnUnprivilegedUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("the process is not root; its own user is unprivileged already")
	}
	s := start(t, throwaway(openDir(t)))
	info, err := os.Stat(fmt.Sprintf("/proc/%d", s.PID()))
	if err != nil {
		t.Fatal(err)
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid == 0 {
		t.Error("PostgreSQL runs as root")
	}
}

func TestDataAndPasswordOutliveARestartAndANewPort(t *testing.T) {
	t.Parallel()
	o := throwaway(openDir(t))
	s, err := StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, s.URL("telaah"))
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('bertahan')"); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, o)
	if again.postgres.passwords[roleName] != s.postgres.passwords[roleName] {
		t.Error("the password has changed")
	}
	if got := text(t, connect(t, again.URL("telaah")), "SELECT word FROM kept"); got != "bertahan" {
		t.Errorf("kept %q", got)
	}
}

func TestAClusterOfAnEarlierReleaseGetsTheRolesThatItLacks(t *testing.T) {
	t.Parallel()
	o := throwaway(openDir(t))
	s, err := StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	superuser := connect(t, "postgres:///postgres?host="+url.QueryEscape(s.postgres.socket)+"&port="+strconv.Itoa(s.postgres.Port)+"&user=postgres")
	if _, err := superuser.Exec(t.Context(), "DROP OWNED BY telaah_app, telaah_read; DROP ROLE telaah_app; DROP ROLE telaah_read"); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"password-application", "password-read-only"} {
		if err := os.Remove(filepath.Join(o.Dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	again := start(t, o)
	for role, want := range map[string]string{"telaah": "falsetrue", applicationRole: "falsefalse", readOnlyRole: "falsefalse"} {
		conn := connect(t, again.postgres.url(role, "telaah"))
		if got := text(t, conn, "SELECT rolsuper::text || rolcreatedb::text FROM pg_roles WHERE rolname = current_user"); got != want {
			t.Errorf("%s is superuser, may create databases: %s", role, got)
		}
		if role == "telaah" {
			continue
		}
		if _, err := conn.Exec(t.Context(), "CREATE TABLE mine (word text)"); err == nil {
			t.Errorf("%s may make tables", role)
		}
	}
}

func TestALostPasswordFileIsReplacedAndThePasswordWithIt(t *testing.T) {
	t.Parallel()
	o := throwaway(openDir(t))
	s, err := StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Stop(), os.Remove(filepath.Join(o.Dir, "password"))); err != nil {
		t.Fatal(err)
	}
	again := start(t, o)
	if again.postgres.passwords[roleName] == s.postgres.passwords[roleName] {
		t.Fatal("the lost password was found")
	}
	connect(t, again.URL("telaah"))
}

func TestAServerKilledWithSIGKILLStartsAgainWithWhatWasCommitted(t *testing.T) {
	t.Parallel()
	o := throwaway(openDir(t))
	o.Profile = Durable
	s, err := StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, s.URL("telaah"))
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('tercatat')"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.process.done
	again := start(t, o)
	if got := text(t, connect(t, again.URL("telaah")), "SELECT word FROM kept"); got != "tercatat" {
		t.Errorf("kept %q", got)
	}
}

func TestAPidFileWhoseNumberWentToAStrangerIsHealed(t *testing.T) {
	t.Parallel()
	o := throwaway(openDir(t))
	s, err := StartPostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	pidFile := filepath.Join(o.Dir, "data", "postmaster.pid")
	stale, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	stranger := exec.Command("sleep", "60")
	stranger.SysProcAttr = &syscall.SysProcAttr{}
	s.postgres.account.apply(stranger.SysProcAttr) // PostgreSQL distrusts only a process of its own user
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stranger.Process.Kill(); err != nil {
			t.Error(err)
		}
		_ = stranger.Wait()
	})
	_, rest, _ := strings.Cut(string(stale), "\n")
	if err := replaceFile(pidFile, []byte(strconv.Itoa(stranger.Process.Pid)+"\n"+rest), 0o600, s.postgres.account); err != nil {
		t.Fatal(err)
	}
	connect(t, start(t, o).URL("telaah"))
	if !alive(stranger.Process.Pid) {
		t.Error("the stranger was harmed")
	}
}

func TestARunningServerOfSomebodyElseOnTheSameDataIsNamed(t *testing.T) {
	t.Parallel()
	o := throwaway(openDir(t))
	s := start(t, o)
	second, err := preparePostgres(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	err = second.awaitPredecessor(t.Context(), 100*time.Millisecond)
	var f *Fault
	if !errors.As(err, &f) || !strings.Contains(f.Sentence, "stop it with `kill -INT") {
		t.Fatalf("got %v", err)
	}
	connect(t, s.URL("telaah"))
}

func TestAnInterruptedFirstStartIsBegunAnew(t *testing.T) {
	t.Parallel()
	o := throwaway(openDir(t))
	half := filepath.Join(o.Dir, "data.new", "base")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	connect(t, start(t, o).URL("telaah"))
	if _, err := os.Stat(filepath.Dir(half)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the half-made cluster is still there: %v", err)
	}
}

func TestADirectoryTooDeepForASocketStillServes(t *testing.T) {
	t.Parallel()
	o := throwaway(openDir(t))
	o.Dir = filepath.Join(filepath.Dir(o.Dir), strings.Repeat("dalam/", 20), "postgres")
	s := start(t, o)
	if !strings.HasPrefix(s.postgres.socket, "/tmp/telaah-") {
		t.Errorf("the socket is in %s", s.postgres.socket)
	}
	connect(t, s.URL("telaah"))
}

func TestWhatCannotServeGetsOneSentenceWithTheRemedy(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		arrange func(t *testing.T, o *PostgresOptions)
		want    string
	}{
		"binaries that are none": {
			func(t *testing.T, o *PostgresOptions) { o.Bin = t.TempDir() },
			"name the directory with postgres and initdb",
		},
		"data of another version": {
			func(t *testing.T, o *PostgresOptions) { write(t, filepath.Join(o.Dir, "data", "PG_VERSION"), "9\n") },
			"written by PostgreSQL 9 but only",
		},
		"a directory with something else": {
			func(t *testing.T, o *PostgresOptions) { write(t, filepath.Join(o.Dir, "data", "photo.jpg"), "x") },
			"holds something that is no PostgreSQL data: move it away",
		},
		"a file in place of the directory": {
			func(t *testing.T, o *PostgresOptions) { write(t, o.Dir, "") },
			"cannot be written",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := throwaway(openDir(t))
			tc.arrange(t, &o)
			_, err := StartPostgres(t.Context(), o)
			var f *Fault
			if !errors.As(err, &f) || !strings.Contains(f.Sentence, tc.want) || strings.Contains(f.Sentence, "\n") {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// write makes a file for the user that owns the cluster, so that the file itself is the only fault.
func write(t *testing.T, path, content string) {
	t.Helper()
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	as, err := databaseAccount()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(path, []byte(content), 0o644), as.own(dir)); err != nil {
		t.Fatal(err)
	}
}

func TestADirectoryThatTheDatabaseUserMayNotEnterIsNamed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root starts the server as another user")
	}
	shut := filepath.Join(openDir(t), "shut")
	if err := os.Mkdir(shut, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := StartPostgres(t.Context(), throwaway(shut))
	if err == nil || !strings.Contains(err.Error(), "chmod o+x "+shut) {
		t.Errorf("got %v", err)
	}
}

func TestAServerWhosePortIsTakenNamesWhoHasIt(t *testing.T) {
	t.Parallel()
	s := start(t, throwaway(openDir(t)))
	o := throwaway(openDir(t))
	o.Port = s.postgres.Port
	_, err := StartPostgres(t.Context(), o)
	var f *Fault
	want := fmt.Sprintf("port %d for PostgreSQL is taken by postgres (pid %d): stop that, or set TELAAH_POSTGRES_PORT", o.Port, s.PID())
	if !errors.As(err, &f) || !strings.Contains(f.Sentence, want) {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestTheServerStopsInOrderWhenItsParentIsKilled(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), roleVar+"=postgres parent", "STACK_TEST_DIR="+dir)
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	within(t, 20*time.Second, "PostgreSQL ends after its parent", func() bool { return !alive(pid) })
	if log := readFrom(throwaway(dir).Log, 0); !strings.Contains(log, "database system is shut down") {
		t.Errorf("it did not shut down in order:\n%s", log)
	}
}

func playPostgresParent(dir string) int {
	s, err := StartPostgres(context.Background(), throwaway(dir))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.PID())
	<-s.process.done
	return 0
}
