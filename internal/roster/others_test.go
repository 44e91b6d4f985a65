package roster_test

import (
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/roster"
)

func TestBrokenStrategiesAreNamedWithRowColumnAndRemedy(t *testing.T) {
	known := demoKnown(t)
	for _, c := range []struct {
		name string
		make func(*cells)
		want []string
	}{
		{"an unknown parent", func(c *cells) { c.set(7, "INDUK", "M9") },
			[]string{"rencana-strategis.csv:7:INDUK: induk “M9” tidak ada; isi kode misi yang ada dalam berkas ini"}},
		{"an objective under the vision", func(c *cells) { c.set(7, "INDUK", "V1") },
			[]string{"rencana-strategis.csv:7:INDUK: induk “V1” adalah visi, padahal sasaran harus berinduk pada misi; isi kode sebuah misi"}},
		{"a vision with a parent", func(c *cells) { c.set(2, "INDUK", "S0") },
			[]string{"rencana-strategis.csv:2:INDUK: visi tidak memiliki induk, tetapi di sini tertulis “S0”; kosongkan sel ini"}},
		{"a mission without one", func(c *cells) { c.set(3, "INDUK", "") },
			[]string{"rencana-strategis.csv:3:INDUK: misi ini tidak memiliki induk; isi kode visi yang dilayaninya"}},
		{"a loop", func(c *cells) { c.set(3, "INDUK", "S1.1") },
			[]string{
				"rencana-strategis.csv:3:INDUK: induk berputar kembali ke dirinya sendiri (M1 → S1.1 → M1); isi induk yang satu tingkat di atasnya",
				"rencana-strategis.csv:7:INDUK: induk berputar kembali ke dirinya sendiri (M1 → S1.1 → M1); isi induk yang satu tingkat di atasnya",
			}},
		{"a target of nothing", func(c *cells) { c.set(7, "TARGET", "0,00") },
			[]string{"rencana-strategis.csv:7:TARGET: target “0,00” tidak berlaku; isi bilangan lebih besar dari 0, misalnya 95 atau 88,31"}},
		{"a target in words", func(c *cells) { c.set(7, "TARGET", "95%") },
			[]string{"rencana-strategis.csv:7:TARGET: target “95%” tidak berlaku; isi bilangan lebih besar dari 0, misalnya 95 atau 88,31"}},
		{"an unknown unit", func(c *cells) { c.set(7, "UNOR ID", "DINAS") },
			[]string{"rencana-strategis.csv:7:UNOR ID: unit “DINAS” tidak ada; isi UNOR ID sebuah unit dalam data unit, atau tambahkan unit itu"}},
		{"an unknown kind", func(c *cells) { c.set(18, "JENIS", "tujuan") },
			[]string{"rencana-strategis.csv:18:JENIS: jenis “tujuan” tidak dikenal; isi visi, misi, atau sasaran"}},
		{"a code used twice", func(c *cells) { c.set(8, "KODE", "S1.1") },
			[]string{"rencana-strategis.csv:8:KODE: kode “S1.1” sudah dipakai di rencana-strategis.csv baris 7; setiap kode hanya boleh muncul sekali, ganti atau hapus salah satu"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := demoCells(t, "rencana-strategis.csv")
			c.make(plan)
			_, report := roster.ReadStrategy(plan.file(), known)
			expectLines(t, report.Faults, c.want...)
		})
	}
}

func TestAMissionMayHangFromAVisionInTheDatabase(t *testing.T) {
	known := roster.Known{Strategy: map[string]roster.StrategyKind{"V1": roster.Vision}}
	text := "KODE;INDUK;JENIS;UNOR ID;URAIAN;INDIKATOR;TARGET;SATUAN\nM1;V1;misi;;Melayani;;;\n"
	_, report := roster.ReadStrategy(file("rencana.csv", text), known)
	expectLines(t, report.Faults)
}

