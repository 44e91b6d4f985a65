package api_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// logged is what a log line tells of a request.
type logged struct{ Msg, Method, Route, Actor string }

func requestIn(line string) logged {
	var l logged
	if json.Unmarshal([]byte(line), &l) != nil || l.Msg != "request" {
		return logged{}
	}
	return l
}

// telling are routes to which nothing but an anonymous answer is sent.
var telling = regexp.MustCompile(`/peer-answer$|/appraisals/:id/pulse$|/penilaian/:id/suara$`)

// mayAnswer tells how the line gives away who answered, empty if it does not: by a name beside what may be an answer, or by a route that
// is only there for answers, which with the lines before and after it has a name again.
func (l logged) mayAnswer() string {
	switch {
	case l.Method == http.MethodGet:
		return ""
	case telling.MatchString(l.Route):
		return "the log tells that somebody answered"
	case l.Actor != "" && (strings.Contains(l.Route, "/tasks/:step") || strings.Contains(l.Route, "/tugas/:step")):
		return "the log names somebody who may have answered"
	}
	return ""
}

func TestTheLogKnowsAnAnonymousAnswerAsOneActOfManyOfNobody(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	ids := b.someIDs()
	known := map[string]int{}
	for _, r := range b.routes {
		if r.Method == http.MethodGet || !strings.Contains(r.Path, ":step") && !telling.MatchString(r.Path) {
			continue
		}
		kind := "application/x-www-form-urlencoded"
		if strings.HasPrefix(r.Path, "/api/") {
			kind = "application/json"
		}
		before := b.log.Len()
		b.throw("Wati", r.Method, b.fill(r.Path, ids), kind, []byte(`{}`))
		l := requestIn(b.log.String()[before:])
		if fault := l.mayAnswer(); fault != "" || l.Method != r.Method {
			t.Errorf("%s is logged as %+v: %s", r, l, fault)
		}
		known[l.Method+" "+l.Route]++
	}
	if known["POST /api/v1/tasks/:step/:act"] < 10 || known["POST /tugas/:step"] != 2 {
		t.Errorf("the log knows %v", known)
	}
	b.throw("Wati", http.MethodPost, "/bahasa", "application/x-www-form-urlencoded", []byte("lang=en"))
	if lines := b.log.String(); !strings.Contains(lines, `"route":"/bahasa"`) || !strings.Contains(lines[strings.Index(lines, `"route":"/bahasa"`):], b.person("Wati")) {
		t.Error("the log names nobody any more")
	}
}
