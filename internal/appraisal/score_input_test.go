package appraisal_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// faultsOf returns "field key" of every fault in err.
func faultsOf(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var invalid *appraisal.Error
	if !errors.As(err, &invalid) || invalid.Code != appraisal.CodeInvalid {
		t.Fatalf("not an invalid-input error: %v", err)
	}
	var lines []string
	for _, f := range invalid.Fields {
		lines = append(lines, f.Field+" "+strings.TrimPrefix(f.Key, "policy.fault."))
	}
	return strings.Join(lines, "\n")
}

func TestAWrongInputIsRefusedWithThePlaceOfEveryFault(t *testing.T) {
	good := keyResult("100", more("95", "90"))
	for _, c := range []struct {
		name string
		in   appraisal.ScoreInput
		want string
	}{
		{"weights short of 100", appraisal.ScoreInput{
			KeyResults: keyResults{keyResult("60", more("1", "1")), keyResult("39.5", more("1", "1"))}, Behaviour: "90",
		}, "key_results weights_sum"},
		{"a weight of nothing", appraisal.ScoreInput{KeyResults: keyResults{good, keyResult("0", more("1", "1"))}},
			"key_results[1].weight weight_range"},
		{"a negative weight", appraisal.ScoreInput{KeyResults: keyResults{good, keyResult("-5", more("1", "1"))}},
			"key_results[1].weight weight_range"},
		{"no weight", appraisal.ScoreInput{KeyResults: keyResults{keyResult("", more("1", "1"))}},
			"key_results[0].weight required"},
		{"a target of zero", appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("0", "1"))}},
			"key_results[0].indicators[0].target target_not_positive"},
		{"a negative target", appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("-1", "1"))}},
			"key_results[0].indicators[0].target target_not_positive"},
		{"no target", appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("", "1"))}},
			"key_results[0].indicators[0].target required"},
		{"a decimal comma", appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("2,5", "1"))}},
			"key_results[0].indicators[0].target not_decimal"},
		{"a fraction", appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("1", "1/3"))}},
			"key_results[0].indicators[0].realisation not_decimal"},
		{"no direction", appraisal.ScoreInput{
			KeyResults: keyResults{keyResult("100", appraisal.ScoredIndicator{Target: "1", Realisation: "1"})},
		}, "key_results[0].indicators[0].direction required"},
		{"a direction that is none", appraisal.ScoreInput{
			KeyResults: keyResults{keyResult("100", appraisal.ScoredIndicator{Target: "1", Direction: "sideways"})},
		}, "key_results[0].indicators[0].direction unknown_word"},
		{"an aspect that is none", appraisal.ScoreInput{
			KeyResults: keyResults{keyResult("100", appraisal.ScoredIndicator{Target: "1", Direction: "more", Aspect: "mood"})},
		}, "key_results[0].indicators[0].aspect unknown_word"},
		{"a key result without indicators", appraisal.ScoreInput{KeyResults: keyResults{keyResult("100")}},
			"key_results[0].indicators no_indicator"},
		{"a behaviour above the scale", appraisal.ScoreInput{Behaviour: "120.01"}, "behaviour out_of_range"},
		{"a behaviour below the scale", appraisal.ScoreInput{Behaviour: "-0.01"}, "behaviour out_of_range"},
		{"nothing at all", appraisal.ScoreInput{}, "key_results nothing_given"},
		{"nothing realised and no behaviour", appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("1", ""))}},
			"key_results nothing_given"},
		{"an employee of no kind", appraisal.ScoreInput{Behaviour: "90", Employee: "honorer"}, "employee unknown_word"},
		{"more months than the period has", appraisal.ScoreInput{Behaviour: "90", MonthsServed: 13, PeriodMonths: 12},
			"months_served out_of_range"},
		{"months of no period", appraisal.ScoreInput{Behaviour: "90", MonthsServed: 3}, "period_months out_of_range"},
		{"a part of the period without aspects", appraisal.ScoreInput{
			KeyResults:   keyResults{keyResult("100", appraisal.ScoredIndicator{Target: "1", Realisation: "1", Direction: "more"})},
			MonthsServed: 3, PeriodMonths: 12,
		}, "key_results[0].indicators[0].aspect aspect_for_part"},
		{"several faults at once", appraisal.ScoreInput{
			KeyResults: keyResults{keyResult("x", more("0", "1"))}, Behaviour: "lots",
		}, "key_results[0].weight not_decimal\nkey_results[0].indicators[0].target target_not_positive\nbehaviour not_decimal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := policyNamed(t, "pp30-2019").Score(c.in)
			if got := faultsOf(t, err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestWeightsThatDoNotSumTo100AreRefusedWithTheSum(t *testing.T) {
	_, err := policyNamed(t, "pp30-2019").Score(appraisal.ScoreInput{
		KeyResults: keyResults{keyResult("60", more("1", "1")), keyResult("39.99", more("1", "1"))},
	})
	var invalid *appraisal.Error
	if !errors.As(err, &invalid) || invalid.Fields[0].Args["sum"] != "99.99" {
		t.Errorf("the sum 99.99 is to be named: %v", err)
	}
}

func TestAPlanIsBoundedInSize(t *testing.T) {
	manyIndicators := func(n int) appraisal.ScoredKeyResult {
		return appraisal.ScoredKeyResult{Weight: "5", Indicators: slices.Repeat([]appraisal.ScoredIndicator{more("3", "1")}, n)}
	}
	for _, c := range []struct {
		keyResults, indicators int
		want                   string
	}{
		{appraisal.MaxKeyResults, appraisal.MaxIndicators, ""},
		{appraisal.MaxKeyResults + 1, 1, "key_results too_many"},
		{1, appraisal.MaxIndicators + 1, "key_results[0].indicators too_many\nkey_results weights_sum"},
	} {
		_, err := policyNamed(t, "pp30-2019").Score(appraisal.ScoreInput{
			KeyResults: slices.Repeat(keyResults{manyIndicators(c.indicators)}, c.keyResults),
		})
		if got := faultsOf(t, err); got != c.want {
			t.Errorf("%d × %d: got %s, want %s", c.keyResults, c.indicators, got, c.want)
		}
	}
}

func TestAWholePeriodMayBeSaid(t *testing.T) {
	for _, months := range []int{1, 12, 60} {
		in := appraisal.ScoreInput{
			KeyResults:   keyResults{keyResult("100", appraisal.ScoredIndicator{Target: "1", Realisation: "1", Direction: "more"})},
			MonthsServed: months, PeriodMonths: months,
		}
		if got, err := policyNamed(t, "pp30-2019").Score(in); err != nil || got.Value != "100.00" {
			t.Errorf("%d months: got %s %v", months, got.Value, err)
		}
	}
}

func TestADecimalIsBoundedInLengthAndExponent(t *testing.T) {
	for text, usable := range map[appraisal.Decimal]bool{
		"0": true, "-1.50": true, "007": true, "1e12": true, "1E-12": true, "2.5e+3": true,
		appraisal.Decimal(strings.Repeat("9", 32)): true,
		appraisal.Decimal(strings.Repeat("9", 33)): false,
		"1e13": false, "1e-13": false, "1e999999999": false, "1e99999999999999999999": false,
		"": false, ".5": false, "5.": false, "+5": false, "--5": false, " 5": false, "5 ": false, "1_000": false, "0x10": false,
		"1/3": false, "NaN": false, "Inf": false, "1e": false, "1e1.5": false, "e5": false, "٣": false, "1.2.3": false, "0b1": false,
	} {
		if _, err := text.Rat(); (err == nil) != usable {
			t.Errorf("%q: usable %t, want %t (%v)", text, err == nil, usable, err)
		}
	}
}

func TestAScoreNeedsANumericPolicyAndARatingAMatrix(t *testing.T) {
	if _, err := policyNamed(t, "permen6-2022").Score(appraisal.ScoreInput{Behaviour: "90"}); faultsOf(t, err) != "policy not_numeric" {
		t.Errorf("a matrix policy calculated a score: %v", err)
	}
	if _, _, err := policyNamed(t, "pp30-2019").Rate("meets", "meets"); faultsOf(t, err) != "policy not_matrix" {
		t.Errorf("a numeric policy looked into a matrix: %v", err)
	}
}