func TestTheRemarkOnAMeasureTellsItsDirection(t *testing.T) {
	known := roster.Known{Unchecked: true}
	for measure, want := range map[string]struct {
		measure   string
		direction appraisal.Direction
	}{
		"hari (makin kecil makin baik)":      {"hari", appraisal.DirectionLess},
		"hari (Semakin cepat semakin baik)":  {"hari", appraisal.DirectionLess},
		"nilai (makin besar makin baik)":     {"nilai", appraisal.DirectionMore},
		"hari (kerja)":                       {"hari (kerja)", appraisal.DirectionMore},
		"persen":                             {"persen", appraisal.DirectionMore},
		"hari (makin kecil semakin kurang) ": {"hari (makin kecil semakin kurang)", appraisal.DirectionMore},
	} {
		text := "KODE;INDUK;JENIS;UNOR ID;URAIAN;INDIKATOR;TARGET;SATUAN\nS1;M1;sasaran;U;Cepat;Lama;1.234,50;" + measure + "\n"
		got, report := roster.ReadStrategy(file("rencana.csv", text), known)
		expectLines(t, report.Faults)
		if got[0].Measure != want.measure || got[0].Direction != want.direction || got[0].Target != "1234.5" {
			t.Errorf("%q became %+v", measure, got[0])
		}
	}
}

func TestBrokenMeasurementsAreNamedWithRowColumnAndRemedy(t *testing.T) {
	known := demoKnown(t)
	const head = "NIP;BULAN;BERKAS MASUK;BERKAS SELESAI;SELESAI TEPAT WAKTU;RATA-RATA HARI\n"
	for _, c := range []struct {
		row  string
		want string
	}{
		{"'198111112012121004;2026-11;1;1;1;2,5", ""},
		{"'198111112012121004;11/2026;0;0;0;", ""},
		{"'198111112012121004;2026-12;1;1;1;2,5", "BULAN: bulan 2026-12 belum terjadi (sekarang 2026-11); isi paling lambat bulan ini"},
		{"'198111112012121004;2026-13;1;1;1;2,5", "BULAN: “2026-13” bukan bulan; tulis TTTT-BB, misalnya 2026-10"},
		{"'198111112012121004;Okt-26;1;1;1;2,5", "BULAN: “Okt-26” bukan bulan; tulis TTTT-BB, misalnya 2026-10"},
		{"'197001012000011001;2026-10;1;1;1;2,5", "NIP: NIP 197001012000011001 tidak ada dalam data pegawai; betulkan NIP atau impor dulu pegawainya"},
		{"'198111112012121004;2026-10;-1;0;0;", "BERKAS MASUK: “-1” bukan bilangan bulat yang berlaku; isi angka 0 sampai 10000000 tanpa tanda pemisah"},
		{"'198111112012121004;2026-10;9;1,5;0;2", "BERKAS SELESAI: “1,5” bukan bilangan bulat yang berlaku; isi angka 0 sampai 10000000 tanpa tanda pemisah"},
		{"'198111112012121004;2026-10;9;8;9;2", "SELESAI TEPAT WAKTU: selesai tepat waktu (9) lebih banyak daripada berkas selesai (8); isi paling banyak 8"},
		{"'198111112012121004;2026-10;9;8;7;", "RATA-RATA HARI: rata-rata hari kosong padahal 8 berkas selesai; isi rata-ratanya, misalnya 2,59"},
		{"'198111112012121004;2026-10;9;8;7;2,5,9", "RATA-RATA HARI: “2,5,9” bukan bilangan; tulis angka dengan satu koma desimal, misalnya 2,59"},
		{"'198111112012121004;2026-10;9;8;7;1e9", "RATA-RATA HARI: “1e9” bukan bilangan; tulis angka dengan satu koma desimal, misalnya 2,59"},
	} {
		_, report := roster.ReadMeasurements(file("ukuran.csv", head+c.row+"\n"), known, demoDay)
		if c.want == "" {
			expectLines(t, report.Faults)
		} else {
			expectLines(t, report.Faults, "ukuran.csv:2:"+c.want)
		}
	}

	twice := head + "198111112012121004;2026-10;9;8;7;2\n198111112012121004;10-2026;1;2;1;2\n"
	_, report := roster.ReadMeasurements(file("ukuran.csv", twice), known, demoDay)
	expectLines(t, report.Faults, "ukuran.csv:3:BULAN: pegawai ini sudah memiliki ukuran untuk bulan yang sama di ukuran.csv baris 2; hapus salah satu")
	expectLines(t, report.Notes, "ukuran.csv:3:BERKAS SELESAI: berkas selesai (2) lebih banyak daripada berkas masuk (1); ini benar bila ada tunggakan bulan sebelumnya yang diselesaikan")
}

