package web_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func TestTheAppraisalOffersThePapersThatThereAre(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.appraisal.Documents = nil
	if n := b.get("/penilaian/a-1").page(http.StatusOK).Find(".downloads").Length(); n != 0 {
		t.Errorf("without papers %d lists are offered", n)
	}
	b.service.appraisal.Documents = appraisal.DocumentKinds
	links := b.get("/penilaian/a-1").page(http.StatusOK).Find(".downloads a")
	if links.Length() != len(appraisal.DocumentKinds) {
		t.Fatalf("%d papers are offered", links.Length())
	}
	links.Each(func(i int, s *goquery.Selection) {
		a := b.get(s.AttrOr("href", ""))
		kind := appraisal.DocumentKinds[i]
		if a.Code != http.StatusOK || a.Header().Get("Content-Type") != "application/pdf" || a.Body.String() != "%PDF" ||
			!strings.HasPrefix(a.Header().Get("Content-Disposition"), `attachment; filename="`+string(kind)+`.pdf";`) {
			t.Errorf("%s answers %d %v", s.AttrOr("href", ""), a.Code, a.Header())
		}
		if done := b.service.done(); done[len(done)-1].In != kind {
			t.Errorf("%s asks for %v", s.AttrOr("href", ""), done[len(done)-1].In)
		}
	})
}

func TestTheHistorySaysWhichPaperWasIssued(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.appraisal.Timeline = []service.TimelineEntry{{Action: "issue_document", Document: appraisal.DocumentForm}}
	contains(t, text(b.get("/penilaian/a-1").page(http.StatusOK).Find(".timeline")), "Formulir Evaluasi Kinerja (PDF) diterbitkan")
}

func TestAPaperThatDoesNotExistYetSaysWhen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.refuse = map[string]error{"document": appraisal.Fault(appraisal.CodeWrongStage, "document.not_yet.evaluation", nil)}
	contains(t, text(b.get("/penilaian/a-1/dokumen/evaluasi").page(http.StatusConflict).Find("main")), "setelah hasil penilaian diumumkan")
}

func TestWhoeverHoldsAPaperLearnsWhatItsCodeStandsFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor = appraisal.Actor{}
	empty := b.get("/verifikasi").page(http.StatusOK)
	if empty.Find("[role=status]").Length() != 0 || len(b.service.done()) != 0 {
		t.Error("an answer is given before a question")
	}
	const code = "12300-00000-00000-0000G"
	for _, c := range []struct {
		found service.Verification
		want  []string
	}{
		{service.Verification{State: service.VerifiedGenuine, Code: code, Kind: appraisal.DocumentPlan, Name: "A*** L***", Unit: "Bidang Perizinan",
			PeriodStart: "2026-01-01", PeriodEnd: "2026-12-31", IssuedAt: "2027-01-14"},
			[]string{"Asli dan masih berlaku", "Sasaran Kinerja Pegawai", "A*** L***", "Bidang Perizinan", "1 Januari 2026 – 31 Desember 2026", "14 Januari 2027"}},
		{service.Verification{State: service.VerifiedSuperseded, Code: code, Kind: appraisal.DocumentPlan}, []string{"sudah digantikan", "Minta versi terbaru"}},
		{service.Verification{State: service.VerifiedUnknown, Code: code}, []string{"Tidak dikenal", "hubungi bagian kepegawaian"}},
		{service.Verification{State: service.VerifiedMistyped}, []string{"salah ketik"}},
	} {
		b.service.verified = c.found
		for _, path := range []string{"/verifikasi/" + code, "/verifikasi?kode=" + code} {
			page := b.get(path).page(http.StatusOK)
			for _, want := range c.want {
				contains(t, text(page.Find("main")), want)
			}
			if typed := page.Find("input[name=kode]").AttrOr("value", ""); typed != code {
				t.Errorf("%s: the field has %q", path, typed)
			}
		}
	}
	b.service.refuse = map[string]error{"verify": appraisal.Fault(appraisal.CodeTooMany, "document.too_many", map[string]any{"minutes": 15})}
	contains(t, text(b.get("/verifikasi/"+code).page(http.StatusTooManyRequests).Find("main")), "15 menit")
}

func TestHRTakesTheFilesOfAUnitFromItsList(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor.Roles = []appraisal.Role{appraisal.RoleHR}
	if b.get("/siklus/c-1/penilaian").page(http.StatusOK).Find(`a[href*="/arsip"]`).Length() != 0 {
		t.Error("an archive of everybody is offered")
	}
	link := b.get("/siklus/c-1/penilaian?unit=u-1").page(http.StatusOK).Find(`a[href*="/arsip"]`).AttrOr("href", "")
	if a := b.get(link); link != "/siklus/c-1/arsip?unit=u-1" || a.Code != http.StatusOK || a.Header().Get("Content-Type") != "application/zip" {
		t.Errorf("%q answers %d %v", link, a.Code, a.Header())
	}
}

func TestHRTakesTheResultsFromTheCyclesPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor.Roles = []appraisal.Role{appraisal.RoleHR}
	page := b.get("/siklus/c-1").page(http.StatusOK)
	for _, format := range []string{"xlsx", "csv"} {
		if page.Find(`a[href="/siklus/c-1/hasil/`+format+`"]`).Length() != 1 {
			t.Errorf("%s is not offered", format)
		}
		if a := b.get("/siklus/c-1/hasil/" + format); a.Code != http.StatusOK || !strings.HasPrefix(a.Header().Get("Content-Disposition"), `attachment; filename="hasil.`+format+`"`) {
			t.Errorf("%s answers %d %v", format, a.Code, a.Header())
		}
	}
	b.actor.Roles = []appraisal.Role{appraisal.RoleCommittee}
	if b.get("/siklus/c-1").page(http.StatusOK).Find(`a[href*="/hasil/"]`).Length() != 0 {
		t.Error("the committee is offered the results")
	}
}

func (s *scripted) Document(_ context.Context, _ appraisal.Actor, id appraisal.AppraisalID, kind appraisal.DocumentKind) (service.File, error) {
	if _, err := s.do("document", service.Call{}, string(id), kind); err != nil {
		return service.File{}, err
	}
	return service.File{Name: string(kind) + ".pdf", Type: "application/pdf", Size: 4, ReadCloser: io.NopCloser(strings.NewReader("%PDF"))}, nil
}

func (s *scripted) VerifyDocument(_ context.Context, network, typed string) (service.Verification, error) {
	_, err := s.do("verify", service.Call{}, typed, network)
	return s.verified, err
}

func (s *scripted) Results(_ context.Context, _ appraisal.Actor, id appraisal.CycleID, unit appraisal.UnitID, format appraisal.ResultsFormat) (service.File, error) {
	if _, err := s.do("results", service.Call{}, string(id)+string(unit), format); err != nil {
		return service.File{}, err
	}
	return service.File{Name: "hasil." + string(format), Type: "text/plain", Size: 2, ReadCloser: io.NopCloser(strings.NewReader("ok"))}, nil
}

func (s *scripted) Archive(_ context.Context, _ appraisal.Actor, id appraisal.CycleID, unit appraisal.UnitID) (service.File, error) {
	_, err := s.do("archive", service.Call{}, string(id), unit)
	return service.File{Name: "dokumen.zip", Type: "application/zip", Size: 2, ReadCloser: io.NopCloser(strings.NewReader("PK"))}, err
}
