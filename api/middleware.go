package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
)

var errMethod = problem.WithStatus(http.StatusMethodNotAllowed,
	appraisal.Fault(appraisal.CodeNotFound, "error.method_not_allowed", nil))

// begin gives the request its id and what is known of it before anybody is identified.
func (e *engine) begin(c *gin.Context) {
	id := rand.Text()
	c.Header("X-Request-Id", id)
	c.Request = c.Request.WithContext(session.With(c.Request.Context(), session.State{
		Lang: askedLanguage(c.Request), RequestID: id, Network: network(c.ClientIP()), Secure: e.secure,
		Device: session.DeviceOf(c.Request.UserAgent()),
	}))
}

// observe writes the one log line of a request and measures it. It knows a request by its route's pattern: paths and
// queries may carry tokens. Of a request that may carry an anonymous answer it tells neither who asked nor what sets it apart.
func (e *engine) observe(c *gin.Context) {
	began := time.Now()
	c.Next()
	took := time.Since(began)

	pattern := c.FullPath()
	shared, unnamed := e.knownAs[c.Request.Method+" "+pattern]
	switch {
	case unnamed:
		pattern = shared
	case pattern == "":
		pattern = "unmatched"
	}
	status := c.Writer.Status()
	e.metrics.observe(c.Request.Method, pattern, status, took)

	ctx := c.Request.Context()
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("request", session.RequestID(ctx)),
		slog.String("method", c.Request.Method),
		slog.String("route", pattern),
		slog.Int("status", status),
		slog.Duration("took", took),
	}
	if actor := session.Actor(ctx); actor.ID != "" && !unnamed {
		attrs = append(attrs, slog.String("actor", string(actor.ID)))
	}
	if fault := c.Errors.Last(); fault != nil && problem.Ours(fault.Err) && !leftByClient(ctx, fault.Err) {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", fault.Err.Error()))
	}
	// The request may have ended because the client went away; its log line is still wanted.
	e.log.LogAttrs(context.WithoutCancel(ctx), level, "request", attrs...)
}

// leftByClient reports whether a request failed only because nobody waits for its answer any more.
func leftByClient(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, context.Canceled)
}

// headers keeps browsers from doing more with an answer than showing it. No page needs another host or inline script.
func (e *engine) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "+
		"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	if e.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// recover turns a panic into an answer and a log line with its stack.
func (e *engine) recover(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		c.Abort()
		err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		if c.Writer.Written() {
			_ = c.Error(err)
			return
		}
		e.fault(c, err)
	}()
	c.Next()
}

// sameOrigin refuses what another site makes a browser send.
func (e *engine) sameOrigin(c *gin.Context) {
	origins := e.origins
	if e.temporalUI.paths[c.FullPath()] {
		origins = e.temporalUI.origins
	}
	if err := origins.Check(c.Request); err != nil {
		c.Abort()
		e.fault(c, &appraisal.Error{Code: appraisal.CodeForbidden, Key: "error.cross_origin", Err: err})
	}
}

// noStore keeps personal answers out of every cache.
func noStore(c *gin.Context) { c.Header("Cache-Control", "no-store") }

// limit ends the reading of a body after so many bytes.
func limit(most int64) gin.HandlerFunc {
	if most == 0 {
		most = route.DefaultMaxBody
	}
	return func(c *gin.Context) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most)
	}
}
