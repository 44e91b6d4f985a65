package appraisal_test

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// Worked cases of PermenPAN-RB 6/2022: what the appraiser rates, the evidence beside it (key results that met their targets), the
// predikat, and whether a written reason is asked for because the rating contradicts the evidence.
func TestWorkedCasesOfPermen6(t *testing.T) {
	for _, c := range []struct {
		name                  string
		workResult, behaviour appraisal.Expectation
		met, total            int
		because               string
		predikat              appraisal.Predikat
		asksForReason         bool
	}{
		{"everything above", "above", "above", 4, 4, "row above, column above; 4 of 4 met", "sangat_baik", false},
		{"good results, expected behaviour", "above", "meets", 3, 4, "row above, column meets; 3 of 4 is half or more", "baik", false},
		{"good results cannot make up for behaviour", "above", "below", 4, 4, "row above, column below", "kurang", false},
		{"above with exactly half", "above", "above", 2, 4, "2 × 2 = 4, not fewer than half", "sangat_baik", false},
		{"above with fewer than half", "above", "above", 1, 4, "2 × 1 < 4: fewer than half", "sangat_baik", true},
		{"above with one of three", "above", "meets", 1, 3, "2 × 1 < 3: fewer than half", "baik", true},
		{"above with two of three", "above", "meets", 2, 3, "2 × 2 ≥ 3", "baik", false},
		{"as expected", "meets", "meets", 2, 3, "the middle of the matrix", "baik", false},
		{"expected results, better behaviour", "meets", "above", 0, 3, "meets is never a contradiction", "baik", false},
		{"expected results, poor behaviour", "meets", "below", 3, 3, "row meets, column below", "kurang", false},
		{"below although everything was met", "below", "meets", 3, 3, "3 ≥ 3: all met", "butuh_perbaikan", true},
		{"below with one target missed", "below", "above", 2, 3, "2 < 3: not all met", "butuh_perbaikan", false},
		{"everything below", "below", "below", 0, 3, "row below, column below", "sangat_kurang", false},
		{"served two months, nothing measured yet", "above", "meets", 0, 0, "no key result, so no evidence to contradict", "baik", false},
		{"below with nothing measured yet", "below", "meets", 0, 0, "no key result, so no evidence to contradict", "butuh_perbaikan", false},
		{"served two months, one key result", "above", "meets", 0, 1, "2 × 0 < 1: fewer than half", "baik", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			predikat, _, err := policyNamed(t, "permen6-2022").Rate(c.workResult, c.behaviour)
			if err != nil || predikat != c.predikat {
				t.Errorf("got %s %v, but %s → %s", predikat, err, c.because, c.predikat)
			}
			if got := appraisal.ContradictsEvidence(c.workResult, c.met, c.total); got != c.asksForReason {
				t.Errorf("%d of %d met: asks for a reason %t, but %s", c.met, c.total, got, c.because)
			}
		})
	}
}

func TestARatingOutsideTheMatrixIsRefused(t *testing.T) {
	for want, given := range map[string][2]appraisal.Expectation{
		"work_result expectation_missing":                                {"", "meets"},
		"behaviour expectation_unknown":                                  {"meets", "baik"},
		"work_result expectation_unknown\nbehaviour expectation_missing": {"Above", ""},
	} {
		predikat, _, err := policyNamed(t, "permen6-2022").Rate(given[0], given[1])
		if got := faultsOf(t, err); got != want || predikat != "" {
			t.Errorf("%v: got %s %s, want %s", given, predikat, got, want)
		}
	}
}
