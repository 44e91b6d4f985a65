package service

import (
	"context"
	"fmt"

	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
)

// unitsKnown reads what the record holds of units.
func unitsKnown(ctx context.Context, t *tx) (roster.Known, error) {
	units, err := postgres.KnownUnits(ctx, t)
	if err != nil {
		return roster.Known{}, fmt.Errorf("read the known units: %w", err)
	}
	known := roster.Known{Units: make(map[string]roster.KnownUnit, len(units))}
	for _, u := range units {
		known.Units[u.Code] = roster.KnownUnit{ParentCode: u.Parent, HeadNIP: u.Head}
	}
	return known, nil
}

// peopleKnown reads what the record holds of units and people. Those who have left count where a file speaks of the past, and not
// where it says who is there now: their addresses and places are free.
func peopleKnown(ctx context.Context, t *tx, left bool) (roster.Known, error) {
	known, err := unitsKnown(ctx, t)
	if err != nil {
		return known, err
	}
	employees, err := postgres.KnownEmployees(ctx, t, left)
	if err != nil {
		return known, fmt.Errorf("read the known employees: %w", err)
	}
	known.Employees = make(map[string]roster.KnownEmployee, len(employees))
	for _, e := range employees {
		known.Employees[e.NIP] = roster.KnownEmployee{UnitCode: e.Unit, SuperiorNIP: e.Superior, Email: e.Email}
	}
	officials, err := postgres.KnownOfficials(ctx, t)
	if err != nil {
		return known, fmt.Errorf("read the known officials: %w", err)
	}
	known.Officials = make(map[string]string, len(officials))
	for _, o := range officials {
		known.Officials[o.Code] = o.Email
	}
	return known, nil
}

func addCompetencies(ctx context.Context, t *tx, known *roster.Known) error {
	codes, err := postgres.KnownCompetencies(ctx, t)
	if err != nil {
		return fmt.Errorf("read the known competencies: %w", err)
	}
	known.Competencies = make(map[string]bool, len(codes))
	for _, c := range codes {
		known.Competencies[c] = true
	}
	return nil
}
