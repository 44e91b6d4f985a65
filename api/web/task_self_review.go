package web

import (
	"context"
	"fmt"
	"net/url"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// selfReviewForm is the employee's own account with the realisation of every indicator.
type selfReviewForm struct {
	Realisations []appraisal.Realisation `json:"realisations"`
	Achievements string                  `json:"achievements"`
	Obstacles    string                  `json:"obstacles"`
	Development  string                  `json:"development"`
}

type selfReviewPage struct {
	taskPage
	evidenceView
	Results      []realisedResult
	Achievements field
	Obstacles    field
	Development  field
}

type realisedResult struct {
	Number     int
	Statement  string
	Indicators []realisedIndicator
}

type realisedIndicator struct {
	Indicator   service.Indicator
	Judged      string
	HiddenName  string
	Realisation field
	Note        field
}

func (f *selfReviewForm) template() string { return "task_self_review" }

// begin takes the figures over that were recorded through the period, so that nothing has to be typed twice.
func (f *selfReviewForm) begin(view service.StepForm, w words) {
	for _, ind := range indicatorsOf(view.Appraisal.Plan) {
		f.Realisations = append(f.Realisations, appraisal.Realisation{Indicator: ind.ID, Value: w.lang.Number(ind.Realisation)})
	}
}

func indicatorsOf(plan *service.Plan) []service.Indicator {
	var out []service.Indicator
	if plan != nil {
		for _, kr := range plan.KeyResults {
			out = append(out, kr.Indicators...)
		}
	}
	return out
}

func (f *selfReviewForm) parse(values url.Values) {
	f.Realisations = nil
	for _, i := range indexes(values, "realisations", appraisal.MaxKeyResults*appraisal.MaxIndicators) {
		at := fmt.Sprintf("realisations[%d]", i)
		f.Realisations = append(f.Realisations, appraisal.Realisation{
			Indicator: values.Get(at + ".indicator"), Value: trimmed(values, at+".value"), Note: trimmed(values, at+".note"),
		})
	}
	f.Achievements, f.Obstacles = trimmed(values, "achievements"), trimmed(values, "obstacles")
	f.Development = trimmed(values, "development")
}

func (f *selfReviewForm) review(w words) appraisal.SelfReview {
	out := appraisal.SelfReview{Achievements: f.Achievements, Obstacles: f.Obstacles, Development: f.Development}
	for _, r := range f.Realisations {
		r.Value = w.decimal(r.Value)
		out.Realisations = append(out.Realisations, r)
	}
	return out
}

func (f *selfReviewForm) check(_ service.StepForm, w words) error { return f.review(w).Validate() }

// label names a realisation by its place, for all of them have the same fields.
func (f *selfReviewForm) label(name string, w words) string {
	var i int
	if n, _ := fmt.Sscanf(name, "realisations[%d]", &i); n == 1 {
		return w.text("form.plan.indicator_number", "number", i+1)
	}
	return ""
}

func (f *selfReviewForm) given(indicator string) appraisal.Realisation {
	for _, r := range f.Realisations {
		if r.Indicator == indicator {
			return r
		}
	}
	return appraisal.Realisation{Indicator: indicator}
}

func (f *selfReviewForm) page(task taskPage, view service.StepForm, w words) any {
	page := selfReviewPage{
		taskPage: task, evidenceView: evidenceOf(view, w),
		Achievements: w.commentField("achievements", "form.self_review.achievements", f.Achievements, task.Faults),
		Obstacles:    w.commentField("obstacles", "form.self_review.obstacles", f.Obstacles, task.Faults),
		Development:  w.commentField("development", "form.self_review.development", f.Development, task.Faults),
	}
	page.Obstacles.Optional, page.Development.Optional = true, true
	if view.Appraisal.Plan == nil {
		return page
	}
	n := 0
	for i, kr := range view.Appraisal.Plan.KeyResults {
		result := realisedResult{Number: i + 1, Statement: kr.Statement}
		for _, ind := range kr.Indicators {
			at := fmt.Sprintf("realisations[%d]", n)
			given := f.given(ind.ID)
			hint := ""
			if ind.Measured.Given() {
				hint = w.text("measured.form.differs")
			}
			result.Indicators = append(result.Indicators, realisedIndicator{
				Indicator: ind, Judged: w.judged(ind.Direction, w.number(ind.Target), ind.Measure), HiddenName: at + ".indicator",
				Realisation: field{
					Name: at + ".value", Label: w.text("form.self_review.realisation"), Kind: kindNumber, Value: given.Value, Suffix: ind.Measure, Hint: hint,
					Errors: task.Faults.At(at + ".value"), Optional: true,
				},
				Note: field{
					Name: at + ".note", Label: w.text("form.self_review.note"), Kind: kindText, Rows: 2, Max: appraisal.MaxText, Value: given.Note,
					Errors: task.Faults.At(at + ".note"), Optional: true,
				},
			})
			n++
		}
		page.Results = append(page.Results, result)
	}
	return page
}

func (f *selfReviewForm) summary(view service.StepForm, w words) []summaryGroup {
	figures := summaryGroup{Title: w.text("form.self_review.figures")}
	for _, ind := range indicatorsOf(view.Appraisal.Plan) {
		given := f.given(ind.ID)
		ind.Realisation = w.decimal(given.Value)
		value := w.reached(ind)
		if given.Note != "" {
			value += "\n" + given.Note
		}
		figures.Lines = append(figures.Lines, summaryLine{ind.Description, value})
	}
	told := summaryGroup{Title: w.text("form.self_review.account")}
	for _, line := range []summaryLine{
		{w.text("form.self_review.achievements"), f.Achievements},
		{w.text("form.self_review.obstacles"), f.Obstacles},
		{w.text("form.self_review.development"), f.Development},
	} {
		if line.Value != "" {
			told.Lines = append(told.Lines, line)
		}
	}
	return []summaryGroup{figures, told}
}

func (f *selfReviewForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, w words) (service.Receipt, error) {
	return s.SubmitSelfReview(ctx, actor, call, step, f.review(w))
}
