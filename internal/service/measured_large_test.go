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

// largeMeasurements are ten months of n people; the share of one in `every` has other figures than the rest.
func largeMeasurements(n, every int) []roster.File {
	var b strings.Builder
	b.WriteString(measurementHeader + "\n")
	for i := range n {
		day := time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i/900)
		onTime := 30
		if every > 0 && i%every == 0 {
			onTime = 29
		}
		for month := 1; month <= 10; month++ {
			fmt.Fprintf(&b, "'%s2010011%03d;2025-%02d;40;38;%d;2,5\n", day.Format("20060102"), i%900+1, month, onTime)
		}
	}
	return []roster.File{{Name: "ukuran.csv", Data: []byte(b.String())}}
}

func TestImportOf100000MeasurementsTakesAtMostFourTimesACopy(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	const people, pairs = 10_000, 3
	first, second := largeMeasurements(people, 0), largeMeasurements(people, 10)
	var ratios []float64
	for range pairs {
		b := office(t)
		b.imports(t, ImportRoster, largeRoster(people))
		start := time.Now()
		if got := countsOf(b.imports(t, ImportMeasurements, first))["measurement"]; got != (counts{10 * people, 0, 0, 0}) {
			t.Fatalf("imported %v", got)
		}
		took := time.Since(start)
		start = time.Now()
		if got := countsOf(b.imports(t, ImportMeasurements, first))["measurement"]; got != (counts{0, 0, 10 * people, 0}) {
			t.Fatalf("imported again %v", got)
		}
		again := time.Since(start)
		start = time.Now()
		if got := countsOf(b.imports(t, ImportMeasurements, second))["measurement"]; got != (counts{0, people, 9 * people, 0}) {
			t.Fatalf("imported corrections %v", got)
		}
		corrected, copied := time.Since(start), copyMeasurements(t, b)
		ratios = append(ratios, took.Seconds()/copied.Seconds())
		t.Logf("import %v, the same again %v, a tenth corrected %v, COPY of the same rows %v", took, again, corrected, copied)
	}
	slices.Sort(ratios)
	if ratios[pairs/2] > 4 {
		t.Errorf("the import takes %.2f times as long as a COPY of its rows", ratios[pairs/2])
	}
}

// copyMeasurements empties the table, copies its first versions back, and returns how long that takes.
func copyMeasurements(t *testing.T, b *bundle) time.Duration {
	t.Helper()
	const columns = "person_id, month, number, received, completed, on_time, mean_days, source_file, source_row, recorded_at"
	found, err := b.pool.Query(t.Context(), `select `+columns+` from measurement where number = 1`)
	must(t, err)
	rows, err := pgx.CollectRows(found, func(r pgx.CollectableRow) ([]any, error) { return r.Values() })
	must(t, err)
	_, err = b.pool.Exec(t.Context(), `truncate measurement`)
	must(t, err)
	start := time.Now()
	_, err = b.pool.CopyFrom(t.Context(), pgx.Identifier{"measurement"}, strings.Split(columns, ", "), pgx.CopyFromRows(rows))
	must(t, err)
	return time.Since(start)
}
