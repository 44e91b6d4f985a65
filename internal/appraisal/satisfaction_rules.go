package appraisal

import (
	"fmt"
	"math/big"
	"slices"
)

// SatisfactionRules are how a survey becomes an index and a grade. They come from ParseSatisfactionRules; treat them as read-only.
// They belong to the office and not to a cycle, because a unit's index is one figure whoever asks for it.
type SatisfactionRules struct {
	Source  string         `json:"source"`  // the regulation
	Weights map[string]int `json:"weights"` // of U1 … U9 to one another
	Grades  []GradeBound   `json:"grades"`  // the best first; each begins where the next one ends

	weights [SatisfactionElements]int64
	total   int64
	from    []*big.Rat // of each grade
}

// GradeBound gives its grade to every index from From up to the grade above.
type GradeBound struct {
	Grade SatisfactionGrade `json:"grade"`
	From  Decimal           `json:"from"`
}

// Bounds of the rules. An index is rounded to indexPlaces before it is graded.
const (
	heaviestElement = 1000
	highestAnswer   = 4
	indexPlaces     = 2
)

// ParseSatisfactionRules reads the rules from JSON and refuses whatever is unknown, missing or contradictory. The error is an
// *Error with CodeInvalid; each of its fields is the fault's place ("grades[1].from").
func ParseSatisfactionRules(raw []byte) (*SatisfactionRules, error) {
	var r SatisfactionRules
	if err := DecodeJSON(raw, &r); err != nil {
		return nil, err
	}
	var faults Faults
	v := policyValidator{faults: &faults}
	if r.Source == "" {
		v.add("source", "policy.fault.required", nil)
	}
	r.checkWeights(&v)
	r.checkGrades(&v)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &r, nil
}

func (r *SatisfactionRules) checkWeights(v *policyValidator) {
	elements := satisfactionElements()
	for _, name := range sortedKeys(r.Weights) {
		if !slices.Contains(elements, name) {
			v.unknown("weights."+name, name, joinWords(elements))
		}
	}
	for u, name := range elements {
		weight, given := r.Weights[name]
		if !given {
			v.add("weights."+name, "policy.fault.required", nil)
			continue
		}
		v.within("weights."+name, weight, 1, heaviestElement)
		r.weights[u] = int64(weight)
		r.total += int64(weight)
	}
}

// checkGrades asks for every grade, with falling bounds that reach down to the lowest index there is.
func (r *SatisfactionRules) checkGrades(v *policyValidator) {
	known := SatisfactionGrades()
	if len(r.Grades) != len(known) {
		v.add("grades", "policy.fault.grades", map[string]any{"known": joinWords(known)})
		return
	}
	for i, g := range r.Grades {
		at := fmt.Sprintf("grades[%d]", i)
		if g.Grade != known[i] {
			v.unknown(at+".grade", string(g.Grade), string(known[i]))
		}
		from := v.percent(at+".from", g.From)
		r.from = append(r.from, from.value)
		if !from.given() {
			continue
		}
		if places, _ := from.value.FloatPrec(); places > indexPlaces {
			v.add(at+".from", "policy.fault.grade_places", map[string]any{"given": string(g.From), "places": indexPlaces})
		}
		if i > 0 && r.from[i-1] != nil && from.value.Cmp(r.from[i-1]) >= 0 {
			v.add(at+".from", "policy.fault.band_order", map[string]any{"other": string(r.Grades[i-1].From)})
		}
	}
	lowest := big.NewRat(100, highestAnswer)
	if last := len(r.from) - 1; r.from[last] != nil && r.from[last].Cmp(lowest) != 0 {
		v.add(fmt.Sprintf("grades[%d].from", last), "policy.fault.grade_gap", map[string]any{"lowest": lowest.RatString()})
	}
}

// grade grades an index that has been rounded, so that no number falls between two grades.
func (r *SatisfactionRules) grade(rounded *big.Rat) SatisfactionGrade {
	for i, from := range r.from {
		if rounded.Cmp(from) >= 0 {
			return r.Grades[i].Grade
		}
	}
	return r.Grades[len(r.Grades)-1].Grade
}

// satisfactionElements lists U1 … U9.
func satisfactionElements() []string {
	names := make([]string, SatisfactionElements)
	for u := range names {
		names[u] = fmt.Sprintf("U%d", u+1)
	}
	return names
}
