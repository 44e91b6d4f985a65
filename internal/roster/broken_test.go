package roster_test

import (
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/roster"
)

type brokenRoster struct {
	name string
	make func(*office)
	want []string
}

func inEmployees(row int, column, value string) func(*office) {
	return func(o *office) { o.employees.set(row, column, value) }
}

// Rows 4 to 8 of the employees file are staff without subordinates, row 9 heads SETDA.1, row 10 is a PPPK.
var brokenEmployees = []brokenRoster{
	{"a NIP with a digit lost", inEmployees(4, "NIP BARU", "'19811111201212100"),
		[]string{"pegawai.csv:4:NIP BARU: “19811111201212100” terdiri atas 17 karakter; NIP harus tepat 18 angka tanpa spasi atau tanda baca"}},
	{"a NIP that became a number", inEmployees(4, "NIP BARU", "1,98111E+17"),
		[]string{"pegawai.csv:4:NIP BARU: “1,98111E+17” adalah NIP yang diubah Excel menjadi bilangan sehingga angkanya hilang; jadikan kolom ini Teks, ketik ulang 18 angka dari data asal, lalu simpan lagi"}},
	{"a NIP that was rounded", inEmployees(4, "NIP BARU", "198111112012121000"),
		[]string{"pegawai.csv:4:NIP BARU: NIP berakhir dengan 000, padahal nomor urut mulai dari 001; biasanya Excel membulatkan NIP: jadikan kolom ini Teks dan ketik ulang 18 angka dari data asal"}},
	{"a NIP that begins with no date", inEmployees(4, "NIP BARU", "'198113112012121004"),
		[]string{"pegawai.csv:4:NIP BARU: digit 1–8 NIP (19811311) bukan tanggal lahir TTTTBBHH yang sudah lewat; betulkan sesuai SK"}},
	{"a NIP with month 13 of appointment", inEmployees(4, "NIP BARU", "'198111112012131004"),
		[]string{"pegawai.csv:4:NIP BARU: digit 9–14 NIP (201213) bukan tahun dan bulan pengangkatan; untuk PNS tulis TTTTBB dengan bulan 01–12, untuk PPPK TTTT21"}},
	{"an appointment next month", inEmployees(4, "NIP BARU", "'198111112026121004"),
		[]string{"pegawai.csv:4:NIP BARU: pengangkatan di dalam NIP (202612) belum terjadi (hari ini 23-11-2026); betulkan NIP sesuai SK"}},
	{"an appointment at school age", inEmployees(4, "NIP BARU", "'198111111994011004"),
		[]string{"pegawai.csv:4:NIP BARU: pengangkatan di dalam NIP (199401) mendahului usia 15 tahun bagi yang lahir 11-11-1981; betulkan NIP sesuai SK"}},
	{"a NIP with a third sex", inEmployees(4, "NIP BARU", "'198111112012123004"),
		[]string{"pegawai.csv:4:NIP BARU: digit ke-15 NIP (3) harus 1 untuk laki-laki atau 2 untuk perempuan; betulkan sesuai SK"}},
	{"a NIP used twice", func(o *office) {
		o.employees.set(5, "NIP BARU", o.employees.get(4, "NIP BARU"))
		o.employees.set(5, "TANGGAL LAHIR", o.employees.get(4, "TANGGAL LAHIR"))
	}, []string{"pegawai.csv:5:NIP BARU: NIP 198111112012121004 sudah dipakai di pegawai.csv baris 4; setiap pegawai hanya satu baris, betulkan NIP atau hapus salah satu"}},
	{"a row pasted twice", func(o *office) { o.employees.add(o.employees.rows[3]...) },
		[]string{"pegawai.csv:592:NIP BARU: baris ini sama persis dengan pegawai.csv baris 4; hapus salah satu"}},
	{"a birth date that contradicts the NIP", inEmployees(4, "TANGGAL LAHIR", "12-11-1981"),
		[]string{"pegawai.csv:4:TANGGAL LAHIR: tanggal lahir 12-11-1981 tidak sama dengan tanggal lahir 11-11-1981 di dalam NIP; betulkan tanggal atau NIP sesuai SK"}},
	{"a birth date in the future", inEmployees(4, "TANGGAL LAHIR", "11-11-2081"),
		[]string{"pegawai.csv:4:TANGGAL LAHIR: tanggal 11-11-2081 belum terjadi (hari ini 23-11-2026); isi tanggal paling lambat hari ini"}},
	{"a date that does not exist", inEmployees(4, "TANGGAL LAHIR", "31-02-1981"),
		[]string{"pegawai.csv:4:TANGGAL LAHIR: “31-02-1981” bukan tanggal; tulis HH-BB-TTTT, misalnya 23-07-1981, atau TTTT-BB-HH"}},
	{"a sex that contradicts the NIP", inEmployees(4, "JENIS KELAMIN", "P"),
		[]string{"pegawai.csv:4:JENIS KELAMIN: jenis kelamin P tidak sesuai dengan digit ke-15 NIP (1, yaitu L); betulkan sel ini atau NIP sesuai SK"}},
	{"a PPPK with the status of a PNS", inEmployees(10, "STATUS", "PNS"),
		[]string{"pegawai.csv:10:STATUS: status PNS tidak sesuai dengan bentuk NIP, yang merupakan NIP PPPK; isi PPPK atau betulkan NIP"}},
	{"a status that nobody knows", inEmployees(10, "STATUS", "Honorer"),
		[]string{"pegawai.csv:10:STATUS: status “Honorer” tidak dikenal; isi PNS atau PPPK"}},
	{"a kind of position that nobody knows", inEmployees(4, "JENIS JABATAN", "Eselon V"),
		[]string{"pegawai.csv:4:JENIS JABATAN: jenis jabatan “Eselon V” tidak dikenal; isi JPT Utama, JPT Madya, JPT Pratama, Administrator, Pengawas, JF, atau Pelaksana"}},
	{"a position held from tomorrow", inEmployees(4, "TMT JABATAN", "24/11/2026"),
		[]string{"pegawai.csv:4:TMT JABATAN: tanggal 24-11-2026 belum terjadi (hari ini 23-11-2026); isi tanggal paling lambat hari ini"}},
	{"a position held from before birth", inEmployees(4, "TMT JABATAN", "1919-08-15"),
		[]string{"pegawai.csv:4:TMT JABATAN: TMT jabatan 15-08-1919 mendahului tanggal lahir 11-11-1981; isi tanggal pada SK jabatan"}},
	{"an e-mail with a name around it", inEmployees(4, "EMAIL", "Arif <arif@marelan.go.id>"),
		[]string{"pegawai.csv:4:EMAIL: “Arif <arif@marelan.go.id>” bukan alamat email; isi satu alamat tanpa nama dan tanpa spasi, misalnya nama@instansi.go.id"}},
	{"an e-mail that smuggles a header", inEmployees(4, "EMAIL", "arif@marelan.go.id\r\nBcc: x@contoh.id"),
		[]string{"pegawai.csv:4:EMAIL: “arif@marelan.go.id Bcc: x@contoh.id” bukan alamat email; isi satu alamat tanpa nama dan tanpa spasi, misalnya nama@instansi.go.id"}},
	{"an e-mail that two people share", inEmployees(5, "EMAIL", "Arif.Saputra@Marelan.go.id"),
		[]string{"pegawai.csv:5:EMAIL: email Arif.Saputra@Marelan.go.id dipakai juga di pegawai.csv baris 4; setiap orang perlu alamat sendiri karena tautan masuk dikirim ke sana"}},
	{"no e-mail", inEmployees(4, "EMAIL", " \u00a0"),
		[]string{"pegawai.csv:4:EMAIL: sel ini kosong; kolom ini wajib diisi pada setiap baris"}},
	{"no name", inEmployees(4, "NAMA", ""),
		[]string{"pegawai.csv:4:NAMA: sel ini kosong; kolom ini wajib diisi pada setiap baris"}},
	{"a name with a control character", inEmployees(4, "NAMA", "Arif\x07Saputra"),
		[]string{"pegawai.csv:4:NAMA: “Arif�Saputra” memuat karakter kendali yang tidak terlihat; ketik ulang isi sel ini"}},
	{"a name that was garbled", inEmployees(4, "NAMA", "Arif SÃ©puh"),
		[]string{"pegawai.csv:4:NAMA: “Arif SÃ©puh” rusak karena berkas pernah dibuka dengan enkode yang salah; ketik ulang isi sel ini atau ekspor ulang dari aplikasi asal sebagai UTF-8"}},
	{"a name with a lost letter", inEmployees(4, "NAMA", "Arif S�puh"),
		[]string{"pegawai.csv:4:NAMA: “Arif S�puh” memuat huruf yang sudah hilang (tampil sebagai �); ketik ulang isi sel ini atau ekspor ulang dari aplikasi asal sebagai UTF-8"}},
	{"a name without end", inEmployees(4, "NAMA", strings.Repeat("é", 151)),
		[]string{"pegawai.csv:4:NAMA: isi sel ini 151 karakter; paling banyak 150"}},
	{"an unknown unit", inEmployees(4, "UNOR ID", "SETDA.9"),
		[]string{"pegawai.csv:4:UNOR ID: unit “SETDA.9” tidak ada; isi UNOR ID sebuah unit dalam data unit, atau tambahkan unit itu"}},
	{"a unit in small letters", inEmployees(4, "UNOR ID", "setda.0"),
		[]string{"pegawai.csv:4:UNOR ID: unit “setda.0” tidak ada; mungkin maksudnya “SETDA.0”: tulis kode persis seperti dalam data unit"}},
	{"an unknown superior", inEmployees(4, "NIP ATASAN", "'197001012000011001"),
		[]string{"pegawai.csv:4:NIP ATASAN: atasan dengan NIP 197001012000011001 tidak ada dalam data pegawai; betulkan NIP atau tambahkan pegawai itu"}},
	{"a superior's name in place of the NIP", inEmployees(4, "NIP ATASAN", "Edi Saputra"),
		[]string{"pegawai.csv:4:NIP ATASAN: “Edi Saputra” terdiri atas 11 karakter; NIP harus tepat 18 angka tanpa spasi atau tanda baca"}},
	{"a person who is their own superior", inEmployees(4, "NIP ATASAN", "'198111112012121004"),
		[]string{"pegawai.csv:4:NIP ATASAN: pegawai ini tercatat sebagai atasannya sendiri; isi NIP atasan langsung, atau kosongkan bila ia pimpinan puncak"}},
	{"two superiors of each other", func(o *office) { o.employees.set(3, "NIP ATASAN", "'198111112012121004") },
		[]string{
			"pegawai.csv:3:NIP ATASAN: atasan berputar kembali ke dirinya sendiri (197805122009091022 → 198111112012121004 → 197805122009091022; 2 orang); isi NIP atasan langsung yang sebenarnya",
			"pegawai.csv:4:NIP ATASAN: atasan berputar kembali ke dirinya sendiri (197805122009091022 → 198111112012121004 → 197805122009091022; 2 orang); isi NIP atasan langsung yang sebenarnya",
		}},
	{"two people without a superior", inEmployees(4, "NIP ATASAN", ""),
		[]string{"pegawai.csv:4:NIP ATASAN: NIP atasan kosong, padahal hanya pimpinan puncak MRL (198107232003031033) yang boleh tanpa atasan; isi NIP atasan langsung"}},
	{"several faults in one row and one in another", func(o *office) {
		o.employees.set(5, "EMAIL", "oki")
		o.employees.set(4, "TMT JABATAN", "kemarin")
		o.employees.set(4, "JENIS KELAMIN", "X")
	}, []string{
		"pegawai.csv:4:JENIS KELAMIN: jenis kelamin “X” tidak dikenal; isi L untuk laki-laki atau P untuk perempuan",
		"pegawai.csv:4:TMT JABATAN: “kemarin” bukan tanggal; tulis HH-BB-TTTT, misalnya 23-07-1981, atau TTTT-BB-HH",
		"pegawai.csv:5:EMAIL: “oki” bukan alamat email; isi satu alamat tanpa nama dan tanpa spasi, misalnya nama@instansi.go.id",
	}},
}

