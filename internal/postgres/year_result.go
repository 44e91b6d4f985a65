package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// YearResults returns somebody's final predikats of yearly cycles that ended before a day: one for each year, that of the cycle
// that ended last in it.
func YearResults(ctx context.Context, q Querier, who appraisal.PersonID, before time.Time, leastDays int) ([]appraisal.YearResult, error) {
	return all[appraisal.YearResult](ctx, q, `select distinct on (year) extract(year from c.period_end)::int as year, r.predikat
		from appraisal a join cycle c on c.id = a.cycle_id
		join lateral (select predikat from rating where appraisal_id = a.id order by number desc limit 1) r on true
		where a.employee_id = $1 and a.stage = 'closed' and c.period_end < $2 and c.period_end - c.period_start >= $3
		order by year desc, c.period_end desc`, who, before, leastDays)
}
