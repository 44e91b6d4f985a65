package report_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

func head() appraisal.ResultsHead {
	return appraisal.ResultsHead{
		Cycle: "=Kinerja 2026", CycleCode: "2026", PeriodStart: at("2026-01-01"), PeriodEnd: at("2026-12-31"), Policy: "permen6-2022",
		PolicyVersion: "1", Predikats: appraisal.Predikats(), Unit: "Dinas Pelayanan", By: "Hana Putri", At: at("2027-01-14"),
	}
}

func rated(p appraisal.Predikat) *appraisal.RatedCell {
	return &appraisal.RatedCell{WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationAbove, Predikat: p}
}

// people are three: one through everything, one before the session, and the reader, whose result is not released.
func people() []appraisal.ResultsRow {
	hours := 34
	return []appraisal.ResultsRow{
		{NIP: "199001012015011001", Name: "Đặng Thị Hồng", Grade: "III/a", Post: "Analis Perizinan", PositionKind: appraisal.PositionPelaksana, UnitCode: "BID-1",
			Unit: "Bidang Perizinan", Appraiser: "Joko", Stage: appraisal.StageClosed, Reviewed: rated(appraisal.PredikatBaik), Calibrated: rated(appraisal.PredikatButuhPerbaikan),
			Final: rated(appraisal.PredikatSangatBaik), Objection: appraisal.ObjectionChanged, Hours: &hours},
		{NIP: "199001012015011002", Name: "=HYPERLINK(\"https://evil.test\")", Post: "+62", Unit: "@Dinas", UnitCode: "BID-1", Appraiser: "\t=1+1", Stage: appraisal.StageAppraiserReview,
			PositionKind: appraisal.PositionPelaksana, Reviewed: rated(appraisal.PredikatBaik), Objection: appraisal.ObjectionNone},
		{NIP: "199001012015011003", Name: "Hana; \"Putri\"", Post: "\r=cmd|' /C calc'!A0", UnitCode: "BID-2", Unit: "-Bidang", Stage: appraisal.StageCalibration, Objection: appraisal.ObjectionNone,
			PositionKind: appraisal.PositionPelaksana, Withheld: true},
	}
}

func rows(list []appraisal.ResultsRow) iter.Seq2[appraisal.ResultsRow, error] {
	return func(yield func(appraisal.ResultsRow, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func written(t *testing.T, format appraisal.ResultsFormat, lang locale.Lang) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := press().Results(&b, format, head(), rows(people()), lang); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(t *testing.T, content []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

func TestTheTableOfResultsIsReadBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	for lang, want := range map[locale.Lang]struct{ sheets, heads, first, distribution string }{
		locale.Indonesian: {"Hasil Sebaran Keterangan", "NIP|Nama|Golongan|Jabatan",
			"199001012015011001|Đặng Thị Hồng|III/a|Analis Perizinan|Pelaksana|BID-1|Bidang Perizinan|Joko|Selesai|sesuai ekspektasi|di atas ekspektasi||baik|sesuai ekspektasi|di atas ekspektasi||butuh perbaikan|sesuai ekspektasi|di atas ekspektasi||sangat baik|hasil diubah|34",
			"sangat baik|0|0.00%|0|0.00%|1|100.00%"},
		locale.English: {"Results Distribution Notes", "NIP|Name|Grade|Position",

			"199001012015011001|Đặng Thị Hồng|III/a|Analis Perizinan|Staff (Pelaksana)|BID-1|Bidang Perizinan|Joko|Closed", "very good|0|0.00%|0|0.00%|1|100.00%"},
	} {
		book := opened(t, written(t, appraisal.ResultsXLSX, lang))
		names := book.GetSheetList()
		if got := strings.Join(names, " "); got != want.sheets {
			t.Fatalf("%s: the sheets are %q", lang, got)
		}
		table, err := book.GetRows(names[0])
		if err != nil {
			t.Fatal(err)
		}
		if len(table) != 4 || !strings.HasPrefix(strings.Join(table[0], "|"), want.heads) || !strings.HasPrefix(strings.Join(table[1], "|"), want.first) {
			t.Errorf("%s: the table reads\n%s", lang, strings.Join(table[1], "|"))
		}
		counts, err := book.GetRows(names[1])
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(counts[1], "|"); !strings.HasSuffix(got, want.distribution) {
			t.Errorf("%s: the distribution begins %q", lang, got)
		}
		notes, err := book.GetRows(names[2])
		if err != nil {
			t.Fatal(err)
		}
		told := fmt.Sprint(notes)
		for _, w := range []string{"permen6-2022", "Dinas Pelayanan", "Hana Putri", "2027"} {
			if !strings.Contains(told, w) {
				t.Errorf("%s: the notes lack %q: %s", lang, w, told)
			}
		}
	}
}

func TestATableHasATextualNIPNumbersAFrozenHeadingAndFilters(t *testing.T) {
	t.Parallel()
	book := opened(t, written(t, appraisal.ResultsXLSX, locale.Indonesian))
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeInlineString, "W2": excelize.CellTypeUnset} {
		if got, err := book.GetCellType("Hasil", cell); err != nil || got != want {
			t.Errorf("%s is of type %v, %v; want %v", cell, got, err, want)
		}
	}
	panes, err := book.GetPanes("Hasil")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the panes are %+v, %v", panes, err)
	}
	tables, err := book.GetTables("Hasil")
	if err != nil || len(tables) != 1 || !strings.HasPrefix(tables[0].Range, "A1:") {
		t.Errorf("the tables are %+v, %v", tables, err)
	}
}

func TestNothingThatAPersonTypedIsAFormula(t *testing.T) {
	t.Parallel()
	book := opened(t, written(t, appraisal.ResultsXLSX, locale.English))
	for _, sheet := range book.GetSheetList() {
		table, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range table {
			for j, v := range row {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if f, _ := book.GetCellFormula(sheet, cell); f != "" || dangerous(v) {
					t.Errorf("%s!%s is %q, formula %q", sheet, cell, v, f)
				}
			}
		}
	}
	for _, lang := range locale.Langs {
		for _, row := range csvRows(t, written(t, appraisal.ResultsCSV, lang), lang) {
			for _, v := range row {
				if dangerous(v) {
					t.Errorf("a cell is %q", v)
				}
			}
		}
	}
}

func dangerous(v string) bool { return v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) }