var brokenUnits = []brokenRoster{
	{"a loop of units", func(o *office) { o.units.set(3, "UNOR INDUK ID", "SETDA.0") },
		[]string{
			"unit-organisasi.csv:3:UNOR INDUK ID: unit induk berputar kembali ke dirinya sendiri (SETDA → SETDA.0 → SETDA); isi unit di atasnya, atau kosongkan untuk unit puncak",
			"unit-organisasi.csv:4:UNOR INDUK ID: unit induk berputar kembali ke dirinya sendiri (SETDA → SETDA.0 → SETDA); isi unit di atasnya, atau kosongkan untuk unit puncak",
		}},
	{"a unit that is its own parent", func(o *office) { o.units.set(4, "UNOR INDUK ID", "SETDA.0") },
		[]string{"unit-organisasi.csv:4:UNOR INDUK ID: unit induk berputar kembali ke dirinya sendiri (SETDA.0 → SETDA.0); isi unit di atasnya, atau kosongkan untuk unit puncak"}},
	{"an unknown parent unit", func(o *office) { o.units.set(4, "UNOR INDUK ID", "KANTOR") },
		[]string{"unit-organisasi.csv:4:UNOR INDUK ID: unit induk “KANTOR” tidak ada; isi UNOR ID sebuah unit dalam berkas unit, atau kosongkan untuk unit puncak"}},
	{"an unknown head", func(o *office) { o.units.set(4, "NIP KEPALA", "'197001012000011001") },
		[]string{"unit-organisasi.csv:4:NIP KEPALA: kepala dengan NIP 197001012000011001 tidak ada dalam data pegawai; betulkan NIP, atau kosongkan bila jabatan itu lowong"}},
	{"a unit code used twice", func(o *office) { o.units.add("SETDA.0", "Bagian Arsip", "SETDA", "") },
		[]string{"unit-organisasi.csv:70:UNOR ID: kode “SETDA.0” sudah dipakai di unit-organisasi.csv baris 4; setiap kode hanya boleh muncul sekali, ganti atau hapus salah satu"}},
	{"an official of an unknown unit", func(o *office) { o.officials.set(2, "UNOR ID", "PROVINSI") },
		[]string{"pejabat-luar.csv:2:UNOR ID: unit “PROVINSI” tidak ada; isi UNOR ID sebuah unit dalam data unit, atau tambahkan unit itu"}},
	{"an official with the e-mail of an employee", func(o *office) { o.officials.set(2, "EMAIL", "arif.saputra@marelan.go.id") },
		[]string{"pejabat-luar.csv:2:EMAIL: email arif.saputra@marelan.go.id dipakai juga di pegawai.csv baris 4; setiap orang perlu alamat sendiri karena tautan masuk dikirim ke sana"}},
	{"an official with a broken e-mail", func(o *office) { o.officials.set(2, "EMAIL", "bupati@marelan") },
		[]string{"pejabat-luar.csv:2:EMAIL: “bupati@marelan” bukan alamat email; isi satu alamat tanpa nama dan tanpa spasi, misalnya nama@instansi.go.id"}},
}

