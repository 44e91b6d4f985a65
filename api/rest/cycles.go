package rest

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func (h handlers) cycleRoutes() []route.Route {
	s := h.service
	const all, one, id = base + "/cycles", base + "/cycles/:id", "id"
	return []route.Route{
		{Method: http.MethodGet, Path: all, Action: appraisal.ActionReadCycle, Handler: readAll(s.Cycles)},
		{Method: http.MethodPost, Path: all, Action: appraisal.ActionManageCycle, Handler: handler(h.createCycle)},
		{Method: http.MethodGet, Path: one, Action: appraisal.ActionReadCycle, Handler: read(id, s.Cycle)},
		{Method: http.MethodGet, Path: one + "/preview", Action: appraisal.ActionManageCycle, Handler: read(id, s.Preview)},
		{Method: http.MethodPost, Path: one + "/launch", Action: appraisal.ActionManageCycle, Handler: actPlain(id, s.Launch)},
		{Method: http.MethodPost, Path: one + "/pause", Action: appraisal.ActionManageCycle, Handler: act(id, bodyOptional, s.Pause)},
		{Method: http.MethodPost, Path: one + "/resume", Action: appraisal.ActionManageCycle, Handler: act(id, bodyOptional, s.Resume)},
		{Method: http.MethodPost, Path: one + "/cancel", Action: appraisal.ActionManageCycle, Handler: act(id, bodyOptional, s.Cancel)},
		{Method: http.MethodPost, Path: one + "/close", Action: appraisal.ActionManageCycle, Handler: act(id, bodyOptional, s.Close)},
		{Method: http.MethodGet, Path: one + "/funnel", Action: appraisal.ActionReadCycle, Handler: readAllOf(id, s.Funnel)},
		{Method: http.MethodGet, Path: one + "/appraisals", Action: appraisal.ActionReadCycle, Handler: handler(h.appraisals)},
		{Method: http.MethodGet, Path: one + "/cohorts", Action: appraisal.ActionCalibrate, Handler: readAllOf(id, s.Cohorts)},
		{Method: http.MethodGet, Path: one + "/spread", Action: appraisal.ActionReadSpread, Handler: read(id, s.Spread)},
		{Method: http.MethodGet, Path: one + "/unit-ratings", Action: appraisal.ActionRateUnit, Handler: readAllOf(id, s.UnitRatings)},
		{Method: http.MethodPost, Path: one + "/unit-ratings", Action: appraisal.ActionRateUnit, Handler: act(id, bodyRequired, s.RateUnit)},
		{Method: http.MethodGet, Path: base + "/policies", Action: appraisal.ActionPrepareCycle, Handler: readAll(s.Policies)},
		{Method: http.MethodGet, Path: base + "/templates", Action: appraisal.ActionPrepareCycle, Handler: readAll(s.Templates)},
	}
}

func (h handlers) createCycle(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	how, err := call(c)
	if err != nil {
		return err
	}
	var in service.NewCycle
	if err := decode(c, &in, bodyRequired); err != nil {
		return err
	}
	cycle, err := h.service.CreateCycle(ctx, actor, how, in)
	if err != nil {
		return err
	}
	c.Header("Location", base+"/cycles/"+string(cycle.ID))
	answer(c, http.StatusCreated, cycle)
	return nil
}

var healths = []appraisal.Health{
	appraisal.HealthOnTime, appraisal.HealthPaused, appraisal.HealthWaitingOnPerson, appraisal.HealthPersonOnLeave,
	appraisal.HealthPersonLeft, appraisal.HealthNoAppraiser, appraisal.HealthMailBouncing,
	appraisal.HealthInsufficientPeers, appraisal.HealthCohortIncomplete, appraisal.HealthWorkflowError,
}

func knownHealth(h appraisal.Health) bool { return slices.Contains(healths, h) }

func (h handlers) appraisals(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	id, err := pathID[appraisal.CycleID](c, "id")
	if err != nil {
		return err
	}
	var f appraisal.Faults
	filter := service.ListFilter{
		Stage:  word(c, &f, "stage", appraisal.Stage.Valid),
		Health: word(c, &f, "health", knownHealth),
		Unit:   appraisal.UnitID(c.Query("unit")),
	}
	if filter.Unit != "" && !isUUID(string(filter.Unit)) {
		f.Add("unit", "error.id", nil)
	}
	filter.After, filter.Limit = page(c, &f)
	if err := f.Err(); err != nil {
		return err
	}
	found, err := h.service.Appraisals(ctx, actor, id, filter)
	if err != nil {
		return err
	}
	answerPage(c, found)
	return nil
}
