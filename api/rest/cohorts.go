package rest

import (
	"net/http"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
)

func (h handlers) cohortRoutes() []route.Route {
	s := h.service
	const path = base + "/cohorts/:id"
	return []route.Route{
		{Method: http.MethodGet, Path: path, Action: appraisal.ActionCalibrate, Handler: read("id", s.Cohort)},
		{Method: http.MethodPost, Path: path + "/changes", Action: appraisal.ActionCalibrate, Handler: act("id", bodyRequired, s.ChangeRating)},
		{Method: http.MethodPost, Path: path + "/lock", Action: appraisal.ActionCalibrate, Handler: act("id", bodyOptional, s.LockCohort)},
	}
}
