package web

import (
	"context"
	"net/url"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// resultForm answers a result: acknowledged, or objected to with reasons.
type resultForm struct {
	Decision string `json:"decision"` // acknowledge, object
	Reasons  string `json:"reasons"`
	Evidence string `json:"evidence"`
}

const (
	decideAcknowledge = "acknowledge"
	decideObject      = "object"
)

type resultPage struct {
	taskPage
	Rating       *ratingView
	Competencies []service.CompetencyLevel
	Decision     choice
	Reasons      field
	Evidence     field
}

func (f *resultForm) template() string { return "task_result" }

func (f *resultForm) begin(service.StepForm, words) {}

func (f *resultForm) parse(values url.Values) {
	f.Decision, f.Reasons, f.Evidence = values.Get("decision"), trimmed(values, "reasons"), trimmed(values, "evidence")
}

func (f *resultForm) check(service.StepForm, words) error {
	var faults appraisal.Faults
	switch {
	case f.Decision != decideAcknowledge && f.Decision != decideObject:
		faults.Add("decision", "form.error.choose", nil)
	case f.Decision == decideObject && strings.TrimSpace(f.Reasons) == "":
		faults.Add("reasons", "form.error.objection_reasons", nil)
	}
	return faults.Err()
}

func (f *resultForm) page(task taskPage, view service.StepForm, w words) any {
	page := resultPage{
		taskPage: task, Rating: ratingViewOf(view.Appraisal.Rating), Competencies: view.Appraisal.Competencies,
		Decision: choice{Name: "decision", Legend: w.text("form.result.legend"), Errors: task.Faults.Of("decision", w.text("form.result.legend"))},
		Reasons:  w.commentField("reasons", "form.result.reasons", f.Reasons, task.Faults),
		Evidence: w.commentField("evidence", "form.result.evidence", f.Evidence, task.Faults),
	}
	page.Evidence.Optional = true
	for _, d := range []string{decideAcknowledge, decideObject} {
		page.Decision.Options = append(page.Decision.Options, option{
			Value: d, Label: w.text("form.result." + d), Hint: w.text("form.result." + d + ".hint"), Chosen: d == f.Decision,
		})
	}
	return page
}

func (f *resultForm) summary(_ service.StepForm, w words) []summaryGroup {
	g := summaryGroup{Lines: []summaryLine{{w.text("form.result.legend"), w.text("form.result." + f.Decision)}}}
	if f.Decision == decideObject {
		g.Lines = append(g.Lines, summaryLine{w.text("form.result.reasons"), f.Reasons})
		if f.Evidence != "" {
			g.Lines = append(g.Lines, summaryLine{w.text("form.result.evidence"), f.Evidence})
		}
	}
	return []summaryGroup{g}
}

func (f *resultForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, w words) (service.Receipt, error) {
	if err := f.check(service.StepForm{}, w); err != nil {
		return service.Receipt{}, err
	}
	if f.Decision == decideAcknowledge {
		return s.AcknowledgeResult(ctx, actor, call, step)
	}
	return s.Object(ctx, actor, call, step, service.NewObjection{Reasons: f.Reasons, Evidence: f.Evidence})
}
