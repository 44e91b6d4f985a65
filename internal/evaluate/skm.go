package evaluate

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
)

// unitSatisfaction is the satisfaction index of one unit. A figure that cannot be computed, because nobody answered an
// element, is empty.
type unitSatisfaction struct {
	Unit        string                                            `json:"unit"`
	Respondents int                                               `json:"respondents"`
	Elements    [appraisal.SatisfactionElements]appraisal.Decimal `json:"elements"`
	Index       appraisal.Decimal                                 `json:"index"`
	Grade       appraisal.SatisfactionGrade                       `json:"grade"`
}

// SKM writes the satisfaction index of every unit as a JSON list in the order of the units' codes. responses has, per unit, each
// respondent's answers to U1…U9, 1 to 4, or 0 for a blank. The error for a wrong answer is an *appraisal.Error with
// CodeInvalid whose fields name unit, response and element; nothing is written then.
func SKM(out io.Writer, rules *appraisal.SatisfactionRules, responses map[string][][appraisal.SatisfactionElements]int) error {
	var faults appraisal.Faults
	list := make([]unitSatisfaction, 0, len(responses))
	for _, unit := range slices.Sorted(maps.Keys(responses)) {
		index, err := rules.Survey(responses[unit])
		var invalid *appraisal.Error
		switch {
		case errors.As(err, &invalid):
			for _, f := range invalid.Fields {
				faults.Add(unit+"."+f.Field, f.Key, f.Args)
			}
			continue
		case err != nil:
			return fmt.Errorf("satisfaction of %s: %w", unit, err)
		}
		list = append(list, unitSatisfaction{unit, index.Respondents, index.Elements, index.Index, index.Grade})
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return write(out, list)
}
