package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// alignmentPage shows how far the objectives of a unit and of all below it are carried.
type alignmentPage struct {
	Frame
	service.AlignmentCoverage
	Share string // of the objectives that are carried, in percent
	Unit  appraisal.UnitID
}

// Path is the address of the page.
func (a alignmentPage) Path() string { return alignmentPath(a.Cycle) }

func alignmentPath(cycle appraisal.CycleID) string {
	return "/siklus/" + string(cycle) + "/keselarasan"
}

// At leads to a unit's figures.
func (a alignmentPage) At(unit appraisal.UnitID) string {
	return a.Path() + "?" + url.Values{"unit": {string(unit)}}.Encode()
}

// Carrying leads to who carries an objective in the unit at hand; of an empty one to whose key results lead to nothing.
func (a alignmentPage) Carrying(item string) string {
	return a.Path() + "/hasil-kerja?" + url.Values{"unit": {string(a.Unit)}, "butir": {item}}.Encode()
}

// More leads to the next objectives.
func (a alignmentPage) More() string {
	return a.Path() + "?" + url.Values{"unit": {string(a.Unit)}, "after": {a.Next}}.Encode()
}

// Of writes a share of objectives.
func (a alignmentPage) Of(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return strconv.Itoa(part*100/whole) + "%"
}

func alignmentFilter(c *gin.Context) service.AlignmentFilter {
	return service.AlignmentFilter{Unit: appraisal.UnitID(c.Query("unit")), Item: c.Query("butir"), After: c.Query("after")}
}

// lastOf returns the unit that a path leads to.
func lastOf(path []service.UnitName) appraisal.UnitID {
	if len(path) == 0 {
		return ""
	}
	return path[len(path)-1].ID
}

func (p *Pages) alignment(c *gin.Context) {
	view, err := p.service.AlignmentCoverage(c.Request.Context(), actor(c), appraisal.CycleID(c.Param("id")), alignmentFilter(c))
	if err != nil {
		p.Fault(c, err)
		return
	}
	page := alignmentPage{Frame: p.frame(c, "plan.alignment.title"), AlignmentCoverage: view, Unit: lastOf(view.Path)}
	page.Share = page.Of(view.Carried, view.Objectives)
	p.show(c, http.StatusOK, "alignment", page)
}

// carryingPage shows who carries an objective, or whose key results lead to nothing.
type carryingPage struct {
	Frame
	service.AlignedKeyResults
	Unit appraisal.UnitID
}

// Path is the address of the coverage.
func (a carryingPage) Path() string { return alignmentPath(a.Cycle) }

// Back leads to the unit's figures.
func (a carryingPage) Back() string {
	return a.Path() + "?" + url.Values{"unit": {string(a.Unit)}}.Encode()
}

// More leads to the next key results.
func (a carryingPage) More() string {
	return a.Path() + "/hasil-kerja?" + url.Values{"unit": {string(a.Unit)}, "butir": {a.Item}, "after": {a.Next}}.Encode()
}

func (p *Pages) carrying(c *gin.Context) {
	view, err := p.service.AlignedKeyResults(c.Request.Context(), actor(c), appraisal.CycleID(c.Param("id")), alignmentFilter(c))
	if err != nil {
		p.Fault(c, err)
		return
	}
	p.show(c, http.StatusOK, "alignment_carrying", carryingPage{Frame: p.frame(c, "plan.alignment.title"), AlignedKeyResults: view, Unit: lastOf(view.Path)})
}
