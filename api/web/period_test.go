package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func (s *scripted) MayJoin(context.Context, appraisal.Actor, appraisal.CycleID) ([]service.Candidate, error) {
	if s.everybodyIn {
		return nil, nil
	}
	return []service.Candidate{{NIP: "199001012026052001", Name: "Gita Anggraini", Unit: "Bidang Perizinan"}}, nil
}

func (s *scripted) Join(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CycleID, in service.NewMember) (service.Receipt, error) {
	return s.do("join", call, string(id), in)
}

func (s *scripted) CorrectTenure(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.AppraisalID, in service.TenureCorrection) (service.Receipt, error) {
	return s.do("correct_tenure", call, string(id), in)
}

func exampleTenure() *service.Tenure {
	from := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	return &service.Tenure{Served: 8, Months: 12, From: &from, Cause: appraisal.TenurePosition}
}

func examplePeriods() *service.Periods {
	quarter := func(n string, month int, p service.Period) service.Period {
		p.Appraisal, p.CycleName, p.Kind, p.Months = appraisal.AppraisalID("a-q"+n), "Triwulan "+n+" 2026", appraisal.PeriodQuarterly, 3
		p.PeriodStart = time.Date(2026, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		p.PeriodEnd = p.PeriodStart.AddDate(0, 3, -1)
		return p
	}
	return &service.Periods{
		Rule: appraisal.RollUpEvidence,
		Items: []service.Period{
			quarter("I", 1, service.Period{Final: true, Stage: appraisal.StageClosed, Predikat: appraisal.PredikatBaik, MayRead: true, Since: service.PeriodChanged,
				Ratings: []service.PeriodRating{
					{Number: 1, Source: "review", Predikat: appraisal.PredikatKurang, RatedAt: *moment(-200)},
					{Number: 2, Source: "objection", Predikat: appraisal.PredikatBaik, RatedAt: *moment(-1)},
				}}),
			quarter("II", 4, service.Period{Stage: appraisal.StageResult}),
			quarter("III", 7, service.Period{Final: true, Stage: appraisal.StageClosed}),
		},
		Explanation: appraisal.Explanation{{
			Subject: "periods[0]", Rule: "period.rule.evidence", Source: "PermenPAN-RB 6/2022",
			Sentence: appraisal.Sentence{Key: "period.explain.evidence", Inputs: map[string]appraisal.Input{
				"period": appraisal.InputText("Triwulan I 2026"), "months": appraisal.InputCount(3), "predikat": appraisal.InputWord("policy.predikat.baik"),
			}},
		}},
	}
}

func TestTheAppraisalSaysWhichPartWasServedAndWhatThePeriodsAreToIt(t *testing.T) {
	b := setup(t)
	d := b.get("/penilaian/a-1").page(http.StatusOK)
	contains(t, text(d.Find("main")), "Bulan bertugas: 8 dari 12 bulan, karena menduduki jabatan mulai 1 Mei 2026")
	rows := text(d.Find("#periode"))
	contains(t, rows, "tidak dihitung dari predikat periodik")
	contains(t, rows, "Triwulan I 2026 Triwulanan · 1 Januari 2026 – 31 Maret 2026")
	contains(t, rows, "berubah setelah predikat ini ditetapkan")
	contains(t, rows, "kurang penilaian pejabat penilai")
	contains(t, rows, "Belum akhir:")
	contains(t, text(d.Find(".indicators")), "yang dihitung: 40 desa")
	b.service.form = exampleForm(appraisal.StepAppraiserReview)
	d = b.get("/tugas/s-1").page(http.StatusOK)
	contains(t, text(d.Find("main")), "8 dari 12 bulan")
	contains(t, text(d.Find("#periode")), "Triwulan I 2026: predikat baik (3 bulan bertugas), bahan pertimbangan")
}

func TestHRAddsAPersonFromTheCycleAndCorrectsTheirMonths(t *testing.T) {
	b := setup(t)
	d := b.get("/siklus/c-1").page(http.StatusOK)
	if d.Find(`a[href="/siklus/c-1/tambah"]`).Length() != 1 {
		t.Error("the running cycle does not lead to adding a person")
	}
	b.service.receipt.Appraisal = "a-9"
	v := values(b.get("/siklus/c-1/tambah").page(http.StatusOK).Find("main form"), "")
	v.Set("nip", "199001012026052001")
	v.Set("stage", "self_review")
	v.Set("since", "2026-05-04")
	v.Set("reason", "Pindahan")
	if to := b.post("/siklus/c-1/tambah", v).redirect(); to != "/penilaian/a-9" {
		t.Errorf("it leads to %s", to)
	}
	v = values(b.get("/penilaian/a-1/bulan").page(http.StatusOK).Find("main form"), "")
	if v.Get("months") != "8" {
		t.Errorf("the form begins with %q months", v.Get("months"))
	}
	v.Set("months", "9")
	v.Set("reason", "Bertugas sejak April")
	b.post("/penilaian/a-1/bulan", v).redirect()
	acts := b.service.done()
	if len(acts) != 2 || acts[0].In != (service.NewMember{NIP: "199001012026052001", Stage: "self_review", Since: "2026-05-04", Reason: "Pindahan"}) ||
		acts[1].In != (service.TenureCorrection{Months: 9, Reason: "Bertugas sejak April"}) || acts[0].Call.Key == "" {
		t.Errorf("done is %+v", acts)
	}
	var f appraisal.Faults
	f.Add("nip", "period.error.nip_unknown", nil)
	b.service.refuse = map[string]error{"join": f.Err()}
	d = b.post("/siklus/c-1/tambah", url.Values{"reason": {"Pindahan dari luar"}}).page(http.StatusUnprocessableEntity)
	contains(t, text(d.Find("#nip-salah")), "Tidak ada pegawai dengan NIP ini")
	contains(t, text(d.Find("textarea")), "Pindahan dari luar")
}

func TestThePreviewNamesWhoServesAPartAndWhoAppraisesInTheSuperiorsPlace(t *testing.T) {
	b := setup(t)
	main := text(b.get("/siklus/c-1/pratinjau").page(http.StatusOK).Find("main"))
	contains(t, main, "1 pegawai bertugas sebagian periode")
	contains(t, main, "Gita Anggraini: 8 dari 12 bulan, karena menduduki jabatan mulai 1 Mei 2026")
	contains(t, main, "Ani Lestari (penilai: Kadis Ratna)")
	contains(t, main, "Tahunan")
}

func (s *scripted) History(_ context.Context, a appraisal.Actor, id appraisal.PersonID) (service.History, error) {
	h := service.History{
		Person: service.Person{ID: id, Name: "Gita Anggraini", Post: "Analis Perizinan"}, Mine: a.ID == id, Verify: a.ID != id,
		Years: []service.HistoryYear{{Year: 2026, Periods: []service.HistoryPeriod{
			{Appraisal: "a-1", CycleName: "Kinerja 2026", Kind: appraisal.PeriodYearly, PeriodStart: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
				PeriodEnd: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), Final: true, Stage: appraisal.StageClosed, Predikat: appraisal.PredikatBaik, Score: "95.25", Served: 8, Months: 12},
			{Appraisal: "a-2", CycleName: "Triwulan IV", Kind: appraisal.PeriodQuarterly, Stage: appraisal.StageTargets, Served: 3, Months: 3},
		}}},
		Learning: service.Learning{
			Year: 2027, Planned: 24, Taken: 12, Verified: 0, Minimum: 20,
			Plans: []service.PlannedItem{{Code: "T-PEL", Title: "Pelayanan prima", Hours: 24, Starts: *moment(60), Ends: *moment(62)}},
			Records: []service.TrainingTaken{
				{ID: "t-1", Title: "Seminar pelayanan", Hours: 12, Finished: *moment(-2), Evidence: "https://data.marelan.go.id/sertifikat", State: appraisal.TakenRecorded},
				{ID: "t-2", Title: "Kursus lama", Hours: 8, Finished: *moment(-3), Evidence: "https://data.marelan.go.id/x", State: appraisal.TakenRefused, Comment: "Bukan pelatihan", DecidedBy: "Hana Putri", DecidedAt: moment(-1)},
			},
		},
	}
	return h, s.refuse["history"]
}

