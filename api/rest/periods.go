package rest

import (
	"net/http"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
)

// periodRoutes are about who takes part in which period, and for how long.
func (h handlers) periodRoutes() []route.Route {
	s := h.service
	const cycle, one = base + "/cycles/:id", base + "/appraisals/:id"
	return []route.Route{
		{Method: http.MethodGet, Path: cycle + "/candidates", Action: appraisal.ActionEnrol, Handler: readAllOf("id", s.MayJoin)},
		{Method: http.MethodPost, Path: cycle + "/members", Action: appraisal.ActionEnrol, Handler: act("id", bodyRequired, s.Join)},
		{Method: http.MethodPost, Path: one + "/tenure", Action: appraisal.ActionEnrol, Handler: act("id", bodyRequired, s.CorrectTenure)},
	}
}
