package appraisal

import (
	"math/big"
	"strconv"
)

// Distribution is the guideline for how a cohort's predikats spread. Guidance only: a breach is shown and asks for a reason,
// and no person's rating follows from it.
type Distribution struct {
	Source         string                             `json:"source"`
	Always         []Guideline                        `json:"always,omitempty"` // whatever the organisation's rating
	ByOrganisation map[OrganisationRating][]Guideline `json:"by_organisation,omitempty"`
}

// GuidelineRule is what a guideline asks of a group of predikats.
type GuidelineRule string

const (
	GuidelineLargest GuidelineRule = "largest"  // more people than in any other predikat
	GuidelineAtMost  GuidelineRule = "at_most"  // no more than the share or the number
	GuidelineAtLeast GuidelineRule = "at_least" // no fewer
)

// Guideline asks something of the number of people whose predikat is one of Of. A limit is a percentage of the cohort or a
// number of people, never both; GuidelineLargest has none.
type Guideline struct {
	Rule    GuidelineRule `json:"rule"`
	Of      []Predikat    `json:"of"`
	Percent Decimal       `json:"percent,omitempty"`
	People  *int          `json:"people,omitempty"`

	limit guidelineLimit
}

// guidelineLimit is a percentage as the whole numbers share ÷ whole, so that checking needs no fractions.
type guidelineLimit struct{ share, whole int64 }

// newGuidelineLimit takes a percentage of at most percentPlaces decimals.
func newGuidelineLimit(percent *big.Rat) guidelineLimit {
	part := new(big.Rat).Quo(percent, hundred())
	return guidelineLimit{share: part.Num().Int64(), whole: part.Denom().Int64()}
}

// Breach is a guideline that a cohort does not keep, with the counts that break it.
type Breach struct {
	Rule       GuidelineRule `json:"rule"`
	Of         []Predikat    `json:"of"`
	Percent    Decimal       `json:"percent,omitempty"` // the limit as a percentage, when it is one
	Count      int           `json:"count"`             // people in Of
	Total      int           `json:"total"`             // people in the cohort
	Bound      int           `json:"bound"`             // the most, or the fewest, people that would have kept the guideline
	Rival      Predikat      `json:"rival,omitempty"`   // for GuidelineLargest: the predikat that has as many or more
	RivalCount int           `json:"rival_count,omitempty"`
	Source     string        `json:"source"`
	Says       Sentence      `json:"says"`
}

// GuidelineCheck is one guideline beside the counts of a cohort: what it asks, and whether it holds. Breach carries the figures
// either way; its sentence is said only of a guideline that does not hold.
type GuidelineCheck struct {
	Breach
	Asks  Sentence `json:"asks"`
	Holds bool     `json:"holds"`
}

// CheckDistribution compares a cohort's counts with the guideline for the rating of its organisation and returns what breaks
// it, in the guideline's order; none for an empty cohort. All comparisons are of whole numbers: 7 of 10 is exactly 70 %.
func (p *Policy) CheckDistribution(rating OrganisationRating, counts map[Predikat]int) []Breach {
	var breaches []Breach
	for _, check := range p.Guidelines(rating, counts) {
		if !check.Holds {
			breaches = append(breaches, check.Breach)
		}
	}
	return breaches
}

// Guidelines returns every guideline that applies to a cohort of an organisation with that rating, with the figures beside
// it, in the policy's order; none for an empty cohort.
func (p *Policy) Guidelines(rating OrganisationRating, counts map[Predikat]int) []GuidelineCheck {
	total := 0
	for _, n := range counts {
		total += n
	}
	if total <= 0 {
		return nil
	}
	var checks []GuidelineCheck
	for _, guidelines := range [][]Guideline{p.Distribution.Always, p.Distribution.ByOrganisation[rating]} {
		for i := range guidelines {
			checks = append(checks, p.checkGuideline(&guidelines[i], counts, total))
		}
	}
	return checks
}

func (p *Policy) checkGuideline(g *Guideline, counts map[Predikat]int, total int) GuidelineCheck {
	b := Breach{Rule: g.Rule, Of: g.Of, Percent: g.Percent, Total: total, Source: p.Distribution.Source}
	for _, of := range g.Of {
		b.Count += counts[of]
	}
	broken := false
	switch g.Rule {
	case GuidelineLargest:
		for _, other := range Predikats() {
			if other != g.Of[0] && counts[other] > b.RivalCount {
				b.Rival, b.RivalCount = other, counts[other]
			}
		}
		b.Bound = b.RivalCount + 1
		broken = b.Count < b.Bound
	case GuidelineAtMost:
		b.Bound = g.bound(total, false)
		broken = b.Count > b.Bound
	case GuidelineAtLeast:
		b.Bound = g.bound(total, true)
		broken = b.Count < b.Bound
	}
	b.Says = b.sentence("policy.breach.")
	return GuidelineCheck{Breach: b, Asks: b.sentence("policy.guideline."), Holds: !broken}
}

// bound turns a limit into people: a share is rounded down for "at most" and up for "at least", which is the same as
// comparing the exact fractions.
func (g *Guideline) bound(total int, up bool) int {
	if g.People != nil {
		return *g.People
	}
	product := g.limit.share * int64(total)
	if up {
		product += g.limit.whole - 1
	}
	return int(product / g.limit.whole)
}

func (b Breach) sentence(stem string) Sentence {
	inputs := map[string]Input{
		"count": InputCount(b.Count),
		"total": InputCount(b.Total),
		"bound": InputCount(b.Bound),
	}
	for _, of := range b.Of {
		in := inputs["predikat"]
		in.Words = append(in.Words, of.Word())
		inputs["predikat"] = in
	}
	key := stem + string(b.Rule)
	switch {
	case b.Rule == GuidelineLargest:
		inputs["rival"] = InputWord(b.Rival.Word())
		inputs["rival_count"] = InputCount(b.RivalCount)
	case b.Percent != "":
		key += "_percent"
		inputs["percent"] = InputDecimal(b.Percent)
		inputs["share"] = Input{Text: strconv.Itoa(b.Count) + "/" + strconv.Itoa(b.Total)}
	}
	return Sentence{Key: key, Inputs: inputs}
}
