package rest

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// codecRoutes are what Temporal's pages call a codec server. It only decodes: whoever encrypts has the keys, and the signals that
// operators send carry nothing.
func (h handlers) codecRoutes() []route.Route {
	return []route.Route{{
		Method: http.MethodPost, Path: base + "/codec/decode", Action: appraisal.ActionDecodePayloads, MaxBody: route.CodecMaxBody,
		ForTemporalUI: true, Handler: handler(h.decodePayloads),
	}}
}

// payloads is what Temporal's tools send and expect. Fields that newer ones add are passed over.
type payloads struct {
	Payloads []service.Payload `json:"payloads"`
}

func (h handlers) decodePayloads(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	raw, err := readObject(c, bodyRequired)
	if err != nil {
		return err
	}
	var in payloads
	if err := json.Unmarshal(raw, &in); err != nil {
		return decodingFault(err)
	}
	out, err := h.service.DecodePayloads(ctx, actor, c.GetHeader("X-Namespace"), in.Payloads)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, payloads{out})
	return nil
}
