package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// changeRating stores a proposal and comes back to the row that it is about.
func (p *Pages) changeRating(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.CohortID(c.Param("cohort"))
	in := service.CalibrationChange{
		Appraisal: appraisal.AppraisalID(values.Get("appraisal")), WorkResult: appraisal.Expectation(values.Get("work_result")),
		Behaviour: appraisal.Expectation(values.Get("behaviour")), Reason: trimmed(values, "reason"),
	}
	if err := checkChange(in); err != nil {
		p.showSession(c, values, err)
		return
	}
	receipt, err := p.service.ChangeRating(c.Request.Context(), actor(c), callOf(values), id, in)
	if err != nil {
		p.showSession(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "rating_changed", At: receipt.At})
	back := viewOf(c.Request.URL.Query())
	back.Chosen = in.Appraisal
	c.Redirect(http.StatusSeeOther, "/kalibrasi/"+string(id)+"?"+back.query())
}

func checkChange(in service.CalibrationChange) error {
	var faults appraisal.Faults
	if in.Appraisal == "" {
		faults.Add("appraisal", "page.session.choose_member", nil)
	}
	if !in.WorkResult.Valid() {
		faults.Add("work_result", "error.expectation", nil)
	}
	if !in.Behaviour.Valid() {
		faults.Add("behaviour", "error.expectation", nil)
	}
	return faults.Err()
}

func (p *Pages) joinSession(c *gin.Context) { p.sit(c, "session_joined", p.service.JoinSession) }

func (p *Pages) confirmSession(c *gin.Context) {
	p.sit(c, "session_confirmed", p.service.ConfirmSession)
}

// sit carries out an act of one button on a session.
func (p *Pages) sit(c *gin.Context, said string,
	do func(context.Context, appraisal.Actor, service.Call, appraisal.CohortID) (service.Receipt, error)) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.CohortID(c.Param("cohort"))
	receipt, err := do(c.Request.Context(), actor(c), callOf(values), id)
	if err != nil {
		p.showSession(c, nil, err)
		return
	}
	p.leaveNotice(c, notice{Key: said, At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/kalibrasi/"+string(id)+"#tim")
}
