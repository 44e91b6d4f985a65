package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func (h handlers) unitServiceRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: base + "/service", Action: appraisal.ActionReadOrganisation, Handler: handler(h.unitService)},
	}
}

func (h handlers) unitService(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	found, err := h.service.ServiceByUnit(ctx, actor, service.ServicePeriod{Unit: c.Query("unit"), From: c.Query("from"), To: c.Query("to")})
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, found)
	return nil
}
