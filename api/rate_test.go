package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/rest"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/session"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func TestAnAllowanceIsAMinutesRequestsAndFillsUpAgainSteadily(t *testing.T) {
	m, now := newMeter(60), time.Now()
	for i := range 60 {
		if wait := m.take("a", now); wait != 0 {
			t.Fatalf("request %d waits %s", i, wait)
		}
	}
	if wait := m.take("a", now); wait != time.Second {
		t.Errorf("the next waits %s", wait)
	}
	if wait := m.take("b", now); wait != 0 {
		t.Errorf("somebody else waits %s", wait)
	}
	if wait := m.take("a", now.Add(-time.Hour)); wait <= 0 {
		t.Error("a clock that goes back gives an allowance")
	}
	if wait := m.take("a", now.Add(1500*time.Millisecond)); wait != 0 {
		t.Errorf("after its time it waits %s", wait)
	}
	if wait := m.take("a", now.Add(time.Hour)); wait != 0 || len(m.buckets) != 1 {
		t.Errorf("after an hour it waits %s and %d are remembered", wait, len(m.buckets))
	}
	for range 3 {
		if wait := newMeter(0).take("a", now); wait != 0 {
			t.Error("no limit is a limit")
		}
	}
}

func TestACrowdOfNetworksTakesNoMoreMemoryThanIsSetAside(t *testing.T) {
	m, now := newMeter(60), time.Now()
	for i := range mostMetered + 1000 {
		m.take(strconv.Itoa(i), now)
	}
	if len(m.buckets) > mostMetered+1 {
		t.Errorf("%d are kept apart", len(m.buckets))
	}
	if wait := m.take("newcomer", now); wait <= 0 {
		t.Error("those beyond have an allowance each")
	}
	if wait := m.take("7", now); wait != 0 {
		t.Errorf("one who was known before waits %s", wait)
	}
}

// from asks as somebody, from an address.
func (b testBundle) from(address, token, method, path string, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://telaah.test"+path, strings.NewReader(body))
	r.RemoteAddr = address
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.engine.ServeHTTP(w, r)
	return w
}

func TestAPersonAndANetworkThatAskTooMuchAreToldHowLongToWait(t *testing.T) {
	mine := route.Route{Method: "GET", Path: "/api/v1/mine", Action: appraisal.ActionSignedIn, Handler: says("")}
	b := setup(t, Options{Rates: Rates{Person: 60, Network: 100}}, mine)
	refused := 0
	for range 61 {
		w := b.from("10.1.1.1:99", "employee-token", "GET", "/api/v1/mine", "")
		if w.Code == http.StatusTooManyRequests {
			refused++
			if p := problemIn(t, w); p.Code != appraisal.CodeTooMany || w.Header().Get("Retry-After") != "1" || !strings.Contains(p.Detail, "1 second") {
				t.Errorf("the answer is %s, Retry-After %q", w.Body, w.Header().Get("Retry-After"))
			}
		}
	}
	if refused == 0 {
		t.Error("one person is never refused")
	}
	if w := b.from("10.2.2.2:99", "employee-token", "GET", "/api/v1/mine", ""); w.Code != http.StatusTooManyRequests {
		t.Errorf("from another network they are answered %d", w.Code)
	}
	if w := b.from("10.1.1.1:99", "hr-token", "GET", "/api/v1/mine", ""); w.Code != http.StatusOK {
		t.Errorf("a colleague in the same office is answered %d", w.Code)
	}
	for range 100 {
		b.from("10.1.1.1:99", "", "GET", "/nowhere", "")
	}
	if w := b.from("10.1.1.1:99", "hr-token", "GET", "/api/v1/mine", ""); w.Code != http.StatusTooManyRequests {
		t.Errorf("from a network that asked too much they are answered %d", w.Code)
	}
	if w := b.from("10.3.3.3:99", "hr-token", "GET", "/api/v1/mine", ""); w.Code != http.StatusOK {
		t.Errorf("from home they are answered %d", w.Code)
	}
	for i := range 200 {
		if w := b.from("127.0.0.1:99", "", "GET", "/livez", ""); w.Code != http.StatusOK {
			t.Fatalf("probe %d of this machine is answered %d", i, w.Code)
		}
	}
}

func TestAnAddressThatOnlyClaimsToBeAnotherDoesNotEscapeItsAllowance(t *testing.T) {
	mine := route.Route{Method: "GET", Path: "/api/v1/mine", Action: appraisal.ActionPublic, Handler: func(c *gin.Context) {
		c.String(200, session.Network(c.Request.Context()))
	}}
	for name, tt := range map[string]struct {
		proxies []string
		remote  string
		claims  string
		want    string
	}{
		"nobody is believed":            {nil, "203.0.113.7:1", "10.0.0.%d", "203.0.113.7"},
		"not even this machine":         {nil, "127.0.0.1:1", "10.0.0.%d", "127.0.0.1"},
		"a stranger beside a proxy":     {[]string{"192.0.2.1"}, "203.0.113.7:1", "10.0.0.%d", "203.0.113.7"},
		"a proxy's client that invents": {[]string{"192.0.2.1"}, "192.0.2.1:1", "10.0.0.%d, 203.0.113.7", "203.0.113.7"},
		"a chain of proxies":            {[]string{"192.0.2.0/24"}, "192.0.2.1:1", "10.0.0.%d, 203.0.113.7, 192.0.2.9", "203.0.113.7"},
		"what is no address":            {[]string{"192.0.2.1"}, "192.0.2.1:1", "%d; drop table", "192.0.2.1"},
	} {
		b := setup(t, Options{TrustedProxies: tt.proxies, Rates: Rates{Network: 60}}, mine)
		codes := map[int]int{}
		for i := range 80 {
			w := b.from(tt.remote, "", "GET", "/api/v1/mine", "", "X-Forwarded-For", fmt.Sprintf(tt.claims, i), "X-Real-Ip", "198.51.100.1", "Forwarded", "for=198.51.100.1")
			codes[w.Code]++
			if w.Code == 200 && w.Body.String() != tt.want {
				t.Errorf("%s: it is taken for %s", name, w.Body)
			}
		}
		if exempt := strings.HasPrefix(tt.want, "127."); (codes[429] == 0) != exempt {
			t.Errorf("%s: the answers are %v", name, codes)
		}
	}
}

func TestWhatWasTypedIsGivenBackByAPageThatAskedForPatience(t *testing.T) {
	s := service.New(service.Options{})
	pages, err := web.New(web.Options{Service: s})
	if err != nil {
		t.Fatal(err)
	}
	b := setup(t, Options{Pages: pages, Rates: Rates{Network: 60}}, rest.Routes(s)...)
	for range 61 {
		b.from("10.1.1.1:99", "", "GET", "/static/none", "")
	}
	w := b.from("10.1.1.1:99", "", "POST", "/masuk", "email=Surat+yang+panjang+sekali%40desa.test", "Content-Type", "application/x-www-form-urlencoded")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "Surat yang panjang sekali@desa.test") {
		t.Errorf("answered %d, Retry-After %q: %s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
	const multipart = "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nKata yang diketik\r\n--b\r\n" +
		"Content-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF\r\n--b--\r\n"
	w = b.from("10.1.1.1:99", "", "POST", "/penilaian/x/umpan-balik", multipart, "Content-Type", "multipart/form-data; boundary=b")
	if w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "Kata yang diketik") || strings.Contains(w.Body.String(), "%PDF") {
		t.Errorf("with a file it is answered %d: %s", w.Code, w.Body)
	}
}
