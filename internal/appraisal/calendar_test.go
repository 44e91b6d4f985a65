package appraisal_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

var jakarta = time.FixedZone("WIB", 7*60*60)

// office is closed at weekends, around the Idulfitri of 2026 (with the days taken together with it), and at Christmas and New Year.
func office() appraisal.Calendar {
	var holidays []time.Time
	for _, d := range []string{"2026-03-18", "2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24", "2026-12-24", "2026-12-25", "2027-01-01"} {
		holidays = append(holidays, on(d))
	}
	return appraisal.NewCalendar(jakarta, holidays)
}

// on is a day, as a date column gives it.
func on(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t
}

// wib is an instant in the office's time.
func wib(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, jakarta)
	if err != nil {
		panic(err)
	}
	return t
}

func TestAnOfficeWorksFromMondayToFridayExceptOnItsHolidays(t *testing.T) {
	for day, want := range map[string]bool{
		"2026-01-12 00:00:00": true, "2026-01-16 23:59:59": true, "2026-01-17 12:00:00": false, "2026-01-18 12:00:00": false,
		"2026-03-17 12:00:00": true, "2026-03-18 00:00:00": false, "2026-03-24 23:59:59": false, "2026-03-25 00:00:00": true,
	} {
		if got := office().WorkingDay(wib(day)); got != want {
			t.Errorf("%s is a working day: %t, want %t", day, got, want)
		}
	}
}

func TestADayIsThatOfTheOfficeWhereverTheInstantWasRead(t *testing.T) {
	lateOnFriday := time.Date(2026, 1, 16, 17, 30, 0, 0, time.UTC) // 00:30 on Saturday in Jakarta
	if office().WorkingDay(lateOnFriday) {
		t.Error("an instant that is Friday in UTC and Saturday in Jakarta counts as a working day")
	}
	if got, want := office().EndOfWorkingDay(lateOnFriday, 1), wib("2026-01-19 23:59:59"); !got.Equal(want) {
		t.Errorf("one working day after it ends %s, want %s", got, want)
	}
}

func TestADeadlineIsTheLastSecondOfTheNthWorkingDayAfter(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-12 09:00:00", 1, "2026-01-13 23:59:59"},
		{"2026-01-12 00:00:00", 5, "2026-01-19 23:59:59"},  // over a weekend
		{"2026-01-16 23:59:59", 1, "2026-01-19 23:59:59"},  // from the end of a Friday
		{"2026-01-17 10:00:00", 1, "2026-01-19 23:59:59"},  // from a Saturday
		{"2026-01-12 09:00:00", 10, "2026-01-26 23:59:59"}, // two weekends
		{"2026-03-17 15:00:00", 1, "2026-03-25 23:59:59"},  // over Idulfitri
		{"2026-03-16 15:00:00", 3, "2026-03-26 23:59:59"},
		{"2026-12-23 09:00:00", 1, "2026-12-28 23:59:59"}, // over Christmas
		{"2026-12-28 09:00:00", 5, "2027-01-05 23:59:59"}, // over the end of the year
		{"2026-12-31 23:59:59", 1, "2027-01-04 23:59:59"},
		{"2028-02-28 09:00:00", 1, "2028-02-29 23:59:59"}, // a leap year
		{"2026-01-12 09:00:00", 0, "2026-01-13 23:59:59"}, // never less than a whole day
		{"2026-01-12 09:00:00", -4, "2026-01-13 23:59:59"},
	} {
		if got := office().EndOfWorkingDay(wib(c.from), c.n); !got.Equal(wib(c.want)) {
			t.Errorf("%d working days after %s end %s, want %s", c.n, c.from, got, c.want)
		}
	}
}

func TestAPeriodEndsWithItsLastDayInTheOffice(t *testing.T) {
	if got, want := office().EndOfPeriod(on("2026-12-31")), wib("2026-12-31 23:59:59"); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := office().EndOfPeriod(on("2026-12-26")), wib("2026-12-26 23:59:59"); !got.Equal(want) {
		t.Errorf("a period that ends on a Saturday: got %s, want %s", got, want)
	}
}

