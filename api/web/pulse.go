package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// pulsePage asks an employee, who need not answer, what they think of their own appraisal.
type pulsePage struct {
	Frame
	Pulse          service.Pulse
	Understandable choice
	Fair           choice
	Comment        field
	Key            string
	refusal
}

func (p *Pages) pulse(c *gin.Context) { p.showPulse(c, nil, nil) }

// showPulse renders the form; values are what was typed and refused.
func (p *Pages) showPulse(c *gin.Context, values url.Values, err error) {
	view, readErr := p.service.Pulse(c.Request.Context(), actor(c), appraisal.AppraisalID(c.Param("id")))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	given := appraisal.PulseAnswer{}
	if view.Answer != nil {
		given = *view.Answer
	}
	if values != nil {
		given = pulseAnswerOf(values)
	}
	page := pulsePage{Frame: p.frame(c, "pulse.title"), Pulse: view, Key: keyAfter(values, err)}
	status := page.refuse(c, w, err, nil)
	page.Understandable = w.pulseQuestion("understandable", given.Understandable, page.Faults)
	page.Fair = w.pulseQuestion("fair", given.Fair, page.Faults)
	page.Comment = w.commentField("comment", "pulse.comment", given.Comment, page.Faults)
	page.Comment.Optional = true
	p.show(c, status, "pulse", page)
}

func pulseAnswerOf(values url.Values) appraisal.PulseAnswer {
	understandable, _ := strconv.Atoi(values.Get("understandable")) // what is no number is no answer, and said so
	fair, _ := strconv.Atoi(values.Get("fair"))
	return appraisal.PulseAnswer{Understandable: understandable, Fair: fair, Comment: trimmed(values, "comment")}
}

func (w words) pulseQuestion(name string, given int, faults faults) choice {
	legend := w.text("pulse.question." + name)
	q := choice{Name: name, Legend: legend, Errors: faults.Of(name, legend), Inline: true}
	for score := appraisal.PulseLowest; score <= appraisal.PulseHighest; score++ {
		value := strconv.Itoa(score)
		q.Options = append(q.Options, option{Value: value, Label: w.text("pulse.score." + value), Chosen: score == given})
	}
	return q
}

func (p *Pages) answerPulse(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.AppraisalID(c.Param("id"))
	receipt, err := p.service.AnswerPulse(c.Request.Context(), actor(c), service.Call{Key: values.Get(fieldKey)}, id, pulseAnswerOf(values))
	if err != nil {
		p.showPulse(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "pulse_answered", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/penilaian/"+string(id)+"/suara")
}

// pulseResultsPage shows HR and leadership what a cycle's pulse has told.
type pulseResultsPage struct {
	Frame
	Cycle     appraisal.CycleID
	Results   service.PulseResults
	MayManage bool
	Days      field
	Key       string
	refusal
}

// Path is the address of the page.
func (p pulseResultsPage) Path() string { return "/siklus/" + string(p.Cycle) + "/suara" }

func (p *Pages) pulseResults(c *gin.Context) { p.showPulseResults(c, nil, nil) }

func (p *Pages) showPulseResults(c *gin.Context, values url.Values, err error) {
	cycle := appraisal.CycleID(c.Param("id"))
	view, readErr := p.service.PulseResults(c.Request.Context(), actor(c), cycle)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	of, readErr := p.service.Cycle(c.Request.Context(), actor(c), cycle)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := pulseResultsPage{
		Frame: p.frame(c, "pulse.results.title"), Cycle: cycle, Results: view, Key: keyAfter(values, err),
		MayManage: may(c, appraisal.ActionManageCycle, of.Subject) && view.State != service.PulseClosed,
	}
	status := page.refuse(c, w, err, nil)
	days := strconv.Itoa(view.Days)
	if values != nil {
		days = trimmed(values, "days")
	}
	page.Days = field{Name: "days", Kind: "number", Label: w.text("pulse.days"), Value: days, Errors: page.Faults.At("days")}
	p.show(c, status, "pulse_results", page)
}

func (p *Pages) setPulseWindow(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	days, _ := strconv.Atoi(values.Get("days")) // what is no number is out of bounds
	cycle := appraisal.CycleID(c.Param("id"))
	if _, err := p.service.SetPulseWindow(c.Request.Context(), actor(c), service.Call{Key: values.Get(fieldKey)}, cycle, service.PulseWindow{Days: days}); err != nil {
		p.showPulseResults(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "pulse_window", At: p.now()})
	c.Redirect(http.StatusSeeOther, "/siklus/"+string(cycle)+"/suara")
}
