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

func (h handlers) operatorRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: base + "/stalled", Action: appraisal.ActionReadStalled, Handler: handler(h.stalled)},
		{Method: http.MethodGet, Path: base + "/mails", Action: appraisal.ActionOperate, Handler: handler(h.mails)},
		{
			Method: http.MethodPost, Path: base + "/mails/:id/resend", Action: appraisal.ActionOperate,
			Handler: actPlain("id", h.service.ResendMail),
		},
	}
}

func (h handlers) stalled(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	var f appraisal.Faults
	after, limit := page(c, &f)
	if err := f.Err(); err != nil {
		return err
	}
	found, err := h.service.Stalled(ctx, actor, after, limit)
	if err != nil {
		return err
	}
	answerPage(c, found)
	return nil
}

func knownMailState(state string) bool {
	return slices.Contains([]string{"queued", "sending", "sent", "unneeded", "failed"}, state)
}

func (h handlers) mails(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	var f appraisal.Faults
	filter := service.MailFilter{State: word(c, &f, "state", knownMailState)}
	filter.After, filter.Limit = page(c, &f)
	if err := f.Err(); err != nil {
		return err
	}
	found, err := h.service.Mails(ctx, actor, filter)
	if err != nil {
		return err
	}
	answerPage(c, found)
	return nil
}
