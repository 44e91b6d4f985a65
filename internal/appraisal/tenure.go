package appraisal

import (
	"math/big"
	"strconv"
	"time"
)

// TenureCause says why somebody served only a part of a period.
type TenureCause string

const (
	TenureAppointed TenureCause = "appointed" // became a civil servant within the period
	TenurePosition  TenureCause = "position"  // took the position within the period
	TenureJoined    TenureCause = "joined"    // HR named the first day when adding the person
	TenureCorrected TenureCause = "corrected" // HR corrected the months, with a reason
)

// Word returns the translation key of the cause.
func (c TenureCause) Word() string { return "period.cause." + string(c) }

// TenureStart is a day from which somebody served, and how it is known.
type TenureStart struct {
	Day   time.Time
	Cause TenureCause
}

// Tenure is how many months of a period somebody served. From and Cause are empty for the whole period.
type Tenure struct {
	Served int
	Months int // of the period
	From   time.Time
	Cause  TenureCause
}

// Whole reports whether the whole period was served, or the period is too short to count months in.
func (t Tenure) Whole() bool { return t.Served >= t.Months }

// Tenure counts the months of a period that somebody served: from the latest of the days that are known, or all of it when each
// is before the period. A calendar month counts by the policy's rule.
func (p *Policy) Tenure(period Span, starts ...TenureStart) Tenure {
	rule := p.Periods.Month
	t := Tenure{Months: rule.months(period, period)}
	served := period
	for _, s := range starts {
		if day := civil(s.Day); !s.Day.IsZero() && day.After(civil(served.From)) {
			served.From, t.From, t.Cause = day, day, s.Cause
		}
	}
	t.Served = rule.months(period, served)
	if t.Served == t.Months {
		return Tenure{Served: t.Served, Months: t.Months}
	}
	return t
}

// Part is the part of a period that somebody served, in months; the zero Part is the whole.
type Part struct{ Served, Months int }

// of returns the part of a target: target × served ÷ months.
func (p Part) of(target *big.Rat) *big.Rat {
	if p.Months == 0 {
		return target
	}
	return new(big.Rat).Mul(target, big.NewRat(int64(p.Served), int64(p.Months)))
}

// Of returns the part of a target that falls to the months served, exact; the zero Input for the whole period and for what is no
// number.
func (p Part) Of(target Decimal) Input {
	whole, err := target.Rat()
	if err != nil || p.Months == 0 {
		return Input{}
	}
	return inputRat(p.of(whole))
}

// months counts the calendar months of the period that have enough days in the part served.
func (r MonthRule) months(period, served Span) int {
	n := 0
	served = Span{civil(period.From), civil(period.To)}.meet(Span{civil(served.From), civil(served.To)})
	for first := monthOf(period.From); !first.After(civil(period.To)); first = first.AddDate(0, 1, 0) {
		month := Span{first, first.AddDate(0, 1, -1)}
		days := month.meet(served).days()
		switch r.Counts {
		case MonthHalf:
			if 2*days >= month.days() {
				n++
			}
		default:
			if days >= min(r.LeastDays, month.days()) {
				n++
			}
		}
	}
	return n
}

func monthOf(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }

// Appointment returns the first day of the month in which a NIP says that a PNS was appointed. The number of a PPPK tells only
// the year, so that ok is false.
func Appointment(nip string) (day time.Time, ok bool) {
	if len(nip) != 18 || !digits(nip) {
		return time.Time{}, false
	}
	year, _ := strconv.Atoi(nip[8:12])
	month, _ := strconv.Atoi(nip[12:14])
	if month < 1 || month > 12 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC), true
}
