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

// MeasurementRow is a month of an employee. MeanDays is a decimal string, empty when nothing was completed.
type MeasurementRow struct {
	NIP                         string
	Month                       time.Time
	Received, Completed, OnTime int
	MeanDays                    string
	File                        string
	Row                         int
}

var measurementImport = importTable{
	entity: "measurement",
	columns: []string{"nip text", "month date", "received integer", "completed integer", "on_time integer", "mean_days text",
		"source_file text", "source_row integer"},
	compare: `select i.ordinal, i.nip || ' ' || to_char(i.month, 'YYYY-MM') as key, e.person_id as id, m.person_id is null as added,
		case when m.person_id is null then '{}' else array_remove(array[
			case when m.received <> i.received then 'received' end,
			case when m.completed <> i.completed then 'completed' end,
			case when m.on_time <> i.on_time then 'on_time' end,
			case when m.mean_days is distinct from nullif(i.mean_days, '')::numeric then 'mean_days' end], null) end as fields
		from incoming_measurement i join employee e on e.nip = i.nip left join measurement m on m.person_id = e.person_id and m.month = i.month`,
	missing: `select e.nip || ' ' || to_char(m.month, 'YYYY-MM') as key from measurement m join employee e using (person_id)
		where m.month in (select month from incoming_measurement)
		and not exists (select from incoming_measurement i where i.nip = e.nip and i.month = m.month)`,
	apply: []string{`insert into measurement (person_id, month, received, completed, on_time, mean_days, source_file, source_row)
		select c.id, i.month, i.received, i.completed, i.on_time, nullif(i.mean_days, '')::numeric, i.source_file, i.source_row
		from compared_measurement c join incoming_measurement i using (ordinal) where c.added or c.fields <> '{}'
		on conflict (person_id, month) do update set received = excluded.received, completed = excluded.completed, on_time = excluded.on_time,
			mean_days = excluded.mean_days, source_file = excluded.source_file, source_row = excluded.source_row`},
}

// ImportMeasurements adds and changes months of employees. The source is where the recorded figures were read first: the same
// figures in another file or row are no change. Missing are those of the months that the file covers.
func ImportMeasurements(ctx context.Context, q Querier, rows []MeasurementRow) (Imported, error) {
	return importRows(ctx, q, measurementImport, rows, func(r MeasurementRow) []any {
		return []any{r.NIP, r.Month, r.Received, r.Completed, r.OnTime, r.MeanDays, r.File, r.Row}
	})
}

// SurveyRow is one respondent's answers; Ordinal counts those of a unit and day that answered alike, from 1.
type SurveyRow struct {
	Unit    string
	Day     time.Time
	Answers []int16
	Ordinal int
}

var surveyImport = importTable{
	entity:  "survey_response",
	columns: []string{"unit text", "day date", "answers smallint[]", "nth integer"},
	compare: `select i.ordinal, i.unit || ' ' || i.day || ' ' || array_to_string(i.answers, '') as key, u.id, s.unit_id is null as added, '{}'::text[] as fields
		from incoming_survey_response i join unit u on u.code = i.unit
		left join survey_response s on s.unit_id = u.id and s.day = i.day and s.answers = i.answers and s.ordinal = i.nth`,
	missing: `select u.code || ' ' || s.day || ' ' || array_to_string(s.answers, '') as key from survey_response s join unit u on u.id = s.unit_id
		where (u.code, s.day) in (select unit, day from incoming_survey_response)
		and not exists (select from incoming_survey_response i where i.unit = u.code and i.day = s.day and i.answers = s.answers and i.nth = s.ordinal)`,
	apply: []string{`insert into survey_response (unit_id, day, answers, ordinal) select c.id, i.day, i.answers, i.nth
		from compared_survey_response c join incoming_survey_response i using (ordinal) where c.added`},
}

// ImportSurvey adds respondents. Nothing tells one from another, so a corrected answer is a new respondent, and the old one is
// reported as missing. Missing are those of the units and days that the file covers.
func ImportSurvey(ctx context.Context, q Querier, rows []SurveyRow) (Imported, error) {
	return importRows(ctx, q, surveyImport, rows, func(r SurveyRow) []any { return []any{r.Unit, r.Day, r.Answers, r.Ordinal} })
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
