package web

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/service"
)

// trailPage tells a person who did or read what about them.
type trailPage struct {
	Frame
	Items []trailLine
	Next  string
}

type trailLine struct {
	service.TrailEntry
	Says     string
	Who      string
	Capacity string
}

func (p *Pages) trail(c *gin.Context) {
	found, err := p.service.MyTrail(c.Request.Context(), actor(c), c.Query("sesudah"), rowsPerPage)
	if err != nil {
		p.Fault(c, err)
		return
	}
	w := p.words(c)
	page := trailPage{Frame: p.frame(c, "trail.title")}
	for _, e := range found.Items {
		page.Items = append(page.Items, trailLine{
			TrailEntry: e, Says: w.text("trail.act." + e.Action), Who: w.actedBy(e.Actor, e.Behalf), Capacity: w.text("trail.capacity." + string(e.Capacity)),
		})
	}
	if found.Next != "" {
		page.Next = "?" + url.Values{"sesudah": {found.Next}}.Encode()
	}
	p.show(c, http.StatusOK, "trail", page)
}

// actedBy names who acted, and for whom.
func (w words) actedBy(name, behalf string) string {
	who := cmp.Or(name, w.text("trail.system"))
	if behalf != "" {
		who += " " + w.text("trail.for", "name", behalf)
	}
	return who
}

// auditPage is the trail of everybody, for an auditor.
type auditPage struct {
	Frame
	Filter  service.TrailFilter
	Actions []option
	Status  service.AuditStatus
	Items   []auditLine
	Next    string
}

type auditLine struct {
	service.AuditEntry
	Says  string
	Who   string
	About string
	Cover string
}

func (p *Pages) audit(c *gin.Context) {
	filter := service.TrailFilter{
		Person: c.Query("orang"), Actor: c.Query("pelaku"), Action: c.Query("tindakan"), From: c.Query("dari"), Until: c.Query("sampai"),
		After: c.Query("sesudah"), Limit: rowsPerPage,
	}
	found, err := p.service.SearchTrail(c.Request.Context(), actor(c), filter)
	if err != nil {
		p.Fault(c, err)
		return
	}
	status, actions, err := p.service.TrailStatus(c.Request.Context(), actor(c))
	if err != nil {
		p.Fault(c, err)
		return
	}
	w := p.words(c)
	page := auditPage{Frame: p.frame(c, "audit.title"), Filter: filter, Status: status}
	for _, a := range actions {
		page.Actions = append(page.Actions, option{Value: a, Label: w.text("trail.act." + a), Chosen: a == filter.Action})
	}
	for _, e := range found.Items {
		line := auditLine{AuditEntry: e, Says: w.text("trail.act." + e.Action), Who: w.actedBy(e.Actor, e.Behalf), About: cmp.Or(e.Employee, e.Subject, "–")}
		switch {
		case e.Place > 0:
			line.Cover = w.text("audit.cover.chain", "place", e.Place)
		case e.Covered:
			line.Cover = w.text("audit.cover.seal")
		default:
			line.Cover = w.text("audit.cover.waiting")
		}
		page.Items = append(page.Items, line)
	}
	if found.Next != "" {
		next := url.Values{"sesudah": {found.Next}}
		for name, value := range map[string]string{
			"orang": filter.Person, "pelaku": filter.Actor, "tindakan": filter.Action, "dari": filter.From, "sampai": filter.Until,
		} {
			if value != "" {
				next.Set(name, value)
			}
		}
		page.Next = "?" + next.Encode()
	}
	p.show(c, http.StatusOK, "audit", page)
}
