package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/roster"
)

func TestAPlanMayBeginWithTheSuperiorsTheLastPeriodsAndTheLibrarysKeyResults(t *testing.T) {
	t.Parallel()
	b := setup(t)
	library := "JENIS JABATAN;NAMA JABATAN;ASPEK;RENCANA HASIL KERJA;INDIKATOR;TARGET;SATUAN;ARAH;DITAWARKAN\n" +
		"Pelaksana;;waktu;Surat terdisposisi;Waktu disposisi;4;jam;turun;\n" +
		"Pelaksana;analis perizinan;kualitas;Izin tanpa cacat;Izin tanpa keberatan;99,5;persen;naik;\n" +
		"Pelaksana;Analis Perizinan;kuantitas;Izin tanpa cacat;Izin terbit;400;izin;naik;\n" +
		"Pelaksana;Pengolah Data;kuantitas;Data lengkap;Laporan;12;laporan;naik;\n" +
		"Pelaksana;;biaya;Sudah usang;Biaya;1;juta;turun;tidak\n"
	_, faults, err := b.Import(t.Context(), b.as("hana"), ImportLibrary, []roster.File{{Name: "pustaka.csv", Data: []byte(library)}}, false)
	must(t, err)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	b.reach(t, "kabid", appraisal.StageExecution)
	b.reach(t, "ani", appraisal.StageExecution)
	last := b.inForce(t, "ani")[0]

	old := b.cycle
	c, err := b.CreateCycle(t.Context(), b.as("hana"), Call{}, NewCycle{
		Code: "2027", Name: "Kinerja 2027", PeriodStart: "2027-01-01", PeriodEnd: "2027-12-31", TemplateName: "peragaan", Units: []string{"DINAS"},
	})
	must(t, err)
	b.cycle = c.ID
	_, err = b.Launch(t.Context(), b.as("hana"), Call{}, c.ID)
	must(t, err)
	_, err = b.Enrol(t.Context(), c.ID)
	must(t, err)
	must(t, b.MarkRunning(t.Context(), c.ID))
	if old == b.cycle {
		t.Fatal("the cycle did not change")
	}
	b.enter(t, "kabid", appraisal.StageTargets)
	b.submitPlan(t, "kabid")
	b.enter(t, "ani", appraisal.StageTargets)
	offered := b.form(t, "ani", b.open(t, "ani", appraisal.StepDraftPlan)).Copyables
	var got []string
	for _, o := range offered {
		got = append(got, string(o.Source)+" "+o.KeyResult.Statement)
		if o.KeyResult.ID != "" || o.KeyResult.Indicators[0].ID != "" {
			t.Errorf("%s keeps an id", o.ID)
		}
	}
	want := []string{"superior Izin terbit dalam tiga hari", "last_period Izin terbit dalam tiga hari", "library Izin tanpa cacat", "library Surat terdisposisi"}
	if len(got) != len(want) {
		t.Fatalf("offered are %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("offered are %q, want %q", got, want)
		}
	}
	if kr := offered[0].KeyResult; kr.ServesKeyResult != b.inForce(t, "kabid")[0].ID || kr.ServesStrategy != "" {
		t.Errorf("a cascaded key result serves %+v", kr)
	}
	if kr := offered[1].KeyResult; kr.ServesStrategy != last.ServesStrategy || kr.Indicators[0].Target != "95" {
		t.Errorf("that of the last period is %+v", kr)
	}
	if kr := offered[2].KeyResult; len(kr.Indicators) != 2 || kr.Indicators[0].Target != "99.5" {
		t.Errorf("the library's is %+v", kr)
	}
}

func TestWhatSeveralPeopleOfAPositionPlannedIsOfferedToTheOthers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.pool.Exec(t.Context(), `update employee set position_name = 'Analis Perizinan' where position_kind = 'pelaksana'`)
	must(t, err)
	for _, who := range []string{"budi", "citra", "dodi"} {
		b.reach(t, who, appraisal.StageExecution)
	}
	_, err = b.pool.Exec(t.Context(), `update cycle set period_start = '2025-01-01', period_end = '2025-12-31' where id = $1`, b.cycle)
	must(t, err)
	c, err := b.CreateCycle(t.Context(), b.as("hana"), Call{}, NewCycle{
		Code: "baru", Name: "Kinerja baru", PeriodStart: "2026-01-01", PeriodEnd: "2026-12-31", TemplateName: "peragaan", Units: []string{"DINAS"},
	})
	must(t, err)
	b.cycle = c.ID
	_, err = b.Launch(t.Context(), b.as("hana"), Call{}, c.ID)
	must(t, err)
	_, err = b.Enrol(t.Context(), c.ID)
	must(t, err)
	must(t, b.MarkRunning(t.Context(), c.ID))
	sources := func(who string) (out []CopySource) {
		b.enter(t, who, appraisal.StageTargets)
		for _, o := range b.form(t, who, b.open(t, who, appraisal.StepDraftPlan)).Copyables {
			out = append(out, o.Source)
		}
		return out
	}
	if got := sources("ani"); len(got) != 1 || got[0] != CopyFromPosition {
		t.Errorf("Ani is offered %v", got)
	}
	if got := sources("budi"); len(got) != 1 || got[0] != CopyFromLastPeriod {
		t.Errorf("Budi, of whose words only two others' are the same, is offered %v", got)
	}
}
