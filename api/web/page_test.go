package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/service"
)

func TestTheMenuShowsWhatOnesRolesAllow(t *testing.T) {
	for _, c := range []struct {
		roles []appraisal.Role
		menu  string
	}{
		{nil, "Beranda Riwayat saya Delegasi Jejak tentang saya Akun saya Tentang"},
		{[]appraisal.Role{appraisal.RoleCommittee}, "Beranda Riwayat saya Delegasi Siklus Jejak tentang saya Akun saya Tentang"},
		{[]appraisal.Role{appraisal.RoleAdministrator}, "Beranda Riwayat saya Delegasi Siklus Layanan Retensi Mandek Surat Jejak tentang saya Akun saya Tentang"},
		{[]appraisal.Role{appraisal.RoleAuditor}, "Beranda Riwayat saya Delegasi Audit Jejak tentang saya Akun saya Tentang"},
	} {
		t.Run(fmt.Sprint(c.roles), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.actor.Roles = c.roles
			page := b.get("/").page(http.StatusOK)
			if got := text(page.Find("nav").First()); got != c.menu {
				t.Errorf("the menu is %q, want %q", got, c.menu)
			}
			page.Find("nav a").Each(func(_ int, s *goquery.Selection) {
				if a := b.get(s.AttrOr("href", "")); a.Code != http.StatusOK {
					t.Errorf("%s is offered and answers %d", s.AttrOr("href", ""), a.Code)
				}
			})
		})
	}
}

func TestFaultsHaveTheWordsOfTheAPIAndANumberToReport(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.refuse = map[string]error{"appraisal": appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)}
	page := b.get("/penilaian/a-9").page(http.StatusNotFound)
	contains(t, text(page.Find("main")), locale.Indonesian.Text("error.not_found", nil))
	contains(t, text(page.Find("main")), "REQ123")
	b.service.refuse = map[string]error{"appraisal": fmt.Errorf("dial tcp 10.0.0.1: connection refused")}
	broken := b.get("/penilaian/a-9")
	if strings.Contains(broken.Body.String(), "10.0.0.1") {
		t.Error("the technical cause is told")
	}
	contains(t, text(broken.page(http.StatusInternalServerError).Find("main")), locale.Indonesian.Text("error.unexpected", nil))
}

func TestEveryCommandAsksFirstAndNamesTheVersionThatWasSeen(t *testing.T) {
	for command, name := range map[string]string{"luncurkan": "launch", "jeda": "pause", "lanjutkan": "resume", "batalkan": "cancel", "tutup": "close"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			if command == "tutup" {
				b.service.cycle.Ended = b.service.cycle.People
			}
			path := "/siklus/c-1/perintah/" + command
			page := b.get(path).page(http.StatusOK)
			if len(b.service.done()) != 0 {
				t.Fatal("asking acted")
			}
			v := values(page.Find("main form"), "")
			if v.Has("reason") {
				v.Set("reason", "Banjir di kota")
			}
			if to := b.post(path, v).redirect(); to != "/siklus/c-1" {
				t.Errorf("led to %s", to)
			}
			done := b.service.done()
			if len(done) != 1 || done[0].Name != name || done[0].Call.Version != 3 || done[0].Call.Key == "" {
				t.Errorf("did %+v", done)
			}
			if in, ok := done[0].In.(service.CycleCommand); ok && in.Reason != "Banjir di kota" {
				t.Errorf("for the reason %q", in.Reason)
			}
		})
	}
}

func TestAPauseAndACancellationSayWhy(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"jeda", "batalkan"} {
		b := setup(t)
		path := "/siklus/c-1/perintah/" + command
		v := values(b.get(path).page(http.StatusOK).Find("main form"), "")
		v.Set("reason", "  ")
		contains(t, text(b.post(path, v).page(http.StatusUnprocessableEntity).Find("#reason-salah")), "Tulis alasannya")
		if len(b.service.done()) != 0 {
			t.Errorf("%s acted without a reason", command)
		}
	}
}

func TestClosingACycleThatStillRunsIsNotOfferedButExplained(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.cycle.People, b.service.cycle.Ended = 590, 38
	page := b.get("/siklus/c-1/perintah/tutup").page(http.StatusOK)
	contains(t, text(page.Find("main")), "552 dari 590 penilaian masih berjalan")
	if page.Find("main form").Length() != 0 {
		t.Error("a form that can only be refused is offered")
	}
}

func TestAnUnknownCommandIsNotFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.get("/siklus/c-1/perintah/ledakkan").page(http.StatusNotFound)
	b.post("/siklus/c-1/perintah/ledakkan", nil).page(http.StatusNotFound)
}

func TestACycleIsPreparedFromATemplateAndChecked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := values(b.get("/siklus/baru").page(http.StatusOK).Find("main form"), "")
	for name, typed := range map[string]string{"name": "Kinerja 2027", "code": "skp-2027", "period_start": "2027-01-01", "period_end": "2027-12-31", "units": "DISDUKCAPIL, SETDA.0\nMRL"} {
		v.Set(name, typed)
	}
	if to := b.post("/siklus/baru", v).redirect(); to != "/siklus/c-1/pratinjau" {
		t.Errorf("led to %s", to)
	}
	in := b.service.done()[0].In.(service.NewCycle)
	if in.TemplateName != "tahunan" || in.Policy != "permen6-2022@1" || strings.Join(in.Units, "|") != "DISDUKCAPIL|SETDA.0|MRL" {
		t.Errorf("created %+v", in)
	}
	var faults appraisal.Faults
	faults.Add("code", "error.cycle_code", nil)
	b.service.refuse = map[string]error{"create_cycle": faults.Err()}
	v.Set("policy", "kantor-kami@2")
	page := b.post("/siklus/baru", v).page(http.StatusUnprocessableEntity)
	contains(t, text(page.Find("#code-salah")), "Kode siklus")
	if got := page.Find("[name=name]").AttrOr("value", ""); got != "Kinerja 2027" {
		t.Errorf("the name came back as %q", got)
	}
	if got := text(page.Find("[name=policy] option[selected]")); got != "Perwali 3/2026: nilai dihitung dari capaian (kantor-kami, versi 2)" {
		t.Errorf("the policy came back as %q", got)
	}
}

func TestABlockingFindingHidesTheLaunch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	launch := "a[href$='/perintah/luncurkan']"
	if b.get("/siklus/c-1/pratinjau").page(http.StatusOK).Find(launch).Length() != 1 {
		t.Error("a clean preview does not offer the launch")
	}
	b.service.preview.Findings = append(b.service.preview.Findings, service.Finding{Key: "preview.nobody", Blocking: true})
	page := b.get("/siklus/c-1/pratinjau").page(http.StatusOK)
	if page.Find(launch).Length() != 0 {
		t.Error("a blocked launch is offered")
	}
	contains(t, text(page.Find("main")), "Belum dapat diluncurkan")
}

func TestAUnitIsRatedWithItsGroundsAndChangedWithAReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor.Roles = []appraisal.Role{appraisal.RoleHR} // without the committee's role HR sees what is in force
	path := "/siklus/c-1/peringkat-unit"
	list := b.get(path).page(http.StatusOK)
	contains(t, text(list.Find("tbody tr").First()), "istimewa")
	contains(t, text(list.Find("tbody tr").Eq(1)), "belum ada")
	page := b.get(path + "?unit=D7").page(http.StatusOK)
	for _, want := range []string{"Hasil reviu lebih tinggi", "tetap memakai peringkat saat dikunci", "LKjIP 2026."} {
		contains(t, text(page.Find("main")), want)
	}
	v := values(page.Find("main form"), "")
	again := b.post(path, v).page(http.StatusUnprocessableEntity)
	contains(t, text(again.Find("#rating-salah")), "Pilih")
	v.Set("rating", "baik")
	v.Set("evidence", "LKjIP 2026")
	v.Set("reason", "Salah ketik")
	if to := b.post(path, v).redirect(); to != path+"?unit=D7" {
		t.Errorf("led to %s", to)
	}
	if done := b.service.done(); done[0].In != (service.UnitRating{Unit: "D7", Rating: "baik", Evidence: "LKjIP 2026", Reason: "Salah ketik"}) || done[0].Call.Version != 2 {
		t.Errorf("did %+v", done)
	}
	if b.get(path+"?unit=D8").page(http.StatusOK).Find("#reason").Length() != 0 {
		t.Error("a first rating is asked why it changes")
	}
}

func TestOnlyAFailedMailIsOfferedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.get("/operasi/surat").page(http.StatusOK)
	forms := page.Find("form[action$='/kirim-ulang']")
	if forms.Length() != 1 || forms.AttrOr("action", "") != "/operasi/surat/m-4/kirim-ulang" {
		t.Fatalf("%d mails are offered", forms.Length())
	}
	b.post(forms.AttrOr("action", ""), values(forms, "")).redirect()
	if done := b.service.done(); len(done) != 1 || done[0].Name != "resend_mail" || done[0].Subject != "m-4" {
		t.Errorf("did %+v", done)
	}
}

func TestAStalledLineOpensItsExecution(t *testing.T) {
	t.Parallel()
	b := setup(t)
	link := b.get("/operasi/mandek").page(http.StatusOK).Find("tbody a[href^='http']").First().AttrOr("href", "")
	if link != "http://127.0.0.1:8233/namespaces/telaah/workflows/appraisal%2Fc-1%2Fp-1" {
		t.Errorf("the link is %s", link)
	}
}

func TestAWithdrawalIsAskedForWithItsReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := values(b.get("/penilaian/a-1/tarik").page(http.StatusOK).Find("main form"), "")
	v.Set("reason", "Pindah instansi")
	if to := b.post("/penilaian/a-1/tarik", v).redirect(); to != "/penilaian/a-1" {
		t.Errorf("led to %s", to)
	}
	if done := b.service.done(); done[0].In != (service.CycleCommand{Reason: "Pindah instansi"}) {
		t.Errorf("did %+v", done)
	}
}

func TestStagesThatAnAppraisalNeverEnteredAreNotShownAsDone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.appraisal.Timeline = []service.TimelineEntry{
		{Action: "entered", Stage: appraisal.StageSelfReview}, {Action: "entered", Stage: appraisal.StageAppraiserReview}, {Action: "entered", Stage: appraisal.StageResult},
	}
	page := b.get("/penilaian/a-1").page(http.StatusOK)
	if got := text(page.Find(".stages .done")); got != "Penilaian mandiri (selesai)Penilaian atasan (selesai)" {
		t.Errorf("done are %s", got)
	}
	if got := text(page.Find(".stages [aria-current]")); got != "Hasil (sedang berjalan)" {
		t.Errorf("the appraisal stands at %s", got)
	}
}

func TestWithheldOpinionsSayWhy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	contains(t, text(b.get("/penilaian/a-1").page(http.StatusOK).Find("main")), "Pendapat bawahan langsung tidak ditampilkan: kurang dari 3 orang menjawab.")
}

func TestDatesAreOfTheOfficeAndNumbersOfTheLanguage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	late := moment(0).Add(15 * 3600e9) // 24.00 UTC is the next morning in Jakarta
	b.service.appraisal.Deadline = &late
	contains(t, text(b.get("/penilaian/a-1").page(http.StatusOK).Find("main")), "8 Januari 2027 07.00")
	contains(t, text(b.get("/penilaian/a-1").page(http.StatusOK).Find("main")), "Realisasi 2,13 dari target 2,5 hari")
	b.lang = locale.English
	contains(t, text(b.get("/penilaian/a-1").page(http.StatusOK).Find("main")), "8 January 2027 07:00")
}

func TestStaticFilesAreKeptForEverUnderTheirDigest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	address := b.get("/").page(http.StatusOK).Find("link[rel=stylesheet]").AttrOr("href", "")
	a := b.get(address)
	contains(t, a.Header().Get("Content-Type"), "text/css")
	contains(t, a.Header().Get("Cache-Control"), "immutable")
	if plain := b.get("/static/telaah.css"); plain.Header().Get("Cache-Control") != "no-cache" {
		t.Error("the address without a digest is kept too")
	}
	b.get("/static/..%2fweb.go").page(http.StatusNotFound)
}

func TestResultsShowEveryVersionAndPutSmallGroupsTogether(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.actor.Roles = []appraisal.Role{appraisal.RoleLeadership}
	if b.get("/siklus/c-1").page(http.StatusOK).Find("a[href='/siklus/c-1/sebaran']").Length() != 1 {
		t.Error("leadership is not led to the results")
	}
	page := b.get("/siklus/c-1/sebaran").page(http.StatusOK)
	for _, want := range []string{"9 → 7 → 8", "3 kelompok kecil bersama-sama", "kurang dari 5 orang"} {
		contains(t, text(page.Find("main")), want)
	}
}
