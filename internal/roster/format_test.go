package roster_test

import (
	"archive/zip"
	"bytes"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/marelan/telaah/internal/roster"
)

func TestTheSameRosterIsReadFromEveryFormatThatSpreadsheetsWrite(t *testing.T) {
	want, report := roster.ReadRoster(demoRosterFiles(t), roster.Known{}, demoDay)
	expectNothing(t, report)
	text := func(edit func(string) string) func(*cells) roster.File {
		return func(c *cells) roster.File { return file(c.name, edit(c.text(";"))) }
	}
	formats := map[string]func(*cells) roster.File{
		"commas":           func(c *cells) roster.File { return file(c.name, c.text(",")) },
		"tabs":             func(c *cells) roster.File { return file(c.name, c.text("\t")) },
		"a sep= line":      text(func(s string) string { return "sep=;\r\n" + s }),
		"LF line ends":     text(func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }),
		"CR line ends":     text(func(s string) string { return strings.ReplaceAll(s, "\r\n", "\r") }),
		"no last line end": text(func(s string) string { return strings.TrimSpace(s) }),
		"blank lines":      text(func(s string) string { return "\r\n" + strings.ReplaceAll(s, "\r\n", "\r\n\r\n") }),
		"small headers": text(func(s string) string {
			head, rest, _ := strings.Cut(s, "\n")
			return strings.ToLower(head) + "\n" + rest
		}),
		"underscores":        text(underscores),
		"digits without '":   text(func(s string) string { return eachCell(s, func(c string) string { return strings.TrimPrefix(c, "'") }) }),
		"digits as formulas": text(formulas),
		"stray spaces":       text(func(s string) string { return strings.ReplaceAll(s, ";", "\u00a0 ; ") }),
		"non-breaking names": text(func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }),
		"slashes in dates":   text(func(s string) string { return dateStyle(s, "02/01/2006") }),
		"ISO dates":          text(func(s string) string { return dateStyle(s, "2006-01-02") }),
		"dates with times":   text(func(s string) string { return dateStyle(s, "2006-01-02 15:04:05") }),
		"everything quoted":  func(c *cells) roster.File { return file(c.name, quoted(c)) },
		"line breaks in cells": func(c *cells) roster.File {
			for i, row := range c.rows[1:] {
				for j, cell := range row {
					c.rows[i+1][j] = strings.ReplaceAll(cell, " ", " \r\n")
				}
			}
			return c.file()
		},
		"columns in another order": func(c *cells) roster.File {
			order := rand.New(rand.NewPCG(1, 2)).Perm(len(c.rows[0]))
			for i, row := range c.rows {
				mixed := make([]string, len(row))
				for j, k := range order {
					mixed[j] = row[k]
				}
				c.rows[i] = mixed
			}
			return c.file()
		},
		"a workbook of texts": func(c *cells) roster.File { return workbook(t, c, false) },
		"a workbook of dates": func(c *cells) roster.File { return workbook(t, c, true) },
	}
	for name, format := range formats {
		t.Run(name, func(t *testing.T) {
			o := demoOffice(t)
			units, employees, officials := format(o.units), format(o.employees), format(o.officials)
			got, report := roster.ReadRoster(roster.RosterFiles{Units: &units, Employees: &employees, Officials: &officials}, roster.Known{}, demoDay)
			expectNothing(t, report)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("the roster differs from the one of the original files")
			}
		})
	}
}

func underscores(s string) string {
	head, rest, _ := strings.Cut(s, "\n")
	return strings.ReplaceAll(head, " ", "_") + "\n" + rest
}

func formulas(s string) string {
	return eachCell(s, func(cell string) string {
		if digits, ok := strings.CutPrefix(cell, "'"); ok {
			return `="` + digits + `"`
		}
		return cell
	})
}

func dateStyle(s, style string) string {
	return eachCell(s, func(cell string) string {
		if d, err := time.Parse("02-01-2006", cell); err == nil {
			return d.Format(style)
		}
		return cell
	})
}

func eachCell(s string, edit func(string) string) string {
	lines := strings.Split(s, "\r\n")
	for i, line := range lines {
		parts := strings.Split(line, ";")
		for j, p := range parts {
			parts[j] = edit(p)
		}
		lines[i] = strings.Join(parts, ";")
	}
	return strings.Join(lines, "\r\n")
}

