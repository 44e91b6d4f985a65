package roster_test

import (
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
)

// Whatever the bytes, reading ends, every fault is one finished line that points into the file, and what is read without a fault
// keeps the promises that the importer relies on.
func FuzzReadRoster(f *testing.F) {
	units, employees := demoCells(f, "unit-organisasi.csv"), demoCells(f, "pegawai.csv")
	units.rows, employees.rows = units.rows[:3], employees.rows[:2]
	f.Add(units.file().Data, employees.file().Data)
	f.Add(units.file().Data, utf16File(employees, true).Data)
	f.Add(units.file().Data, workbook(f, employees, true).Data)
	f.Add([]byte(units.text(",")), []byte(strings.Replace(employees.text("\t"), "NAMA", `"NAMA`, 1)))
	f.Add([]byte("UNOR ID\x00\x1b[2J;UNOR NAMA\r\nA;B\r\n"), employees.file().Data)
	f.Fuzz(func(t *testing.T, unitData, employeeData []byte) {
		u, e := roster.File{Name: "unit.csv", Data: unitData}, roster.File{Name: "pegawai.csv", Data: employeeData}
		read, report := roster.ReadRoster(roster.RosterFiles{Units: &u, Employees: &e}, roster.Known{}, demoDay)
		for _, fault := range append(report.Faults, report.Notes...) {
			line := fault.Line(locale.Indonesian)
			if fault.Row < 1 || fault.Column == "" || strings.ContainsAny(line, "\r\n\x1b") || strings.Contains(line, "import.") {
				t.Fatalf("bad fault %+v: %q", fault, line)
			}
		}
		if !report.OK() {
			return
		}
		codes, people := map[string]bool{}, map[string]string{}
		for _, unit := range read.Units {
			if unit.Code == "" || codes[unit.Code] {
				t.Fatalf("unit %+v was let through", unit)
			}
			codes[unit.Code] = true
		}
		for _, person := range read.Employees {
			_, twice := people[person.NIP]
			if len(person.NIP) != 18 || twice || !codes[person.UnitCode] || strings.ContainsAny(person.Name+person.Email, "\r\n\x00") {
				t.Fatalf("employee %+v was let through", person)
			}
			people[person.NIP] = person.SuperiorNIP
		}
		for nip := range people {
			at, steps := nip, 0
			for people[at] != "" {
				if at, steps = people[at], steps+1; steps > len(people) {
					t.Fatalf("a loop at %s was let through", nip)
				}
			}
		}
	})
}
