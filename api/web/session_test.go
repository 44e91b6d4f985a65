package web_test

import (
	"net/http"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func TestTheCommitteeGoesFromPersonToPersonByKeyboard(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.get("/kalibrasi/k-1").page(http.StatusOK)
	v := values(page.Find("form.change"), "")
	v.Set("appraisal", "4f1c7a52-0000-4000-8000-000000000003")
	v.Set("work_result", "meets")
	refused := b.service
	var faults appraisal.Faults
	faults.Add("reason", "error.required", nil)
	refused.refuse = map[string]error{"change_rating": faults.Err()}
	v.Set("behaviour", "above")
	again := b.post("/kalibrasi/k-1", v).page(http.StatusUnprocessableEntity)
	contains(t, text(again.Find("#reason-salah")), "wajib")
	if got := values(again.Find("form.change"), ""); got.Get("appraisal") != v.Get("appraisal") || got.Get("behaviour") != "above" {
		t.Errorf("the choice came back as %v", got)
	}
	refused.refuse = nil
	v.Set("reason", "Setara dengan unit sejenis")
	to := b.post("/kalibrasi/k-1?urut=penilai&cari=a", v).redirect()
	if to != "/kalibrasi/k-1?cari=a&orang=4f1c7a52-0000-4000-8000-000000000003&urut=penilai" {
		t.Errorf("the change leads to %s", to)
	}
	same := b.get(to).page(http.StatusOK).Find("input[name=appraisal][checked]")
	if got := same.AttrOr("value", ""); got != "4f1c7a52-0000-4000-8000-000000000003" {
		t.Errorf("the person chosen is %q", got)
	}
	if _, on := same.Attr("autofocus"); !on {
		t.Error("the keyboard is not on the person who was changed")
	}
	done := b.service.done()
	if len(done) != 1 || done[0].Call.Version != 7 || done[0].In.(service.CalibrationChange).Reason != "Setara dengan unit sejenis" {
		t.Errorf("did %+v", done)
	}
}

func TestTwoHundredPeopleFitOnOnePageOfASession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.cohort = exampleCohort(200)
	if n := b.get("/kalibrasi/k-1?orang=4f1c7a52-0000-4000-8000-000000000003&urut=penilai").Body.Len(); n > 100_000 {
		t.Errorf("the page has %d bytes", n)
	}
}

func TestTheTableOfASessionIsNarrowedAndSortedByItsAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	names := func(query string) []string {
		return b.get("/kalibrasi/k-1?" + query).page(http.StatusOK).Find(".members tbody tr").Map(func(_ int, s *goquery.Selection) string {
			return text(s.Find("th label"))
		})
	}
	if got := names("cari=rina"); len(got) != 5 || got[0] != "Rina Wulandari" {
		t.Errorf("by name: %v", got)
	}
	if got := names("tampil=diubah"); len(got) != 4 { // 1, 8, 15 and 22 of 24
		t.Errorf("changed: %v", got)
	}
	if got := names("predikat=sangat_baik&urut=predikat&tampil=tetap"); len(got) != 5 {
		t.Errorf("sangat baik and unchanged: %v", got)
	}
	if all := names("urut=perubahan"); len(all) != 24 || all[0] != "Oki Ratna Santoso, S.A.P." {
		t.Errorf("the changed ones first: %v", all)
	}
	// Number 1 was just changed and is out of the view of the unchanged: the next one is chosen.
	page := b.get("/kalibrasi/k-1?tampil=tetap&orang=4f1c7a52-0000-4000-8000-000000000001").page(http.StatusOK)
	if got := page.Find("input[name=appraisal][checked]").AttrOr("value", ""); got != "4f1c7a52-0000-4000-8000-000000000002" {
		t.Errorf("the person chosen is %q", got)
	}
}

func TestASessionIsConfirmedAsItWasSeen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.get("/kalibrasi/k-1").page(http.StatusOK)
	contains(t, text(page.Find("#tim")), "2 dari 3 anggota tim harus menyetujui")
	if page.Find("form[action$='/hadir']").Length() != 0 {
		t.Error("who is present is asked to join")
	}
	if to := b.post("/kalibrasi/k-1/setuju", values(page.Find("form[action$='/setuju']"), "")).redirect(); to != "/kalibrasi/k-1#tim" {
		t.Errorf("led to %s", to)
	}
	if done := b.service.done(); len(done) != 1 || done[0].Name != "confirm_session" || done[0].Call.Version != 7 {
		t.Errorf("did %+v", done)
	}
	b.service.cohort.Committee = service.Committee{Size: 1, Needed: 1, Reachable: true, People: b.service.cohort.Committee.People[:1]}
	contains(t, text(b.get("/kalibrasi/k-1").page(http.StatusOK).Find("#tim")), "hanya satu orang")
}

func TestAnOpinionIsGivenOnThePageOfThePerson(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := "/kalibrasi/k-1/orang/4f1c7a52-0000-4000-8000-000000000001"
	page := b.get(path).page(http.StatusOK)
	for _, want := range []string{"Buktinya belum cukup", "diganti", "Target baru sejak Juli"} {
		contains(t, text(page.Find("main")), want)
	}
	v := values(page.Find("form.card"), "")
	v.Set("stance", "oppose")
	var faults appraisal.Faults
	faults.Add("words", "error.required", nil)
	b.service.refuse = map[string]error{"give_opinion": faults.Err()}
	contains(t, text(b.post(path, v).page(http.StatusUnprocessableEntity).Find("#words-salah")), "wajib")
	b.service.refuse = nil
	v.Set("words", "Buktinya lemah")
	if to := b.post(path, v).redirect(); to != path {
		t.Errorf("led to %s", to)
	}
	want := service.SessionOpinion{Appraisal: "4f1c7a52-0000-4000-8000-000000000001", Stance: "oppose", Words: "Buktinya lemah"}
	if done := b.service.done(); done[0].In != want {
		t.Errorf("did %+v", done)
	}
}

func TestALockIsJustifiedOnItsOwnPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := values(b.get("/kalibrasi/k-1/kunci").page(http.StatusOK).Find("main form"), "")
	var faults appraisal.Faults
	faults.Add("justification", "error.required", nil)
	b.service.refuse = map[string]error{"lock_cohort": faults.Err()}
	contains(t, text(b.post("/kalibrasi/k-1/kunci", v).page(http.StatusUnprocessableEntity).Find("#justification-salah")), "wajib")
	b.service.refuse = nil
	v.Set("justification", "Unit kecil")
	if to := b.post("/kalibrasi/k-1/kunci", v).redirect(); to != "/kalibrasi/k-1" {
		t.Errorf("led to %s", to)
	}
	if done := b.service.done(); done[0].In != (service.Lock{Justification: "Unit kecil"}) || done[0].Call.Version != 7 {
		t.Errorf("did %+v", done)
	}
}

func TestAMemberSeesNothingOfTheirOwnRatingInTheSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.cohort.Members[0].Before, b.service.cohort.Members[0].After = nil, nil
	row := b.get("/kalibrasi/k-1").page(http.StatusOK).Find(".members tbody tr").First()
	contains(t, text(row), "diri Anda: tidak ditampilkan")
	if row.Find("input").Length() != 0 {
		t.Error("one's own rating can be chosen")
	}
}
