package service

import (
	"context"

	"github.com/marelan/telaah/internal/postgres"

	"github.com/marelan/telaah/internal/appraisal"
)

// leastYear is how many days a period has at least to count as a year: a year's cycle may begin or end a month beside it.
const leastYear = 330

// readMeaning says what the rating in force means for the career, to those who may see it.
func (r *reading) readMeaning(ctx context.Context) error {
	r.view.Meaning = []appraisal.Sentence{}
	if r.view.Rating == nil {
		return nil
	}
	start, end := r.view.PeriodStart, r.view.PeriodEnd
	earlier, err := postgres.YearResults(ctx, r, r.row.EmployeeID, start, leastYear)
	if err != nil {
		return err
	}
	result := appraisal.YearResult{Year: end.Year(), Predikat: r.view.Rating.Predikat}
	yearly := end.Sub(start).Hours() >= leastYear*24
	if said := r.policy.Meaning(result, yearly, earlier); said != nil {
		r.view.Meaning = said
	}
	return nil
}
