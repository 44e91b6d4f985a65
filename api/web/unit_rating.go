package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// unitRatingPage lets HR rate the units' own performance, on which the guideline of their cohorts depends.
type unitRatingPage struct {
	Frame
	Cycle service.Cycle
	Key   string
	refusal
	Unit     field
	Rating   choice
	Evidence field
	Cohorts  []service.Cohort // with the rating that applies to each, where the reader may see them
}

func (p *Pages) unitRatings(c *gin.Context) { p.showUnitRatings(c, url.Values{}, nil) }

func (p *Pages) showUnitRatings(c *gin.Context, values url.Values, err error) {
	ctx, id := c.Request.Context(), appraisal.CycleID(c.Param("id"))
	cycle, readErr := p.service.Cycle(ctx, actor(c), id)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	rows, readErr := p.service.Funnel(ctx, actor(c), id)
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	w := p.words(c)
	page := unitRatingPage{Frame: p.frame(c, "page.unit_rating.title", "name", cycle.Name), Cycle: cycle, Key: keyAfter(values, err)}
	if actor(c).Has(appraisal.RoleCommittee) {
		if page.Cohorts, readErr = p.service.Cohorts(ctx, actor(c), id); readErr != nil {
			p.Fault(c, readErr)
			return
		}
	}
	status := page.refuse(c, w, err, nil)
	page.Unit = field{
		Name: "unit", Label: w.text("page.unit_rating.unit"), Kind: kindSelect,
		Errors: page.Faults.Of("unit", w.text("page.unit_rating.unit")),
		Groups: []optionGroup{{Options: append([]option{{Label: w.text("form.choose")}}, codeOptions(rows, values.Get("unit"))...)}},
	}
	page.Rating = choice{Name: "rating", Legend: w.text("page.unit_rating.rating"), Errors: page.Faults.Of("rating", w.text("page.unit_rating.rating"))}
	for _, r := range appraisal.OrganisationRatings() {
		page.Rating.Options = append(page.Rating.Options, option{Value: string(r), Label: w.word(r), Chosen: string(r) == values.Get("rating")})
	}
	page.Evidence = w.commentField("evidence", "page.unit_rating.evidence", values.Get("evidence"), page.Faults)
	p.show(c, status, "unit_rating", page)
}

// codeOptions lists the units of a cycle by their codes, which is how HR names them.
func codeOptions(rows []service.FunnelRow, chosen string) []option {
	seen := map[string]bool{}
	var out []option
	for _, r := range rows {
		if !seen[r.UnitCode] {
			seen[r.UnitCode] = true
			out = append(out, option{Value: r.UnitCode, Label: r.Unit + " (" + r.UnitCode + ")", Chosen: r.UnitCode == chosen})
		}
	}
	slices.SortFunc(out, func(a, b option) int { return strings.Compare(a.Label, b.Label) })
	return out
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
	}
	var faults appraisal.Faults
	if in.Unit == "" {
		faults.Add("unit", "form.error.choose", nil)
	}
	if !in.Rating.Valid() {
		faults.Add("rating", "form.error.choose", nil)
	}
	if err := faults.Err(); err != nil {
		p.showUnitRatings(c, values, err)
		return
	}
	receipt, err := p.service.RateUnit(c.Request.Context(), actor(c), service.Call{Key: values.Get(fieldKey)}, id, in)
	if err != nil {
		p.showUnitRatings(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "unit_rated", At: receipt.At})
	c.Redirect(http.StatusSeeOther, "/siklus/"+string(id)+"/peringkat-unit")
}
