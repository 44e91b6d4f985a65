package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// changePage shows what a proposal would make of somebody's rating before it is stored.
type changePage struct {
	Frame
	Cohort service.Cohort
	Member service.CohortMember
	Groups []summaryGroup
	Rating *service.Rating
	Hidden []pair
	Action string
}

// change reads a proposal as it was typed. A form has the controls of one kind of policy only.
func (w words) change(values url.Values) (service.CalibrationChange, error) {
	typed := scoreTypedOf(values)
	in := service.CalibrationChange{
		Appraisal: appraisal.AppraisalID(values.Get("appraisal")), WorkResult: appraisal.Expectation(values.Get("work_result")),
		Behaviour: appraisal.Expectation(values.Get("behaviour")), Reason: trimmed(values, "reason"),
		WorkResultScore: typed.workResult(w), BehaviourScore: typed.behaviour(w), Innovation: typed.innovation(),
	}
	var faults appraisal.Faults
	if in.Appraisal == "" {
		faults.Add("appraisal", "page.session.choose_member", nil)
	}
	if !values.Has("behaviour_score") && !in.WorkResult.Valid() {
		faults.Add("work_result", "error.expectation", nil)
	}
	if !values.Has("behaviour_score") && !in.Behaviour.Valid() {
		faults.Add("behaviour", "error.expectation", nil)
	}
	return in, faults.Err()
}

func (p *Pages) showChange(c *gin.Context, id appraisal.CohortID, in service.CalibrationChange, values url.Values) {
	rating, err := p.service.PreviewChange(c.Request.Context(), actor(c), id, in)
	if err != nil {
		p.showSession(c, values, err)
		return
	}
	cohort, err := p.service.Cohort(c.Request.Context(), actor(c), id)
	if err != nil {
		p.Fault(c, err)
		return
	}
	w := p.words(c)
	page := changePage{
		Frame: p.frame(c, "page.summary.title"), Cohort: cohort, Groups: w.changeSummary(in, scoreTypedOf(values)), Rating: &rating,
		Hidden: hiddenPairs(values, fieldAction), Action: c.Request.URL.RequestURI(),
	}
	if i := slices.IndexFunc(cohort.Members, func(m service.CohortMember) bool { return m.Appraisal == in.Appraisal }); i >= 0 {
		page.Member = cohort.Members[i]
	}
	p.show(c, http.StatusOK, "session_change", page)
}

// changeSummary lists what is proposed.
func (w words) changeSummary(in service.CalibrationChange, typed scoreTyped) []summaryGroup {
	g := summaryGroup{Title: w.text("page.session.change"), Lines: w.changeLines(typed)}
	if in.WorkResult != "" {
		g.Lines = append(g.Lines, summaryLine{w.text("page.session.work_result"), w.word(in.WorkResult)}, summaryLine{w.text("page.session.behaviour"), w.word(in.Behaviour)})
	}
	if in.Reason != "" {
		g.Lines = append(g.Lines, summaryLine{w.text("page.session.reason"), in.Reason})
	}
	return []summaryGroup{g}
}
