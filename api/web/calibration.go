package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// cohortsPage lists a cycle's calibration sessions.
type cohortsPage struct {
	Frame
	Cycle   service.Cycle
	Cohorts []service.Cohort
}

// Statuses of a session.
const (
	sessionOpen   = "open"
	sessionLocked = "locked"
)

func (p *Pages) cohorts(c *gin.Context) {
	ctx, id := c.Request.Context(), appraisal.CycleID(c.Param("id"))
	cycle, err := p.service.Cycle(ctx, actor(c), id)
	if err != nil {
		p.Fault(c, err)
		return
	}
	list, err := p.service.Cohorts(ctx, actor(c), id)
	if err != nil {
		p.Fault(c, err)
		return
	}
	// What the committee can work on comes first; the service's order by unit stays within.
	slices.SortStableFunc(list, func(a, b service.Cohort) int { return sessionOrder(a.Status) - sessionOrder(b.Status) })
	p.show(c, http.StatusOK, "cohorts", cohortsPage{p.frame(c, "page.cohorts.title", "name", cycle.Name), cycle, list})
}

func sessionOrder(status string) int {
	switch status {
	case sessionOpen:
		return 0
	case sessionLocked:
		return 2
	default:
		return 1
	}
}
