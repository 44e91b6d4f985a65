package appraisal

import (
	"fmt"
	"math/big"
)

// ScoreInput is what a numeric policy calculates a score from. An empty Decimal is a component that nobody gave: it is left
// out and the weights of the others are rescaled.
type ScoreInput struct {
	KeyResults      []ScoredKeyResult // none: the work result is missing
	Behaviour       Decimal           // between the policy's lowest and highest score
	PeersConsidered bool              // peers and subordinates took part in the behaviour score
	Innovation      bool              // an innovation of benefit to the organisation is recorded
	Employee        EmployeeKind      // empty when not known
	MonthsServed    int               // of PeriodMonths; both 0 for the whole period
	PeriodMonths    int
}

// ScoredKeyResult is one key result with its weight in percent and what was achieved on its indicators, which count alike.
type ScoredKeyResult struct {
	Weight     Decimal
	Indicators []ScoredIndicator
}

// ScoredIndicator is one indicator with its target, more than 0, and its realisation, both in the indicator's unit. Aspect may be
// empty unless the person served a part of the period.
type ScoredIndicator struct {
	Aspect      Aspect
	Target      Decimal
	Realisation Decimal
	Direction   Direction
}

// Score is the outcome of a numeric policy.
type Score struct {
	Value       Decimal // rounded once, with the policy's places: "92.50"
	Predikat    Predikat
	WorkResult  Input    // the dimension before rounding; zero when missing
	Behaviour   Input    // likewise
	Missing     []string // paths of the components that nobody gave
	Explanation Explanation
}

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
	work := s.workResult()
	behaviour := figures.behaviour
	if behaviour == nil {
		s.out.Missing = append(s.out.Missing, "behaviour")
	}
	if work == nil && behaviour == nil {
		var faults Faults
		faults.Add("key_results", "policy.fault.nothing_given", nil)
		return Score{}, faults.Err()
	}
	exact := s.combine(work, behaviour)
	rounded, text := roundHalfAway(exact, p.Scoring.Rounding.Places)
	s.out.Value = text
	s.say("score", "policy.explain.rounded", "policy.rule.rounding", p.Ref(), inputRat(rounded), map[string]Input{
		"exact":  inputRat(exact),
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

// workResult returns the weighted mean over the key results that were given, or nil when none was.
func (s *scorer) workResult() *big.Rat {
	if len(s.figures.keyResults) == 0 {
		s.out.Missing = append(s.out.Missing, "key_results")
		return nil
	}
	sum, weights := new(big.Rat), new(big.Rat)
	for i, kr := range s.figures.keyResults {
		path := fmt.Sprintf("key_results[%d]", i)
		achieved := s.keyResult(path, i, kr)
		if achieved == nil {
			s.missing(path, "policy.explain.key_result_missing", map[string]Input{"number": InputCount(i + 1)})
			continue
		}
		product := new(big.Rat).Mul(kr.weight, achieved)
		sum.Add(sum, product)
		weights.Add(weights, kr.weight)
		s.say(path, "policy.explain.weighted", "policy.rule.weighted_mean", s.policy.Source, inputRat(product), map[string]Input{
			"number":  InputCount(i + 1),
			"value":   inputRat(achieved),
			"weight":  inputRat(kr.weight),
			"product": inputRat(product),
		})
	}
	if weights.Sign() == 0 {
		return nil
	}
	if weights.Cmp(hundred()) != 0 {
		s.say("key_results", "policy.explain.rescaled", "policy.rule.missing", s.policy.Ref(), inputRat(weights),
			map[string]Input{"weights": inputRat(weights)})
	}
	result := new(big.Rat).Quo(sum, weights)
	s.out.WorkResult = inputRat(result)
	s.say("work_result", "policy.explain.work_result", "policy.rule.weighted_mean", s.policy.Source, inputRat(result),
		map[string]Input{"sum": inputRat(sum), "weights": inputRat(weights), "value": inputRat(result)})
	return result
}

// keyResult returns the mean over the indicators that were realised, or nil when none was.
func (s *scorer) keyResult(path string, i int, kr keyResultFigures) *big.Rat {
	sum, count := new(big.Rat), int64(0)
	for j, indicator := range kr.indicators {
		at := fmt.Sprintf("%s.indicators[%d]", path, j)
		number := InputText(fmt.Sprintf("%d.%d", i+1, j+1))
		if indicator.realisation == nil {
			s.missing(at, "policy.explain.indicator_missing", map[string]Input{"number": number})
			continue
		}
		sum.Add(sum, s.indicator(at, number, indicator))
		count++
	}
	if count == 0 {
		return nil
	}
	mean := new(big.Rat).Quo(sum, big.NewRat(count, 1))
	if len(kr.indicators) > 1 {
		s.say(path, "policy.explain.mean", "policy.rule.mean", s.policy.Ref(), inputRat(mean), map[string]Input{
			"number": InputCount(i + 1),
			"sum":    inputRat(sum),
			"count":  InputCount(int(count)),
			"value":  inputRat(mean),
		})
	}
	return mean
}

// indicator returns the achievement in percent: realisation ÷ target × 100 where more is better, (2 × target − realisation) ÷
// target × 100 where less is better, within the policy's caps.
func (s *scorer) indicator(path string, number Input, f indicatorFigures) *big.Rat {
	target := s.partTarget(path, number, f)
	reached := f.realisation
	if f.direction == DirectionLess {
		reached = new(big.Rat).Sub(new(big.Rat).Mul(big.NewRat(2, 1), target), f.realisation)
	}
	achieved := new(big.Rat).Quo(reached, target)
	achieved.Mul(achieved, hundred())
	s.say(path, "policy.explain."+string(f.direction), "policy.rule."+string(f.direction), s.policy.Source, inputRat(achieved),
		map[string]Input{
			"number":      number,
			"target":      inputRat(target),
			"realisation": inputRat(f.realisation),
			"value":       inputRat(achieved),
		})
	bounds := s.policy.figures
	capped := achieved
	switch {
	case achieved.Cmp(bounds.highest) > 0:
		capped = bounds.highest
	case achieved.Cmp(bounds.lowest) < 0:
		capped = bounds.lowest
	default:
		return achieved
	}
	s.say(path, "policy.explain.capped", "policy.rule.cap", s.policy.Source, inputRat(capped), map[string]Input{
		"number":  number,
		"value":   inputRat(achieved),
		"cap":     inputRat(capped),
		"lowest":  inputRat(bounds.lowest),
		"highest": inputRat(bounds.highest),
	})
	return capped
}

// partTarget shrinks a target of quantity to the months served, where the policy says so.
func (s *scorer) partTarget(path string, number Input, f indicatorFigures) *big.Rat {
	served, months := s.input.MonthsServed, s.input.PeriodMonths
	if served == months || f.aspect != AspectQuantity || s.policy.Scoring.PartPeriod != PartPeriodQuantity {
		return f.target
	}
	part := new(big.Rat).Mul(f.target, big.NewRat(int64(served), int64(months)))
	s.say(path, "policy.explain.part_period", "policy.rule.part_period", s.policy.Ref(), inputRat(part), map[string]Input{
		"number": number,
		"target": inputRat(f.target),
		"served": InputCount(served),
		"months": InputCount(months),
		"value":  inputRat(part),
	})
	return part
}

// combine weighs the two dimensions. Of one alone, the weight is rescaled to 100.
func (s *scorer) combine(work, behaviour *big.Rat) *big.Rat {
	if behaviour != nil {
		s.out.Behaviour = inputRat(behaviour)
	}
	if work == nil {
		s.say("score", "policy.explain.only_behaviour", "policy.rule.missing", s.policy.Ref(), inputRat(behaviour),
			map[string]Input{"value": inputRat(behaviour)})
		return behaviour
	}
	if behaviour == nil {
		s.say("score", "policy.explain.only_work_result", "policy.rule.missing", s.policy.Ref(), inputRat(work),
			map[string]Input{"value": inputRat(work)})
		return work
	}
	weights, rule := s.policy.figures.weights, "policy.rule.dimensions"
	if s.input.PeersConsidered {
		weights, rule = s.policy.figures.weightsWithPeers, "policy.rule.dimensions_with_peers"
	}
	sum := new(big.Rat).Mul(work, weights.workResult)
	sum.Add(sum, new(big.Rat).Mul(behaviour, weights.behaviour))
	exact := sum.Quo(sum, hundred())
	s.say("score", "policy.explain.dimensions", rule, s.policy.Source, inputRat(exact), map[string]Input{
		"work_result":      inputRat(work),
		"work_weight":      inputRat(weights.workResult),
		"behaviour":        inputRat(behaviour),
		"behaviour_weight": inputRat(weights.behaviour),
		"value":            inputRat(exact),
	})
	return exact
}

// band finds the predikat of the rounded score.
func (s *scorer) band(score *big.Rat) {
	bands, from := s.policy.Scoring.Bands, s.policy.figures.from
	i := 0
	for i < len(bands)-1 && score.Cmp(from[i]) < 0 {
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
		"from":     inputRat(from[i]),
		"to":       inputRat(to),
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

func hundred() *big.Rat { return big.NewRat(100, 1) }
