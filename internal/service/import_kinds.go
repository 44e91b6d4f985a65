package service

import (
	"context"

	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
)

// importers read and apply the files of a kind. What is wrong with them is left in the importing, and then nothing is applied.
var importers = map[ImportKind]func(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error){
	ImportRoster:       importRoster,
	ImportStrategy:     importStrategy,
	ImportMeasurements: importMeasurements,
	ImportSurvey:       importSurvey,
	ImportCompetencies: importCompetencies,
	ImportTrainings:    importTrainings,
	ImportHolidays:     importHolidays,
	ImportLibrary:      importLibrary,
}

// found keeps what a reading found and reports whether there is no fault so far.
func (im *importing) found(r roster.Report) bool {
	im.faults, im.notes = append(im.faults, r.Faults...), append(im.notes, r.Notes...)
	return len(im.faults) == 0
}

// sourced is a row with the place where it stands.
type sourced[T any] struct {
	item T
	file string
	row  int
}

// identity tells whether two rows of different files speak of the same: column is named when they do, and fault says so.
type identity[T any] struct {
	of            func(T) string
	column, fault string
}

// readEach reads every file by itself and reports what a later file says again. It returns nil when something is wrong.
func readEach[T any](im *importing, read func(roster.File) ([]T, roster.Report), row func(T) int, same identity[T]) []sourced[T] {
	type place struct {
		file, row int
	}
	rows, first := []sourced[T]{}, map[string]place{}
	for n, file := range im.files {
		items, report := read(file)
		im.found(report)
		for _, item := range items {
			rows = append(rows, sourced[T]{item, baseName(file), row(item)})
			if same.of == nil || len(im.files) == 1 {
				continue
			}
			key := same.of(item)
			earlier, twice := first[key]
			if !twice {
				first[key] = place{n, row(item)}
			} else if earlier.file != n {
				im.faults = append(im.faults, roster.Fault{
					File: file.Name, Row: row(item), Column: same.column, Key: same.fault,
					Args: map[string]any{"value": key, "file": baseName(im.files[earlier.file]), "row": earlier.row},
				})
			}
		}
	}
	if len(im.faults) > 0 {
		return nil
	}
	return rows
}

// converted returns the rows as the record takes them, never nil.
func converted[F, T any](from []F, convert func(F) T) []T {
	to := make([]T, len(from))
	for i, f := range from {
		to[i] = convert(f)
	}
	return to
}

// only makes a list of an import that concerns one table.
func only(d postgres.Imported, err error) ([]postgres.Imported, error) {
	return []postgres.Imported{d}, err
}