func (s *scripted) RecordTraining(_ context.Context, _ appraisal.Actor, call service.Call, in service.NewTraining) (service.Receipt, error) {
	return s.do("record_training", call, "", in)
}

func (s *scripted) VerifyTraining(_ context.Context, _ appraisal.Actor, call service.Call, id string, in service.TrainingVerdict) (service.Receipt, error) {
	return s.do("verify_training", call, id, in)
}

func TestOnesHistoryShowsTheYearsAndTakesWhatOneLearned(t *testing.T) {
	b := setup(t)
	d := b.get("/riwayat").page(http.StatusOK)
	main := text(d.Find("main"))
	contains(t, main, "8 dari 12 bulan")
	contains(t, main, "baik 95,25")
	contains(t, main, "Paling sedikit 20 JP setahun")
	contains(t, main, "Belum dirilis")
	if d.Find(`form[action="/pelatihan/t-1"]`).Length() != 0 {
		t.Error("one is offered to verify one's own training")
	}
	v := values(d.Find(`form[action="/riwayat/pelatihan"]`), "")
	v.Set("training", "T-PEL")
	v.Set("hours", "24")
	v.Set("finished", "2027-01-05")
	v.Set("evidence", "https://data.marelan.go.id/a")
	if to := b.post("/riwayat/pelatihan", v).redirect(); to != "/riwayat#pelatihan" {
		t.Errorf("it leads to %s", to)
	}
	d = b.get("/pegawai/p-gita/riwayat").page(http.StatusOK)
	if d.Find(`form[action="/riwayat/pelatihan"]`).Length() != 0 || d.Find(`form[action="/pelatihan/t-2"]`).Length() != 0 {
		t.Error("somebody else's history offers to record, or to decide what is decided")
	}
	v = values(d.Find(`form[action="/pelatihan/t-1"]`), "verifikasi")
	if to := b.post("/pelatihan/t-1", v).redirect(); to != "/pegawai/p-gita/riwayat#pelatihan" {
		t.Errorf("it leads to %s", to)
	}
	acts := b.service.done()
	if len(acts) != 2 || acts[0].In != (service.NewTraining{Training: "T-PEL", Hours: 24, Finished: "2027-01-05", Evidence: "https://data.marelan.go.id/a"}) ||
		acts[1].In != (service.TrainingVerdict{Verify: true}) {
		t.Errorf("done is %+v", acts)
	}
}
