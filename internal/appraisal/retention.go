package appraisal

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RecordKind is a kind of record with a time of its own after which it is destroyed.
type RecordKind string

const (
	RecordDrafts      RecordKind = "drafts"      // typed and never handed in, after the step is over; counted from the last change
	RecordSignIn      RecordKind = "sign_in"     // sessions, links, counts of requests; from their end
	RecordRepeats     RecordKind = "repeats"     // stored answers of acts, for repeats; from the act
	RecordMail        RecordKind = "mail"        // notices that were sent or given up; from when they were queued
	RecordImports     RecordKind = "imports"     // reports of imports; from the import
	RecordCorrections RecordKind = "corrections" // requests for correction with their answers; from the answer
	RecordDelegations RecordKind = "delegations" // who stood in for whom; from its last day
	RecordContent     RecordKind = "content"     // plans, progress, reviews, feedback, files, opinions, deliberation; from the cycle's end
	RecordPulse       RecordKind = "pulse"       // anonymous opinions about the appraisal itself; from the cycle's end
	RecordFigures     RecordKind = "figures"     // measurements, assessments and trainings of a person; from the day that they are about
	RecordOutcome     RecordKind = "outcome"     // ratings and how they came about, objections, development plans, papers; from the cycle's end
	RecordAudit       RecordKind = "audit"       // what lines of the trail say; from the line
)

// RecordKinds lists the kinds, those that are kept shortest first. Audit is last: what is destroyed before leaves its line.
var RecordKinds = []RecordKind{
	RecordDrafts, RecordSignIn, RecordRepeats, RecordMail, RecordImports, RecordCorrections, RecordDelegations, RecordContent, RecordPulse,
	RecordFigures, RecordOutcome, RecordAudit,
}

// Word returns the translation key of the kind's name.
func (k RecordKind) Word() string { return "retention.kind." + string(k) }

// Valid reports whether k is one of the kinds.
func (k RecordKind) Valid() bool { return slices.Contains(RecordKinds, k) }

// OfAppraisals reports whether records of the kind are destroyed appraisal by appraisal.
func (k RecordKind) OfAppraisals() bool { return k == RecordContent || k == RecordOutcome }

// Keep is how long something is kept: a number with y, m or d for years, months or days of the calendar.
type Keep string

var keepForm = regexp.MustCompile(`^([1-9][0-9]{0,3})([ymd])$`)

// Parts returns the number and its unit: "y", "m" or "d"; ok is false for what is no span.
func (k Keep) Parts() (n int, unit string, ok bool) {
	m := keepForm.FindStringSubmatch(string(k))
	if m == nil {
		return 0, "", false
	}
	n, err := strconv.Atoi(m[1])
	return n, m[2], err == nil
}

// Before returns the instant so long before now, by the calendar of now's zone. A span that is none is the beginning of time:
// nothing is old enough.
func (k Keep) Before(now time.Time) time.Time {
	switch n, unit, ok := k.Parts(); {
	case !ok:
		return time.Time{}
	case unit == "y":
		return now.AddDate(-n, 0, 0)
	case unit == "m":
		return now.AddDate(0, -n, 0)
	default:
		return now.AddDate(0, 0, -n)
	}
}

// Says returns the span in words.
func (k Keep) Says() Sentence {
	n, unit, _ := k.Parts()
	return Sentence{Key: "retention.keep." + unit, Inputs: map[string]Input{"count": {Number: Decimal(strconv.Itoa(n))}}}
}

// RetentionRule says how long records of a kind are kept. Assumed marks a span that no regulation gives: the office has to confirm it.
type RetentionRule struct {
	Kind    RecordKind `json:"kind"`
	Keep    Keep       `json:"keep"`
	Source  string     `json:"source"` // empty: the schedule's
	Assumed bool       `json:"assumed"`
}

// RetentionSchedule says for every kind of record how long it is kept. It comes from ParseRetentionSchedule; treat it as read-only.
// It belongs to the office and not to a cycle, for it decides on what is long over.
type RetentionSchedule struct {
	Version int             `json:"version"`
	Source  string          `json:"source"`
	Rules   []RetentionRule `json:"rules"`
}

// Of returns the rule of a kind.
func (s *RetentionSchedule) Of(kind RecordKind) RetentionRule {
	for _, r := range s.Rules {
		if r.Kind == kind {
			if r.Source == "" {
				r.Source = s.Source
			}
			return r
		}
	}
	return RetentionRule{Kind: kind}
}

// ParseRetentionSchedule reads a schedule from JSON and refuses whatever is unknown, missing or contradictory. The error is an *Error
// with CodeInvalid; each of its fields is the fault's place ("rules[1].keep").
func ParseRetentionSchedule(raw []byte) (*RetentionSchedule, error) {
	var s RetentionSchedule
	if err := DecodeJSON(raw, &s); err != nil {
		return nil, err
	}
	var faults Faults
	v := policyValidator{faults: &faults}
	v.within("version", s.Version, 1, 1_000_000)
	if s.Source == "" {
		v.add("source", "policy.fault.required", nil)
	}
	at := map[RecordKind]string{}
	for i, r := range s.Rules {
		place := fmt.Sprintf("rules[%d]", i)
		if !r.Kind.Valid() {
			v.unknown(place+".kind", string(r.Kind), joinWords(RecordKinds))
			continue
		}
		if at[r.Kind] != "" {
			v.add(place+".kind", "retention.fault.twice", map[string]any{"kind": string(r.Kind)})
		}
		at[r.Kind] = place + ".keep"
		if _, _, ok := r.Keep.Parts(); !ok {
			v.add(place+".keep", "retention.fault.keep", map[string]any{"given": string(r.Keep)})
		}
	}
	var missing []string
	for _, k := range RecordKinds {
		if at[k] == "" {
			missing = append(missing, string(k))
		}
	}
	if len(missing) > 0 {
		v.add("rules", "retention.fault.missing", map[string]any{"kinds": strings.Join(missing, ", ")})
	}
	if faults.Err() == nil { // a rating without its content can be kept, and its trail, but not the other way round
		s.longer(&v, at, RecordOutcome, RecordContent)
		s.longer(&v, at, RecordAudit, RecordContent)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &s, nil
}

func (s *RetentionSchedule) longer(v *policyValidator, at map[RecordKind]string, kept, than RecordKind) {
	day := time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	if s.Of(kept).Keep.Before(day).After(s.Of(than).Keep.Before(day)) {
		v.add(at[kept], "retention.fault.shorter", map[string]any{"kind": string(kept), "than": string(than)})
	}
}
