package rest

import (
	"net/http"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
)

func (h handlers) planRoutes() []route.Route {
	s := h.service
	const plan, change = base + "/appraisals/:id/plan", base + "/plan-changes/:id"
	return []route.Route{
		{Method: http.MethodGet, Path: plan, Action: appraisal.ActionReadAppraisal, Handler: read("id", s.PlanHistory)},
		{Method: http.MethodPost, Path: plan + "/changes", Action: appraisal.ActionChangePlan, Handler: act("id", bodyRequired, s.ProposePlanChange)},
		{Method: http.MethodPost, Path: change + "/answer", Action: appraisal.ActionChangePlan, Handler: act("id", bodyRequired, s.AnswerPlanChange)},
		{Method: http.MethodPost, Path: change + "/withdrawal", Action: appraisal.ActionChangePlan, Handler: actPlain("id", s.WithdrawPlanChange)},
	}
}
