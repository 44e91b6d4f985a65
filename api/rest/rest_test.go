package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

const someID = "6f1d2c1e-9f0a-4b6e-8a5e-1d2b3c4d5e6f"

// serve sends one request for the subject someID to a handler.
func serve(t *testing.T, h gin.HandlerFunc, method, query, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	return serveID(t, h, someID, method, query, body, headers...)
}

func serveID(t *testing.T, h gin.HandlerFunc, id, method, query, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.Handle(method, "/things/:id", h)
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), method, "/things/"+id+query, strings.NewReader(body))
	r.Body = http.MaxBytesReader(w, r.Body, route.DefaultMaxBody)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	g.ServeHTTP(w, r)
	return w
}

// handlerOf answers with a value.
func handlerOf[T any](value func() T) gin.HandlerFunc {
	return func(c *gin.Context) { answer(c, http.StatusOK, value()) }
}

// asked is what an act was asked to do.
type asked struct {
	how service.Call
	id  appraisal.StepID
	in  service.PlanDecision
}

func planDecision(into *asked) gin.HandlerFunc {
	return act("id", bodyRequired,
		func(_ context.Context, _ appraisal.Actor, how service.Call, id appraisal.StepID, in service.PlanDecision) (service.Receipt, error) {
			*into = asked{how, id, in}
			return service.Receipt{Outcome: appraisal.OutcomeApproved}, nil
		})
}

func problemIn(t *testing.T, w *httptest.ResponseRecorder) problem.Problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Fatalf("Content-Type is %q: %d %s", got, w.Code, w.Body)
	}
	var p problem.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnActReachesTheServiceWithItsKeyItsVersionAndItsWords(t *testing.T) {
	var got asked
	w := serve(t, planDecision(&got), "POST", "", `{"approve": true, "comment": "Sudah baik"}`,
		"Idempotency-Key", "key 1", "If-Match", `"7"`)
	want := asked{service.Call{Key: "key 1", Version: 7}, someID, service.PlanDecision{Approve: true, Comment: "Sudah baik"}}
	if w.Code != 200 || got != want {
		t.Errorf("answered %d; the service was asked %+v, want %+v", w.Code, got, want)
	}
	if !strings.Contains(w.Body.String(), `"outcome":"approved"`) {
		t.Errorf("the answer is %s", w.Body)
	}
}

func TestWithoutAKeyNoneIsMadeUp(t *testing.T) {
	got := asked{how: service.Call{Key: "left over"}}
	serve(t, planDecision(&got), "POST", "", `{"approve": false}`)
	if got.how != (service.Call{}) {
		t.Errorf("the service was asked %+v", got.how)
	}
}

func TestWrongHeadersOfAnActAreNamedAndTheServiceIsNotAsked(t *testing.T) {
	for _, tt := range []struct{ header, value string }{
		{"Idempotency-Key", strings.Repeat("k", 201)},
		{"Idempotency-Key", "kunci-é"},
		{"Idempotency-Key", "two\tparts"},
		{"If-Match", "7"},
		{"If-Match", `W/"7"`},
		{"If-Match", `"seven"`},
		{"If-Match", `"0"`},
		{"If-Match", `"`},
	} {
		var got asked
		w := serve(t, planDecision(&got), "POST", "", `{"approve": true}`, tt.header, tt.value)
		p := problemIn(t, w)
		if w.Code != 422 || len(p.Errors) != 1 || p.Errors[0].Field != tt.header || got.id != "" {
			t.Errorf("%s %q: %d %+v", tt.header, tt.value, w.Code, p)
		}
	}
}

