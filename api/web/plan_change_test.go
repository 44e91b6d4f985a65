package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// examplePlanHistory is a plan whose second version was agreed upon, and a proposal that waits for the reader.
func examplePlanHistory() service.PlanHistory {
	kr := func(target string) appraisal.KeyResult {
		return appraisal.KeyResult{ID: "kr-1", Statement: "Kartu keluarga terbit lebih cepat", ServesStrategy: "str-1", Indicators: []appraisal.Indicator{{
			ID: "i-1", Aspect: appraisal.AspectTime, Description: "Rata-rata waktu", Target: target, Measure: "hari", Direction: appraisal.DirectionLess,
		}}}
	}
	added := appraisal.KeyResult{Statement: "Pengaduan tuntas", ServesStrategy: "str-1", Indicators: []appraisal.Indicator{{
		Aspect: appraisal.AspectQuantity, Description: "Pengaduan", Target: "40", Measure: "pengaduan", Direction: appraisal.DirectionMore,
	}}}
	first, second, proposed := []appraisal.KeyResult{kr("2")}, []appraisal.KeyResult{kr("3")}, []appraisal.KeyResult{kr("3.5"), added}
	day := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	return service.PlanHistory{
		Appraisal: "a-1", CycleName: "Penilaian Kinerja 2026", Employee: service.Person{ID: everybody.ID, Name: everybody.Name},
		PositionKind: appraisal.PositionPelaksana, MayPropose: false,
		Served:  map[string]string{"str-1": "Meningkatnya kualitas pelayanan publik"},
		Figures: map[string]service.IndicatorFigures{"i-1": {Latest: "2.5", Entries: 4}},
		Versions: []service.PlanVersion{
			{Number: 2, State: "approved", Current: true, SubmittedAt: *moment(-50), DecidedAt: moment(-50), EffectiveOn: &day, KeyResults: second, Differences: appraisal.ComparePlans(first, second)},
			{Number: 1, State: "approved", SubmittedAt: *moment(-200), DecidedAt: moment(-198), KeyResults: first},
		},
		Changes: []service.ProposedChange{
			{ID: "c-2", State: appraisal.PlanChangeOpen, ProposedBy: "Bambang Hartono, S.H.", ProposedAt: *moment(-1), Reason: "Loket bertambah", EffectiveOn: day, Base: 2, MayAnswer: true, Differences: appraisal.ComparePlans(second, proposed)},
			{ID: "c-1", State: appraisal.PlanChangeLapsed, ProposedBy: everybody.Name, ProposedAt: *moment(-60), Reason: "Salah ketik", EffectiveOn: day, Base: 1, EndedAt: moment(-55), Differences: []appraisal.KeyResultDifference{}},
		},
	}
}

func TestVersionsStandSideBySideWithTheirEffectOnJudging(t *testing.T) {
	b := setup(t)
	b.service.history = examplePlanHistory()
	page := b.get("/penilaian/a-1/skp").page(http.StatusOK)
	open := text(page.Find("#usulan-c-2"))
	has(t, open, "Bambang Hartono, S.H.", "1 Oktober 2026", "Loket bertambah", "ditambah", "paling banyak 3 hari", "paling banyak 3,5 hari",
		"Angka terakhir 2,5 hari: tercapai menurut target lama dan baru", "Indikator yang dihitung: 2 (baru: 1, diubah: 1)", "Meningkatnya kualitas pelayanan publik")
	has(t, text(page.Find("#versi-2")), "dasar penilaian", "belum tercapai menurut target lama, tercapai menurut target baru")
	has(t, text(page.Find("#usulan-c-1")), "Gugur", "SKP tidak berubah")
	if forms := page.Find("main form"); forms.Length() != 1 {
		t.Errorf("%d forms, want the one answer", forms.Length())
	}
	b.post("/penilaian/a-1/skp/usulan/c-2", url.Values{"kunci": {"k"}, "decision": {"return"}}).page(http.StatusUnprocessableEntity)
	leadsTo(t, b.post("/penilaian/a-1/skp/usulan/c-2", url.Values{"kunci": {"k"}, "decision": {"approve"}}), "/penilaian/a-1/skp")
	leadsTo(t, b.post("/penilaian/a-1/skp/usulan/c-2", url.Values{"kunci": {"l"}, "action": {"tarik"}}), "/penilaian/a-1/skp")
	acts := b.service.done()
	if len(acts) != 2 || acts[0].In != (service.PlanChangeAnswer{Agree: true}) || acts[1].Name != "withdraw_plan_change" || acts[1].Subject != "c-2" {
		t.Errorf("the acts are %+v", acts)
	}
}

