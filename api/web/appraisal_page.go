package web

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// appraisalPage is one appraisal with everything that the reader may see of it.
type appraisalPage struct {
	Frame
	Appraisal   service.Appraisal
	AboutSelf   bool
	Stages      []stageLine
	Mine        []service.Step   // what the reader has to do
	StandIn     *service.StandIn // who acts for whom it waits for
	Timeline    []timelineLine
	Plan        *planView
	Peers       *peersView
	Rating      *ratingView
	Development *developmentView
	Documents   []documentLink
	Pulses      []service.PulseInvitation // the one about this appraisal, while it is open
	MayWithdraw bool
	MayCorrect  bool   // the months served
	History     string // address of the person's history, for who may read it
	MayRecord   bool   // progress entries
	Entry       progressFields
	Attach      *attachView // of progress
	Talks       *talksView
	Give        *feedbackFields // nil where feedback cannot be given
	Giving      bool            // the refusal is about feedback
	Key         string
	refusal
	EndReason string
}

// Path is the address of the page.
func (a appraisalPage) Path() string { return "/penilaian/" + string(a.Appraisal.ID) }

// stageLine is a station of the pipeline: past, here or to come.
type stageLine struct {
	Stage appraisal.Stage
	State string // done, here, ahead
}

type timelineLine struct {
	service.TimelineEntry
	Says  string
	Who   string
	Times int // how often it was done in a row
}

// ratingView is a rating with the explanation of its predikat.
type ratingView struct{ service.Rating }

func ratingViewOf(r *service.Rating) *ratingView {
	if r == nil {
		return nil
	}
	return &ratingView{*r}
}

// developmentView is the training recommendation in words.
type developmentView struct {
	service.Development
	Gaps  []gapView
	Items []recommendationView
}

type gapView struct {
	appraisal.Gap
	Says string
}

type recommendationView struct {
	service.Recommendation
	Name   string // of the competency
	Reason string
	Form   string
}

func developmentViewOf(d *service.Development, levels []service.CompetencyLevel, w words) *developmentView {
	if d == nil {
		return nil
	}
	names := map[string]string{}
	for _, l := range levels {
		names[l.Code] = l.Name
	}
	named := func(code string) string {
		if n := names[code]; n != "" {
			return n
		}
		return code
	}
	view := &developmentView{Development: *d}
	for _, g := range d.Gaps {
		name := named(string(g.Competency))
		view.Gaps = append(view.Gaps, gapView{g, w.about(g.Says(), name)})
	}
	for _, item := range d.Items {
		name := named(item.Competency)
		view.Items = append(view.Items, recommendationView{
			Recommendation: item, Name: name, Reason: w.about(item.Reason, name), Form: w.word(appraisal.TrainingForm(item.Form)),
		})
	}
	return view
}

// about says a sentence about a competency with its name where the record has its code.
func (w words) about(s appraisal.Sentence, name string) string {
	if _, ok := s.Inputs["competency"]; ok {
		s.Inputs = maps.Clone(s.Inputs)
		s.Inputs["competency"] = appraisal.InputText(name)
	}
	return s.In(w.lang)
}

func (p *Pages) appraisal(c *gin.Context) {
	p.showAppraisal(c, appraisal.AppraisalID(c.Param("id")), typed{feedback: &feedbackForm{KeyResult: c.Query("hasil")}}, nil)
}

// typed is what somebody typed into one of the forms of the page.
type typed struct {
	entry    *progressForm
	feedback *feedbackForm
}

// showAppraisal renders the page; err is what was wrong with what was typed.
func (p *Pages) showAppraisal(c *gin.Context, id appraisal.AppraisalID, in typed, err error) {
	view, readErr := p.service.Appraisal(c.Request.Context(), actor(c), id)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w, me := p.words(c), actor(c)
	talks := talksOf(view, w)
	page := appraisalPage{
		Frame: p.frame(c, "page.appraisal.title", "name", view.Employee.Name), Appraisal: view, AboutSelf: view.Employee.ID == me.ID,
		Stages: stageLines(view), Timeline: w.timeline(view), Plan: planViewOf(view.Plan, w).beside(talks), Talks: talks, Peers: peersViewOf(view.Peers),
		Rating: ratingViewOf(view.Rating), Development: developmentViewOf(view.Development, view.Competencies, w), Documents: documentLinks(view),
		MayWithdraw: may(c, appraisal.ActionWithdraw, view.Subject) && !view.Stage.Ended(), Key: newKey(),
		EndReason: view.EndReason,
	}
	if said := w.sentence("page.appraisal.end." + view.EndReason); said != "" {
		page.EndReason = said
	}
	for _, s := range view.Steps {
		if s.Mine && s.State == stateOpen {
			page.Mine = append(page.Mine, s)
		}
		if s.StandIn != nil {
			page.StandIn = s.StandIn
		}
	}
	if view.Pulse != nil {
		page.Pulses = append(page.Pulses, *view.Pulse)
	}
	switch {
	case page.AboutSelf:
		page.History = "/riwayat"
	case view.HasHistory:
		page.History = "/pegawai/" + string(view.Employee.ID) + "/riwayat"
	}
	page.MayCorrect = may(c, appraisal.ActionCorrectTenure, view.Subject) && view.Stage.Order() <= appraisal.StageAppraiserReview.Order() && len(view.Ratings) == 0
	status := page.refuse(c, w, err, nil)
	page.MayRecord = page.AboutSelf && view.Stage == appraisal.StageExecution && view.Plan != nil
	page.Giving = in.feedback != nil && in.entry == nil
	if in.entry == nil {
		in.entry = &progressForm{}
	}
	if in.feedback == nil {
		in.feedback = &feedbackForm{}
	}
	if page.MayRecord {
		page.Entry = in.entry.fields(view.Plan, page.Faults, w)
		page.Attach = p.attach(view, appraisal.EvidenceProgress, "", "", page.Faults, w)
	}
	page.Give = p.feedbackFields(in.feedback, view, me.ID, page.Faults, w)
	p.show(c, status, "appraisal", page)
}

