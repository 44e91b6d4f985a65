package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/rest"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// testBundle is an engine with a few routes of its own and two people who can sign in.
type testBundle struct {
	engine http.Handler
	log    *bytes.Buffer
}

func setup(t *testing.T, o Options, routes ...route.Route) testBundle {
	t.Helper()
	b := testBundle{log: &bytes.Buffer{}}
	o.Log = slog.New(slog.NewJSONHandler(b.log, nil))
	if o.BaseURL == "" {
		o.BaseURL = "http://telaah.test"
	}
	engine, err := build(o, authenticateTestPeople, routes)
	if err != nil {
		t.Fatal(err)
	}
	b.engine = engine
	return b
}

var errRecordDown = appraisal.Fault(appraisal.CodeUnavailable, "error.unavailable", nil)

func authenticateTestPeople(_ context.Context, shown service.Credential) (service.Identity, error) {
	switch shown.Token {
	case "employee-token":
		return service.Identity{Actor: appraisal.Actor{ID: "0b6b3a52-57a3-4c31-8c0a-93a7c1f1f0a1", Name: "Sri", Lang: "en"}}, nil
	case "hr-token":
		return service.Identity{Actor: appraisal.Actor{ID: "5f0e0ad1-44c4-4f4e-8f7e-8d2d5a8f7a01", Roles: []appraisal.Role{appraisal.RoleHR}}}, nil
	case "record-down-token":
		return service.Identity{}, errRecordDown
	default:
		return service.Identity{}, appraisal.Fault(appraisal.CodeUnauthorized, "error.sign_in", nil)
	}
}

func (b testBundle) do(t *testing.T, method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://telaah.test"+path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.engine.ServeHTTP(w, r)
	return w
}

func problemIn(t *testing.T, w *httptest.ResponseRecorder) problem.Problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("Content-Type is %q, body %s", got, w.Body)
	}
	var p problem.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func says(text string) gin.HandlerFunc {
	return func(c *gin.Context) { c.String(http.StatusOK, text) }
}

func TestARouteWithoutAPermissionDoesNotStart(t *testing.T) {
	for name, action := range map[string]appraisal.Action{"names no permission": "", "which has no rule": "fly"} {
		_, err := build(Options{BaseURL: "http://telaah.test"}, authenticateTestPeople, []route.Route{
			{Method: "GET", Path: "/api/v1/fine", Action: appraisal.ActionPublic, Handler: says("")},
			{Method: "GET", Path: "/api/v1/open-door", Action: action, Handler: says("")},
		})
		if err == nil || !strings.Contains(err.Error(), "GET /api/v1/open-door") || !strings.Contains(err.Error(), name) {
			t.Errorf("action %q: the engine said %v", action, err)
		}
	}
}

