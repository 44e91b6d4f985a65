package stack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// processSpec says how to run one child process.
type processSpec struct {
	path        string
	args        []string
	env         []string
	dir         string         // working directory; empty: ours
	account     *account       // nil: our own user
	output      *os.File       // stdout and stderr; written by the child itself, so that nothing is lost when we die
	deathSignal syscall.Signal // what the child gets when we die without stopping it
}

// process is a running child.
type process struct {
	pid     int
	started time.Time
	done    chan struct{} // closed when it has ended; then exit is set
	exit    error         // nil: it ended with code 0
}

func startProcess(s processSpec) (*process, error) {
	p := &process{done: make(chan struct{})}
	began := make(chan error)
	go func() {
		// The kernel sends the death signal when the thread that started the child ends, not the process: the thread
		// is kept until the child has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd := exec.Command(s.path, s.args...)
		cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = s.env, s.dir, s.output, s.output
		// A process group of its own: Ctrl-C reaches only us, and we stop the children in order.
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		dieWithParent(cmd.SysProcAttr, s.deathSignal)
		s.account.apply(cmd.SysProcAttr)
		if err := cmd.Start(); err != nil {
			began <- fmt.Errorf("start %s: %w", s.path, err)
			return
		}
		p.pid, p.started = cmd.Process.Pid, time.Now()
		began <- nil
		p.exit = cmd.Wait()
		close(p.done)
	}()
	if err := <-began; err != nil {
		return nil, err
	}
	return p, nil
}

// ended reports whether the process has ended.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// reason says how the process ended, such as "exit code 2" or "killed by SIGKILL".
func (p *process) reason() string {
	var exit *exec.ExitError
	switch {
	case p.exit == nil:
		return "exit code 0"
	case errors.As(p.exit, &exit):
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return "killed by " + signalName(status.Signal())
		}
		return fmt.Sprintf("exit code %d", exit.ExitCode())
	default:
		return p.exit.Error()
	}
}

// stopStep is one attempt at ending a process: a signal and how long it has to obey.
type stopStep struct {
	signal   syscall.Signal
	patience time.Duration
}

// stop asks the process to end, more and more sternly, at last with SIGKILL, and returns when it has ended. It reports
// whether the process obeyed before SIGKILL.
func (p *process) stop(steps []stopStep) bool {
	for _, step := range steps {
		if p.ended() {
			return true
		}
		// The child is reaped only by us, so while it has not ended the pid is its own.
		_ = syscall.Kill(p.pid, step.signal)
		select {
		case <-p.done:
			return true
		case <-time.After(step.patience):
		}
	}
	if p.ended() {
		return true
	}
	_ = syscall.Kill(p.pid, syscall.SIGKILL)
	<-p.done
	return false
}

func signalName(s syscall.Signal) string {
	names := map[syscall.Signal]string{
		syscall.SIGKILL: "SIGKILL", syscall.SIGTERM: "SIGTERM", syscall.SIGINT: "SIGINT", syscall.SIGSEGV: "SIGSEGV",
		syscall.SIGABRT: "SIGABRT", syscall.SIGBUS: "SIGBUS", syscall.SIGQUIT: "SIGQUIT", syscall.SIGHUP: "SIGHUP",
	}
	if name, ok := names[s]; ok {
		return name
	}
	return s.String()
}
