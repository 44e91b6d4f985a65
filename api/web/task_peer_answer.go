package web

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// peerAnswerForm is one opinion on the 21 behaviours. A score that is not given yet is unanswered, so that it is not taken
// for "cannot judge".
type peerAnswerForm struct {
	Scores  []int  `json:"scores"`
	Comment string `json:"comment"`
}

const unanswered = -1

type peerAnswerPage struct {
	taskPage
	Owes    int // how many others the reader is asked about
	Values  []valueQuestions
	Comment field
}

type valueQuestions struct {
	Value     appraisal.CoreValue
	Questions []choice
}

func (f *peerAnswerForm) template() string { return "task_peer_answer" }

func (f *peerAnswerForm) begin(service.StepForm, words) {}

func (f *peerAnswerForm) parse(values url.Values) {
	f.Scores = make([]int, appraisal.Behaviours)
	for i := range f.Scores {
		score, err := strconv.Atoi(values.Get(scoreName(i)))
		if err != nil {
			score = unanswered
		}
		f.Scores[i] = score
	}
	f.Comment = trimmed(values, "comment")
}

func scoreName(i int) string { return fmt.Sprintf("scores[%d]", i) }

func (f *peerAnswerForm) answer() appraisal.PeerAnswer {
	return appraisal.PeerAnswer{Scores: f.Scores, Comment: f.Comment}
}

func (f *peerAnswerForm) check(service.StepForm, words) error {
	var faults appraisal.Faults
	for i, score := range f.Scores {
		if score == unanswered {
			faults.Add(scoreName(i), "form.error.choose", nil)
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return f.answer().Validate()
}

// label names a question by its behaviour.
func (f *peerAnswerForm) label(name string, w words) string {
	for i, b := range appraisal.BehaviourCodes() {
		if name == scoreName(i) {
			return w.word(b)
		}
	}
	return ""
}

func (f *peerAnswerForm) page(task taskPage, view service.StepForm, w words) any {
	page := peerAnswerPage{
		taskPage: task, Owes: view.Owes, Comment: w.commentField("comment", "form.peer_answer.comment", f.Comment, task.Faults),
	}
	page.Comment.Optional = true
	i := 0
	for _, value := range appraisal.CoreValues() {
		group := valueQuestions{Value: value}
		for _, behaviour := range value.Behaviours() {
			given := unanswered
			if i < len(f.Scores) {
				given = f.Scores[i]
			}
			q := choice{Name: scoreName(i), Legend: w.word(behaviour), Errors: task.Faults.At(scoreName(i)), Inline: true}
			for _, score := range []int{1, 2, 3, 4, 0} {
				q.Options = append(q.Options, option{
					Value: strconv.Itoa(score), Label: w.text("form.peer_answer.score." + strconv.Itoa(score)), Chosen: score == given,
				})
			}
			group.Questions = append(group.Questions, q)
			i++
		}
		page.Values = append(page.Values, group)
	}
	return page
}

func (f *peerAnswerForm) summary(_ service.StepForm, w words) []summaryGroup {
	var groups []summaryGroup
	i := 0
	for _, value := range appraisal.CoreValues() {
		g := summaryGroup{Title: w.word(value)}
		for _, behaviour := range value.Behaviours() {
			g.Lines = append(g.Lines, summaryLine{w.word(behaviour), w.text("form.peer_answer.score." + strconv.Itoa(f.Scores[i]))})
			i++
		}
		groups = append(groups, g)
	}
	if f.Comment != "" {
		groups = append(groups, summaryGroup{Lines: []summaryLine{{w.text("form.peer_answer.comment"), f.Comment}}})
	}
	return groups
}

func (f *peerAnswerForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, w words) (service.Receipt, error) {
	if err := f.check(service.StepForm{}, w); err != nil {
		return service.Receipt{}, err
	}
	return s.AnswerPeer(ctx, actor, call, step, f.answer())
}
