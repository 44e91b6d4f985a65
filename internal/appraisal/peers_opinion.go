package appraisal

import "math/big"

// PeerOverall is the one opinion that the categories add up to by the policy's weights: for each of the seven values, and over
// all of them. It is made of published averages alone, so that it cannot be used to calculate what was withheld.
type PeerOverall struct {
	Values      []Decimal   `json:"values"` // in the order of CoreValues, rounded to 2 places; empty where no category tells
	Score       Decimal     `json:"score"`  // the mean of the values, rounded to 2 places
	Explanation Explanation `json:"explanation"`
}

const opinionPlaces = 2

// PeerOpinion computes all that is ever told of the answers about one person: an aggregate for each category, of which asked
// people were asked, and the weighted overall opinion, nil where no category with a weight tells anything (DOMAIN section 5).
func (p *Policy) PeerOpinion(answers map[PeerCategory][]PeerAnswer, asked map[PeerCategory]int) ([]PeerAggregate, *PeerOverall) {
	var aggregates []PeerAggregate
	told := map[PeerCategory][]*big.Rat{}
	for _, category := range PeerCategories() {
		aggregate, exact := aggregate(category, answers[category], p.Peers.MinimumAnswers)
		aggregate.Asked = asked[category]
		aggregates = append(aggregates, aggregate)
		told[category] = byValue(exact)
	}
	return aggregates, p.overall(told)
}

// byValue returns the mean of each value's behaviours that have an average; nil where none has.
func byValue(averages []*big.Rat) []*big.Rat {
	means := make([]*big.Rat, len(CoreValues()))
	for v := range means {
		sum, n := new(big.Rat), int64(0)
		for b := v * behavioursPerValue; b < min((v+1)*behavioursPerValue, len(averages)); b++ {
			if averages[b] != nil {
				sum.Add(sum, averages[b])
				n++
			}
		}
		if n > 0 {
			means[v] = sum.Quo(sum, new(big.Rat).SetInt64(n))
		}
	}
	return means
}

func (p *Policy) overall(told map[PeerCategory][]*big.Rat) *PeerOverall {
	o := &PeerOverall{Values: make([]Decimal, len(CoreValues()))}
	sum, n := new(big.Rat), int64(0)
	for v, value := range CoreValues() {
		mean, step := p.valueOpinion(value, v, told)
		if mean == nil {
			continue
		}
		_, o.Values[v] = roundHalfAway(mean, opinionPlaces)
		step.Value = InputDecimal(o.Values[v])
		o.Explanation = append(o.Explanation, step)
		sum.Add(sum, mean)
		n++
	}
	if n == 0 {
		return nil
	}
	mean := sum.Quo(sum, new(big.Rat).SetInt64(n))
	_, o.Score = roundHalfAway(mean, opinionPlaces)
	o.Explanation = append(o.Explanation, ExplanationStep{
		Subject: "overall", Rule: "peers.rule.overall", Source: p.Source, Value: InputDecimal(o.Score),
		Sentence: Sentence{Key: "peers.explain.overall", Inputs: map[string]Input{
			"count": InputCount(int(n)), "exact": inputRat(mean), "score": InputDecimal(o.Score),
		}},
	})
	return o
}

// valueOpinion weighs the categories' means of one value. A category that tells nothing leaves its weight to the others.
func (p *Policy) valueOpinion(value CoreValue, v int, told map[PeerCategory][]*big.Rat) (*big.Rat, ExplanationStep) {
	inputs := map[string]Input{"value": InputWord(value.Word())}
	sum, weights := new(big.Rat), new(big.Rat)
	var missing, only PeerCategory
	for _, category := range PeerCategories() {
		weight, err := p.Peers.Weights[category].Rat()
		if err != nil || weight.Sign() <= 0 {
			continue
		}
		mean := told[category][v]
		if mean == nil {
			missing = category
			continue
		}
		only = category
		inputs[string(category)] = inputRat(mean)
		inputs[string(category)+"_weight"] = InputDecimal(p.Peers.Weights[category])
		sum.Add(sum, new(big.Rat).Mul(weight, mean))
		weights.Add(weights, weight)
	}
	if weights.Sign() == 0 {
		return nil, ExplanationStep{}
	}
	key, rule := "peers.explain.value", "peers.rule.weighted"
	if len(inputs) < 1+2*len(PeerCategories()) {
		key, rule = "peers.explain.value_alone", "peers.rule.alone"
		inputs["category"], inputs["mean"] = InputWord(only.Word()), inputs[string(only)]
	}
	if missing != "" {
		rule = "peers.rule.rescaled"
		inputs["missing"], inputs["missing_weight"] = InputWord(missing.Word()), InputDecimal(p.Peers.Weights[missing])
	}
	mean := sum.Quo(sum, weights)
	inputs["exact"] = inputRat(mean)
	return mean, ExplanationStep{
		Subject: string(value), Sentence: Sentence{Key: key, Inputs: inputs}, Rule: rule, Source: p.Source,
	}
}
