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
		{Method: http.MethodGet, Path: base + "/me/history", Action: appraisal.ActionSignedIn, Handler: readTheOne(s.MyHistory)},
		{Method: http.MethodPost, Path: base + "/me/trainings", Action: appraisal.ActionRecordTraining, Handler: actAnew(s.RecordTraining)},
		{Method: http.MethodGet, Path: base + "/people/:id/history", Action: appraisal.ActionReadHistory, Handler: read("id", s.History)},
		{Method: http.MethodPost, Path: base + "/trainings/:id/verification", Action: appraisal.ActionVerifyTraining, Handler: act("id", bodyRequired, s.VerifyTraining)},
		{Method: http.MethodPost, Path: one + "/tenure", Action: appraisal.ActionCorrectTenure, Handler: act("id", bodyRequired, s.CorrectTenure)},
	}
}
