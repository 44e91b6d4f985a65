package appraisal_test

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestHalfOfACommitteeAndAtLeastTwoOfItHaveToConfirm(t *testing.T) {
	rules := appraisal.CalibrationRules{QuorumPercent: 50, QuorumLeast: 2, SoleMember: true}
	for committee, want := range map[int]int{1: 1, 2: 2, 3: 2, 4: 2, 5: 3, 6: 3, 7: 4, 20: 10} {
		if got, ok := rules.Quorum(committee); got != want || !ok {
			t.Errorf("of %d people %d have to confirm (reachable: %v), want %d", committee, got, ok, want)
		}
	}
	if _, ok := rules.Quorum(0); ok {
		t.Error("nobody is a quorum")
	}
	strict := appraisal.CalibrationRules{QuorumPercent: 67, QuorumLeast: 3}
	for committee, want := range map[int]int{2: 2, 3: 3, 4: 3, 6: 5} {
		if got, ok := strict.Quorum(committee); got != want || !ok {
			t.Errorf("of %d people %d have to confirm (reachable: %v), want %d", committee, got, ok, want)
		}
	}
	if _, ok := strict.Quorum(1); ok {
		t.Error("a policy that asks for several lets one person decide alone")
	}
}

func TestAChangeNeedsSomebodyImpartialBehindIt(t *testing.T) {
	own := appraisal.ProposedChange{Appraisal: "a1", Employee: "ani", Appraiser: "joko"}
	others := appraisal.ProposedChange{Appraisal: "a2", Employee: "budi", Appraiser: "ratna"}
	changes := []appraisal.ProposedChange{own, others}
	for _, c := range []struct {
		confirming []appraisal.PersonID
		want       []appraisal.ProposedChange
	}{
		{nil, changes},
		{[]appraisal.PersonID{"ani"}, []appraisal.ProposedChange{own}},
		{[]appraisal.PersonID{"ani", "joko"}, []appraisal.ProposedChange{own}},
		{[]appraisal.PersonID{"joko", "ratna"}, nil},
		{[]appraisal.PersonID{"surya"}, nil},
	} {
		if got := appraisal.Unconfirmed(changes, c.confirming); !slices.Equal(got, c.want) {
			t.Errorf("with %v confirming, %v are left, want %v", c.confirming, got, c.want)
		}
	}
}

func TestWhoAppraisedSomebodyMayExplainTheirRatingAndNotVoteOnIt(t *testing.T) {
	if got := appraisal.Stances("joko", "joko"); !slices.Equal(got, []appraisal.Stance{appraisal.StanceExplain}) {
		t.Errorf("the appraiser may take %v", got)
	}
	if got := appraisal.Stances("surya", "joko"); len(got) != 3 {
		t.Errorf("anybody else may take %v", got)
	}
}

func TestEveryGuidelineIsToldWithItsFiguresWhetherItHoldsOrNot(t *testing.T) {
	policy, err := appraisal.Embedded().Get("permen6-2022")
	if err != nil {
		t.Fatal(err)
	}
	checks := policy.Guidelines(appraisal.OrganisationBaik, map[appraisal.Predikat]int{"sangat_baik": 2, "baik": 8})
	if len(checks) != 3 {
		t.Fatalf("checked are %+v", checks)
	}
	largest, most, least := checks[0], checks[1], checks[2]
	if !largest.Holds || largest.Count != 8 || largest.Bound != 3 || largest.Asks.Key != "policy.guideline.largest" {
		t.Errorf("the largest group: %+v", largest)
	}
	if most.Holds || most.Count != 8 || most.Total != 10 || most.Bound != 7 || most.Asks.Key != "policy.guideline.at_most_percent" {
		t.Errorf("at most 70 %%: %+v", most)
	}
	if least.Holds || least.Count != 0 || least.Bound != 1 {
		t.Errorf("at least one: %+v", least)
	}
	if got := policy.CheckDistribution(appraisal.OrganisationBaik, map[appraisal.Predikat]int{"sangat_baik": 2, "baik": 8}); len(got) != 2 {
		t.Errorf("breaches are %+v", got)
	}
	if got := policy.Guidelines(appraisal.OrganisationBaik, nil); got != nil {
		t.Errorf("an empty cohort is checked: %+v", got)
	}
}
