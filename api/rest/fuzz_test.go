package rest

import (
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// Whatever the body, it is taken or refused as the sender's fault; what was taken has no field given twice, no text that is not UTF-8.
func FuzzDecode(f *testing.F) {
	kinds := []reflect.Type{
		reflect.TypeFor[service.NewCycle](), reflect.TypeFor[appraisal.Review](), reflect.TypeFor[appraisal.PeerAnswer](), reflect.TypeFor[appraisal.SelfReview](),
		reflect.TypeFor[service.PlanDecision](), reflect.TypeFor[appraisal.Progress](), reflect.TypeFor[service.NewMember](),
	}
	for i, s := range []string{
		`{"code":"a","name":"b","period_start":"2026-01-01","period_end":"2026-12-31","template":{"stages":[{"stage":"targets"}]}}`,
		`{"work_result":"meets","behaviour":"above","comment":"x","competencies":[{"competency":"INT","level":1e999}]}`,
		`{"scores":[1,null,3],"Scores":[2]}`, `{"achievements":"\ud800"}`, `{"approve":null}`, `{"value":"1e999999"}{}`,
		strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20),
	} {
		f.Add(uint8(i), "application/json", []byte(s))
	}
	f.Add(uint8(0), "application/json; charset=\"", []byte("{}"))
	f.Fuzz(func(t *testing.T, which uint8, kind string, raw []byte) {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest("POST", "/api/v1/x", strings.NewReader(string(raw)))
		c.Request.Header.Set("Content-Type", kind)
		in := reflect.New(kinds[int(which)%len(kinds)])
		if err := decode(c, in.Interface(), bodyRequired); err != nil {
			if status := problem.StatusOf(err); status < 400 || status >= 500 {
				t.Fatalf("refused with %d: %v", status, err)
			}
		}
	})
}
