package appraisal

import (
	"math/big"
	"strconv"
)

// ScoreInput is what a numeric policy calculates a score from. An empty Decimal is a component that nobody gave: it is left
// out and the weights of the others are rescaled.
type ScoreInput struct {
	KeyResults      []ScoredKeyResult `json:"key_results,omitempty"`   // none: the work result is missing
	WorkResult      Decimal           `json:"work_result,omitempty"`   // set by a session or a decision in place of the key results
	Behaviour       Decimal           `json:"behaviour,omitempty"`     // between the policy's lowest and highest score
	PeersConsidered bool              `json:"peers_considered"`        // peers and subordinates took part in the behaviour score
	Innovation      bool              `json:"innovation"`              // an innovation of benefit to the organisation is recorded
	Employee        EmployeeKind      `json:"employee,omitempty"`      // empty when not known
	Periods         []PeriodResult    `json:"periods,omitempty"`       // shorter ones inside this period; their mean takes the place of the key results where the policy says so
	MonthsServed    int               `json:"months_served,omitempty"` // of PeriodMonths; both 0 for the whole period
	PeriodMonths    int               `json:"period_months,omitempty"`
}

// ScoredKeyResult is one key result with its weight in percent and what was achieved on its indicators, which count alike.
type ScoredKeyResult struct {
	Weight     Decimal           `json:"weight"`
	Indicators []ScoredIndicator `json:"indicators"`
}

// ScoredIndicator is one indicator with its target, more than 0, and its realisation, both in the indicator's unit. Aspect may be
// empty unless the person served a part of the period.
type ScoredIndicator struct {
	Aspect      Aspect    `json:"aspect,omitempty"`
	Target      Decimal   `json:"target"`
	Realisation Decimal   `json:"realisation,omitempty"`
	Direction   Direction `json:"direction"`
	Exact       *big.Rat  `json:"exact,omitempty"` // of a measured realisation, which Realisation shows rounded; nil for any other
}

// Score is the outcome of a numeric policy.
type Score struct {
	Value       Decimal // rounded once, with the policy's places: "92.50"
	Predikat    Predikat
	WorkResult  Input    // the dimension before rounding; zero when missing
	Behaviour   Input    // likewise
	Exact       *big.Rat // the work result itself, for the period around this one; nil when missing
	Shown       Shown
	Missing     []string // paths of the components that nobody gave
	Explanation Explanation
}

// Shown are the two dimensions of a score as tables show them: rounded with the policy's places, empty when missing. Nothing is
// calculated from them.
type Shown struct{ WorkResult, Behaviour Decimal }

// Score calculates the score of a numeric policy and the predikat of its band (PP 30/2019 for the embedded one). It fails with
// CodeInvalid, naming every wrong field, and for a policy that has no scoring.
func (p *Policy) Score(in ScoreInput) (Score, error) {
	if p.Kind != PolicyNumeric {
		var faults Faults
		faults.Add("policy", "policy.fault.not_numeric", map[string]any{"policy": p.Name})
		return Score{}, faults.Err()
	}
	figures, err := p.readScoreInput(in)
	if err != nil {
		return Score{}, err
	}
	s := scorer{policy: p, figures: figures, input: in}
	work, err := s.workResult()
	if err != nil {
		return Score{}, err
	}
	behaviour := figures.behaviour
	if !behaviour.given() {
		s.out.Missing = append(s.out.Missing, "behaviour")
	}
	if !work.given() && !behaviour.given() {
		var faults Faults
		faults.Add("key_results", "policy.fault.nothing_given", nil)
		return Score{}, faults.Err()
	}
	s.out.Shown = Shown{s.shown(work), s.shown(behaviour)}
	exact := s.combine(work, behaviour)
	rounded, text := roundHalfAway(exact.value, p.Scoring.Rounding.Places)
	s.out.Value = text
	s.say("score", "policy.explain.rounded", "policy.rule.rounding", p.Ref(), InputDecimal(text), map[string]Input{
		"exact":  exact.shown,
		"places": InputCount(p.Scoring.Rounding.Places),
		"score":  InputDecimal(text),
	})
	s.band(rounded)
	s.analogy()
	return s.out, nil
}

// scorer calculates one score and writes down every step.
type scorer struct {
	policy  *Policy
	figures inputFigures
	input   ScoreInput
	out     Score
}

func (s *scorer) say(subject, key, rule, source string, value Input, inputs map[string]Input) {
	s.out.Explanation = append(s.out.Explanation, ExplanationStep{
		Subject: subject, Sentence: Sentence{Key: key, Inputs: inputs}, Rule: rule, Source: source, Value: value,
	})
}

func (s *scorer) missing(path, key string, inputs map[string]Input) {
	s.out.Missing = append(s.out.Missing, path)
	s.say(path, key, "policy.rule.missing", s.policy.Ref(), Input{}, inputs)
}

func (s *scorer) shown(f figure) Decimal {
	if !f.given() {
		return ""
	}
	_, text := roundHalfAway(f.value, s.policy.Scoring.Rounding.Places)
	return text
}