// stageLines lists the stations of this appraisal: those that it has entered, and those that may come.
func stageLines(view service.Appraisal) []stageLine {
	entered := map[appraisal.Stage]bool{}
	for _, e := range view.Timeline {
		if e.Action == "entered" {
			entered[e.Stage] = true
		}
	}
	var out []stageLine
	for _, s := range appraisal.Stages {
		if s == appraisal.StageObjection && view.Objection == nil && view.Stage != s {
			continue
		}
		if s.Order() < view.Stage.Order() && !entered[s] {
			continue // the cycle does not run it, or the appraisal began later
		}
		line := stageLine{Stage: s, State: "ahead"}
		switch {
		case s == view.Stage && !s.Ended():
			line.State = "here"
		case s.Order() < view.Stage.Order() && view.Stage != appraisal.StageWithdrawn, s == view.Stage:
			line.State = "done"
		}
		out = append(out, line)
	}
	return out
}

// timeline puts the history into words.
func (w words) timeline(view service.Appraisal) []timelineLine {
	var out []timelineLine
	for _, e := range view.Timeline {
		line := timelineLine{TimelineEntry: e, Says: w.event(e), Who: w.who(e), Times: 1}
		if n := len(out); n > 0 && out[n-1].repeats(line) {
			out[n-1].Times++
			continue
		}
		out = append(out, line)
	}
	return out
}

// repeats reports whether a line says again what the line before it says: one visit in which four figures were recorded is one line.
func (l timelineLine) repeats(next timelineLine) bool {
	return l.Says == next.Says && l.Who == next.Who && l.Detail == next.Detail && next.At.Sub(l.At) < time.Hour
}

func (w words) who(e service.TimelineEntry) string {
	if e.Actor == "" {
		return w.text("timeline.system")
	}
	return w.by(e.Actor, e.ActorFor)
}

// event says what happened; the paper or the outcome, where a sentence for it exists, makes it more exact.
func (w words) event(e service.TimelineEntry) string {
	if said := w.sentence("timeline." + e.Action + "." + cmp.Or(string(e.Document), string(e.Outcome))); said != "" {
		return said
	}
	return w.text("timeline."+e.Action, "stage", w.stage(e.Stage))
}

// withdrawPage asks HR for the reason to take somebody out of a cycle.
type withdrawPage struct {
	Frame
	Appraisal service.Appraisal
	Reason    field
	Key       string
	refusal
}

func (p *Pages) confirmWithdraw(c *gin.Context) { p.showWithdraw(c, nil, nil) }

func (p *Pages) showWithdraw(c *gin.Context, values url.Values, err error) {
	view, readErr := p.service.Appraisal(c.Request.Context(), actor(c), appraisal.AppraisalID(c.Param("id")))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	if forbidden := appraisal.Can(actor(c), appraisal.ActionWithdraw, view.Subject); forbidden != nil {
		p.Fault(c, forbidden)
		return
	}
	w := p.words(c)
	page := withdrawPage{Frame: p.frame(c, "page.withdraw.title", "name", view.Employee.Name), Appraisal: view, Key: keyAfter(values, err)}
	status := page.refuse(c, w, err, nil)
	page.Reason = w.commentField("reason", "page.withdraw.reason", values.Get("reason"), page.Faults)
	p.show(c, status, "withdraw", page)
}

func (p *Pages) withdraw(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.AppraisalID(c.Param("id"))
	call := service.Call{Key: values.Get(fieldKey)}
	receipt, err := p.service.Withdraw(c.Request.Context(), actor(c), call, id, service.CycleCommand{Reason: trimmed(values, "reason")})
	if err != nil {
		p.showWithdraw(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "withdrawn", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/penilaian/"+string(id))
}
