package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// unitRatingPage lets HR rate the units' own performance, on which the guideline of their cohorts depends: a list of the units,
// and one of them with its evidence, its history and the form.
type unitRatingPage struct {
	Frame
	Cycle    service.Cycle
	Units    []service.RatedUnit
	Unit     *service.RatedUnit   // the chosen one
	Measured *service.UnitFigures // of it and all below it, in the cycle's period
	Key      string
	refusal
	Rating   choice
	Evidence field
	Reason   field
}

// monthOfYear is how a month is named in a question for measured figures.
const monthOfYear = "2006-01"

// Path is the address of the list.
func (p unitRatingPage) Path() string { return "/siklus/" + string(p.Cycle.ID) + "/peringkat-unit" }

// Version is the number of the rating that the page shows, 0 for none.
func (p unitRatingPage) Version() int { return len(p.Unit.History) }

func (p *Pages) unitRatings(c *gin.Context) { p.showUnitRatings(c, url.Values{}, nil) }

func (p *Pages) showUnitRatings(c *gin.Context, values url.Values, err error) {
	ctx, id := c.Request.Context(), appraisal.CycleID(c.Param("id"))
	cycle, readErr := p.service.Cycle(ctx, actor(c), id)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := unitRatingPage{Frame: p.frame(c, "page.unit_rating.title", "name", cycle.Name), Cycle: cycle, Key: keyAfter(values, err)}
	if page.Units, readErr = p.service.UnitRatings(ctx, actor(c), id); readErr != nil {
		p.Fault(c, readErr)
		return
	}
	status := page.refuse(c, w, err, nil)
	chosen := values.Get("unit")
	if chosen == "" {
		chosen = c.Query("unit")
	}
	for i := range page.Units {
		if page.Units[i].Code == chosen {
			page.Unit = &page.Units[i]
		}
	}
	if page.Unit != nil {
		page.form(values, w)
		measured, readErr := p.service.ServiceByUnit(ctx, actor(c), service.ServicePeriod{
			Unit: page.Unit.Code, From: cycle.PeriodStart.Format(monthOfYear), To: cycle.PeriodEnd.Format(monthOfYear),
		})
		if readErr != nil {
			p.Fault(c, readErr)
			return
		}
		page.Measured = measured.Unit
	}
	p.show(c, status, "unit_rating", page)
}

func (p *unitRatingPage) form(values url.Values, w words) {
	p.Rating = choice{Name: "rating", Legend: w.text("page.unit_rating.rating"), Errors: p.Faults.Of("rating", w.text("page.unit_rating.rating"))}
	for _, r := range appraisal.OrganisationRatings() {
		p.Rating.Options = append(p.Rating.Options, option{Value: string(r), Label: w.word(r), Chosen: string(r) == values.Get("rating")})
	}
	p.Evidence = w.commentField("evidence", "page.unit_rating.evidence", values.Get("evidence"), p.Faults)
	p.Reason = w.commentField("reason", "page.unit_rating.reason", values.Get("reason"), p.Faults)
	p.Reason.Rows = 2
}

func (p *Pages) rateUnit(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.CycleID(c.Param("id"))
	in := service.UnitRating{
		Unit: values.Get("unit"), Rating: appraisal.OrganisationRating(values.Get("rating")), Evidence: trimmed(values, "evidence"),
		Reason: trimmed(values, "reason"),
	}
	if !in.Rating.Valid() {
		var faults appraisal.Faults
		faults.Add("rating", "form.error.choose", nil)
		p.showUnitRatings(c, values, faults.Err())
		return
	}
	receipt, err := p.service.RateUnit(c.Request.Context(), actor(c), callOf(values), id, in)
	if err != nil {
		p.showUnitRatings(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "unit_rated", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/siklus/"+string(id)+"/peringkat-unit?unit="+url.QueryEscape(in.Unit))
}