func TestWhatIsNoUUIDNamesNothing(t *testing.T) {
	for _, id := range []string{"1", "6f1d2c1e9f0a4b6e8a5e1d2b3c4d5e6f", "{" + someID + "}", "urn:uuid:" + someID, "6f1d2c1e-9f0a-4b6e-8a5e-1d2b3c4d5e6z"} {
		var got asked
		if w := serveID(t, planDecision(&got), id, "POST", "", `{"approve": true}`); w.Code != 404 || got.id != "" {
			t.Errorf("%s: %d", id, w.Code)
		}
	}
	var got asked
	serveID(t, planDecision(&got), strings.ToUpper(someID), "POST", "", `{"approve": true}`)
	if got.id != someID {
		t.Errorf("an id in capitals became %q", got.id)
	}
}

func TestBodiesThatAreNotExactlyWhatIsAskedForAreRefused(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 17) + "1" + strings.Repeat("}", 17)
	for name, tt := range map[string]struct {
		body   string
		status int
		field  string // or the sentence's key, by what it says
		says   string
	}{
		"no body":              {"", 422, "", "kosong"},
		"blank":                {" \n", 422, "", "kosong"},
		"no JSON":              {"approve=true", 422, "", "bukan JSON"},
		"cut off":              {`{"approve": tr`, 422, "", "terputus"},
		"cut off in an object": {`{"approve": true`, 422, "", "terputus"},
		"a list":               {`[true]`, 422, "", "objek"},
		"null":                 {`null`, 422, "", "objek"},
		"two objects":          {`{"approve": true} {}`, 422, "", "sesudah objek"},
		"rubbish behind":       {`{"approve": true} x`, 422, "", "sesudah objek"},
		"not UTF-8":            {"{\"approve\": true, \"comment\": \"\xff\"}", 422, "", "UTF-8"},
		"too deep":             {deep, 422, "", "dalam"},
		"unknown field":        {`{"approve": true, "aprove": false}`, 422, "aprove", "tidak dikenal"},
		"a field twice":        {`{"approve": true, "approve": false}`, 422, "approve", "lebih dari sekali"},
		"in other letters":     {`{"approve": true, "Approve": false}`, 422, "Approve", "lebih dari sekali"},
		"another type":         {`{"approve": "yes"}`, 422, "approve", "boolean"},
		"without the decision": {`{"comment": "baik"}`, 422, "approve", "wajib"},
		"too large":            {`{"approve": true, "comment": "` + strings.Repeat("x", 1<<20) + `"}`, 413, "", "1 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			var got asked
			w := serve(t, planDecision(&got), "POST", "", tt.body)
			p := problemIn(t, w)
			told := p.Detail
			if tt.field != "" {
				if len(p.Errors) != 1 || p.Errors[0].Field != tt.field {
					t.Fatalf("the fields are %+v", p.Errors)
				}
				told = p.Errors[0].Message
			}
			if w.Code != tt.status || !strings.Contains(told, tt.says) || got.id != "" {
				t.Errorf("%d %q, want %d and a word of %q", w.Code, told, tt.status, tt.says)
			}
		})
	}
}

func TestANullIsNoNoAndNoZero(t *testing.T) {
	var got asked
	w := serve(t, planDecision(&got), "POST", "", `{"approve": null, "comment": "Belum jelas"}`)
	if p := problemIn(t, w); w.Code != 422 || p.Errors[0].Field != "approve" || p.Errors[0].Code != "error.required" || got.id != "" {
		t.Errorf("a decision that is null: %d %+v", w.Code, p)
	}

	var scores []int
	opinion := act("id", bodyRequired,
		func(_ context.Context, _ appraisal.Actor, _ service.Call, _ appraisal.StepID, in appraisal.PeerAnswer) (service.Receipt, error) {
			scores = in.Scores
			return service.Receipt{}, nil
		})
	w = serve(t, opinion, "POST", "", `{"scores": [1, null]}`)
	if p := problemIn(t, w); w.Code != 422 || scores != nil || !strings.Contains(p.Detail, "null") {
		t.Errorf("a score that is null: %d %+v, the service was given %v", w.Code, p, scores)
	}
	if w = serve(t, opinion, "POST", "", `{"scores": null, "comment": null}`); w.Code != 200 || scores != nil {
		t.Errorf("a list that is null is an empty one: %d, %v", w.Code, scores)
	}
}

