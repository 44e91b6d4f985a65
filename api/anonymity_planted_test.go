package api_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/report"
)

// Each of these is a leak that somebody could build in; the test that found none has to find it.
func TestThePlantedLeaksAreFound(t *testing.T) {
	t.Parallel()
	var p *panel
	says := func(answer func() any) gin.HandlerFunc {
		return func(c *gin.Context) { c.JSON(http.StatusOK, answer()) }
	}
	count := route.Route{Method: "GET", Path: "/api/v1/appraisals/:id/progress-of-peers", Action: appraisal.ActionSignedIn, Handler: says(func() any {
		return object{"answered": p.value(`select count(*)::text from peer_answer`)}
	})}
	list := route.Route{Method: "GET", Path: "/api/v1/exports/:cycle", Action: appraisal.ActionSignedIn, Handler: says(func() any {
		lines := []object{}
		if len(p.rounds) > 0 {
			for _, r := range p.rounds[0].raters {
				lines = append(lines, object{"from": r.who, "comment": r.tokens[0]})
			}
		}
		return lines
	})}
	never := route.Route{Method: "GET", Path: "/api/v1/never", Action: appraisal.ActionSignedIn, Handler: func(c *gin.Context) { c.Status(http.StatusNotFound) }}
	planted := append(leakyFiles(func() []round { return p.rounds }), count, list, never)
	p = openPanel(t, planted...)
	p.routes = planted // the real ones are walked where none is planted
	var open round
	p.choose("Wati", panelRaters)
	before := p.walk()
	p.answer(&open, "Wati", "Endah")
	if found := p.differences(before, p.walk()); !strings.Contains(strings.Join(found, "\n"), "/progress-of-peers") {
		t.Errorf("a count of answers is not found: %v", found)
	}
	for _, i := range []int{1, 6, 3, 0, 7, 2, 5} {
		p.answer(&open, "Wati", panelRaters[i])
	}
	p.look("Wati")
	p.rounds = []round{open}
	found := strings.Join(p.inAnswers(p.walk()), "\n")
	for _, leak := range []string{"/api/v1/exports/", "/api/v1/leak.pdf", "/api/v1/leak.csv", "/api/v1/leak.xlsx!", "/api/v1/leak.zip!"} {
		if !strings.Contains(found, leak) {
			t.Errorf("an export with names, %s, is not found: %s", leak, found)
		}
	}
	if !slices.Contains(p.unanswered(), "/api/v1/never") {
		t.Error("a route that nobody can read is not found")
	}
	p.serve()
	if rest := slices.Concat(p.inLog(), p.inPayloads(), p.inRecord()); len(rest) > 0 {
		t.Fatalf("without the planted routes there is still %v", rest)
	}
	endah := open.raters[0]
	for name, planted := range map[string][2]string{
		"an answer in the trail": {`select append_audit(now(), id, null, '', 'answer_peer', null, '', jsonb_build_object('said', '` + endah.tokens[0] + `')) from person where name = 'Endah'`,
			`alter table audit_event disable trigger keep; alter table audit_content disable trigger keep;
			delete from audit_content where event_id in (select id from audit_event where action = 'answer_peer');
			delete from audit_event where action = 'answer_peer'`},
		"a key to the invitation": {`alter table peer_opinion add column via uuid; update peer_opinion set via = '` + endah.identity[4] + `' where comment = '` + endah.tokens[0] + `'`,
			`alter table peer_opinion drop column via`},
		"an instant": {`alter table peer_opinion add column at timestamptz default now()`, `alter table peer_opinion drop column at`},
		"a table in between": {`create table ticket (id uuid, step_id uuid); insert into ticket select id, '` + endah.identity[4] + `' from peer_opinion where comment = '` + endah.tokens[0] + `'`,
			`drop table ticket`},
		"a number in the order of answering": {`alter table peer_opinion add column n int generated always as (` + numbering(open) + `) stored`, `alter table peer_opinion drop column n`},
		"the digest of a body":               {`insert into act select 'k', id, 'answer_peer', 'x', '\x` + digestOf(endah) + `', null, now() from person where name = 'Endah'`, `delete from act where subject = 'x'`},
	} {
		p.exec(planted[0])
		if len(p.inRecord()) == 0 {
			t.Errorf("%s is not found in the record", name)
		}
		p.exec(planted[1])
	}
	if found := p.inRecord(); len(found) > 0 {
		t.Fatalf("after the planted rows are gone there is still %v", found)
	}
	_, _ = fmt.Fprintf(p.log, `{"msg":"saved","actor":%q,"comment":%q}`+"\n", endah.identity[0], endah.tokens[0])
	if len(p.inLog()) == 0 {
		t.Error("an answer in the log is not found")
	}
	p.told = append(p.told, object{"peer": endah.identity[0]})
	if len(p.inPayloads()) == 0 {
		t.Error("a rater in a payload is not found")
	}
}

