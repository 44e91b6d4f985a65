package appraisal

import (
	"fmt"
	"math/big"
	"strings"
)

// ReviewedRealisation is the appraiser's figure for one indicator: the one that was handed in, which confirms it, or another with
// a reason.
type ReviewedRealisation struct {
	Indicator string `json:"indicator"`
	Value     string `json:"value,omitempty"` // empty where nobody gave one: a missing component
	Reason    string `json:"reason,omitempty"`
}

// ValidateScored reports every fault of a review under a numeric policy, for a position that requires the given competencies and
// a plan with the given realisations.
func (r Review) ValidateScored(p *Policy, required []string, given []Realisation) error {
	var f Faults
	if r.WorkResult != "" {
		f.Add("work_result", "error.review_scored", nil)
	}
	if r.Behaviour != "" {
		f.Add("behaviour", "error.review_scored", nil)
	}
	r.validateRealisations(&f, given)
	if r.BehaviourScore == "" {
		f.Add("behaviour_score", "error.required", nil)
	} else {
		p.checkScore(&f, "behaviour_score", r.BehaviourScore)
	}
	if r.Innovation == nil {
		f.Add("innovation", "error.innovation_unsaid", nil)
	} else {
		r.Innovation.validate(&f)
	}
	r.validateRest(&f, required)
	return f.Err()
}

func (r Review) validateRealisations(f *Faults, given []Realisation) {
	handedIn := make(map[string]string, len(given))
	for _, g := range given {
		handedIn[g.Indicator] = g.Value
	}
	said := map[string]bool{}
	for i, v := range r.Realisations {
		at := fmt.Sprintf("realisations[%d]", i)
		before, known := handedIn[v.Indicator]
		if !known || said[v.Indicator] {
			f.Add(at+".indicator", "error.indicator_unknown", nil)
			continue
		}
		said[v.Indicator] = true
		v.validate(f, at, before)
	}
	for _, g := range given {
		if !said[g.Indicator] {
			f.Add("realisations."+g.Indicator, "error.realisation_unreviewed", nil)
		}
	}
}

// validate checks the appraiser's figure against the one that was handed in.
func (v ReviewedRealisation) validate(f *Faults, at, before string) {
	limitText(f, at+".reason", v.Reason, MaxText)
	switch {
	case v.Value == "" && before != "":
		f.Add(at+".value", "error.realisation_emptied", nil)
	case v.Value != "" && !plainDecimal(v.Value):
		f.Add(at+".value", "error.number", nil)
	case !sameFigure(v.Value, before) && strings.TrimSpace(v.Reason) == "":
		f.Add(at+".reason", "error.realisation_reason", nil)
	}
}

// sameFigure reports whether two decimals are the same number, however they are written.
func sameFigure(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	left, ok := new(big.Rat).SetString(a)
	right, okToo := new(big.Rat).SetString(b)
	return ok && okToo && left.Cmp(right) == 0
}
