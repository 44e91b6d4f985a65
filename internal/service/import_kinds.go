package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
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
}

// found keeps what a reading found and reports whether it may be applied.
func (im *importing) found(r roster.Report) bool {
	im.faults, im.notes = append(im.faults, r.Faults...), append(im.notes, r.Notes...)
	return r.OK()
}

// part returns the n-th file, nil if it was not given.
func (im *importing) part(n int) *roster.File {
	if n >= len(im.files) || im.files[n].Name == "" {
		return nil
	}
	return &im.files[n]
}

func importRoster(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	known, err := peopleKnown(ctx, t, false)
	if err != nil {
		return nil, err
	}
	files := roster.RosterFiles{Units: im.part(0), Employees: im.part(1), Officials: im.part(2)}
	read, report := roster.ReadRoster(files, known, im.now)
	if !im.found(report) {
		return nil, nil
	}
	var rows postgres.RosterRows
	if files.Units != nil {
		rows.Units = converted(read.Units, func(u roster.Unit) postgres.UnitRow {
			return postgres.UnitRow{Code: u.Code, Name: u.Name, Parent: u.ParentCode, Head: u.HeadNIP}
		})
	}
	if files.Employees != nil {
		rows.Employees = converted(read.Employees, employeeRow)
	}
	if files.Officials != nil {
		rows.Officials = converted(read.Officials, func(o roster.Official) postgres.OfficialRow {
			return postgres.OfficialRow{Code: o.Code, Post: o.Post, Name: o.Name, Email: o.Email, Unit: o.UnitCode}
		})
	}
	return postgres.ImportRoster(ctx, t, rows)
}

func employeeRow(e roster.Employee) postgres.EmployeeRow {
	row := postgres.EmployeeRow{
		NIP: e.NIP, Name: e.Name, FullName: fullName(e.TitlePrefix, e.Name, e.TitleSuffix), Email: e.Email, Prefix: e.TitlePrefix,
		Suffix: e.TitleSuffix, Sex: string(e.Sex), Birth: e.BirthDate, Employment: string(e.Kind), Grade: e.Grade,
		PositionKind: string(e.PositionKind), Position: e.PositionName, Unit: e.UnitCode, Superior: e.SuperiorNIP,
	}
	if !e.PositionSince.IsZero() {
		row.Since = &e.PositionSince
	}
	return row
}

// fullName writes a name with its titles as civil servants do: "Ir. Umar Simanjuntak, A.Md.".
func fullName(prefix, name, suffix string) string {
	if prefix != "" {
		name = prefix + " " + name
	}
	if suffix != "" {
		name += ", " + suffix
	}
	return name
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
	read, report := roster.ReadStrategy(im.files[0], known)
	if !im.found(report) {
		return nil, nil
	}
	return only(postgres.ImportStrategy(ctx, t, converted(read, func(i roster.StrategyItem) postgres.StrategyRow {
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
	read, report := roster.ReadMeasurements(im.files[0], known, im.now)
	if !im.found(report) {
		return nil, nil
	}
	return only(postgres.ImportMeasurements(ctx, t, converted(read, func(m roster.Measurement) postgres.MeasurementRow {
		return postgres.MeasurementRow{
			NIP: m.NIP, Month: m.Month, Received: m.Received, Completed: m.Completed, OnTime: m.OnTime, MeanDays: m.MeanDays,
			File: im.files[0].Name, Row: m.Row,
		}
	})))
}

func importSurvey(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	known, err := unitsKnown(ctx, t)
	if err != nil {
		return nil, err
	}
	read, report := roster.ReadSurvey(im.files[0], known, im.now)
	if !im.found(report) {
		return nil, nil
	}
	type alike struct {
		unit    string
		day     time.Time
		answers [9]int
	}
	seen := make(map[alike]int, len(read))
	return only(postgres.ImportSurvey(ctx, t, converted(read, func(r roster.SurveyResponse) postgres.SurveyRow {
		key := alike{r.UnitCode, r.Date, r.Answers}
		seen[key]++
		row := postgres.SurveyRow{Unit: r.UnitCode, Day: r.Date, Ordinal: seen[key]}
		for _, a := range r.Answers {
			row.Answers = append(row.Answers, int16(a))
		}
		return row
	})))
}

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
	var done []postgres.Imported
	add := func(d postgres.Imported, err error) error {
		done = append(done, d)
		return err
	}
	if len(read.Competencies) > 0 {
		if err := add(postgres.ImportCompetencies(ctx, t, converted(read.Competencies, func(c roster.Competency) postgres.CompetencyRow {
			return postgres.CompetencyRow{Code: c.Code, Name: c.Name, Kind: string(c.Kind)}
		}))); err != nil {
			return nil, err
		}
	}
	if len(read.Standards) > 0 {
		if err := add(postgres.ImportStandards(ctx, t, converted(read.Standards, func(s roster.Standard) postgres.StandardRow {
			return postgres.StandardRow{PositionKind: string(s.PositionKind), Unit: s.UnitCode, Competency: s.CompetencyCode, Level: int16(s.Level)}
		}))); err != nil {
			return nil, err
		}
	}
	if len(read.Assessments) > 0 {
		if err := add(postgres.ImportAssessments(ctx, t, converted(read.Assessments, func(a roster.Assessment) postgres.AssessmentRow {
			return postgres.AssessmentRow{NIP: a.NIP, Competency: a.CompetencyCode, Source: string(a.Source), Day: a.Date, Level: int16(a.Level)}
		}))); err != nil {
			return nil, err
		}
	}
	return done, nil
}

func importTrainings(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	var known roster.Known
	if err := addCompetencies(ctx, t, &known); err != nil {
		return nil, err
	}
	read, report := roster.ReadTrainings(im.files[0], known)
	if !im.found(report) {
		return nil, nil
	}
	return only(postgres.ImportTrainings(ctx, t, converted(read, func(r roster.Training) postgres.CatalogueRow {
		return postgres.CatalogueRow{
			Code: r.Code, Title: r.Title, Competency: r.CompetencyCode, Level: int16(r.Level), Channel: string(r.Channel), Form: r.Form,
			Hours: r.Hours, Seats: r.Seats, Cost: r.Cost, Starts: r.Start, Ends: r.End,
		}
	})))
}

func importHolidays(ctx context.Context, t *tx, im *importing) ([]postgres.Imported, error) {
	read, report := roster.ReadHolidays(im.files[0])
	if !im.found(report) {
		return nil, nil
	}
	return only(postgres.ImportHolidays(ctx, t, converted(read, func(h roster.Holiday) postgres.HolidayRow {
		return postgres.HolidayRow{Day: h.Date, Name: h.Name}
	})))
}
