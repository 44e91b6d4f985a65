package appraisal_test

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestAPlannedTrainingThatWasTakenCountsOnce(t *testing.T) {
	planned := []appraisal.LearningItem{{Code: "A", Hours: 10}, {Code: "B", Hours: 8}, {Code: "B", Hours: 8}}
	taken := []appraisal.TakenItem{
		{Code: "A", Hours: 12, State: appraisal.TakenVerified}, {Hours: 4, State: appraisal.TakenRecorded},
		{Code: "C", Hours: 6, State: appraisal.TakenRecorded}, {Code: "D", Hours: 40, State: appraisal.TakenRefused},
	}
	h := appraisal.Learning(planned, taken)
	// planned 10 + 8; taken 12 + 4 + 6; counted: A with its 12, B with 8, C with 6, and the 4 outside the catalogue
	if h.Planned != 18 || h.Taken != 22 || h.Verified != 12 || h.Counted != 30 || !slices.Equal(h.Codes, []appraisal.TrainingCode{"A", "B", "C"}) {
		t.Errorf("the year is %+v", h)
	}
	if h := appraisal.Learning(nil, nil); h.Counted != 0 || h.Codes != nil {
		t.Errorf("an empty year is %+v", h)
	}
}
