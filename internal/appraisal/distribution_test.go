package appraisal_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

type counts = map[appraisal.Predikat]int

// broken reports whether the guideline of a rule about a group is among the breaches.
func broken(breaches []appraisal.Breach, rule appraisal.GuidelineRule, of ...appraisal.Predikat) bool {
	return slices.ContainsFunc(breaches, func(b appraisal.Breach) bool { return b.Rule == rule && slices.Equal(b.Of, of) })
}

// Every share in the guidelines of SE MenPANRB 3/2023 and PP 30/2019, at every number of people in every cohort of 5 to 200:
// the guideline breaks exactly where 100 × people passes percent × cohort.
func TestEveryShareOfTheGuidelineBreaksExactlyAtItsEdge(t *testing.T) {
	for _, g := range []struct {
		policy  string
		rating  appraisal.OrganisationRating
		rule    appraisal.GuidelineRule
		percent int
		of      []appraisal.Predikat
		rest    appraisal.Predikat
	}{
		{"permen6-2022", "istimewa", "at_most", 70, []appraisal.Predikat{"sangat_baik"}, "baik"},
		{"permen6-2022", "baik", "at_most", 70, []appraisal.Predikat{"baik"}, "kurang"},
		{"permen6-2022", "butuh_perbaikan", "at_least", 60, []appraisal.Predikat{"butuh_perbaikan"}, "baik"},
		{"permen6-2022", "butuh_perbaikan", "at_most", 10, []appraisal.Predikat{"sangat_baik"}, "butuh_perbaikan"},
		{"permen6-2022", "kurang", "at_least", 60, []appraisal.Predikat{"kurang"}, "butuh_perbaikan"},
		{"permen6-2022", "kurang", "at_least", 10, []appraisal.Predikat{"butuh_perbaikan"}, "kurang"},
		{"permen6-2022", "kurang", "at_most", 10, []appraisal.Predikat{"sangat_baik"}, "kurang"},
		{"permen6-2022", "sangat_kurang", "at_least", 60, []appraisal.Predikat{"sangat_kurang"}, "kurang"},
		{"permen6-2022", "sangat_kurang", "at_least", 10, []appraisal.Predikat{"kurang", "butuh_perbaikan"}, "sangat_kurang"},
		{"pp30-2019", "", "at_most", 20, []appraisal.Predikat{"sangat_baik"}, "baik"},
		{"pp30-2019", "", "at_least", 60, []appraisal.Predikat{"baik"}, "cukup"},
		{"pp30-2019", "", "at_most", 70, []appraisal.Predikat{"baik"}, "cukup"},
		{"pp30-2019", "", "at_most", 20, []appraisal.Predikat{"cukup", "kurang", "sangat_kurang"}, "baik"},
	} {
		policy := policyNamed(t, g.policy)
		for size := 5; size <= 200; size++ {
			for people := range size + 1 {
				want := 100*people > g.percent*size
				if g.rule == appraisal.GuidelineAtLeast {
					want = 100*people < g.percent*size
				}
				// The group's last predikat takes the people, so that a group of several is counted as one.
				breaches := policy.CheckDistribution(g.rating, counts{g.of[len(g.of)-1]: people, g.rest: size - people})
				if got := broken(breaches, g.rule, g.of...); got != want {
					t.Errorf("%s %s: %s %d %% of %v, %d of %d: broken %t, want %t",
						g.policy, g.rating, g.rule, g.percent, g.of, people, size, got, want)
				}
			}
		}
	}
}

// The same edges as people, for reading beside the guideline.
func TestTheEdgesInPeople(t *testing.T) {
	for _, row := range []struct {
		cohort                                 int
		atMost70, atLeast60, atMost10, least10 int
	}{
		{5, 3, 3, 0, 1},
		{6, 4, 4, 0, 1},
		{7, 4, 5, 0, 1},
		{9, 6, 6, 0, 1},
		{10, 7, 6, 1, 1},
		{11, 7, 7, 1, 2},
		{15, 10, 9, 1, 2},
		{19, 13, 12, 1, 2},
		{20, 14, 12, 2, 2},
		{33, 23, 20, 3, 4},
		{50, 35, 30, 5, 5},
		{99, 69, 60, 9, 10},
		{100, 70, 60, 10, 10},
		{133, 93, 80, 13, 14},
		{199, 139, 120, 19, 20},
		{200, 140, 120, 20, 20},
	} {
		bound := func(rating appraisal.OrganisationRating, rule appraisal.GuidelineRule, of appraisal.Predikat, c counts) int {
			for _, b := range policyNamed(t, "permen6-2022").CheckDistribution(rating, c) {
				if b.Rule == rule && slices.Equal(b.Of, []appraisal.Predikat{of}) {
					return b.Bound
				}
			}
			t.Fatalf("%v does not break %s of %s", c, rule, of)
			return 0
		}
		n := row.cohort
		for _, edge := range []struct {
			name      string
			got, want int
		}{
			{"at most 70 %", bound("istimewa", "at_most", "sangat_baik", counts{"sangat_baik": n}), row.atMost70},
			{"at least 60 %", bound("kurang", "at_least", "kurang", counts{"baik": n}), row.atLeast60},
			{"at most 10 %", bound("kurang", "at_most", "sangat_baik", counts{"sangat_baik": n}), row.atMost10},
			{"at least 10 %", bound("kurang", "at_least", "butuh_perbaikan", counts{"baik": n}), row.least10},
		} {
			if edge.got != edge.want {
				t.Errorf("%s of %d people is %d, want %d", edge.name, n, edge.got, edge.want)
			}
		}
	}
}

