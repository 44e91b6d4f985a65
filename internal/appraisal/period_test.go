package appraisal_test

import (
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func span(from, to string) appraisal.Span { return appraisal.Span{From: date(from), To: date(to)} }

func TestTheKindOfAPeriodFollowsFromItsDatesUnlessTheTemplateNamesIt(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     appraisal.PeriodKind
	}{
		{"2026-02-01", "2026-02-28", appraisal.PeriodMonthly},
		{"2026-01-01", "2026-03-31", appraisal.PeriodQuarterly},
		{"2026-07-01", "2026-12-31", appraisal.PeriodHalfYearly},
		{"2026-01-01", "2026-12-31", appraisal.PeriodYearly},
		{"2026-01-05", "2026-12-20", appraisal.PeriodYearly}, // more than half of January and of December
		{"2026-01-01", "2026-04-30", appraisal.PeriodOther},
		{"2026-01-01", "2026-01-03", appraisal.PeriodOther},
	} {
		if got := span(c.from, c.to).Kind(); got != c.want {
			t.Errorf("%s to %s is %s, want %s", c.from, c.to, got, c.want)
		}
	}
	named := appraisal.Template{Period: appraisal.PeriodQuarterly}
	if got := named.PeriodOf(span("2026-01-01", "2026-12-31")); got != appraisal.PeriodQuarterly {
		t.Errorf("the template's word is %s", got)
	}
}

func TestAMonthCountsAsServedByThePolicysRule(t *testing.T) {
	fifteen, half := policy(t, "pp30-2019"), policy(t, "pp30-2019")
	half.Periods.Month = appraisal.MonthRule{Counts: appraisal.MonthHalf}
	year := span("2026-01-01", "2026-12-31")
	for _, c := range []struct {
		since           string
		byDays, byHalf  int
		whatTheMonthHas string
	}{
		{"2025-06-01", 12, 12, "before the year"},
		{"2026-01-01", 12, 12, "its first day"},
		{"2026-01-17", 12, 11, "17 to 31 January are 15 days of 31"},
		{"2026-01-18", 11, 11, "18 to 31 January are 14 days"},
		{"2026-02-14", 11, 11, "14 to 28 February are 15 days of 28"},
		{"2026-02-15", 10, 11, "15 to 28 February are 14 days of 28: half"},
		{"2026-02-16", 10, 10, "16 to 28 February are 13 days"},
		{"2026-05-01", 8, 8, "May to December"},
		{"2026-12-17", 1, 0, "17 to 31 December are 15 days of 31"},
		{"2026-12-18", 0, 0, "14 days"},
		{"2027-03-01", 0, 0, "after the year"},
	} {
		start := appraisal.TenureStart{Day: date(c.since), Cause: appraisal.TenureAppointed}
		if got := fifteen.Tenure(year, start); got.Served != c.byDays || got.Months != 12 {
			t.Errorf("since %s with at least 15 days: %d of %d, want %d (%s)", c.since, got.Served, got.Months, c.byDays, c.whatTheMonthHas)
		}
		if got := half.Tenure(year, start); got.Served != c.byHalf {
			t.Errorf("since %s with half of the days: %d, want %d (%s)", c.since, got.Served, c.byHalf, c.whatTheMonthHas)
		}
	}
}

func TestTheLatestOfTheDaysThatAreKnownSaysWhyOnlyAPartWasServed(t *testing.T) {
	p := policy(t, "permen6-2022")
	year := span("2026-01-01", "2026-12-31")
	got := p.Tenure(year,
		appraisal.TenureStart{Day: date("2026-03-01"), Cause: appraisal.TenureAppointed},
		appraisal.TenureStart{Day: date("2026-05-01"), Cause: appraisal.TenurePosition},
		appraisal.TenureStart{},
	)
	if got.Whole() || got.Served != 8 || got.Cause != appraisal.TenurePosition || !got.From.Equal(date("2026-05-01")) {
		t.Errorf("the tenure is %+v", got)
	}
	if got := p.Tenure(year, appraisal.TenureStart{Day: date("2026-01-10"), Cause: appraisal.TenurePosition}); !got.Whole() || got.Cause != "" {
		t.Errorf("who came on 10 January served the whole year: %+v", got)
	}
	if got := p.Tenure(span("2026-01-01", "2026-01-05"), appraisal.TenureStart{Day: date("2026-01-03"), Cause: appraisal.TenureJoined}); !got.Whole() {
		t.Errorf("a period without a countable month has no part: %+v", got)
	}
}

func TestOnlyTheNumberOfAPNSTellsTheMonthOfAppointment(t *testing.T) {
	for nip, want := range map[string]string{"198107232003031033": "2003-03-01", "199001012026121001": "2026-12-01"} {
		if day, ok := appraisal.Appointment(nip); !ok || day.Format(time.DateOnly) != want {
			t.Errorf("%s was appointed on %v, %v", nip, day, ok)
		}
	}
	for _, nip := range []string{"199001012024211001", "199001012024001001", "19900101202401100", "1990010120240110O1", ""} {
		if day, ok := appraisal.Appointment(nip); ok {
			t.Errorf("%q was appointed on %v", nip, day)
		}
	}
}

// policy returns a copy of an embedded policy that a test may change.
func policy(t *testing.T, name string) *appraisal.Policy {
	t.Helper()
	p, err := appraisal.Embedded().Get(name)
	if err != nil {
		t.Fatal(err)
	}
	own := *p
	return &own
}
