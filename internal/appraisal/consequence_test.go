package appraisal_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// policyWith returns the embedded policy with members of its JSON replaced.
func policyWith(t *testing.T, name string, members map[string]any) (*appraisal.Policy, error) {
	t.Helper()
	p, err := appraisal.Embedded().Get(name)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	document := map[string]any{}
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	for member, value := range members {
		document[member] = value
	}
	if raw, err = json.Marshal(document); err != nil {
		t.Fatal(err)
	}
	return appraisal.ParsePolicy(raw)
}

func TestAResultMeansWhatThePolicySays(t *testing.T) {
	allowing, err := policyWith(t, "permen6-2022", map[string]any{"allowance": map[string]string{"kurang": "85"}})
	if err != nil {
		t.Fatal(err)
	}
	year := func(y int, p appraisal.Predikat) appraisal.YearResult {
		return appraisal.YearResult{Year: y, Predikat: p}
	}
	for name, c := range map[string]struct {
		predikat appraisal.Predikat
		yearly   bool
		earlier  []appraisal.YearResult
		want     string
	}{
		"the first very good year":   {appraisal.PredikatSangatBaik, true, nil, "talent_pool_begun 1"},
		"the second in a row":        {appraisal.PredikatSangatBaik, true, []appraisal.YearResult{year(2025, appraisal.PredikatSangatBaik)}, "talent_pool 2"},
		"with a year between":        {appraisal.PredikatSangatBaik, true, []appraisal.YearResult{year(2024, appraisal.PredikatSangatBaik)}, "talent_pool_begun 1"},
		"after another predikat":     {appraisal.PredikatBaik, true, []appraisal.YearResult{year(2025, appraisal.PredikatSangatBaik)}, "development_priority_begun 1"},
		"the third good year":        {appraisal.PredikatBaik, true, []appraisal.YearResult{year(2024, appraisal.PredikatBaik), year(2025, appraisal.PredikatBaik)}, "development_priority 3"},
		"a quarter is no year":       {appraisal.PredikatBaik, false, []appraisal.YearResult{year(2025, appraisal.PredikatBaik)}, ""},
		"improvement begins at once": {appraisal.PredikatButuhPerbaikan, false, nil, "improvement_plan 1"},
		"with an allowance table":    {appraisal.PredikatKurang, true, nil, "allowance 85, improvement_plan 1"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range allowing.Meaning(year(2026, c.predikat), c.yearly, c.earlier) {
				shown := s.Inputs["run"].Number + s.Inputs["percent"].Number
				got = append(got, strings.TrimPrefix(s.Key, "policy.means.")+" "+string(shown))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("it means %q, want %q", strings.Join(got, ", "), c.want)
			}
		})
	}
}

func TestConsequencesAndAllowancesThatContradictThePolicyAreRefused(t *testing.T) {
	_, err := policyWith(t, "pp30-2019", map[string]any{
		"allowance": map[string]string{"butuh_perbaikan": "90", "kurang": "101"},
		"consequences": []map[string]any{
			{"kind": "talent_pool", "of": []string{"istimewa"}, "years": 2}, {"kind": "talent_pool", "of": []string{}, "years": 0}, {"kind": "promotion", "of": []string{"baik"}, "years": 1},
		},
	})
	want := "allowance.butuh_perbaikan unknown_word\nallowance.kurang not_percent\n" +
		"consequences[0].of[0] unknown_word\nconsequences[1].kind repeated_field\nconsequences[1].of required\n" +
		"consequences[1].years out_of_range\nconsequences[2].kind unknown_word"
	if got := faultsOf(t, err); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestATemplateLeavesTheWindowsOfAnObjectionToThePolicyUnlessItSetsThem(t *testing.T) {
	p, err := policyWith(t, "permen6-2022", map[string]any{
		"objection": map[string]any{"window_days": 14, "window_count": "calendar", "decision_days": 21, "decision_count": "working"},
	})
	if err != nil {
		t.Fatal(err)
	}
	open := appraisal.Template{Steps: []appraisal.StepRule{
		{Step: appraisal.StepAcknowledgeResult, Window: appraisal.Window{Policy: true}},
		{Step: appraisal.StepDecideObjection, Window: appraisal.Window{Policy: true}},
	}}
	under := open.Under(p)
	if got := under.Rule(appraisal.StepAcknowledgeResult).Window; got != (appraisal.Window{CalendarDays: 14}) {
		t.Errorf("the window of an objection is %+v", got)
	}
	if got := under.Rule(appraisal.StepDecideObjection).Window; got != (appraisal.Window{WorkingDays: 21}) {
		t.Errorf("the decision has %+v", got)
	}
	if !open.Steps[0].Window.Policy {
		t.Error("the template itself was changed")
	}
	set := appraisal.Template{Steps: []appraisal.StepRule{{Step: appraisal.StepAcknowledgeResult, Window: appraisal.Window{Seconds: 60}}}}
	if got := set.Under(p).Steps[0].Window; got != (appraisal.Window{Seconds: 60}) {
		t.Errorf("a window of 60 seconds became %+v", got)
	}
}