func TestTheLargestGroupHasMorePeopleThanAnyOther(t *testing.T) {
	policy := policyNamed(t, "permen6-2022")
	for size := 5; size <= 200; size++ {
		for people := range size + 1 {
			rest := size - people
			for _, c := range []struct {
				spread counts
				rival  int
			}{
				{counts{"baik": people, "sangat_baik": rest}, rest},
				{counts{"baik": people, "sangat_baik": rest / 2, "kurang": rest - rest/2}, rest - rest/2},
			} {
				if got, want := broken(policy.CheckDistribution("baik", c.spread), "largest", "baik"), people <= c.rival; got != want {
					t.Errorf("%v: broken %t, want %t", c.spread, got, want)
				}
			}
		}
	}
}

// Guidelines that are numbers of people, and whole cohorts.
func TestWorkedCohorts(t *testing.T) {
	for _, c := range []struct {
		rating appraisal.OrganisationRating
		spread counts
		want   []string
	}{
		{"istimewa", counts{"sangat_baik": 7, "baik": 3}, nil},
		{"istimewa", counts{"sangat_baik": 8, "baik": 2}, []string{"at_most sangat_baik: 8 of 10, bound 7"}},
		{"istimewa", counts{"sangat_baik": 5, "baik": 5}, []string{"largest sangat_baik: 5 of 10, bound 6"}},
		{"istimewa", counts{"baik": 10}, []string{"largest sangat_baik: 0 of 10, bound 11"}},
		{"baik", counts{"sangat_baik": 2, "baik": 7, "butuh_perbaikan": 1}, nil},
		{"baik", counts{"sangat_baik": 2, "baik": 7, "kurang": 1}, nil},
		{"baik", counts{"sangat_baik": 3, "baik": 7}, []string{"at_least butuh_perbaikan, kurang: 0 of 10, bound 1"}},
		{"baik", counts{"sangat_baik": 3, "baik": 6, "sangat_kurang": 1}, []string{"at_least butuh_perbaikan, kurang: 0 of 10, bound 1"}},
		{"baik", counts{"sangat_baik": 7, "baik": 20}, []string{
			"at_most baik: 20 of 27, bound 18", "at_least butuh_perbaikan, kurang: 0 of 27, bound 1",
		}},
		{"butuh_perbaikan", counts{"butuh_perbaikan": 6, "baik": 3, "sangat_baik": 1}, nil},
		{"butuh_perbaikan", counts{"butuh_perbaikan": 5, "baik": 3, "sangat_baik": 2}, []string{
			"at_least butuh_perbaikan: 5 of 10, bound 6", "at_most sangat_baik: 2 of 10, bound 1",
		}},
		{"kurang", counts{"kurang": 6, "butuh_perbaikan": 1, "baik": 2, "sangat_baik": 1}, nil},
		{"kurang", counts{"baik": 10}, []string{
			"at_least kurang: 0 of 10, bound 6", "at_least butuh_perbaikan: 0 of 10, bound 1",
		}},
		{"sangat_kurang", counts{"sangat_kurang": 9, "kurang": 1}, nil},
		{"sangat_kurang", counts{"sangat_kurang": 9, "butuh_perbaikan": 1}, nil},
		{"sangat_kurang", counts{"sangat_kurang": 8, "kurang": 1, "sangat_baik": 1}, []string{"at_most sangat_baik: 1 of 10, bound 0"}},
		{"sangat_kurang", counts{"sangat_kurang": 10}, []string{"at_least kurang, butuh_perbaikan: 0 of 10, bound 1"}},
		{"sangat_kurang", counts{}, nil},
	} {
		var got []string
		for _, b := range policyNamed(t, "permen6-2022").CheckDistribution(c.rating, c.spread) {
			got = append(got, describe(b))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %v:\n%q\nwant\n%q", c.rating, c.spread, got, c.want)
		}
	}
}

func TestABreachOfTheLargestGroupNamesItsRival(t *testing.T) {
	breaches := policyNamed(t, "permen6-2022").CheckDistribution("istimewa", counts{"sangat_baik": 3, "baik": 5, "kurang": 4})
	if len(breaches) != 1 || breaches[0].Rival != "baik" || breaches[0].RivalCount != 5 || breaches[0].Source != "SE MenPANRB 3/2023" {
		t.Errorf("got %+v", breaches)
	}
}

func describe(b appraisal.Breach) string {
	of := ""
	for i, p := range b.Of {
		if i > 0 {
			of += ", "
		}
		of += string(p)
	}
	return fmt.Sprintf("%s %s: %d of %d, bound %d", b.Rule, of, b.Count, b.Total, b.Bound)
}