func csvRows(t *testing.T, content []byte, lang locale.Lang) [][]string {
	t.Helper()
	plain, marked := bytes.CutPrefix(content, []byte("\ufeff"))
	if !marked {
		t.Error("the file has no byte order mark")
	}
	in := csv.NewReader(bytes.NewReader(plain))
	if lang == locale.Indonesian {
		in.Comma = ';'
	}
	list, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheSameTableAsCSVForTheSpreadsheetsOfTheLanguage(t *testing.T) {
	t.Parallel()
	for lang, first := range map[locale.Lang]string{locale.Indonesian: "NIP;Nama;", locale.English: "NIP,Name,"} {
		content := written(t, appraisal.ResultsCSV, lang)
		if !strings.HasPrefix(string(content), "\ufeff"+first) || !strings.Contains(string(content), "\r\n") {
			t.Errorf("%s: the file begins %.60q", lang, content)
		}
		table := csvRows(t, content, lang)
		if len(table) != 4 || table[1][0] != "'199001012015011001" || table[1][1] != "Đặng Thị Hồng" || table[3][1] != `Hana; "Putri"` || table[1][22] != "34" {
			t.Errorf("%s: the table is %q", lang, table)
		}
	}
}

func TestAScoreIsANumberInEitherFormat(t *testing.T) {
	t.Parallel()
	row := people()[0]
	row.Reviewed = &appraisal.RatedCell{Predikat: appraisal.PredikatBaik, Score: "98.25", WorkResultScore: "101.50"}
	var book, plain bytes.Buffer
	for out, format := range map[*bytes.Buffer]appraisal.ResultsFormat{&book: appraisal.ResultsXLSX, &plain: appraisal.ResultsCSV} {
		if err := press().Results(out, format, head(), rows([]appraisal.ResultsRow{row}), locale.Indonesian); err != nil {
			t.Fatal(err)
		}
	}
	file := opened(t, book.Bytes())
	if kind, err := file.GetCellType("Hasil", "L2"); err != nil || kind != excelize.CellTypeUnset {
		t.Errorf("the score is of type %v, %v", kind, err)
	}
	if v, err := file.GetCellValue("Hasil", "L2", excelize.Options{RawCellValue: true}); err != nil || v != "98.25" {
		t.Errorf("the score is %q, %v", v, err)
	}
	if got := csvRows(t, plain.Bytes(), locale.Indonesian)[1]; got[9] != "101,50" || got[10] != "" || got[11] != "98,25" || got[12] != "baik" {
		t.Errorf("the line is %q", got)
	}
}

func TestAFaultInTheMiddleOfTheRowsIsNoFile(t *testing.T) {
	t.Parallel()
	broken := errors.New("the database went away")
	for _, format := range []appraisal.ResultsFormat{appraisal.ResultsXLSX, appraisal.ResultsCSV} {
		err := press().Results(io.Discard, format, head(), func(yield func(appraisal.ResultsRow, error) bool) {
			_ = yield(people()[0], nil) && yield(appraisal.ResultsRow{}, broken)
		}, locale.Indonesian)
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// manyPeople is as many as a ministry has.
const manyPeople = 100_000

func many(yield func(appraisal.ResultsRow, error) bool) {
	one := people()[0]
	for i := range manyPeople {
		one.NIP, one.Name = fmt.Sprintf("19900101%010d", i), fmt.Sprintf("Pegawai Nomor %d", i)
		if !yield(one, nil) {
			return
		}
	}
}

func TestAHundredThousandRowsStayOutOfMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	var most uint64
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	before := stats.HeapAlloc
	seen := 0
	watched := func(yield func(appraisal.ResultsRow, error) bool) {
		many(func(r appraisal.ResultsRow, err error) bool {
			if seen++; seen%10_000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&stats)
				most = max(most, stats.HeapAlloc-min(before, stats.HeapAlloc))
			}
			return yield(r, err)
		})
	}
	if err := press().Results(out, appraisal.ResultsXLSX, head(), watched, locale.Indonesian); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows held %d MiB at most", manyPeople, most>>20)
	if most > 64<<20 {
		t.Errorf("%d MiB were held while writing", most>>20)
	}
	book, err := excelize.OpenFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	lines, err := book.Rows("Hasil")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lines.Close() }()
	n := 0
	for lines.Next() {
		n++
	}
	if n != manyPeople+1 {
		t.Errorf("%d rows are read back", n)
	}
}

func BenchmarkResults(b *testing.B) {
	for _, format := range []appraisal.ResultsFormat{appraisal.ResultsXLSX, appraisal.ResultsCSV} {
		b.Run(string(format), func(b *testing.B) {
			for b.Loop() {
				if err := press().Results(io.Discard, format, head(), many, locale.Indonesian); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
