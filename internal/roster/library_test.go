package roster

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

const libraryHeader = "JENIS JABATAN;NAMA JABATAN;ASPEK;RENCANA HASIL KERJA;INDIKATOR;TARGET;SATUAN;ARAH;DITAWARKAN\n"

func TestALibraryIsReadByPositionWithAspectOrPerspective(t *testing.T) {
	entries, report := ReadLibrary(File{Name: "pustaka.csv", Data: []byte(libraryHeader +
		"Pelaksana;Pengolah Data;kualitas;Data lengkap;Data yang lolos;92,5;persen;naik;\n" +
		"JPT Pratama;;proses bisnis internal;Layanan digital;Layanan;80;persen;naik;tidak\n")})
	if len(report.Faults) > 0 || len(entries) != 2 {
		t.Fatalf("%d entries, faults %v", len(entries), report.Faults)
	}
	if e := entries[0]; e.Target != "92.5" || e.Aspect != appraisal.AspectQuality || e.Direction != appraisal.DirectionMore || !e.Offered || e.PositionName != "Pengolah Data" {
		t.Errorf("the first is %+v", e)
	}
	if e := entries[1]; e.Aspect != appraisal.PerspectiveProcess || e.Offered {
		t.Errorf("the second is %+v", e)
	}
}

func TestEveryFaultOfALibraryIsNamed(t *testing.T) {
	for line, want := range map[string]string{
		"Pelaksana;;anggaran;A;B;1;berkas;naik;":                                   "import.library_aspect",
		"JPT Pratama;;kuantitas;A;B;1;berkas;naik;":                                "import.library_perspective",
		"Pelaksana;;waktu;A;B;0;hari;turun;":                                       "import.target",
		"Pelaksana;;waktu;A;B;1;hari;miring;":                                      "import.library_direction",
		"Pelaksana;;waktu;A;B;1;hari;turun;mungkin":                                "import.library_offered",
		"Pelaksana;;waktu;A;B;1;hari;turun;\nPelaksana;;biaya;A;B;2;rupiah;turun;": "import.library_twice",
	} {
		_, report := ReadLibrary(File{Name: "pustaka.csv", Data: []byte(libraryHeader + line + "\n")})
		if len(report.Faults) != 1 || report.Faults[0].Key != want {
			t.Errorf("%s: %v, want %s", line, report.Faults, want)
		}
	}
}