func TestBrokenSurveysAreNamedWithRowColumnAndRemedy(t *testing.T) {
	text := "UNOR ID;TANGGAL;U1;U2;U3;U4;U5;U6;U7;U8;U9\n" +
		"DINKES;2026-11-24;1;2;3;4;;1;2;3;4\n" +
		"DINKES;2026-11-23;0;5;3,5;a;4;4;4;4;\n" +
		"DINSUS;2026-11-23;1;2;3;4;1;2;3;4;1\n"
	got, report := roster.ReadSurvey(file("skm.csv", text), demoKnown(t), demoDay)
	const remedy = "tidak dikenal; isi angka 1, 2, 3, atau 4, atau kosongkan bila responden tidak menjawab"
	expectLines(t, report.Faults,
		"skm.csv:2:TANGGAL: tanggal 24-11-2026 belum terjadi (hari ini 23-11-2026); isi tanggal paling lambat hari ini",
		"skm.csv:3:U1: jawaban “0” "+remedy, "skm.csv:3:U2: jawaban “5” "+remedy, "skm.csv:3:U3: jawaban “3,5” "+remedy, "skm.csv:3:U4: jawaban “a” "+remedy,
		"skm.csv:4:UNOR ID: unit “DINSUS” tidak ada; isi UNOR ID sebuah unit dalam data unit, atau tambahkan unit itu")
	if got[0].Answers != [9]int{1, 2, 3, 4, 0, 1, 2, 3, 4} {
		t.Errorf("answers %v", got[0].Answers)
	}
	_, report = roster.ReadSurvey(file("skm.csv", strings.Replace(text, "2026-11-24", "2026-11-23", 1)), roster.Known{Unchecked: true}, demoDay)
	if len(report.Faults) != 4 {
		t.Errorf("without a database any unit should do, got %d faults", len(report.Faults))
	}
}

func TestBrokenCompetenciesAreNamedWithRowColumnAndRemedy(t *testing.T) {
	known := demoKnown(t)
	dictionary := file("kamus.csv", "KODE;KOMPETENSI;JENIS\nX1;Menyelam;teknis\nX2;Terbang;khusus\nX1;Selam;teknis\n")
	standards := file("standar.csv", "JENIS JABATAN;UNOR ID;KODE KOMPETENSI;LEVEL\n"+
		"Fungsional;;X1;5\nJabatan Fungsional;;X1;4\nJF;LAUT;X9;6\n")
	assessments := file("nilai.csv", "NIP;KODE KOMPETENSI;LEVEL;SUMBER;TANGGAL\n"+
		"198111112012121004;X1;2;atasan;2026-01-01\n198111112012121004;X1;0;uji kompetensi;2026-01-01\n198111112012121004;K01;2;Ujikom;2026-11-24\n198111112012121004;K01;2;Uji Kompetensi;2026-01-02\n198111112012121004;K01;3;ujikom;02-01-2026\n")
	_, report := roster.ReadCompetencies([]roster.File{assessments, dictionary, standards}, known, demoDay)
	expectLines(t, report.Faults,
		"kamus.csv:3:JENIS: jenis kompetensi “khusus” tidak dikenal; isi manajerial, sosial kultural, atau teknis",
		"kamus.csv:4:KODE: kode “X1” sudah dipakai di kamus.csv baris 2; setiap kode hanya boleh muncul sekali, ganti atau hapus salah satu",
		"nilai.csv:2:SUMBER: sumber “atasan” tidak dikenal; isi assessment center atau uji kompetensi",
		"nilai.csv:3:LEVEL: level “0” tidak berlaku; isi angka 1 sampai 5",
		"nilai.csv:4:TANGGAL: tanggal 24-11-2026 belum terjadi (hari ini 23-11-2026); isi tanggal paling lambat hari ini",
		"nilai.csv:6:KODE KOMPETENSI: penilaian pegawai ini untuk kompetensi, sumber, dan tanggal yang sama sudah ada di nilai.csv baris 5; hapus salah satu",
		"standar.csv:3:KODE KOMPETENSI: standar untuk jenis jabatan, unit, dan kompetensi ini sudah ada di standar.csv baris 2; hapus salah satu",
		"standar.csv:4:UNOR ID: unit “LAUT” tidak ada; isi UNOR ID sebuah unit dalam data unit, atau tambahkan unit itu",
		"standar.csv:4:KODE KOMPETENSI: kompetensi “X9” tidak ada dalam kamus kompetensi; betulkan kodenya atau impor dulu kompetensi itu",
		"standar.csv:4:LEVEL: level “6” tidak berlaku; isi angka 1 sampai 5",
	)
}

