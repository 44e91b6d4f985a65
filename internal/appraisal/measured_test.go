package appraisal

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

func month(m int, received, completed, onTime int, days Decimal) MonthOfService {
	return MonthOfService{
		Month: time.Date(2026, time.Month(m), 1, 0, 0, 0, 0, time.UTC), Version: 1,
		Received: received, Completed: completed, OnTime: onTime, MeanDays: days, File: "ukuran.csv", Row: m + 1,
	}
}

// Half a year, of which four months are over.
var halfYear = MeasuredPeriod{
	Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC),
	Now: time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC),
}

func TestMeasuredFiguresAreExactAndRoundedOnlyToBeShown(t *testing.T) {
	t.Parallel()
	three := []MonthOfService{month(1, 10, 9, 6, "1.5"), month(2, 12, 9, 9, "2.25"), month(4, 8, 12, 11, "3")}
	for _, c := range []struct {
		source       Source
		months       []MonthOfService
		exact, value string
		why          string
	}{
		{SourceFilesCompleted, three, "30", "30", "9 + 9 + 12"},
		{SourceFilesOnTimePercent, three, "260/3", "86.67", "26 ÷ 30 × 100"},
		{SourceCompletionPercent, three, "100", "100", "30 ÷ 30 × 100: older files count when they are completed"},
		{SourceMeanDays, three, "93/40", "2.33", "(9·1.5 + 9·2.25 + 12·3) ÷ 30 = 69.75 ÷ 30 = 2.325, halves away from zero"},
		{SourceMeanDays, []MonthOfService{month(1, 5, 5, 5, "2"), month(2, 5, 5, 5, "")}, "2", "2", "a month whose mean is not known weighs nothing"},
		{SourceMeanDays, []MonthOfService{month(1, 5, 0, 0, "")}, "", "", "mean over nothing"},
		{SourceFilesOnTimePercent, []MonthOfService{month(1, 5, 0, 0, "")}, "", "", "share of nothing"},
		{SourceCompletionPercent, []MonthOfService{month(1, 0, 0, 0, "")}, "", "", "share of nothing"},
		{SourceFilesCompleted, []MonthOfService{month(1, 5, 0, 0, "")}, "0", "0", "a month in which nothing was completed is zero"},
		{SourceFilesCompleted, nil, "", "", "no month at all is missing"},
	} {
		m := MeasureService(c.source, c.months, halfYear)
		if m.Exact != c.exact || string(m.Value) != c.value || m.Given() != (c.value != "") {
			t.Errorf("%s of %v is %q shown as %q, want %q shown as %q: %s", c.source, c.months, m.Exact, m.Value, c.exact, c.value, c.why)
		}
	}
}

func TestAMonthThatIsOverAndHasNothingIsSaid(t *testing.T) {
	t.Parallel()
	m := MeasureService(SourceFilesCompleted, []MonthOfService{month(1, 1, 1, 1, "1"), month(4, 1, 1, 1, "1")}, halfYear)
	if fmt.Sprint(m.MissingMonths) != "[2026-02 2026-03]" {
		t.Errorf("missing are %v", m.MissingMonths)
	}
	var keys []string
	for _, step := range m.Explanation {
		keys = append(keys, step.Subject+" "+step.Key)
	}
	want := "2026-01 measured.month|2026-04 measured.month|2026-02 measured.month_missing|2026-03 measured.month_missing|figure measured.files_completed"
	if got := strings.Join(keys, "|"); got != want {
		t.Errorf("explained by %s", got)
	}
}

func TestTargetsAreComparedWithTheFigureBeforeRounding(t *testing.T) {
	t.Parallel()
	// 2 of 3 on time: 66.666… is shown as 66.67 and does not reach 66.67.
	m := MeasureService(SourceFilesOnTimePercent, []MonthOfService{month(1, 3, 3, 2, "1")}, halfYear)
	r := Realise("i", &m, "", "")
	if met := r.Meets("66.67", DirectionMore, Part{}); met == nil || *met {
		t.Error("66.666… reaches 66.67")
	}
	if met := r.Meets("66.67", DirectionLess, Part{}); met == nil || !*met {
		t.Error("66.666… is more than 66.67")
	}
	if exact := r.Exact(); exact == nil || exact.Cmp(big.NewRat(200, 3)) != 0 {
		t.Errorf("exactly %v", exact)
	}
}

func TestWhichRealisationIsInForce(t *testing.T) {
	t.Parallel()
	m := MeasureService(SourceFilesOnTimePercent, []MonthOfService{month(1, 3, 3, 2, "1")}, halfYear)
	none := MeasureService(SourceFilesOnTimePercent, nil, halfYear)
	for name, c := range map[string]struct {
		measured         *Measured
		entered, settled Decimal
		want             string
	}{
		"measured":                            {&m, "", "", "66.67 measured "},
		"measured, and the employee confirms": {&m, "66.67", "", "66.67 measured "},
		"measured, and the employee differs":  {&m, "70", "", "66.67 measured 70"},
		"measured, and the appraiser agrees":  {&m, "70", "66.67", "66.67 measured 70"},
		"the appraiser settles another":       {&m, "70", "70", "70 corrected 70"},
		"nothing was measured":                {&none, "70", "", "70 entered "},
		"nothing measures it":                 {nil, "70", "70.0", "70 entered "},
		"there is none":                       {nil, "", "", "  "},
	} {
		r := Realise("i", c.measured, c.entered, "").Settle(c.settled)
		if got := fmt.Sprintf("%s %s %s", r.Value, r.Origin, r.Stated); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAScoreIsCalculatedFromTheExactMeasuredFigure(t *testing.T) {
	t.Parallel()
	policy, err := Embedded().Get("pp30-2019")
	if err != nil {
		t.Fatal(err)
	}
	score := func(exact *big.Rat) Decimal {
		s, err := policy.Score(ScoreInput{Employee: EmployeePNS, KeyResults: []ScoredKeyResult{{Weight: "100", Indicators: []ScoredIndicator{
			{Target: "0.66", Realisation: "0.67", Direction: DirectionMore, Exact: exact},
		}}}})
		if err != nil {
			t.Fatal(err)
		}
		return s.Value
	}
	// 0.67 ÷ 0.66 × 100 = 101.5151…; 2/3 ÷ 0.66 × 100 = 101.0101…
	if rounded, exact := score(nil), score(big.NewRat(2, 3)); rounded != "101.52" || exact != "101.01" {
		t.Errorf("scores %s from the figure shown and %s from the exact one", rounded, exact)
	}
}
