// Package e2e runs the whole program as people run it, and lets a scripted government act on it through HTTP.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"

	"github.com/marelan/telaah/internal/payload"
	"github.com/marelan/telaah/internal/stack"
)

const root = "../.."

// installation is a running `telaah up` with a data directory and ports of its own.
type installation struct {
	t        *testing.T
	data     string
	environ  []string
	pages    string
	mail     string
	db       *pgxpool.Pool
	temporal client.Client
	codec    *payload.Codec
	process  *exec.Cmd
	output   *bytes.Buffer
}

func install(t *testing.T) *installation {
	t.Helper()
	data, err := os.MkdirTemp("", "telaah-e2e-")
	must(t, err)
	must(t, os.Chmod(data, 0o755)) // the database's own user passes through
	t.Cleanup(func() { _ = os.RemoveAll(data) })
	ports := freePorts(t, 8)
	i := &installation{t: t, data: data, pages: "http://" + ports[0], mail: "http://" + ports[5], output: &bytes.Buffer{}}
	_, postgresPort, err := net.SplitHostPort(ports[6])
	must(t, err)
	i.environ = append(without(os.Environ(), "TELAAH_", "TEMPORAL_"),
		"TELAAH_DATA="+data, "TELAAH_DEMONSTRATION=off", "TELAAH_LISTEN="+ports[0], "TELAAH_METRICS_LISTEN="+ports[1],
		"TELAAH_WORKER_METRICS_LISTEN="+ports[2], "TELAAH_TEMPORAL_LISTEN="+ports[3], "TELAAH_TEMPORAL_UI=off",
		"TELAAH_CATCHER_SMTP_LISTEN="+ports[4], "TELAAH_CATCHER_HTTP_LISTEN="+ports[5], "TELAAH_POSTGRES_PORT="+postgresPort,
		"TELAAH_MAIL_DIGEST=off", "TELAAH_MAIL_RATE=5000", "TELAAH_TIMEZONE=Asia/Jakarta")
	i.up()
	t.Cleanup(i.down)
	variables, running, err := stack.Environment(data)
	must(t, err)
	if !running {
		t.Fatal("telaah up says that it does not run")
	}
	i.db, err = pgxpool.New(context.Background(), variables["TELAAH_DATABASE_URL"])
	must(t, err)
	t.Cleanup(i.db.Close)
	i.codec = i.openCodec()
	options := client.Options{HostPort: ports[3], Namespace: "telaah", Logger: quiet{}}
	i.codec.Apply(&options)
	i.temporal, err = client.NewLazyClient(options)
	must(t, err)
	t.Cleanup(i.temporal.Close)
	return i
}

// up starts the program and waits until it is ready.
func (i *installation) up() {
	i.t.Helper()
	binary, err := filepath.Abs(filepath.Join(root, "bin", "telaah"))
	must(i.t, err)
	i.process = exec.Command(binary, "up")
	i.process.Env, i.process.Stdout, i.process.Stderr = i.environ, i.output, i.output
	i.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(i.t, i.process.Start())
	await(i.t, 3*time.Minute, "telaah up to be ready", func() bool {
		if i.process.ProcessState != nil {
			i.t.Fatal(i.output)
		}
		state, err := stack.ReadState(i.data)
		return err == nil && len(state.Children) == 5 && allReady(state) && i.answers("/readyz")
	})
}

func allReady(s stack.State) bool {
	for _, c := range s.Children {
		if !c.Ready || c.PID == 0 {
			return false
		}
	}
	return true
}

func (i *installation) answers(path string) bool {
	response, err := http.Get(i.pages + path)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// down stops the program in order.
func (i *installation) down() {
	if i.process == nil {
		return
	}
	_ = i.process.Process.Signal(syscall.SIGINT)
	ended := make(chan error, 1)
	go func() { ended <- i.process.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			i.t.Errorf("telaah up ended with %v:\n%s", err, i.output)
		}
	case <-time.After(3 * time.Minute):
		_ = syscall.Kill(-i.process.Process.Pid, syscall.SIGKILL)
		i.t.Error("telaah up did not stop within three minutes")
	}
	i.process = nil
}

// child returns a supervised process by its id, with a pid that is alive.
func (i *installation) child(id string) stack.ChildState {
	i.t.Helper()
	var found stack.ChildState
	await(i.t, time.Minute, id+" to run", func() bool {
		state, err := stack.ReadState(i.data)
		if err != nil {
			return false
		}
		for _, c := range state.Children {
			if c.ID == id && c.PID > 0 {
				found = c
				return true
			}
		}
		return false
	})
	return found
}

func (i *installation) signal(id string, s syscall.Signal) { _ = syscall.Kill(i.child(id).PID, s) }

// command runs the binary as an administrator would.
func (i *installation) command(args ...string) string {
	i.t.Helper()
	cmd := exec.Command(filepath.Join(root, "bin", "telaah"), args...)
	cmd.Env = i.environ
	out, err := cmd.CombinedOutput()
	if err != nil {
		i.t.Fatalf("telaah %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// importOffice imports the demonstration's files the way an office does.
func (i *installation) importOffice() {
	i.t.Helper()
	file := func(name string) string { return filepath.Join(root, "internal", "demo", "data", name+".csv") }
	i.command("import", "holidays", file("hari-libur"))
	i.command("import", "roster", "--units", file("unit-organisasi"), "--employees", file("pegawai"), "--officials", file("pejabat-luar"))
	i.command("import", "strategy", file("rencana-strategis"))
	i.command("import", "competencies", file("kompetensi"), file("standar-kompetensi"), file("penilaian-kompetensi"))
	i.command("import", "trainings", file("katalog-pelatihan"))
	i.command("import", "measurements", file("ukuran-layanan"))
	i.command("import", "survey", file("skm-responden"))
}

// caught is a mail in the catcher.
type caught struct {
	MessageID string   `json:"message_id"`
	To        []string `json:"to"`
	Subject   string   `json:"subject"`
	Text      string   `json:"text"`
}

func (i *installation) caught(query string) ([]caught, error) {
	response, err := http.Get(i.mail + "/api/messages" + query)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the catcher answered %s", response.Status)
	}
	var list []caught
	return list, json.NewDecoder(response.Body).Decode(&list)
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func freePorts(t *testing.T, n int) []string {
	t.Helper()
	addresses := make([]string, n)
	for k := range addresses {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer l.Close()
		addresses[k] = l.Addr().String()
	}
	return addresses
}

func without(environ []string, prefixes ...string) []string {
	var kept []string
	for _, v := range environ {
		drop := false
		for _, p := range prefixes {
			drop = drop || strings.HasPrefix(v, p) && !strings.HasPrefix(v, "TELAAH_POSTGRES_BIN") && !strings.HasPrefix(v, "TELAAH_TEMPORAL_BIN")
		}
		if !drop {
			kept = append(kept, v)
		}
	}
	return kept
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func await(t *testing.T, patience time.Duration, what string, check func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !check() {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for %s", patience, what)
		}
		time.Sleep(50 * time.Millisecond) // between two looks at a condition
	}
}
