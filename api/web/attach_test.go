package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// chosen is a file that somebody picked in a form.
type chosen struct{ field, name, content string }

// postFiles sends a form as a browser does that has files in it: fields first, in no order that matters, then the files.
func (b *bundle) postFiles(path string, values url.Values, files ...chosen) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, list := range values {
		for _, v := range list {
			if err := w.WriteField(name, v); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.field, f.name)
		if err == nil {
			_, err = part.Write([]byte(f.content))
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.send(r)
}

// ofAct returns the acts of a name that the pages have asked for.
func ofAct(b *bundle, name string) []act {
	var list []act
	for _, a := range b.service.done() {
		if a.Name == name {
			list = append(list, a)
		}
	}
	return list
}

func TestAFileGoesOnTheDeskWithWhateverButtonIsPressed(t *testing.T) {
	for _, button := range []string{"lampirkan", "draf", "ringkas"} {
		b := setup(t)
		b.service.form = exampleForm(appraisal.StepSelfReview)
		form := b.get("/tugas/s-1").page(200)
		if enc := form.Find("form.task").AttrOr("enctype", ""); enc != "multipart/form-data" {
			t.Fatalf("the form is sent as %q", enc)
		}
		v := values(form.Find("form.task"), button)
		v.Set("achievements", "Semua berkas selesai")
		v.Set("link", "https://pemda.test/rekap")
		v.Del("file")
		b.postFiles("/tugas/s-1", v, chosen{"file", "Rekap.pdf", "isi"})
		files, links := ofAct(b, "add_file"), ofAct(b, "add_link")
		if len(files) != 1 || files[0].In.(service.SentFile).Name != "Rekap.pdf" || string(files[0].In.(service.SentFile).Content) != "isi" || len(links) != 1 {
			t.Fatalf("%s: %+v, %+v", button, files, links)
		}
		if !strings.Contains(string(b.service.form.Draft), "Semua berkas selesai") {
			t.Errorf("%s: the draft is %s", button, b.service.form.Draft)
		}
	}
}

func TestTheSummaryListsWhatGoesAlong(t *testing.T) {
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepSelfReview)
	v := values(b.get("/tugas/s-1").page(200).Find("form.task"), "ringkas")
	v.Set("achievements", "Semua berkas selesai")
	v.Set("link", "https://pemda.test/rekap")
	v.Del("file")
	page := b.postFiles("/tugas/s-1", v, chosen{"file", "Rekap.pdf", "isi"}).page(200)
	contains(t, text(page.Find("main")), "Rekap.pdf (1 KB)")
	contains(t, text(page.Find("main")), "https://pemda.test/rekap")
	if n := page.Find("input[name=link]").Length(); n != 0 {
		t.Error("the link would be added once more")
	}
}

func TestARefusedFileKeepsEveryTypedWordAndEveryOtherFile(t *testing.T) {
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepSelfReview)
	var wrong appraisal.Faults
	wrong.Add("file", "evidence.error.type", map[string]any{"name": "virus.pdf"})
	b.service.refuse = map[string]error{"add_file": wrong.Err()}
	v := values(b.get("/tugas/s-1").page(200).Find("form.task"), "ringkas")
	v.Set("achievements", "Semua berkas selesai")
	v.Set("link", "https://pemda.test/rekap")
	v.Del("file")
	page := b.postFiles("/tugas/s-1", v, chosen{"file", "virus.pdf", "MZ"}).page(422)
	contains(t, text(page.Find("#masalah")), "virus.pdf")
	contains(t, text(page.Find(".attach .error")), "bukan jenis yang diterima")
	if got := page.Find("textarea[name=achievements]").Text(); got != "Semua berkas selesai" {
		t.Errorf("the words are %q", got)
	}
	contains(t, text(page.Find(".desk")), "https://pemda.test/rekap")
	if got := page.Find("input[name=link]").AttrOr("value", ""); got != "" {
		t.Errorf("the link that was added is still typed: %q", got)
	}
}

