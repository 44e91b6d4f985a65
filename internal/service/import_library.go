package service

import (
	"context"

	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
)

func importLibrary(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	rows := readEach(im, roster.ReadLibrary, func(e roster.LibraryEntry) int { return e.Row }, identity[roster.LibraryEntry]{
		of: roster.LibraryEntry.Key, column: "INDIKATOR", fault: "import.library_twice",
	})
	if rows == nil {
		return nil, nil
	}
	return only(postgres.ImportLibrary(ctx, t, converted(rows, func(s sourced[roster.LibraryEntry]) postgres.LibraryRow {
		e := s.item
		return postgres.LibraryRow{
			PositionKind: string(e.PositionKind), PositionName: e.PositionName, Statement: e.Statement, Indicator: e.Indicator,
			Aspect: string(e.Aspect), Target: e.Target, Measure: e.Measure, Direction: string(e.Direction), Offered: e.Offered,
		}
	})))
}
