package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/service"
)

// shown is a page in a state worth looking at: how to bring it up.
type shown struct {
	name string
	open func(b *bundle) answer
}

// everyPage brings up each page, and each form both untouched and after a refusal.
func everyPage() []shown {
	at := func(path string) func(*bundle) answer { return func(b *bundle) answer { return b.get(path) } }
	pages := []shown{
		{"beranda", at("/")},
		{"tentang", at("/tentang")},
		{"penilaian", at("/penilaian/a-1")},
		{"tarik", at("/penilaian/a-1/tarik")},
		{"bulan", at("/penilaian/a-1/bulan")},
		{"riwayat", at("/riwayat")},
		{"delegasi", at("/delegasi")},
		{"riwayat-pegawai", at("/pegawai/p-gita/riwayat")},
		{"siklus-tambah", at("/siklus/c-1/tambah")},
		{"siklus-daftar", at("/siklus")},
		{"siklus-baru", at("/siklus/baru")},
		{"siklus", at("/siklus/c-1")},
		{"siklus-pratinjau", at("/siklus/c-1/pratinjau")},
		{"siklus-penilaian", at("/siklus/c-1/penilaian?tahap=targets")},
		{"siklus-kalibrasi", at("/siklus/c-1/kalibrasi")},
		{"siklus-peringkat-unit", at("/siklus/c-1/peringkat-unit")},
		{"layanan", at("/layanan?unit=D7&dari=2026-01&sampai=2026-12")},
		{"layanan-salah", at("/layanan?dari=Januari")},
		{"siklus-sebaran", at("/siklus/c-1/sebaran")},
		{"siklus-peringkat-satu-unit", at("/siklus/c-1/peringkat-unit?unit=D7")},
		{"kalibrasi", at("/kalibrasi/k-1?orang=4f1c7a52-0000-4000-8000-000000000003&tampil=tetap&urut=predikat")},
		{"kalibrasi-orang", at("/kalibrasi/k-1/orang/4f1c7a52-0000-4000-8000-000000000001")},
		{"kalibrasi-susulan", func(b *bundle) answer {
			first := 1
			k := &b.service.cohort
			k.Round, k.Rules.Kind, k.WithoutReader, k.Members[2].Round = 2, appraisal.PolicyNumeric, true, &first
			k.Sessions = []service.LockedSession{{Round: 1, LockedAt: *moment(-3), LockedBy: "Yusuf Harahap", Rating: "baik", Committee: 3, Needed: 2, Confirmed: 2, Justification: "Unit kecil."}}
			return b.get("/kalibrasi/k-1")
		}},
		{"kalibrasi-kunci", at("/kalibrasi/k-1/kunci")},
		{"operasi-mandek", at("/operasi/mandek")},
		{"operasi-surat", at("/operasi/surat")},
		{"jejak", at("/jejak")},
		{"audit", at("/audit")},
		{"impor", at("/impor")},
		{"impor-periksa", func(b *bundle) answer {
			b.service.report = exampleReport(true)
			return b.importing("holidays", "periksa")
		}},
		{"impor-selesai", func(b *bundle) answer { b.service.report = exampleReport(false); return b.importing("roster", "impor") }},
		{"impor-salah", func(b *bundle) answer { b.service.wrong = exampleFaults(590); return b.importing("roster", "impor") }},
		{"tidak-ada", at("/tidak/ada")},
		{"masuk", func(b *bundle) answer { b.actor = appraisal.Actor{}; return b.get("/masuk?next=/tugas/s-1") }},
		{"masuk-terkirim", func(b *bundle) answer {
			b.actor = appraisal.Actor{}
			return b.post("/masuk", url.Values{"email": {"dewi@marelan.go.id"}})
		}},
		{"akun-sesi", at("/akun/sesi")},
		{"akun-token", at("/akun/token")},
		{"akun-token-baru", func(b *bundle) answer {
			return b.post("/akun/token", url.Values{"name": {"Impor"}, "scopes": {"import"}, "days": {"90"}})
		}},
		{"akun-token-salah", func(b *bundle) answer {
			b.service.refuse = map[string]error{"create_token": &appraisal.Error{Code: appraisal.CodeInvalid, Key: "error.invalid",
				Fields: []appraisal.FieldError{{Field: "scopes", Key: "token.error.scopes"}, {Field: "name", Key: "token.error.name"}}}}
			return b.post("/akun/token", url.Values{})
		}},
		{"mulai", func(b *bundle) answer { b.actor = appraisal.Actor{}; return b.get("/mulai/abc") }},
		{"masuk-kode", func(b *bundle) answer { b.actor = appraisal.Actor{}; return b.get("/masuk/kode") }},
		{"masuk-konfirmasi", func(b *bundle) answer {
			b.actor, b.service.opened.Here = appraisal.Actor{}, true
			return b.get("/masuk/abc")
		}},
		{"masuk-di-lain", func(b *bundle) answer {
			b.actor, b.service.opened.Code = appraisal.Actor{}, "7K2M-9QXD"
			return b.get("/masuk/abc")
		}},
		{"kalibrasi-terkunci", func(b *bundle) answer {
			b.service.cohort.Status, b.service.cohort.LockedAt, b.service.cohort.Justification = "locked", moment(0), "Unit kecil."
			return b.get("/kalibrasi/k-1")
		}},
		{"penilaian-kosong", func(b *bundle) answer {
			a := b.service.appraisal
			a.Plan, a.Progress, a.SelfReview, a.Peers, a.Rating, a.Ratings = nil, nil, nil, nil, nil, nil
			a.Competencies, a.Objection, a.Development, a.Timeline, a.Appraiser = nil, nil, nil, nil, nil
			a.Tenure, a.Periods = nil, nil
			b.service.appraisal = a
			return b.get("/penilaian/a-1")
		}},
		{"sesi-habis", func(b *bundle) answer {
			b.actor = appraisal.Actor{}
			return b.post("/tugas/s-1", url.Values{"achievements": {strings.Repeat("Yang sudah saya ketik. ", 5)}})
		}},
	}
	for _, command := range []string{"luncurkan", "jeda", "lanjutkan", "batalkan", "tutup"} {
		pages = append(pages, shown{"perintah-" + command, at("/siklus/c-1/perintah/" + command)})
	}
	for _, kind := range stepKinds() {
		pages = append(pages,
			shown{"tugas-" + string(kind), func(b *bundle) answer { b.service.form = exampleForm(kind); return b.get("/tugas/s-1") }},
			shown{"tugas-" + string(kind) + "-ringkas", func(b *bundle) answer { return b.summary(kind) }},
			shown{"tugas-" + string(kind) + "-selesai", func(b *bundle) answer {
				b.service.form = exampleForm(kind)
				b.service.form.Step.State, b.service.form.Step.Outcome, b.service.form.Step.ClosedAt = "done", appraisal.OutcomeSubmitted, moment(0)
				return b.get("/tugas/s-1")
			}})
	}
	return pages
}

