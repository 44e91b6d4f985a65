package activities

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// CohortView is what a calibration finds when it looks.
type CohortView = service.CohortView

// Barrier reads and moves a cohort's row.
type Barrier interface {
	LookAtCohort(ctx context.Context, id appraisal.CohortID) (CohortView, error)
}

// Calibration holds the local activity of a cohort's calibration.
type Calibration struct{ Barrier Barrier }

// LookAtCohort opens a session that is due, reminds the committee, and tells what the calibration waits for.
func (a *Calibration) LookAtCohort(ctx context.Context, id appraisal.CohortID) (CohortView, error) {
	v, err := a.Barrier.LookAtCohort(ctx, id)
	return v, failure(ctx, err)
}
