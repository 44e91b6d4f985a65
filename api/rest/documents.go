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
