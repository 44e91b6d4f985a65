package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// reviewForm is the appraiser's judgement. Competencies are kept by code, so that the same judgement is the same act.
type reviewForm struct {
	WorkResult   appraisal.Expectation        `json:"work_result"`
	Behaviour    appraisal.Expectation        `json:"behaviour"`
	Realisations []settledFigure              `json:"realisations,omitempty"`
	Comment      string                       `json:"comment"`
	Reason       string                       `json:"reason"`
	Competencies []appraisal.CompetencyRating `json:"competencies"`
	scoreTyped
}

type reviewPage struct {
	taskPage
	evidenceView
	Ratings    []service.Rating
	Scored     bool
	Figures    []settledResult // where a score is calculated
	Score      scoreFields
	WorkResult choice // where a matrix rates
	Behaviour  choice
	Levels     []competencyChoice
	Comment    field
	Reason     field
}

// competencyChoice asks for the level of one competency, with what the position requires and what tests have found.
type competencyChoice struct {
	service.CompetencyLevel
	Choice choice
}

func (f *reviewForm) template() string { return "task_review" }

// begin takes over the figures that were handed in: leaving one as it is confirms it.
func (f *reviewForm) begin(view service.StepForm, w words) {
	if scored(view) {
		f.beginScored(view, w)
	}
}

const competencyPrefix = "competencies."

func (f *reviewForm) parse(values url.Values) {
	f.WorkResult, f.Behaviour = appraisal.Expectation(values.Get("work_result")), appraisal.Expectation(values.Get("behaviour"))
	f.Comment, f.Reason = trimmed(values, "comment"), trimmed(values, "reason")
	f.parseScored(values)
	f.Competencies = nil
	for name := range values {
		code, ok := strings.CutPrefix(name, competencyPrefix)
		level, err := strconv.Atoi(values.Get(name))
		if ok && err == nil {
			f.Competencies = append(f.Competencies, appraisal.CompetencyRating{Competency: code, Level: level})
		}
	}
	slices.SortFunc(f.Competencies, func(a, b appraisal.CompetencyRating) int { return strings.Compare(a.Competency, b.Competency) })
}

// review returns what was typed; a form has the controls of one kind of policy only.
func (f *reviewForm) review(w words) appraisal.Review {
	return appraisal.Review{
		WorkResult: f.WorkResult, Behaviour: f.Behaviour, Realisations: f.settled(w), BehaviourScore: f.behaviour(w), Innovation: f.innovation(),
		Comment: f.Comment, Reason: f.Reason, Competencies: f.Competencies,
	}
}

// check leaves out what only the evidence can tell: that is decided where the evidence is kept, when the rating is foreseen.
func (f *reviewForm) check(view service.StepForm, w words) error {
	if scored(view) {
		return nil
	}
	var required []string
	for _, c := range view.Appraisal.Competencies {
		required = append(required, c.Code)
	}
	return levelFaults(f.review(w).Validate(required, 0, 0))
}

func (f *reviewForm) foresee(ctx context.Context, s Service, actor appraisal.Actor, view service.StepForm, w words) (*service.Rating, error) {
	rating, err := s.PreviewReview(ctx, actor, view.Step.ID, f.review(w))
	return &rating, levelFaults(err)
}

// levelFaults says of a competency that was left out what to do, for the form offers each of them just once.
func levelFaults(err error) error {
	var e *appraisal.Error
	if !errors.As(err, &e) {
		return err
	}
	for i, f := range e.Fields {
		if f.Key == "error.competency_once" {
			e.Fields[i].Key, e.Fields[i].Args = "form.error.level", nil
		}
	}
	return err
}

func (f *reviewForm) rename(path string) string {
	if id, ok := strings.CutPrefix(path, "realisations."); ok {
		return f.figureName(id)
	}
	digits, ok := strings.CutPrefix(path, "competencies[")
	if !ok {
		return path
	}
	digits, _, _ = strings.Cut(digits, "]")
	if i, err := strconv.Atoi(digits); err == nil && i >= 0 && i < len(f.Competencies) {
		return competencyPrefix + f.Competencies[i].Competency
	}
	return path
}

