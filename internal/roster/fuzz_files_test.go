package roster_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
)

// fewLines are the first lines of a demonstration file.
func fewLines(t testing.TB, name string) []byte {
	lines := bytes.SplitAfterN(demoFile(t, name).Data, []byte("\n"), 6)
	return bytes.Join(lines[:min(5, len(lines))], nil)
}

// Every other import keeps the same promises whatever the bytes: reading ends, and a fault is one finished line that points into the file.
func FuzzReadFile(f *testing.F) {
	known := demoKnown(f)
	readers := []func(file roster.File) roster.Report{
		func(file roster.File) roster.Report { _, r := roster.ReadStrategy(file, known); return r },
		func(file roster.File) roster.Report { _, r := roster.ReadMeasurements(file, known, demoDay); return r },
		func(file roster.File) roster.Report { _, r := roster.ReadSurvey(file, known, demoDay); return r },
		func(file roster.File) roster.Report {
			_, r := roster.ReadCompetencies([]roster.File{file}, known, demoDay)
			return r
		},
		func(file roster.File) roster.Report { _, r := roster.ReadTrainings(file, known); return r },
		func(file roster.File) roster.Report { _, r := roster.ReadHolidays(file); return r },
		func(file roster.File) roster.Report { _, r := roster.ReadLibrary(file); return r },
	}
	for i, name := range []string{"rencana-strategis.csv", "ukuran-layanan.csv", "skm-responden.csv", "kompetensi.csv", "katalog-pelatihan.csv", "hari-libur.csv", "pustaka-hasil-kerja.csv"} {
		f.Add(uint8(i), fewLines(f, name))
	}
	f.Add(uint8(3), fewLines(f, "standar-kompetensi.csv"))
	f.Add(uint8(3), fewLines(f, "penilaian-kompetensi.csv"))
	f.Add(uint8(1), []byte("NIP;BULAN;DITERIMA;SELESAI;TEPAT WAKTU;RATA-RATA HARI\n199206082023012001;2026-01;1e9;-0;+5;1e999999999\n"))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		report := readers[int(which)%len(readers)](roster.File{Name: "berkas.csv", Data: data})
		for _, fault := range append(report.Faults, report.Notes...) {
			line := fault.Line(locale.Indonesian)
			if fault.Row < 1 || fault.Column == "" || strings.ContainsAny(line, "\r\n\x1b") || strings.Contains(line, "import.") {
				t.Fatalf("bad fault %+v: %q", fault, line)
			}
		}
	})
}
