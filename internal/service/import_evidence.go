package service

import (
	"context"
	"fmt"
	"time"

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

func importMeasurements(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	known, err := peopleKnown(ctx, t, true)
	if err != nil {
		return nil, err
	}
	read := func(f roster.File) ([]roster.Measurement, roster.Report) {
		return roster.ReadMeasurements(f, known, im.now)
	}
	rows := readEach(im, read, func(m roster.Measurement) int { return m.Row }, identity[roster.Measurement]{
		of: func(m roster.Measurement) string { return m.NIP + " " + m.Month.Format("2006-01") }, column: "BULAN", fault: "import.month_twice",
	})
	if rows == nil {
		return nil, nil
	}
	return only(postgres.ImportMeasurements(ctx, t, converted(rows, func(s sourced[roster.Measurement]) postgres.MeasurementRow {
		m := s.item
		return postgres.MeasurementRow{
			NIP: m.NIP, Month: m.Month, Received: m.Received, Completed: m.Completed, OnTime: m.OnTime, MeanDays: m.MeanDays,
			File: s.file, Row: s.row,
		}
	})))
}

// importSurvey takes equal rows for different respondents, also those of several files.
func importSurvey(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	known, err := unitsKnown(ctx, t)
	if err != nil {
		return nil, err
	}
	read := func(f roster.File) ([]roster.SurveyResponse, roster.Report) {
		return roster.ReadSurvey(f, known, im.now)
	}
	rows := readEach(im, read, func(r roster.SurveyResponse) int { return r.Row }, identity[roster.SurveyResponse]{})
	if rows == nil {
		return nil, nil
	}
	type alike struct {
		unit    string
		day     time.Time
		answers [9]int
	}
	seen := make(map[alike]int, len(rows))
	return only(postgres.ImportSurvey(ctx, t, converted(rows, func(s sourced[roster.SurveyResponse]) postgres.SurveyRow {
		r := s.item
		key := alike{r.UnitCode, r.Date, r.Answers}
		seen[key]++
		row := postgres.SurveyRow{Unit: r.UnitCode, Day: r.Date, Ordinal: seen[key]}
		for _, a := range r.Answers {
			row.Answers = append(row.Answers, int16(a))
		}
		return row
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
