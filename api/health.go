package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
)

const readyWithin = 2 * time.Second

// livez says that the process serves; it asks nobody else.
func (e *engine) livez(c *gin.Context) { c.String(http.StatusOK, "ok\n") }

// readyz says whether requests can be carried out now.
func (e *engine) readyz(c *gin.Context) {
	if e.ready != nil {
		ctx, cancel := context.WithTimeout(c.Request.Context(), readyWithin)
		defer cancel()
		if err := e.ready(ctx); err != nil {
			e.fault(c, &appraisal.Error{Code: appraisal.CodeUnavailable, Key: "error.unavailable", Err: err})
			return
		}
	}
	c.String(http.StatusOK, "ok\n")
}
