// Package api builds the engine that serves pages and JSON: one table of routes, each behind the permission that it names,
// with the same identity, limits, headers, log and measurements around all of them.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/rest"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// Options are the parts that the engine is made of.
type Options struct {
	Service *service.Service
	// Pages are the pages for people. Without them only the JSON API is served.
	Pages Pages
	// BaseURL is the address that people type; https there makes cookies travel over https only.
	BaseURL string
	// TrustedProxies are the addresses or networks whose X-Forwarded-For is believed; nobody's unless given.
	TrustedProxies []string
	// Rates are how much is done for one person and for one network; no limits unless set.
	Rates Rates
	// TemporalUI is the address of Temporal's own interface, which may ask for what is marked ForTemporalUI; empty: no other
	// origin may ask for anything.
	TemporalUI string
	// Ready reports what keeps the engine from serving, for example a database that does not answer.
	Ready func(ctx context.Context) error
	// Metrics collects measurements; nothing is measured without it.
	Metrics *Metrics
	Log     *slog.Logger // slog.Default unless set
}

// Pages are the routes for people and the page that says what went wrong on one of them.
type Pages interface {
	Routes() []route.Route
	Fault(c *gin.Context, err error)
}

// New returns the engine, or an error that names what must not be served.
func New(o Options) (http.Handler, error) {
	return build(o, o.Service.Authenticate, rest.Routes(o.Service))
}

// authenticate finds out who shows a credential.
type authenticate func(ctx context.Context, shown service.Credential) (service.Identity, error)

// engine is what the middleware shares.
type engine struct {
	log          *slog.Logger
	authenticate authenticate
	ready        func(ctx context.Context) error
	metrics      *Metrics
	pages        Pages
	secure       bool
	origins      *http.CrossOriginProtection
	networks     *meter
	persons      *meter
	temporalUI   temporalUI
	knownAs      map[string]string // by method and path, of routes of which the log names nobody
}

func build(o Options, authenticate authenticate, routes []route.Route) (http.Handler, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("base URL %q is not an address such as https://telaah.example.go.id", o.BaseURL)
	}
	e := &engine{
		log: o.Log, authenticate: authenticate, ready: o.Ready, metrics: o.Metrics, pages: o.Pages,
		secure: base.Scheme == "https", origins: http.NewCrossOriginProtection(),
		networks: newMeter(o.Rates.Network), persons: newMeter(o.Rates.Person),
		knownAs: map[string]string{},
	}
	if e.log == nil {
		e.log = slog.Default()
	}
	if err := e.origins.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("base URL %q: %w", o.BaseURL, err)
	}

	if e.temporalUI, err = newTemporalUI(o.TemporalUI, base); err != nil {
		return nil, err
	}

	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.RedirectTrailingSlash = false
	g.RemoteIPHeaders = []string{"X-Forwarded-For"} // no other is read that a client could add to what a proxy writes
	if err := g.SetTrustedProxies(o.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	g.Use(e.begin, e.observe, e.headers, e.recover, e.fastNetwork, e.temporalUI.admit, e.sameOrigin)
	g.NoRoute(func(c *gin.Context) { e.fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)) })
	g.NoMethod(func(c *gin.Context) { e.fault(c, errMethod) })
	g.GET("/livez", e.livez)
	g.GET("/readyz", e.readyz)

	if o.Pages != nil {
		routes = append(slices.Clip(routes), o.Pages.Routes()...)
	}
	var faults []error
	for _, r := range routes {
		if err := r.Check(); err != nil {
			faults = append(faults, err)
			continue
		}
		if r.KnownAs != "" {
			e.knownAs[r.String()] = r.KnownAs
		}
		g.Handle(r.Method, r.Path, append(e.guards(r), r.Handler)...)
		if r.ForTemporalUI && e.temporalUI.origin != "" {
			e.temporalUI.paths[r.Path] = true
			g.OPTIONS(r.Path, e.temporalUI.preflight)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return g, nil
}

// guards are what a request has to pass before the route's handler sees it.
func (e *engine) guards(r route.Route) []gin.HandlerFunc {
	chain := []gin.HandlerFunc{limit(r.MaxBody)}
	if r.Asset {
		return chain
	}
	return append(chain, noStore, e.identify(r.Action), e.fastPerson, e.permit(r.Action))
}

// fault answers a request that went wrong in the form of its part of the site.
func (e *engine) fault(c *gin.Context, err error) {
	path := c.Request.URL.Path
	if e.pages == nil || strings.HasPrefix(path, "/api/") || path == "/readyz" {
		rest.Fault(c, err)
		return
	}
	e.pages.Fault(c, err)
}
