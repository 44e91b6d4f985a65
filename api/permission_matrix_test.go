package api_test

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/marelan/telaah/internal/appraisal"
)

// The answers of the table in testdata/permissions.txt.
const (
	may     = "yes" // let in, though what was asked for may come too early, too late, or lack a word
	told    = "no"  // told that it is not theirs
	unaware = "-"   // told what they would be told if there were nothing
	asked   = "?"   // asked to sign in
)

// section is a part of that table: for each of some stages what everybody is answered on some routes.
type section struct {
	action string
	rows   []expectation
	routes []tabled
}

type expectation struct {
	stages []appraisal.Stage // nil: whatever the stage
	answer map[string]string // by who asks
}

// tabled is a route of the table, with what its step is or which appraisal it is about, where there are several.
type tabled struct{ method, path, about string }

// at returns what is expected at a stage.
func (s section) at(stage appraisal.Stage) map[string]string {
	for _, row := range s.rows {
		if row.stages == nil || slices.Contains(row.stages, stage) {
			return row.answer
		}
	}
	return nil
}

var everyStage = slices.Concat([]appraisal.Stage{appraisal.StagePending}, appraisal.Stages, []appraisal.Stage{appraisal.StageWithdrawn})

// readTable reads the table of permissions.
func readTable(t *testing.T) []section {
	t.Helper()
	file, err := os.Open("testdata/permissions.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var table []section
	var columns []string
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		switch {
		case len(words) == 0:
		case words[0] == "==":
			columns = words[2:]
			table = append(table, section{action: words[1]})
		case len(table) == 0:
			t.Fatalf("permissions.txt:%d: no action stands above it", n)
		case slices.Contains([]string{"GET", "POST", "PUT", "DELETE"}, words[0]):
			one := tabled{method: words[0], path: words[1]}
			if len(words) > 2 {
				one.about = words[2]
			}
			last := &table[len(table)-1]
			last.routes = append(last.routes, one)
		case len(words) != len(columns)+1:
			t.Fatalf("permissions.txt:%d: %d answers for %d people", n, len(words)-1, len(columns))
		default:
			row := expectation{stages: stagesOf(t, words[0]), answer: map[string]string{}}
			for i, who := range columns {
				row.answer[who] = words[i+1]
			}
			last := &table[len(table)-1]
			last.rows = append(last.rows, row)
		}
	}
	return table
}

// stagesOf reads "always", "withdrawn", or "targets..closed".
func stagesOf(t *testing.T, word string) []appraisal.Stage {
	t.Helper()
	if word == "always" {
		return nil
	}
	from, to, ranged := strings.Cut(word, "..")
	if !ranged {
		to = from
	}
	i, j := slices.Index(everyStage, appraisal.Stage(from)), slices.Index(everyStage, appraisal.Stage(to))
	if i < 0 || j < i {
		t.Fatalf("permissions.txt: %q is no stage", word)
	}
	return everyStage[i : j+1]
}

// places are what the part of a path before a parameter says of it.
var places = map[string]string{
	"appraisals": "appraisal", "penilaian": "appraisal", "members": "appraisal", "orang": "appraisal", "cycles": "cycle", "siklus": "cycle",
	"cohorts": "cohort", "kalibrasi": "cohort", "feedback": "feedback", "umpan-balik": "feedback", "evidence": "evidence", "files": "evidence",
	"berkas": "evidence", "people": "person", "pegawai": "person", "trainings": "training", "pelatihan": "training", "mails": "mail", "surat": "mail",
	"verifications": "code", "verifikasi": "code", "plan-changes": "change", "usulan": "change",
	"corrections": "correction", "koreksi": "correction", "delegations": "delegation", "delegasi": "delegation",
	"sessions": "account", "sesi": "account", "tokens": "account", "token": "account", "kunci": "account", "destructions": "destruction", "pemusnahan": "destruction",
}

// fixed are parameters that name no row.
var fixed = map[string]string{
	"documents": "evaluation", "dokumen": "evaluasi", "results": "csv", "hasil": "csv", "perintah": "jeda", "masuk": "tautan", "mulai": "tautan", "imports": "holidays",
	"impor": "holidays", "data": "json", "musnahkan": "content", "static": "telaah.css",
}

// fill puts into a route's path what its parameters stand for; nothing, where given, takes the place of every id.
func (c *court) fill(r tabled, nothing string) string {
	parts := strings.Split(r.path, "/")
	for i, part := range parts {
		if !strings.HasPrefix(part, ":") {
			continue
		}
		before := parts[i-1]
		switch {
		case fixed[before] != "":
			parts[i] = fixed[before]
		case nothing != "":
			parts[i] = nothing
		case part == ":step":
			parts[i] = c.steps[r.about]
		case r.about != "" && c.about[r.about] != "":
			parts[i] = c.about[r.about]
		default:
			parts[i] = c.about[places[before]]
		}
		if parts[i] == "" {
			c.t.Fatalf("%s %s: nobody knows what %s stands for", r.method, r.path, part)
		}
	}
	path := strings.Join(parts, "/")
	if strings.HasSuffix(path, "/archive") || strings.HasSuffix(path, "/arsip") {
		path += "?unit=" + c.about["unit"]
	}
	return path
}