func TestAnAnswerToAProposalThatIsOverSaysSoOnItsPage(t *testing.T) {
	b := setup(t)
	b.service.history = examplePlanHistory()
	b.service.refuse = map[string]error{"answer_plan_change": appraisal.Fault(appraisal.CodeConflict, "error.change_ended.withdrawn", nil)}
	page := b.post("/penilaian/a-1/skp/usulan/c-2", url.Values{"kunci": {"k"}, "decision": {"approve"}, "comment": {"Setuju"}}).page(http.StatusConflict)
	has(t, text(page.Find("#masalah")), "sudah ditarik oleh pengusulnya")
	if got := text(page.Find("#usulan-c-2 textarea")); got != "Setuju" {
		t.Errorf("what was typed is %q", got)
	}
}

func TestAChangeIsProposedFromThePlanInForceWithWhatGoesOnKeepingItsIdentity(t *testing.T) {
	b := setup(t)
	b.service.history = examplePlanHistory()
	b.service.change = service.PlanChangeForm{StepForm: service.StepForm{Appraisal: b.service.appraisal, Alignments: []service.Alignment{
		{Strategy: "str-1", Kind: "sasaran", Near: true, Statement: "Meningkatnya kualitas pelayanan publik"},
		{KeyResult: "sup-1", Kind: "key_result", Gone: true, Statement: "Waktu layanan makin singkat"},
	}}, First: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Last: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)}
	b.service.change.Appraisal.Plan = examplePlan()
	path := "/penilaian/a-1/skp/usulan"
	page := b.get(path).page(http.StatusOK)
	typed := values(page.Find("form.task"), "")
	if typed.Get("key_results[0].id") != "kr-1" || typed.Get("key_results[0].indicators[1].id") != "i-2" || typed.Get("key_results[0].serves") != "hasil:sup-1" {
		t.Errorf("the form begins with %v", typed)
	}
	has(t, text(page.Find("#effective_on-petunjuk")), "1 Januari 2026", "31 Desember 2026")
	typed.Set("effective_on", "2026-10-01")
	typed.Set("key_results[0].indicators[1].target", "92,5")
	typed.Set("action", "ringkas")
	missing := b.post(path, typed).page(http.StatusUnprocessableEntity)
	has(t, text(missing.Find("#masalah")), "Alasan perubahan")

	typed.Set("reason", "Dua loket ditutup")
	typed.Set("action", "hapus-hasil:1")
	leadsTo(t, b.post(path, typed), path+"#hasil-1")
	typed = values(b.get(path).page(http.StatusOK).Find("form.task"), "")
	if typed.Get("reason") != "Dua loket ditutup" || typed.Has("key_results[1].statement") {
		t.Errorf("after removing a key result the form holds %v", typed)
	}
	typed.Set("action", "ringkas")
	summary := b.post(path, typed).page(http.StatusOK)
	has(t, text(summary.Find("main")), "Dua loket ditutup", "1 Oktober 2026", "dihapus", "paling sedikit 92,5 persen", "Indikator yang tidak dihitung lagi: 1")
	typed = values(summary.Find("main form"), "")
	typed.Set("action", "kirim")
	leadsTo(t, b.post(path, typed), "/penilaian/a-1/skp")
	acts := b.service.done()
	in := acts[len(acts)-1].In.(appraisal.PlanChange)
	if in.Reason != "Dua loket ditutup" || in.EffectiveOn != "2026-10-01" || len(in.KeyResults) != 1 || in.KeyResults[0].Indicators[1].Target != "92.5" ||
		!slices.Equal([]string{in.KeyResults[0].ID, in.KeyResults[0].Indicators[0].ID}, []string{"kr-1", "i-1"}) {
		t.Errorf("what is proposed is %+v", in)
	}
}

func leadsTo(t *testing.T, a answer, path string) {
	t.Helper()
	if got := a.redirect(); got != path {
		t.Errorf("it leads to %s, want %s", got, path)
	}
}

func has(t *testing.T, got string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		contains(t, got, want)
	}
}
