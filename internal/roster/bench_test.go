package roster_test

import (
	"fmt"
	"testing"

	"github.com/marelan/telaah/internal/roster"
)

// largeOffice is an office of n people in units of 100, each unit below the first.
func largeOffice(b *testing.B, n int) *office {
	b.Helper()
	o := demoOffice(b)
	model := o.employees.rows[3]
	o.units.rows, o.employees.rows = o.units.rows[:1], o.employees.rows[:1]
	nip := func(i int) (string, string) {
		year, month, day := 1960+i/999/28/12, i/999/28%12+1, i/999%28+1
		return fmt.Sprintf("%04d%02d%02d2010011%03d", year, month, day, i%999+1), fmt.Sprintf("%02d-%02d-%04d", day, month, year)
	}
	for i := range n {
		row := append([]string(nil), model...)
		number, born := nip(i)
		unit, superior := fmt.Sprintf("U%04d", i/100), ""
		if head, _ := nip(i / 100 * 100); i%100 > 0 {
			superior = "'" + head
		} else if top, _ := nip(0); i > 0 {
			superior = "'" + top
		}
		row[0], row[5], row[10], row[13], row[14] = "'"+number, born, unit, superior, fmt.Sprintf("orang%d@marelan.go.id", i)
		o.employees.add(row...)
		if i%100 == 0 {
			parent := "U0000"
			if i == 0 {
				parent = ""
			}
			o.units.add(unit, "Unit "+unit, parent, "'"+number)
		}
	}
	return o
}

func BenchmarkReadRosterOf100000(b *testing.B) {
	o := largeOffice(b, 100_000)
	text := o.files()
	employees := workbook(b, o.employees, true)
	wrong := largeOffice(b, 100_000)
	for i := range wrong.employees.rows[1:] {
		for _, c := range []int{0, 1, 4, 5, 6, 8, 10, 13, 14, 15} {
			wrong.employees.rows[i+1][c] = "?"
		}
	}
	for name, c := range map[string]struct {
		files roster.RosterFiles
		right bool
	}{
		"csv":              {text, true},
		"xlsx":             {roster.RosterFiles{Units: text.Units, Employees: &employees, Officials: nil}, true},
		"nothing_is_right": {wrong.files(), false},
	} {
		b.Run(name, func(b *testing.B) {
			c.files.Officials = nil
			b.ReportAllocs()
			b.SetBytes(int64(len(c.files.Employees.Data)))
			for b.Loop() {
				read, report := roster.ReadRoster(c.files, roster.Known{}, demoDay)
				if report.OK() != c.right || len(read.Employees) != 100_000 {
					b.Fatalf("%d faults, %d employees", len(report.Faults), len(read.Employees))
				}
			}
		})
	}
}
