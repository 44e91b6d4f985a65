package service

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
)

// recorded says who brings figures into the record, and when.
func (im *importing) recorded(t *tx) postgres.Recorded {
	return postgres.Recorded{At: t.now, By: im.actor}
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
	}), im.recorded(t)))
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
	return postgres.ImportSurvey(ctx, t, converted(rows, func(s sourced[roster.SurveyResponse]) postgres.SurveyRow {
		r := s.item
		key := alike{r.UnitCode, r.Date, r.Answers}
		seen[key]++
		row := postgres.SurveyRow{Unit: r.UnitCode, Day: r.Date, Ordinal: seen[key], File: s.file, Row: s.row}
		for _, a := range r.Answers {
			row.Answers = append(row.Answers, int16(a))
		}
		return row
	}), im.recorded(t))
}