func TestARefusedLinkStaysAsItWasTyped(t *testing.T) {
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepSelfReview)
	var wrong appraisal.Faults
	wrong.Add("link", "error.link", nil)
	b.service.refuse = map[string]error{"add_link": wrong.Err()}
	v := values(b.get("/tugas/s-1").page(200).Find("form.task"), "draf")
	v.Set("link", "pemda.test/rekap")
	v.Del("file")
	page := b.postFiles("/tugas/s-1", v).page(422)
	if got := page.Find("input[name=link]").AttrOr("value", ""); got != "pemda.test/rekap" {
		t.Errorf("the link is %q", got)
	}
}

func TestWhatLiesOnTheDeskIsTakenAway(t *testing.T) {
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepSelfReview)
	b.service.form.Appraisal.Desk = []service.Evidence{{ID: "e-9", Appraisal: "a-1", Purpose: appraisal.EvidenceSelfReview, Name: "Rekap.pdf", Size: 2_500_000}}
	form := b.get("/tugas/s-1").page(200).Find("form.task")
	contains(t, text(form.Find(".desk")), "Rekap.pdf 2,4 MB")
	if to := form.Find(".desk a").AttrOr("href", ""); to != "/penilaian/a-1/berkas/e-9" {
		t.Errorf("the file is at %s", to)
	}
	v := values(form, form.Find(".desk button").AttrOr("value", ""))
	v.Del("file")
	if to := b.postFiles("/tugas/s-1", v).redirect(); to != "/tugas/s-1#bukti" {
		t.Errorf("it goes on at %s", to)
	}
	if gone := ofAct(b, "remove_evidence"); len(gone) != 1 || gone[0].Subject != "e-9" {
		t.Errorf("%+v", gone)
	}
}

func TestFormsWithoutEvidenceTakeNone(t *testing.T) {
	for _, kind := range []appraisal.StepKind{appraisal.StepPeerAnswer, appraisal.StepAppraiserReview, appraisal.StepDraftPlan} {
		b := setup(t)
		b.service.form = exampleForm(kind)
		page := b.get("/tugas/s-1").page(200)
		if page.Find("input[type=file], .attach").Length() != 0 {
			t.Errorf("%s asks for a file", kind)
		}
		v := values(page.Find("form.task"), "draf")
		b.postFiles("/tugas/s-1", v, chosen{"file", "a.pdf", "isi"})
		if n := len(ofAct(b, "add_file")); n != 0 {
			t.Errorf("%s takes a file", kind)
		}
	}
}

func TestAStageIsNotCompletedOverEvidenceThatBelongsToNoEntry(t *testing.T) {
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepRecordProgress)
	b.service.form.Appraisal.Desk = []service.Evidence{{ID: "e-9", Purpose: appraisal.EvidenceProgress, Name: "Rekap.pdf", Size: 1}}
	v := values(b.get("/tugas/s-1").page(200).Find("form.task"), "ringkas")
	v.Del("file")
	contains(t, text(b.postFiles("/tugas/s-1", v).page(422).Find(".attach .error")), "belum ikut catatan")
}

func TestAFileIsSavedUnderItsNameAndNeverShown(t *testing.T) {
	b := setup(t)
	b.service.held = "%PDF-1.7"
	a := b.get("/penilaian/a-1/berkas/e-1")
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Length": "8", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
		"Content-Security-Policy": "default-src 'none'; sandbox",
		"Content-Disposition":     `attachment; filename="Rekap _Mei_ _ _and_.pdf"; filename*=UTF-8''Rekap%20%22Mei%22%20%E2%80%93%20%C3%91and%C3%BA.pdf`,
	} {
		if got := a.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if a.Body.String() != "%PDF-1.7" {
		t.Errorf("it reads %q", a.Body)
	}
	b.service.refuse = map[string]error{"file": appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)}
	if a := b.get("/penilaian/a-1/berkas/e-1"); a.Code != 404 || a.Header().Get("Content-Disposition") != "" {
		t.Errorf("a file that one may not read is answered %d, %v", a.Code, a.Header())
	}
}
