package postgres

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
)

// SpreadCount is how many people of one unit and position kind went the same way from the appraiser's rating to the final one.
type SpreadCount struct {
	UnitID       appraisal.UnitID
	UnitCode     string
	Unit         string
	PositionKind appraisal.PositionKind
	Reviewed     appraisal.Predikat // as the appraiser rated
	Calibrated   appraisal.Predikat // as the committee left it
	Final        appraisal.Predikat // as it stands, after any objection
	People       int
}

// SpreadCounts counts the released ratings of a cycle in a part of the organisation. Who was withdrawn has none.
func SpreadCounts(ctx context.Context, q Querier, cycle appraisal.CycleID, in appraisal.Scope) ([]SpreadCount, error) {
	return all[SpreadCount](ctx, q, `select a.unit_id, u.code as unit_code, u.name as unit, a.position_kind, r.reviewed, r.calibrated, r.final,
			count(*)::int as people
		from appraisal a join unit u on u.id = a.unit_id
		join lateral (select (array_agg(predikat order by number desc) filter (where source = 'review'))[1] as reviewed,
				(array_agg(predikat order by number desc) filter (where source <> 'objection'))[1] as calibrated,
				(array_agg(predikat order by number desc))[1] as final
			from rating where appraisal_id = a.id) r on r.reviewed is not null
		where a.cycle_id = $1 and a.stage <> 'withdrawn' and ($2::uuid[] is null or a.unit_id = any($2)) and `+releasedSQL+`
		group by a.unit_id, u.code, u.name, a.position_kind, r.reviewed, r.calibrated, r.final
		order by u.code, a.position_kind`, cycle, units(in))
}