func quoted(c *cells) string {
	var b strings.Builder
	for _, row := range c.rows {
		b.WriteString(`"` + strings.Join(row, `";"`) + "\"\r\n")
	}
	return b.String()
}

// workbook writes c as XLSX; with dates, cells that hold one become dates of the workbook.
func workbook(t testing.TB, c *cells, dates bool) roster.File {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range c.rows {
		for j, cell := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			var value any = strings.TrimPrefix(cell, "'")
			if d, err := time.Parse("02-01-2006", cell); err == nil && dates {
				value = d
			}
			if cell == "" {
				continue
			}
			if err := f.SetCellValue("Sheet1", at, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return roster.File{Name: c.name, Data: buf.Bytes()}
}

func TestAWorkbookGivesNumbersAsTheyWereTyped(t *testing.T) {
	known := demoKnown(t)
	c := &cells{"ukuran.xlsx", [][]string{{"NIP", "BULAN", "BERKAS MASUK", "BERKAS SELESAI", "SELESAI TEPAT WAKTU", "RATA-RATA HARI"}}}
	f := excelize.NewFile()
	defer f.Close()
	for i, h := range c.rows[0] {
		at, _ := excelize.CoordinatesToCellName(i+1, 3) // two empty rows stand above the header
		if err := f.SetCellValue("Sheet1", at, h); err != nil {
			t.Fatal(err)
		}
	}
	for at, v := range map[string]any{
		"A4": "198111112012121004", "B4": time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), "C4": 12, "D4": 10, "E4": 9, "F4": 2.59,
		"A6": 198111112012121004.0, "B6": "10/2026", "C6": 12, "D6": 10, "E6": 9, "F6": 0.1 + 0.2,
	} {
		if err := f.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	got, report := roster.ReadMeasurements(roster.File{Name: c.name, Data: buf.Bytes()}, known, demoDay)
	expectLines(t, report.Faults,
		"ukuran.xlsx:4:NIP: NIP berakhir dengan 000, padahal nomor urut mulai dari 001; biasanya Excel membulatkan NIP: jadikan kolom ini Teks dan ketik ulang 18 angka dari data asal")
	if got[0].MeanDays != "2.59" || !got[0].Month.Equal(date(2026, 10, 1)) || got[0].Received != 12 || got[0].Row != 2 {
		t.Errorf("first row %+v", got[0])
	}
	if !got[1].Month.Equal(date(2026, 10, 1)) {
		t.Errorf("second row %+v", got[1])
	}
}

func TestAWorkbookOf1904CountsItsDaysFromThere(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	yes := true
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
		t.Fatal(err)
	}
	serial := int(date(2026, 12, 25).Sub(date(1904, 1, 1)).Hours() / 24)
	for at, v := range map[string]any{"A1": "TANGGAL", "B1": "KETERANGAN", "A2": serial, "B2": "Natal"} {
		if err := f.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	got, report := roster.ReadHolidays(roster.File{Name: "libur.xlsx", Data: buf.Bytes()})
	expectNothing(t, report)
	if len(got) != 1 || !got[0].Date.Equal(date(2026, 12, 25)) {
		t.Errorf("read %+v", got)
	}
}

func TestFilesThatAreTooLargeOrNoWorkbookAreRefused(t *testing.T) {
	archive := func(parts map[string]func(write func(string))) []byte {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		for name, fill := range parts {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			fill(func(s string) {
				if _, err := w.Write([]byte(s)); err != nil {
					t.Fatal(err)
				}
			})
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	zeros := strings.Repeat("\x00", 1<<20)
	manyRows := "TANGGAL;KETERANGAN\n" + strings.Repeat("2026-01-01;x\n", 200_001)
	manyStrings := strings.Repeat("<si/>", 1<<16)
	empty := func(func(string)) {}
	cases := map[string]struct {
		data []byte
		key  string
	}{
		"33 MiB":            {bytes.Repeat([]byte("TANGGAL;KETERANGAN\n"), 33<<20/19+1), "import.file_too_large"},
		"200,001 rows":      {[]byte(manyRows), "import.file_too_many_rows"},
		"257 columns":       {[]byte("TANGGAL" + strings.Repeat(";", 256)), "import.file_too_many_columns"},
		"a PDF":             {[]byte("%PDF-1.7"), "import.file_pdf"},
		"an archive":        {archive(map[string]func(func(string)){"mimetype": empty}), "import.file_other_archive"},
		"a broken archive":  {[]byte("PK\x03\x04 and no more"), "import.file_broken_workbook"},
		"an empty workbook": {archive(map[string]func(func(string)){"xl/workbook.xml": empty}), "import.file_broken_workbook"},
		"a bomb of cells": {archive(map[string]func(func(string)){"xl/workbook.xml": empty, "xl/worksheets/sheet1.xml": func(write func(string)) {
			for range 257 {
				write(zeros)
			}
		}}), "import.file_unpacks_too_large"},
		"a bomb of styles": {archive(map[string]func(func(string)){"xl/workbook.xml": empty, "xl/styles.xml": func(write func(string)) {
			for range 17 {
				write(zeros)
			}
		}}), "import.file_unpacks_too_large"},
		"a bomb of strings": {archive(map[string]func(func(string)){"xl/workbook.xml": empty, "xl/sharedStrings.xml": func(write func(string)) {
			for range 32 {
				write(manyStrings)
			}
		}}), "import.file_unpacks_too_large"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, report := roster.ReadHolidays(roster.File{Name: "libur", Data: c.data})
			if len(report.Faults) != 1 || report.Faults[0].Key != c.key || report.Faults[0].Row != 1 {
				t.Errorf("%d faults, the first %+v, want %s", len(report.Faults), report.Faults[:min(1, len(report.Faults))], c.key)
			}
		})
	}
}

func TestRowNumbersAreRecordNumbers(t *testing.T) {
	text := "TANGGAL;KETERANGAN\n\n\"2026-01-01\";\"Tahun\nBaru\"\n;;\n\nbesok;x\n"
	_, report := roster.ReadHolidays(file("libur.csv", text))
	expectLines(t, report.Faults, "libur.csv:4:TANGGAL: “besok” bukan tanggal; tulis HH-BB-TTTT, misalnya 23-07-1981, atau TTTT-BB-HH")
}

func TestACellIsReadAsItWasMeant(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{`Tahun "Baru" Masehi`, `Tahun "Baru" Masehi`},
		{`"Tahun ""Baru"" Masehi"`, `Tahun "Baru" Masehi`},
		{` "Tahun; Baru" `, "Tahun; Baru"},
		{"'Aisyah", "'Aisyah"},
		{"'17 Agustus", "17 Agustus"},
		{"\u200bNatal\ufeff", "Natal"},
		{"Iduladha\u202f1447\u00a0 H", "Iduladha 1447 H"},
		{"Wafat  Yesus \tKristus", "Wafat Yesus Kristus"},
	} {
		got, report := roster.ReadHolidays(file("libur.csv", "TANGGAL;KETERANGAN\n2026-01-01;"+c.cell+"\n"))
		expectNothing(t, report)
		if len(got) != 1 || got[0].Name != c.want {
			t.Errorf("%q was read as %+v, want %q", c.cell, got, c.want)
		}
	}
}

func TestDatesAreReadInTheFormsThatOfficesWrite(t *testing.T) {
	for cell, right := range map[string]bool{
		"2026-12-25": true, "25-12-2026": true, "25/12/2026": true, "25.12.2026": true, "2026/12/25": true, "2026-12-25T00:00:00Z": true,
		"46381": true, "46381.5": true, "25-12-2026 07:30": true,
		"12/25/2026": false, "25-12-26": false, "2026-12": false, "25 Desember 2026": false, "2026-12-25 siang": false, "4638": false,
		"99999": false, "25-12/2026": false, "+25-12-2026": false, "1899-12-25": false, "2026-12-32": false, "-": false,
	} {
		got, report := roster.ReadHolidays(file("libur.csv", "TANGGAL;KETERANGAN\n"+cell+";Natal\n"))
		if report.OK() != right || right && !got[0].Date.Equal(date(2026, 12, 25)) {
			t.Errorf("%s: read %+v with %d faults", strconv.Quote(cell), got, len(report.Faults))
		}
	}
}
