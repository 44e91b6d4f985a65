package api_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/marelan/telaah/api"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/payload"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// temporalUI is where Temporal's own pages are in these tests.
const temporalUI = "http://telaah.test:8233"

// openCodec is the office with what Temporal keeps encrypted, with Kades as its administrator, and a payload of no cycle.
func openCodec(t *testing.T) (*office, object) {
	t.Helper()
	o := openOffice(t)
	o.exec(`insert into role_grant (person_id, role) select id, 'administrator' from person where name = 'Kades'`)
	masters, err := payload.NewMasters([][]byte{make([]byte, payload.KeySize)})
	o.must(err)
	codec := payload.NewCodec(payload.NewKeys(postgres.PayloadKeys{DB: o.pool}, masters, slog.New(slog.DiscardHandler)), true)
	o.service = service.New(service.Options{DB: o.pool, Policies: appraisal.Embedded(), Zone: time.UTC, Payloads: codec})
	o.engine, err = api.New(api.Options{Service: o.service, BaseURL: "http://telaah.test:8080", TemporalUI: temporalUI + "/pages", Ready: o.pool.Ping,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	o.must(err)
	var options client.Options
	codec.Apply(&options)
	written, err := options.DataConverter.ToPayload("waits for the appraiser")
	o.must(err)
	return o, object{"metadata": written.GetMetadata(), "data": written.GetData()}
}

// decoded are the texts of an answer's payloads.
func decoded(o *office, raw string) []string {
	o.t.Helper()
	var answer struct{ Payloads []service.Payload }
	o.must(json.Unmarshal([]byte(raw), &answer))
	var texts []string
	for _, p := range answer.Payloads {
		texts = append(texts, string(p.Metadata["encoding"])+" "+string(p.Data))
	}
	return texts
}

func TestOnlyAnAdministratorReadsWhatTemporalKeepsAndTheTrailSaysSoOnce(t *testing.T) {
	t.Parallel()
	o, written := openCodec(t)
	plain := object{"metadata": object{"encoding": []byte("json/plain")}, "data": []byte(`"plain"`), "externalPayloads": []any{}}
	body := object{"payloads": []any{written, plain}}
	for who, want := range map[string]int{"": 401, "Wati": 403, "Personalia": 403, "Panitia": 403, "Bupati": 403} {
		if got := o.ask(who, want, "POST", "/codec/decode", body, "X-Namespace", "telaah"); strings.Contains(got.raw, "appraiser") {
			t.Errorf("%q was told %s", who, got.raw)
		}
	}
	if n := o.value(`select count(*)::text from audit_event where action = 'decode_payloads'`); n != "0" {
		t.Errorf("%s lines in the trail before anything was decrypted", n)
	}
	for range 3 {
		got := o.ask("Kades", 200, "POST", "/codec/decode", body, "X-Namespace", "telaah")
		if texts := decoded(o, got.raw); len(texts) != 2 || texts[0] != `json/plain "waits for the appraiser"` || texts[1] != `json/plain "plain"` {
			t.Errorf("decoded as %q", texts)
		}
	}
	trail := o.value(`select string_agg(coalesce(actor_id::text, '') || ' ' || subject || ' ' || content::text, '; ') from audit_event join audit_content on event_id = id where action = 'decode_payloads'`)
	want := o.value(`select id::text from person where name = 'Kades'`) + ` temporal/telaah {"payloads": 2, "namespace": "telaah"}`
	if trail != want {
		t.Errorf("the trail says %q, want %q", trail, want)
	}
	o.ask("Kades", 422, "POST", "/codec/decode", body, "X-Namespace", "tel<aah")
	o.ask("Kades", 422, "POST", "/codec/decode", object{"payloads": "all"}, "X-Namespace", "telaah")
	o.ask("Kades", 413, "POST", "/codec/decode", object{"payloads": []any{object{"metadata": object{}, "data": make([]byte, 4<<20)}}}, "X-Namespace", "telaah")
	o.ask("Kades", 422, "POST", "/codec/decode", object{"payloads": make([]service.Payload, 5001)}, "X-Namespace", "telaah")
}

func TestWhatCannotBeReadAnyMoreIsAnsweredWithASentenceInItsPlace(t *testing.T) {
	t.Parallel()
	o, written := openCodec(t)
	o.exec(`update payload_key set wrapped = null, current = false, destroyed_at = now()`)
	damaged := object{"metadata": written["metadata"], "data": []byte("short")}
	unknown := object{"metadata": object{"encoding": []byte("binary/encrypted"), "encryption-key-id": []byte("'; --")}, "data": []byte{}}
	got := o.ask("Kades", 200, "POST", "/codec/decode", object{"payloads": []any{unknown, damaged}}, "X-Namespace", "telaah")
	for i, text := range decoded(o, got.raw) {
		if !strings.HasPrefix(text, `json/plain "[`) {
			t.Errorf("payload %d is answered %s", i, text)
		}
	}
}

// fromPage asks as a page of an origin does.
func (o *office) fromPage(method, path, origin, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(o.t.Context(), method, "http://telaah.test:8080"+path, strings.NewReader(`{"payloads":[]}`))
	r.Header.Set("Origin", origin)
	r.Header.Set("Sec-Fetch-Site", "same-site")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Namespace", "telaah")
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: "telaah_session", Value: cookie})
	}
	w := httptest.NewRecorder()
	o.engine.ServeHTTP(w, r)
	return w
}

func TestTemporalsPagesMayAskForThisOneThingAndNoOtherOriginMay(t *testing.T) {
	t.Parallel()
	o, _ := openCodec(t)
	const decode = "/api/v1/codec/decode"
	for _, tt := range []struct {
		method, path, origin, cookie string
		want                         int
		admitted                     bool
	}{
		{"OPTIONS", decode, temporalUI, "", 204, true},
		{"POST", decode, temporalUI, "Kades", 200, true},
		{"POST", decode, temporalUI, "", 401, true}, // so that the page can show why
		{"POST", decode, temporalUI, "Wati", 403, true},
		{"POST", decode, "http://telaah.test:8080", "Kades", 200, false},
		{"POST", decode, "http://telaah.test:8234", "Kades", 403, false},
		{"POST", decode, "https://telaah.test:8233", "Kades", 403, false},
		{"POST", decode, "null", "Kades", 403, false},
		{"OPTIONS", decode, "http://evil.test", "", 204, false},
		{"GET", "/api/v1/tasks", temporalUI, "Kades", 200, false},
		{"OPTIONS", "/api/v1/tasks", temporalUI, "Kades", 405, false},
		{"DELETE", "/api/v1/sessions/current", temporalUI, "Kades", 403, false},
	} {
		w := o.fromPage(tt.method, tt.path, tt.origin, tt.cookie)
		h := w.Header()
		admitted := h.Get("Access-Control-Allow-Origin") == temporalUI && h.Get("Access-Control-Allow-Credentials") == "true"
		if w.Code != tt.want || admitted != tt.admitted || !admitted && h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s %s from %s as %q: %d and admitted %t, want %d and %t: %v", tt.method, tt.path, tt.origin, tt.cookie, w.Code, admitted, tt.want, tt.admitted, h)
		}
	}
	if allowed := o.fromPage("OPTIONS", decode, temporalUI, "").Header().Get("Access-Control-Allow-Methods"); allowed != "POST" {
		t.Errorf("the preflight allows %q", allowed)
	}
}
