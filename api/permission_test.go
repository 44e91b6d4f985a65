package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// secrets are words that stand in Wati's appraisal, each in another place. Who may not read the appraisal meets none of them anywhere.
var secrets = []string{
	"Berkas menumpuk di awal bulan", "Hampir semua surat terbit", "Rekan yang sabar", "Antrean makin pendek", "Sesuai rencana",
	"Setara dengan rekan seangkatan", "Perilaku saya di atas harapan", "Sudah saya pertimbangkan", "Buktinya kuat", "Seminar arsip",
	"Satu loket ditutup",
}

// ratings are the words among them that Wati must not meet before the release.
var ratings = []string{"Sesuai rencana", "Setara dengan rekan seangkatan"}

func asJSON(v any) []byte {
	raw, _ := json.Marshal(v) // plain objects
	return raw
}

// signInAs gives somebody a session more.
func (c *court) signInAs(token, who string) {
	c.exec(`insert into session (token_digest, person_id, created_at, seen_at, expires_at)
		select sha256(convert_to($1, 'UTF8')), id, now(), now(), now() + interval '1 day' from person where name = $2 on conflict do nothing`, token, who)
}

// keepsQuiet looks for what an answer must not hold.
func (c *court) keepsQuiet(role, who string, r tabled, path string, stage appraisal.Stage, w *httptest.ResponseRecorder, found *findings) {
	forbidden := secrets
	switch {
	case c.reads[role][stage], role == "former": // the year before has no secrets
		forbidden = nil
	case role == "peer" && strings.Contains(r.about, "peer_answer"):
		return
	case role == "committee" && strings.Contains(r.path, "kalibrasi"), role == "committee" && strings.Contains(r.path, "cohorts"):
		return // who has come to a session is calibrated, and this appraisal was only put back
	}
	if role == "employee" && (stage.Order() < appraisal.StageResult.Order() || stage == appraisal.StageWithdrawn) {
		forbidden = ratings
	}
	if len(forbidden) == 0 {
		return
	}
	c.reading.Lock()
	pieces := c.unpack("", w.Header().Get("Content-Type"), w.Body.Bytes())
	c.reading.Unlock()
	for _, piece := range pieces {
		for _, secret := range forbidden {
			if strings.Contains(piece.text, secret) {
				found.add("%s (%s) at %s reads %q on %s%s", role, who, stage, secret, path, piece.name)
			}
		}
		if role == "hr_other" && names(piece.text, []string{"Wati"}) {
			found.add("HR of another unit at %s is told of Wati on %s%s: %.300s", stage, path, piece.name, piece.text)
		}
	}
}

func TestEveryRouteLetsInWhomTheTableNamesAndTellsNobodyElseAnything(t *testing.T) {
	t.Parallel()
	table := readTable(t)
	c := openCourt(t)
	c.reads = map[string]map[appraisal.Stage]bool{}
	for role := range everybody {
		c.reads[role] = map[appraisal.Stage]bool{}
	}
	listed := map[string]bool{}
	for _, s := range table {
		for _, r := range s.routes {
			listed[r.method+" "+r.path] = true
		}
		if s.action != string(appraisal.ActionReadAppraisal) || s.routes[0].about != "" {
			continue
		}
		for _, stage := range everyStage {
			for role, answer := range s.at(stage) {
				c.reads[role][stage] = answer == may
			}
		}
	}
	served := map[string]string{}
	for _, r := range c.routes {
		served[r.Method+" "+r.Path] = string(r.Action)
		if !listed[r.Method+" "+r.Path] {
			t.Errorf("%s is in no line of testdata/permissions.txt: write below %q who may", r, r.Action)
		}
	}
	for _, s := range table {
		for _, r := range s.routes {
			if action := served[r.method+" "+r.path]; action != s.action {
				t.Errorf("%s %s stands below %s and names %q", r.method, r.path, s.action, action)
			}
		}
	}
	if t.Failed() {
		return
	}
	found := &findings{}
	for _, stage := range everyStage {
		c.stand(stage)
		c.walkTable(table, stage, found)
	}
	c.asNobody(table, found)
	c.withQueries(found)
	for line := range strings.Lines(c.log.String()) {
		if strings.Contains(line, `"level":"ERROR"`) && !strings.Contains(line, "permitted, and undone") {
			t.Fatalf("a question broke something: %s", line)
		}
	}
	for _, one := range found.list {
		t.Error(one)
	}
}

// asNobody asks every question without signing in.
func (c *court) asNobody(table []section, found *findings) {
	for _, s := range table {
		for _, r := range s.routes {
			if got := class(c.send("", r, c.fill(r, ""))); s.action != string(appraisal.ActionPublic) && got != asked {
				found.add("%s %s is answered %s to nobody", r.method, r.path, got)
			}
		}
	}
}

