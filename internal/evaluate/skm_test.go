package evaluate_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/evaluate"
)

type response = [appraisal.SatisfactionElements]int

func TestSKMListsTheUnitsByCode(t *testing.T) {
	var out bytes.Buffer
	err := evaluate.SKM(&out, appraisal.Embedded().Satisfaction(), map[string][]response{
		"DPMPTSP":     {{3, 3, 3, 3, 4, 3, 3, 3, 3}, {3, 3, 3, 3, 4, 3, 3, 3, 3}, {3, 3, 3, 3, 3, 3, 3, 3, 3}},
		"DISDUKCAPIL": {{4, 4, 4, 4, 0, 4, 4, 4, 4}},
	})
	want := `[{"unit":"DISDUKCAPIL","respondents":1,"elements":["4.00","4.00","4.00","4.00","","4.00","4.00","4.00","4.00"],"index":"","grade":""},` +
		`{"unit":"DPMPTSP","respondents":3,"elements":["3.00","3.00","3.00","3.00","3.67","3.00","3.00","3.00","3.00"],"index":"76.85","grade":"B"}]` + "\n"
	if err != nil || out.String() != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, out.String(), want)
	}
}

func TestSKMOfNobodyIsAnEmptyList(t *testing.T) {
	var out bytes.Buffer
	if err := evaluate.SKM(&out, appraisal.Embedded().Satisfaction(), nil); err != nil || out.String() != "[]\n" {
		t.Errorf("got %q %v", out.String(), err)
	}
}

func TestSKMNamesUnitResponseAndElementOfAWrongAnswer(t *testing.T) {
	var out bytes.Buffer
	err := evaluate.SKM(&out, appraisal.Embedded().Satisfaction(), map[string][]response{"A": {{1, 1, 1, 1, 1, 1, 1, 1, 1}}, "B": {{1, 1, 1, 1, 1, 1, 1, 1, 7}}})
	var invalid *appraisal.Error
	if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != "B.responses[0].U9" || out.Len() > 0 {
		t.Errorf("got %v %s", err, out.String())
	}
}
