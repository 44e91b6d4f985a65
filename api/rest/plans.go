package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func (h handlers) planRoutes() []route.Route {
	s := h.service
	const plan, change, cycle = base + "/appraisals/:id/plan", base + "/plan-changes/:id", base + "/cycles/:id"
	return []route.Route{
		{Method: http.MethodGet, Path: plan, Action: appraisal.ActionReadAppraisal, Handler: read("id", s.PlanHistory)},
		{Method: http.MethodGet, Path: cycle + "/alignment", Action: appraisal.ActionReadAlignment, Handler: handler(h.alignment)},
		{Method: http.MethodGet, Path: cycle + "/alignment/key-results", Action: appraisal.ActionReadAlignment, Handler: handler(h.alignedKeyResults)},
		{Method: http.MethodPost, Path: plan + "/changes", Action: appraisal.ActionChangePlan, Handler: act("id", bodyRequired, s.ProposePlanChange)},
		{Method: http.MethodPost, Path: change + "/answer", Action: appraisal.ActionChangePlan, Handler: act("id", bodyRequired, s.AnswerPlanChange)},
		{Method: http.MethodPost, Path: change + "/withdrawal", Action: appraisal.ActionChangePlan, Handler: actPlain("id", s.WithdrawPlanChange)},
	}
}

func alignmentFilter(c *gin.Context) (service.AlignmentFilter, error) {
	var f appraisal.Faults
	filter := service.AlignmentFilter{Unit: appraisal.UnitID(c.Query("unit")), Item: c.Query("item")}
	if filter.Unit != "" && !isUUID(string(filter.Unit)) {
		f.Add("unit", "error.id", nil)
	}
	if filter.Item != "" && !isUUID(filter.Item) {
		f.Add("item", "error.id", nil)
	}
	filter.After, filter.Limit = page(c, &f)
	return filter, f.Err()
}

func (h handlers) alignment(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	return readAligned(c, ctx, actor, h.service.AlignmentCoverage)
}

func (h handlers) alignedKeyResults(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	return readAligned(c, ctx, actor, h.service.AlignedKeyResults)
}

func readAligned[Out any](c *gin.Context, ctx context.Context, actor appraisal.Actor,
	do func(context.Context, appraisal.Actor, appraisal.CycleID, service.AlignmentFilter) (Out, error)) error {
	id, err := pathID[appraisal.CycleID](c, "id")
	if err != nil {
		return err
	}
	filter, err := alignmentFilter(c)
	if err != nil {
		return err
	}
	view, err := do(ctx, actor, id, filter)
	if err == nil {
		answer(c, http.StatusOK, view)
	}
	return err
}