// withQueries asks for lists, counts and tables in all ways that there are, as those who may have them and not all in them.
func (c *court) withQueries(found *findings) {
	c.stand(appraisal.StageResult)
	ids := map[string][]string{
		"unit": c.column(`select id::text from unit`), "strategy_item": c.column(`select id::text from strategy_item`),
		"key_result": c.column(`select id::text from key_result`), "appraisal": {c.about["appraisal"]}, "code": {c.about["code"]},
	}
	further := queries(ids)
	for _, r := range c.routes {
		one := tabled{method: r.Method, path: r.Path}
		if r.Method != http.MethodGet || len(further[r.Path]) == 0 || strings.Contains(r.Path, ":step") {
			continue
		}
		path, _, _ := strings.Cut(c.fill(one, ""), "?")
		for _, role := range []string{"hr_other", "administrator", "leadership", "auditor", "colleague", "head", "former"} {
			for _, query := range further[r.Path] {
				if w := c.send(everybody[role], one, path+"?"+query); w.Code == http.StatusOK {
					c.keepsQuiet(role, everybody[role], one, path+"?"+query, appraisal.StageResult, w, found)
				}
			}
		}
	}
}

func TestHROfAnAgencyCountsListsAndExportsItsOwnPeopleOnly(t *testing.T) {
	t.Parallel()
	c := openCourt(t)
	c.stand(appraisal.StageResult)
	own := []string{"Joko", "Kadin", "Pengelola", "Sri"}
	cycle := "/cycles/" + c.cycle
	var listed []string
	for _, item := range c.ask("Sri", 200, "GET", cycle+"/appraisals", nil).body["items"].([]any) {
		listed = append(listed, item.(object)["employee"].(string))
	}
	if !slices.Equal(listed, own) {
		t.Errorf("the list has %v", listed)
	}
	counted := 0.0
	for _, row := range c.ask("Sri", 200, "GET", cycle+"/funnel", nil).body["items"].([]any) {
		counted += row.(object)["people"].(float64)
	}
	if people := c.ask("Sri", 200, "GET", cycle, nil).body["people"].(float64); counted != 4 || people != 4 {
		t.Errorf("the funnel counts %v, the cycle %v", counted, people)
	}
	results := c.ask("Sri", 200, "GET", cycle+"/results/csv", nil)
	contains(t, results, "Joko", "Dinas")
	for _, beyond := range []string{"Wati", "Sekdes", "Personalia"} {
		if strings.Contains(results.raw, beyond) {
			t.Errorf("the table tells of %s", beyond)
		}
	}
	unit := c.value(`select id::text from unit where code = 'SEKRETARIAT'`)
	c.ask("Sri", 404, "GET", cycle+"/results/csv?unit="+unit, nil)
	c.ask("Sri", 404, "GET", cycle+"/archive?unit="+unit, nil)
	if got := c.ask("Sri", 200, "GET", cycle+"/appraisals?unit="+unit, nil); len(got.body["items"].([]any)) != 0 {
		t.Errorf("of another unit it lists %s", got.raw)
	}
	rated := object{"unit": "SEKRETARIAT", "rating": "baik", "evidence": "LKjIP"}
	contains(t, c.ask("Sri", 422, "POST", cycle+"/unit-ratings", rated), `"field":"unit"`)
	contains(t, c.ask("Sri", 422, "POST", cycle+"/members", object{"nip": "199001012015011002", "reason": "Pindah"}), `"field":"nip"`)
	c.ask("Sri", 403, "POST", cycle+"/pause", nil)
	c.ask("Sri", 403, "POST", "/cycles", object{"code": "D", "name": "D", "period_start": "2027-01-01", "period_end": "2027-12-31", "template_name": "peragaan"})
	c.exec(`drop trigger trap on act`)
	mine := c.ask("Sri", 201, "POST", "/cycles", object{
		"code": "D", "name": "D", "period_start": "2027-01-01", "period_end": "2027-12-31", "template_name": "peragaan", "units": []string{"DINAS"},
	}).body["id"].(string)
	contains(t, c.ask("Sri", 200, "GET", "/cycles/"+mine+"/preview", nil), `"included":4`)
	c.ask("Dewi", 404, "GET", "/cycles/"+mine, nil)
	if got := c.ask("Dewi", 200, "GET", "/cycles", nil); strings.Contains(got.raw, mine) {
		t.Error("HR of another unit finds the cycle in the list")
	}
}

func TestAFormerSuperiorReadsTheYearThatTheyAppraisedAndNothingLater(t *testing.T) {
	t.Parallel()
	c := openCourt(t)
	wati := c.person("Wati")
	contains(t, c.ask("Mantan", 200, "GET", "/appraisals/"+c.about["earlier"], nil), "Tahun yang tenang")
	c.ask("Mantan", 404, "GET", "/appraisals/"+c.about["appraisal"], nil)
	c.ask("Mantan", 404, "GET", "/people/"+wati+"/history", nil)
	c.ask("Sekdes", 404, "GET", "/appraisals/"+c.about["earlier"], nil)
	c.ask("Sekdes", 200, "GET", "/people/"+wati+"/history", nil)
	c.exec(`update cycle set status = 'running', ended_at = null where code = '2025'`) // while an objection of that year is still heard
	c.ask("Mantan", 200, "GET", "/appraisals/"+c.about["earlier"], nil)
	c.ask("Mantan", 404, "GET", "/people/"+wati+"/history", nil)
}
