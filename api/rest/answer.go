package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/service"
)

// list is a whole list: those that are short by nature have no pages.
type list[T any] struct {
	Items []T `json:"items"`
}

// answer writes out as JSON, with the version that If-Match takes as its ETag where it has one.
func answer[T any](c *gin.Context, status int, out T) {
	fill(reflect.ValueOf(&out).Elem())
	raw, err := json.Marshal(out)
	if err != nil {
		Fault(c, fmt.Errorf("encode the answer of %s: %w", c.FullPath(), err))
		return
	}
	if v := version(out); v > 0 {
		c.Header("ETag", `"`+strconv.FormatInt(v, 10)+`"`)
	}
	c.Data(status, "application/json; charset=utf-8", raw)
}

// answerPage writes one page of a list and where the next one is.
func answerPage[T any](c *gin.Context, p service.Page[T]) {
	if p.Next != "" {
		c.Header("Link", nextLink(c.Request, p.Next))
	}
	answer(c, http.StatusOK, p)
}

func version(out any) int64 {
	switch v := out.(type) {
	case service.StepForm:
		return v.Step.Version
	case service.Appraisal:
		return v.Version
	case service.Cohort:
		return v.Version
	case service.Cycle:
		return v.Version
	default:
		return 0
	}
}

// fill makes every missing list of an answer an empty one, so that a client never meets null where the description
// promises an array.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				fill(f)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}

// Fault answers with problem+json and leaves the cause to the log.
func Fault(c *gin.Context, err error) {
	ctx := c.Request.Context()
	_ = c.Error(err)
	c.Abort()
	p := problem.Of(err, session.Lang(ctx), session.RequestID(ctx))
	switch p.Status {
	case http.StatusUnauthorized:
		c.Header("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if c.Writer.Header().Get("Retry-After") == "" { // nobody knows better
			c.Header("Retry-After", strconv.Itoa(problem.RetryAfter))
		}
	}
	raw, err := json.Marshal(p)
	if err != nil {
		_ = c.Error(err)
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Language", string(session.Lang(ctx)))
	c.Data(p.Status, "application/problem+json", raw)
}
