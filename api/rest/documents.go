package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/download"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
)

func (h handlers) documentRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: base + "/appraisals/:id/documents/:kind", Action: appraisal.ActionReadAppraisal, Handler: handler(h.document)},
		{Method: http.MethodGet, Path: base + "/cycles/:id/results/:format", Action: appraisal.ActionReadResults, Handler: handler(h.results)},
		{Method: http.MethodGet, Path: base + "/cycles/:id/archive", Action: appraisal.ActionReadResults, Handler: handler(h.archive)},
		{Method: http.MethodGet, Path: base + "/verifications/:code", Action: appraisal.ActionPublic, Handler: handler(h.verifyDocument)},
	}
}

func (h handlers) document(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	id, err := pathID[appraisal.AppraisalID](c, "id")
	if err != nil {
		return err
	}
	file, err := h.service.Document(ctx, actor, id, appraisal.DocumentKind(c.Param("kind")))
	if err != nil {
		return err
	}
	download.Send(c, file)
	return nil
}

func (h handlers) verifyDocument(c *gin.Context, ctx context.Context, _ appraisal.Actor) error {
	found, err := h.service.VerifyDocument(ctx, session.Network(ctx), c.Param("code"))
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, found)
	return nil
}

func (h handlers) results(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	id, err := pathID[appraisal.CycleID](c, "id")
	if err != nil {
		return err
	}
	unit, err := unitScope(c)
	if err != nil {
		return err
	}
	file, err := h.service.Results(ctx, actor, id, unit, appraisal.ResultsFormat(c.Param("format")))
	if err != nil {
		return err
	}
	download.Send(c, file)
	return nil
}

func (h handlers) archive(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	id, err := pathID[appraisal.CycleID](c, "id")
	if err != nil {
		return err
	}
	unit, err := unitScope(c)
	if err != nil {
		return err
	}
	file, err := h.service.Archive(ctx, actor, id, unit)
	if err != nil {
		return err
	}
	download.Send(c, file)
	return nil
}

// unitScope reads the unit to which a file is narrowed; empty is everybody.
func unitScope(c *gin.Context) (appraisal.UnitID, error) {
	var f appraisal.Faults
	unit := c.Query("unit")
	if unit != "" && !isUUID(unit) {
		f.Add("unit", "error.id", nil)
	}
	return appraisal.UnitID(unit), f.Err()
}