// workResult returns what was set for the dimension, otherwise the mean over shorter periods, otherwise what the key results give.
func (s *scorer) workResult() (figure, error) {
	if set := s.figures.workResult; set.given() {
		s.out.WorkResult, s.out.Exact = set.shown, set.value
		s.say("work_result", "policy.explain.work_result_set", "policy.rule.work_result_set", s.policy.Ref(), set.shown,
			map[string]Input{"value": set.shown})
		return set, nil
	}
	if mean, err := s.periods(); err != nil || mean.given() {
		return mean, err
	}
	return s.keyResults(), nil
}

// keyResults returns the weighted mean over the key results that were given, or no figure when none was.
func (s *scorer) keyResults() figure {
	if len(s.figures.keyResults) == 0 {
		s.out.Missing = append(s.out.Missing, "key_results")
		return figure{}
	}
	sum, weights := new(big.Rat), new(big.Rat)
	for i, kr := range s.figures.keyResults {
		path := indexed("key_results", i)
		achieved := s.keyResult(path, i, kr)
		if !achieved.given() {
			s.missing(path, "policy.explain.key_result_missing", map[string]Input{"number": InputCount(i + 1)})
			continue
		}
		product := newFigure(new(big.Rat).Mul(kr.weight.value, achieved.value))
		sum.Add(sum, product.value)
		weights.Add(weights, kr.weight.value)
		s.say(path, "policy.explain.weighted", "policy.rule.weighted_mean", s.policy.Source, product.shown, map[string]Input{
			"number":  InputCount(i + 1),
			"value":   achieved.shown,
			"weight":  kr.weight.shown,
			"product": product.shown,
		})
	}
	if weights.Sign() == 0 {
		return figure{}
	}
	all := newFigure(weights)
	if weights.Cmp(hundred()) != 0 {
		s.say("key_results", "policy.explain.rescaled", "policy.rule.missing", s.policy.Ref(), all.shown,
			map[string]Input{"weights": all.shown})
	}
	result := newFigure(new(big.Rat).Quo(sum, weights))
	s.out.WorkResult, s.out.Exact = result.shown, result.value
	s.say("work_result", "policy.explain.work_result", "policy.rule.weighted_mean", s.policy.Source, result.shown,
		map[string]Input{"sum": inputRat(sum), "weights": all.shown, "value": result.shown})
	return result
}

// periods returns the mean over the shorter periods, or no figure where the policy takes none or none can be used.
func (s *scorer) periods() (figure, error) {
	up, err := s.policy.RollUp(s.input.Periods)
	if err != nil || len(s.input.Periods) == 0 {
		return figure{}, err
	}
	s.out.Explanation = append(s.out.Explanation, up.Explanation...)
	if up.WorkResult == nil {
		return figure{}, nil
	}
	result := newFigure(up.WorkResult)
	s.out.WorkResult, s.out.Exact = result.shown, result.value
	return result, nil
}

// keyResult returns the mean over the indicators that were realised, or no figure when none was.
func (s *scorer) keyResult(path string, i int, kr keyResultFigures) figure {
	sum, count := figure{}, 0
	for j, indicator := range kr.indicators {
		at := indexed(path+".indicators", j)
		number := InputText(strconv.Itoa(i+1) + "." + strconv.Itoa(j+1))
		if !indicator.realisation.given() {
			s.missing(at, "policy.explain.indicator_missing", map[string]Input{"number": number})
			continue
		}
		achieved := s.indicator(at, number, indicator)
		if count++; count == 1 {
			sum = achieved
		} else {
			sum = newFigure(new(big.Rat).Add(sum.value, achieved.value))
		}
	}
	if count == 0 || len(kr.indicators) == 1 {
		return sum
	}
	mean := newFigure(new(big.Rat).Quo(sum.value, big.NewRat(int64(count), 1)))
	s.say(path, "policy.explain.mean", "policy.rule.mean", s.policy.Ref(), mean.shown, map[string]Input{
		"number": InputCount(i + 1),
		"sum":    sum.shown,
		"count":  InputCount(count),
		"value":  mean.shown,
	})
	return mean
}

// indicator returns the achievement in percent: realisation ÷ target × 100 where more is better, (2 × target − realisation) ÷
// target × 100 where less is better, within the policy's caps.
func (s *scorer) indicator(path string, number Input, f indicatorFigures) figure {
	target := s.partTarget(path, number, f)
	ratio := new(big.Rat).Quo(f.realisation.value, target.value)
	if f.direction == DirectionLess {
		ratio.Sub(big.NewRat(2, 1), ratio) // (2 × target − realisation) ÷ target
	}
	achieved := newFigure(ratio.Mul(ratio, hundred()))
	s.say(path, "policy.explain."+string(f.direction), "policy.rule."+string(f.direction), s.policy.Source, achieved.shown,
		map[string]Input{
			"number":      number,
			"target":      target.shown,
			"realisation": f.realisation.shown,
			"value":       achieved.shown,
		})
	bounds := s.policy.figures
	capped := achieved
	switch {
	case achieved.value.Cmp(bounds.highest.value) > 0:
		capped = bounds.highest
	case achieved.value.Cmp(bounds.lowest.value) < 0:
		capped = bounds.lowest
	default:
		return achieved
	}
	s.say(path, "policy.explain.capped", "policy.rule.cap", s.policy.Source, capped.shown, map[string]Input{
		"number":  number,
		"value":   achieved.shown,
		"cap":     capped.shown,
		"lowest":  bounds.lowest.shown,
		"highest": bounds.highest.shown,
	})
	return capped
}

