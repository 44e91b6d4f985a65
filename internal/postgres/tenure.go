package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Tenure is how many of its period's months somebody served, with HR's correction if there was one.
type Tenure struct {
	Served      int
	Months      int
	Since       *time.Time
	Cause       appraisal.TenureCause
	Reason      string
	CorrectedBy *string
	CorrectedAt *time.Time
}

// GetTenure returns what part of the period was served, nil for the whole.
func GetTenure(ctx context.Context, q Querier, id appraisal.AppraisalID) (*Tenure, error) {
	return optional[Tenure](ctx, q, `select t.served::int, t.months::int, t.since, t.cause, t.reason, p.full_name as corrected_by, t.corrected_at
		from tenure t left join person p on p.id = t.corrected_by where t.appraisal_id = $1`, id)
}

// CorrectTenure stores HR's months in place of those that were counted.
func CorrectTenure(ctx context.Context, q Querier, id appraisal.AppraisalID, served, months int, reason string, by *appraisal.PersonID, at time.Time) error {
	_, err := exec(ctx, q, `insert into tenure (appraisal_id, served, months, cause, reason, corrected_by, corrected_at)
		values ($1, $2, $3, 'corrected', $4, $5, $6)
		on conflict (appraisal_id) do update set served = excluded.served, months = excluded.months, cause = excluded.cause,
			reason = excluded.reason, corrected_by = excluded.corrected_by, corrected_at = excluded.corrected_at`,
		id, served, months, reason, by, at)
	return err
}

// HasRating reports whether any version of the rating has been stored.
func HasRating(ctx context.Context, q Querier, id appraisal.AppraisalID) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select 1 from rating where appraisal_id = $1)`, id)
}
