package demo

import (
	"embed"
	"fmt"

	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/service"
)

//go:embed data/*.csv
var data embed.FS

var names = map[service.ImportKind][]string{
	service.ImportRoster:       {"unit-organisasi.csv", "pegawai.csv", "pejabat-luar.csv"},
	service.ImportHolidays:     {"hari-libur.csv"},
	service.ImportStrategy:     {"rencana-strategis.csv"},
	service.ImportCompetencies: {"kompetensi.csv", "standar-kompetensi.csv", "penilaian-kompetensi.csv"},
	service.ImportTrainings:    {"katalog-pelatihan.csv"},
	service.ImportLibrary:      {"pustaka-hasil-kerja.csv"},
	service.ImportMeasurements: {"ukuran-layanan.csv"},
	service.ImportSurvey:       {"skm-responden.csv"},
}

// Files returns the demonstration's files of a kind, in the order that Service.Import takes them.
func Files(kind service.ImportKind) []roster.File {
	files := make([]roster.File, len(names[kind]))
	for i, name := range names[kind] {
		content, err := data.ReadFile("data/" + name)
		if err != nil {
			panic(fmt.Errorf("the embedded %s: %w", name, err)) // cannot happen in a binary that was built
		}
		files[i] = roster.File{Name: name, Data: content}
	}
	return files
}