// partTarget shrinks a target of quantity to the months served, where the policy says so.
func (s *scorer) partTarget(path string, number Input, f indicatorFigures) figure {
	served, months := s.input.MonthsServed, s.input.PeriodMonths
	if served == months || f.aspect != AspectQuantity || s.policy.Periods.PartPeriod != PartPeriodQuantity {
		return f.target
	}
	part := newFigure(new(big.Rat).Mul(f.target.value, big.NewRat(int64(served), int64(months))))
	s.say(path, "policy.explain.part_period", "policy.rule.part_period", s.policy.Ref(), part.shown, map[string]Input{
		"number": number,
		"target": f.target.shown,
		"served": InputCount(served),
		"months": InputCount(months),
		"value":  part.shown,
	})
	return part
}

// combine weighs the two dimensions. Of one alone, the weight is rescaled to 100.
func (s *scorer) combine(work, behaviour figure) figure {
	s.out.Behaviour = behaviour.shown
	if !work.given() {
		s.say("score", "policy.explain.only_behaviour", "policy.rule.missing", s.policy.Ref(), behaviour.shown,
			map[string]Input{"value": behaviour.shown})
		return behaviour
	}
	if !behaviour.given() {
		s.say("score", "policy.explain.only_work_result", "policy.rule.missing", s.policy.Ref(), work.shown,
			map[string]Input{"value": work.shown})
		return work
	}
	weights, rule := s.policy.figures.weights, "policy.rule.dimensions"
	if s.input.PeersConsidered {
		weights, rule = s.policy.figures.weightsWithPeers, "policy.rule.dimensions_with_peers"
	}
	sum := new(big.Rat).Mul(work.value, weights.workResult.value)
	sum.Add(sum, new(big.Rat).Mul(behaviour.value, weights.behaviour.value))
	exact := newFigure(sum.Quo(sum, hundred()))
	s.say("score", "policy.explain.dimensions", rule, s.policy.Source, exact.shown, map[string]Input{
		"work_result":      work.shown,
		"work_weight":      weights.workResult.shown,
		"behaviour":        behaviour.shown,
		"behaviour_weight": weights.behaviour.shown,
		"value":            exact.shown,
	})
	return exact
}

// band finds the predikat of the rounded score.
func (s *scorer) band(score *big.Rat) {
	bands, from := s.policy.Scoring.Bands, s.policy.figures.from
	i := 0
	for i < len(bands)-1 && score.Cmp(from[i].value) < 0 {
		i++
	}
	key, to := "policy.explain.band", s.policy.figures.highest
	if i == 0 {
		key = "policy.explain.band_top"
	} else {
		to = from[i-1]
	}
	found := bands[i]
	s.out.Predikat = found.Predikat
	s.say("predikat", key, "policy.rule.band", s.policy.Source, InputWord(found.Predikat.Word()), map[string]Input{
		"score":    InputDecimal(s.out.Value),
		"from":     from[i].shown,
		"to":       to.shown,
		"predikat": InputWord(found.Predikat.Word()),
	})
	if !found.NeedsInnovation {
		return
	}
	inputs := map[string]Input{"predikat": InputWord(found.Predikat.Word())}
	if s.input.Innovation {
		s.say("innovation", "policy.explain.innovation", "policy.rule.innovation", s.policy.Source,
			InputWord(found.Predikat.Word()), inputs)
		return
	}
	s.out.Predikat = found.Otherwise
	inputs["otherwise"] = InputWord(found.Otherwise.Word())
	s.say("innovation", "policy.explain.no_innovation", "policy.rule.innovation", s.policy.Source,
		InputWord(found.Otherwise.Word()), inputs)
}

// analogy says so when the policy's regulation is not about this kind of employee.
func (s *scorer) analogy() {
	kind := s.input.Employee
	if kind == "" || s.policy.GovernsKind(kind) {
		return
	}
	s.say("employee", "policy.explain.analogy", "policy.rule.analogy", s.policy.Ref(), Input{}, map[string]Input{
		"policy": InputText(s.policy.Source),
		"kind":   InputWord("policy.employee." + string(kind)),
	})
}

// figure is a number on its way through a calculation, with the way it is shown. The zero figure is one that nobody gave.
type figure struct {
	value *big.Rat
	shown Input
}

func newFigure(r *big.Rat) figure { return figure{r, inputRat(r)} }

func (f figure) given() bool { return f.value != nil }

func hundred() *big.Rat { return big.NewRat(100, 1) }

func indexed(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
