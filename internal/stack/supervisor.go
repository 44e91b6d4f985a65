package stack

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

// supervisor keeps children running from their start until it stops them, the last started first.
type supervisor struct {
	progress *Progress
	pace     pace
	publish  func(State) // told of every change

	mu       sync.Mutex
	state    State
	children []*child
}

// pace says how patiently a child that dies is started again.
type pace struct {
	first, longest time.Duration // wait before the first restart; doubled with each quick death up to longest
	quick          time.Duration // a child that lived shorter has died quickly
	plain          int           // after so many quick deaths in a row it is said plainly that something is wrong
	bootAttempts   int           // how often a child may die before its first readiness
}

var usualPace = pace{first: 200 * time.Millisecond, longest: 10 * time.Second, quick: 10 * time.Second, plain: 5, bootAttempts: 3}

// child is one supervised process, or the wait for its next start.
type child struct {
	*supervisor
	part   *part
	place  int // in state.Children
	cancel context.CancelFunc
	done   chan struct{} // closed when it is stopped for good
}

// start runs a part and returns when it is ready; from then on it is kept running.
func (s *supervisor) start(ctx context.Context, p *part) error {
	return s.progress.Step(p.title, func() error {
		// A child outlives ctx: what ends it is stop, in its turn.
		life, cancel := context.WithCancel(context.WithoutCancel(ctx))
		c := &child{supervisor: s, part: p, cancel: cancel, done: make(chan struct{})}
		c.place = s.enter(ChildState{ID: p.id, Title: p.title, Log: p.log})
		proc, said, err := c.boot(ctx)
		if err != nil {
			cancel()
			return err
		}
		s.mu.Lock()
		s.children = append(s.children, c)
		s.mu.Unlock()
		go c.watch(life, proc, said)
		return nil
	})
}

// boot starts the process for the first time. Unlike later deaths, repeated ones here are the end: whoever sits before
// the terminal can mend their cause.
func (c *child) boot(ctx context.Context) (*process, func() string, error) {
	for attempt := 1; ; attempt++ {
		proc, said, err := c.part.launch(ctx)
		if err != nil {
			return nil, nil, err
		}
		c.began(proc)
		if err = c.part.awaitReady(ctx, proc, said); err == nil {
			c.change(func(s *ChildState) { s.Ready = true })
			return proc, said, nil
		}
		died := proc.ended()
		c.part.end(proc)
		c.change(gone)
		var known *Fault
		if !died || errors.As(err, &known) || attempt == c.pace.bootAttempts || ctx.Err() != nil {
			return nil, nil, err
		}
		if !pause(ctx, c.pace.first) {
			return nil, nil, ctx.Err()
		}
	}
}

// watch starts the process again whenever it ends, until life ends, and then stops it.
func (c *child) watch(life context.Context, proc *process, said func() string) {
	defer close(c.done)
	deaths := 0
	for {
		select {
		case <-life.Done():
			if !c.part.end(proc) {
				c.progress.Say("%s did not stop in time and was killed; what it said is in %s", c.part.title, c.part.log)
			}
			c.change(gone)
			return
		case <-proc.done:
		}
		c.change(gone)
		if lived := time.Since(proc.started); lived < c.pace.quick {
			deaths++
		} else {
			deaths = 1
		}
		c.progress.Say("%s", c.obituary(proc, deaths, said()))
		var restarted bool
		if proc, said, restarted = c.again(life, &deaths); !restarted {
			return
		}
	}
}

// obituary says why the process ended and what happens next.
func (c *child) obituary(proc *process, deaths int, said string) string {
	title, wait := c.part.title, seconds(c.pace.after(deaths))
	if deaths >= c.pace.plain {
		return fmt.Sprintf("%s cannot keep running: it has ended %d times shortly after its start (%s), the last time saying %q; it is started again in %s; see %s",
			title, deaths, proc.reason(), tellingLine(said), wait, c.part.log)
	}
	return fmt.Sprintf("%s ended (%s); it is started again in %s", title, proc.reason(), wait)
}

// again starts the process anew after its wait, however often that takes; false when life ended first.
func (c *child) again(life context.Context, deaths *int) (*process, func() string, bool) {
	for {
		if !pause(life, c.pace.after(*deaths)) {
			return nil, nil, false
		}
		proc, said, err := c.part.launch(life)
		if err == nil {
			c.began(proc)
			c.change(func(s *ChildState) { s.Restarts++ })
			go c.watchReadiness(life, proc, said)
			return proc, said, true
		}
		if life.Err() != nil {
			return nil, nil, false
		}
		*deaths++
		c.progress.Say("%s could not be started again (%v); the next attempt is in %s", c.part.title, err, seconds(c.pace.after(*deaths)))
	}
}

func (c *child) watchReadiness(life context.Context, proc *process, said func() string) {
	err := c.part.awaitReady(life, proc, said)
	switch {
	case err == nil:
		c.change(func(s *ChildState) {
			if s.PID == proc.pid {
				s.Ready = true
			}
		})
		c.progress.Say("%s runs again (%s)", c.part.title, seconds(time.Since(proc.started)))
	case life.Err() == nil && !proc.ended():
		c.progress.Say("%v", err)
	}
}

// after is the wait before the next start after so many quick deaths in a row.
func (p pace) after(deaths int) time.Duration {
	wait := p.first
	for range deaths - 1 {
		if wait *= 2; wait >= p.longest {
			return p.longest
		}
	}
	return wait
}

// stop ends all children, the last started first, each before the next.
func (s *supervisor) stop() {
	s.mu.Lock()
	children := s.children
	s.mu.Unlock()
	for i := len(children) - 1; i >= 0; i-- {
		c := children[i]
		s.progress.stopping(c.part.title, func() {
			c.cancel()
			<-c.done
		})
	}
}

func (c *child) began(proc *process) {
	c.change(func(s *ChildState) {
		s.PID, s.Birth, s.Started, s.Ready = proc.pid, birth(proc.pid), proc.started, false
	})
}

func gone(s *ChildState) { s.PID, s.Birth, s.Ready = 0, "", false }

func (s *supervisor) enter(c ChildState) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Children = append(s.state.Children, c)
	return len(s.state.Children) - 1
}

func (c *child) change(how func(*ChildState)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	how(&c.state.Children[c.place])
	c.publish(c.state)
}

// pause waits for d, and returns false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// endSurvivors stops what a supervisor that was killed has left running: its children, known by number and birth. It
// waits for their orderly end and kills what does not obey.
func endSurvivors(ctx context.Context, old State, progress *Progress, patience time.Duration) error {
	for i := len(old.Children) - 1; i >= 0; i-- {
		c := old.Children[i]
		lives := func() bool { return c.Birth != "" && birth(c.PID) == c.Birth }
		if !lives() {
			continue
		}
		signal := syscall.SIGTERM
		if c.ID == postgresID {
			signal = syscall.SIGINT
		}
		progress.Say("%s (pid %d) still runs from an earlier start; it is stopped first", c.Title, c.PID)
		_ = syscall.Kill(c.PID, signal)
		for deadline := time.Now().Add(patience); lives(); {
			if time.Now().After(deadline) {
				_ = syscall.Kill(c.PID, syscall.SIGKILL)
			}
			if !pause(ctx, readyEvery) {
				return ctx.Err()
			}
		}
	}
	return nil
}