func TestStandardsMayComeInSeveralFiles(t *testing.T) {
	known := demoKnown(t)
	const head = "JENIS JABATAN;UNOR ID;KODE KOMPETENSI;LEVEL\n"
	got, report := roster.ReadCompetencies([]roster.File{
		file("a.csv", head+"JF;;K01;2\nJF;;K02;2\n"), file("b.csv", head+"JF;;K03;2\nJF;;K01;3\n"),
	}, known, demoDay)
	expectLines(t, report.Faults,
		"b.csv:3:KODE KOMPETENSI: standar untuk jenis jabatan, unit, dan kompetensi ini sudah ada di a.csv baris 2; hapus salah satu")
	if len(got.Standards) != 4 {
		t.Errorf("read %d standards of four", len(got.Standards))
	}
}

func TestACompetencyFileThatCannotBeReadDoesNotMakeEveryCodeUnknown(t *testing.T) {
	known := demoKnown(t)
	known.Competencies = nil
	other := file("lain.csv", "MERK;WARNA\nA;B\n")
	_, report := roster.ReadCompetencies([]roster.File{other, demoFile(t, "standar-kompetensi.csv")}, known, demoDay)
	expectLines(t, report.Faults,
		"lain.csv:1:-: baris judul tidak cocok dengan satu pun berkas kompetensi; judul yang benar: KODE, KOMPETENSI, JENIS (kamus), JENIS JABATAN, UNOR ID, KODE KOMPETENSI, LEVEL (standar), atau NIP, KODE KOMPETENSI, LEVEL, SUMBER, TANGGAL (penilaian)")
}

func TestBrokenTrainingsAreNamedWithRowColumnAndRemedy(t *testing.T) {
	c := demoCells(t, "katalog-pelatihan.csv")
	c.set(2, "JP", "0")
	c.set(3, "KURSI", "-1")
	c.set(4, "JALUR", "daring")
	c.set(5, "MULAI", "2027-09-24")
	c.set(6, "KODE KOMPETENSI", "K10")
	c.set(7, "KODE", "PLT-001")
	c.set(8, "BIAYA", "gratis")
	c.set(9, "BENTUK", "obrolan")
	c.set(9, "BIAYA", "Rp 1.500.000,00")
	c.set(10, "JALUR", "Non-Klasikal")
	got, report := roster.ReadTrainings(c.file(), demoKnown(t))
	expectLines(t, report.Faults,
		"katalog-pelatihan.csv:2:JP: “0” bukan bilangan bulat yang berlaku; isi angka 1 sampai 2000 tanpa tanda pemisah",
		"katalog-pelatihan.csv:3:KURSI: “-1” bukan bilangan bulat yang berlaku; isi angka 0 sampai 1000000 tanpa tanda pemisah",
		"katalog-pelatihan.csv:4:JALUR: jalur “daring” tidak dikenal; isi klasikal atau nonklasikal",
		"katalog-pelatihan.csv:5:SELESAI: tanggal selesai 23-09-2027 mendahului tanggal mulai 24-09-2027; isi tanggal yang sama atau sesudahnya",
		"katalog-pelatihan.csv:6:KODE KOMPETENSI: kompetensi “K10” tidak ada dalam kamus kompetensi; betulkan kodenya atau impor dulu kompetensi itu",
		"katalog-pelatihan.csv:7:KODE: kode “PLT-001” sudah dipakai di katalog-pelatihan.csv baris 2; setiap kode hanya boleh muncul sekali, ganti atau hapus salah satu",
		"katalog-pelatihan.csv:8:BIAYA: “gratis” bukan jumlah rupiah; tulis angka bulat, misalnya 1500000, atau 0 bila tanpa biaya",
		"katalog-pelatihan.csv:9:BENTUK: “obrolan” bukan bentuk pelatihan yang dikenal; tulis pelatihan, workshop, bimbingan teknis, seminar, coaching, mentoring, e-learning, magang, job shadowing, atau belajar mandiri",
	)
	if got[7].Cost != 1_500_000 || got[8].Channel != appraisal.ChannelNonClassroom {
		t.Errorf("read %+v and %+v", got[7], got[8])
	}
}

func TestAHolidayWrittenTwiceIsReported(t *testing.T) {
	c := demoCells(t, "hari-libur.csv")
	c.add("01/01/2026", "Tahun Baru")
	_, report := roster.ReadHolidays(c.file())
	expectLines(t, report.Faults, "hari-libur.csv:43:TANGGAL: tanggal 01-01-2026 sudah ada di hari-libur.csv baris 2; gabungkan keterangannya dalam satu baris")
}
