package appraisal_test

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// policyNamed returns the newest version of a policy that comes with the program.
func policyNamed(t testing.TB, name string) *appraisal.Policy {
	t.Helper()
	p, err := appraisal.Embedded().Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// PermenPAN-RB 6/2022: work result (rows) × behaviour (columns).
func TestTheNineCellsAreThoseOfTheRegulation(t *testing.T) {
	columns := []appraisal.Expectation{"below", "meets", "above"}
	for _, row := range []struct {
		workResult appraisal.Expectation
		predikat   [3]appraisal.Predikat
	}{
		//        below            meets              above
		{"above", [3]appraisal.Predikat{"kurang", "baik", "sangat_baik"}},
		{"meets", [3]appraisal.Predikat{"kurang", "baik", "baik"}},
		{"below", [3]appraisal.Predikat{"sangat_kurang", "butuh_perbaikan", "butuh_perbaikan"}},
	} {
		for i, behaviour := range columns {
			got, explanation, err := policyNamed(t, "permen6-2022").Rate(row.workResult, behaviour)
			if err != nil || got != row.predikat[i] {
				t.Errorf("work result %s, behaviour %s: got %s (%v), the regulation says %s", row.workResult, behaviour, got, err, row.predikat[i])
			}
			if len(explanation) != 1 || explanation[0].Source != "PermenPAN-RB 6/2022" || explanation[0].Value.Word != row.predikat[i].Word() {
				t.Errorf("the explanation does not lead to %s: %+v", got, explanation)
			}
		}
	}
}
