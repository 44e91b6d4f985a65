package stack

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAChildThatKeepsDyingIsToldPlainlyAndTriedForEver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	healthy := filepath.Join(dir, "healthy")
	if err := os.WriteFile(healthy, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	said := &lockedBuffer{}
	restarts := make(chan int, 1000)
	s := &supervisor{
		progress: NewProgress(said), pace: pace{first: time.Millisecond, longest: 4 * time.Millisecond, quick: time.Minute, plain: 5, bootAttempts: 3},
		publish: func(state State) { restarts <- state.Children[0].Restarts },
	}
	p := &part{
		id: "ill", title: "Ill", log: filepath.Join(dir, "log"), patience: 10 * time.Second,
		spec: func() processSpec {
			script := "if test -e " + healthy + "; then echo well; exec sleep 60; fi; echo 'error: no health'; exit 4"
			return processSpec{path: "/bin/sh", args: []string{"-c", script}, deathSignal: syscall.SIGKILL}
		},
		stop: []stopStep{{syscall.SIGTERM, 10 * time.Second}},
	}
	p.says("well")
	if err := s.start(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(healthy); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	pid := s.state.Children[0].PID
	s.mu.Unlock()
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for n := 0; n < 7; n = <-restarts {
	}
	if !strings.Contains(said.String(), `Ill cannot keep running: it has ended 5 times shortly after its start (exit code 4), the last time saying "error: no health"; it is started again in`) {
		t.Errorf("it is not told:\n%s", said)
	}
	if err := os.WriteFile(healthy, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "it recovers", func() bool { return strings.Contains(said.String(), "Ill runs again") })
	s.stop()
	if !strings.Contains(said.String(), "Ill … stopped") {
		t.Errorf("got %s", said)
	}
}

func TestWaitsBetweenRestartsDoubleUpToTheLongest(t *testing.T) {
	t.Parallel()
	p := pace{first: time.Second, longest: 10 * time.Second}
	for deaths, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 5: 10 * time.Second, 500: 10 * time.Second} {
		if got := p.after(deaths); got != want {
			t.Errorf("after %d deaths: %s, want %s", deaths, got, want)
		}
	}
}

func TestAProcessThatIgnoresTheSignalIsKilledAfterItsPatience(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	p := &part{id: "deaf", title: "Deaf", log: log, patience: 10 * time.Second, spec: func() processSpec {
		return processSpec{path: "/bin/sh", args: []string{"-c", "trap '' TERM; echo well; while :; do sleep 0.1; done"}, deathSignal: syscall.SIGKILL}
	}}
	p.says("well")
	s, err := startServer(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	p.stop = []stopStep{{syscall.SIGTERM, 50 * time.Millisecond}}
	if err := s.Stop(); err == nil || s.process.reason() != "killed by SIGKILL" {
		t.Errorf("got %v, %s", err, s.process.reason())
	}
}
