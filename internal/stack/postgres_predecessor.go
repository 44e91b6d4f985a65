package stack

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// awaitPredecessor waits until no process of an earlier server works in the data directory: after SIGKILL of ours the
// kernel has told the server to stop, and after SIGKILL of the server its sessions end by themselves. It then removes
// the sockets that those left, and a postmaster.pid whose number has gone to a stranger, which PostgreSQL would take for a running server.
func (p *postgres) awaitPredecessor(ctx context.Context, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		users := workingIn(p.data())
		if len(users) == 0 {
			break
		}
		if time.Now().After(deadline) {
			return fault(nil, "a PostgreSQL that is not ours (pid %d) runs on %s: stop it with `kill -INT %d`, then start again", users[0], p.data(), users[0])
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	left, _ := filepath.Glob(filepath.Join(p.socket, ".s.PGSQL.*"))
	for _, file := range left {
		if err := os.Remove(file); err != nil {
			return unwritable(p.socket, err)
		}
	}
	path := filepath.Join(p.data(), "postmaster.pid")
	pid := firstNumber(path)
	if _, err := os.Stat("/proc/self/cwd"); err != nil || pid <= 1 || !alive(pid) {
		return nil // PostgreSQL itself sees that the server is gone
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return unwritable(path, err)
	}
	return nil
}

// workingIn returns the processes whose working directory is dir: a PostgreSQL server and its sessions work in their
// data directory. It returns nothing where the system has no /proc.
func workingIn(dir string) []int {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil
	}
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	var pids []int
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != real {
			continue
		}
		if pid, err := strconv.Atoi(strings.Split(link, "/")[2]); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

func firstNumber(path string) int {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	n, _ := strconv.Atoi(strings.TrimSpace(line))
	return n
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
