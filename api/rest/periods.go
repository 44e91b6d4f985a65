package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// periodRoutes are about who takes part in which period, and for how long.
func (h handlers) periodRoutes() []route.Route {
	s := h.service
	const cycle, one = base + "/cycles/:id", base + "/appraisals/:id"
	return []route.Route{
		{Method: http.MethodGet, Path: cycle + "/candidates", Action: appraisal.ActionEnrol, Handler: readAllOf("id", s.MayJoin)},
		{Method: http.MethodPost, Path: cycle + "/members", Action: appraisal.ActionEnrol, Handler: act("id", bodyRequired, s.Join)},
		{Method: http.MethodGet, Path: base + "/me/history", Action: appraisal.ActionSignedIn, Handler: handler(h.myHistory)},
		{Method: http.MethodPost, Path: base + "/me/trainings", Action: appraisal.ActionRecordTraining, Handler: handler(h.recordTraining)},
		{Method: http.MethodGet, Path: base + "/people/:id/history", Action: appraisal.ActionReadHistory, Handler: read("id", s.History)},
		{Method: http.MethodPost, Path: base + "/trainings/:id/verification", Action: appraisal.ActionVerifyTraining, Handler: act("id", bodyRequired, s.VerifyTraining)},
		{Method: http.MethodPost, Path: one + "/tenure", Action: appraisal.ActionCorrectTenure, Handler: act("id", bodyRequired, s.CorrectTenure)},
	}
}

func (h handlers) myHistory(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	history, err := h.service.MyHistory(ctx, actor)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, history)
	return nil
}

func (h handlers) recordTraining(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	how, err := call(c)
	if err != nil {
		return err
	}
	var in service.NewTraining
	if err := decode(c, &in, bodyRequired); err != nil {
		return err
	}
	receipt, err := h.service.RecordTraining(ctx, actor, how, in)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, receipt)
	return nil
}
