package service

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/roster"
)

// largeRoster is an office of n people in units of 100, each unit below the first.
func largeRoster(n int) []roster.File {
	nip := func(i int) (string, string) {
		day := time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i/900)
		return fmt.Sprintf("%s2010011%03d", day.Format("20060102"), i%900+1), day.Format("02-01-2006")
	}
	var units, employees strings.Builder
	units.WriteString("UNOR ID;UNOR NAMA;UNOR INDUK ID;NIP KEPALA\n")
	employees.WriteString("NIP BARU;NAMA;GELAR DEPAN;GELAR BELAKANG;JENIS KELAMIN;TANGGAL LAHIR;STATUS;GOLONGAN;JENIS JABATAN;NAMA JABATAN;UNOR ID;NIP ATASAN;EMAIL;TMT JABATAN\n")
	for i := range n {
		number, born := nip(i)
		head, _ := nip(i / 100 * 100)
		top, _ := nip(0)
		unit, superior := fmt.Sprintf("U%04d", i/100), head
		if i%100 == 0 {
			parent := "U0000"
			superior = top
			if i == 0 {
				parent, superior = "", ""
			}
			fmt.Fprintf(&units, "%s;Unit %s;%s;'%s\n", unit, unit, parent, number)
		}
		if superior != "" {
			superior = "'" + superior
		}
		fmt.Fprintf(&employees, "'%s;Orang Ke%d;Drs.;M.Si.;L;%s;PNS;III/b;Pelaksana;Pengelola Layanan;%s;%s;orang%d@marelan.go.id;01-02-2020\n",
			number, i, born, unit, superior, i)
	}
	return []roster.File{{Name: "unit.csv", Data: []byte(units.String())}, {Name: "pegawai.csv", Data: []byte(employees.String())}}
}

func TestImportOf100000PeopleTakesAtMostFourTimesACopy(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	const people, pairs = 100_000, 3
	files := largeRoster(people)
	var imports, copies, again []time.Duration
	for range pairs {
		b := office(t)
		start := time.Now()
		report := b.imports(t, ImportRoster, files)
		imports = append(imports, time.Since(start))
		if got := countsOf(report)["employee"]; got != (counts{people, 0, 0, 0}) {
			t.Fatalf("imported %v", got)
		}
		copies = append(copies, copyPeople(t, b))
		start = time.Now()
		if got := countsOf(b.imports(t, ImportRoster, files))["employee"]; got != (counts{0, 0, people, 0}) {
			t.Fatalf("imported again %v", got)
		}
		again = append(again, time.Since(start))
	}
	var ratios []float64
	for i := range imports {
		ratios = append(ratios, imports[i].Seconds()/copies[i].Seconds())
	}
	slices.Sort(ratios)
	t.Logf("import %v, the same again %v, COPY of the same rows %v, ratios %.2f", imports, again, copies, ratios)
	if ratios[pairs/2] > 4 {
		t.Errorf("the import takes %.2f times as long as a COPY of its rows", ratios[pairs/2])
	}
}

// copyPeople copies the people and employees of b's record into another, which has the units, and returns how long that takes.
func copyPeople(t *testing.T, from *bundle) time.Duration {
	t.Helper()
	to := office(t)
	rows := func(table, columns string) [][]any {
		found, err := from.pool.Query(t.Context(), `select `+columns+` from `+table)
		must(t, err)
		list, err := pgx.CollectRows(found, func(r pgx.CollectableRow) ([]any, error) { return r.Values() })
		must(t, err)
		return list
	}
	const units = "id, code, name"
	copyInto := func(tx pgx.Tx, table, columns string, list [][]any) {
		_, err := tx.CopyFrom(t.Context(), pgx.Identifier{table}, strings.Split(columns, ", "), pgx.CopyFromRows(list))
		must(t, err)
	}
	must(t, pgx.BeginFunc(t.Context(), to.pool, func(tx pgx.Tx) error {
		copyInto(tx, "unit", units, rows("unit", units))
		return nil
	}))
	const person = "id, kind, name, full_name, email"
	const employee = "person_id, nip, title_prefix, title_suffix, sex, birth_date, employment, grade, position_kind, position_name, position_since, unit_id, superior_id"
	persons, employees := rows("person", person), rows("employee", employee)
	start := time.Now()
	must(t, pgx.BeginFunc(t.Context(), to.pool, func(tx pgx.Tx) error {
		copyInto(tx, "person", person, persons)
		copyInto(tx, "employee", employee, employees)
		return nil
	}))
	return time.Since(start)
}