// stepKinds lists the steps that have a form here; a calibration has a page of its own.
func stepKinds() []appraisal.StepKind {
	return []appraisal.StepKind{
		appraisal.StepDraftPlan, appraisal.StepApprovePlan, appraisal.StepRecordProgress, appraisal.StepSelfReview, appraisal.StepNominatePeers,
		appraisal.StepApprovePeers, appraisal.StepPeerAnswer, appraisal.StepAppraiserReview, appraisal.StepAcknowledgeResult,
		appraisal.StepAnswerObjection, appraisal.StepDecideObjection, appraisal.StepApproveDevelopment,
	}
}

// typed is what a person would fill in beyond what the form proposes.
func typed(kind appraisal.StepKind) url.Values {
	switch kind {
	case appraisal.StepApprovePlan, appraisal.StepApprovePeers:
		return url.Values{"decision": {"approve"}, "comment": {"Sudah baik."}}
	case appraisal.StepSelfReview:
		return url.Values{"achievements": {"Waktu layanan turun.\n\nAntrean hilang."}}
	case appraisal.StepNominatePeers:
		return url.Values{"peers": {"p-0", "p-1", "p-4"}}
	case appraisal.StepPeerAnswer:
		v := url.Values{"comment": {"Sigap."}}
		for i := range appraisal.Behaviours {
			v.Set("scores["+string(rune('0'+i/10))+string(rune('0'+i%10))+"]", "3")
			v.Set(scoreField(i), "3")
		}
		return v
	case appraisal.StepAppraiserReview:
		return url.Values{
			"work_result": {"meets"}, "behaviour": {"above"}, "comment": {"Sesuai target."},
			"competencies.K01": {"3"}, "competencies.K02": {"4"}, "competencies.K03": {"2"},
		}
	case appraisal.StepAcknowledgeResult:
		return url.Values{"decision": {"object"}, "reasons": {"Triwulan IV belum terhitung."}}
	case appraisal.StepAnswerObjection:
		return url.Values{"answer": {"Rekap terbit kemudian."}}
	case appraisal.StepDecideObjection:
		return url.Values{"decision": {"change"}, "work_result": {"above"}, "behaviour": {"above"}, "reason": {"Bukti baru."}}
	default:
		return url.Values{}
	}
}

// summary fills the form of a step in and asks to check it.
func (b *bundle) summary(kind appraisal.StepKind) answer {
	b.t.Helper()
	b.service.form = exampleForm(kind)
	page := b.get("/tugas/s-1").page(http.StatusOK)
	v := values(page.Find("form.task"), "ringkas")
	for name, given := range typed(kind) {
		v[name] = given
	}
	return b.post("/tugas/s-1", v)
}

var leftKey = regexp.MustCompile(`\b(page|federated|passkey|form|nav|stage|timeline|preview|term|policy|error|sign_in|period|learning|import_report|import)\.[a-z_]+(\.[a-z_0-9]+)*`)

