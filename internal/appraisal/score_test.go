package appraisal_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// more and less are indicators of one key result; an empty realisation is one that nobody gave.
func more(target, realisation appraisal.Decimal) appraisal.ScoredIndicator {
	return appraisal.ScoredIndicator{
		Aspect: appraisal.AspectQuantity, Target: target, Realisation: realisation, Direction: appraisal.DirectionMore,
	}
}

func less(target, realisation appraisal.Decimal) appraisal.ScoredIndicator {
	return appraisal.ScoredIndicator{
		Aspect: appraisal.AspectTime, Target: target, Realisation: realisation, Direction: appraisal.DirectionLess,
	}
}

func keyResult(weight appraisal.Decimal, indicators ...appraisal.ScoredIndicator) appraisal.ScoredKeyResult {
	return appraisal.ScoredKeyResult{Weight: weight, Indicators: indicators}
}

type keyResults = []appraisal.ScoredKeyResult

// Worked cases of PP 30/2019. Each calculation can be checked by hand; … marks decimals that go on.
func TestWorkedCasesOfPP30(t *testing.T) {
	for _, c := range []struct {
		name        string
		in          appraisal.ScoreInput
		calculation string
		score       appraisal.Decimal
		predikat    appraisal.Predikat
		missing     []string
	}{
		{
			name:        "more is better",
			in:          appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("95", "90"))}, Behaviour: "92.5"},
			calculation: "90 ÷ 95 × 100 = 94.7368…; 94.7368… × 70 % + 92.5 × 30 % = 66.3157… + 27.75 = 94.0657…",
			score:       "94.07", predikat: "baik",
		},
		{
			name:        "less is better: a permit in 2.5 days where 3 were promised",
			in:          appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", less("3", "2.5"))}, Behaviour: "90"},
			calculation: "(2 × 3 − 2.5) ÷ 3 × 100 = 116.6666…; × 70 % + 90 × 30 % = 81.6666… + 27 = 108.6666…",
			score:       "108.67", predikat: "baik",
		},
		{
			name:        "less is better and later than promised",
			in:          appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", less("3", "4.5"))}, Behaviour: "90"},
			calculation: "(2 × 3 − 4.5) ÷ 3 × 100 = 50; × 70 % + 90 × 30 % = 35 + 27 = 62",
			score:       "62.00", predikat: "kurang",
		},
		{
			name: "over-achievement stops at 120, and an innovation makes it very good",
			in: appraisal.ScoreInput{
				KeyResults: keyResults{keyResult("100", more("100", "150"))}, Behaviour: "100", Innovation: true,
			},
			calculation: "150 ÷ 100 × 100 = 150 → 120; 120 × 70 % + 100 × 30 % = 84 + 30 = 114",
			score:       "114.00", predikat: "sangat_baik",
		},
		{
			name:        "the same without an innovation is good",
			in:          appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("100", "150"))}, Behaviour: "100"},
			calculation: "150 → 120; 84 + 30 = 114, but sangat_baik needs an innovation",
			score:       "114.00", predikat: "baik",
		},
		{
			name:        "more than twice the days that were promised is 0, not below",
			in:          appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", less("3", "7"))}, Behaviour: "80"},
			calculation: "(6 − 7) ÷ 3 × 100 = −33.3333… → 0; 0 × 70 % + 80 × 30 % = 24",
			score:       "24.00", predikat: "sangat_kurang",
		},
		{
			name: "nothing realised and nothing complained of",
			in: appraisal.ScoreInput{
				KeyResults: keyResults{keyResult("50", more("40", "0")), keyResult("50", less("12", "0"))}, Behaviour: "90",
			},
			calculation: "0 ÷ 40 = 0; (24 − 0) ÷ 12 × 100 = 200 → 120; (50 × 0 + 50 × 120) ÷ 100 = 60; 60 × 70 % + 27 = 69",
			score:       "69.00", predikat: "kurang",
		},
		{
			name: "an indicator without realisation is left out of its key result",
			in: appraisal.ScoreInput{
				KeyResults: keyResults{keyResult("100", more("50", "45"), more("10", ""))}, Behaviour: "80",
			},
			calculation: "only 45 ÷ 50 × 100 = 90 counts; 90 × 70 % + 80 × 30 % = 63 + 24 = 87 (with a zero it would be 55.5)",
			score:       "87.00", predikat: "cukup", missing: []string{"key_results[0].indicators[1]"},
		},
		{
			name: "a key result without realisation gives its weight to the others",
			in: appraisal.ScoreInput{
				KeyResults: keyResults{
					keyResult("50", more("100", "96")), keyResult("30", more("100", "80")), keyResult("20", more("5", "")),
				},
				Behaviour: "90",
			},
			calculation: "(50 × 96 + 30 × 80) ÷ (50 + 30) = 7200 ÷ 80 = 90; 90 × 70 % + 90 × 30 % = 90",
			score:       "90.00", predikat: "baik",
			missing: []string{"key_results[2].indicators[0]", "key_results[2]"},
		},
		{
			name:        "without a behaviour score the work result counts alone",
			in:          appraisal.ScoreInput{KeyResults: keyResults{keyResult("100", more("80", "70"))}},
			calculation: "70 ÷ 80 × 100 = 87.5; its 70 % become 100 %",
			score:       "87.50", predikat: "cukup", missing: []string{"behaviour"},
		},
		{
			name:        "without a work result the behaviour counts alone",
			in:          appraisal.ScoreInput{Behaviour: "85"},
			calculation: "85; its 30 % become 100 %",
			score:       "85.00", predikat: "cukup", missing: []string{"key_results"},
		},
		{
			name: "peers and subordinates considered: 60/40",
			in: appraisal.ScoreInput{
				KeyResults: keyResults{keyResult("60", more("95", "90")), keyResult("40", less("3", "2.5"))},
				Behaviour:  "92.5", PeersConsidered: true,
			},
			calculation: "(60 × 94.7368… + 40 × 116.6666…) ÷ 100 = 103.5087…; × 60 % + 92.5 × 40 % = 62.1052… + 37 = 99.1052…",
			score:       "99.11", predikat: "baik",
		},
		{
			name: "thirds are exact until the end",
			in: appraisal.ScoreInput{
				KeyResults: keyResults{
					keyResult("33.33", more("3", "2")), keyResult("33.33", more("3", "2")), keyResult("33.34", more("3", "2")),
				},
				Behaviour: "66.67",
			},
			calculation: "2 ÷ 3 × 100 = 66.6666… three times; × 70 % + 66.67 × 30 % = 46.6666… + 20.001 = 66.6676…",
			score:       "66.67", predikat: "kurang",
		},
		{
			name:        "a tie at a band's edge is rounded away from zero, then banded",
			in:          appraisal.ScoreInput{Behaviour: "89.995"},
			calculation: "89.995 → 90.00 ≥ 90",
			score:       "90.00", predikat: "baik", missing: []string{"key_results"},
		},
		{
			name:        "just under the tie stays in the band below",
			in:          appraisal.ScoreInput{Behaviour: "89.9949"},
			calculation: "89.9949 → 89.99 < 90",
			score:       "89.99", predikat: "cukup", missing: []string{"key_results"},
		},
		{
			name: "seven of twelve months shrink a target of quantity",
			in: appraisal.ScoreInput{
				KeyResults: keyResults{keyResult("100", more("120", "63"))}, Behaviour: "90", MonthsServed: 7, PeriodMonths: 12,
			},
			calculation: "120 × 7 ÷ 12 = 70; 63 ÷ 70 × 100 = 90; 90 × 70 % + 90 × 30 % = 90",
			score:       "90.00", predikat: "baik",
		},
		{
			name: "but not a target of time",
			in: appraisal.ScoreInput{
				KeyResults: keyResults{keyResult("100", less("3", "3"))}, Behaviour: "90", MonthsServed: 7, PeriodMonths: 12,
			},
			calculation: "(6 − 3) ÷ 3 × 100 = 100; 100 × 70 % + 90 × 30 % = 97",
			score:       "97.00", predikat: "baik",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := policyNamed(t, "pp30-2019").Score(c.in)
			if err != nil {
				t.Fatal(err)
			}
			if got.Value != c.score || got.Predikat != c.predikat {
				t.Errorf("got %s %s, but %s → %s %s", got.Value, got.Predikat, c.calculation, c.score, c.predikat)
			}
			if !slices.Equal(got.Missing, c.missing) {
				t.Errorf("missing components: got %v, want %v", got.Missing, c.missing)
			}
		})
	}
}

