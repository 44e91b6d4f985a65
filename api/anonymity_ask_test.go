package api_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/api/route"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
)

var parameter = regexp.MustCompile(`[:*][a-z_]+`)

// subjects are the tables whose rows a part of a path names.
var subjects = map[string]string{
	"appraisals": "appraisal", "penilaian": "appraisal", "orang": "appraisal", "members": "appraisal", "cycles": "cycle", "siklus": "cycle",
	"cohorts": "cohort", "kalibrasi": "cohort", "tasks": "step", "tugas": "step", "files": "evidence", "berkas": "evidence",
	"people": "person", "pegawai": "person", "destructions": "destruction", "pemusnahan": "destruction", "verifications": "code", "verifikasi": "code",
}

// words are the values of the parts of paths that name no row.
var words = map[string][]string{
	"documents/:kind": {"plan", "form", "evaluation"}, "dokumen/:kind": {"skp", "formulir", "evaluasi"},
	"data/:format": {"json", "pdf", "zip"}, "musnahkan/:kind": {"repeats", "content"},
	"results/:format": {"xlsx", "csv"}, "hasil/:format": {"xlsx", "csv"},
	"perintah/:command": {"luncurkan", "jeda", "lanjutkan", "batalkan", "tutup"},
	"masuk/:token":      {"tautan"}, "mulai/:token": {"tautan"},
}

// patterns fills the parameters of a route that stand for words.
func patterns(r route.Route) []string {
	list := []string{r.Path}
	for at, values := range words {
		var next []string
		for _, pattern := range list {
			if !strings.Contains(pattern, "/"+at) {
				next = append(next, pattern)
				continue
			}
			folder, _, _ := strings.Cut(at, ":")
			for _, v := range values {
				next = append(next, strings.Replace(pattern, "/"+at, "/"+folder+v, 1))
			}
		}
		list = next
	}
	return list
}

// paths fills a pattern's parameters with the rows that they stand for, and with every id of the record where that is not known.
func paths(pattern string, ids map[string][]string) []string {
	list := []string{pattern}
	for range parameter.FindAllString(pattern, -1) {
		var next []string
		for _, path := range list {
			at := parameter.FindStringIndex(path)
			before := strings.Split(strings.Trim(path[:at[0]], "/"), "/")
			for _, v := range ids[subjects[before[len(before)-1]]] {
				next = append(next, path[:at[0]]+v+path[at[1]:])
			}
		}
		list = next
	}
	return list
}

// ids returns the ids of the record by table; the empty table has all of them.
func (p *panel) ids() map[string][]string {
	p.t.Helper()
	ids := map[string][]string{}
	for _, table := range p.column(`select table_name from information_schema.columns where table_schema = 'public' and column_name = 'id' and data_type = 'uuid'`) {
		ids[table] = p.column(`select id::text from "` + table + `" order by id`)
		ids[""] = append(ids[""], ids[table]...)
	}
	ids["appraisal"] = nil
	for _, who := range []string{"Wati", "Rudi", "Agus", "Maya"} {
		ids["appraisal"] = append(ids["appraisal"], string(p.of(who)))
	}
	ids["code"] = p.column(`select code from document order by code`)
	ids["second page of appraisals"], ids["second page of mails"] = p.cursor("/cycles/"+p.cycle+"/appraisals?limit=3"), p.cursor("/mails?limit=3")
	return ids
}

// queries are what can be asked of a route beyond its path.
func queries(ids map[string][]string) map[string][]string {
	each := func(name string, values ...string) []string {
		var list []string
		for _, v := range values {
			list = append(list, name+"="+url.QueryEscape(v))
		}
		return list
	}
	var stages []string
	for _, s := range appraisal.Stages {
		stages = append(stages, string(s))
	}
	health := []string{string(appraisal.HealthOnTime), string(appraisal.HealthWaitingOnPerson), string(appraisal.HealthInsufficientPeers)}
	mails := []string{"queued", "sent", "failed"}
	unit, few := each("unit", ids["unit"]...), []string{"limit=3"}
	return map[string][]string{
		"/api/v1/cycles/:id/appraisals":            slices.Concat(each("stage", stages...), each("health", health...), unit, few),
		"/siklus/:id/penilaian":                    slices.Concat(each("tahap", stages...), each("keadaan", health...), unit, each("sesudah", ids["second page of appraisals"]...)),
		"/api/v1/cycles/:id/results/:format":       unit,
		"/siklus/:id/hasil/:format":                unit,
		"/api/v1/cycles/:id/archive":               unit,
		"/siklus/:id/arsip":                        unit,
		"/api/v1/cycles/:id/alignment":             slices.Concat(unit, few),
		"/siklus/:id/keselarasan":                  unit,
		"/api/v1/cycles/:id/alignment/key-results": slices.Concat(each("item", ids["strategy_item"]...), few),
		"/siklus/:id/keselarasan/hasil-kerja":      each("butir", ids["strategy_item"]...),
		"/api/v1/service":                          slices.Concat(unit, []string{"from=2026-01&to=2026-12"}),
		"/layanan":                                 slices.Concat(unit, []string{"dari=2026-01&sampai=2026-12"}),
		"/api/v1/mails":                            slices.Concat(each("state", mails...), few),
		"/operasi/surat":                           slices.Concat(each("keadaan", mails...), each("sesudah", ids["second page of mails"]...)),
		"/api/v1/stalled":                          few,
		"/api/v1/trail":                            few,
		"/jejak":                                   each("sesudah", ""),
		"/api/v1/audit":                            slices.Concat(each("person", "wati", "rudi"), each("actor", "agus"), each("action", "read_appraisal"), []string{"from=2026-01-01&until=2030-01-01"}, few),
		"/audit":                                   slices.Concat(each("orang", "wati"), each("pelaku", "agus"), each("tindakan", "submit_plan"), []string{"dari=2026-01-01&sampai=2030-01-01"}),
		"/penilaian/:id":                           each("hasil", ids["key_result"]...),
		"/siklus/:id/peringkat-unit":               unit,
		"/verifikasi":                              each("kode", ids["code"]...),
		"/masuk":                                   append(each("next", "/riwayat"), "lagi=ya"),
		"/kalibrasi/:cohort": slices.Concat(each("cari", "wat"), each("penilai", "Sekdes"), each("predikat", "baik"), each("orang", ids["appraisal"]...),
			each("tampil", "diubah", "tetap", "ditolak", "sesi-ini"), each("urut", "penilai", "predikat", "perubahan")),
	}
}

