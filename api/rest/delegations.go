package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// delegationRoutes are about who stands in for whom.
func (h handlers) delegationRoutes() []route.Route {
	const all = base + "/delegations"
	return []route.Route{
		{Method: http.MethodGet, Path: all, Action: appraisal.ActionDelegate, Handler: handler(h.delegations)},
		{Method: http.MethodPost, Path: all, Action: appraisal.ActionDelegate, Handler: handler(h.delegate)},
		{Method: http.MethodPost, Path: all + "/:id/revocation", Action: appraisal.ActionEndDelegation, Handler: actPlain("id", h.service.RevokeDelegation)},
	}
}

func (h handlers) delegations(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	view, err := h.service.Delegations(ctx, actor)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, view)
	return nil
}

func (h handlers) delegate(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	how, err := call(c)
	if err != nil {
		return err
	}
	var in service.NewDelegation
	if err := decode(c, &in, bodyRequired); err != nil {
		return err
	}
	receipt, err := h.service.Delegate(ctx, actor, how, in)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, receipt)
	return nil
}