// PP 30/2019: sangat_baik 110 ≤ x ≤ 120 with an innovation; baik 90 ≤ x; cukup 70 ≤ x < 90; kurang 50 ≤ x < 70; sangat_kurang x < 50.
func TestEveryBandEdge(t *testing.T) {
	for _, edge := range []struct {
		score                     appraisal.Decimal
		withInnovation, otherwise appraisal.Predikat
	}{
		{"0", "sangat_kurang", "sangat_kurang"},
		{"0.01", "sangat_kurang", "sangat_kurang"},
		{"49.99", "sangat_kurang", "sangat_kurang"},
		{"50.00", "kurang", "kurang"},
		{"50.01", "kurang", "kurang"},
		{"69.99", "kurang", "kurang"},
		{"70.00", "cukup", "cukup"},
		{"70.01", "cukup", "cukup"},
		{"89.99", "cukup", "cukup"},
		{"90.00", "baik", "baik"},
		{"90.01", "baik", "baik"},
		{"109.99", "baik", "baik"},
		{"110.00", "sangat_baik", "baik"},
		{"110.01", "sangat_baik", "baik"},
		{"119.99", "sangat_baik", "baik"},
		{"120.00", "sangat_baik", "baik"},
	} {
		for innovation, want := range map[bool]appraisal.Predikat{true: edge.withInnovation, false: edge.otherwise} {
			got, err := policyNamed(t, "pp30-2019").Score(appraisal.ScoreInput{Behaviour: edge.score, Innovation: innovation})
			if err != nil || got.Predikat != want {
				t.Errorf("%s (innovation %t): got %s %v, want %s", edge.score, innovation, got.Predikat, err, want)
			}
		}
	}
}

