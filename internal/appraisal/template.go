package appraisal

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Missed says what happens to a step when its deadline passes.
type Missed string

const (
	MissedWait    Missed = "wait"    // stays open, reminds on and escalates
	MissedAdvance Missed = "advance" // the process goes on without it
	MissedAccept  Missed = "accept"  // silence is consent
)

// Window is a length of time: working or calendar days of the office, or seconds (demonstrations and tests), or, for the
// execution stage, until the period ends, or, for an objection and its decision, as the policy says. Exactly one is set.
type Window struct {
	WorkingDays  int  `json:"working_days,omitempty"`
	CalendarDays int  `json:"calendar_days,omitempty"`
	Seconds      int  `json:"seconds,omitempty"`
	PeriodEnd    bool `json:"period_end,omitempty"`
	Policy       bool `json:"policy,omitempty"`
}

// legalWindow returns the window that the policy gives the step, and whether it gives one.
func (p *Policy) legalWindow(k StepKind) (Window, bool) {
	days, count := p.Objection.WindowDays, p.Objection.WindowCount
	switch k {
	case StepAcknowledgeResult:
	case StepDecideObjection:
		days, count = p.Objection.DecisionDays, p.Objection.DecisionCount
	default:
		return Window{}, false
	}
	if count == CountCalendar {
		return Window{CalendarDays: days}, true
	}
	return Window{WorkingDays: days}, true
}

// Under returns the template as a cycle under the policy keeps it: windows that the template leaves to the policy have the
// policy's length, and those that it sets itself stay.
func (t Template) Under(p *Policy) Template {
	t.Steps = slices.Clone(t.Steps)
	for i, r := range t.Steps {
		if legal, ok := p.legalWindow(r.Step); ok && r.Window.Policy {
			t.Steps[i].Window = legal
		}
	}
	return t
}

// StepRule is the timing of one step.
type StepRule struct {
	Step       StepKind `json:"step"`
	Window     Window   `json:"window"`
	Missed     Missed   `json:"missed"`
	Before     []Window `json:"before,omitempty"`     // reminders before the deadline
	After      []Window `json:"after,omitempty"`      // reminders after it, while the step waits
	Escalation []Window `json:"escalation,omitempty"` // after the deadline: first the owner's superior, then HR
}

// Template says which stages a cycle runs and how each of their steps is timed.
type Template struct {
	Name   string     `json:"name"`
	Period PeriodKind `json:"period,omitempty"` // of its cycles; where it names none, the dates of each tell
	Stages []Stage    `json:"stages"`
	Steps  []StepRule `json:"steps"`
}

// PeriodOf returns the kind of period of a cycle of this template.
func (t Template) PeriodOf(period Span) PeriodKind {
	if t.Period != "" {
		return t.Period
	}
	return period.Kind()
}

// Runs reports whether the template includes the stage. Objection runs with result, and closed always.
func (t Template) Runs(s Stage) bool {
	switch s {
	case StageObjection:
		return slices.Contains(t.Stages, StageResult)
	case StageClosed, StageWithdrawn:
		return true
	default:
		return slices.Contains(t.Stages, s)
	}
}

// Rule returns the timing of a step kind.
func (t Template) Rule(k StepKind) StepRule {
	for _, r := range t.Steps {
		if r.Step == k {
			return r
		}
	}
	return StepRule{Step: k, Missed: MissedWait}
}

// Deadline returns when a step opened at opened has to be done.
func (r StepRule) Deadline(opened, periodEnd time.Time, c Calendar) time.Time {
	switch {
	case r.Window.PeriodEnd:
		end := c.EndOfPeriod(periodEnd)
		if end.Before(opened) {
			return c.EndOfWorkingDay(opened, 1)
		}
		return end
	case r.Window.Seconds > 0:
		return opened.Add(time.Duration(r.Window.Seconds) * time.Second)
	case r.Window.CalendarDays > 0:
		return c.EndOfCalendarDay(opened, r.Window.CalendarDays)
	default:
		return c.EndOfWorkingDay(opened, r.Window.WorkingDays)
	}
}

// DueKind is what is due at an instant of a step's life.
type DueKind string

const (
	DueReminder   DueKind = "reminder" // before the deadline
	DueDeadline   DueKind = "deadline"
	DueOverdue    DueKind = "overdue" // a reminder after it
	DueEscalation DueKind = "escalation"
)

// Due is one instant on a step's own clock.
type Due struct {
	Kind    DueKind
	Ordinal int // 1, 2, … within the kind
	At      time.Time
}

// Schedule returns the instants at which something is due for a step, in order. Reminders that would fall before the
// step opened are left out. What comes after the deadline is only scheduled for steps that wait.
func (r StepRule) Schedule(opened, deadline time.Time, c Calendar) []Due {
	var dues []Due
	for i, w := range r.Before {
		if at := w.before(deadline, c); at.After(opened) && at.Before(deadline) {
			dues = append(dues, Due{DueReminder, i + 1, at})
		}
	}
	dues = append(dues, Due{DueDeadline, 1, deadline})
	if r.Missed == MissedWait {
		for i, w := range r.After {
			dues = append(dues, Due{DueOverdue, i + 1, w.after(deadline, c)})
		}
		for i, w := range r.Escalation {
			dues = append(dues, Due{DueEscalation, i + 1, w.after(deadline, c)})
		}
	}
	slices.SortStableFunc(dues, func(a, b Due) int { return a.At.Compare(b.At) })
	return dues
}

