package rest

import (
	"net/http"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
)

func (h handlers) pulseRoutes() []route.Route {
	s := h.service
	const mine, cycle = base + "/appraisals/:id/pulse", base + "/cycles/:id/pulse"
	return []route.Route{
		{Method: http.MethodGet, Path: mine, Action: appraisal.ActionAnswerPulse, Handler: read("id", s.Pulse)},
		{Method: http.MethodPost, Path: mine, Action: appraisal.ActionAnswerPulse, Handler: act("id", bodyRequired, s.AnswerPulse), KnownAs: actOnTask},
		{Method: http.MethodGet, Path: cycle, Action: appraisal.ActionReadPulse, Handler: read("id", s.PulseResults)},
		{Method: http.MethodPost, Path: cycle + "-window", Action: appraisal.ActionManageCycle, Handler: act("id", bodyRequired, s.SetPulseWindow)},
	}
}
