package service

import (
	"context"

	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
)

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
	return postgres.ImportRoster(ctx, t, rows, postgres.Readdressing{By: im.actor, Network: im.network, At: t.now})
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

// part returns the n-th file, nil if it was not given.
func (im *importing) part(n int) *roster.File {
	if n >= len(im.files) || im.files[n].Name == "" {
		return nil
	}
	return &im.files[n]
}
