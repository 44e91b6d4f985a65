package appraisal

import "math/big"

// inputFigures are the decimals of a ScoreInput as numbers.
type inputFigures struct {
	keyResults []keyResultFigures
	workResult figure
	behaviour  figure
}

type keyResultFigures struct {
	weight     figure
	indicators []indicatorFigures
}

type indicatorFigures struct {
	aspect              Aspect
	target, realisation figure
	direction           Direction
}

// mostMonths bounds the months of a period.
const mostMonths = 60

// readScoreInput checks the input and reports everything that is wrong with it at once.
func (p *Policy) readScoreInput(in ScoreInput) (inputFigures, error) {
	r := scoreInputReader{policy: p, input: in}
	r.period()
	r.employee()
	r.keyResults()
	r.figures.workResult = r.dimension("work_result", r.input.WorkResult)
	r.figures.behaviour = r.dimension("behaviour", r.input.Behaviour)
	return r.figures, r.faults.Err()
}

type scoreInputReader struct {
	policy  *Policy
	input   ScoreInput
	figures inputFigures
	faults  Faults
}

func (r *scoreInputReader) period() {
	served, months := r.input.MonthsServed, r.input.PeriodMonths
	if served == 0 && months == 0 {
		return
	}
	if months < 1 || months > mostMonths {
		r.faults.Add("period_months", "policy.fault.out_of_range", map[string]any{"given": months, "least": 1, "most": mostMonths})
		return
	}
	if served < 1 || served > months {
		r.faults.Add("months_served", "policy.fault.out_of_range", map[string]any{"given": served, "least": 1, "most": months})
	}
}

func (r *scoreInputReader) employee() {
	switch r.input.Employee {
	case "", EmployeePNS, EmployeePPPK:
	default:
		r.faults.Add("employee", "policy.fault.unknown_word", map[string]any{
			"given": string(r.input.Employee), "known": "pns, pppk",
		})
	}
}

func (r *scoreInputReader) keyResults() {
	if len(r.input.KeyResults) == 0 {
		return
	}
	if len(r.input.KeyResults) > MaxKeyResults {
		r.faults.Add("key_results", "policy.fault.too_many", map[string]any{
			"given": len(r.input.KeyResults), "most": MaxKeyResults,
		})
		return
	}
	sum, complete := new(big.Rat), true
	for i, kr := range r.input.KeyResults {
		at := indexed("key_results", i)
		weight := r.weight(at+".weight", kr.Weight)
		if weight.given() {
			sum.Add(sum, weight.value)
		} else {
			complete = false
		}
		r.figures.keyResults = append(r.figures.keyResults, keyResultFigures{weight, r.indicators(at+".indicators", kr.Indicators)})
	}
	if complete && sum.Cmp(hundred()) != 0 {
		r.faults.Add("key_results", "policy.fault.weights_sum", map[string]any{"sum": string(inputRat(sum).Number)})
	}
}

func (r *scoreInputReader) weight(field string, d Decimal) figure {
	w := r.required(field, d)
	if w.given() && (w.value.Sign() <= 0 || w.value.Cmp(hundred()) > 0) {
		r.faults.Add(field, "policy.fault.weight_range", map[string]any{"given": string(d)})
		return figure{}
	}
	return w
}

func (r *scoreInputReader) indicators(field string, given []ScoredIndicator) []indicatorFigures {
	if len(given) == 0 {
		r.faults.Add(field, "policy.fault.no_indicator", nil)
	}
	if len(given) > MaxIndicators {
		r.faults.Add(field, "policy.fault.too_many", map[string]any{"given": len(given), "most": MaxIndicators})
		return nil
	}
	figures := make([]indicatorFigures, len(given))
	for i, indicator := range given {
		at := indexed(field, i)
		figures[i] = indicatorFigures{
			aspect:      indicator.Aspect,
			target:      r.required(at+".target", indicator.Target),
			realisation: r.realisation(at+".realisation", indicator),
			direction:   indicator.Direction,
		}
		if t := figures[i].target; t.given() && t.value.Sign() <= 0 {
			r.faults.Add(at+".target", "policy.fault.target_not_positive", map[string]any{"given": string(indicator.Target)})
		}
		r.directionOf(at+".direction", indicator.Direction)
		r.aspectOf(at+".aspect", indicator.Aspect)
	}
	return figures
}

func (r *scoreInputReader) directionOf(field string, d Direction) {
	switch {
	case d == "":
		r.faults.Add(field, "policy.fault.required", nil)
	case !d.Valid():
		r.faults.Add(field, "policy.fault.unknown_word", map[string]any{"given": string(d), "known": "more, less"})
	}
}

// aspectOf asks for the aspect only where it decides whether a target shrinks.
func (r *scoreInputReader) aspectOf(field string, a Aspect) {
	part := r.input.MonthsServed != r.input.PeriodMonths && r.policy.Periods.PartPeriod == PartPeriodQuantity
	switch {
	case a == "" && part:
		r.faults.Add(field, "policy.fault.aspect_for_part", nil)
	case a != "" && !a.Valid():
		known := append(Aspects(LevelPelaksana), Aspects(LevelJPT)...)
		r.faults.Add(field, "policy.fault.unknown_word", map[string]any{"given": string(a), "known": joinWords(known)})
	}
}

// dimension reads a score of a whole dimension, within the policy's bounds.
func (r *scoreInputReader) dimension(field string, given Decimal) figure {
	b := r.optional(field, given)
	lowest, highest := r.policy.figures.lowest, r.policy.figures.highest
	if b.given() && (b.value.Cmp(lowest.value) < 0 || b.value.Cmp(highest.value) > 0) {
		r.faults.Add(field, "policy.fault.out_of_range", map[string]any{
			"given": string(given),
			"least": string(r.policy.Scoring.Lowest),
			"most":  string(r.policy.Scoring.Highest),
		})
	}
	return b
}

// realisation returns what was achieved; a measured one exactly, as it was before it was rounded to be shown.
func (r *scoreInputReader) realisation(field string, indicator ScoredIndicator) figure {
	shown := r.optional(field, indicator.Realisation)
	if shown.given() && indicator.Exact != nil {
		return figure{indicator.Exact, inputRat(indicator.Exact)}
	}
	return shown
}

// required returns d as a figure, or none after recording what is wrong with it.
func (r *scoreInputReader) required(field string, d Decimal) figure {
	if d == "" {
		r.faults.Add(field, "policy.fault.required", nil)
		return figure{}
	}
	return r.optional(field, d)
}

// optional returns no figure when nobody gave d, or after recording what is wrong with it.
func (r *scoreInputReader) optional(field string, d Decimal) figure {
	if d == "" {
		return figure{}
	}
	value, err := d.Rat()
	if err != nil {
		r.faults.Add(field, decimalFault(err), map[string]any{"given": clip(string(d)), "longest": longestDecimal})
		return figure{}
	}
	return figure{value, InputDecimal(d)}
}

// clip shortens what somebody gave to what a message can quote.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 2*longestDecimal {
		return string(runes[:2*longestDecimal]) + "…"
	}
	return s
}
