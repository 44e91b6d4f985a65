package web

import (
	"context"
	"net/url"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// planDecisionForm approves a plan or sends it back with a comment.
type planDecisionForm struct {
	Decision string `json:"decision"` // approve, return
	Comment  string `json:"comment"`
}

// Decisions of the forms that approve something.
const (
	decideApprove = "approve"
	decideReturn  = "return"
)

type planDecisionPage struct {
	taskPage
	Plan     *planView
	Decision choice
	Comment  field
}

func (f *planDecisionForm) template() string { return "task_plan_decision" }

func (f *planDecisionForm) begin(service.StepForm, words) {}

func (f *planDecisionForm) parse(values url.Values) {
	f.Decision, f.Comment = values.Get("decision"), trimmed(values, "comment")
}

func (f *planDecisionForm) check(service.StepForm, words) error {
	return checkDecision(f.Decision, f.Comment)
}

// checkDecision asks for one of the two answers, and for a comment with a return.
func checkDecision(decision, comment string) error {
	var faults appraisal.Faults
	switch {
	case decision != decideApprove && decision != decideReturn:
		faults.Add("decision", "form.error.choose", nil)
	case decision == decideReturn && strings.TrimSpace(comment) == "":
		faults.Add("comment", "form.error.return_comment", nil)
	}
	return faults.Err()
}

func (f *planDecisionForm) page(task taskPage, view service.StepForm, w words) any {
	return planDecisionPage{
		taskPage: task, Plan: planViewOf(view.Appraisal.Plan, w),
		Decision: w.decision(f.Decision, task.Faults, "form.plan_decision"),
		Comment:  w.commentField("comment", "form.plan_decision.comment", f.Comment, task.Faults),
	}
}

// decision asks to approve or to return, with the hints of a form below keys.
func (w words) decision(chosen string, faults faults, keys string) choice {
	c := choice{Name: "decision", Legend: w.text(keys + ".legend"), Errors: faults.Of("decision", w.text(keys+".legend"))}
	for _, d := range []string{decideApprove, decideReturn} {
		c.Options = append(c.Options, option{
			Value: d, Label: w.text(keys + "." + d), Hint: w.sentence(keys + "." + d + ".hint"), Chosen: d == chosen,
		})
	}
	return c
}

// commentField asks for a longer text whose label, and hint if there is one, stand below key.
func (w words) commentField(name, key, typed string, faults faults) field {
	return field{
		Name: name, Label: w.text(key), Hint: w.sentence(key + ".hint"), Kind: kindText, Rows: 4, Max: appraisal.MaxText,
		Value: typed, Errors: faults.Of(name, w.text(key)),
	}
}

func (f *planDecisionForm) summary(_ service.StepForm, w words) []summaryGroup {
	g := summaryGroup{Lines: []summaryLine{{w.text("form.plan_decision.legend"), w.text("form.plan_decision." + f.Decision)}}}
	if f.Comment != "" {
		g.Lines = append(g.Lines, summaryLine{w.text("form.plan_decision.comment"), f.Comment})
	}
	return []summaryGroup{g}
}

func (f *planDecisionForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, _ words) (service.Receipt, error) {
	if err := checkDecision(f.Decision, f.Comment); err != nil {
		return service.Receipt{}, err
	}
	return s.DecidePlan(ctx, actor, call, step, service.PlanDecision{Approve: f.Decision == decideApprove, Comment: f.Comment})
}
