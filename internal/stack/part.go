package stack

import (
	"context"
	"fmt"
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

// longestLine is how much of a line of a log fits into a sentence, in letters.
const longestLine = 300

// tellingLine is the last line that speaks of an error or, without one, the last line.
func tellingLine(said string) string {
	line := lastLine(said)
	if lines := grave.FindAllString(said, -1); len(lines) > 0 {
		line = strings.TrimSpace(lines[len(lines)-1])
	}
	if letters := []rune(line); len(letters) > longestLine {
		return string(letters[:longestLine]) + "…"
	}
	return line
}
