package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
)

func (h handlers) cohortRoutes() []route.Route {
	s := h.service
	const path = base + "/cohorts/:id"
	return []route.Route{
		{Method: http.MethodGet, Path: path, Action: appraisal.ActionCalibrate, Handler: read("id", s.Cohort)},
		{Method: http.MethodGet, Path: path + "/members/:appraisal", Action: appraisal.ActionCalibrate, Handler: handler(h.sessionMember)},
		{Method: http.MethodPost, Path: path + "/attendance", Action: appraisal.ActionCalibrate, Handler: actPlain("id", s.JoinSession)},
		{Method: http.MethodPost, Path: path + "/confirmation", Action: appraisal.ActionCalibrate, Handler: actPlain("id", s.ConfirmSession)},
		{Method: http.MethodPost, Path: path + "/opinions", Action: appraisal.ActionCalibrate, Handler: act("id", bodyRequired, s.GiveOpinion)},
		{Method: http.MethodPost, Path: path + "/changes", Action: appraisal.ActionCalibrate, Handler: act("id", bodyRequired, s.ChangeRating)},
		{Method: http.MethodPost, Path: path + "/lock", Action: appraisal.ActionCalibrate, Handler: act("id", bodyOptional, s.LockCohort)},
	}
}

func (h handlers) sessionMember(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	cohort, err := pathID[appraisal.CohortID](c, "id")
	if err != nil {
		return err
	}
	who, err := pathID[appraisal.AppraisalID](c, "appraisal")
	if err != nil {
		return err
	}
	history, err := h.service.SessionMember(ctx, actor, cohort, who)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, history)
	return nil
}
