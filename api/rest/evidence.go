package rest

import (
	"context"
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/attachment"
	"github.com/marelan/telaah/api/download"
	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func (h handlers) evidenceRoutes() []route.Route {
	s := h.service
	const path = base + "/appraisals/:id"
	return []route.Route{
		{Method: http.MethodPost, Path: path + "/feedback", Action: appraisal.ActionGiveFeedback, Handler: act("id", bodyRequired, s.GiveFeedback)},
		{Method: http.MethodPost, Path: path + "/feedback/:feedback/withdrawal", Action: appraisal.ActionGiveFeedback,
			Handler: actWithin("feedback", s.WithdrawFeedback)},
		{Method: http.MethodPost, Path: path + "/links", Action: appraisal.ActionAddEvidence, Handler: act("id", bodyRequired, s.AddLink)},
		{Method: http.MethodPost, Path: path + "/files", Action: appraisal.ActionAddEvidence, Handler: handler(h.addFile),
			MaxBody: attachment.BodyLimit(s.EvidenceLimits().File)},
		{Method: http.MethodGet, Path: path + "/files/:evidence", Action: appraisal.ActionReadEvidence, Handler: handler(h.file)},
		{Method: http.MethodDelete, Path: path + "/evidence/:evidence", Action: appraisal.ActionAddEvidence,
			Handler: actWithin("evidence", s.RemoveEvidence)},
	}
}

// actWithin carries out an act on a part of an appraisal; its body is empty.
func actWithin[ID ~string, Out any](
	param string, do func(context.Context, appraisal.Actor, service.Call, appraisal.AppraisalID, ID) (Out, error),
) gin.HandlerFunc {
	return handler(func(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
		part, err := pathID[ID](c, param)
		if err != nil {
			return err
		}
		how, err := call(c)
		if err != nil {
			return err
		}
		id, err := pathID[appraisal.AppraisalID](c, "id")
		if err != nil {
			return err
		}
		out, err := do(ctx, actor, how, id, part)
		if err != nil {
			return err
		}
		answer(c, http.StatusOK, out)
		return nil
	})
}

// addFile takes one file, in the field "file" of a multipart form, beside its "purpose".
func (h handlers) addFile(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	id, err := pathID[appraisal.AppraisalID](c, "id")
	if err != nil {
		return err
	}
	how, err := call(c)
	if err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.ContentType()); err != nil || kind != "multipart/form-data" {
		return problem.WithStatus(http.StatusUnsupportedMediaType, invalid("evidence.error.content_type", nil))
	}
	form, err := attachment.Parse(c.Request, h.service.EvidenceLimits().File)
	if err != nil {
		return err
	}
	files := form.Of("file")
	if len(files) != 1 || len(form.Files) != 1 {
		return wrongField("file", "evidence.error.one", nil)
	}
	purpose := appraisal.EvidencePurpose(form.Values.Get("purpose"))
	added, err := h.service.AddFile(ctx, actor, how, id, purpose, service.SentFile{Name: files[0].Name, Content: files[0].Content})
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, added)
	return nil
}

func (h handlers) file(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	id, err := pathID[appraisal.AppraisalID](c, "id")
	if err != nil {
		return err
	}
	piece, err := pathID[appraisal.EvidenceID](c, "evidence")
	if err != nil {
		return err
	}
	file, err := h.service.EvidenceFile(ctx, actor, id, piece)
	if err != nil {
		return err
	}
	download.Send(c, file)
	return nil
}