// worded are what acts need that look at their words before they look anything up.
var worded = map[string]object{
	"/feedback": {"kind": "comment", "text": "Halo"}, "/links": {"purpose": "progress", "link": "https://desa.test/x"},
	"/withdrawal": {"reason": "Pindah"}, "/tenure": {"months": 9, "reason": "Sejak April"}, "/pulse": {"understandable": 3, "fair": 3},
	"/pulse-window": {"days": 14}, "/cancel": {"reason": "Salah periode"}, "/unit-ratings": {"unit": "SEKRETARIAT", "rating": "baik", "evidence": "LKjIP"},
	"/me/language": {"language": "id"}, "/sessions/link": {"email": "x@desa.test"}, "/sessions": {"token": "x"}, "/verification": {"verify": true},
	"/cycles":   {"code": "2030", "name": "2030", "period_start": "2030-01-01", "period_end": "2030-12-31", "template_name": "peragaan"},
	"/progress": {"indicator": "x", "value": "1"}, "/plan": {"key_results": []object{}}, "/self-review": {"realisations": []object{}, "achievements": "x"},
	"/peer-nomination": {"peers": []string{}}, "/objection": {"reasons": "x"}, "/plan-decision": {"approve": true}, "/peer-decision": {"approve": true},
	"/review": {"work_result": "meets", "behaviour": "meets", "comment": "x", "competencies": []object{}}, "/objection-answer": {"answer": "x"},
	"/development-approval": {"trainings": []string{}}, "/objection-decision": {"change": false, "reason": "x"}, "/answer": {"agree": true},
	"/sign-out": {"email": "x@desa.test"}, "/decode": {"payloads": []object{}}, "/tokens": {"name": "x", "scopes": []string{}, "days": 1},
	"/delegations": {"delegate": "x", "from": "2026-01-01", "until": "2026-01-02"}, "/decision": {"accept": true, "answer": "x"}, "/destructions": {"kind": "x"}, "/corrections": {"field": "x", "wanted": "x", "reason": "x"},
	"/changes": {"reason": "x", "effective_on": "2026-06-01", "key_results": []object{}}, "/peer-answer": {"scores": slices.Repeat([]int{3}, appraisal.Behaviours)},
}

// typedWords are the same for pages.
var typedWords = map[string]url.Values{
	"/tarik": {"reason": {"Pindah"}}, "/suara": {"understandable": {"3"}, "fair": {"3"}, "days": {"14"}}, "/bahasa": {"lang": {"id"}},
	"/draf": {"jenis": {"self_review"}}, "/kemajuan": {"indicator": {"x"}, "value": {"1"}}, "/usulan/:change": {"decision": {"approve"}},
	"/siklus/baru": {"code": {"2030"}, "name": {"2030"}, "period_start": {"2030-01-01"}, "period_end": {"2030-12-31"}, "template_name": {"peragaan"}},
}

// wordless are acts that take none.
var wordless = regexp.MustCompile(`/(feedback|plan-changes|corrections)/`)

// request makes a request as somebody, with whatever its route needs to reach the permission.
func (c *court) request(who string, r tabled, path string) *http.Request {
	var content []byte
	kind := ""
	switch {
	case r.method == http.MethodGet || r.method == http.MethodDelete:
	case strings.HasPrefix(r.path, "/api/") && (strings.HasSuffix(r.path, "/files") || strings.Contains(r.path, "/imports/")):
		content, kind = fileForm(strings.Contains(r.path, "/imports/"))
	case strings.HasPrefix(r.path, "/api/"):
		content, kind = []byte("{}"), "application/json"
		for end, body := range worded {
			if strings.HasSuffix(r.path, end) && (end != "/withdrawal" || !wordless.MatchString(r.path)) && (end != "/changes" || strings.Contains(r.path, "/plan/")) {
				content = asJSON(body)
			}
		}
	default:
		form := url.Values{"kunci": {uuid.NewString()}, "pegawai": {c.about["person"]}, "answer-" + path[strings.LastIndex(path, "/")+1:]: {"x"}}
		for end, values := range typedWords {
			if strings.HasSuffix(r.path, end) {
				maps.Copy(form, values)
			}
		}
		content, kind = []byte(form.Encode()), "application/x-www-form-urlencoded"
	}
	request := httptest.NewRequestWithContext(c.t.Context(), r.method, "http://telaah.test"+path, bytes.NewReader(content))
	if kind != "" {
		request.Header.Set("Content-Type", kind)
		request.Header.Set("Idempotency-Key", uuid.NewString())
	}
	if who != "" {
		request.Header.Set("Authorization", "Bearer "+who)
	}
	return request
}

