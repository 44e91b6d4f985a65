package service

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
)

const measurementHeader = "NIP;BULAN;BERKAS MASUK;BERKAS SELESAI;SELESAI TEPAT WAKTU;RATA-RATA HARI"

func TestImportOfMeasurementsKeepsWhereAFigureWasReadFirst(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	january := written("januari.csv", measurementHeader, "'"+nipBayu+";2026-01;10;9;8;2,5", "'"+nipCitra+";2026-01;4;0;0;")
	b.imports(t, ImportMeasurements, []roster.File{january})
	source := func() string {
		return query[string](t, b, `select string_agg(concat_ws(':', p.name, m.received, coalesce(trim_scale(m.mean_days)::text, 'none'), m.source_file, m.source_row), ' ' order by p.name)
			from measurement m join person p on p.id = m.person_id where month = '2026-01-01' and m.in_force`)
	}
	if got := source(); got != "Bayu Aji:10:2.5:januari.csv:2 Citra Dewi:4:none:januari.csv:3" {
		t.Errorf("recorded %s", got)
	}

	year := written("setahun.csv", measurementHeader, "'"+nipBayu+";2026-02;7;7;7;1", "'"+nipCitra+";2026-01;5;0;0;", "'"+nipBayu+";2026-01;10;9;8;2,50")
	report := b.imports(t, ImportMeasurements, []roster.File{year})
	if got := countsOf(report)["measurement"]; got != (counts{1, 1, 1, 0}) {
		t.Errorf("counted %v", got)
	}
	if got := fmt.Sprint(report.Entities[0].Changes); got != "[{"+nipCitra+" 2026-01 [received]}]" {
		t.Errorf("changed %s", got)
	}
	if got := source(); got != "Bayu Aji:10:2.5:januari.csv:2 Citra Dewi:5:none:setahun.csv:3" {
		t.Errorf("recorded %s", got)
	}

	report = b.imports(t, ImportMeasurements, []roster.File{written("janji.csv", measurementHeader, "'"+nipCitra+";2026-01;5;0;0;3")})
	if got := fmt.Sprint(report.Entities[0].Changes); got != "[{"+nipCitra+" 2026-01 [mean_days]}]" {
		t.Errorf("changed %s", got)
	}

	february := written("februari.csv", measurementHeader, "'"+nipCitra+";2026-02;7;7;7;1")
	missing := b.imports(t, ImportMeasurements, []roster.File{february}).Entities[0].MissingKeys
	if !slices.Equal(missing, []string{nipBayu + " 2026-02"}) {
		t.Errorf("missing %v, want only the month of the file", missing)
	}
}

func TestImportSpeaksOfThoseWhoHaveLeftInThePastOnly(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	_, err := b.pool.Exec(t.Context(), `update person set active = false where email = 'citra@dinas.go.id'`)
	must(t, err)
	b.imports(t, ImportMeasurements, []roster.File{written("a.csv", measurementHeader, "'"+nipCitra+";2026-01;4;0;0;")})

	next := written("pegawai.csv", employeeHeader,
		"'199206062017012006;Citra Dewi;;;P;06-06-1992;PNS;III/a;Pelaksana;Analis;A.3;'"+nipUmar+";citra@dinas.go.id;")
	b.imports(t, ImportRoster, []roster.File{{}, next})
	if n := query[int](t, b, `select count(*) from person where email = 'citra@dinas.go.id' and active`); n != 1 {
		t.Errorf("%d people have the address", n)
	}
}

func TestImportOfSeveralFilesNamesWhatTwoOfThemSay(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	one := written("satu.csv", measurementHeader, "'"+nipBayu+";2026-01;10;9;8;2,5")
	two := written("dua.csv", measurementHeader, "'"+nipBayu+";2026-02;10;9;8;2,5")
	if got := countsOf(b.imports(t, ImportMeasurements, []roster.File{one, two}))["measurement"]; got != (counts{2, 0, 0, 0}) {
		t.Errorf("counted %v", got)
	}
	two.Data = append(two.Data, "'"+nipBayu+";2026-01;11;9;8;2,5\n"...)
	_, faults, err := b.Import(t.Context(), system, ImportMeasurements, []roster.File{one, two}, false)
	must(t, err)
	if len(faults) != 1 || faults[0].Line(locale.English) != "dua.csv:3:BULAN: this employee has figures for the same month in satu.csv row 2 already; delete one of them" {
		t.Errorf("faults %v", faults)
	}
}

