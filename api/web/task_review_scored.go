package web

import (
	"fmt"
	"net/url"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// settledFigure is the appraiser's figure for one indicator as it was typed.
type settledFigure struct {
	Indicator string `json:"indicator"`
	Value     string `json:"value"`
	Reason    string `json:"reason,omitempty"`
}

// settledResult is a key result with the figures to settle.
type settledResult struct {
	Number    int
	Statement string
	Weight    string
	Lines     []settledIndicator
}

type settledIndicator struct {
	Indicator  service.Indicator
	Judged     string
	Given      string // what was handed in
	HiddenName string
	Value      field
	Reason     field
}

// scored reports whether the cycle's policy calculates a score.
func scored(view service.StepForm) bool { return view.Appraisal.Rules.Kind == appraisal.PolicyNumeric }

// beginScored takes over the figures that were handed in: leaving one as it is confirms it.
func (f *reviewForm) beginScored(view service.StepForm, w words) {
	for _, ind := range indicatorsOf(view.Appraisal.Plan) {
		f.Realisations = append(f.Realisations, settledFigure{Indicator: ind.ID, Value: w.lang.Number(ind.Realisation)})
	}
}

func (f *reviewForm) parseScored(values url.Values) {
	f.parseScore(values)
	f.Realisations = nil
	for _, i := range indexes(values, "realisations", appraisal.MaxKeyResults*appraisal.MaxIndicators) {
		at := fmt.Sprintf("realisations[%d]", i)
		f.Realisations = append(f.Realisations, settledFigure{values.Get(at + ".indicator"), trimmed(values, at+".value"), trimmed(values, at+".reason")})
	}
}

// settled returns the figures with their numbers as the domain writes them.
func (f *reviewForm) settled(w words) []appraisal.ReviewedRealisation {
	var out []appraisal.ReviewedRealisation
	for _, r := range f.Realisations {
		out = append(out, appraisal.ReviewedRealisation{Indicator: r.Indicator, Value: w.decimal(r.Value), Reason: r.Reason})
	}
	return out
}

// figureName is the control of an indicator's figure.
func (f *reviewForm) figureName(indicator string) string {
	for i, r := range f.Realisations {
		if r.Indicator == indicator {
			return fmt.Sprintf("realisations[%d].value", i)
		}
	}
	return "realisations[0].value"
}

func (f *reviewForm) figure(indicator string) settledFigure {
	for _, r := range f.Realisations {
		if r.Indicator == indicator {
			return r
		}
	}
	return settledFigure{Indicator: indicator}
}

func (f *reviewForm) figures(view service.StepForm, faults faults, w words) []settledResult {
	if view.Appraisal.Plan == nil {
		return nil
	}
	var out []settledResult
	n := 0
	for i, kr := range view.Appraisal.Plan.KeyResults {
		result := settledResult{Number: i + 1, Statement: kr.Statement, Weight: kr.Weight}
		for _, ind := range kr.Indicators {
			at, typed := fmt.Sprintf("realisations[%d]", n), f.figure(ind.ID)
			result.Lines = append(result.Lines, settledIndicator{
				Indicator: ind, Judged: w.judged(ind.Direction, w.number(ind.Target), ind.Measure), Given: w.handedIn(ind), HiddenName: at + ".indicator",
				Value: field{
					Name: at + ".value", Label: w.text("form.review.figure"), Kind: kindNumber, Value: typed.Value, Suffix: ind.Measure,
					Errors: faults.At(at + ".value"),
				},
				Reason: field{
					Name: at + ".reason", Label: w.text("form.review.figure_reason"), Kind: kindText, Rows: 2, Max: appraisal.MaxText, Value: typed.Reason,
					Errors: faults.At(at + ".reason"), Optional: true,
				},
			})
			n++
		}
		out = append(out, result)
	}
	return out
}

// handedIn says which figure the employee gave.
func (w words) handedIn(ind service.Indicator) string {
	if ind.Realisation == "" {
		return w.text("form.review.given_none")
	}
	return w.text("form.review.given", "value", w.number(ind.Realisation), "measure", ind.Measure)
}

// figureLines are the settled figures in a summary, each with the one that was handed in.
func (f *reviewForm) figureLines(view service.StepForm, w words) []summaryLine {
	var lines []summaryLine
	for _, ind := range indicatorsOf(view.Appraisal.Plan) {
		typed := f.figure(ind.ID)
		value := w.text("form.review.figure_none")
		if typed.Value != "" {
			value = w.number(w.decimal(typed.Value)) + " " + ind.Measure
		}
		value += "\n" + w.handedIn(ind)
		if typed.Reason != "" {
			value += "\n" + typed.Reason
		}
		lines = append(lines, summaryLine{ind.Description, value})
	}
	return lines
}

// label names a figure by its place, for all of them have the same fields.
func (f *reviewForm) label(name string, w words) string {
	var i int
	if n, _ := fmt.Sscanf(name, "realisations[%d]", &i); n == 1 {
		return w.text("form.plan.indicator_number", "number", i+1)
	}
	return ""
}
