// Package rest serves what a person can do as JSON under /api/v1. A handler reads the request strictly, makes one call of
// the service and writes its answer; openapi.yaml describes all of it.
package rest

import (
	"net/http"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

const base = "/api/v1"

// Routes returns the table of the JSON API.
func Routes(s *service.Service) []route.Route {
	h := handlers{s}
	var table []route.Route
	add := func(routes ...route.Route) { table = append(table, routes...) }
	add(h.sessionRoutes()...)
	add(h.taskRoutes()...)
	add(h.appraisalRoutes()...)
	add(h.planRoutes()...)
	add(h.evidenceRoutes()...)
	add(h.cycleRoutes()...)
	add(h.pulseRoutes()...)
	add(h.cohortRoutes()...)
	add(h.periodRoutes()...)
	add(h.delegationRoutes()...)
	add(h.operatorRoutes()...)
	add(h.importRoutes()...)
	add(h.unitServiceRoutes()...)
	add(h.documentRoutes()...)
	add(h.rightsRoutes()...)
	add(h.trailRoutes()...)
	add(h.codecRoutes()...)
	add(route.Route{
		Method: http.MethodGet, Path: "/api/openapi.yaml", Action: appraisal.ActionPublic, Handler: description, Asset: true,
	})
	return table
}

// handlers holds what the handlers need.
type handlers struct{ service *service.Service }