func (f *reviewForm) level(code string) int {
	for _, c := range f.Competencies {
		if c.Competency == code {
			return c.Level
		}
	}
	return 0
}

const highestLevel = 5

func (f *reviewForm) page(task taskPage, view service.StepForm, w words) any {
	page := reviewPage{
		taskPage: task, evidenceView: evidenceOf(view, w), Ratings: view.Appraisal.Ratings,
		WorkResult: w.expectation("work_result", "form.review.work_result", f.WorkResult, task.Faults),
		Behaviour:  w.expectation("behaviour", "form.review.behaviour", f.Behaviour, task.Faults),
		Comment:    w.commentField("comment", "form.review.comment", f.Comment, task.Faults),
		Reason:     w.commentField("reason", "form.review.reason", f.Reason, task.Faults),
	}
	page.Reason.Optional = true
	if page.Scored = scored(view); page.Scored {
		page.Figures, page.Score = f.figures(view, task.Faults, w), w.scoreFields(f.scoreTyped, view.Appraisal.Rules, task.Faults)
	}
	for _, c := range view.Appraisal.Competencies {
		name, given := competencyPrefix+c.Code, f.level(c.Code)
		q := choice{Name: name, Legend: c.Name, Errors: task.Faults.Of(name, c.Name), Inline: true, Hint: w.competencyHint(c)}
		for level := 1; level <= highestLevel; level++ {
			q.Options = append(q.Options, option{Value: strconv.Itoa(level), Label: strconv.Itoa(level), Chosen: level == given})
		}
		page.Levels = append(page.Levels, competencyChoice{CompetencyLevel: c, Choice: q})
	}
	return page
}

// competencyHint says what the position requires and, if there is one, what the latest test found.
func (w words) competencyHint(c service.CompetencyLevel) string {
	if c.Assessed == 0 {
		return w.text("form.review.required", "level", c.Required)
	}
	return w.text("form.review.required_assessed", "level", c.Required, "assessed", c.Assessed, "source", w.source(c.Source))
}

// source names where a level comes from; an office's own word for it is shown as it is.
func (w words) source(s string) string {
	if said := w.sentence("policy.assessment." + s); said != "" {
		return said
	}
	return s
}

// expectation asks for one of the three levels, the highest first.
func (w words) expectation(name, key string, chosen appraisal.Expectation, faults faults) choice {
	c := choice{Name: name, Legend: w.text(key), Hint: w.sentence(key + ".hint"), Errors: faults.Of(name, w.text(key))}
	levels := appraisal.Expectations()
	slices.Reverse(levels)
	for _, e := range levels {
		c.Options = append(c.Options, option{Value: string(e), Label: w.word(e), Chosen: e == chosen})
	}
	return c
}

func (f *reviewForm) summary(view service.StepForm, w words) []summaryGroup {
	rating := summaryGroup{Title: w.text("form.review.rating")}
	if scored(view) {
		rating.Lines = append(f.figureLines(view, w), w.changeLines(f.scoreTyped)...)
	} else {
		rating.Lines = []summaryLine{
			{w.text("form.review.work_result"), w.word(f.WorkResult)}, {w.text("form.review.behaviour"), w.word(f.Behaviour)},
		}
	}
	rating.Lines = append(rating.Lines, summaryLine{w.text("form.review.comment"), f.Comment})
	if f.Reason != "" {
		rating.Lines = append(rating.Lines, summaryLine{w.text("form.review.reason"), f.Reason})
	}
	levels := summaryGroup{Title: w.text("form.review.competencies")}
	for _, c := range view.Appraisal.Competencies {
		levels.Lines = append(levels.Lines, summaryLine{c.Name, fmt.Sprintf("%d (%s)", f.level(c.Code), w.competencyHint(c))})
	}
	return []summaryGroup{rating, levels}
}

func (f *reviewForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, w words) (service.Receipt, error) {
	return s.SubmitReview(ctx, actor, call, step, f.review(w))
}
