package appraisal

import (
	"fmt"
	"math/big"
)

func (v *policyValidator) distribution() {
	d := &v.policy.Distribution
	if d.Source == "" {
		v.add("distribution.source", "policy.fault.required", nil)
	}
	v.guidelines("distribution.always", d.Always)
	for _, rating := range sortedKeys(d.ByOrganisation) {
		at := "distribution.by_organisation." + string(rating)
		if !rating.Valid() {
			v.unknown(at, string(rating), joinWords(OrganisationRatings()))
		}
		v.guidelines(at, d.ByOrganisation[rating])
	}
	for _, rating := range OrganisationRatings() {
		if _, given := d.ByOrganisation[rating]; len(d.ByOrganisation) > 0 && !given {
			v.add("distribution.by_organisation."+string(rating), "policy.fault.required", nil)
		}
	}
}

func (v *policyValidator) guidelines(at string, guidelines []Guideline) {
	for i := range guidelines {
		v.guideline(fmt.Sprintf("%s[%d]", at, i), &guidelines[i])
	}
	v.guidelinesAgree(at, guidelines)
}

func (v *policyValidator) guideline(at string, g *Guideline) {
	if len(g.Of) == 0 {
		v.add(at+".of", "policy.fault.required", nil)
	}
	seen := map[Predikat]bool{}
	for i, of := range g.Of {
		field := fmt.Sprintf("%s.of[%d]", at, i)
		v.outcome(field, of)
		if seen[of] {
			v.add(field, "policy.fault.repeated_field", nil)
		}
		seen[of] = true
	}
	switch g.Rule {
	case GuidelineLargest:
		if g.Percent != "" || g.People != nil {
			v.add(at, "policy.fault.guideline_no_limit", nil)
		}
		if len(g.Of) > 1 {
			v.add(at+".of", "policy.fault.guideline_one", nil)
		}
	case GuidelineAtMost, GuidelineAtLeast:
		v.guidelineLimit(at, g)
	default:
		v.unknown(at+".rule", string(g.Rule), "largest, at_most, at_least")
	}
}

func (v *policyValidator) guidelineLimit(at string, g *Guideline) {
	switch {
	case g.Percent == "" && g.People == nil || g.Percent != "" && g.People != nil:
		v.add(at, "policy.fault.guideline_limit", nil)
	case g.People != nil:
		v.within(at+".people", *g.People, 0, mostPeople)
	default:
		if percent := v.percent(at+".percent", g.Percent); percent.given() {
			g.limit = newGuidelineLimit(percent.value)
		}
	}
}

// guidelinesAgree refuses what no cohort could keep: a floor above a ceiling for the same group, and floors of single
// predikats that add up to more than everybody.
func (v *policyValidator) guidelinesAgree(at string, guidelines []Guideline) {
	floors := new(big.Rat)
	for i := range guidelines {
		floor := &guidelines[i]
		if floor.Rule != GuidelineAtLeast || floor.limit.whole == 0 {
			continue
		}
		share := big.NewRat(floor.limit.share, floor.limit.whole)
		if len(floor.Of) == 1 {
			floors.Add(floors, share)
		}
		for j := range guidelines {
			ceiling := &guidelines[j]
			if ceiling.Rule != GuidelineAtMost || ceiling.limit.whole == 0 || joinWords(ceiling.Of) != joinWords(floor.Of) {
				continue
			}
			if big.NewRat(ceiling.limit.share, ceiling.limit.whole).Cmp(share) < 0 {
				v.add(fmt.Sprintf("%s[%d]", at, j), "policy.fault.guideline_contradicts",
					map[string]any{"floor": string(floor.Percent), "ceiling": string(ceiling.Percent)})
			}
		}
	}
	if floors.Cmp(big.NewRat(1, 1)) > 0 {
		v.add(at, "policy.fault.guideline_floors", nil)
	}
}