var brokenFiles = []brokenRoster{
	{"a missing column", func(o *office) { o.employees.drop("EMAIL") },
		[]string{"pegawai.csv:1:EMAIL: kolom EMAIL tidak ada; tambahkan kolom itu pada baris judul (kolom yang ada: NIP BARU, NAMA, GELAR DEPAN, GELAR BELAKANG, JENIS KELAMIN, TANGGAL LAHIR, STATUS, GOLONGAN, JENIS JABATAN, NAMA JABATAN, UNOR ID, UNOR NAMA, UNOR INDUK, NIP ATASAN, TMT JABATAN)"}},
	{"the columns missing that others refer to", func(o *office) { o.employees.drop("NIP BARU"); o.units.drop("UNOR ID") },
		[]string{
			"pegawai.csv:1:NIP BARU: kolom NIP BARU tidak ada; tambahkan kolom itu pada baris judul (kolom yang ada: NAMA, GELAR DEPAN, GELAR BELAKANG, JENIS KELAMIN, TANGGAL LAHIR, STATUS, GOLONGAN, JENIS JABATAN, NAMA JABATAN, UNOR ID, UNOR NAMA, UNOR INDUK, NIP ATASAN, EMAIL, TMT JABATAN)",
			"unit-organisasi.csv:1:UNOR ID: kolom UNOR ID tidak ada; tambahkan kolom itu pada baris judul (kolom yang ada: UNOR NAMA, UNOR INDUK ID, NIP KEPALA)",
		}},
	{"a column that stands twice", func(o *office) {
		for i := range o.units.rows {
			o.units.rows[i] = append(o.units.rows[i], "")
		}
		o.units.rows[0][4] = "Unor_Nama"
	}, []string{"unit-organisasi.csv:1:Unor_Nama: judul kolom ini muncul dua kali, pada kolom ke-2 dan ke-5; hapus salah satu"}},
	{"units and employees swapped", func(o *office) { o.units, o.employees = o.employees, o.units },
		[]string{
			"pegawai.csv:1:-: baris judul ini milik berkas employees, padahal yang diminta berkas units; barangkali berkasnya tertukar: berikan berkas units di tempat ini",
			"unit-organisasi.csv:1:-: baris judul ini milik berkas units, padahal yang diminta berkas employees; barangkali berkasnya tertukar: berikan berkas employees di tempat ini",
		}},
	{"no header row", func(o *office) { o.units.rows = o.units.rows[1:] },
		[]string{"unit-organisasi.csv:1:-: tidak satu pun judul kolom dikenal; baris pertama harus berisi judul: UNOR ID, UNOR NAMA, UNOR INDUK ID, NIP KEPALA"}},
	{"an empty file", func(o *office) { o.rawEmployees = &roster.File{Name: "pegawai.csv", Data: []byte("\xef\xbb\xbf\r\n")} },
		[]string{"pegawai.csv:1:-: berkas ini kosong; ekspor ulang dengan baris judul dan data"}},
	{"a header and nothing else", func(o *office) { o.officials.rows = o.officials.rows[:1] },
		[]string{"pejabat-luar.csv:1:-: berkas ini hanya berisi baris judul; tambahkan datanya atau jangan sertakan berkas ini"}},
	{"Windows-1252", func(o *office) {
		o.employees.set(4, "NAMA", "Ren\xe9 Saputra")
		o.employees.set(7, "NAMA", "Jos\xe9 Sihombing")
	}, []string{"pegawai.csv:4:NAMA: berkas ini tidak berenkode UTF-8 (kemungkinan Windows-1252: ada byte E9 di sini; 2 sel terkena); simpan ulang dari Excel sebagai “CSV UTF-8 (dibatasi koma)” atau .xlsx"}},
	{"UTF-16", func(o *office) { o.rawEmployees = utf16File(o.employees, true) },
		[]string{"pegawai.csv:1:NIP BARU: berkas ini berenkode UTF-16 (“Teks Unicode” di Excel); simpan ulang sebagai “CSV UTF-8 (dibatasi koma)” atau .xlsx"}},
	{"UTF-16 without its mark", func(o *office) { o.rawUnits = utf16File(o.units, false) },
		[]string{"unit-organisasi.csv:1:UNOR ID: berkas ini berenkode UTF-16 (“Teks Unicode” di Excel); simpan ulang sebagai “CSV UTF-8 (dibatasi koma)” atau .xlsx"}},
	{"an old workbook", func(o *office) {
		o.rawUnits = &roster.File{Name: "unit.xls", Data: []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....")}
	},
		[]string{"unit.xls:1:-: berkas ini berformat Excel lama (.xls) atau dilindungi kata sandi; simpan ulang sebagai .xlsx tanpa kata sandi atau CSV UTF-8"}},
	{"a web page that calls itself a workbook", func(o *office) {
		o.rawUnits = &roster.File{Name: "unit.xls", Data: []byte("\n<html><table><tr><td>UNOR ID</td></tr></table></html>")}
	}, []string{"unit.xls:1:-: berkas ini halaman HTML atau XML walaupun mungkin bernama .xls; buka di Excel lalu simpan sebagai .xlsx atau CSV UTF-8"}},
	{"a quotation mark without partner", func(o *office) {
		text := strings.Replace(o.employees.text(";"), "Umar Simanjuntak", `"Umar Simanjuntak`, 1)
		text = strings.Replace(text, ";rizky.sihombing@", ";@", 1)
		o.rawEmployees = &roster.File{Name: "pegawai.csv", Data: []byte(text)}
	}, []string{
		"pegawai.csv:6:NAMA: tanda kutip (\") di sel ini tidak berpasangan; hapus tanda itu atau tutup dengan tanda kutip di akhir sel",
		"pegawai.csv:7:EMAIL: “@marelan.go.id” bukan alamat email; isi satu alamat tanpa nama dan tanpa spasi, misalnya nama@instansi.go.id",
	}},
	{"a cell with a delimiter and no quotes", func(o *office) {
		text := strings.Replace(o.units.text(","), "Bagian Umum", "Bagian Umum, Arsip", 1)
		o.rawUnits = &roster.File{Name: "unit.csv", Data: []byte(text)}
	}, []string{"unit.csv:7:5: baris ini memiliki 5 sel, padahal judul hanya 4 kolom; apit dengan tanda kutip (\") sel yang memuat tanda pemisah"}},
	{"a row cut in two", func(o *office) {
		text := strings.Replace(o.employees.text(";"), ";Pengadministrasi Umum;", "\r\n;Pengadministrasi Umum;", 1)
		o.rawEmployees = &roster.File{Name: "pegawai.csv", Data: []byte(text)}
	}, []string{
		"pegawai.csv:4:NAMA JABATAN: baris ini hanya memiliki 9 dari 16 sel; barangkali terpotong oleh ganti baris: satukan barisnya atau lengkapi selnya",
		"pegawai.csv:5:JENIS JABATAN: baris ini hanya memiliki 8 dari 16 sel; barangkali terpotong oleh ganti baris: satukan barisnya atau lengkapi selnya",
	}},
}

func TestEachBrokenRosterIsNamedWithRowColumnAndRemedy(t *testing.T) {
	for _, group := range [][]brokenRoster{brokenEmployees, brokenUnits, brokenFiles} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) {
				o := demoOffice(t)
				c.make(o)
				_, report := roster.ReadRoster(o.files(), roster.Known{}, demoDay)
				expectLines(t, report.Faults, c.want...)
			})
		}
	}
}

func utf16File(c *cells, marked bool) *roster.File {
	data := []byte{}
	if marked {
		data = append(data, 0xff, 0xfe)
	}
	for _, r := range c.text("\t") {
		data = append(data, byte(r), byte(r>>8))
	}
	return &roster.File{Name: c.name, Data: data}
}
