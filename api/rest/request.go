package rest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// Limits of lists and of what identifies an act.
const (
	defaultLimit  = 50
	maxLimit      = 200
	longestKey    = 200
	longestCursor = 400
)

// call reads how an act was asked for: Idempotency-Key and If-Match.
func call(c *gin.Context) (service.Call, error) {
	var f appraisal.Faults
	key := c.GetHeader("Idempotency-Key")
	if len(key) > longestKey || !printable(key) || len(c.Request.Header.Values("Idempotency-Key")) > 1 {
		f.Add("Idempotency-Key", "error.idempotency_key", map[string]any{"max": longestKey})
	}
	version, ok := expectedVersion(c.GetHeader("If-Match"))
	if !ok {
		f.Add("If-Match", "error.if_match", nil)
	}
	return service.Call{Key: key, Version: version}, f.Err()
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// expectedVersion reads the version that the caller saw from If-Match: "12". Without the header, or with *, any will do.
func expectedVersion(header string) (version int64, ok bool) {
	if header == "" || header == "*" {
		return 0, true
	}
	if len(header) < 3 || header[0] != '"' || header[len(header)-1] != '"' {
		return 0, false
	}
	version, err := strconv.ParseInt(header[1:len(header)-1], 10, 64)
	return version, err == nil && version > 0
}

// pathID reads an id from the path. What is no UUID names nothing.
func pathID[ID ~string](c *gin.Context, param string) (ID, error) {
	id := c.Param(param)
	if !isUUID(id) {
		return "", appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	return ID(strings.ToLower(id)), nil
}

func isUUID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }

// page reads the cursor and the size of a page of a list.
func page(c *gin.Context, f *appraisal.Faults) (after string, limit int) {
	after, limit = c.Query("after"), defaultLimit
	if len(after) > longestCursor || !printable(after) {
		f.Add("after", "error.cursor", nil)
	}
	if s, given := c.GetQuery("limit"); given {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > maxLimit {
			f.Add("limit", "error.limit", map[string]any{"max": maxLimit})
		}
		limit = n
	}
	return after, limit
}

// word reads a parameter that is empty or one of a few words.
func word[T ~string](c *gin.Context, f *appraisal.Faults, name string, valid func(T) bool) T {
	given := T(c.Query(name))
	if given != "" && !valid(given) {
		f.Add(name, "error.unknown_word", map[string]any{"value": string(given)})
	}
	return given
}

// flag reads a parameter that is true or false, false when absent.
func flag(c *gin.Context, f *appraisal.Faults, name string) bool {
	switch c.Query(name) {
	case "", "false":
		return false
	case "true":
		return true
	default:
		f.Add(name, "error.body_type", map[string]any{"want": "boolean"})
		return false
	}
}

// nextLink is the address of the page that follows.
func nextLink(r *http.Request, cursor string) string {
	u := *r.URL
	q := u.Query()
	q.Set("after", cursor)
	u.RawQuery = q.Encode()
	return "<" + u.RequestURI() + `>; rel="next"`
}
