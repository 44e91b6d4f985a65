package service

import (
	"context"

	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
)

func importCompetencies(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	known, err := peopleKnown(ctx, t, true)
	if err == nil {
		err = addCompetencies(ctx, t, &known)
	}
	if err != nil {
		return nil, err
	}
	read, report := roster.ReadCompetencies(im.files, known, im.now)
	if !im.found(report) {
		return nil, nil
	}
	// A kind that none of the files holds was not given: its rows are not missing.
	var done []postgres.Imported
	for _, part := range []struct {
		rows  int
		apply func() (postgres.Imported, error)
	}{
		{len(read.Competencies), func() (postgres.Imported, error) {
			return postgres.ImportCompetencies(ctx, t, converted(read.Competencies, competencyRow))
		}},
		{len(read.Standards), func() (postgres.Imported, error) {
			return postgres.ImportStandards(ctx, t, converted(read.Standards, standardRow))
		}},
		{len(read.Assessments), func() (postgres.Imported, error) {
			return postgres.ImportAssessments(ctx, t, converted(read.Assessments, assessmentRow))
		}},
	} {
		if part.rows == 0 {
			continue
		}
		d, err := part.apply()
		if err != nil {
			return nil, err
		}
		done = append(done, d)
	}
	return done, nil
}

func competencyRow(c roster.Competency) postgres.CompetencyRow {
	return postgres.CompetencyRow{Code: c.Code, Name: c.Name, Kind: string(c.Kind)}
}

func standardRow(s roster.Standard) postgres.StandardRow {
	return postgres.StandardRow{PositionKind: string(s.PositionKind), Unit: s.UnitCode, Competency: s.CompetencyCode, Level: int16(s.Level)}
}

func assessmentRow(a roster.Assessment) postgres.AssessmentRow {
	return postgres.AssessmentRow{NIP: a.NIP, Competency: a.CompetencyCode, Source: string(a.Source), Day: a.Date, Level: int16(a.Level)}
}

func importTrainings(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	var known roster.Known
	if err := addCompetencies(ctx, t, &known); err != nil {
		return nil, err
	}
	read := func(f roster.File) ([]roster.Training, roster.Report) { return roster.ReadTrainings(f, known) }
	rows := readEach(im, read, func(r roster.Training) int { return r.Row }, identity[roster.Training]{
		of: func(r roster.Training) string { return r.Code }, column: "KODE", fault: "import.code_twice",
	})
	if rows == nil {
		return nil, nil
	}
	return only(postgres.ImportTrainings(ctx, t, converted(rows, func(s sourced[roster.Training]) postgres.CatalogueRow {
		r := s.item
		return postgres.CatalogueRow{
			Code: r.Code, Title: r.Title, Competency: r.CompetencyCode, Level: int16(r.Level), Channel: string(r.Channel), Form: string(r.Form),
			Hours: r.Hours, Seats: r.Seats, Cost: r.Cost, Starts: r.Start, Ends: r.End,
		}
	})))
}
