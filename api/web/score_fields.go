package web

import (
	"net/url"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// scoreTyped is what a person types where a numeric policy rates: scores as they were typed, and the finding about an innovation.
type scoreTyped struct {
	WorkResultScore       string `json:"work_result_score,omitempty"`
	BehaviourScore        string `json:"behaviour_score,omitempty"`
	Innovation            string `json:"innovation,omitempty"` // found, none; empty: not said
	InnovationDescription string `json:"innovation_description,omitempty"`
}

const (
	innovationFound = "found"
	innovationNone  = "none"
)

func scoreTypedOf(values url.Values) scoreTyped {
	var f scoreTyped
	f.parseScore(values)
	return f
}

func (f *scoreTyped) parseScore(values url.Values) {
	f.WorkResultScore, f.BehaviourScore = trimmed(values, "work_result_score"), trimmed(values, "behaviour_score")
	f.Innovation, f.InnovationDescription = values.Get("innovation"), trimmed(values, "innovation.description")
}

func (f scoreTyped) workResult(w words) appraisal.Decimal {
	return appraisal.Decimal(w.decimal(f.WorkResultScore))
}
func (f scoreTyped) behaviour(w words) appraisal.Decimal {
	return appraisal.Decimal(w.decimal(f.BehaviourScore))
}

// innovation returns the finding, nil where nothing was said.
func (f scoreTyped) innovation() *appraisal.Innovation {
	switch f.Innovation {
	case innovationFound:
		return &appraisal.Innovation{Found: true, Description: f.InnovationDescription}
	case innovationNone:
		return &appraisal.Innovation{Description: f.InnovationDescription}
	default:
		return nil
	}
}

// scoreFields are the controls for what is typed.
type scoreFields struct {
	WorkResult  field
	Behaviour   field
	Innovation  choice
	Description field
}

// scoreFields asks for a whole rating.
func (w words) scoreFields(f scoreTyped, rules service.Rules, faults faults) scoreFields {
	bounds := []any{"least", w.number(rules.Lowest), "most", w.number(rules.Highest)}
	number := func(name, key, value string) field {
		return field{
			Name: name, Label: w.text(key), Hint: w.text(key+".hint", bounds...), Kind: kindNumber, Value: value, Errors: faults.Of(name, w.text(key)),
		}
	}
	found := choice{
		Name: "innovation", Legend: w.text("form.score.innovation"), Hint: w.text("form.score.innovation.hint"),
		Errors: faults.Of("innovation", w.text("form.score.innovation")),
	}
	for _, v := range []string{innovationFound, innovationNone} {
		found.Options = append(found.Options, option{Value: v, Label: w.text("form.score.innovation." + v), Chosen: v == f.Innovation})
	}
	fields := scoreFields{
		WorkResult: number("work_result_score", "form.score.work_result", f.WorkResultScore),
		Behaviour:  number("behaviour_score", "form.score.behaviour", f.BehaviourScore), Innovation: found,
		Description: field{
			Name: "innovation.description", Label: w.text("form.score.description"), Hint: w.text("form.score.description.hint"), Kind: kindText, Rows: 3,
			Max: appraisal.MaxText, Value: f.InnovationDescription, Errors: faults.Of("innovation.description", w.text("form.score.description")),
			Optional: true,
		},
	}
	return fields
}

// changeFields asks for what of a rating changes; what is left empty stays.
func (w words) changeFields(f scoreTyped, rules service.Rules, faults faults) scoreFields {
	fields := w.scoreFields(f, rules, faults)
	fields.WorkResult.Optional, fields.Behaviour.Optional = true, true
	keep := option{Label: w.text("form.score.keep"), Chosen: f.Innovation == ""}
	fields.Innovation.Options = append([]option{keep}, fields.Innovation.Options...)
	fields.Innovation.Hint = ""
	return fields
}

// changeLines are the lines of a summary that say what changes.
func (w words) changeLines(f scoreTyped) []summaryLine {
	var lines []summaryLine
	if f.WorkResultScore != "" {
		lines = append(lines, summaryLine{w.text("form.score.work_result"), w.number(f.workResult(w))})
	}
	if f.BehaviourScore != "" {
		lines = append(lines, summaryLine{w.text("form.score.behaviour"), w.number(f.behaviour(w))})
	}
	if found := f.innovation(); found != nil {
		lines = append(lines, summaryLine{w.text("form.score.innovation"), w.foundInnovation(found)})
	}
	return lines
}

// foundInnovation puts a finding into words.
func (w words) foundInnovation(i *appraisal.Innovation) string {
	if !i.Found {
		return w.text("form.score.innovation.none")
	}
	return w.text("form.score.innovation.found") + "\n" + i.Description
}
