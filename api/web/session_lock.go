package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// lockPage asks to end a session; a breach of the guideline needs a justification.
type lockPage struct {
	Frame
	Cohort        service.Cohort
	Bars          []predikatBar
	Guidelines    []guidelineLine
	Changed       int
	Opposed       int // changes that somebody speaks against
	Missing       int
	Short         int // how many more of the committee have to confirm, the reader's own lock counted
	Justification field
	Key           string
	refusal
}

func (p *Pages) confirmLock(c *gin.Context) { p.showLock(c, url.Values{}, nil) }

func (p *Pages) showLock(c *gin.Context, values url.Values, err error) {
	cohort, readErr := p.service.Cohort(c.Request.Context(), actor(c), appraisal.CohortID(c.Param("cohort")))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := lockPage{
		Frame: p.frame(c, "page.lock.title", "unit", cohort.Unit), Cohort: cohort, Bars: barsOf(cohort, w), Guidelines: guidelineLines(cohort.Guidelines, w),
		Missing: max(0, cohort.Expected-cohort.Ready), Key: keyAfter(values, err),
	}
	for _, m := range cohort.Members {
		if m.Round == nil && m.After != nil {
			page.Changed++
			page.Opposed += min(1, m.Opposed)
		}
	}
	page.Short = shortOf(cohort.Committee)
	status := page.refuse(c, w, err, nil)
	page.Justification = w.commentField("justification", "page.lock.justification", values.Get("justification"), page.Faults)
	page.Justification.Optional = len(cohort.Breaches) == 0 && !cohort.WithoutReader
	p.show(c, status, "session_lock", page)
}

func (p *Pages) lock(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.CohortID(c.Param("cohort"))
	receipt, err := p.service.LockCohort(c.Request.Context(), actor(c), callOf(values), id, service.Lock{Justification: trimmed(values, "justification")})
	if err != nil {
		p.showLock(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "session_locked", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/kalibrasi/"+string(id))
}

// shortOf returns how many more have to confirm before the reader can lock: whoever locks confirms by it.
func shortOf(k service.Committee) int {
	left := k.Needed - k.Confirmed
	for _, m := range k.People {
		if m.Mine && !m.Confirms {
			left--
		}
	}
	return max(0, left)
}