func TestImportOfStrategyFindsParentsInAnyFileAndInTheRecord(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	const header = "KODE;INDUK;JENIS;UNOR ID;URAIAN;INDIKATOR;TARGET;SATUAN"
	objectives := written("sasaran.csv", header, "S1;M1;sasaran;A.1;Izin cepat;Hari;3;hari (makin kecil makin baik)")
	top := written("visi.csv", header, "V;;visi;;Maju;;;", "M1;V;misi;;Melayani;;;")
	b.imports(t, ImportStrategy, []roster.File{objectives, top})
	more := written("tambahan.csv", header, "S2;M1;sasaran;A.2;Ramah;Nilai;90;persen")
	report := b.imports(t, ImportStrategy, []roster.File{more})
	if got := report.Entities[0]; got.Added != 1 || !slices.Equal(got.MissingKeys, []string{"M1", "S1", "V"}) {
		t.Errorf("reported %+v", got)
	}
	if got := query[string](t, b, `select string_agg(concat_ws(' ', s.code, p.code, u.code, s.target, s.measure, s.direction), ', ' order by s.code)
		from strategy_item s left join strategy_item p on p.id = s.parent_id left join unit u on u.id = s.unit_id`); got != "M1 V   more, S1 M1 A.1 3 hari less, S2 M1 A.2 90 persen more, V   more" {
		t.Errorf("recorded %s", got)
	}
	report = b.imports(t, ImportStrategy, []roster.File{written("x.csv", header, "M2;V;misi;;Bersih;;;", "S1;M2;sasaran;A.1;Izin cepat;Hari;2;hari (makin kecil makin baik)")})
	if got := fmt.Sprint(report.Entities[0].Changes); got != "[{S1 [parent target]}]" {
		t.Errorf("changed %s", got)
	}
}

func TestImportOfASurveyCountsThoseWhoAnswerAlike(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	const header, alike, other = "UNOR ID;TANGGAL;U1;U2;U3;U4;U5;U6;U7;U8;U9", "A.1;2026-02-01;3;3;3;3;3;3;3;3;", "A.1;2026-02-01;4;3;3;3;3;3;3;3;3"
	b.imports(t, ImportSurvey, []roster.File{written("a.csv", header, alike, other, alike)})
	if n := query[int](t, b, `select count(*) from survey_response`); n != 3 {
		t.Errorf("%d answers, want 3", n)
	}
	report := b.imports(t, ImportSurvey, []roster.File{written("b.csv", header, alike, alike, alike, "A.2;2026-03-01;3;3;3;3;3;3;3;3;3")})
	if got := countsOf(report); got["survey_response"] != (counts{2, 0, 2, 0}) || got["survey_day"] != (counts{1, 1, 0, 0}) {
		t.Errorf("counted %v", got)
	}
	if got := fmt.Sprint(report.Entities[1].Changes); got != "[{A.1 2026-02-01 [answers]}]" {
		t.Errorf("changed %s", got)
	}
	days := query[string](t, b, `select string_agg(concat_ws(' ', u.code, d.number, d.respondents, d.source_file, case when d.in_force then 'counts' end), ', ' order by u.code, d.number)
		from survey_day d join unit u on u.id = d.unit_id`)
	if days != "A.1 1 3 a.csv, A.1 2 3 b.csv counts, A.2 1 1 b.csv counts" {
		t.Errorf("recorded %s", days)
	}
}

