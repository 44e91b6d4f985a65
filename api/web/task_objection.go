package web

import (
	"context"
	"net/url"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// objectionAnswerForm is the appraiser's written answer to an objection.
type objectionAnswerForm struct {
	Answer string `json:"answer"`
}

// objectionDecisionForm is the reviewing official's final word.
type objectionDecisionForm struct {
	Decision   string                `json:"decision"` // uphold, change
	WorkResult appraisal.Expectation `json:"work_result"`
	Behaviour  appraisal.Expectation `json:"behaviour"`
	Reason     string                `json:"reason"`
	scoreTyped
}

const (
	decideUphold = "uphold"
	decideChange = "change"
)

type objectionPage struct {
	taskPage
	evidenceView
	Rating    *ratingView
	Objection *service.Objection
	Deciding  bool

	Answer field

	Decision   choice
	Scored     bool
	Score      scoreFields // where a score is calculated
	WorkResult choice      // where a matrix rates
	Behaviour  choice
	Reason     field
}

// SamePerson reports whether who decides is who appraised: at the top of the tree nobody else is there.
func (p objectionPage) SamePerson() bool {
	a := p.Appraisal
	return a.Appraiser != nil && a.Reviewer != nil && a.Appraiser.ID == a.Reviewer.ID
}

func (f *objectionAnswerForm) template() string { return "task_objection" }

func (f *objectionAnswerForm) begin(service.StepForm, words) {}

func (f *objectionAnswerForm) parse(values url.Values) { f.Answer = trimmed(values, "answer") }

func (f *objectionAnswerForm) check(service.StepForm, words) error {
	var faults appraisal.Faults
	if f.Answer == "" {
		faults.Add("answer", "error.required", nil)
	}
	return faults.Err()
}

func (f *objectionAnswerForm) page(task taskPage, view service.StepForm, w words) any {
	return objectionPage{
		taskPage: task, evidenceView: evidenceOf(view, w), Rating: ratingViewOf(view.Appraisal.Rating), Objection: view.Appraisal.Objection,
		Answer: w.commentField("answer", "form.objection.answer", f.Answer, task.Faults),
	}
}

func (f *objectionAnswerForm) summary(_ service.StepForm, w words) []summaryGroup {
	return []summaryGroup{{Lines: []summaryLine{{w.text("form.objection.answer"), f.Answer}}}}
}

func (f *objectionAnswerForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, _ words) (service.Receipt, error) {
	return s.AnswerObjection(ctx, actor, call, step, service.ObjectionAnswer{Answer: f.Answer})
}

func (f *objectionDecisionForm) template() string { return "task_objection" }

func (f *objectionDecisionForm) begin(service.StepForm, words) {}

func (f *objectionDecisionForm) parse(values url.Values) {
	f.Decision, f.Reason = values.Get("decision"), trimmed(values, "reason")
	f.WorkResult, f.Behaviour = appraisal.Expectation(values.Get("work_result")), appraisal.Expectation(values.Get("behaviour"))
	f.parseScore(values)
}

func (f *objectionDecisionForm) check(view service.StepForm, _ words) error {
	var faults appraisal.Faults
	if f.Decision != decideUphold && f.Decision != decideChange {
		faults.Add("decision", "form.error.choose", nil)
	}
	if f.Decision == decideChange && !scored(view) {
		if !f.WorkResult.Valid() {
			faults.Add("work_result", "error.expectation", nil)
		}
		if !f.Behaviour.Valid() {
			faults.Add("behaviour", "error.expectation", nil)
		}
	}
	if strings.TrimSpace(f.Reason) == "" {
		faults.Add("reason", "form.error.decision_reason", nil)
	}
	return faults.Err()
}

func (f *objectionDecisionForm) page(task taskPage, view service.StepForm, w words) any {
	page := objectionPage{
		taskPage: task, evidenceView: evidenceOf(view, w), Rating: ratingViewOf(view.Appraisal.Rating), Objection: view.Appraisal.Objection,
		Deciding:   true,
		Decision:   choice{Name: "decision", Legend: w.text("form.objection.legend"), Errors: task.Faults.Of("decision", w.text("form.objection.legend"))},
		WorkResult: w.expectation("work_result", "form.objection.work_result", f.WorkResult, task.Faults),
		Behaviour:  w.expectation("behaviour", "form.objection.behaviour", f.Behaviour, task.Faults),
		Reason:     w.commentField("reason", "form.objection.reason", f.Reason, task.Faults),
	}
	if page.Scored = scored(view); page.Scored {
		page.Score = w.changeFields(f.scoreTyped, view.Appraisal.Rules, task.Faults)
	}
	for _, d := range []string{decideUphold, decideChange} {
		page.Decision.Options = append(page.Decision.Options, option{
			Value: d, Label: w.text("form.objection." + d), Hint: w.text("form.objection." + d + ".hint"), Chosen: d == f.Decision,
		})
	}
	return page
}

func (f *objectionDecisionForm) summary(view service.StepForm, w words) []summaryGroup {
	g := summaryGroup{Lines: []summaryLine{{w.text("form.objection.legend"), w.text("form.objection." + f.Decision)}}}
	switch {
	case f.Decision != decideChange:
	case scored(view):
		g.Lines = append(g.Lines, w.changeLines(f.scoreTyped)...)
	default:
		g.Lines = append(g.Lines,
			summaryLine{w.text("form.objection.work_result"), w.word(f.WorkResult)},
			summaryLine{w.text("form.objection.behaviour"), w.word(f.Behaviour)})
	}
	g.Lines = append(g.Lines, summaryLine{w.text("form.objection.reason"), f.Reason})
	return []summaryGroup{g}
}

// decision returns what was typed; a form has the controls of one kind of policy only.
func (f *objectionDecisionForm) decision(w words) service.ObjectionDecision {
	in := service.ObjectionDecision{Change: f.Decision == decideChange, Reason: f.Reason}
	if in.Change {
		in.WorkResult, in.Behaviour = f.WorkResult, f.Behaviour
		in.WorkResultScore, in.BehaviourScore, in.Innovation = f.workResult(w), f.behaviour(w), f.innovation()
	}
	return in
}

func (f *objectionDecisionForm) foresee(ctx context.Context, s Service, actor appraisal.Actor, view service.StepForm, w words) (*service.Rating, error) {
	if f.Decision != decideChange {
		return nil, nil
	}
	rating, err := s.PreviewDecision(ctx, actor, view.Step.ID, f.decision(w))
	return &rating, err
}

func (f *objectionDecisionForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, w words) (service.Receipt, error) {
	if f.Decision != decideUphold && f.Decision != decideChange {
		return service.Receipt{}, appraisal.Fault(appraisal.CodeInvalid, "form.error.choose", nil)
	}
	return s.DecideObjection(ctx, actor, call, step, f.decision(w))
}
