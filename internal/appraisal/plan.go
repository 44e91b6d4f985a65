package appraisal

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// Indicator measures one key result. Target is a decimal string greater than 0 in Measure's unit. An ID says that the indicator
// goes on from the version before.
type Indicator struct {
	ID          string    `json:"id,omitempty"`
	Aspect      Aspect    `json:"aspect"`
	Description string    `json:"description"`
	Target      string    `json:"target"`
	Measure     string    `json:"measure"`
	Direction   Direction `json:"direction"`
	Source      Source    `json:"source,omitempty"` // what measures it
}

// KeyResult is one intended result of an employee. It serves either a key result of the superior or an item of the
// strategy, and through it leads up to the vision (PermenPAN-RB 6/2022). An ID says that it goes on from the version before.
type KeyResult struct {
	ID              string      `json:"id,omitempty"`
	Statement       string      `json:"statement"`
	ServesKeyResult string      `json:"serves_key_result,omitempty"`
	ServesStrategy  string      `json:"serves_strategy,omitempty"`
	Weight          string      `json:"weight,omitempty"` // percent, a decimal; given where the policy calculates a score
	Indicators      []Indicator `json:"indicators"`
}

// Limits of what a person can type; they keep forms, mails and documents within reason.
const (
	MaxKeyResults = 20
	MaxIndicators = 8
	MaxLine       = 500
	MaxText       = 5000
)

// ValidatePlan reports every fault of a performance plan (SKP) of somebody at a level before it is handed in, under a policy of the
// kind: where a score is calculated, every key result has a weight and their sum is 100.
func ValidatePlan(results []KeyResult, kind PolicyKind, level PositionLevel) error {
	var f Faults
	if len(results) == 0 {
		f.Add("key_results", "error.plan_empty", nil)
	}
	if len(results) > MaxKeyResults {
		f.Add("key_results", "error.too_many", map[string]any{"max": MaxKeyResults})
	}
	for i, kr := range results {
		field := fmt.Sprintf("key_results[%d]", i)
		requireText(&f, field+".statement", kr.Statement, MaxLine)
		if (kr.ServesKeyResult == "") == (kr.ServesStrategy == "") {
			f.Add(field+".serves", "error.plan_serves_one", nil)
		}
		if len(kr.Indicators) == 0 {
			f.Add(field+".indicators", "error.plan_no_indicator", nil)
		}
		if len(kr.Indicators) > MaxIndicators {
			f.Add(field+".indicators", "error.too_many", map[string]any{"max": MaxIndicators})
		}
		for j, ind := range kr.Indicators {
			validateIndicator(&f, fmt.Sprintf("%s.indicators[%d]", field, j), ind, level)
		}
	}
	if kind == PolicyNumeric {
		validateWeights(&f, results)
	} else {
		refuseWeights(&f, results)
	}
	return f.Err()
}

func validateWeights(f *Faults, results []KeyResult) {
	sum, complete := new(big.Rat), len(results) > 0
	for i, kr := range results {
		field := fmt.Sprintf("key_results[%d].weight", i)
		weight, ok := planWeight(kr.Weight)
		switch {
		case kr.Weight == "":
			f.Add(field, "error.plan_weight_missing", nil)
		case !ok:
			f.Add(field, "error.plan_weight", nil)
		default:
			sum.Add(sum, weight)
			continue
		}
		complete = false
	}
	if complete && sum.Cmp(hundred()) != 0 {
		f.Add("key_results", "error.plan_weights_sum", map[string]any{"sum": inputRat(sum).Number})
	}
}

func refuseWeights(f *Faults, results []KeyResult) {
	for i, kr := range results {
		if kr.Weight != "" {
			f.Add(fmt.Sprintf("key_results[%d].weight", i), "error.plan_weight_unused", nil)
		}
	}
}

// planWeight reads a weight: more than 0, at most 100.
func planWeight(s string) (*big.Rat, bool) {
	if !plainDecimal(s) {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(s)
	return r, ok && r.Sign() > 0 && r.Cmp(hundred()) <= 0
}

// WeightsSum adds up the weights that can be read: what a form shows while one types.
func WeightsSum(results []KeyResult) Decimal {
	sum := new(big.Rat)
	for _, kr := range results {
		if weight, ok := planWeight(kr.Weight); ok {
			sum.Add(sum, weight)
		}
	}
	return inputRat(sum).Number
}

func validateIndicator(f *Faults, field string, ind Indicator, level PositionLevel) {
	requireText(f, field+".description", ind.Description, MaxLine)
	requireText(f, field+".measure", ind.Measure, 60)
	switch jpt := level == LevelJPT; {
	case slices.Contains(Aspects(level), ind.Aspect):
	case jpt:
		f.Add(field+".aspect", "error.plan_perspective", nil)
	default:
		f.Add(field+".aspect", "error.plan_aspect", nil)
	}
	if !ind.Direction.Valid() {
		f.Add(field+".direction", "error.plan_direction", nil)
	}
	if !ValidTarget(ind.Target) {
		f.Add(field+".target", "error.plan_target", nil)
	}
	validateSource(f, field, ind)
}

// ValidTarget reports whether s can be an indicator's target: a plain decimal greater than 0.
func ValidTarget(s string) bool { return plainDecimal(s) && strings.Trim(s, "0.") != "" }

// Copied returns a key result as somebody at a level begins with it in a plan of their own: without ids, and without aspects that
// the level does not use.
func (k KeyResult) Copied(level PositionLevel) KeyResult {
	k.ID = ""
	k.Indicators = slices.Clone(k.Indicators)
	for i := range k.Indicators {
		k.Indicators[i].ID = ""
		if !slices.Contains(Aspects(level), k.Indicators[i].Aspect) {
			k.Indicators[i].Aspect = ""
		}
	}
	return k
}

var decimalForm = regexp.MustCompile(`^\d{1,12}(\.\d{1,4})?$`)

// plainDecimal reports whether s is a decimal number of at most 12 digits before and 4 after the point: what a person can
// type as a target or a realisation.
func plainDecimal(s string) bool { return decimalForm.MatchString(s) }
