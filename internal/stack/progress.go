package stack

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Progress writes what is being done to a terminal, one short line per step: "PostgreSQL … ready (0.8 s)". It is safe
// for use by several goroutines.
type Progress struct {
	mu   sync.Mutex
	out  io.Writer
	open bool // the cursor stands behind "…"
}

// NewProgress writes to out.
func NewProgress(out io.Writer) *Progress { return &Progress{out: out} }

// Step announces name, does it, and completes the line with "ready" and the time that it took, or with "failed".
func (p *Progress) Step(name string, do func() error) error {
	p.begin(name)
	began := time.Now()
	if err := do(); err != nil {
		p.end(name, "failed")
		return err
	}
	p.end(name, "ready ("+seconds(time.Since(began))+")")
	return nil
}

// stopping is Step for the end of a part.
func (p *Progress) stopping(name string, do func()) {
	p.begin(name)
	began := time.Now()
	do()
	p.end(name, "stopped ("+seconds(time.Since(began))+")")
}

// Say writes a line of its own.
func (p *Progress) Say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.breakLine()
	fmt.Fprintf(p.out, format+"\n", args...)
}

func (p *Progress) begin(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.breakLine()
	fmt.Fprintf(p.out, "%s … ", name)
	p.open = true
}

func (p *Progress) end(name, outcome string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.open { // another line came between
		fmt.Fprintf(p.out, "%s … ", name)
	}
	fmt.Fprintln(p.out, outcome)
	p.open = false
}

func (p *Progress) breakLine() {
	if p.open {
		fmt.Fprintln(p.out)
		p.open = false
	}
}