func TestEveryPageIsWholeInBothLanguages(t *testing.T) {
	for _, p := range everyPage() {
		for _, lang := range locale.Langs {
			t.Run(p.name+"/"+string(lang), func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				b.lang = lang
				a := p.open(b)
				d := a.page(a.Code)
				if got := d.Find("html").AttrOr("lang", ""); got != string(lang) {
					t.Errorf("the page is marked as %q", got)
				}
				if key := leftKey.FindString(text(d.Find("body"))); key != "" {
					t.Errorf("the key %q has no sentence", key)
				}
				if hole := regexp.MustCompile(`\{[a-z_]+\}`).FindString(text(d.Find("body"))); hole != "" {
					t.Errorf("nothing fills %s", hole)
				}
				if a.Body.Len() > 100_000 {
					t.Errorf("the page has %d bytes", a.Body.Len())
				}
				checkMarkup(t, d)
				checkSelfContained(t, d)
				checkForms(t, b, d)
			})
		}
	}
}

// checkMarkup looks at what a screen reader needs.
func checkMarkup(t *testing.T, d *goquery.Document) {
	t.Helper()
	if n := d.Find("h1").Length(); n != 1 {
		t.Errorf("the page has %d main headings", n)
	}
	if d.Find("title").Text() == " · Telaah" {
		t.Error("the page has no title")
	}
	ids := map[string]int{}
	d.Find("[id]").Each(func(_ int, s *goquery.Selection) { ids[s.AttrOr("id", "")]++ })
	for id, n := range ids {
		if n > 1 {
			t.Errorf("the id %q is used %d times", id, n)
		}
	}
	for _, attr := range []string{"for", "aria-describedby", "aria-labelledby"} {
		d.Find("[" + attr + "]").Each(func(_ int, s *goquery.Selection) {
			for _, id := range strings.Fields(s.AttrOr(attr, "")) {
				if ids[id] == 0 {
					t.Errorf("%s refers to %q, which is nowhere", attr, id)
				}
			}
		})
	}
	d.Find("input:not([type=hidden]),textarea,select,progress").Each(func(_ int, s *goquery.Selection) {
		id, named := s.Attr("id")
		if s.Closest("label").Length() == 0 && !(named && d.Find(`label[for="`+id+`"]`).Length() > 0) {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("no label for %s", html)
		}
	})
	d.Find("button,a").Each(func(_ int, s *goquery.Selection) {
		if text(s) == "" && s.AttrOr("aria-hidden", "") != "true" {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("nothing says what this does: %s", html)
		}
	})
	d.Find("a[href^='#']").Each(func(_ int, s *goquery.Selection) {
		if id := strings.TrimPrefix(s.AttrOr("href", ""), "#"); ids[id] == 0 {
			t.Errorf("a link leads to #%s, which is nowhere", id)
		}
	})
	d.Find("table th").Each(func(_ int, s *goquery.Selection) {
		if _, ok := s.Attr("scope"); !ok {
			t.Errorf("the table heading %q has no scope", text(s))
		}
	})
}

// checkSelfContained looks for what the content policy would stop and for other hosts.
func checkSelfContained(t *testing.T, d *goquery.Document) {
	t.Helper()
	d.Find("style,[style],script:not([src]),iframe,img,[onclick],[onload],[onchange]").Each(func(_ int, s *goquery.Selection) {
		html, _ := goquery.OuterHtml(s)
		t.Errorf("inline style, script or frame: %s", html)
	})
	d.Find("script[src],link[href]").Each(func(_ int, s *goquery.Selection) {
		if from := s.AttrOr("src", s.AttrOr("href", "")); !strings.HasPrefix(from, "/static/") {
			t.Errorf("the page loads %s", from)
		}
	})
}

// checkForms sees that every form leads to a route, and that one that changes something carries a key.
func checkForms(t *testing.T, b *bundle, d *goquery.Document) {
	t.Helper()
	free := []string{"/bahasa", "/keluar", "/masuk"}
	d.Find("form").Each(func(_ int, s *goquery.Selection) {
		method, action := strings.ToUpper(s.AttrOr("method", "get")), s.AttrOr("action", "")
		if !b.routed(method, action) {
			t.Errorf("the form %s %s leads nowhere", method, action)
		}
		for _, prefix := range free {
			if strings.HasPrefix(action, prefix) {
				return
			}
		}
		if method == http.MethodPost && d.Find("[name=achievements][type=hidden]").Length() == 0 && s.Find("input[name=kunci]").AttrOr("value", "") == "" {
			t.Errorf("sending %s twice would act twice", action)
		}
	})
	d.Find("a[href^='/']").Each(func(_ int, s *goquery.Selection) {
		path, _, _ := strings.Cut(s.AttrOr("href", ""), "#")
		path, _, _ = strings.Cut(path, "?")
		if !b.routed(http.MethodGet, path) {
			t.Errorf("the link %s leads nowhere", path)
		}
	})
}

// routed reports whether a route answers to the path.
func (b *bundle) routed(method, path string) bool {
	for _, r := range b.routes {
		if r.Method != method {
			continue
		}
		pattern := regexp.MustCompile(`:[a-z]+`).ReplaceAllString(regexp.QuoteMeta(r.Path), `[^/]+`)
		if regexp.MustCompile("^" + pattern + "$").MatchString(path) {
			return true
		}
	}
	return false
}
