package appraisal

import (
	"fmt"
	"time"
)

// Years in which a day or a month may be given. Nobody means another one, and what is calculated from it, a month earlier or a day
// later, could leave the years that JSON can write.
const (
	FirstYear = 1900
	LastYear  = 2100
)

// ParseDay reads a day that is given as YYYY-MM-DD and has no nearer bounds of its own.
func ParseDay(given string) (time.Time, error) { return parseIn(time.DateOnly, given) }

// ParseMonth reads a month that is given as YYYY-MM; the result is its first day.
func ParseMonth(given string) (time.Time, error) { return parseIn("2006-01", given) }

func parseIn(layout, given string) (time.Time, error) {
	at, err := time.Parse(layout, given)
	if err == nil && (at.Year() < FirstYear || at.Year() > LastYear) {
		return time.Time{}, fmt.Errorf("%s is not between the years %d and %d", given, FirstYear, LastYear)
	}
	return at, err
}