// A third decimal is rounded before it is banded, at every edge.
func TestEveryBandEdgeIsMetByRounding(t *testing.T) {
	for _, edge := range []struct {
		below, above appraisal.Decimal
		low, high    appraisal.Predikat
	}{
		{"49.9949", "49.995", "sangat_kurang", "kurang"},
		{"69.9949", "69.995", "kurang", "cukup"},
		{"89.9949", "89.995", "cukup", "baik"},
		{"109.9949", "109.995", "baik", "sangat_baik"},
	} {
		for score, want := range map[appraisal.Decimal]appraisal.Predikat{edge.below: edge.low, edge.above: edge.high} {
			got, err := policyNamed(t, "pp30-2019").Score(appraisal.ScoreInput{Behaviour: score, Innovation: true})
			if err != nil || got.Predikat != want {
				t.Errorf("%s: got %s %s %v, want %s", score, got.Value, got.Predikat, err, want)
			}
		}
	}
}

func TestAPPPKIsToldThatThePolicyIsAppliedByAnalogy(t *testing.T) {
	says := func(kind appraisal.EmployeeKind) bool {
		score, err := policyNamed(t, "pp30-2019").Score(appraisal.ScoreInput{Behaviour: "90", Employee: kind})
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(score.Explanation, func(s appraisal.ExplanationStep) bool {
			return s.Key == "policy.explain.analogy"
		})
	}
	if !says(appraisal.EmployeePPPK) || says(appraisal.EmployeePNS) || says("") {
		t.Error("the analogy is to be said for a PPPK and for nobody else")
	}
}

func TestTheExplanationLeadsFromTheInputsToTheScore(t *testing.T) {
	score, err := policyNamed(t, "pp30-2019").Score(appraisal.ScoreInput{
		KeyResults: keyResults{keyResult("60", more("95", "190"), less("2", "2")), keyResult("40", less("3", ""))}, Behaviour: "92.5",
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range score.Explanation {
		number := s.Inputs["number"].Number + appraisal.Decimal(s.Inputs["number"].Text)
		got = append(got, strings.Join(strings.Fields(s.Subject+" "+s.Key+" "+string(number)+" = "+string(s.Value.Number)+s.Value.Word), " "))
		if s.Source == "" || s.Rule == "" {
			t.Errorf("%s has no rule or source: %+v", s.Subject, s)
		}
	}
	want := []string{
		"key_results[0].indicators[0] policy.explain.more 1.1 = 200",
		"key_results[0].indicators[0] policy.explain.capped 1.1 = 120",
		"key_results[0].indicators[1] policy.explain.less 1.2 = 100",
		"key_results[0] policy.explain.mean 1 = 110",
		"key_results[0] policy.explain.weighted 1 = 6600",
		"key_results[1].indicators[0] policy.explain.indicator_missing 2.1 =",
		"key_results[1] policy.explain.key_result_missing 2 =",
		"key_results policy.explain.rescaled = 60",
		"work_result policy.explain.work_result = 110",
		"score policy.explain.dimensions = 104.75",
		"score policy.explain.rounded = 104.75",
		"predikat policy.explain.band = policy.predikat.baik",
	}
	if !slices.Equal(got, want) {
		t.Errorf("steps:\n%q\nwant:\n%q", got, want)
	}
}
