package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
)

// delegationRoutes are about who stands in for whom.
func (h handlers) delegationRoutes() []route.Route {
	const all = base + "/delegations"
	return []route.Route{
		{Method: http.MethodGet, Path: all, Action: appraisal.ActionDelegate, Handler: handler(h.delegations)},
		{Method: http.MethodPost, Path: all, Action: appraisal.ActionDelegate, Handler: actAnew(h.service.Delegate)},
		{Method: http.MethodPost, Path: all + "/:id/revocation", Action: appraisal.ActionEndDelegation, Handler: actPlain("id", h.service.RevokeDelegation)},
	}
}

func (h handlers) delegations(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	var f appraisal.Faults
	after, limit := page(c, &f)
	if err := f.Err(); err != nil {
		return err
	}
	found, err := h.service.Delegations(ctx, actor, after, limit)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, found)
	return nil
}