// get asks one question and keeps the answer, with the pages of a list that follow it.
func (p *panel) get(reader, path, pattern string) []seen {
	p.t.Helper()
	var all []seen
	for asked := map[string]bool{}; path != "" && !asked[path]; {
		asked[path] = true
		request := httptest.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://telaah.test"+path, nil)
		if reader != "" {
			request.Header.Set("Authorization", "Bearer "+reader)
		}
		w := httptest.NewRecorder()
		p.engine.ServeHTTP(w, request)
		if w.Code == http.StatusTooManyRequests {
			p.tired[reader+" "+path] = true
		}
		if w.Code >= 500 {
			p.t.Fatalf("%s as %s: %d %s", path, reader, w.Code, w.Body)
		}
		if w.Code == http.StatusUnprocessableEntity && request.URL.RawQuery != "" {
			p.t.Errorf("%s is no question: %s", path, w.Body)
		}
		if w.Code != http.StatusOK {
			break
		}
		p.answered[pattern] = true
		for _, piece := range p.unpack("", w.Header().Get("Content-Type"), w.Body.Bytes()) {
			all = append(all, seen{reader: reader, path: path + piece.name, form: piece.form, body: piece.text})
		}
		path = following(w.Header())
	}
	return all
}

// following is the address of the page that follows in a list; empty after the last one.
func following(header http.Header) string {
	link, _ := strings.CutPrefix(header.Get("Link"), "<")
	link, _, _ = strings.Cut(link, ">")
	return link
}

// cursor leads to the second page of a list, when it has one.
func (p *panel) cursor(list string) []string {
	p.t.Helper()
	next, err := url.Parse(following(p.ask("Personalia", 200, "GET", list, nil).header))
	p.must(err)
	if after := next.Query().Get("after"); after != "" {
		return []string{after}
	}
	return nil
}

// unanswered are the routes that were read by nobody: about them the walk says nothing.
func (p *panel) unanswered() []string {
	var list []string
	for _, r := range p.routes {
		if r.Method != http.MethodGet || r.Asset {
			continue
		}
		for _, pattern := range patterns(r) {
			if !p.answered[pattern] && passing[pattern] == "" {
				list = append(list, pattern)
			}
		}
	}
	return list
}

// passing are routes that have no page of their own.
var passing = map[string]string{
	web.FederatedPath: "leads to the provider of identities, where there is one", web.FederatedReturnPath: "leads on from there",
}

// unasked are parameters of questions that are of no concern here.
var unasked = map[string]string{
	"dry_run": "of imports, which are posted", "v": "of the files that are the same for everybody",
	"after": "taken from the answers",
	"code":  "of the provider of identities", "iss": "of the same", "error": "of the same", "error_description": "of the same",
}

var reading = regexp.MustCompile(`(?:Query\("|q\.Get\("|(?:word|flag)\(c, &f, ")([a-z_]+)"`)

func TestTheWalkForAnonymityAsksWithEveryQueryThatARouteReads(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	ids := map[string][]string{"unit": {"1"}, "strategy_item": {"1"}, "key_result": {"1"}, "code": {"1"}, "appraisal": {"1"}, "second page of mails": {"1"}}
	for list := range maps.Values(queries(ids)) {
		for _, query := range list {
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			for name := range values {
				asked[name] = true
			}
		}
	}
	found := 0
	for _, folder := range []string{"rest", "web"} {
		files, _ := filepath.Glob(filepath.Join(folder, "*.go"))
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range reading.FindAllSubmatch(source, -1) {
				found++
				if n := string(name[1]); !asked[n] && unasked[n] == "" && !strings.HasSuffix(file, "_test.go") {
					t.Errorf("%s reads %q, with which no route is asked", file, n)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d parameters were found", found)
	}
}
