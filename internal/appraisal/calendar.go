package appraisal

import (
	"hash/fnv"
	"time"
)

// Calendar counts an office's working days: Monday to Friday in its time zone, without its holidays.
type Calendar struct {
	zone     *time.Location
	holidays map[string]bool
}

// NewCalendar returns the calendar of an office in zone with the given holidays; only their dates matter.
func NewCalendar(zone *time.Location, holidays []time.Time) Calendar {
	c := Calendar{zone: zone, holidays: make(map[string]bool, len(holidays))}
	for _, h := range holidays {
		c.holidays[h.Format(time.DateOnly)] = true
	}
	return c
}

// Zone returns the office's time zone.
func (c Calendar) Zone() *time.Location { return c.zone }

// WorkingDay reports whether the office works on t's day.
func (c Calendar) WorkingDay(t time.Time) bool {
	t = t.In(c.zone)
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && !c.holidays[t.Format(time.DateOnly)]
}

// EndOfWorkingDay returns the last second of the n-th working day after from's day. n below 1 counts as 1: a
// deadline leaves at least the whole of the next working day.
func (c Calendar) EndOfWorkingDay(from time.Time, n int) time.Time {
	day := c.day(from)
	for left := max(n, 1); left > 0; {
		day = day.AddDate(0, 0, 1)
		if c.WorkingDay(day) {
			left--
		}
	}
	return c.endOf(day)
}

// EndOfCalendarDay returns the last second of the n-th day after from's day, a working day or not.
func (c Calendar) EndOfCalendarDay(from time.Time, n int) time.Time {
	return c.endOf(c.day(from).AddDate(0, 0, n))
}

// EndOfPeriod returns the last second of the day on which a period ends.
func (c Calendar) EndOfPeriod(end time.Time) time.Time {
	return c.endOf(time.Date(end.Year(), end.Month(), end.Day(), 0, 0, 0, 0, c.zone))
}

// MorningOf returns 08:00 of the working day n working days after t's day (before it when n is negative). Reminders
// and escalations go out then.
func (c Calendar) MorningOf(t time.Time, n int) time.Time {
	day, step := c.day(t), 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		day = day.AddDate(0, 0, step)
		if c.WorkingDay(day) {
			n--
		}
	}
	for !c.WorkingDay(day) {
		day = day.AddDate(0, 0, step)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 8, 0, 0, 0, c.zone)
}

func (c Calendar) day(t time.Time) time.Time {
	t = t.In(c.zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, c.zone)
}

func (c Calendar) endOf(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, c.zone)
}

// maxSpread bounds how far an instant shared by many may move.
const maxSpread = 10 * time.Minute

// Spread returns how much later than the shared instant the clock of id goes off: the same for the same id, at most ten
// minutes or 5 % of the window, whichever is less, and never earlier.
func Spread(id string, window time.Duration) time.Duration {
	limit := min(maxSpread, window/20)
	if limit <= 0 {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return time.Duration(h.Sum64() % uint64(limit))
}
