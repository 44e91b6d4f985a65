package rest

import (
	"net/http"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
)

func (h handlers) appraisalRoutes() []route.Route {
	s := h.service
	const path = base + "/appraisals/:id"
	return []route.Route{
		{Method: http.MethodGet, Path: path, Action: appraisal.ActionReadAppraisal, Handler: read("id", s.Appraisal)},
		{Method: http.MethodPost, Path: path + "/progress", Action: appraisal.ActionDoStep, Handler: act("id", bodyRequired, s.AddProgress)},
		{Method: http.MethodPost, Path: path + "/withdrawal", Action: appraisal.ActionWithdraw, Handler: act("id", bodyOptional, s.Withdraw)},
	}
}
