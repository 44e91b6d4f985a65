package postgres

import "context"

// LibraryRow is an indicator of a key result that is offered for the plans of a position.
type LibraryRow struct {
	PositionKind, PositionName, Statement, Indicator, Aspect, Target, Measure, Direction string
	Offered                                                                              bool
}

var libraryImport = importTable{
	entity: "library_entry",
	columns: []string{"position_kind text", "position_name text", "statement text", "indicator text", "aspect text", "target text",
		"measure text", "direction text", "offered boolean"},
	compare: `select i.ordinal, concat_ws(' · ', i.position_kind, nullif(i.position_name, ''), i.statement, i.indicator) as key, l.id, l.id is null as added,
		case when l.id is null then '{}' else array_remove(array[
			case when l.aspect <> i.aspect then 'aspect' end,
			case when l.target <> i.target::numeric then 'target' end,
			case when l.measure <> i.measure then 'measure' end,
			case when l.direction <> i.direction then 'direction' end,
			case when l.offered <> i.offered then 'offered' end], null) end as fields
		from incoming_library_entry i left join library_entry l on l.position_kind = i.position_kind
			and lower(l.position_name) = lower(i.position_name) and md5(l.statement) = md5(i.statement) and md5(l.indicator) = md5(i.indicator)`,
	missing: `select concat_ws(' · ', l.position_kind, nullif(l.position_name, ''), l.statement, l.indicator) as key from library_entry l
		where l.offered and not exists (select from incoming_library_entry i where l.position_kind = i.position_kind
			and lower(l.position_name) = lower(i.position_name) and l.statement = i.statement and l.indicator = i.indicator)`,
	apply: []string{
		`update library_entry l set aspect = i.aspect, target = i.target::numeric, measure = i.measure, direction = i.direction, offered = i.offered
			from compared_library_entry c join incoming_library_entry i using (ordinal) where c.fields <> '{}' and l.id = c.id`,
		`insert into library_entry (position_kind, position_name, statement, indicator, aspect, target, measure, direction, offered)
			select i.position_kind, i.position_name, i.statement, i.indicator, i.aspect, i.target::numeric, i.measure, i.direction, i.offered
			from compared_library_entry c join incoming_library_entry i using (ordinal) where c.added order by i.ordinal`,
	},
}

// ImportLibrary adds and changes entries of the library of key results.
func ImportLibrary(ctx context.Context, q Querier, rows []LibraryRow) (Imported, error) {
	return importRows(ctx, q, libraryImport, rows, func(r LibraryRow) []any {
		return []any{r.PositionKind, r.PositionName, r.Statement, r.Indicator, r.Aspect, r.Target, r.Measure, r.Direction, r.Offered}
	})
}
