package web

import "github.com/marelan/telaah/internal/appraisal"

// sourceField offers what can measure an indicator; nil where nothing is recorded for the person or the unit.
func sourceField(name string, ind appraisal.Indicator, faults faults, offered []appraisal.MeasuredSource, w words) *field {
	if len(offered) == 0 && ind.Source == "" {
		return nil
	}
	sources := optionGroup{Options: []option{{Label: w.text("measured.form.entered")}}}
	known := ind.Source == ""
	for _, s := range offered {
		chosen := s.Source == ind.Source
		known = known || chosen
		sources.Options = append(sources.Options, option{
			Value: string(s.Source), Chosen: chosen,
			Label: w.text("measured.form.source", "source", w.word(s.Source), "measure", s.Measures[0], "direction", w.word(s.Direction)),
		})
	}
	if !known { // copied from where it was measured: it stays to be seen, and is refused with the reason
		sources.Options = append(sources.Options, option{Value: string(ind.Source), Label: w.word(ind.Source), Chosen: true})
	}
	return &field{
		Name: name, Label: w.text("measured.form.label"), Hint: w.text("measured.form.hint"), Kind: kindSelect, Groups: []optionGroup{sources},
		Errors: faults.Of(name, w.text("measured.form.label")), Optional: true,
	}
}

// measuredBy says what measures an indicator, on a line of its own.
func (w words) measuredBy(s appraisal.Source) string {
	if s == "" {
		return ""
	}
	return "\n" + w.text("measured.form.by", "source", w.word(s))
}
