package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
)

func TestOnlyOnePlainAddressIsAnEmail(t *testing.T) {
	label := strings.Repeat("a", 63)
	for address, right := range map[string]bool{
		"a@b.id": true, "nama.lengkap+dinas@sub.marelan.go.id": true, "N_1@b-c.id": true, "o'neil@b.id": true,
		strings.Repeat("a", 64) + "@b.id": true, "a@" + label + ".id": true,
		strings.Repeat("a", 65) + "@b.id": false, "a@" + label + "a.id": false, "a@" + strings.Repeat("b.", 126) + "id": false,
		"a": false, "a@": false, "@b.id": false, "a@b": false, "a@@b.id": false, "a@b..id": false, "a@.id": false, "a@b.id.": false,
		"a@-b.id": false, "a@b-.id": false, "a@b_c.id": false, "a b@c.id": false, "a@b.id,c@d.id": false, "<a@b.id>": false,
		"a@[127.0.0.1]": false, `"a b"@c.id`: false, "a..b@c.id": false, ".a@c.id": false, "é@b.id": false, "a@é.id": false, "a(x)@b.id": false,
	} {
		text := "KODE;JABATAN;NAMA;EMAIL;UNOR ID\nKDH;Bupati;Bupati;" + strings.ReplaceAll(`"`+strings.ReplaceAll(address, `"`, `""`)+`"`, ";", "") + ";MRL\n"
		officials := file("pejabat.csv", text)
		_, report := roster.ReadRoster(roster.RosterFiles{Officials: &officials}, roster.Known{Unchecked: true}, demoDay)
		if report.OK() != right {
			t.Errorf("%q: %d faults", address, len(report.Faults))
		}
	}
}

func TestANIPMayBeGivenThisMonthAndAPPPKThisYear(t *testing.T) {
	for nip, kind := range map[string]appraisal.EmployeeKind{
		"200001012026111001": appraisal.EmployeePNS,
		"200001012025121001": appraisal.EmployeePNS,
		"200001012026211001": appraisal.EmployeePPPK,
		"201111012026111001": appraisal.EmployeePNS, // fifteen years old on the first of the month
		"200001012027211001": "",
		"200001012027011001": "",
		"201112012026111001": "",
	} {
		o := demoOffice(t)
		o.employees.set(4, "NIP BARU", nip)
		o.employees.set(4, "TANGGAL LAHIR", nip[6:8]+"-"+nip[4:6]+"-"+nip[:4])
		o.employees.set(4, "STATUS", strings.ToUpper(string(kind)))
		if kind == "" {
			o.employees.set(4, "STATUS", map[bool]string{true: "PPPK", false: "PNS"}[nip[12:14] == "21"])
		}
		read, report := roster.ReadRoster(o.files(), roster.Known{}, demoDay)
		if report.OK() != (kind != "") || report.OK() && read.Employees[2].Kind != kind {
			t.Errorf("%s: %d faults, read %+v", nip, len(report.Faults), read.Employees[2])
		}
	}
}

func TestBlankCellsThatAreNeededAreNamed(t *testing.T) {
	o := demoOffice(t)
	for _, column := range []string{"NIP BARU", "JENIS KELAMIN", "TANGGAL LAHIR", "STATUS", "JENIS JABATAN", "NAMA JABATAN", "UNOR ID"} {
		o.employees.set(4, column, "")
	}
	_, report := roster.ReadRoster(o.files(), roster.Known{}, demoDay)
	const remedy = ": sel ini kosong; kolom ini wajib diisi pada setiap baris"
	expectLines(t, report.Faults,
		"pegawai.csv:4:NIP BARU"+remedy, "pegawai.csv:4:JENIS KELAMIN"+remedy, "pegawai.csv:4:TANGGAL LAHIR"+remedy, "pegawai.csv:4:STATUS"+remedy,
		"pegawai.csv:4:JENIS JABATAN"+remedy, "pegawai.csv:4:NAMA JABATAN"+remedy, "pegawai.csv:4:UNOR ID"+remedy)
}

func TestWhatMayBeBlankMayBeBlank(t *testing.T) {
	o := demoOffice(t)
	for _, column := range []string{"GELAR DEPAN", "GELAR BELAKANG", "GOLONGAN", "UNOR NAMA", "UNOR INDUK", "TMT JABATAN"} {
		o.employees.set(4, column, "")
	}
	o.employees.drop("UNOR NAMA")
	o.units.set(4, "NIP KEPALA", "")
	_, report := roster.ReadRoster(o.files(), roster.Known{}, demoDay)
	expectNothing(t, report)
}

func TestAWorkbookWithoutCellsIsEmpty(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	_, report := roster.ReadHolidays(roster.File{Name: "libur.xlsx", Data: buf.Bytes()})
	expectLines(t, report.Faults, "libur.xlsx:1:-: berkas ini kosong; ekspor ulang dengan baris judul dan data")
}

func TestAWorkbookOfRowsThatAreTooWideIsReadOnlyAsFarAsTheirNamingHelps(t *testing.T) {
	for rows, want := range map[int]string{
		1:   "libur.xlsx:3:3: baris ini memiliki 257 sel, padahal judul hanya 2 kolom; apit dengan tanda kutip (\") sel yang memuat tanda pemisah",
		101: "libur.xlsx:1:-: berkas ini memiliki lebih dari 256 kolom; hapus kolom yang tidak perlu",
	} {
		f := excelize.NewFile()
		for cell, value := range map[string]string{"A1": "TANGGAL", "B1": "KETERANGAN", "A2": "2027-01-01", "B2": "Tahun Baru"} {
			if err := f.SetCellStr("Sheet1", cell, value); err != nil {
				t.Fatal(err)
			}
		}
		for i := range rows {
			if err := f.SetCellStr("Sheet1", fmt.Sprintf("XFD%d", i+3), "x"); err != nil {
				t.Fatal(err)
			}
		}
		buf, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		_, report := roster.ReadHolidays(roster.File{Name: "libur.xlsx", Data: buf.Bytes()})
		expectLines(t, report.Faults, want)
	}
}

func TestALongValueIsShortenedInTheReport(t *testing.T) {
	_, report := roster.ReadHolidays(file("libur.csv", "TANGGAL;KETERANGAN\n"+strings.Repeat("é", 5000)+";x\n"))
	if line := report.Faults[0].Line(locale.Indonesian); !strings.Contains(line, "“"+strings.Repeat("é", 60)+"…”") {
		t.Errorf("the sentence is %s", line)
	}
}

func TestNumbersAreBounded(t *testing.T) {
	const head = "KODE;INDUK;JENIS;UNOR ID;URAIAN;INDIKATOR;TARGET;SATUAN\nS1;M1;sasaran;U;Cepat;Lama;"
	for target, want := range map[string]string{
		"1": "1", "007,50": "7.5", ",5": "", "5,": "", "1.234.567,8": "1234567.8", "1,234.5": "1234.5", "1.23.4": "", "1.2345,6": "",
		"999999999999999999": "999999999999999999", "9999999999999999999": "", "-1": "", "1e3": "", "٣": "", "": "",
	} {
		got, report := roster.ReadStrategy(file("rencana.csv", head+target+";hari\n"), roster.Known{Unchecked: true})
		if report.OK() != (want != "") || got[0].Target != want {
			t.Errorf("%q became %q with %d faults, want %q", target, got[0].Target, len(report.Faults), want)
		}
	}
}
