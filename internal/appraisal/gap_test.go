package appraisal_test

import (
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func centre(level int, on time.Time) appraisal.AssessmentResult {
	return appraisal.AssessmentResult{Source: appraisal.SourceAssessmentCentre, Level: level, On: on}
}

func competencyTest(level int, on time.Time) appraisal.AssessmentResult {
	return appraisal.AssessmentResult{Source: appraisal.SourceCompetencyTest, Level: level, On: on}
}

func TestTheMostRecentResultCountsAndTheAppraisersRatingWhenThereIsNone(t *testing.T) {
	for _, c := range []struct {
		name     string
		assessed appraisal.Assessed
		level    int
		counted  appraisal.AssessmentSource
		size     int
	}{
		{"only the appraiser", appraisal.Assessed{Appraiser: 2}, 2, appraisal.SourceAppraiser, 2},
		{"a result beats the appraiser", appraisal.Assessed{
			Appraiser: 4, Results: []appraisal.AssessmentResult{centre(3, day(2025, 5, 1))},
		}, 3, appraisal.SourceAssessmentCentre, 1},
		{"the later result beats the earlier", appraisal.Assessed{
			Results: []appraisal.AssessmentResult{competencyTest(4, day(2026, 2, 1)), centre(1, day(2025, 5, 1))},
		}, 4, appraisal.SourceCompetencyTest, 0},
		{"of two on one day the lower counts", appraisal.Assessed{
			Results: []appraisal.AssessmentResult{competencyTest(3, day(2026, 2, 1)), centre(2, day(2026, 2, 1))},
		}, 2, appraisal.SourceAssessmentCentre, 2},
		{"a strength is a negative gap", appraisal.Assessed{Appraiser: 5}, 5, appraisal.SourceAppraiser, -1},
		{"nobody assessed", appraisal.Assessed{}, 0, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			gaps := appraisal.Gaps(map[appraisal.CompetencyCode]int{"K01": 4},
				map[appraisal.CompetencyCode]appraisal.Assessed{"K01": c.assessed, "K99": {Appraiser: 1}})
			if len(gaps) != 1 {
				t.Fatalf("got %+v", gaps)
			}
			g := gaps[0]
			if g.Level != c.level || g.Counted != c.counted || g.Size != c.size || g.Missing() != (c.counted == "") || g.Open() != (c.size > 0) {
				t.Errorf("got %+v", g)
			}
			if g.Appraiser != c.assessed.Appraiser {
				t.Error("the appraiser's rating is not shown beside")
			}
		})
	}
}

func TestTheLargestGapComesFirstThenWhatNobodyAssessed(t *testing.T) {
	gaps := appraisal.Gaps(
		map[appraisal.CompetencyCode]int{"A": 2, "B": 4, "C": 3, "D": 3, "E": 1, "F": 2},
		map[appraisal.CompetencyCode]appraisal.Assessed{
			"A": {Appraiser: 2}, "B": {Appraiser: 1}, "C": {Appraiser: 2}, "D": {Appraiser: 2}, "E": {Appraiser: 3},
		})
	var order []appraisal.CompetencyCode
	for _, g := range gaps {
		order = append(order, g.Competency)
	}
	if want := []appraisal.CompetencyCode{"B", "C", "D", "F", "A", "E"}; !slices.Equal(order, want) {
		t.Errorf("got %v, want %v", order, want)
	}
}
