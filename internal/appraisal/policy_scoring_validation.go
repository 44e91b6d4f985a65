package appraisal

import (
	"fmt"
	"math/big"
	"slices"
)

// scoringFigures are the decimals of a Scoring as numbers.
type scoringFigures struct {
	weights, weightsWithPeers dimensionFigures
	lowest, highest           figure
	from                      []figure // of each band
}

type dimensionFigures struct{ workResult, behaviour figure }

func (v *policyValidator) scoring() {
	s := v.policy.Scoring
	figures := &scoringFigures{
		weights:          v.weights("scoring.weights", s.Weights),
		weightsWithPeers: v.weights("scoring.weights_with_peers", s.WeightsWithPeers),
		lowest:           v.decimal("scoring.lowest", s.Lowest),
		highest:          v.decimal("scoring.highest", s.Highest),
	}
	if figures.lowest.given() && figures.highest.given() && figures.lowest.value.Cmp(figures.highest.value) >= 0 {
		v.add("scoring.highest", "policy.fault.not_above", map[string]any{"given": string(s.Highest), "other": string(s.Lowest)})
	}
	v.within("scoring.rounding.places", s.Rounding.Places, 0, 6)
	if s.Rounding.Mode != RoundHalfAway {
		v.unknown("scoring.rounding.mode", string(s.Rounding.Mode), string(RoundHalfAway))
	}
	for i := range s.Bands {
		figures.from = append(figures.from, v.decimal(fmt.Sprintf("scoring.bands[%d].from", i), s.Bands[i].From))
	}
	v.bands(figures)
	v.policy.figures = figures
}

func (v *policyValidator) weights(field string, w DimensionWeights) dimensionFigures {
	figures := dimensionFigures{v.percent(field+".work_result", w.WorkResult), v.percent(field+".behaviour", w.Behaviour)}
	if figures.workResult.given() && figures.behaviour.given() {
		v.sumsTo100(field, new(big.Rat).Add(figures.workResult.value, figures.behaviour.value))
		if figures.workResult.value.Sign() == 0 || figures.behaviour.value.Sign() == 0 {
			v.add(field, "policy.fault.weight_zero", nil) // a component alone is rescaled to 100, which needs a weight
		}
	}
	return figures
}

// bands asks for falling bounds that reach down to the lowest score, so that every score falls into exactly one band.
func (v *policyValidator) bands(figures *scoringFigures) {
	bands := v.policy.Scoring.Bands
	if len(bands) == 0 {
		v.add("scoring.bands", "policy.fault.required", nil)
		return
	}
	for i, b := range bands {
		at := fmt.Sprintf("scoring.bands[%d]", i)
		v.predikat(at+".predikat", b.Predikat)
		v.bandOrder(at, i, figures)
		switch {
		case b.NeedsInnovation:
			lower := func(other Band) bool { return other.Predikat == b.Otherwise }
			if !slices.ContainsFunc(bands[i+1:], lower) {
				v.add(at+".otherwise", "policy.fault.band_otherwise", map[string]any{"given": string(b.Otherwise)})
			}
		case b.Otherwise != "":
			v.add(at+".otherwise", "policy.fault.band_otherwise_unused", nil)
		}
	}
	first, last := figures.from[0], figures.from[len(bands)-1]
	if first.given() && figures.highest.given() && first.value.Cmp(figures.highest.value) > 0 {
		v.add("scoring.bands[0].from", "policy.fault.band_unreachable", map[string]any{"highest": string(v.policy.Scoring.Highest)})
	}
	if last.given() && figures.lowest.given() && last.value.Cmp(figures.lowest.value) != 0 {
		v.add(fmt.Sprintf("scoring.bands[%d].from", len(bands)-1), "policy.fault.band_gap",
			map[string]any{"lowest": string(v.policy.Scoring.Lowest)})
	}
}

func (v *policyValidator) bandOrder(at string, i int, figures *scoringFigures) {
	if i == 0 {
		return
	}
	above := v.policy.Scoring.Bands[i-1]
	if a, b := figures.from[i-1], figures.from[i]; a.given() && b.given() && b.value.Cmp(a.value) >= 0 {
		v.add(at+".from", "policy.fault.band_order", map[string]any{"other": string(above.From)})
	}
	if v.policy.Scoring.Bands[i].Predikat.Rank() >= above.Predikat.Rank() {
		v.add(at+".predikat", "policy.fault.band_rank", map[string]any{"other": string(above.Predikat)})
	}
}
