package appraisal

import (
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// policyName is what a policy may be called: it appears in references, addresses and documents.
var policyName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

const (
	longestPolicyName = 40
	mostDays          = 366
	mostPeople        = 1000
	mostHours         = 2000
	percentPlaces     = 4
)

// ParsePolicy reads one policy from JSON and refuses whatever is unknown, missing or contradictory. The error is an *Error with
// CodeInvalid; each of its fields is the fault's place ("matrix.above.meets").
func ParsePolicy(raw []byte) (*Policy, error) {
	var p Policy
	if err := DecodeJSON(raw, &p); err != nil {
		return nil, err
	}
	var faults Faults
	v := policyValidator{policy: &p, faults: &faults}
	v.identity()
	before := len(faults.fields)
	v.outcomes()
	v.outcomesKnown = len(faults.fields) == before
	v.distribution()
	v.people()
	v.periods()
	v.learning()
	v.allowance()
	v.consequences()
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &p, nil
}

type policyValidator struct {
	policy        *Policy
	faults        *Faults
	outcomesKnown bool // what refers to an outcome can be checked
}

func (v *policyValidator) add(field, key string, args map[string]any) { v.faults.Add(field, key, args) }

func (v *policyValidator) identity() {
	p := v.policy
	if !policyName.MatchString(p.Name) || len(p.Name) > longestPolicyName {
		v.add("name", "policy.fault.name", map[string]any{"given": p.Name, "longest": longestPolicyName})
	}
	v.within("version", p.Version, 1, 1_000_000)
	if p.Source == "" {
		v.add("source", "policy.fault.required", nil)
	}
	if len(p.Governs) == 0 {
		v.add("governs", "policy.fault.required", nil)
	}
	for i, kind := range p.Governs {
		if kind != EmployeePNS && kind != EmployeePPPK {
			v.unknown(fmt.Sprintf("governs[%d]", i), string(kind), "pns, pppk")
		}
	}
}

func (v *policyValidator) outcomes() {
	switch v.policy.Kind {
	case PolicyMatrix:
		if v.policy.Scoring != nil {
			v.add("scoring", "policy.fault.other_kind", map[string]any{"kind": "numeric"})
		}
		v.matrix()
	case PolicyNumeric:
		if v.policy.Matrix != nil {
			v.add("matrix", "policy.fault.other_kind", map[string]any{"kind": "matrix"})
		}
		if v.policy.Scoring == nil {
			v.add("scoring", "policy.fault.required", nil)
			return
		}
		v.scoring()
	default:
		v.unknown("kind", string(v.policy.Kind), "matrix, numeric")
	}
}

// matrix asks for all nine cells, and that a better rating never leads to a worse predikat.
func (v *policyValidator) matrix() {
	levels := Expectations()
	for _, row := range sortedKeys(v.policy.Matrix) {
		if !row.Valid() {
			v.unknown("matrix."+string(row), string(row), "below, meets, above")
		}
		for _, column := range sortedKeys(v.policy.Matrix[row]) {
			at := fmt.Sprintf("matrix.%s.%s", row, column)
			if !column.Valid() {
				v.unknown(at, string(column), "below, meets, above")
			}
			v.predikat(at, v.policy.Matrix[row][column])
		}
	}
	rank := func(row, column int) int { return v.policy.Matrix[levels[row]][levels[column]].Rank() }
	for row := range levels {
		for column := range levels {
			at := fmt.Sprintf("matrix.%s.%s", levels[row], levels[column])
			if _, given := v.policy.Matrix[levels[row]][levels[column]]; !given {
				v.add(at, "policy.fault.required", nil)
				continue
			}
			if row > 0 && rank(row, column) < rank(row-1, column) || column > 0 && rank(row, column) < rank(row, column-1) {
				v.add(at, "policy.fault.matrix_falls", map[string]any{"given": string(v.policy.Matrix[levels[row]][levels[column]])})
			}
		}
	}
}

func (v *policyValidator) predikat(field string, p Predikat) {
	if !p.Valid() {
		v.unknown(field, string(p), joinWords(Predikats()))
	}
}

// outcome asks for a predikat that the policy can give.
func (v *policyValidator) outcome(field string, p Predikat) {
	if v.outcomesKnown && !slices.Contains(v.policy.Outcomes(), p) {
		v.unknown(field, string(p), joinWords(v.policy.Outcomes()))
	}
}

func (v *policyValidator) people() {
	p := v.policy
	v.within("cohort_minimum", p.CohortMinimum, 1, mostPeople)
	v.within("calibration.quorum_percent", p.Calibration.QuorumPercent, 1, 100)
	v.within("calibration.quorum_least", p.Calibration.QuorumLeast, 1, mostPeople)
	v.within("calibration.small_group", p.Calibration.SmallGroup, 2, mostPeople)
	v.within("peers.minimum_answers", p.Peers.MinimumAnswers, 2, mostPeople) // one answer alone would name its author
	v.within("peers.asked", p.Peers.Asked, 1, mostPeople)
	v.within("peers.most_owed", p.Peers.MostOwed, 1, mostPeople)
	if p.Peers.Asked < p.Peers.MinimumAnswers {
		v.add("peers.asked", "policy.fault.asked_too_few", map[string]any{"minimum": p.Peers.MinimumAnswers})
	}
	v.within("peers.scale_lowest", p.Peers.ScaleLowest, 0, 10)
	v.within("peers.scale_highest", p.Peers.ScaleHighest, p.Peers.ScaleLowest+1, 10)
	sum := new(big.Rat)
	for _, category := range sortedKeys(p.Peers.Weights) {
		at := "peers.weights." + string(category)
		if !category.Valid() {
			v.unknown(at, string(category), joinWords(PeerCategories()))
		}
		if w := v.percent(at, p.Peers.Weights[category]); w.given() {
			sum.Add(sum, w.value)
		}
	}
	v.sumsTo100("peers.weights", sum)
	v.within("objection.window_days", p.Objection.WindowDays, 1, mostDays)
	v.within("objection.decision_days", p.Objection.DecisionDays, 1, mostDays)
	v.dayCount("objection.window_count", p.Objection.WindowCount)
	v.dayCount("objection.decision_count", p.Objection.DecisionCount)
}

func (v *policyValidator) learning() {
	l := v.policy.Learning
	v.within("learning.pns_minimum", l.PNSMinimum, 0, mostHours)
	v.within("learning.pns_planned", l.PNSPlanned, 0, mostHours)
	v.within("learning.pppk_maximum", l.PPPKMaximum, 0, mostHours)
	if l.PNSPlanned != 0 && l.PNSPlanned < l.PNSMinimum {
		v.add("learning.pns_planned", "policy.fault.planned_below_minimum", map[string]any{"minimum": l.PNSMinimum})
	}
	v.within("learning.mix.experience", l.Mix.Experience, 0, 100)
	v.within("learning.mix.social", l.Mix.Social, 0, 100)
	v.within("learning.mix.formal", l.Mix.Formal, 0, 100)
	v.sumsTo100("learning.mix", big.NewRat(int64(l.Mix.Experience)+int64(l.Mix.Social)+int64(l.Mix.Formal), 1))
}

func (v *policyValidator) allowance() {
	for _, outcome := range sortedKeys(v.policy.Allowance) {
		at := "allowance." + string(outcome)
		v.outcome(at, outcome)
		v.percent(at, v.policy.Allowance[outcome])
	}
}

func (v *policyValidator) within(field string, n, least, most int) {
	if n < least || n > most {
		v.add(field, "policy.fault.out_of_range", map[string]any{"given": n, "least": least, "most": most})
	}
}

func (v *policyValidator) unknown(field, given, known string) {
	if given == "" {
		v.add(field, "policy.fault.required", nil)
		return
	}
	v.add(field, "policy.fault.unknown_word", map[string]any{"given": given, "known": known})
}

func (v *policyValidator) dayCount(field string, c DayCount) {
	if !c.Valid() {
		v.unknown(field, string(c), "calendar, working")
	}
}

// decimal returns d as a figure, or none after recording what is wrong with it.
func (v *policyValidator) decimal(field string, d Decimal) figure {
	if d == "" {
		v.add(field, "policy.fault.required", nil)
		return figure{}
	}
	r, err := d.Rat()
	if err != nil {
		v.add(field, decimalFault(err), map[string]any{"given": clip(string(d)), "longest": longestDecimal})
		return figure{}
	}
	return figure{r, InputDecimal(d)}
}

// percent returns a percentage between 0 and 100 with few places, or none after recording what is wrong with it.
func (v *policyValidator) percent(field string, d Decimal) figure {
	f := v.decimal(field, d)
	if !f.given() {
		return f
	}
	places, ends := f.value.FloatPrec()
	if f.value.Sign() < 0 || f.value.Cmp(hundred()) > 0 || !ends || places > percentPlaces {
		v.add(field, "policy.fault.not_percent", map[string]any{"given": string(d), "places": percentPlaces})
		return figure{}
	}
	return f
}

func (v *policyValidator) sumsTo100(field string, sum *big.Rat) {
	if sum.Cmp(hundred()) != 0 {
		v.add(field, "policy.fault.weights_sum", map[string]any{"sum": string(inputRat(sum).Number)})
	}
}

// sortedKeys makes the order of faults the same every time.
func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func joinWords[T ~string](words []T) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return strings.Join(all, ", ")
}
