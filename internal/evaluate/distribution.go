package evaluate

import (
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
)

// mostPeople bounds a count: more people than any government has.
const mostPeople = 10_000_000

// distribution compares the counts of a cohort with the policy's guideline.
func (r *request) distribution(policy *appraisal.Policy) (any, error) {
	others := append(r.matrixFields(), r.numericFields()...)
	others = append(others, field{"behaviour", r.Behaviour != nil})
	if err := r.refuse("policy.fault.one_case", policy, others); err != nil {
		return nil, err
	}
	if err := r.checkCounts(policy); err != nil {
		return nil, err
	}
	rating := given(r.OrganisationRating)
	answer := distributionAnswer{
		Policy: policy.Name, Version: policy.Version, OrganisationRating: rating, Breaches: []breachAnswer{},
	}
	for _, n := range *r.Ratings {
		answer.Total += n
	}
	for _, b := range policy.CheckDistribution(rating, *r.Ratings) {
		answer.Breaches = append(answer.Breaches, breachAnswer{Breach: b, words: inEveryLanguage(b.Says.In)})
	}
	return answer, nil
}

func (r *request) checkCounts(policy *appraisal.Policy) error {
	var faults appraisal.Faults
	rating := given(r.OrganisationRating)
	switch {
	case rating == "" && len(policy.Distribution.ByOrganisation) > 0:
		faults.Add("organisation_rating", "policy.fault.required", nil)
	case rating != "" && !rating.Valid():
		faults.Add("organisation_rating", "policy.fault.unknown_word", map[string]any{
			"given": string(rating), "known": listed(appraisal.OrganisationRatings()),
		})
	}
	if r.Ratings == nil {
		faults.Add("ratings", "policy.fault.required", nil)
		return faults.Err()
	}
	outcomes := policy.Outcomes()
	predikats := make([]appraisal.Predikat, 0, len(*r.Ratings))
	for p := range *r.Ratings {
		predikats = append(predikats, p)
	}
	slices.Sort(predikats)
	for _, p := range predikats {
		at, n := "ratings."+string(p), (*r.Ratings)[p]
		if !slices.Contains(outcomes, p) {
			faults.Add(at, "policy.fault.unknown_word", map[string]any{"given": string(p), "known": listed(outcomes)})
		}
		if n < 0 || n > mostPeople {
			faults.Add(at, "policy.fault.out_of_range", map[string]any{"given": n, "least": 0, "most": mostPeople})
		}
	}
	return faults.Err()
}

func listed[T ~string](words []T) string {
	s := ""
	for i, w := range words {
		if i > 0 {
			s += ", "
		}
		s += string(w)
	}
	return s
}
