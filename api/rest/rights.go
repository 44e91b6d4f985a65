package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/download"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// rightsRoutes are about what people may know of their data, have corrected in it, and what becomes of it in the end.
func (h handlers) rightsRoutes() []route.Route {
	s := h.service
	const mine, corrections, retention = base + "/me", base + "/corrections", base + "/retention"
	return []route.Route{
		{Method: http.MethodGet, Path: mine + "/data", Action: appraisal.ActionOwnAccount, Handler: readTheOne(s.MyData)},
		{Method: http.MethodGet, Path: mine + "/data/:format", Action: appraisal.ActionOwnAccount, Handler: handler(h.myDataFile)},
		{Method: http.MethodGet, Path: mine + "/corrections", Action: appraisal.ActionOwnAccount, Handler: readAll(s.MyCorrections)},
		{Method: http.MethodPost, Path: mine + "/corrections", Action: appraisal.ActionOwnAccount, Handler: actAnew(s.FileCorrection)},
		{Method: http.MethodGet, Path: corrections, Action: appraisal.ActionDecideCorrection, Handler: readTheOne(s.Corrections)},
		{Method: http.MethodPost, Path: corrections + "/:id/decision", Action: appraisal.ActionDecideCorrection, Handler: act("id", bodyRequired, s.DecideCorrection)},
		{Method: http.MethodPost, Path: corrections + "/:id/withdrawal", Action: appraisal.ActionWithdrawCorrection, Handler: actPlain("id", s.WithdrawCorrection)},
		{Method: http.MethodGet, Path: retention, Action: appraisal.ActionRetain, Handler: readTheOne(s.RetentionPreview)},
		{Method: http.MethodPost, Path: retention + "/destructions", Action: appraisal.ActionRetain, Handler: actAnew(s.OrderDestruction)},
		{Method: http.MethodGet, Path: retention + "/destructions", Action: appraisal.ActionRetain, Handler: handler(h.destructions)},
		{Method: http.MethodGet, Path: retention + "/destructions/:id", Action: appraisal.ActionRetain, Handler: read("id", s.Destruction)},
		{Method: http.MethodGet, Path: retention + "/destructions/:id/certificate", Action: appraisal.ActionRetain, Handler: handler(h.certificate)},
	}
}

func (h handlers) myDataFile(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	file, err := h.service.MyDataFile(ctx, actor, service.ExportFormat(c.Param("format")))
	if err != nil {
		return err
	}
	download.Send(c, file)
	return nil
}

func (h handlers) destructions(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	var f appraisal.Faults
	after, limit := page(c, &f)
	if err := f.Err(); err != nil {
		return err
	}
	found, err := h.service.Destructions(ctx, actor, after, limit)
	if err != nil {
		return err
	}
	answerPage(c, found)
	return nil
}

func (h handlers) certificate(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	id, err := pathID[appraisal.DestructionID](c, "id")
	if err != nil {
		return err
	}
	file, err := h.service.Certificate(ctx, actor, id)
	if err != nil {
		return err
	}
	download.Send(c, file)
	return nil
}
