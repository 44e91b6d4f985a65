package roster_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
)

// demoDay is the day on which the demonstration data was exported.
var demoDay = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("WIB", 7*3600))

func demoFile(t testing.TB, name string) roster.File {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "demo", "data", name))
	if err != nil {
		t.Fatal(err)
	}
	return roster.File{Name: name, Data: data}
}

func demoRosterFiles(t testing.TB) roster.RosterFiles {
	t.Helper()
	units, employees, officials := demoFile(t, "unit-organisasi.csv"), demoFile(t, "pegawai.csv"), demoFile(t, "pejabat-luar.csv")
	return roster.RosterFiles{Units: &units, Employees: &employees, Officials: &officials}
}

// demoKnown is what the database holds after the demonstration roster, competencies and strategy.
func demoKnown(t testing.TB) roster.Known {
	t.Helper()
	read, report := roster.ReadRoster(demoRosterFiles(t), roster.Known{}, demoDay)
	expectNothing(t, report)
	known := read.Known()
	known.Competencies = map[string]bool{}
	dictionary, report := roster.ReadCompetencies([]roster.File{demoFile(t, "kompetensi.csv")}, known, demoDay)
	expectNothing(t, report)
	for _, c := range dictionary.Competencies {
		known.Competencies[c.Code] = true
	}
	return known
}

func expectNothing(t testing.TB, report roster.Report) {
	t.Helper()
	for _, f := range append(report.Faults, report.Notes...) {
		t.Error(f.Line(locale.Indonesian))
	}
}

func TestTheDemonstrationRosterIsReadWithoutAFault(t *testing.T) {
	read, report := roster.ReadRoster(demoRosterFiles(t), roster.Known{}, demoDay)
	expectNothing(t, report)
	if len(read.Units) != 68 || len(read.Employees) != 590 || len(read.Officials) != 1 {
		t.Fatalf("read %d units, %d employees, %d officials", len(read.Units), len(read.Employees), len(read.Officials))
	}
	want := roster.Employee{
		NIP: "197805122009091022", Name: "Edi Saputra", TitlePrefix: "H.", Sex: roster.Male, BirthDate: date(1978, 5, 12),
		Kind: appraisal.EmployeePNS, Grade: "IV/a", PositionKind: appraisal.PositionAdministrator, PositionName: "Kepala Bagian Tata Usaha",
		UnitCode: "SETDA.0", SuperiorNIP: "198107232003031033", Email: "edi.saputra@marelan.go.id",
		PositionSince: date(2019, 3, 3), Row: 3,
	}
	if got := read.Employees[1]; got != want {
		t.Errorf("row 3 is\n%+v, want\n%+v", got, want)
	}
	kinds := map[appraisal.PositionKind]int{}
	contract := 0
	for _, e := range read.Employees {
		kinds[e.PositionKind]++
		if e.Kind == appraisal.EmployeePPPK {
			contract++
		}
	}
	if contract != 122 || kinds[appraisal.PositionJPTPratama] != 11 || kinds[appraisal.PositionPelaksana] != 396 || kinds[appraisal.PositionFungsional] != 133 {
		t.Errorf("%d PPPK, kinds %v", contract, kinds)
	}
	if got, want := read.Officials[0], (roster.Official{
		Code: "KDH", Post: "Bupati Marelan", Name: "Bupati Marelan", Email: "bupati@marelan.go.id", UnitCode: "MRL", Row: 2,
	}); got != want {
		t.Errorf("official %+v, want %+v", got, want)
	}
}

func TestTheOtherDemonstrationFilesAreReadWithoutAFault(t *testing.T) {
	known := demoKnown(t)

	strategy, report := roster.ReadStrategy(demoFile(t, "rencana-strategis.csv"), known)
	expectNothing(t, report)
	if got, want := strategy[6], (roster.StrategyItem{
		Code: "S1.2", ParentCode: "M1", Kind: roster.Objective, UnitCode: "DPMPTSP", Text: "Perizinan terbit tepat waktu",
		Indicator: "Rata-rata hari penyelesaian izin", Target: "3", Measure: "hari", Direction: appraisal.DirectionLess, Row: 8,
	}); len(strategy) != 17 || got != want {
		t.Errorf("%d items, the seventh %+v, want %+v", len(strategy), got, want)
	}

	measurements, report := roster.ReadMeasurements(demoFile(t, "ukuran-layanan.csv"), known, demoDay)
	expectNothing(t, report)
	if got, want := measurements[0], (roster.Measurement{
		NIP: "199206082023012001", Month: date(2026, 1, 1), Received: 125, Completed: 125, OnTime: 120, MeanDays: "2.59", Row: 2,
	}); len(measurements) != 1900 || got != want {
		t.Errorf("%d measurements, the first %+v, want %+v", len(measurements), got, want)
	}

	survey, report := roster.ReadSurvey(demoFile(t, "skm-responden.csv"), known, demoDay)
	expectNothing(t, report)
	blanks := 0
	for _, s := range survey {
		for _, a := range s.Answers {
			if a == 0 {
				blanks++
			}
		}
	}
	if len(survey) != 640 || blanks != 52 || survey[0].Answers != [9]int{3, 3, 4, 4, 3, 3, 2, 3, 4} {
		t.Errorf("%d responses with %d blanks, the first %+v", len(survey), blanks, survey[0])
	}

	all, report := roster.ReadCompetencies([]roster.File{
		demoFile(t, "penilaian-kompetensi.csv"), demoFile(t, "standar-kompetensi.csv"), demoFile(t, "kompetensi.csv"),
	}, known, demoDay)
	expectNothing(t, report)
	if len(all.Competencies) != 17 || len(all.Standards) != 79 || len(all.Assessments) != 1810 {
		t.Errorf("%d competencies, %d standards, %d assessments", len(all.Competencies), len(all.Standards), len(all.Assessments))
	}

	trainings, report := roster.ReadTrainings(demoFile(t, "katalog-pelatihan.csv"), known)
	expectNothing(t, report)
	if got, want := trainings[10], (roster.Training{
		Code: "PLT-011", Title: "Pelatihan Kerja Sama tingkat 2", CompetencyCode: "K02", Level: 2, Channel: appraisal.ChannelClassroom, Form: appraisal.FormCourse,
		Hours: 40, Seats: 10, Cost: 500000, Start: date(2027, 10, 26), End: date(2027, 10, 30), Row: 12,
	}); len(trainings) != 136 || got != want {
		t.Errorf("%d trainings, the eleventh %+v, want %+v", len(trainings), got, want)
	}

	holidays, report := roster.ReadHolidays(demoFile(t, "hari-libur.csv"))
	expectNothing(t, report)
	if len(holidays) != 41 || !strings.Contains(holidays[0].Name, "Masehi") {
		t.Errorf("%d holidays, the first %+v", len(holidays), holidays[0])
	}
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
