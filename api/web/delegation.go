package web

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// delegationRoutes are the pages of who stands in for whom.
func (p *Pages) delegationRoutes() []route.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []route.Route{
		{Method: get, Path: "/delegasi", Action: appraisal.ActionDelegate, Handler: p.delegations},
		{Method: post, Path: "/delegasi", Action: appraisal.ActionDelegate, Handler: p.delegate},
		{Method: post, Path: "/delegasi/:id/akhiri", Action: appraisal.ActionEndDelegation, Handler: p.revokeDelegation},
	}
}

// delegationPage shows what somebody has delegated and holds for others, with the form for another delegation.
type delegationPage struct {
	Frame
	Given  []delegationLine
	Held   []delegationLine
	Others []delegationLine
	Next   string // page of the others
	ForHR  bool
	Form   *delegationFields // for who has duties, and for HR
	refusal
}

type delegationLine struct {
	service.Delegation
	Key string
}

type delegationFields struct {
	Key       string
	Delegator *field // to HR
	Colleague field
	Delegate  field
	From      field
	Until     field
}

func (p *Pages) delegations(c *gin.Context) { p.showDelegations(c, url.Values{}, nil) }

// showDelegations renders the page; values and err are a form that was refused.
func (p *Pages) showDelegations(c *gin.Context, values url.Values, err error) {
	view, readErr := p.service.Delegations(c.Request.Context(), actor(c), c.Query("sesudah"), rowsPerPage)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	page := delegationPage{Frame: p.frame(c, "delegation.page.title"), ForHR: view.ForHR}
	page.Given, page.Held, page.Others = delegationLines(view.Given), delegationLines(view.Held), delegationLines(view.Others)
	if view.Next != "" {
		page.Next = "?" + url.Values{"sesudah": {view.Next}}.Encode()
	}
	w := p.words(c)
	status := page.refuse(c, w, err, nil)
	if view.May || view.ForHR {
		page.Form = w.delegationFields(view, values, keyAfter(values, err), page.Faults)
	}
	p.show(c, status, "delegation", page)
}

func delegationLines(list []service.Delegation) []delegationLine {
	lines := make([]delegationLine, len(list))
	for i, d := range list {
		lines[i] = delegationLine{d, newKey()}
	}
	return lines
}

func (w words) delegationFields(view service.Delegations, values url.Values, key string, f faults) *delegationFields {
	line := func(name string, kind fieldKind, hint string) field {
		label := w.text("delegation.field." + name)
		return field{Name: name, Label: label, Kind: kind, Value: values.Get(name), Errors: f.Of(name, label), Max: appraisal.MaxLine, Hint: hint}
	}
	form := &delegationFields{
		Key: key, Colleague: line("colleague", kindSelect, ""), Delegate: line("delegate", kindLine, w.text("delegation.field.delegate.hint")),
		From: line("from", kindDate, ""), Until: line("until", kindDate, w.text("delegation.field.until.hint", "days", view.Longest)),
	}
	form.Delegate.Optional = true
	if view.ForHR {
		delegator := line("delegator", kindLine, w.text("delegation.field.delegator.hint"))
		delegator.Optional = true
		form.Delegator = &delegator
	}
	options := []option{{Label: w.text("delegation.field.colleague.other")}}
	for _, near := range view.Nearby {
		label := near.Name
		if near.Post != "" {
			label += " (" + near.Post + ")"
		}
		options = append(options, option{Value: string(near.ID), Label: label, Chosen: string(near.ID) == values.Get("colleague")})
	}
	form.Colleague.Groups = []optionGroup{{Options: options}}
	return form
}

func (p *Pages) delegate(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	receipt, err := p.service.Delegate(c.Request.Context(), actor(c), callOf(values), service.NewDelegation{
		Delegator: trimmed(values, "delegator"), Delegate: cmp.Or(trimmed(values, "delegate"), values.Get("colleague")),
		From: values.Get("from"), Until: values.Get("until"),
	})
	if err != nil {
		p.showDelegations(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "delegated", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/delegasi")
}

func (p *Pages) revokeDelegation(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	receipt, err := p.service.RevokeDelegation(c.Request.Context(), actor(c), callOf(values), appraisal.DelegationID(c.Param("id")))
	if err != nil {
		p.Fault(c, err)
		return
	}
	p.leaveNotice(c, notice{Key: "delegation_revoked", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/delegasi")
}

// by names who did something, and on whose behalf.
func (w words) by(name, behalf string) string {
	if behalf == "" {
		return name
	}
	return w.text("delegation.for", "name", name, "for", behalf)
}
