package appraisal

import "time"

// PeriodKind is how often a cycle appraises (PermenPAN-RB 6/2022: the office chooses).
type PeriodKind string

const (
	PeriodMonthly    PeriodKind = "monthly"
	PeriodQuarterly  PeriodKind = "quarterly"
	PeriodHalfYearly PeriodKind = "half_yearly"
	PeriodYearly     PeriodKind = "yearly"
	PeriodOther      PeriodKind = "other" // of a length that the regulation does not name
)

// Valid reports whether a template may name the kind.
func (k PeriodKind) Valid() bool {
	switch k {
	case PeriodMonthly, PeriodQuarterly, PeriodHalfYearly, PeriodYearly:
		return true
	default:
		return false
	}
}

// Word returns the translation key of the kind's name.
func (k PeriodKind) Word() string { return "period.kind." + string(k) }

// Span is a stretch of days, both included.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Kind returns the kind of a period of these days, by the months that it covers more than half.
func (s Span) Kind() PeriodKind {
	switch (MonthRule{Counts: MonthHalf}).months(s, s) {
	case 1:
		return PeriodMonthly
	case 3:
		return PeriodQuarterly
	case 6:
		return PeriodHalfYearly
	case 12:
		return PeriodYearly
	default:
		return PeriodOther
	}
}

// Within reports whether every day of s is a day of the other span.
func (s Span) Within(other Span) bool { return !s.From.Before(other.From) && !s.To.After(other.To) }

// overlaps reports whether the spans share a day.
func (s Span) overlaps(other Span) bool { return !s.From.After(other.To) && !other.From.After(s.To) }

// days counts the days of the span; 0 when it ends before it begins.
func (s Span) days() int {
	if s.To.Before(s.From) {
		return 0
	}
	return int(civil(s.To).Sub(civil(s.From))/(24*time.Hour)) + 1
}

// meet returns the days that two spans share.
func (s Span) meet(other Span) Span {
	if other.From.After(s.From) {
		s.From = other.From
	}
	if other.To.Before(s.To) {
		s.To = other.To
	}
	return s
}

// civil returns the day without its time and zone, so that every day has 24 hours.
func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
