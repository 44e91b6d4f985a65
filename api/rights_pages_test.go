package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// visit asks for a page as somebody, or posts a form where there is one, and returns the answer.
func (p *panel) visit(reader, path string, form url.Values) *httptest.ResponseRecorder {
	p.t.Helper()
	request := httptest.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://telaah.test"+path, nil)
	if form != nil {
		request = httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, "http://telaah.test"+path, strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if reader != "" {
		request.Header.Set("Authorization", "Bearer "+reader)
	}
	w := httptest.NewRecorder()
	p.engine.ServeHTTP(w, request)
	return w
}

func (p *panel) shows(w *httptest.ResponseRecorder, status int, words ...string) {
	p.t.Helper()
	if w.Code != status {
		p.t.Errorf("answered with %d, want %d", w.Code, status)
	}
	for _, s := range words {
		if !strings.Contains(w.Body.String(), s) {
			p.t.Errorf("the page does not say %q", s)
		}
	}
}

func TestAPersonHasTheirDataCorrectedOnPagesAndHRAnswers(t *testing.T) {
	t.Parallel()
	p := openPanel(t)
	p.shows(p.visit("", "/privasi", nil), 200, "UU 27/2022", "5 tahun", "anggapan", "/akun/data")
	p.shows(p.visit("Wati", "/akun/data", nil), 200, "/akun/data/zip", "/akun/koreksi")
	p.shows(p.visit("Wati", "/akun/koreksi", nil), 200, "Atasan langsung", "Belum ada permintaan")
	form := url.Values{"kunci": {"k1"}, "field": {"superior"}, "recorded": {"Sekdes"}, "wanted": {" "}}
	p.shows(p.visit("Wati", "/akun/koreksi", form), 422, "Sekdes", "wajib")
	form.Set("wanted", "Kades <b>")
	if w := p.visit("Wati", "/akun/koreksi", form); w.Code != http.StatusSeeOther {
		t.Fatalf("filing was answered with %d", w.Code)
	}
	p.shows(p.visit("Wati", "/akun/koreksi", nil), 200, "menunggu jawaban", "Kades &lt;b&gt;", "Tarik kembali")
	form.Set("kunci", "k2")
	p.shows(p.visit("Wati", "/akun/koreksi", form), 409, "masih menunggu jawaban")
	p.shows(p.visit("Personalia", "/", nil), 200, "1 permintaan perbaikan data menunggu jawaban")
	p.shows(p.visit("Wati", "/koreksi", nil), 403)
	p.exec(`update correction set due_at = $1`, p.at.Add(-1))
	p.shows(p.visit("Personalia", "/koreksi", nil), 200, "lewat batas", "Wati")
	id := p.value(`select id::text from correction`)
	p.shows(p.visit("Personalia", "/koreksi/"+id, url.Values{"action": {"tolak"}}), 422, "wajib")
	if w := p.visit("Personalia", "/koreksi/"+id, url.Values{"action": {"tolak"}, "answer-" + id: {"Sudah benar"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("the answer was answered with %d: %s", w.Code, w.Body)
	}
	p.shows(p.visit("Wati", "/akun/koreksi", nil), 200, "ditolak", "Sudah benar", "Personalia")
	if n := p.value(`select count(*)::text from mail where kind like 'correction%'`); n != "2" {
		t.Errorf("%s mails were queued", n)
	}
}

func TestHRDestroysOnPagesOnlyWhatTheyHaveChecked(t *testing.T) {
	t.Parallel()
	p := openPanel(t)
	p.exec(`insert into act (idempotency_key, actor_id, name, subject, body_digest, at) select 'lama', id, 'x', 'z', '\x00', now() - interval '1 year' from person where name = 'Maya'`)
	p.shows(p.visit("Wati", "/retensi", nil), 403)
	p.shows(p.visit("Pengelola", "/retensi", nil), 200, "Jawaban tersimpan", "/retensi/musnahkan/repeats", "TELAAH_RETENTION=off")
	p.shows(p.visit("Pengelola", "/retensi/musnahkan/repeats", nil), 200, "tidak dapat dibatalkan")
	p.shows(p.visit("Pengelola", "/retensi/musnahkan/semua", nil), 404)
	p.shows(p.visit("Pengelola", "/retensi/musnahkan/repeats", url.Values{"kunci": {"k"}}), 422, "Centang")
	w := p.visit("Pengelola", "/retensi/musnahkan/repeats", url.Values{"kunci": {"k"}, "diperiksa": {"ya"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("answered with %d: %s", w.Code, w.Body)
	}
	page := w.Header().Get("Location")
	p.shows(p.visit("Pengelola", page, nil), 200, "Berita acara pemusnahan", "Pengelola", "30 hari", "/berita-acara")
	if paper := p.visit("Pengelola", page+"/berita-acara", nil); !strings.HasPrefix(paper.Body.String(), "%PDF-") {
		t.Errorf("the certificate is %.20q", paper.Body)
	}
	if again := p.visit("Pengelola", "/retensi/musnahkan/repeats", url.Values{"kunci": {"k"}, "diperiksa": {"ya"}}); again.Header().Get("Location") != page {
		t.Errorf("the same form sent again leads to %q", again.Header().Get("Location"))
	}
}
