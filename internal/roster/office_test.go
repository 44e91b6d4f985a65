package roster_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
)

// cells is a file that a test breaks before it is written out; row and column count as a report does.
type cells struct {
	name string
	rows [][]string
}

func demoCells(t testing.TB, name string) *cells {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(demoFile(t, name).Data), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return &cells{name, rows}
}

func (c *cells) column(header string) int {
	i := slices.Index(c.rows[0], header)
	if i < 0 {
		panic("no column " + header)
	}
	return i
}

func (c *cells) get(row int, header string) string { return c.rows[row-1][c.column(header)] }

func (c *cells) set(row int, header, value string) { c.rows[row-1][c.column(header)] = value }

func (c *cells) drop(header string) {
	i := c.column(header)
	for n, row := range c.rows {
		c.rows[n] = slices.Delete(row, i, i+1)
	}
}

func (c *cells) add(row ...string) { c.rows = append(c.rows, row) }

func (c *cells) text(delimiter string) string {
	var b strings.Builder
	for _, row := range c.rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteString(delimiter)
			}
			if strings.ContainsAny(cell, delimiter+"\"\r\n") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func (c *cells) file() roster.File { return file(c.name, "\ufeff"+c.text(";")) }

func file(name, text string) roster.File { return roster.File{Name: name, Data: []byte(text)} }

// office is a roster import that a test breaks. A raw file takes the place of the cells.
type office struct {
	units, employees, officials *cells
	rawUnits, rawEmployees      *roster.File
}

func demoOffice(t testing.TB) *office {
	return &office{
		units:     demoCells(t, "unit-organisasi.csv"),
		employees: demoCells(t, "pegawai.csv"),
		officials: demoCells(t, "pejabat-luar.csv"),
	}
}

func (o *office) files() roster.RosterFiles {
	units, employees, officials := o.units.file(), o.employees.file(), o.officials.file()
	files := roster.RosterFiles{Units: &units, Employees: &employees, Officials: &officials}
	if o.rawUnits != nil {
		files.Units = o.rawUnits
	}
	if o.rawEmployees != nil {
		files.Employees = o.rawEmployees
	}
	return files
}

func expectLines(t *testing.T, faults []roster.Fault, want ...string) {
	t.Helper()
	var got []string
	for _, f := range faults {
		got = append(got, f.Line(locale.Indonesian))
		for _, lang := range locale.Langs {
			if line := f.Line(lang); strings.ContainsAny(line, "{}\r\n") || strings.Contains(line, "import.") {
				t.Errorf("not a finished sentence in %s: %s", lang, line)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
