package appraisal_test

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestSevenValuesHaveThreeBehavioursEach(t *testing.T) {
	codes := appraisal.BehaviourCodes()
	seen := map[appraisal.BehaviourCode]bool{}
	for i, code := range codes {
		if want := appraisal.CoreValues()[i/3]; code.Value() != want || !code.Valid() || seen[code] {
			t.Errorf("behaviour %d is %s of %s, want one of %s, once", i, code, code.Value(), want)
		}
		seen[code] = true
	}
	if len(codes) != appraisal.Behaviours {
		t.Errorf("%d behaviours", len(codes))
	}
}

// Codes are stored with answers: renaming one would lose them.
func TestBehaviourCodesStayWhatTheyAre(t *testing.T) {
	codes := appraisal.BehaviourCodes()
	if codes[0] != "berorientasi_pelayanan_1" || codes[4] != "akuntabel_2" || codes[20] != "kolaboratif_3" {
		t.Errorf("got %v", codes)
	}
	if appraisal.BehaviourCode("akuntabel_4").Valid() || appraisal.BehaviourCode("").Valid() {
		t.Error("a behaviour that is none is valid")
	}
}
