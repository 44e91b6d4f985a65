package api_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/api"
	"github.com/marelan/telaah/api/rest"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
)

// besieged is an office with its pages, in the midst of a cycle, whose log is kept.
type besieged struct {
	*office
	routes []route.Route
	log    *lockedBuffer
}

func besiege(t *testing.T) *besieged {
	t.Helper()
	b := &besieged{office: openOffice(t), log: &lockedBuffer{}}
	pages, err := web.New(web.Options{Service: b.service, Zone: time.UTC})
	b.must(err)
	b.routes = append(rest.Routes(b.service), pages.Routes()...)
	b.engine, err = api.New(api.Options{
		Service: b.service, Pages: pages, BaseURL: "http://telaah.test", Ready: b.pool.Ping, Log: slog.New(slog.NewJSONHandler(b.log, nil)),
	})
	b.must(err)
	b.launch("KEPUNG")
	return b
}

// throw sends whatever bytes, and fails where that is the server's fault or goes into the log as one.
func (b *besieged) throw(who, method, path, kind string, body []byte, headers ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, "http://telaah.test/", bytes.NewReader(body))
	path, r.URL.RawQuery, _ = strings.Cut(path, "?")
	r.URL.Path = path // as a client sends it that escapes nothing
	if plain, err := url.PathUnescape(path); err == nil {
		r.URL.Path, r.URL.RawPath = plain, path
	}
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.engine.ServeHTTP(w, r)
	if w.Code >= 500 {
		b.t.Errorf("%s %.120q as %s with %s %.120q: %d %.200s", method, path, who, kind, body, w.Code, w.Body)
	}
	return w
}

// attackers are one of each kind.
var attackers = []string{"", "Wati", "Sekdes", "Personalia", "Panitia"}

// strangeIDs are what is written in the place of an id.
var strangeIDs = []string{
	"00000000-0000-0000-0000-000000000000", "x", "-1", "null", "' or '1'='1", "1;drop table person", "%00", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..", "{{.}}",
	"00000000-0000-0000-0000-00000000000g", "٠0000000-0000-0000-0000-000000000000", "\u202e", "%ff%fe", strings.Repeat("a", 5000),
}

func TestAnIDThatIsGuessedOrMadeUpIsRefusedOnEveryRouteWithoutAFaultOfOurs(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	for _, r := range b.routes {
		if r.Asset || !parameter.MatchString(r.Path) {
			continue
		}
		for _, pattern := range patterns(r) {
			if !parameter.MatchString(pattern) {
				continue
			}
			for i, id := range strangeIDs {
				path, kind, body := parameter.ReplaceAllLiteralString(pattern, id), "", []byte(nil)
				if r.Method != http.MethodGet {
					kind, body = "application/json", []byte("{}")
					if !strings.HasPrefix(r.Path, "/api/") {
						kind, body = "application/x-www-form-urlencoded", []byte("aksi=kirim")
					}
				}
				who := attackers[1+i%(len(attackers)-1)]
				w := b.throw(who, r.Method, path, kind, body)
				public := r.Action == appraisal.ActionPublic
				if w.Code < 400 && !public && w.Code != http.StatusSeeOther {
					t.Errorf("%s with %.40q as %s is answered %d: %.200s", r, id, who, w.Code, w.Body)
				}
			}
		}
	}
}

func TestNoPathLeadsToAFileThatIsNotServed(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	for _, path := range []string{
		"/static/../go.mod", "/static/..%2f..%2f..%2fetc%2fpasswd", "/static/%2e%2e/web.go", "/static/....//web.go", "/static/style.css/../../web.go", "/static/",
		"/static/.", "/static/%00", "/static/style.css%00.go", `/static/..\web.go`, "/../../etc/passwd", "//etc/passwd", "/api/../static/x", "/api/v1/..;/x",
		"/penilaian/../../etc/passwd", "/.git/config", "/.env",
	} {
		w := b.throw("Personalia", "GET", path, "", nil)
		if w.Code < 400 && w.Code != http.StatusMovedPermanently || strings.Contains(w.Body.String(), "root:") || strings.Contains(w.Body.String(), "package web") {
			t.Errorf("%s is answered %d: %.100s", path, w.Code, w.Body)
		}
	}
}