func TestImportOfCompetenciesUsesTheWordsOfTheDomain(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	dictionary := written("kamus.csv", "KODE;KOMPETENSI;JENIS", "K1;Integritas;manajerial", "K2;Perizinan;teknis")
	standards := written("standar.csv", "JENIS JABATAN;UNOR ID;KODE KOMPETENSI;LEVEL", "Pelaksana;;K1;2", "Pelaksana;A.1;K2;3")
	assessments := written("nilai.csv", "NIP;KODE KOMPETENSI;LEVEL;SUMBER;TANGGAL", "'"+nipBayu+";K1;2;assessment center;2026-01-05", "'"+nipBayu+";K1;3;uji kompetensi;2026-02-05")
	b.imports(t, ImportCompetencies, []roster.File{assessments, standards, dictionary})
	if got := query[string](t, b, `select string_agg(source || level, ' ' order by source) from competency_assessment`); got != "assessment_centre2 competency_test3" {
		t.Errorf("assessments %s", got)
	}
	if got := query[string](t, b, `select string_agg(k.code || k.kind, ' ' order by code) from competency k`); got != "K1managerial K2technical" {
		t.Errorf("dictionary %s", got)
	}
	standards.Data = []byte(strings.ReplaceAll(strings.ReplaceAll(string(standards.Data), "K1;2", "K1;4"), "Pelaksana;A.1;K2;3", "Pelaksana;;K2;3"))
	report := b.imports(t, ImportCompetencies, []roster.File{standards})
	if got := report.Entities[0]; got.Added != 1 || fmt.Sprint(got.Changes) != "[{pelaksana K1 [level]}]" || !slices.Equal(got.MissingKeys, []string{"pelaksana A.1 K2"}) {
		t.Errorf("reported %+v", got)
	}
	trainings := written("katalog.csv", "KODE;JUDUL;KODE KOMPETENSI;LEVEL;JALUR;BENTUK;JP;KURSI;BIAYA;MULAI;SELESAI",
		"P1;Izin;K2;3;nonklasikal;coaching;10;5;0;2027-01-01;2027-01-02")
	b.imports(t, ImportTrainings, []roster.File{trainings})
	trainings.Data = []byte(strings.ReplaceAll(strings.ReplaceAll(string(trainings.Data), "nonklasikal", "klasikal"), ";0;2027-01-01", ";250000;2027-01-01"))
	if got := fmt.Sprint(b.imports(t, ImportTrainings, []roster.File{trainings}).Entities[0].Changes); got != "[{P1 [channel cost]}]" {
		t.Errorf("changed %s", got)
	}
	if got := query[string](t, b, `select concat_ws(' ', channel, form, hours, seats, cost, starts, ends) from training`); got != "classroom coaching 10 5 250000 2027-01-01 2027-01-02" {
		t.Errorf("training %s", got)
	}
}

func TestImportOfHolidaysMovesTheOfficesCalendarAtOnce(t *testing.T) {
	t.Parallel()
	b := office(t)
	christmas := time.Date(2026, 12, 25, 12, 0, 0, 0, b.zone)
	if c, err := b.officeCalendar(t.Context()); err != nil || !c.WorkingDay(christmas) {
		t.Fatal("a Friday is no working day", err)
	}
	b.imports(t, ImportHolidays, []roster.File{written("a.csv", "TANGGAL;KETERANGAN", "2026-12-25;Natal", "2027-01-01;Tahun Baru")})
	if c, err := b.officeCalendar(t.Context()); err != nil || c.WorkingDay(christmas) {
		t.Error("the office works on a holiday", err)
	}
	report := b.imports(t, ImportHolidays, []roster.File{written("b.csv", "TANGGAL;KETERANGAN", "2026-12-24;Malam Natal"), written("c.csv", "TANGGAL;KETERANGAN", "2027-01-01;Tahun Baru Masehi")})
	got := report.Entities[0]
	if countsOf(report)["holiday"] != (counts{1, 1, 0, 1}) || fmt.Sprint(got.Changes, got.MissingKeys) != "[{2027-01-01 [description]}] [2026-12-25]" {
		t.Errorf("reported %+v", got)
	}
}
