package appraisal_test

import (
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// ownRules returns the regulation's rules with some text replaced.
func ownRules(t *testing.T, replace ...string) []byte {
	return policyFile(t, "satisfaction", replace...)
}

func TestAnOfficesOwnSurveyRulesTakeThePlaceOfTheRegulations(t *testing.T) {
	own, err := appraisal.LoadPolicies(files(map[string][]byte{
		"satisfaction.json": ownRules(t, `"PermenPANRB 14/2017"`, `"Perwali 3/2026"`, `"U1": 1`, `"U1": 4`, `"88.31"`, `"50"`, `"76.61"`, `"40"`, `"65.00"`, `"30"`),
	}))
	if err != nil {
		t.Fatal(err)
	}
	all, err := appraisal.Embedded().With(own)
	if err != nil {
		t.Fatal(err)
	}
	survey := []response{{4, 1, 1, 1, 1, 1, 1, 1, 1}}
	got, err := all.Satisfaction().Survey(survey)
	// (4 × 4 + 8 × 1) ÷ 12 × 25 = 50
	if err != nil || got.Index != "50.00" || got.Grade != appraisal.GradeA || got.Explanation[0].Source != "Perwali 3/2026" {
		t.Errorf("got %+v %v, want 50.00 A by Perwali 3/2026", got, err)
	}
	// (4 + 8 × 1) ÷ 9 × 25 = 33.33
	if got, err := appraisal.Embedded().Satisfaction().Survey(survey); err != nil || got.Index != "33.33" || got.Grade != appraisal.GradeD {
		t.Errorf("the regulation's gives %s %s %v, want 33.33 D", got.Index, got.Grade, err)
	}
	if both, err := all.With(appraisal.Policies{}); err != nil || both.Satisfaction() != all.Satisfaction() {
		t.Errorf("policies without survey rules take them away: %v", err)
	}
}

func TestEveryFaultOfSurveyRulesIsNamedWithItsPlace(t *testing.T) {
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"nothing", []byte(`{}`), "source required\n" + missingWeights() + "\ngrades grades"},
		{"an element too few", ownRules(t, `"U9": 1`, `"U10": 1`), "weights.U10 unknown_word\nweights.U9 required"},
		{"an element without weight", ownRules(t, `"U2": 1`, `"U2": 0`), "weights.U2 out_of_range"},
		{"a fraction for a weight", ownRules(t, `"U2": 1`, `"U2": 0.5`), "weights.U2 wanted_integer"},
		{"a grade left out", ownRules(t, `    {"grade": "C", "from": "65.00"},`, ``), "grades grades"},
		{"grades in another order", ownRules(t, `"grade": "A"`, `"grade": "B"`), "grades[0].grade unknown_word"},
		{"bounds that rise", ownRules(t, `"76.61"`, `"88.31"`), "grades[1].from band_order"},
		{"a bound that no index meets exactly", ownRules(t, `"76.61"`, `"76.605"`), "grades[1].from grade_places"},
		{"a bound that is no number", ownRules(t, `"76.61"`, `"banyak"`), "grades[1].from not_decimal"},
		{"an index without grade", ownRules(t, `"25.00"`, `"26"`), "grades[3].from grade_gap"},
		{"an unknown field", ownRules(t, `"source"`, `"sumber"`), "sumber unknown_field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := appraisal.ParseSatisfactionRules(c.raw)
			if got := faultsOf(t, err); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func missingWeights() string {
	var lines []string
	for _, u := range []string{"U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U9"} {
		lines = append(lines, "weights."+u+" required")
	}
	return strings.Join(lines, "\n")
}

func TestWrongSurveyRulesAreRefusedBesideThePoliciesWithTheirFile(t *testing.T) {
	_, err := appraisal.LoadPolicies(files(map[string][]byte{
		"ours.json":         policyFile(t, "permen6-2022", `"cohort_minimum": 5`, `"cohort_minimum": 0`),
		"satisfaction.json": ownRules(t, `"25.00"`, `"20"`),
	}))
	if got, want := faultsOf(t, err), "ours.json: cohort_minimum out_of_range\nsatisfaction.json: grades[3].from grade_gap"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