func fileForm(imported bool) ([]byte, string) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	field, name, content := "file", "rekap.pdf", "%PDF-1.7\n%%EOF\n"
	if imported {
		field, name, content = "files", "libur.csv", "tanggal;keterangan\n17-08-2026;Hari Kemerdekaan\n"
	}
	part, _ := w.CreateFormFile(field, name) // a buffer takes everything
	_, _ = part.Write([]byte(content))
	if !imported {
		_ = w.WriteField("purpose", "progress")
	}
	_ = w.Close()
	return form.Bytes(), w.FormDataContentType()
}

// send asks one question.
func (c *court) send(who string, r tabled, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.engine.ServeHTTP(w, c.request(who, r, path))
	return w
}

// class tells what an answer is.
func class(w *httptest.ResponseRecorder) string {
	switch {
	case w.Code == http.StatusUnauthorized, w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/masuk?next="):
		return asked
	case w.Code == http.StatusForbidden:
		return told
	case w.Code == http.StatusNotFound:
		return unaware
	default:
		return may
	}
}

// finding collects what is not as the table says.
type findings struct {
	mu   sync.Mutex
	list []string
}

func (f *findings) add(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, fmt.Sprintf(format, args...))
}

// walkTable asks every question of the table at one stage, as everybody.
func (c *court) walkTable(table []section, stage appraisal.Stage, found *findings) {
	var walkers sync.WaitGroup
	for role, who := range everybody {
		walkers.Go(func() {
			for _, s := range table {
				want := s.at(stage)
				if want == nil || s.rows[0].stages == nil && stage != appraisal.StageResult && (stage != appraisal.StageCalibration || s.action != "own_account" && s.action != "signed_in") {
					continue // what no stage changes is asked once; one's own also while the rating is there and not released
				}
				for _, r := range s.routes {
					c.compare(role, who, s, r, stage, want[role], found)
				}
			}
		})
	}
	walkers.Wait()
}

func (c *court) compare(role, who string, s section, r tabled, stage appraisal.Stage, want string, found *findings) {
	path := c.fill(r, "")
	if strings.HasSuffix(r.path, "/sessions/current") || r.path == "/keluar" {
		who += " leaves" // a session of its own, which ends
		c.signInAs(who, everybody[role])
	}
	w := c.sendOwn(role, who, r, path, found)
	got := class(w)
	if got != want {
		found.add("%s: %s %s %s by %s (%s) at %s: %s (%d), the table says %s: %.200s", s.action, r.method, r.path, r.about, role, who, stage, got, w.Code, want, w.Body)
		return
	}
	if got == unaware && stage == appraisal.StageResult && !c.reads[role][stage] {
		c.likeNothing(who, r, found)
	}
	if w.Code == http.StatusOK {
		c.keepsQuiet(role, who, r, path, stage, w, found)
	}
}

// sendOwn asks a question. One that would end something of Wati's is asked by one at a time, and only Wati ends it.
func (c *court) sendOwn(role, who string, r tabled, path string, found *findings) *httptest.ResponseRecorder {
	endsAll := r.method != http.MethodGet && (r.path == "/api/v1/me/sessions" || r.path == "/akun/sesi")
	if !strings.Contains(path, itsOwn) && !endsAll {
		return c.send(who, r, path)
	}
	c.ending.Lock()
	defer c.ending.Unlock()
	if endsAll {
		return c.send(who, r, path)
	}
	c.exec(itsOwnRows, itsOwn)
	w := c.send(who, r, path)
	left := c.value(`select concat((select count(*) from session where id = $1), (select count(*) from api_token where id = $1),
		(select count(*) from passkey where id = $1))`, itsOwn)
	if role != "employee" && left != "111" {
		found.add("%s %s by %s ends what is Wati's", r.method, r.path, role)
	}
	return w
}

var hidden = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// likeNothing compares the answer of somebody who may not know with that about something that is not there. Both end after a few look-ups
// by key, of which what is there takes lookUps more at most: to read the row itself, and who stands how to it. An id is random, so
// whoever has one to ask about knows already that there is something.
func (c *court) likeNothing(who string, r tabled, found *findings) {
	w, hiding := c.measure(who, r, c.fill(r, ""))
	other, missing := c.measure(who, r, c.fill(r, uuid.NewString()))
	plain := func(w *httptest.ResponseRecorder) string {
		return hidden.ReplaceAllString(strings.ReplaceAll(w.Body.String(), w.Header().Get("X-Request-Id"), ""), "")
	}
	if other.Code != w.Code || plain(other) != plain(w) {
		found.add("%s %s by %s: %d %.300s, but about nothing %d %.300s", r.method, r.path, who, w.Code, plain(w), other.Code, plain(other))
	}
	if more := len(hiding) - len(missing); more < 0 || more > lookUps {
		found.add("%s %s by %s: the record is asked\n%s\nbut about nothing\n%s", r.method, r.path, who, strings.Join(hiding, "\n"), strings.Join(missing, "\n"))
	}
}
