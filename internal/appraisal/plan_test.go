package appraisal_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// sound is a plan of one key result with one indicator.
func sound() []appraisal.KeyResult {
	return []appraisal.KeyResult{{Statement: "Izin terbit dalam tiga hari", ServesStrategy: "s", Indicators: []appraisal.Indicator{{
		Aspect: appraisal.AspectQuality, Description: "Izin tepat waktu", Target: "95", Measure: "persen", Direction: appraisal.DirectionMore}}}}
}

func TestEveryFaultOfAPlanIsNamedWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func([]appraisal.KeyResult) []appraisal.KeyResult
		want  string
	}{
		"sound":             {func(p []appraisal.KeyResult) []appraisal.KeyResult { return p }, ""},
		"empty":             {func([]appraisal.KeyResult) []appraisal.KeyResult { return nil }, "key_results error.plan_empty"},
		"as many as may be": {func(p []appraisal.KeyResult) []appraisal.KeyResult { return slices.Repeat(p, appraisal.MaxKeyResults) }, ""},
		"too many": {func(p []appraisal.KeyResult) []appraisal.KeyResult {
			return slices.Repeat(p, appraisal.MaxKeyResults+1)
		}, "key_results error.too_many"},
		"no statement": {func(p []appraisal.KeyResult) []appraisal.KeyResult { p[0].Statement = " \n"; return p }, "key_results[0].statement error.required"},
		"a long statement": {func(p []appraisal.KeyResult) []appraisal.KeyResult {
			p[0].Statement = strings.Repeat("é", appraisal.MaxLine+1)
			return p
		}, "key_results[0].statement error.text_long"},
		"letters are counted, not bytes": {func(p []appraisal.KeyResult) []appraisal.KeyResult {
			p[0].Statement = strings.Repeat("é", appraisal.MaxLine)
			return p
		}, ""},
		"no text at all": {func(p []appraisal.KeyResult) []appraisal.KeyResult { p[0].Statement = "a\xff"; return p }, "key_results[0].statement error.text_form"},
		"a zero byte, which PostgreSQL does not take": {func(p []appraisal.KeyResult) []appraisal.KeyResult { p[0].Statement = "a\x00b"; return p },
			"key_results[0].statement error.text_form"},
		"serving nothing": {func(p []appraisal.KeyResult) []appraisal.KeyResult { p[0].ServesStrategy = ""; return p }, "key_results[0].serves error.plan_serves_one"},
		"serving two":     {func(p []appraisal.KeyResult) []appraisal.KeyResult { p[0].ServesKeyResult = "k"; return p }, "key_results[0].serves error.plan_serves_one"},
		"serving the superior's": {func(p []appraisal.KeyResult) []appraisal.KeyResult {
			p[0].ServesKeyResult, p[0].ServesStrategy = "k", ""
			return p
		}, ""},
		"no indicator": {func(p []appraisal.KeyResult) []appraisal.KeyResult { p[0].Indicators = nil; return p }, "key_results[0].indicators error.plan_no_indicator"},
		"too many indicators": {func(p []appraisal.KeyResult) []appraisal.KeyResult {
			p[0].Indicators = slices.Repeat(p[0].Indicators, appraisal.MaxIndicators+1)
			return p
		}, "key_results[0].indicators error.too_many"},
		"an empty indicator": {func(p []appraisal.KeyResult) []appraisal.KeyResult {
			p[0].Indicators = append(p[0].Indicators, appraisal.Indicator{})
			return p
		}, "key_results[0].indicators[1].description error.required\nkey_results[0].indicators[1].measure error.required\n" +
			"key_results[0].indicators[1].aspect error.plan_aspect\nkey_results[0].indicators[1].direction error.plan_direction\n" +
			"key_results[0].indicators[1].target error.plan_target"},
		"a long unit": {func(p []appraisal.KeyResult) []appraisal.KeyResult {
			p[0].Indicators[0].Measure = strings.Repeat("x", 61)
			return p
		}, "key_results[0].indicators[0].measure error.text_long"},
		"faults of several": {func(p []appraisal.KeyResult) []appraisal.KeyResult {
			p = append(p, sound()...)
			p[0].Statement, p[1].Indicators[0].Target = "", "0"
			return p
		}, "key_results[0].statement error.required\nkey_results[1].indicators[0].target error.plan_target"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faultsOf(t, appraisal.ValidatePlan(c.spoil(sound()), appraisal.PolicyMatrix, appraisal.LevelPelaksana)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestATargetIsAPlainDecimalAboveZero(t *testing.T) {
	for target, good := range map[string]bool{
		"1": true, "0.5": true, "0.0001": true, "999999999999.9999": true, "007": true, "100.0": true,
		"": false, "0": false, "0.0": false, "0000": false, "-1": false, "+1": false, "1,5": false, "1.": false, ".5": false, "1e3": false,
		"1.00001": false, "1000000000000": false, " 1": false, "1 ": false, "satu": false, "NaN": false, "٣": false, "1.5.2": false,
	} {
		plan := sound()
		plan[0].Indicators[0].Target = target
		want := ""
		if !good {
			want = "key_results[0].indicators[0].target error.plan_target"
		}
		if got := faultsOf(t, appraisal.ValidatePlan(plan, appraisal.PolicyMatrix, appraisal.LevelPelaksana)); got != want {
			t.Errorf("target %q: %q, want %q", target, got, want)
		}
	}
}

func TestWeightsOfAPlanSumTo100WhereAScoreIsCalculated(t *testing.T) {
	for name, c := range map[string]struct {
		kind    appraisal.PolicyKind
		weights []string
		want    string
	}{
		"sum to 100":                {appraisal.PolicyNumeric, []string{"60", "40"}, ""},
		"sum to 100 with fractions": {appraisal.PolicyNumeric, []string{"33.3333", "33.3333", "33.3334"}, ""},
		"sum to less":               {appraisal.PolicyNumeric, []string{"60", "39.9"}, "key_results error.plan_weights_sum 99.9"},
		"sum to more":               {appraisal.PolicyNumeric, []string{"60", "40.0001"}, "key_results error.plan_weights_sum 100.0001"},
		"one is missing":            {appraisal.PolicyNumeric, []string{"100", ""}, "key_results[1].weight error.plan_weight_missing"},
		"nothing":                   {appraisal.PolicyNumeric, []string{"100", "0"}, "key_results[1].weight error.plan_weight"},
		"more than all":             {appraisal.PolicyNumeric, []string{"100.5"}, "key_results[0].weight error.plan_weight"},
		"no number":                 {appraisal.PolicyNumeric, []string{"1e2"}, "key_results[0].weight error.plan_weight"},
		"not asked for":             {appraisal.PolicyMatrix, []string{"", ""}, ""},
		"given where unused":        {appraisal.PolicyMatrix, []string{"", "100"}, "key_results[1].weight error.plan_weight_unused"},
	} {
		t.Run(name, func(t *testing.T) {
			var plan []appraisal.KeyResult
			for _, weight := range c.weights {
				plan = append(plan, sound()[0])
				plan[len(plan)-1].Weight = weight
			}
			got := ""
			var e *appraisal.Error
			if errors.As(appraisal.ValidatePlan(plan, c.kind, appraisal.LevelPelaksana), &e) {
				got = e.Fields[0].Field + " " + e.Fields[0].Key
				if sum, ok := e.Fields[0].Args["sum"].(appraisal.Decimal); ok {
					got += " " + string(sum)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAJPTPlansByPerspectiveAndEverybodyElseByAspect(t *testing.T) {
	levels := []appraisal.PositionLevel{
		appraisal.LevelJPT, appraisal.LevelAdministrator, appraisal.LevelPengawas, appraisal.LevelFungsional, appraisal.LevelPelaksana,
	}
	for _, level := range levels {
		for _, aspect := range append(appraisal.Aspects(appraisal.LevelJPT), appraisal.Aspects(appraisal.LevelPelaksana)...) {
			plan := sound()
			plan[0].Indicators[0].Aspect = aspect
			want := ""
			switch perspective := slices.Contains(appraisal.Aspects(appraisal.LevelJPT), aspect); {
			case level == appraisal.LevelJPT && !perspective:
				want = "key_results[0].indicators[0].aspect error.plan_perspective"
			case level != appraisal.LevelJPT && perspective:
				want = "key_results[0].indicators[0].aspect error.plan_aspect"
			}
			if got := faultsOf(t, appraisal.ValidatePlan(plan, appraisal.PolicyMatrix, level)); got != want {
				t.Errorf("%s for %s: %q, want %q", aspect, level, got, want)
			}
		}
	}
}
