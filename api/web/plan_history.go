package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// planHistoryPage shows the versions of a plan side by side, and what was proposed, by whom, why and since when.
type planHistoryPage struct {
	Frame
	History   service.PlanHistory
	AboutSelf bool
	Changes   []changeView
	Versions  []versionView
	refusal
}

// Path is the address of the page.
func (p planHistoryPage) Path() string { return planHistoryPath(p.History.Appraisal) }

type changeView struct {
	service.ProposedChange
	Comparison comparison
	Key        string
	Decision   choice
	Comment    field
}

type versionView struct {
	service.PlanVersion
	First      bool
	Comparison comparison
	Whole      comparison // everything that it says
}

func (p *Pages) planHistory(c *gin.Context) { p.showPlanHistory(c, "", url.Values{}, nil) }

// showPlanHistory renders the page; values and err belong to the answer to one of the proposals.
func (p *Pages) showPlanHistory(c *gin.Context, answered appraisal.PlanChangeID, values url.Values, err error) {
	id := appraisal.AppraisalID(c.Param("id"))
	view, readErr := p.service.PlanHistory(c.Request.Context(), actor(c), id)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := planHistoryPage{
		Frame: p.frame(c, "plan.history.title", "name", view.Employee.Name), History: view, AboutSelf: view.Employee.ID == actor(c).ID,
	}
	status := page.refuse(c, w, err, nil)
	for _, ch := range view.Changes {
		shown := changeView{ProposedChange: ch, Comparison: w.compare(ch.Differences, view.Served, view.Figures), Key: keyAfter(values, err)}
		typed := url.Values{}
		if ch.ID == answered {
			typed = values
		}
		shown.Decision = w.decision(typed.Get("decision"), page.Faults, "plan.answer")
		shown.Comment = w.commentField("comment", "plan.answer.comment", typed.Get("comment"), page.Faults)
		page.Changes = append(page.Changes, shown)
	}
	for _, v := range view.Versions {
		page.Versions = append(page.Versions, versionView{
			PlanVersion: v, First: v.Number == 1, Comparison: w.compare(v.Differences, view.Served, view.Figures),
			Whole: w.compare(appraisal.ComparePlans(v.KeyResults, v.KeyResults), view.Served, view.Figures),
		})
	}
	p.show(c, status, "plan_history", page)
}

// actionWithdraw takes a proposal back.
const actionWithdraw = "tarik"

// answerPlanChange agrees to a proposal, declines it, or takes it back.
func (p *Pages) answerPlanChange(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	ctx, id := c.Request.Context(), appraisal.PlanChangeID(c.Param("change"))
	call := service.Call{Key: values.Get(fieldKey)}
	done := notice{Key: "change_withdrawn"}
	var receipt service.Receipt
	if values.Get(fieldAction) == actionWithdraw {
		receipt, err = p.service.WithdrawPlanChange(ctx, actor(c), call, id)
	} else {
		decision, comment := values.Get("decision"), trimmed(values, "comment")
		done.Key = "change_declined"
		if decision == decideApprove {
			done.Key = "change_agreed"
		}
		if err = checkDecision(decision, comment); err == nil {
			receipt, err = p.service.AnswerPlanChange(ctx, actor(c), call, id, service.PlanChangeAnswer{Agree: decision == decideApprove, Comment: comment})
		}
	}
	if err != nil {
		p.showPlanHistory(c, id, values, err)
		return
	}
	done.At = receipt.At
	p.leaveNotice(c, done)
	c.Redirect(http.StatusSeeOther, planHistoryPath(appraisal.AppraisalID(c.Param("id"))))
}
