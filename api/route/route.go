// Package route is the form in which JSON and pages hand their routes to the engine: one table, in which every route names
// the permission that it needs.
package route

import (
	"fmt"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
)

// Route is one line of the table. Path is gin's pattern, with :name for a variable part. The engine refuses to start with a
// route whose Action has no rule.
type Route struct {
	Method  string
	Path    string
	Action  appraisal.Action
	Handler gin.HandlerFunc

	// MaxBody is the most bytes of a request's body; 0 stands for DefaultMaxBody.
	MaxBody int64
	// Asset marks files that are the same for everybody: no session is looked up for them and the handler decides how long
	// they may be kept.
	Asset bool
	// ForTemporalUI lets the pages of Temporal's own interface ask from their origin, with the session of whoever looks at them.
	ForTemporalUI bool
	// KnownAs is the name that the log and the measurements give the route instead of its path, the same for several, and they then
	// leave out who asked: neither may tell who gave an anonymous answer. Empty: the path.
	KnownAs string
}

// Limits of a request's body in bytes.
const (
	DefaultMaxBody = 1 << 20
	ImportMaxBody  = 32 << 20
	CodecMaxBody   = 4 << 20 // Temporal keeps payloads of at most 2 MiB, of which text makes a third more
)

// Fault answers a request that went wrong: as problem+json for the API, as a page for people.
type Fault func(c *gin.Context, err error)

// String names the route in errors and logs.
func (r Route) String() string { return r.Method + " " + r.Path }

// Check reports why the route must not be served.
func (r Route) Check() error {
	switch {
	case r.Method == "" || r.Path == "":
		return fmt.Errorf("route %q has no method or no path", r)
	case r.Handler == nil:
		return fmt.Errorf("route %s has no handler", r)
	case r.Action == "":
		return fmt.Errorf("route %s names no permission; give it one of the actions of internal/appraisal/permission.go", r)
	case !r.Action.Known():
		return fmt.Errorf("route %s names the permission %q, which has no rule in internal/appraisal/permission.go", r, r.Action)
	default:
		return nil
	}
}
