package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// remarks are a question of the appraiser's with the answer that it got.
var remarks = []struct{ asked, answered string }{
	{"Jumlahnya sudah baik. Bagaimana dengan berkas yang masih menunggu pemohon?", "Pemohon saya hubungi tiap Senin; sisanya tinggal sedikit."},
	{"Rata-rata waktunya naik bulan ini. Apa yang menghambat?", "Dua petugas loket cuti bersamaan. Jadwal piketnya sudah saya susun ulang."},
	{"Terima kasih, laporannya lebih rapi daripada bulan lalu.", "Terima kasih. Formatnya akan saya bagikan kepada rekan lain."},
}

// coach lets appraisers speak with some of their people about what was recorded.
func (st *story) coach(ctx context.Context, i int, p postgres.Participant) error {
	if i%4 != 0 || p.AppraiserID == "" || !st.goes(i, appraisal.StageTargets) {
		return nil
	}
	plan, err := postgres.LatestPlan(ctx, st.db, p.ID)
	if err != nil || plan == nil || plan.State != postgres.PlanApproved {
		return err
	}
	results, err := postgres.KeyResults(ctx, st.db, plan.ID)
	if err != nil || len(results) == 0 {
		return err
	}
	r := remarks[i/4%len(remarks)]
	talk := []struct {
		by appraisal.PersonID
		in appraisal.Feedback
	}{
		{p.AppraiserID, appraisal.Feedback{KeyResult: results[0].ID, Kind: appraisal.FeedbackComment, Text: r.asked}},
		{p.EmployeeID, appraisal.Feedback{KeyResult: results[0].ID, Kind: appraisal.FeedbackComment, Text: r.answered}},
	}
	if i%12 == 0 {
		talk = append(talk, struct {
			by appraisal.PersonID
			in appraisal.Feedback
		}{p.AppraiserID, appraisal.Feedback{
			Kind: appraisal.FeedbackCoaching, Text: "Membahas pembagian waktu antara layanan loket dan laporan bulanan.",
			Agreed:   "Laporan disusun tiap Jumat siang; loket dijaga bergiliran.",
			ComeBack: st.clock.Now().AddDate(0, 0, 30).In(st.zone).Format("2006-01-02"),
		}})
	}
	for _, said := range talk {
		if _, err := st.GiveFeedback(ctx, as(said.by), service.Call{}, p.ID, said.in); err != nil {
			return err
		}
	}
	return nil
}

// attach lays a table of the month beside the next entry of some.
func (st *story) attach(ctx context.Context, i int, p postgres.Participant) error {
	if i%9 != 0 {
		return nil
	}
	var table strings.Builder
	table.WriteString("tanggal;masuk;selesai\n")
	for day := 1; day <= 20; day++ {
		fmt.Fprintf(&table, "%d;%d;%d\n", day, 10+(i+day)%7, 9+(i+day)%6)
	}
	_, err := st.AddFile(ctx, as(p.EmployeeID), service.Call{}, p.ID, appraisal.EvidenceProgress,
		service.SentFile{Name: "Rekap harian.csv", Content: []byte(table.String())})
	return err
}