func TestABodyThatIsNotDeclaredAsJSONIsRefused(t *testing.T) {
	for contentType, want := range map[string]int{
		"application/json": 200, "application/json; charset=utf-8": 200,
		"text/plain": 415, "application/x-www-form-urlencoded": 415, "": 415, "application/jsonp": 415,
	} {
		var got asked
		if w := serve(t, planDecision(&got), "POST", "", `{"approve": true}`, "Content-Type", contentType); w.Code != want {
			t.Errorf("%q: %d, want %d", contentType, w.Code, want)
		}
	}
}

func TestAnActWithoutWordsTakesNoBodyOrAnEmptyObject(t *testing.T) {
	acknowledge := actPlain("id",
		func(context.Context, appraisal.Actor, service.Call, appraisal.StepID) (service.Receipt, error) {
			return service.Receipt{}, nil
		})
	for body, want := range map[string]int{"": 200, "{}": 200, `{"because": "I agree"}`: 422} {
		if w := serve(t, acknowledge, "POST", "", body); w.Code != want {
			t.Errorf("body %q: %d, want %d", body, w.Code, want)
		}
	}
}

func TestAFaultOfTheServiceIsToldWithItsFieldsAndStatus(t *testing.T) {
	refuse := func(err error) gin.HandlerFunc {
		return read("id", func(context.Context, appraisal.Actor, appraisal.StepID) (service.StepForm, error) {
			return service.StepForm{}, err
		})
	}
	var f appraisal.Faults
	f.Add("comment", "error.required", nil)
	w := serve(t, refuse(f.Err()), "GET", "", "")
	if p := problemIn(t, w); w.Code != 422 || p.Code != appraisal.CodeInvalid || p.Errors[0].Code != "error.required" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = serve(t, refuse(appraisal.Fault(appraisal.CodeUnavailable, "error.unavailable", nil)), "GET", "", "")
	if w.Code != 503 || w.Header().Get("Retry-After") != "5" || w.Header().Get("Content-Language") != "id" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestTheVersionToBeMatchedComesWithWhatIsRead(t *testing.T) {
	w := serve(t, handlerOf(func() service.StepForm { return service.StepForm{Step: service.Step{Version: 4}} }), "GET", "", "")
	if w.Header().Get("ETag") != `"4"` {
		t.Errorf("ETag is %q", w.Header().Get("ETag"))
	}
}

func TestAPageOfAListSaysWhereTheNextOneIs(t *testing.T) {
	pages := func(next string) gin.HandlerFunc {
		return func(c *gin.Context) { answerPage(c, service.Page[service.Mail]{Next: next}) }
	}
	w := serve(t, pages("a+b/=="), "GET", "?state=failed&after=old&limit=10", "")
	if got, want := w.Header().Get("Link"), `</things/`+someID+`?after=a%2Bb%2F%3D%3D&limit=10&state=failed>; rel="next"`; got != want {
		t.Errorf("Link is %s, want %s", got, want)
	}
	if !bytes.Contains(w.Body.Bytes(), []byte(`{"items":[],"next":"a+b/=="}`)) {
		t.Errorf("the page is %s", w.Body)
	}
	if got := serve(t, pages(""), "GET", "", "").Header().Get("Link"); got != "" {
		t.Errorf("the last page links to %s", got)
	}
}

func TestParametersOfAListAreCheckedAllAtOnce(t *testing.T) {
	h := handlers{service.New(service.Options{})}
	w := serve(t, handler(h.appraisals), "GET", "?stage=lunch&health=ill&unit=7&limit=0&after=%00", "")
	var named []string
	for _, e := range problemIn(t, w).Errors {
		named = append(named, e.Field)
	}
	if got := strings.Join(named, " "); w.Code != 422 || got != "stage health unit after limit" {
		t.Errorf("%d names %s", w.Code, got)
	}
}
