package web

import (
	"context"
	"net/url"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// developmentForm approves the recommended trainings, or some of them.
type developmentForm struct {
	Trainings []string `json:"trainings"`
	Comment   string   `json:"comment"`
}

type developmentPage struct {
	taskPage
	Development *developmentView
	Chosen      []trainingBox
	Errors      []string
	Comment     field
}

type trainingBox struct {
	recommendationView
	Chosen bool
}

// FieldID is the id of the training's box.
func (b trainingBox) FieldID() string { return "trainings-" + b.Training }

func (f *developmentForm) template() string { return "task_development" }

// begin proposes everything that was recommended.
func (f *developmentForm) begin(view service.StepForm, _ words) {
	if view.Appraisal.Development != nil {
		for _, item := range view.Appraisal.Development.Items {
			f.Trainings = append(f.Trainings, item.Training)
		}
	}
}

func (f *developmentForm) parse(values url.Values) {
	f.Trainings, f.Comment = values["trainings"], trimmed(values, "comment")
}

func (f *developmentForm) check(service.StepForm, words) error { return nil }

func (f *developmentForm) page(task taskPage, view service.StepForm, w words) any {
	page := developmentPage{
		taskPage: task, Development: developmentViewOf(view.Appraisal.Development, view.Appraisal.Competencies, w), Errors: task.Faults.At("trainings"),
		Comment: w.commentField("comment", "form.development.comment", f.Comment, task.Faults),
	}
	page.Comment.Optional = true
	if page.Development != nil {
		for _, item := range page.Development.Items {
			page.Chosen = append(page.Chosen, trainingBox{item, slices.Contains(f.Trainings, item.Training)})
		}
	}
	return page
}

func (f *developmentForm) summary(view service.StepForm, w words) []summaryGroup {
	approved := summaryGroup{Title: w.text("form.development.approved")}
	refused := summaryGroup{Title: w.text("form.development.refused")}
	hours := 0
	if view.Appraisal.Development != nil {
		for _, item := range view.Appraisal.Development.Items {
			line := summaryLine{item.Title, w.text("form.development.hours", "hours", item.Hours)}
			if slices.Contains(f.Trainings, item.Training) {
				approved.Lines, hours = append(approved.Lines, line), hours+item.Hours
			} else {
				refused.Lines = append(refused.Lines, line)
			}
		}
	}
	approved.Lines = append(approved.Lines, summaryLine{w.text("form.development.total"), w.text("form.development.hours", "hours", hours)})
	groups := []summaryGroup{approved}
	if len(refused.Lines) > 0 {
		groups = append(groups, refused)
	}
	if f.Comment != "" {
		groups = append(groups, summaryGroup{Lines: []summaryLine{{w.text("form.development.comment"), f.Comment}}})
	}
	return groups
}

func (f *developmentForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, _ words) (service.Receipt, error) {
	return s.ApproveDevelopment(ctx, actor, call, step, service.DevelopmentDecision{Trainings: f.Trainings, Comment: f.Comment})
}