// bodies are what no route takes for what it is not.
var bodies = []struct{ kind, body string }{
	{"", "{}"}, {"application/json", ""}, {"application/json", "null"}, {"application/json", "[]"}, {"application/json", `"x"`}, {"application/json", "1e999999"},
	{"application/json", `{"a":`}, {"application/json", "{}{}"}, {"application/json", "\xff\xfe{\x00}\x00"}, {"application/json", `{"a":"\ud800"}`},
	{"application/json", strings.Repeat(`{"a":`, 100_000)}, {"application/json", strings.Repeat("[", 100_000)}, {"application/json", `{"a":` + strings.Repeat("9", 100_000) + `}`},
	{"application/json; charset=utf-16", "{}"}, {"application/problem+json", "{}"}, {"text/json", "{}"}, {"text/plain", "{}"}, {"application/xml", `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`},
	{"application/x-www-form-urlencoded", "%zz=%"}, {"application/x-www-form-urlencoded", strings.Repeat("a&", 20_000)}, {"application/x-www-form-urlencoded", "a=%00&b=%ff"},
	{"multipart/form-data", "x"}, {"multipart/form-data; boundary=b", "--b\r\n"}, {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"},
	{"multipart/form-data; boundary=" + strings.Repeat("b", 200), "x"}, {"multipart/form-data; boundary=b", strings.Repeat("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n", 12_000) + "--b--"},
	{"application/octet-stream", "\x00\x01"}, {"image/svg+xml", "<svg onload=alert(1)>"}, {"*/*", "{}"}, {"application/json\r\nX-Evil: 1", "{}"}, {";;;", "{}"},
}

func TestAWrongBodyOfAnyKindIsTheSendersFaultOnEveryRoute(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	ids := b.someIDs()
	for n, r := range b.routes {
		if r.Method == http.MethodGet || r.Method == http.MethodDelete {
			continue
		}
		path := b.fill(r.Path, ids)
		for i, body := range bodies {
			w := b.throw(attackers[1+(n+i)%(len(attackers)-1)], r.Method, path, body.kind, []byte(body.body))
			if strings.Contains(w.Body.String(), "root:") {
				t.Errorf("%s reads files of the server", r)
			}
		}
	}
}

func TestWhatIsTooLargeIsRefusedOnEveryRouteWithoutBeingKeptInMemory(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	ids := b.someIDs()
	large := bytes.Repeat([]byte("a"), route.DefaultMaxBody+1)
	text := append(append([]byte(`{"reason":"`), large...), `"}`...)
	form := append([]byte("comment="), large...)
	for _, r := range b.routes {
		if r.Method == http.MethodGet || r.Method == http.MethodDelete || r.MaxBody > 0 || r.Action == appraisal.ActionPublic {
			continue
		}
		kind, body := "application/json", text
		if !strings.HasPrefix(r.Path, "/api/") {
			kind, body = "application/x-www-form-urlencoded", form
		}
		for _, who := range attackers[1:] {
			if w := b.throw(who, r.Method, b.fill(r.Path, ids), kind, body); w.Code < 400 {
				t.Errorf("%s takes %d bytes as %s: %d %.200s", r, len(body), who, w.Code, w.Body)
			}
		}
	}
}

// someIDs are ids of the record by table, a few of each.
func (b *besieged) someIDs() map[string][]string {
	b.t.Helper()
	ids := map[string][]string{}
	for _, table := range []string{"appraisal", "cycle", "cohort", "step", "person", "evidence"} {
		rows, err := b.pool.Query(b.t.Context(), `select id::text from `+table+` order by id limit 3`)
		b.must(err)
		for rows.Next() {
			var id string
			b.must(rows.Scan(&id))
			ids[table] = append(ids[table], id)
		}
		b.must(rows.Err())
	}
	return ids
}

// fill puts ids of the record, or something like one, into a path.
func (b *besieged) fill(pattern string, ids map[string][]string) string {
	for parameter.MatchString(pattern) {
		at := parameter.FindStringIndex(pattern)
		before := strings.Split(strings.Trim(pattern[:at[0]], "/"), "/")
		id := "5f0e0ad1-44c4-4f4e-8f7e-8d2d5a8f7a01"
		if known := ids[subjects[before[len(before)-1]]]; len(known) > 0 {
			id = known[0]
		}
		pattern = pattern[:at[0]] + id + pattern[at[1]:]
	}
	return pattern
}

func TestFieldsThatNobodyMaySetAreRefusedInEveryBody(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	ids := b.someIDs()
	tried := 0
	for _, r := range b.routes {
		if r.Method == http.MethodGet || r.Method == http.MethodDelete || !strings.HasPrefix(r.Path, "/api/v1/") || r.Action == appraisal.ActionPublic {
			continue
		}
		for _, extra := range []string{`"roles":["administrator"]`, `"employee_id":"x"`, `"rating":"sangat_baik"`, `"at":"2020-01-01T00:00:00Z"`, `"ID":"x"`, `"__proto__":{}`} {
			for _, who := range attackers[1:] {
				w := b.throw(who, r.Method, b.fill(r.Path, ids), "application/json", []byte(`{`+extra+`}`))
				if w.Code < 300 {
					t.Errorf("%s takes %s as %s: %d %s", r, extra, who, w.Code, w.Body)
				}
				if strings.Contains(w.Body.String(), "error.body_unknown_field") {
					tried++
				}
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d were refused for being unknown", tried)
	}
	before := b.value(`select string_agg(role, ',' order by role) from role_grant`)
	b.throw("Wati", "POST", "/bahasa", "application/x-www-form-urlencoded", []byte("lang=en&roles=administrator&person_id="+b.person("Kades")+"&active=false"))
	if after := b.value(`select string_agg(role, ',' order by role) from role_grant`); after != before {
		t.Errorf("roles became %s", after)
	}
}

func TestNothingSecretThatWasSentStandsInTheLog(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	secrets := []string{"rahasia-di-jalan", "rahasia-di-kueri", "rahasia-di-kepala", "rahasia-di-kuki", "rahasia-di-isian"}
	for _, r := range b.routes {
		for _, who := range []string{"", "Wati", "Personalia"} {
			path := parameter.ReplaceAllLiteralString(r.Path, secrets[0])
			kind := "application/x-www-form-urlencoded"
			body := "email=" + secrets[4] + "&token=" + secrets[4] + "&code=" + secrets[4]
			if strings.HasPrefix(r.Path, "/api/") {
				raw, err := json.Marshal(map[string]string{"token": secrets[4], "email": secrets[4]})
				b.must(err)
				kind, body = "application/json", string(raw)
			}
			if r.Method == http.MethodGet {
				body = ""
			}
			w := b.throw(who, r.Method, path, kind, []byte(body), "Cookie", "telaah_session="+secrets[3], "X-Forwarded-For", secrets[2], "Idempotency-Key", secrets[2], "Referer", "http://telaah.test/masuk/"+secrets[0])
			_ = w
		}
	}
	secrets = append(secrets, "Wati", "Personalia") // the tokens of the test are the names
	if at := slices.IndexFunc(secrets, func(s string) bool { return strings.Contains(b.log.String(), s) }); at >= 0 {
		t.Errorf("the log tells %q", secrets[at])
	}
}
