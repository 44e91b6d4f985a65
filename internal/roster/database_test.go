package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
)

func TestEmployeesAloneReferToWhatTheDatabaseHolds(t *testing.T) {
	o := demoOffice(t)
	known := demoKnown(t)
	o.employees.rows = append(o.employees.rows[:1], o.employees.rows[3:5]...) // two subordinates of Edi Saputra
	only := o.employees.file()
	_, report := roster.ReadRoster(roster.RosterFiles{Employees: &only}, known, demoDay)
	expectLines(t, report.Faults)

	_, report = roster.ReadRoster(roster.RosterFiles{Employees: &only}, roster.Known{Units: known.Units}, demoDay)
	expectLines(t, report.Faults,
		"pegawai.csv:2:NIP ATASAN: atasan dengan NIP 197805122009091022 tidak ada dalam data pegawai; betulkan NIP atau tambahkan pegawai itu",
		"pegawai.csv:3:NIP ATASAN: atasan dengan NIP 197805122009091022 tidak ada dalam data pegawai; betulkan NIP atau tambahkan pegawai itu")

	_, report = roster.ReadRoster(roster.RosterFiles{Employees: &only}, roster.Known{Employees: known.Employees}, demoDay)
	expectLines(t, report.Faults,
		"pegawai.csv:2:UNOR ID: unit “SETDA.0” tidak ada; isi UNOR ID sebuah unit dalam data unit, atau tambahkan unit itu",
		"pegawai.csv:3:UNOR ID: unit “SETDA.0” tidak ada; isi UNOR ID sebuah unit dalam data unit, atau tambahkan unit itu")
}

func TestOfficialsAloneReferToWhatTheDatabaseHolds(t *testing.T) {
	o := demoOffice(t)
	o.officials.set(2, "EMAIL", "Edi.Saputra@marelan.go.id")
	only := o.officials.file()
	_, report := roster.ReadRoster(roster.RosterFiles{Officials: &only}, demoKnown(t), demoDay)
	expectLines(t, report.Faults,
		"pejabat-luar.csv:2:EMAIL: email Edi.Saputra@marelan.go.id sudah dipakai 197805122009091022 di basis data; isi alamat milik orang ini sendiri")
}

func TestALoopThatRunsThroughTheDatabaseIsReportedInTheFile(t *testing.T) {
	o := demoOffice(t)
	o.employees.rows = [][]string{o.employees.rows[0], o.employees.rows[1]} // the top of the office
	o.employees.set(2, "NIP ATASAN", "'198111112012121004")                 // now below a subordinate's subordinate
	only := o.employees.file()
	_, report := roster.ReadRoster(roster.RosterFiles{Employees: &only}, demoKnown(t), demoDay)
	expectLines(t, report.Faults,
		"pegawai.csv:2:NIP ATASAN: atasan berputar kembali ke dirinya sendiri (198107232003031033 → 198111112012121004 → 197805122009091022 → 198107232003031033; 3 orang); isi NIP atasan langsung yang sebenarnya")
}

func TestANewPersonWithoutASuperiorIsNotASecondTop(t *testing.T) {
	o := demoOffice(t)
	o.employees.rows = [][]string{o.employees.rows[0], o.employees.rows[3]}
	o.employees.set(2, "NIP ATASAN", "")
	only := o.employees.file()
	_, report := roster.ReadRoster(roster.RosterFiles{Employees: &only}, demoKnown(t), demoDay)
	expectLines(t, report.Faults,
		"pegawai.csv:2:NIP ATASAN: NIP atasan kosong, padahal hanya pimpinan puncak MRL (198107232003031033) yang boleh tanpa atasan; isi NIP atasan langsung")
}

