package postgres

import (
	"context"
	"time"
)

// StrategyRow is an item of the strategy. Parent and Unit are codes, empty for none.
type StrategyRow struct{ Code, Parent, Kind, Unit, Text, Indicator, Target, Measure, Direction string }

var strategyImport = importTable{
	entity: "strategy_item",
	columns: []string{"code text", "parent text", "kind text", "unit text", "statement text", "indicator text", "target text",
		"measure text", "direction text"},
	compare: `select i.ordinal, i.code as key, coalesce(s.id, gen_random_uuid()) as id, s.id is null as added,
		case when s.id is null then '{}' else array_remove(array[
			case when coalesce(p.code, '') <> i.parent then 'parent' end,
			case when s.kind <> i.kind then 'kind' end,
			case when coalesce(u.code, '') <> i.unit then 'unit' end,
			case when s.statement <> i.statement then 'statement' end,
			case when s.indicator <> i.indicator then 'indicator' end,
			case when s.target <> i.target then 'target' end,
			case when s.measure <> i.measure then 'measure' end,
			case when s.direction <> i.direction then 'direction' end], null) end as fields
		from incoming_strategy_item i left join strategy_item s on s.code = i.code left join strategy_item p on p.id = s.parent_id
		left join unit u on u.id = s.unit_id`,
	missing: `select code as key from strategy_item s where not exists (select from incoming_strategy_item i where i.code = s.code)`,
	apply: []string{`insert into strategy_item (id, code, parent_id, kind, unit_id, statement, indicator, target, measure, direction)
		select c.id, i.code, coalesce(pc.id, p.id), i.kind, u.id, i.statement, i.indicator, i.target, i.measure, i.direction
		from compared_strategy_item c join incoming_strategy_item i using (ordinal)
		left join compared_strategy_item pc on pc.key = i.parent left join strategy_item p on p.code = i.parent left join unit u on u.code = i.unit
		where c.added or c.fields <> '{}'
		on conflict (id) do update set parent_id = excluded.parent_id, kind = excluded.kind, unit_id = excluded.unit_id,
			statement = excluded.statement, indicator = excluded.indicator, target = excluded.target, measure = excluded.measure,
			direction = excluded.direction`},
}

// ImportStrategy adds and changes items of the strategy.
func ImportStrategy(ctx context.Context, q Querier, rows []StrategyRow) (Imported, error) {
	return importRows(ctx, q, strategyImport, rows, func(r StrategyRow) []any {
		return []any{r.Code, r.Parent, r.Kind, r.Unit, r.Text, r.Indicator, r.Target, r.Measure, r.Direction}
	})
}

// HolidayRow is a day on which the office does not work.
type HolidayRow struct {
	Day  time.Time
	Name string
}

var holidayImport = importTable{
	entity:  "holiday",
	columns: []string{"day date", "description text"},
	compare: `select i.ordinal, i.day::text as key, h.day is null as added,
		case when h.description <> i.description then array['description'] else '{}' end as fields
		from incoming_holiday i left join holiday h using (day)`,
	missing: `select day::text as key from holiday h where extract(year from day) in (select extract(year from day) from incoming_holiday)
		and not exists (select from incoming_holiday i where i.day = h.day)`,
	apply: []string{`insert into holiday (day, description) select i.day, i.description
		from compared_holiday c join incoming_holiday i using (ordinal) where c.added or c.fields <> '{}'
		on conflict (day) do update set description = excluded.description`},
}

// ImportHolidays adds and changes holidays. Missing are those of the years that the file covers.
func ImportHolidays(ctx context.Context, q Querier, rows []HolidayRow) (Imported, error) {
	return importRows(ctx, q, holidayImport, rows, func(r HolidayRow) []any { return []any{r.Day, r.Name} })
}