func TestRemindersGoOutOnTheMorningOfAWorkingDay(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-26 23:59:59", -3, "2026-01-21 08:00:00"},
		{"2026-01-26 23:59:59", -1, "2026-01-23 08:00:00"}, // the Friday before
		{"2026-01-26 23:59:59", 1, "2026-01-27 08:00:00"},
		{"2026-01-23 23:59:59", 1, "2026-01-26 08:00:00"}, // the Monday after
		{"2026-01-23 23:59:59", 0, "2026-01-23 08:00:00"},
		{"2026-01-24 12:00:00", 0, "2026-01-26 08:00:00"}, // a Saturday's own morning is Monday's
		{"2026-03-25 23:59:59", -1, "2026-03-17 08:00:00"},
		{"2026-03-17 23:59:59", 2, "2026-03-26 08:00:00"},
		{"2027-01-04 23:59:59", -2, "2026-12-30 08:00:00"}, // back over the end of the year
		{"2026-12-31 23:59:59", -10, "2026-12-15 08:00:00"},
	} {
		if got := office().MorningOf(wib(c.from), c.n); !got.Equal(wib(c.want)) {
			t.Errorf("%d working days from %s: %s, want %s", c.n, c.from, got, c.want)
		}
	}
}

func TestCountingForwardsAndBackwardsAgree(t *testing.T) {
	c := office()
	for at := wib("2026-01-05 10:00:00"); at.Before(wib("2027-02-01 00:00:00")); at = at.AddDate(0, 0, 1) {
		for n := 1; n <= 12; n++ {
			forth := c.EndOfWorkingDay(at, n)
			if !c.WorkingDay(forth) || !forth.After(at) {
				t.Fatalf("%d working days after %s is %s, no working day after it", n, at, forth)
			}
			if c.WorkingDay(at) {
				if back := c.MorningOf(forth, -n); back.YearDay() != at.YearDay() || back.Year() != at.Year() {
					t.Fatalf("%d working days before %s is %s, want the day of %s", n, forth, back, at)
				}
			}
		}
	}
}

func TestASharedInstantIsSpreadByTheIdOnlyLaterAndWithinItsBounds(t *testing.T) {
	for _, c := range []struct{ window, limit time.Duration }{
		{90 * 24 * time.Hour, 10 * time.Minute},
		{200 * time.Minute, 10 * time.Minute}, // 5 % is exactly ten minutes
		{100 * time.Minute, 5 * time.Minute},
		{2 * time.Minute, 6 * time.Second},
		{20, 1}, {19, 0}, {0, 0}, {-time.Hour, 0},
	} {
		seen := map[time.Duration]bool{}
		for i := range 2000 {
			id := fmt.Sprintf("0b9f6a52-%04d", i)
			got := appraisal.Spread(id, c.window)
			if got < 0 || got > c.limit || c.limit > 0 && got == c.limit {
				t.Fatalf("a window of %s spreads %s by %s, want less than %s and not earlier", c.window, id, got, c.limit)
			}
			if got != appraisal.Spread(id, c.window) {
				t.Fatalf("%s is spread differently each time", id)
			}
			seen[got] = true
		}
		if c.limit > time.Second && len(seen) < 1900 {
			t.Errorf("a window of %s puts 2000 ids on %d instants, want them apart", c.window, len(seen))
		}
	}
}

func TestTheSpreadUsesTheWholeOfItsTime(t *testing.T) {
	var quarters [4]int
	for i := range 4000 {
		quarters[int(appraisal.Spread(fmt.Sprint("person ", i), 30*24*time.Hour)*4/(10*time.Minute))]++
	}
	for q, n := range quarters {
		if n < 800 || n > 1200 {
			t.Errorf("quarter %d of the ten minutes has %d of 4000, want about a thousand", q+1, n)
		}
	}
}
