package appraisal

import (
	"math/big"
	"slices"
)

// PeriodResult is the final result of one person for a period inside a longer one.
type PeriodResult struct {
	Label      string     `json:"label"` // how people call it: the name of its cycle
	Period     Span       `json:"period"`
	Months     int        `json:"months"` // served in it
	PolicyKind PolicyKind `json:"policy_kind"`
	Predikat   Predikat   `json:"predikat,omitempty"`    // empty: no final rating
	WorkResult *big.Rat   `json:"work_result,omitempty"` // the exact work-result score; nil when nobody gave it, or where the policy has none
}

// RollUp is what the periods inside a longer one come to.
type RollUp struct {
	WorkResult  *big.Rat // exact; nil unless the policy takes the mean and a period can be used
	Months      int      // behind it
	Explanation Explanation
}

// RollUp brings the results of shorter periods together as the policy says: not at all, as evidence that the appraiser has in view
// (PermenPAN-RB 6/2022), or as the mean of their work-result scores weighted by the months served (PP 30/2019). Nothing is
// rounded. A period without a score is said to be missing and is no zero; one under another kind of policy, and one whose days
// count already, is left out with the reason. It fails with CodeInvalid for months that no period has.
func (p *Policy) RollUp(results []PeriodResult) (RollUp, error) {
	var faults Faults
	for i, r := range results {
		if r.Months < 0 || r.Months > mostMonths {
			faults.Add(indexed("periods", i)+".months", "policy.fault.out_of_range",
				map[string]any{"given": r.Months, "least": 0, "most": mostMonths})
		}
		if r.Period.days() == 0 {
			faults.Add(indexed("periods", i)+".period", "error.period_order", nil)
		}
	}
	if err := faults.Err(); err != nil {
		return RollUp{}, err
	}
	u := rollUp{policy: p}
	switch p.Periods.RollUp {
	case RollUpEvidence:
		u.evidence(results)
	case RollUpMean:
		u.mean(results)
	}
	return u.out, nil
}

type rollUp struct {
	policy *Policy
	out    RollUp
}

func (u *rollUp) say(i int, key, rule, source string, value Input, inputs map[string]Input) {
	subject := "periods"
	if i >= 0 {
		subject = indexed("periods", i)
	}
	u.out.Explanation = append(u.out.Explanation, ExplanationStep{
		Subject: subject, Sentence: Sentence{Key: key, Inputs: inputs}, Rule: rule, Source: source, Value: value,
	})
}

func (u *rollUp) evidence(results []PeriodResult) {
	for _, i := range byDate(results) {
		r := results[i]
		inputs := map[string]Input{"period": InputText(r.Label), "months": InputCount(r.Months)}
		if r.Predikat == "" {
			u.say(i, "period.explain.no_rating", "policy.rule.missing", u.policy.Ref(), Input{}, inputs)
			continue
		}
		inputs["predikat"] = InputWord(r.Predikat.Word())
		u.say(i, "period.explain.evidence", "period.rule.evidence", u.policy.Source, InputWord(r.Predikat.Word()), inputs)
	}
}

func (u *rollUp) mean(results []PeriodResult) {
	sum, months, counted := new(big.Rat), 0, []Span{}
	for _, i := range byDate(results) {
		r := results[i]
		inputs := map[string]Input{"period": InputText(r.Label), "months": InputCount(r.Months)}
		if why := u.unusable(r, counted); why != "" {
			u.say(i, why, "policy.rule.missing", u.policy.Ref(), Input{}, inputs)
			continue
		}
		product := newFigure(new(big.Rat).Mul(r.WorkResult, big.NewRat(int64(r.Months), 1)))
		sum.Add(sum, product.value)
		months += r.Months
		counted = append(counted, r.Period)
		inputs["value"], inputs["product"] = inputRat(r.WorkResult), product.shown
		u.say(i, "period.explain.weighted", "period.rule.mean", u.policy.Ref(), product.shown, inputs)
	}
	if months == 0 {
		return
	}
	mean := newFigure(new(big.Rat).Quo(sum, big.NewRat(int64(months), 1)))
	u.out.WorkResult, u.out.Months = mean.value, months
	u.say(-1, "period.explain.mean", "period.rule.mean", u.policy.Ref(), mean.shown, map[string]Input{
		"sum": inputRat(sum), "months": InputCount(months), "value": mean.shown,
	})
}

// unusable returns the key that says why a period does not count; empty when it does.
func (u *rollUp) unusable(r PeriodResult, counted []Span) string {
	switch {
	case r.Predikat == "":
		return "period.explain.no_rating"
	case r.PolicyKind != u.policy.Kind:
		return "period.explain.other_policy"
	case r.WorkResult == nil:
		return "period.explain.no_score"
	case r.Months == 0:
		return "period.explain.no_months"
	case slices.ContainsFunc(counted, r.Period.overlaps):
		return "period.explain.counted_already"
	default:
		return ""
	}
}

// byDate returns the places of the results in the order of their days; of those that begin together the longest is first.
func byDate(results []PeriodResult) []int {
	order := make([]int, len(results))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := results[a].Period, results[b].Period
		if c := x.From.Compare(y.From); c != 0 {
			return c
		}
		return y.To.Compare(x.To)
	})
	return order
}
