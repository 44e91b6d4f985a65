package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/service"
)

// imported is what the service was asked to import.
type imported struct {
	Files  []roster.File
	DryRun bool
}

func (s *scripted) Import(_ context.Context, _ appraisal.Actor, kind service.ImportKind, files []roster.File, dryRun bool, _ ...service.ImportOption) (service.ImportReport, []roster.Fault, error) {
	if _, err := s.do("import", service.Call{}, string(kind), imported{files, dryRun}); err != nil {
		return service.ImportReport{}, nil, err
	}
	return s.report, s.wrong, nil
}

func exampleReport(dryRun bool) service.ImportReport {
	r := service.ImportReport{Kind: service.ImportRoster, DryRun: dryRun, Notes: exampleFaults(1)}
	employees := service.ImportedEntity{Entity: "employee", Added: 2, Changed: 300, Unchanged: 100, Missing: 250}
	for i := range 300 {
		employees.Changes = append(employees.Changes, service.ImportChange{Key: fmt.Sprintf("19900404201501%04d", i), Fields: []string{"email", "superior"}})
	}
	for i := range 250 {
		employees.MissingKeys = append(employees.MissingKeys, fmt.Sprintf("19800404201501%04d", i))
	}
	r.Entities = []service.ImportedEntity{{Entity: "unit", Unchanged: 68}, employees}
	return r
}

func exampleFaults(n int) []roster.Fault {
	var found []roster.Fault
	for i := range n {
		found = append(found, roster.Fault{File: "pegawai.csv", Row: i + 2, Column: "EMAIL", Key: "import.blank"})
	}
	return found
}

// importing sends a form as a browser does: files that were not chosen come without a name.
func (b *bundle) importing(kind, button string, files ...string) answer {
	b.t.Helper()
	page := b.get("/impor").page(http.StatusOK)
	form := page.Find("form[action='/impor/" + kind + "']")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, given := range values(form, button) {
		for _, v := range given {
			if form.Find("input[type=file][name="+name+"]").Length() > 0 {
				continue
			}
			if err := w.WriteField(name, v); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	chosen := map[string]bool{}
	for _, f := range files {
		field, content, _ := strings.Cut(f, "=")
		part, err := w.CreateFormFile(field, content+".csv")
		if err == nil {
			_, err = part.Write([]byte(content))
		}
		if err != nil {
			b.t.Fatal(err)
		}
		chosen[field] = true
	}
	form.Find("input[type=file]").Each(func(_ int, s *goquery.Selection) {
		if name := s.AttrOr("name", ""); !chosen[name] {
			if _, err := w.CreateFormFile(name, ""); err != nil {
				b.t.Fatal(err)
			}
		}
	})
	if err := w.Close(); err != nil {
		b.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, form.AttrOr("action", ""), &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.send(r)
}

func TestFilesOfAFormReachTheImportInTheirPlaces(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.importing("roster", "impor", "employees=orang").page(http.StatusOK)
	b.importing("measurements", "periksa", "files=satu", "files=dua").page(http.StatusOK)
	done := b.service.done()
	if len(done) != 2 {
		t.Fatalf("asked for %v", done)
	}
	if got := fmt.Sprintf("%s %s", done[0].Subject, done[0].In); got != "roster {[{ } {orang.csv orang} { }] %!s(bool=false)}" {
		t.Errorf("asked for %s", got)
	}
	if got := fmt.Sprintf("%s %s", done[1].Subject, done[1].In); got != "measurements {[{satu.csv satu} {dua.csv dua}] %!s(bool=true)}" {
		t.Errorf("asked for %s", got)
	}
}

func TestAnImportSaysWhatChangedAndWhoIsMissing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.report = exampleReport(false)
	page := b.importing("roster", "impor", "employees=orang").page(http.StatusOK)
	said := text(page.Find("#hasil"))
	contains(t, said, "Impor selesai")
	contains(t, said, "Pegawai2300100250")
	contains(t, said, "199004042015010000: surel, atasan")
	contains(t, said, "dan 200 lagi")
	contains(t, said, "198004042015010000, 198004042015010001")
	contains(t, said, "dan 150 lagi")
}

func TestEveryFaultOfAFileIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.wrong = exampleFaults(590)
	page := b.importing("roster", "impor", "employees=orang").page(http.StatusUnprocessableEntity)
	contains(t, text(page.Find("#masalah")), "590 kesalahan")
	contains(t, text(page.Find("main")), "pegawai.csv, baris 2, kolom EMAIL")
	contains(t, text(page.Find("main")), "dan 390 kesalahan lagi")
	if page.Find("#hasil").Length() != 0 {
		t.Error("the page shows a result of an import that was refused")
	}
}

func TestAnImportWithoutAFileSaysWhatToChoose(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.refuse = map[string]error{"import": appraisal.Fault(appraisal.CodeInvalid, "import_report.files_wrong.holidays", nil)}
	contains(t, text(b.importing("holidays", "periksa").page(http.StatusUnprocessableEntity).Find("#masalah")), "berkas hari libur")
	contains(t, text(b.post("/impor/holidays", nil).page(http.StatusUnprocessableEntity).Find("#masalah")), "tidak dapat dibaca")
	b.get("/impor/semua").page(http.StatusNotFound)
	b.post("/impor/semua", nil).page(http.StatusNotFound)
}

func TestOnlyHRIsOfferedToImport(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor.Roles = []appraisal.Role{appraisal.RoleCommittee, appraisal.RoleAdministrator, appraisal.RoleLeadership}
	if strings.Contains(text(b.get("/").page(http.StatusOK).Find("nav")), "Impor") {
		t.Error("the menu offers an import")
	}
	b.get("/impor").page(http.StatusForbidden)
	b.post("/impor/roster", nil).page(http.StatusForbidden)
}
