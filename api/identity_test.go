package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

func TestTheLanguageIsThePersonsThenTheCookiesThenTheBrowsersThenIndonesian(t *testing.T) {
	b := setup(t, Options{}, route.Route{
		Method: "GET", Path: "/api/v1/lang", Action: appraisal.ActionPublic,
		Handler: func(c *gin.Context) { c.String(200, string(session.Lang(c.Request.Context()))) },
	})
	for _, tt := range []struct {
		name    string
		headers []string
		want    locale.Lang
	}{
		{"nothing said", nil, locale.Indonesian},
		{"a browser in English", []string{"Accept-Language", "en-GB,en;q=0.9"}, locale.English},
		{"a browser that prefers Indonesian", []string{"Accept-Language", "en;q=0.5,id-ID;q=0.9"}, locale.Indonesian},
		{"a browser in German", []string{"Accept-Language", "de-DE"}, locale.Indonesian},
		{"a browser that says nonsense", []string{"Accept-Language", "%%%"}, locale.Indonesian},
		{"an earlier choice before the browser", []string{"Cookie", "lang=id", "Accept-Language", "en"}, locale.Indonesian},
		{"the person's own before all", []string{"Cookie", "lang=id", "Authorization", "Bearer employee-token"}, locale.English},
		{"a person who never chose", []string{"Cookie", "lang=en", "Authorization", "Bearer hr-token"}, locale.English},
	} {
		if got := b.do(t, "GET", "/api/v1/lang", tt.headers...).Body.String(); got != string(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAnAssetAsksForNoSession(t *testing.T) {
	b := setup(t, Options{}, route.Route{
		Method: "GET", Path: "/static/style.css", Action: appraisal.ActionPublic, Asset: true,
		Handler: func(c *gin.Context) { c.String(200, "%t", session.SignedIn(c.Request.Context())) },
	})
	w := b.do(t, "GET", "/static/style.css", "Cookie", session.CookieName+"=employee-token")
	if w.Body.String() != "false" || w.Header().Get("Cache-Control") != "" {
		t.Errorf("signed in: %s, Cache-Control: %q", w.Body, w.Header().Get("Cache-Control"))
	}
}

func TestTheSessionCookieIsOutOfReachOfScriptsAndOfPlainHTTP(t *testing.T) {
	for base, secure := range map[string]bool{"https://telaah.test": true, "http://telaah.test": false} {
		b := setup(t, Options{BaseURL: base}, route.Route{
			Method: "POST", Path: "/in", Action: appraisal.ActionPublic,
			Handler: func(c *gin.Context) { session.SetCookie(c.Request.Context(), c.Writer, "the-token") },
		})
		cookie := b.do(t, "POST", "/in").Result().Cookies()[0]
		if cookie.Secure != secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" {
			t.Errorf("at %s the cookie is %v", base, cookie)
		}
	}
}

func TestForwardedAddressesAreBelievedOnlyFromTrustedProxies(t *testing.T) {
	from := route.Route{
		Method: "GET", Path: "/api/v1/from", Action: appraisal.ActionPublic,
		Handler: func(c *gin.Context) { c.String(200, session.Network(c.Request.Context())) },
	}
	alone := setup(t, Options{}, from)
	behind := setup(t, Options{TrustedProxies: []string{"192.0.2.0/24"}}, from) // httptest sends from 192.0.2.1
	if got := alone.do(t, "GET", "/api/v1/from", "X-Forwarded-For", "203.0.113.9").Body.String(); got != "192.0.2.1" {
		t.Errorf("without a proxy: %s", got)
	}
	if got := behind.do(t, "GET", "/api/v1/from", "X-Forwarded-For", "203.0.113.9").Body.String(); got != "203.0.113.9" {
		t.Errorf("behind a proxy: %s", got)
	}
	if got := behind.do(t, "GET", "/api/v1/from", "X-Forwarded-For", "2001:db8:1:2:3:4:5:6").Body.String(); got != "2001:db8:1:2::/64" {
		t.Errorf("from an IPv6 network: %s", got)
	}
}

// plainPages stands for the pages: one route, and faults told in one line.
type plainPages struct{}

func (plainPages) Routes() []route.Route {
	return []route.Route{{Method: "GET", Path: "/tugas", Action: appraisal.ActionSignedIn, Handler: says("tasks")}}
}

func (plainPages) Fault(c *gin.Context, err error) {
	c.String(problem.StatusOf(err), "a page says %v", err)
}

func TestAFaultIsToldAsAPageToPeopleAndAsAProblemToPrograms(t *testing.T) {
	b := setup(t, Options{Pages: plainPages{}})
	for path, page := range map[string]bool{"/tugas": true, "/nowhere": true, "/api/v1/nowhere": false} {
		w := b.do(t, "GET", path)
		if got := strings.HasPrefix(w.Body.String(), "a page says"); got != page {
			t.Errorf("%s was answered %d %s", path, w.Code, w.Body)
		}
	}
	if w := b.do(t, "GET", "/tugas", "Cookie", session.CookieName+"=employee-token"); w.Code != 200 {
		t.Errorf("signed in, the page answered %d", w.Code)
	}
}

func TestNoWaitOfTheServerIsWithoutEnd(t *testing.T) {
	s := Server("127.0.0.1:0", http.NotFoundHandler())
	if s.ReadHeaderTimeout == 0 || s.ReadTimeout == 0 || s.WriteTimeout == 0 || s.IdleTimeout == 0 || s.MaxHeaderBytes == 0 {
		t.Errorf("the server is %+v", s)
	}
}

func TestABaseURLThatIsNoAddressIsNamed(t *testing.T) {
	_, err := build(Options{BaseURL: "telaah.go.id"}, authenticateTestPeople, nil)
	if err == nil || !strings.Contains(err.Error(), `"telaah.go.id" is not an address such as https://`) {
		t.Errorf("the engine said %v", err)
	}
}
