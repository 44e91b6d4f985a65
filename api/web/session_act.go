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
	in, err := p.words(c).change(values)
	if err != nil {
		p.showSession(c, values, err)
		return
	}
	if values.Get(fieldAction) == actionSummary {
		p.showChange(c, id, in, values)
		return
	}
	if values.Get(fieldAction) == actionEdit {
		p.showSession(c, values, nil)
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
