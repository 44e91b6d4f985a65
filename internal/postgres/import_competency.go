package postgres

import (
	"context"
	"time"
)

// CompetencyRow is an entry of the dictionary.
type CompetencyRow struct{ Code, Name, Kind string }

// StandardRow is a level that a kind of position requires; Unit is empty where it holds everywhere.
type StandardRow struct {
	PositionKind, Unit, Competency string
	Level                          int16
}

// AssessmentRow is a level that somebody was found to have.
type AssessmentRow struct {
	NIP, Competency, Source string
	Day                     time.Time
	Level                   int16
}

var competencyImport = importTable{
	entity:  "competency",
	columns: []string{"code text", "name text", "kind text"},
	compare: `select i.ordinal, i.code as key, k.code is null as added,
		case when k.code is null then '{}' else array_remove(array[
			case when k.name <> i.name then 'name' end,
			case when k.kind <> i.kind then 'kind' end], null) end as fields
		from incoming_competency i left join competency k using (code)`,
	missing: `select code as key from competency k where not exists (select from incoming_competency i where i.code = k.code)`,
	apply: []string{`insert into competency (code, name, kind) select i.code, i.name, i.kind
		from compared_competency c join incoming_competency i using (ordinal) where c.added or c.fields <> '{}'
		on conflict (code) do update set name = excluded.name, kind = excluded.kind`},
}

var standardImport = importTable{
	entity:  "competency_standard",
	columns: []string{"position_kind text", "unit text", "competency text", "level smallint"},
	compare: `select i.ordinal, concat_ws(' ', i.position_kind, nullif(i.unit, ''), i.competency) as key, u.id as unit_id, s.competency is null as added,
		case when s.level <> i.level then array['level'] else '{}' end as fields
		from incoming_competency_standard i left join unit u on u.code = i.unit
		left join competency_standard s on s.position_kind = i.position_kind and s.unit_id is not distinct from u.id and s.competency = i.competency`,
	missing: `select concat_ws(' ', s.position_kind, u.code, s.competency) as key from competency_standard s left join unit u on u.id = s.unit_id
		where not exists (select from incoming_competency_standard i
			where i.position_kind = s.position_kind and i.unit = coalesce(u.code, '') and i.competency = s.competency)`,
	apply: []string{
		`update competency_standard s set level = i.level from compared_competency_standard c join incoming_competency_standard i using (ordinal)
			where c.fields <> '{}' and s.position_kind = i.position_kind and s.unit_id is not distinct from c.unit_id and s.competency = i.competency`,
		`insert into competency_standard (position_kind, unit_id, competency, level) select i.position_kind, c.unit_id, i.competency, i.level
			from compared_competency_standard c join incoming_competency_standard i using (ordinal) where c.added`,
	},
}

var assessmentImport = importTable{
	entity:  "competency_assessment",
	columns: []string{"nip text", "competency text", "source text", "day date", "level smallint"},
	compare: `select i.ordinal, concat_ws(' ', i.nip, i.competency, i.source, i.day) as key, e.person_id as id, a.person_id is null as added,
		case when a.level <> i.level then array['level'] else '{}' end as fields
		from incoming_competency_assessment i join employee e on e.nip = i.nip
		left join competency_assessment a on a.person_id = e.person_id and a.competency = i.competency and a.source = i.source and a.day = i.day`,
	missing: `select concat_ws(' ', e.nip, a.competency, a.source, a.day) as key from competency_assessment a join employee e using (person_id)
		where a.day between (select min(day) from incoming_competency_assessment) and (select max(day) from incoming_competency_assessment)
		and not exists (select from incoming_competency_assessment i
			where i.nip = e.nip and i.competency = a.competency and i.source = a.source and i.day = a.day)`,
	apply: []string{`insert into competency_assessment (person_id, competency, source, day, level) select c.id, i.competency, i.source, i.day, i.level
		from compared_competency_assessment c join incoming_competency_assessment i using (ordinal) where c.added or c.fields <> '{}'
		on conflict (person_id, competency, source, day) do update set level = excluded.level`},
}

// ImportCompetencies adds and changes the dictionary.
func ImportCompetencies(ctx context.Context, q Querier, rows []CompetencyRow) (Imported, error) {
	return importRows(ctx, q, competencyImport, rows, func(r CompetencyRow) []any { return []any{r.Code, r.Name, r.Kind} })
}

// ImportStandards adds and changes required levels.
func ImportStandards(ctx context.Context, q Querier, rows []StandardRow) (Imported, error) {
	return importRows(ctx, q, standardImport, rows, func(r StandardRow) []any { return []any{r.PositionKind, r.Unit, r.Competency, r.Level} })
}

// ImportAssessments adds and changes assessed levels. Missing are those between the first and the last day of the file.
func ImportAssessments(ctx context.Context, q Querier, rows []AssessmentRow) (Imported, error) {
	return importRows(ctx, q, assessmentImport, rows, func(r AssessmentRow) []any {
		return []any{r.NIP, r.Competency, r.Source, r.Day, r.Level}
	})
}

// CatalogueRow is a training of the catalogue. Cost is in whole rupiah.
type CatalogueRow struct {
	Code, Title, Competency string
	Level                   int16
	Channel, Form           string
	Hours, Seats            int
	Cost                    int64
	Starts, Ends            time.Time
}

var trainingImport = importTable{
	entity: "training",
	columns: []string{"code text", "title text", "competency text", "level smallint", "channel text", "form text", "hours integer",
		"seats integer", "cost bigint", "starts date", "ends date"},
	compare: `select i.ordinal, i.code as key, t.code is null as added,
		case when t.code is null then '{}' else array_remove(array[
			case when t.title <> i.title then 'title' end,
			case when t.competency <> i.competency then 'competency' end,
			case when t.level <> i.level then 'level' end,
			case when t.channel <> i.channel then 'channel' end,
			case when t.form <> i.form then 'form' end,
			case when t.hours <> i.hours then 'hours' end,
			case when t.seats <> i.seats then 'seats' end,
			case when t.cost <> i.cost then 'cost' end,
			case when t.starts <> i.starts then 'starts' end,
			case when t.ends <> i.ends then 'ends' end], null) end as fields
		from incoming_training i left join training t using (code)`,
	missing: `select code as key from training t where not exists (select from incoming_training i where i.code = t.code)`,
	apply: []string{`insert into training (code, title, competency, level, channel, form, hours, seats, cost, starts, ends)
		select i.code, i.title, i.competency, i.level, i.channel, i.form, i.hours, i.seats, i.cost, i.starts, i.ends
		from compared_training c join incoming_training i using (ordinal) where c.added or c.fields <> '{}'
		on conflict (code) do update set title = excluded.title, competency = excluded.competency, level = excluded.level,
			channel = excluded.channel, form = excluded.form, hours = excluded.hours, seats = excluded.seats, cost = excluded.cost,
			starts = excluded.starts, ends = excluded.ends`},
}

// ImportTrainings adds and changes the training catalogue.
func ImportTrainings(ctx context.Context, q Querier, rows []CatalogueRow) (Imported, error) {
	return importRows(ctx, q, trainingImport, rows, func(r CatalogueRow) []any {
		return []any{r.Code, r.Title, r.Competency, r.Level, r.Channel, r.Form, r.Hours, r.Seats, r.Cost, r.Starts, r.Ends}
	})
}
