package appraisal_test

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

type response = [appraisal.SatisfactionElements]int

// PermenPANRB 14/2017: mean of nine element values × 25.
func TestWorkedSurveys(t *testing.T) {
	for _, c := range []struct {
		name        string
		responses   []response
		calculation string
		element5    appraisal.Decimal
		index       appraisal.Decimal
		grade       appraisal.SatisfactionGrade
	}{
		{
			"everybody content", []response{{4, 4, 4, 4, 4, 4, 4, 4, 4}},
			"36 ÷ 9 × 25 = 100", "4.00", "100.00", "A",
		},
		{
			"nobody content", []response{{1, 1, 1, 1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
			"9 ÷ 9 × 25 = 25", "1.00", "25.00", "D",
		},
		{
			"thirds stay exact", []response{{3, 3, 3, 3, 4, 3, 3, 3, 3}, {3, 3, 3, 3, 4, 3, 3, 3, 3}, {3, 3, 3, 3, 3, 3, 3, 3, 3}},
			"(8 × 3 + 11 ÷ 3) ÷ 9 × 25 = 27.6666… ÷ 9 × 25 = 76.8518…", "3.67", "76.85", "B",
		},
		{
			"a blank is left out of its element", []response{{4, 4, 4, 4, 0, 4, 4, 4, 4}, {2, 2, 2, 2, 2, 2, 2, 2, 2}},
			"(8 × 3 + 2) ÷ 9 × 25 = 26 ÷ 9 × 25 = 72.2222… (with a zero it would be 69.44)", "2.00", "72.22", "C",
		},
		{
			"elements weigh the same however many answered", []response{
				{4, 1, 1, 1, 1, 1, 1, 1, 1}, {4, 0, 0, 0, 0, 0, 0, 0, 0}, {4, 0, 0, 0, 0, 0, 0, 0, 0},
			},
			"(4 + 8 × 1) ÷ 9 × 25 = 33.3333…", "1.00", "33.33", "D",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := appraisal.Embedded().Satisfaction().Survey(c.responses)
			if err != nil {
				t.Fatal(err)
			}
			if got.Index != c.index || got.Grade != c.grade || got.Elements[4] != c.element5 || got.Respondents != len(c.responses) {
				t.Errorf("got %+v, but %s, U5 %s → %s %s", got, c.calculation, c.element5, c.index, c.grade)
			}
		})
	}
}

// surveyWithIndex returns a survey whose nine elements have the mean hundredths ÷ 2500 each: 2500 answers of n and n+1.
func surveyWithIndex(hundredths int) []response {
	responses := make([]response, 2500)
	for i := range responses {
		answer := hundredths / 2500
		if i < hundredths%2500 {
			answer++
		}
		for u := range responses[i] {
			responses[i][u] = answer
		}
	}
	return responses
}

// A 88.31 – 100.00, B 76.61 – 88.30, C 65.00 – 76.60, D 25.00 – 64.99.
func TestEveryGradeEdge(t *testing.T) {
	for _, edge := range []struct {
		hundredths int
		index      appraisal.Decimal
		grade      appraisal.SatisfactionGrade
	}{
		{2500, "25.00", "D"}, {2501, "25.01", "D"},
		{6499, "64.99", "D"}, {6500, "65.00", "C"}, {6501, "65.01", "C"},
		{7659, "76.59", "C"}, {7660, "76.60", "C"}, {7661, "76.61", "B"}, {7662, "76.62", "B"},
		{8829, "88.29", "B"}, {8830, "88.30", "B"}, {8831, "88.31", "A"}, {8832, "88.32", "A"},
		{9999, "99.99", "A"}, {10000, "100.00", "A"},
	} {
		got, err := appraisal.Embedded().Satisfaction().Survey(surveyWithIndex(edge.hundredths))
		if err != nil || got.Index != edge.index || got.Grade != edge.grade {
			t.Errorf("got %s %s %v, want %s %s", got.Index, got.Grade, err, edge.index, edge.grade)
		}
	}
}

// Between two grades lies no number: 76.605 becomes 76.61 and is a B.
func TestAnIndexBetweenTwoGradesIsRoundedFirst(t *testing.T) {
	responses := make([]response, 5000)
	for i := range responses {
		for u := range responses[i] {
			responses[i][u] = 3
			if i < 321 { // sum 15321 per element: 15321 ÷ 5000 × 25 = 76.605
				responses[i][u] = 4
			}
		}
	}
	got, err := appraisal.Embedded().Satisfaction().Survey(responses)
	if err != nil || got.Index != "76.61" || got.Grade != appraisal.GradeB {
		t.Errorf("got %s %s %v, want 76.61 B", got.Index, got.Grade, err)
	}
}

func TestAnElementThatNobodyAnsweredLeavesNoIndex(t *testing.T) {
	got, err := appraisal.Embedded().Satisfaction().Survey([]response{{4, 4, 4, 4, 4, 4, 4, 4, 0}})
	if err != nil || got.Index != "" || got.Grade != "" || got.Elements[8] != "" || got.Elements[0] != "4.00" {
		t.Errorf("got %+v %v", got, err)
	}
}

func TestAWrongAnswerIsRefusedWithItsPlace(t *testing.T) {
	_, err := appraisal.Embedded().Satisfaction().Survey([]response{{1, 2, 3, 4, 1, 2, 3, 4, 1}, {1, 5, 3, 4, 1, 2, 3, 4, -1}})
	if got, want := faultsOf(t, err), "responses[1].U2 answer\nresponses[1].U9 answer"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := appraisal.Embedded().Satisfaction().Survey(nil); faultsOf(t, err) != "responses no_responses" {
		t.Errorf("an index without responses: %v", err)
	}
}
