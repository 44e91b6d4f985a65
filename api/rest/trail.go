package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func (h handlers) trailRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: base + "/trail", Action: appraisal.ActionOwnAccount, Handler: handler(h.myTrail)},
		{Method: http.MethodGet, Path: base + "/audit", Action: appraisal.ActionReadTrail, Handler: handler(h.searchTrail)},
		{Method: http.MethodGet, Path: base + "/audit/status", Action: appraisal.ActionReadTrail, Handler: handler(h.trailStatus)},
	}
}

func (h handlers) myTrail(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	var f appraisal.Faults
	after, limit := page(c, &f)
	if err := f.Err(); err != nil {
		return err
	}
	found, err := h.service.MyTrail(ctx, actor, after, limit)
	if err != nil {
		return err
	}
	answerPage(c, found)
	return nil
}

func (h handlers) searchTrail(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	var f appraisal.Faults
	filter := service.TrailFilter{
		Person: c.Query("person"), Actor: c.Query("actor"), Action: c.Query("action"), From: c.Query("from"), Until: c.Query("until"),
	}
	filter.After, filter.Limit = page(c, &f)
	if err := f.Err(); err != nil {
		return err
	}
	found, err := h.service.SearchTrail(ctx, actor, filter)
	if err != nil {
		return err
	}
	answerPage(c, found)
	return nil
}

func (h handlers) trailStatus(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	status, _, err := h.service.TrailStatus(ctx, actor)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, status)
	return nil
}