// leakyFiles are routes for files that name raters beside their opinions.
func leakyFiles(rounds func() []round) []route.Route {
	press := report.New("http://telaah.test", time.UTC)
	paper := func(w io.Writer) error {
		d := appraisal.Document{Kind: appraisal.DocumentPlan, Employee: appraisal.Signatory{Name: "Wati"}, Plan: &appraisal.DocumentedPlan{Number: 1}}
		for _, r := range rounds() {
			for _, one := range mixed(r.raters) {
				d.Plan.Results = append(d.Plan.Results, appraisal.DocumentedResult{Statement: one.who + ": " + one.tokens[0]})
			}
		}
		return press.Print(w, d, appraisal.Issue{Number: 1, Code: appraisal.NewDocumentCode([appraisal.DocumentCodeEntropy]byte{})})
	}
	table := func(format appraisal.ResultsFormat) func(w io.Writer) error {
		return func(w io.Writer) error {
			return press.Results(w, format, appraisal.ResultsHead{}, func(yield func(appraisal.ResultsRow, error) bool) {
				for _, r := range rounds() {
					for _, one := range mixed(r.raters) {
						if !yield(appraisal.ResultsRow{Name: one.who, Post: one.tokens[0]}, nil) {
							return
						}
					}
				}
			}, "id")
		}
	}
	archive := func(w io.Writer) error {
		out := zip.NewWriter(w)
		file, err := out.Create("berkas.pdf")
		return errors.Join(err, paper(file), out.Close())
	}
	var routes []route.Route
	for ending, write := range map[string]func(io.Writer) error{
		"pdf": paper, "csv": table(appraisal.ResultsCSV), "xlsx": table(appraisal.ResultsXLSX), "zip": archive,
	} {
		routes = append(routes, route.Route{Method: "GET", Path: "/api/v1/leak." + ending, Action: appraisal.ActionSignedIn, Handler: func(c *gin.Context) {
			var content bytes.Buffer
			if err := write(&content); err != nil {
				_ = c.AbortWithError(http.StatusInternalServerError, err)
				return
			}
			c.Data(http.StatusOK, "application/octet-stream", content.Bytes())
		}})
	}
	return routes
}

// mixed brings raters into an order that is nobody's, so that only the names tell.
func mixed(raters []rater) []rater {
	list := slices.Clone(raters)
	if len(list) > 2 {
		list[0], list[2] = list[2], list[0]
	}
	return list
}

// numbering is the place of each opinion in the order of answering.
func numbering(r round) string {
	sql := "case comment"
	for i, one := range r.raters {
		sql += fmt.Sprintf(" when '%s' then %d", one.tokens[0], i)
	}
	return sql + " end"
}

// digestOf is the digest under which the act of an answer is stored for repeats.
func digestOf(r rater) string {
	body, _ := json.Marshal(struct {
		Body    any
		Version int64
	}{r.answer, 0})
	return fmt.Sprintf("%x", sha256.Sum256(body))
}
