package service

import (
	"context"
	"fmt"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
)

func importStrategy(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	known, err := unitsKnown(ctx, t)
	if err != nil {
		return nil, err
	}
	items, err := postgres.KnownStrategy(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("read the known strategy: %w", err)
	}
	known.Strategy = make(map[string]roster.StrategyKind, len(items))
	for _, i := range items {
		known.Strategy[i.Code] = roster.StrategyKind(i.Kind)
	}
	if len(im.files) > 1 { // an objective may serve a mission of another file
		for _, file := range im.files {
			items, _ := roster.ReadStrategy(file, roster.Known{Unchecked: true})
			for _, i := range items {
				known.Strategy[i.Code] = i.Kind
			}
		}
	}
	read := func(f roster.File) ([]roster.StrategyItem, roster.Report) { return roster.ReadStrategy(f, known) }
	rows := readEach(im, read, func(i roster.StrategyItem) int { return i.Row }, identity[roster.StrategyItem]{
		of: func(i roster.StrategyItem) string { return i.Code }, column: "KODE", fault: "import.code_twice",
	})
	if rows == nil {
		return nil, nil
	}
	return only(postgres.ImportStrategy(ctx, t, converted(rows, func(s sourced[roster.StrategyItem]) postgres.StrategyRow {
		i := s.item
		if i.Direction == "" {
			i.Direction = appraisal.DirectionMore
		}
		return postgres.StrategyRow{
			Code: i.Code, Parent: i.ParentCode, Kind: string(i.Kind), Unit: i.UnitCode, Text: i.Text, Indicator: i.Indicator,
			Target: i.Target, Measure: i.Measure, Direction: string(i.Direction),
		}
	})))
}

func importHolidays(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	rows := readEach(im, roster.ReadHolidays, func(h roster.Holiday) int { return h.Row }, identity[roster.Holiday]{
		of: func(h roster.Holiday) string { return h.Date.Format("02-01-2006") }, column: "TANGGAL", fault: "import.holiday_twice",
	})
	if rows == nil {
		return nil, nil
	}
	return only(postgres.ImportHolidays(ctx, t, converted(rows, func(s sourced[roster.Holiday]) postgres.HolidayRow {
		return postgres.HolidayRow{Day: s.item.Date, Name: s.item.Name}
	})))
}
