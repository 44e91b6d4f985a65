package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// bundle is the pages behind their own routes, with somebody signed in.
type bundle struct {
	t       *testing.T
	service *scripted
	actor   appraisal.Actor
	lang    locale.Lang
	routes  []route.Route
	handler http.Handler
	cookies map[string]string
}

// parsed are the pages with their templates, read once for all tests.
var parsed = sync.OnceValue(func() *web.Pages {
	gin.SetMode(gin.ReleaseMode)
	pages, err := web.New(web.Options{
		Zone: jakarta, Now: func() time.Time { return today }, TemporalUI: "http://127.0.0.1:8233", Namespace: "telaah",
	})
	if err != nil {
		panic(err)
	}
	return pages
})

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{t: t, service: example(), actor: everybody, lang: locale.Indonesian, cookies: map[string]string{}}
	pages := parsed().WithService(b.service)
	g := gin.New()
	g.Use(func(c *gin.Context) {
		state := session.State{Actor: b.actor, Lang: b.lang, RequestID: "REQ123", Network: "192.0.2.1"}
		if b.actor.ID != "" {
			state.ID, state.Token = "session", "token"
		}
		c.Request = c.Request.WithContext(session.With(c.Request.Context(), state))
	})
	b.routes = pages.Routes()
	for _, r := range b.routes {
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		permit := func(c *gin.Context) {
			if err := appraisal.MayTry(session.Actor(c.Request.Context()), r.Action); err != nil {
				pages.Fault(c, err)
			}
		}
		g.Handle(r.Method, r.Path, permit, r.Handler)
	}
	g.NoRoute(func(c *gin.Context) { pages.Fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)) })
	b.handler = g
	return b
}

// answer is what came back for a request.
type answer struct {
	*httptest.ResponseRecorder
	t *testing.T
}

func (b *bundle) send(r *http.Request) answer {
	b.t.Helper()
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return answer{w, b.t}
}

func (b *bundle) get(path string) answer {
	b.t.Helper()
	return b.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *bundle) post(path string, values url.Values) answer {
	b.t.Helper()
	return b.submit(http.MethodPost, path, values)
}

func (b *bundle) submit(method, path string, values url.Values) answer {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// page parses the answer, which has to have the status.
func (a answer) page(status int) *goquery.Document {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("status %d, want %d: %s", a.Code, status, a.Body)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body.String()))
	if err != nil {
		a.t.Fatal(err)
	}
	return d
}

// redirect returns where the answer leads.
func (a answer) redirect() string {
	a.t.Helper()
	if a.Code != http.StatusSeeOther {
		a.t.Fatalf("status %d, want a redirect: %s", a.Code, a.Body)
	}
	return a.Header().Get("Location")
}

// values reads the form of a page the way a browser would send it, with the given button pressed.
func values(d *goquery.Selection, button string) url.Values {
	v := url.Values{}
	d.Find("input,textarea,select").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		switch kind, _ := s.Attr("type"); {
		case name == "":
		case kind == "radio" || kind == "checkbox":
			if _, on := s.Attr("checked"); on {
				v.Add(name, s.AttrOr("value", "on"))
			}
		case goquery.NodeName(s) == "textarea":
			v.Add(name, s.Text())
		case goquery.NodeName(s) == "select":
			chosen := s.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = s.Find("option").First()
			}
			v.Add(name, chosen.AttrOr("value", ""))
		default:
			v.Add(name, s.AttrOr("value", ""))
		}
	})
	if button != "" {
		v.Set("action", button)
	}
	return v
}

// text returns what a reader sees, with single spaces.
func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func contains(t *testing.T, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("%q is missing in %q", want, shortened(got))
	}
}

func shortened(s string) string {
	if len(s) > 2000 {
		return fmt.Sprintf("%s … (%d bytes)", s[:2000], len(s))
	}
	return s
}
