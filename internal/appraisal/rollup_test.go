package appraisal_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// quarter is a quarter of 2026 under a numeric policy; an empty score is a quarter without a rating.
func quarter(n int, score string, months int) appraisal.PeriodResult {
	from, to := []string{"2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"}, []string{"2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"}
	r := appraisal.PeriodResult{
		Label: "Triwulan " + []string{"I", "II", "III", "IV"}[n-1], Period: span(from[n-1], to[n-1]), Months: months, PolicyKind: appraisal.PolicyNumeric,
	}
	if score != "" {
		r.WorkResult, _ = new(big.Rat).SetString(score)
		r.Predikat = appraisal.PredikatBaik
	}
	return r
}

func under(kind appraisal.PolicyKind, r appraisal.PeriodResult) appraisal.PeriodResult {
	r.PolicyKind = kind
	return r
}

// Worked cases of the yearly work result by PP 30/2019: Σ (score × months) ÷ Σ months, exact until the score is rounded.
func TestTheYearsWorkResultIsTheMeanOfItsPeriodsByTheMonthsServed(t *testing.T) {
	p := policy(t, "pp30-2019")
	for _, c := range []struct {
		name        string
		periods     []appraisal.PeriodResult
		calculation string
		want        string // exact; empty when there is none
		months      int
		says        []string // keys of the explanation, in order
	}{
		{
			"four whole quarters",
			[]appraisal.PeriodResult{quarter(1, "90", 3), quarter(2, "95", 3), quarter(3, "100", 3), quarter(4, "105", 3)},
			"(270 + 285 + 300 + 315) ÷ 12 = 1170 ÷ 12", "195/2", 12, []string{"weighted", "weighted", "weighted", "weighted", "mean"},
		},
		{
			"who came in June has one month of the second quarter",
			[]appraisal.PeriodResult{quarter(2, "80", 1), quarter(3, "100", 3), quarter(4, "110", 3)},
			"(80 + 300 + 330) ÷ 7 = 710 ÷ 7", "710/7", 7, []string{"weighted", "weighted", "weighted", "mean"},
		},
		{
			"a third of a point stays exact",
			[]appraisal.PeriodResult{quarter(1, "275/3", 3), quarter(2, "90", 3)},
			"(275 + 270) ÷ 6 = 545 ÷ 6", "545/6", 6, []string{"weighted", "weighted", "mean"},
		},
		{
			"a quarter without a rating is missing and no zero",
			[]appraisal.PeriodResult{quarter(1, "90", 3), quarter(2, "", 3), quarter(3, "96", 3)},
			"(270 + 288) ÷ 6", "93", 6, []string{"weighted", "no_rating", "weighted", "mean"},
		},
		{
			"a quarter under the matrix is left out",
			[]appraisal.PeriodResult{under(appraisal.PolicyMatrix, quarter(1, "90", 3)), quarter(2, "96", 3)},
			"288 ÷ 3", "96", 3, []string{"other_policy", "weighted", "mean"},
		},
		{
			"a quarter in which no month was served weighs nothing",
			[]appraisal.PeriodResult{quarter(1, "40", 0), quarter(2, "96", 3)},
			"288 ÷ 3", "96", 3, []string{"no_months", "weighted", "mean"},
		},
		{
			"a month that lies in a quarter counts once, in whatever order they come",
			[]appraisal.PeriodResult{
				{Label: "Februari", Period: span("2026-02-01", "2026-02-28"), Months: 1, PolicyKind: appraisal.PolicyNumeric, Predikat: "baik", WorkResult: big.NewRat(10, 1)},
				quarter(1, "90", 3),
			},
			"270 ÷ 3", "90", 3, []string{"weighted", "counted_already", "mean"},
		},
		{"no quarter has a rating", []appraisal.PeriodResult{quarter(1, "", 3), quarter(2, "", 3)}, "", "", 0, []string{"no_rating", "no_rating"}},
		{"there are no periods", nil, "", "", 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			up, err := p.RollUp(c.periods)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if up.WorkResult != nil {
				got = up.WorkResult.RatString()
			}
			if got != c.want || up.Months != c.months {
				t.Errorf("%s: got %q over %d months, want %q over %d", c.calculation, got, up.Months, c.want, c.months)
			}
			var says []string
			for _, step := range up.Explanation {
				says = append(says, step.Key[len("period.explain."):])
			}
			if !slices.Equal(says, c.says) {
				t.Errorf("it says %v, want %v", says, c.says)
			}
		})
	}
}

func TestTheYearIsRoundedOnceAtItsEnd(t *testing.T) {
	p := policy(t, "pp30-2019")
	// (275/3 × 3 + 90 × 3 + 95 × 3) ÷ 9 = 830 ÷ 9 = 92.2222…; × 70 % + 91 × 30 % = 64.5555… + 27.3 = 91.8555…
	score, err := p.Score(appraisal.ScoreInput{
		Periods:   []appraisal.PeriodResult{quarter(1, "275/3", 3), quarter(2, "90", 3), quarter(3, "95", 3), quarter(4, "", 3)},
		Behaviour: "91",
	})
	if err != nil {
		t.Fatal(err)
	}
	if score.Value != "91.86" || score.Predikat != appraisal.PredikatBaik || score.Exact.RatString() != "830/9" || len(score.Missing) != 0 {
		t.Errorf("the year is %s (%s) of %v, missing %v", score.Value, score.Predikat, score.Exact, score.Missing)
	}
	own, err := p.Score(appraisal.ScoreInput{
		Periods: []appraisal.PeriodResult{quarter(1, "", 3)}, Behaviour: "91", KeyResults: keyResults{keyResult("100", more("100", "90"))},
	})
	if err != nil || own.Exact.RatString() != "90" { // × 70 % + 27.3 = 90.3
		t.Errorf("a year whose periods have no score stands on its own key results: %s of %v, %v", own.Value, own.Exact, err)
	}
}

func TestPeriodsAreEvidenceToAMatrixAndNeverBecomeItsRating(t *testing.T) {
	up, err := policy(t, "permen6-2022").RollUp([]appraisal.PeriodResult{
		under(appraisal.PolicyMatrix, quarter(2, "", 3)), under(appraisal.PolicyMatrix, quarter(1, "90", 3)),
	})
	if err != nil || up.WorkResult != nil {
		t.Fatalf("the roll-up is %+v, %v", up, err)
	}
	if len(up.Explanation) != 2 || up.Explanation[0].Key != "period.explain.evidence" || up.Explanation[0].Subject != "periods[1]" ||
		up.Explanation[1].Key != "period.explain.no_rating" {
		t.Errorf("it says %+v", up.Explanation)
	}
}

func TestAPolicyMayLeaveEachPeriodToItself(t *testing.T) {
	p := policy(t, "pp30-2019")
	p.Periods.RollUp = appraisal.RollUpNone
	if up, err := p.RollUp([]appraisal.PeriodResult{quarter(1, "90", 3)}); err != nil || up.WorkResult != nil || up.Explanation != nil {
		t.Errorf("the roll-up is %+v, %v", up, err)
	}
}

func TestMonthsThatNoPeriodHasAreRefusedWithTheirPlace(t *testing.T) {
	turned := quarter(2, "90", 3)
	turned.Period = span("2026-06-30", "2026-04-01")
	_, err := policy(t, "pp30-2019").RollUp([]appraisal.PeriodResult{quarter(1, "90", -1), turned})
	if got, want := faultsOf(t, err), "periods[0].months out_of_range\nperiods[1].period error.period_order"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
