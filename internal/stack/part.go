package stack

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// part is one thing that the stack runs as a child process.
type part struct {
	id, title string
	log       string                                       // file that the process writes to
	before    func(context.Context) error                  // heals what an earlier process left; may be nil
	spec      func() processSpec                           // how to run it, asked anew for each start
	ready     func(ctx context.Context, said string) error // nil once it can be used; tried again and again until then
	patience  time.Duration                                // how long becoming ready may take
	stop      []stopStep                                   // how it is asked to end
	diagnose  func(said string) error                      // explains an early end from what it wrote; may be nil
	after     func()                                       // clears what the process leaves outside the data directory; may be nil
}

// readyEvery is how often readiness is asked for.
const readyEvery = 50 * time.Millisecond

// launch starts the process without waiting for its readiness. said reads what it has written since.
func (p *part) launch(ctx context.Context) (proc *process, said func() string, err error) {
	if p.before != nil {
		if err := p.before(ctx); err != nil {
			return nil, nil, err
		}
	}
	log, offset, err := openLog(p.log)
	if err != nil {
		return nil, nil, unwritable(filepath.Dir(p.log), err)
	}
	defer log.Close()
	spec := p.spec()
	spec.output = log
	proc, err = startProcess(spec)
	return proc, func() string { return readFrom(p.log, offset) }, err
}

// end stops the process and reports whether it obeyed.
func (p *part) end(proc *process) bool {
	obeyed := proc.stop(p.stop)
	if p.after != nil {
		p.after()
	}
	return obeyed
}

// awaitReady returns when the process can be used, or why it cannot: it ended, or its patience or ctx ran out.
func (p *part) awaitReady(ctx context.Context, proc *process, said func() string) error {
	patience, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	var last error
	for {
		if proc.ended() {
			return p.explain(proc, said())
		}
		if last = p.ready(patience, said()); last == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-patience.Done():
			return fmt.Errorf("%s was not ready after %s (%w); what it said is in %s", p.title, p.patience, last, p.log)
		case <-proc.done:
		case <-tick.C:
		}
	}
}

// explain says why a process ended.
func (p *part) explain(proc *process, said string) error {
	if p.diagnose != nil {
		if err := p.diagnose(said); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s ended (%s), saying %q; the whole is in %s", p.title, proc.reason(), tellingLine(said), p.log)
}

var grave = regexp.MustCompile(`(?m)^.*\b(FATAL|PANIC|panic|fatal|[Ee]rror|ERROR)\b.*$`)

// tellingLine is the last line that speaks of an error or, without one, the last line.
func tellingLine(said string) string {
	if lines := grave.FindAllString(said, -1); len(lines) > 0 {
		return strings.TrimSpace(lines[len(lines)-1])
	}
	return lastLine(said)
}

// fullLog is the size from which a log file is set aside at the next start; one older file is kept.
const fullLog = 20 << 20

func openLog(path string) (file *os.File, end int64, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, 0, err
	}
	if info, err := os.Stat(path); err == nil && info.Size() > fullLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, 0, err
		}
	}
	file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, err
	}
	end, err = file.Seek(0, io.SeekEnd)
	return file, end, err
}

func readFrom(path string, offset int64) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	const enough = 64 << 10
	raw, err := io.ReadAll(io.LimitReader(io.NewSectionReader(file, offset, 1<<62), enough))
	if err != nil {
		return ""
	}
	return string(raw)
}
