package appraisal

import (
	"fmt"
	"slices"
)

// ConsequenceKind names what a result means for a career (DOMAIN section 9). It is shown and explained, never carried out.
type ConsequenceKind string

const (
	ConsequenceTalentPool  ConsequenceKind = "talent_pool"
	ConsequenceDevelopment ConsequenceKind = "development_priority"
	ConsequenceImprovement ConsequenceKind = "improvement_plan"
)

// Valid reports whether k is a known consequence.
func (k ConsequenceKind) Valid() bool {
	return k == ConsequenceTalentPool || k == ConsequenceDevelopment || k == ConsequenceImprovement
}

// Consequence follows from one of the predikats in so many yearly results in a row, the latest among them.
type Consequence struct {
	Kind  ConsequenceKind `json:"kind"`
	Of    []Predikat      `json:"of"`
	Years int             `json:"years"`
}

// YearResult is the final predikat of a yearly appraisal.
type YearResult struct {
	Year     int
	Predikat Predikat
}

// Meaning says what a predikat means for a career under the policy: the share of the allowance where the policy has a table,
// and what follows already or is on its way. Earlier are other yearly results, in any order; yearly tells whether the result
// itself is one.
func (p *Policy) Meaning(result YearResult, yearly bool, earlier []YearResult) []Sentence {
	var said []Sentence
	predikat := InputWord(result.Predikat.Word())
	if percent, ok := p.Allowance[result.Predikat]; ok {
		said = append(said, Sentence{Key: "policy.means.allowance", Inputs: map[string]Input{"predikat": predikat, "percent": InputDecimal(percent)}})
	}
	for _, c := range p.Consequences {
		if !slices.Contains(c.Of, result.Predikat) || c.Years > 1 && !yearly {
			continue
		}
		run := c.run(result, earlier)
		key := "policy.means." + string(c.Kind)
		if run < c.Years {
			key += "_begun"
		}
		said = append(said, Sentence{Key: key, Inputs: map[string]Input{
			"predikat": predikat, "years": InputCount(c.Years), "run": InputCount(run),
		}})
	}
	return said
}

// run counts the years in a row, up to the result, that had one of the predikats.
func (c Consequence) run(result YearResult, earlier []YearResult) int {
	n := 1
	for slices.ContainsFunc(earlier, func(e YearResult) bool { return e.Year == result.Year-n && slices.Contains(c.Of, e.Predikat) }) {
		n++
	}
	return n
}

const mostYears = 10

func (v *policyValidator) consequences() {
	seen := map[ConsequenceKind]bool{}
	for i, c := range v.policy.Consequences {
		at := fmt.Sprintf("consequences[%d]", i)
		if !c.Kind.Valid() {
			v.unknown(at+".kind", string(c.Kind), joinWords([]ConsequenceKind{ConsequenceTalentPool, ConsequenceDevelopment, ConsequenceImprovement}))
		} else if seen[c.Kind] {
			v.add(at+".kind", "policy.fault.repeated_field", nil)
		}
		seen[c.Kind] = true
		if len(c.Of) == 0 {
			v.add(at+".of", "policy.fault.required", nil)
		}
		for j, predikat := range c.Of {
			v.outcome(fmt.Sprintf("%s.of[%d]", at, j), predikat)
		}
		v.within(at+".years", c.Years, 1, mostYears)
	}
}
