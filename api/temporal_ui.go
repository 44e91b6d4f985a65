package api

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
)

// temporalUI is Temporal's own interface as an origin of requests. Its pages may ask for the few routes that are made for them, and
// the browser sends our session along, as long as both are the same site.
type temporalUI struct {
	origin  string // empty: there is none
	origins *http.CrossOriginProtection
	paths   map[string]bool
}

func newTemporalUI(address string, base *url.URL) (temporalUI, error) {
	u := temporalUI{paths: map[string]bool{}}
	if address == "" {
		return u, nil
	}
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return u, fmt.Errorf("address of Temporal's interface %q is not one such as https://temporal.example.go.id", address)
	}
	u.origin, u.origins = at.Scheme+"://"+at.Host, http.NewCrossOriginProtection()
	for _, origin := range []string{base.Scheme + "://" + base.Host, u.origin} {
		if err := u.origins.AddTrustedOrigin(origin); err != nil {
			return u, fmt.Errorf("origin %q: %w", origin, err)
		}
	}
	return u, nil
}

// admit tells the browser that the pages of this one origin may read the answer.
func (u temporalUI) admit(c *gin.Context) {
	if !u.paths[c.FullPath()] {
		return
	}
	h := c.Writer.Header()
	h.Add("Vary", "Origin")
	if c.GetHeader("Origin") == u.origin {
		h.Set("Access-Control-Allow-Origin", u.origin)
		h.Set("Access-Control-Allow-Credentials", "true")
	}
}

// preflight answers a browser that asks whether the pages may ask. It tells others nothing and does nothing.
func (u temporalUI) preflight(c *gin.Context) {
	if h := c.Writer.Header(); h.Get("Access-Control-Allow-Origin") != "" {
		h.Set("Access-Control-Allow-Methods", http.MethodPost)
		h.Set("Access-Control-Allow-Headers", "Content-Type, X-Namespace")
		h.Set("Access-Control-Max-Age", "600")
	}
	c.Status(http.StatusNoContent)
}
