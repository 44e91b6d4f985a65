package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/service"
)

// unitServicePage shows speed and satisfaction of a unit and of those directly below it.
type unitServicePage struct {
	Frame
	service.ServiceByUnit
	Code        string // of the unit that was asked for
	First, Last field
	refusal
}

// Path is the address of a unit's page in the same months.
func (p unitServicePage) Path(unit string) string {
	return "/layanan?" + url.Values{"unit": {unit}, "dari": {p.First.Value}, "sampai": {p.Last.Value}}.Encode()
}

// namedInAddress turns the service's names of the months into those of the page's address.
func namedInAddress(field string) string {
	switch field {
	case "from":
		return "dari"
	case "to":
		return "sampai"
	default:
		return field
	}
}

func (p *Pages) unitService(c *gin.Context) {
	asked := service.ServicePeriod{Unit: c.Query("unit"), From: c.Query("dari"), To: c.Query("sampai")}
	found, err := p.service.ServiceByUnit(c.Request.Context(), actor(c), asked)
	w := p.words(c)
	page := unitServicePage{Frame: p.frame(c, "measured.page.title"), ServiceByUnit: found, Code: asked.Unit}
	status := page.refuse(c, w, err, namedInAddress)
	if err != nil && status != http.StatusUnprocessableEntity {
		p.Fault(c, err)
		return
	}
	if err == nil {
		asked.From, asked.To = found.From.Format("2006-01"), found.To.Format("2006-01")
	}
	page.First, page.Last = w.monthField("dari", "measured.page.from", asked.From, page.Faults), w.monthField("sampai", "measured.page.to", asked.To, page.Faults)
	if found.Unit != nil {
		page.Code, page.Title = found.Unit.Code, w.text("measured.page.title_of", "unit", found.Unit.Name)
	}
	p.show(c, status, "unit_service", page)
}

// monthField asks for a month as "2026-01".
func (w words) monthField(name, key, value string, faults faults) field {
	return field{
		Name: name, Label: w.text(key), Kind: kindLine, Max: len("2006-01"), Value: value, Errors: faults.Of(name, w.text(key)),
		Hint: w.text("measured.page.month_hint", "example", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")),
	}
}
