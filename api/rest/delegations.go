package rest

import (
	"net/http"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
)

// delegationRoutes are about who stands in for whom.
func (h handlers) delegationRoutes() []route.Route {
	const all = base + "/delegations"
	return []route.Route{
		{Method: http.MethodGet, Path: all, Action: appraisal.ActionDelegate, Handler: readTheOne(h.service.Delegations)},
		{Method: http.MethodPost, Path: all, Action: appraisal.ActionDelegate, Handler: actAnew(h.service.Delegate)},
		{Method: http.MethodPost, Path: all + "/:id/revocation", Action: appraisal.ActionEndDelegation, Handler: actPlain("id", h.service.RevokeDelegation)},
	}
}