func (w Window) before(t time.Time, c Calendar) time.Time {
	if w.Seconds > 0 {
		return t.Add(-time.Duration(w.Seconds) * time.Second)
	}
	return c.MorningOf(t, -w.WorkingDays)
}

func (w Window) after(t time.Time, c Calendar) time.Time {
	if w.Seconds > 0 {
		return t.Add(time.Duration(w.Seconds) * time.Second)
	}
	return c.MorningOf(t, w.WorkingDays)
}

// Validate reports every fault of the template: unknown or doubled stages and steps, stages out of order, steps without a
// rule, windows that are not exactly one positive length.
func (t Template) Validate() error {
	var f Faults
	requireText(&f, "name", t.Name, MaxLine)
	if t.Period != "" && !t.Period.Valid() {
		f.Add("period", "period.fault.kind", map[string]any{"value": string(t.Period)})
	}
	if len(t.Stages) == 0 {
		f.Add("stages", "error.template_no_stages", nil)
	}
	last := -1
	for i, s := range t.Stages {
		field := fmt.Sprintf("stages[%d]", i)
		if !slices.Contains(Stages, s) || s == StageObjection || s == StageClosed {
			f.Add(field, "error.template_unknown_stage", map[string]any{"value": string(s)})
		} else if s.Order() <= last {
			f.Add(field, "error.template_stage_order", map[string]any{"value": string(s)})
		} else {
			last = s.Order()
		}
	}
	if t.Runs(StageResult) && !t.Runs(StageAppraiserReview) {
		f.Add("stages", "error.template_result_without_review", nil)
	}
	if t.Runs(StageCalibration) && !t.Runs(StageAppraiserReview) {
		f.Add("stages", "error.template_calibration_without_review", nil)
	}
	seen := map[StepKind]bool{}
	for i, r := range t.Steps {
		t.validateRule(&f, fmt.Sprintf("steps[%d]", i), r, seen)
	}
	for _, kind := range slices.Sorted(maps.Keys(stepPlaces)) {
		if t.Runs(kind.Stage()) && !seen[kind] {
			f.Add("steps", "error.template_step_missing", map[string]any{"value": string(kind)})
		}
	}
	return f.Err()
}

func (t Template) validateRule(f *Faults, field string, r StepRule, seen map[StepKind]bool) {
	if !r.Step.Valid() {
		f.Add(field+".step", "error.template_unknown_step", map[string]any{"value": string(r.Step)})
		return
	}
	if seen[r.Step] {
		f.Add(field+".step", "error.template_step_twice", map[string]any{"value": string(r.Step)})
	}
	seen[r.Step] = true
	if r.Missed != MissedWait && r.Missed != MissedAdvance && r.Missed != MissedAccept {
		f.Add(field+".missed", "error.template_missed", map[string]any{"value": string(r.Missed)})
	}
	_, legal := (&Policy{}).legalWindow(r.Step)
	if !r.Window.valid() || r.Window.PeriodEnd && r.Step != StepRecordProgress || r.Window.Policy && !legal {
		f.Add(field+".window", "error.template_window", nil)
	}
	for _, clock := range []struct {
		name string
		at   []Window
	}{{"before", r.Before}, {"after", r.After}, {"escalation", r.Escalation}} {
		if len(clock.at) > maxInstants {
			f.Add(field+"."+clock.name, "error.too_many", map[string]any{"max": maxInstants})
		}
		for i, w := range clock.at {
			if !w.valid() || w.PeriodEnd || w.Policy || w.CalendarDays > 0 { // mails go out on working days
				f.Add(fmt.Sprintf("%s.%s[%d]", field, clock.name, i), "error.template_window", nil)
			}
		}
	}
}

// Bounds of a window: more than a year and a half of work, or as long in seconds.
const (
	maxWorkingDays  = 400
	maxCalendarDays = 600
	maxSeconds      = maxCalendarDays * 24 * 60 * 60
)

// maxInstants is how many reminders, or escalations, one step may have: each is a mail to everybody who is late.
const maxInstants = 20

func (w Window) valid() bool {
	set := 0
	for _, on := range []bool{w.WorkingDays > 0, w.CalendarDays > 0, w.Seconds > 0, w.PeriodEnd, w.Policy} {
		if on {
			set++
		}
	}
	return set == 1 && w.WorkingDays >= 0 && w.WorkingDays <= maxWorkingDays && w.CalendarDays >= 0 && w.CalendarDays <= maxCalendarDays &&
		w.Seconds >= 0 && w.Seconds <= maxSeconds
}

//go:embed templates/*.json
var templateFiles embed.FS

// Templates returns the cycle templates that come with the product, by name.
func Templates() ([]Template, error) {
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	var list []Template
	for _, e := range entries {
		raw, err := templateFiles.ReadFile("templates/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read template %s: %w", e.Name(), err)
		}
		var t Template
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, fmt.Errorf("template %s: %w", e.Name(), err)
		}
		if err := t.Validate(); err != nil {
			return nil, fmt.Errorf("template %s: %w", e.Name(), err)
		}
		list = append(list, t)
	}
	return list, nil
}
