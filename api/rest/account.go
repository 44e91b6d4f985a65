package rest

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func (h handlers) sessions(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	items, err := h.service.Sessions(ctx, actor, session.ID(ctx))
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, list[service.Session]{items})
	return nil
}

func (h handlers) endSession(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	id, err := pathID[string](c, "id")
	if err != nil {
		return err
	}
	if err := h.service.EndSession(ctx, actor, id); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// endedCount is how many sessions and tokens an act has ended.
type endedCount struct {
	Ended int64 `json:"ended"`
}

func (h handlers) endOtherSessions(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	ended, err := h.service.EndOtherSessions(ctx, actor, session.ID(ctx))
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, endedCount{ended})
	return nil
}

func (h handlers) createToken(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	var in service.NewAPIToken
	if err := decode(c, &in, bodyRequired); err != nil {
		return err
	}
	made, err := h.service.CreateAPIToken(ctx, actor, session.ID(ctx), in)
	if err != nil {
		return err
	}
	answer(c, http.StatusCreated, made)
	return nil
}

func (h handlers) revokeToken(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	id, err := pathID[string](c, "id")
	if err != nil {
		return err
	}
	if err := h.service.RevokeAPIToken(ctx, actor, id); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// somebody is named by their address.
type somebody struct {
	Email string `json:"email"`
}

func (h handlers) signOutPerson(c *gin.Context, ctx context.Context, actor appraisal.Actor) error {
	var in somebody
	if err := decode(c, &in, bodyRequired); err != nil {
		return err
	}
	ended, err := h.service.SignOutPerson(ctx, actor, in.Email)
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, endedCount{ended})
	return nil
}