func TestTheRealTableStartsAndServesItsDescription(t *testing.T) {
	engine, err := New(Options{BaseURL: "https://telaah.test", Service: service.New(service.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	w := testBundle{engine: engine}.do(t, "GET", "/api/openapi.yaml")
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "openapi: 3.1") || w.Header().Get("Content-Type") != "application/yaml; charset=utf-8" {
		t.Errorf("the description is answered %d as %s", w.Code, w.Header().Get("Content-Type"))
	}
}

func TestEveryRealPageThatIsNotPublicLeadsToTheSignIn(t *testing.T) {
	s := service.New(service.Options{})
	pages, err := web.New(web.Options{Service: s})
	if err != nil {
		t.Fatal(err)
	}
	b := setup(t, Options{Pages: pages}, rest.Routes(s)...)
	for _, r := range pages.Routes() {
		if r.Action == appraisal.ActionPublic {
			continue
		}
		w := b.do(t, r.Method, r.Path)
		leads := w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/masuk?next=%2F")
		if r.Method == http.MethodGet && !leads || r.Method != http.MethodGet && w.Code != http.StatusUnauthorized {
			t.Errorf("%s answered %d to nobody, Location %q", r, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestEveryRealRouteOfTheAPIThatIsNotPublicAsksForASignIn(t *testing.T) {
	table := rest.Routes(service.New(service.Options{}))
	b := setup(t, Options{}, table...)
	for _, r := range table {
		if r.Action == appraisal.ActionPublic {
			continue
		}
		w := b.do(t, r.Method, r.Path)
		if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s answered %d to nobody", r, w.Code)
		}
	}
}

func TestARoleThatIsMissingIsForbiddenAndOneThatIsHeldIsLetIn(t *testing.T) {
	b := setup(t, Options{}, route.Route{
		Method: "GET", Path: "/api/v1/thing", Action: appraisal.ActionManageCycle, Handler: says("in"),
	})
	for _, tt := range []struct {
		token string
		want  int
	}{
		{"", 401}, {"unknown", 401}, {strings.Repeat("x", 10_000), 401}, {"employee-token", 403}, {"hr-token", 200},
	} {
		if w := b.do(t, "GET", "/api/v1/thing", "Authorization", "Bearer "+tt.token); w.Code != tt.want {
			t.Errorf("token %.20q: %d, want %d", tt.token, w.Code, tt.want)
		}
		if w := b.do(t, "GET", "/api/v1/thing", "Cookie", session.CookieName+"="+tt.token); w.Code != tt.want {
			t.Errorf("cookie %.20q: %d, want %d", tt.token, w.Code, tt.want)
		}
	}
	p := problemIn(t, b.do(t, "GET", "/api/v1/thing", "Authorization", "Bearer employee-token"))
	if p.Code != appraisal.CodeForbidden || p.Status != 403 || p.RequestID == "" {
		t.Errorf("the answer is %+v", p)
	}
}

func TestWhenTheRecordIsDownSessionsAreNotTakenForMissing(t *testing.T) {
	b := setup(t, Options{},
		route.Route{Method: "GET", Path: "/api/v1/mine", Action: appraisal.ActionSignedIn, Handler: says("in")},
		route.Route{Method: "GET", Path: "/api/v1/open", Action: appraisal.ActionPublic, Handler: says("in")})
	w := b.do(t, "GET", "/api/v1/mine", "Authorization", "Bearer record-down-token")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("answered %d with Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if w := b.do(t, "GET", "/api/v1/open", "Authorization", "Bearer record-down-token"); w.Code != http.StatusOK {
		t.Errorf("a public route answered %d", w.Code)
	}
}

func TestAnotherSiteCannotMakeABrowserAct(t *testing.T) {
	b := setup(t, Options{BaseURL: "https://public.test"}, route.Route{
		Method: "POST", Path: "/api/v1/act", Action: appraisal.ActionSignedIn, Handler: says("done"),
	})
	const cookie = session.CookieName + "=employee-token"
	for name, tt := range map[string]struct {
		headers []string
		want    int
	}{
		"another site":        {[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"an old browser":      {[]string{"Origin", "https://evil.test"}, 403},
		"our page":            {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "https://public.test"}, 200},
		"our page, proxied":   {[]string{"Origin", "https://public.test"}, 200}, // the proxy asks for telaah.test
		"a program, no site":  {nil, 200},
		"typed, no initiator": {[]string{"Sec-Fetch-Site", "none"}, 200},
	} {
		if w := b.do(t, "POST", "/api/v1/act", append(tt.headers, "Cookie", cookie)...); w.Code != tt.want {
			t.Errorf("%s: %d, want %d: %s", name, w.Code, tt.want, w.Body)
		}
	}
}

func TestEveryAnswerCarriesTheSecurityHeadersAndARequestID(t *testing.T) {
	b := setup(t, Options{BaseURL: "https://telaah.test"},
		route.Route{Method: "GET", Path: "/api/v1/mine", Action: appraisal.ActionPublic, Handler: says("")})
	for _, path := range []string{"/api/v1/mine", "/api/v1/none", "/livez", "/nowhere"} {
		h := b.do(t, "GET", path, "X-Request-Id", "chosen-by-the-client").Header()
		if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none';") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: Content-Security-Policy is %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: headers are %v", path, h)
		}
		if id := h.Get("X-Request-Id"); len(id) < 20 || id == "chosen-by-the-client" {
			t.Errorf("%s: X-Request-Id is %q", path, id)
		}
	}
	if got := b.do(t, "GET", "/api/v1/mine").Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control of a personal answer is %q", got)
	}
}

func TestUnknownPathsAndMethodsAreAnsweredAsProblems(t *testing.T) {
	b := setup(t, Options{}, route.Route{Method: "GET", Path: "/api/v1/thing", Action: appraisal.ActionPublic, Handler: says("")})
	if w := b.do(t, "GET", "/api/v1/nothing"); w.Code != 404 || problemIn(t, w).Code != appraisal.CodeNotFound {
		t.Errorf("an unknown path answered %d", w.Code)
	}
	w := b.do(t, "DELETE", "/api/v1/thing")
	if w.Code != 405 || w.Header().Get("Allow") != "GET" || problemIn(t, w).Status != 405 {
		t.Errorf("a wrong method answered %d, Allow %q: %s", w.Code, w.Header().Get("Allow"), w.Body)
	}
}

func TestAPanicIsAnsweredAndLoggedOnceWithItsStack(t *testing.T) {
	b := setup(t, Options{}, route.Route{
		Method: "GET", Path: "/api/v1/thing", Action: appraisal.ActionPublic,
		Handler: func(*gin.Context) { panic("lost my place") },
	})
	w := b.do(t, "GET", "/api/v1/thing")
	if p := problemIn(t, w); p.Status != 500 || strings.Contains(w.Body.String(), "lost my place") {
		t.Errorf("the answer is %s", w.Body)
	}
	if n := strings.Count(b.log.String(), "panic: lost my place"); n != 1 || !strings.Contains(b.log.String(), "engine_test.go") {
		t.Errorf("the log tells it %d times:\n%s", n, b.log)
	}
}

func TestTheLogKnowsARequestByItsRouteAndTellsNoSecret(t *testing.T) {
	b := setup(t, Options{}, route.Route{
		Method: "GET", Path: "/api/v1/things/:id", Action: appraisal.ActionSignedIn,
		Handler: func(c *gin.Context) { rest.Fault(c, errors.New("disk full")) },
	})
	b.do(t, "GET", "/api/v1/things/a-path-secret?token=a-query-secret", "Authorization", "Bearer employee-token")
	var line map[string]any
	if err := json.Unmarshal(b.log.Bytes(), &line); err != nil {
		t.Fatalf("%v: not one line: %s", err, b.log)
	}
	for key, want := range map[string]any{
		"level": "ERROR", "method": "GET", "route": "/api/v1/things/:id", "status": 500.0, "error": "disk full",
		"actor": "0b6b3a52-57a3-4c31-8c0a-93a7c1f1f0a1",
	} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}
	for _, secret := range []string{"a-path-secret", "a-query-secret", "employee-token", "Sri"} {
		if strings.Contains(b.log.String(), secret) {
			t.Errorf("the log tells %q: %s", secret, b.log)
		}
	}
}

func TestAFaultOfTheClientIsNoErrorInTheLog(t *testing.T) {
	b := setup(t, Options{})
	b.do(t, "GET", "/api/v1/nothing")
	if !strings.Contains(b.log.String(), `"level":"INFO"`) || strings.Contains(b.log.String(), `"error"`) {
		t.Errorf("the log says %s", b.log)
	}
}

func TestAClientThatGoesAwayIsNoErrorInTheLog(t *testing.T) {
	b := setup(t, Options{}, route.Route{
		Method: "GET", Path: "/api/v1/thing", Action: appraisal.ActionPublic,
		Handler: func(c *gin.Context) { rest.Fault(c, fmt.Errorf("read: %w", c.Request.Context().Err())) },
	})
	ctx, leave := context.WithCancel(t.Context())
	leave()
	b.engine.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/api/v1/thing", nil))
	if !strings.Contains(b.log.String(), `"level":"INFO"`) {
		t.Errorf("the log says %s", b.log)
	}
}

func TestReadinessFollowsTheDatabaseAndLivenessDoesNot(t *testing.T) {
	var down error
	b := setup(t, Options{Ready: func(context.Context) error { return down }})
	if w := b.do(t, "GET", "/readyz"); w.Code != 200 {
		t.Errorf("ready answered %d", w.Code)
	}
	down = errors.New("connection refused")
	w := b.do(t, "GET", "/readyz")
	if w.Code != 503 || problemIn(t, w).Code != appraisal.CodeUnavailable || strings.Contains(w.Body.String(), "refused") {
		t.Errorf("not ready answered %d: %s", w.Code, w.Body)
	}
	if w := b.do(t, "GET", "/livez"); w.Code != 200 {
		t.Errorf("alive answered %d", w.Code)
	}
}

func TestMetricsCountRequestsByRoutePattern(t *testing.T) {
	m := NewMetrics()
	b := setup(t, Options{Metrics: m}, route.Route{
		Method: "GET", Path: "/api/v1/things/:id", Action: appraisal.ActionPublic, Handler: says(""),
	}, route.Route{
		Method: "GET", Path: "/api/v1/voices/:id", Action: appraisal.ActionPublic, Handler: says(""), KnownAs: "/api/v1/acts/:act",
	})
	for _, path := range []string{"/api/v1/voices/1", "/api/v1/things/1", "/api/v1/things/2", "/made-up-1", "/made-up-2"} {
		b.do(t, "GET", path)
	}
	b.do(t, "BREW", "/api/v1/things/1")
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	for _, want := range []string{
		`telaah_http_request_duration_seconds_count{method="GET",route="/api/v1/things/:id",status="200"} 2`,
		`telaah_http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 2`,
		`route="/api/v1/acts/:act",status="200"} 1`, `method="other"`, "go_goroutines",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestABodyBeyondTheLimitOfItsRouteIsRefused(t *testing.T) {
	read := func(c *gin.Context) {
		if _, err := c.GetRawData(); err != nil {
			c.Status(http.StatusRequestEntityTooLarge)
		}
	}
	b := setup(t, Options{},
		route.Route{Method: "POST", Path: "/api/v1/small", Action: appraisal.ActionPublic, Handler: read},
		route.Route{Method: "POST", Path: "/api/v1/large", Action: appraisal.ActionPublic, Handler: read, MaxBody: route.ImportMaxBody})
	for _, tt := range []struct {
		path string
		size int
		want int
	}{
		{"/api/v1/small", 1 << 20, 200}, {"/api/v1/small", 1<<20 + 1, 413},
		{"/api/v1/large", 32 << 20, 200}, {"/api/v1/large", 32<<20 + 1, 413},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", tt.path, bytes.NewReader(make([]byte, tt.size)))
		w := httptest.NewRecorder()
		b.engine.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%d bytes to %s: %d, want %d", tt.size, tt.path, w.Code, tt.want)
		}
	}
}