func TestOfSeveralTopsNoneIsGuessedWhenTheHeadIsNotAmongThem(t *testing.T) {
	o := demoOffice(t)
	o.units.set(2, "NIP KEPALA", "")
	o.employees.set(4, "NIP ATASAN", "")
	_, report := roster.ReadRoster(o.files(), roster.Known{}, demoDay)
	const remedy = "NIP ATASAN: 2 orang di bawah MRL tanpa atasan, padahal hanya satu yang boleh; isi NIP atasan langsung, atau isi NIP KEPALA unit MRL dengan pimpinan puncaknya"
	expectLines(t, report.Faults, "pegawai.csv:2:"+remedy, "pegawai.csv:4:"+remedy)
}

func TestEveryRootMayHaveItsOwnTop(t *testing.T) {
	o := demoOffice(t)
	o.units.add("PROV", "Pemerintah Provinsi", "", "'198111112012121004")
	o.employees.set(4, "UNOR ID", "PROV")
	o.employees.set(4, "NIP ATASAN", "")
	_, report := roster.ReadRoster(o.files(), roster.Known{}, demoDay)
	expectLines(t, report.Faults)
}

func TestALongLoopIsReportedAtEveryMemberAndAtNobodyBelowIt(t *testing.T) {
	const members = 20_000
	o := demoOffice(t)
	model := o.employees.rows[3]
	o.employees.rows = o.employees.rows[:2]
	nip := func(i int) string { return fmt.Sprintf("1981111120%02d121%03d", i/999%15, i%999+1) }
	seen := map[string]bool{}
	birth := func(i int) (string, string) { // a new birthday every 999 × 15 people keeps the NIPs apart
		day := 1 + i/(999*15)
		return fmt.Sprintf("198111%02d", day), fmt.Sprintf("%02d-11-1981", day)
	}
	number := func(i int) string { b, _ := birth(i); return b + nip(i)[8:] }
	for i := range members + 1 {
		row := append([]string(nil), model...)
		_, born := birth(i)
		row[0], row[5], row[14] = number(i), born, fmt.Sprintf("orang%d@marelan.go.id", i)
		row[13] = number((i + 1) % members)
		if i == members { // hangs from a member without being one
			row[13] = number(0)
		}
		if seen[row[0]] {
			t.Fatalf("the NIP %s is used twice by the test", row[0])
		}
		seen[row[0]] = true
		o.employees.add(row...)
	}
	o.units.rows = append(o.units.rows[:1], []string{"MRL", "Pemerintah Marelan", "", ""}, []string{"SETDA", "Setda", "MRL", ""}, []string{"SETDA.0", "TU", "SETDA", ""})
	_, report := roster.ReadRoster(o.files(), roster.Known{}, demoDay)
	if len(report.Faults) != members {
		t.Fatalf("%d faults for a loop of %d", len(report.Faults), members)
	}
	for i, f := range report.Faults {
		if f.Row != i+3 || f.Key != "import.superior_loop" {
			t.Fatalf("fault %d is %s", i, f.Line(locale.English))
		}
	}
	if line := report.Faults[0].Line(locale.English); !strings.Contains(line, "… →") || len(line) > 400 {
		t.Errorf("a long loop should be shortened: %s", line)
	}
}

func TestAnImportThatChangesNothingButCapitalsOfTheSamePersonIsRight(t *testing.T) {
	o := demoOffice(t)
	o.employees.set(4, "EMAIL", "ARIF.SAPUTRA@marelan.go.id")
	_, report := roster.ReadRoster(o.files(), demoKnown(t), demoDay)
	expectLines(t, report.Faults)
}

func TestAColumnThatNobodyReadsIsNoted(t *testing.T) {
	o := demoOffice(t)
	o.officials.rows[0] = append(o.officials.rows[0], "TELEPON")
	o.officials.rows[1] = append(o.officials.rows[1], "061-1")
	_, report := roster.ReadRoster(o.files(), roster.Known{}, demoDay)
	expectLines(t, report.Faults)
	expectLines(t, report.Notes, "pejabat-luar.csv:1:TELEPON: kolom ini tidak dikenal dan tidak dibaca; kolom yang dibaca: KODE, JABATAN, NAMA, EMAIL, UNOR ID")
}
