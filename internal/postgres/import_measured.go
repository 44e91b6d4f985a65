package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Recorded says who brings figures into the record, and when.
type Recorded struct {
	At time.Time
	By *appraisal.PersonID // nil: the system
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
	compare: `select i.ordinal, i.nip || ' ' || to_char(i.month, 'YYYY-MM') as key, e.person_id as id, coalesce(m.number, 0) as number,
		m.person_id is null as added,
		case when m.person_id is null then '{}' else array_remove(array[
			case when m.received <> i.received then 'received' end,
			case when m.completed <> i.completed then 'completed' end,
			case when m.on_time <> i.on_time then 'on_time' end,
			case when m.mean_days is distinct from nullif(i.mean_days, '')::numeric then 'mean_days' end], null) end as fields
		from incoming_measurement i join employee e on e.nip = i.nip
		left join measurement m on m.person_id = e.person_id and m.month = i.month and m.in_force`,
	missing: `select e.nip || ' ' || to_char(m.month, 'YYYY-MM') as key from measurement m join employee e using (person_id)
		where m.in_force and m.month in (select month from incoming_measurement)
		and not exists (select from incoming_measurement i where i.nip = e.nip and i.month = m.month)`,
}

// ImportMeasurements adds months of employees, and a further version of a month whose figures have changed. The source is where the
// recorded figures were read first: the same figures in another file or row are no change. Missing are those of the months that the
// file covers.
func ImportMeasurements(ctx context.Context, q Querier, rows []MeasurementRow, by Recorded) (Imported, error) {
	done, err := measurementImport.take(ctx, q, len(rows), func(i int) []any {
		r := rows[i]
		return []any{r.NIP, r.Month, r.Received, r.Completed, r.OnTime, r.MeanDays, r.File, r.Row}
	})
	if err != nil || done.Added+done.Changed == 0 {
		return done, err
	}
	if done.Changed > 0 {
		if _, err := exec(ctx, q, `update measurement m set in_force = false
			from compared_measurement c join incoming_measurement i using (ordinal)
			where c.fields <> '{}' and m.person_id = c.id and m.month = i.month and m.in_force`); err != nil {
			return done, fmt.Errorf("supersede measurements: %w", err)
		}
	}
	_, err = exec(ctx, q, `insert into measurement (person_id, month, number, received, completed, on_time, mean_days, source_file, source_row,
			recorded_at, recorded_by)
		select c.id, i.month, c.number + 1, i.received, i.completed, i.on_time, nullif(i.mean_days, '')::numeric, i.source_file, i.source_row, $1, $2
		from compared_measurement c join incoming_measurement i using (ordinal) where c.added or c.fields <> '{}'`, by.At, by.By)
	if err != nil {
		return done, fmt.Errorf("add measurements: %w", err)
	}
	return done, nil
}

// SurveyRow is one respondent's answers; Ordinal counts those of a unit and day that answered alike, from 1.
type SurveyRow struct {
	Unit    string
	Day     time.Time
	Answers []int16
	Ordinal int
	File    string
	Row     int
}

var surveyImport = importTable{
	entity:  "survey_response",
	columns: []string{"unit text", "day date", "answers smallint[]", "nth integer", "source_file text", "source_row integer"},
	compare: `select i.ordinal, '' as key, u.id, i.day, s.unit_id is null as added, '{}'::text[] as fields
		from incoming_survey_response i join unit u on u.code = i.unit
		left join survey_response s on s.unit_id = u.id and s.day = i.day and s.answers = i.answers and s.ordinal = i.nth and s.in_force`,
	missing: `select '' as key where false`, // what a day no longer holds is a change of the day
}

// The days of units, compared after their answers: a day is unchanged when the file has just the answers that are recorded.
var surveyDayImport = importTable{
	entity:  "survey_day",
	columns: []string{"unit text", "day date", "respondents integer"},
	compare: `select i.ordinal, i.unit || ' ' || i.day as key, u.id, i.day, coalesce(r.number, 0) as number, r.unit_id is null as added,
		case when r.respondents <> i.respondents or r.respondents <> f.known then array['answers'] else '{}' end as fields
		from incoming_survey_day i join unit u on u.code = i.unit
		join (select id, day, count(*) filter (where not added) as known from compared_survey_response group by id, day) f
			on f.id = u.id and f.day = i.day
		left join survey_day r on r.unit_id = u.id and r.day = i.day and r.in_force`,
	missing: `select u.code || ' ' || s.day as key from survey_day s join unit u on u.id = s.unit_id
		join (select unit, min(day) as first, max(day) as last from incoming_survey_day group by unit) f on f.unit = u.code
		where s.in_force and s.day between f.first and f.last
			and not exists (select from incoming_survey_day i where i.unit = u.code and i.day = s.day)`,
}

// ImportSurvey adds the answers of units' days. Nothing tells one respondent from another, so a file says of each of its days all
// that was answered there: a day whose answers have changed gets a further version. Missing are the days that the record holds
// between a unit's first and last day in the file.
func ImportSurvey(ctx context.Context, q Querier, rows []SurveyRow, by Recorded) ([]Imported, error) {
	answers, err := surveyImport.take(ctx, q, len(rows), func(i int) []any {
		r := rows[i]
		return []any{r.Unit, r.Day, r.Answers, r.Ordinal, r.File, r.Row}
	})
	if err != nil {
		return nil, err
	}
	list := surveyDays(rows)
	days, err := surveyDayImport.take(ctx, q, len(list), func(i int) []any { return []any{list[i].unit, list[i].day, list[i].respondents} })
	done := []Imported{answers, days}
	if err != nil || days.Added+days.Changed == 0 {
		return done, err
	}
	if days.Changed > 0 {
		if _, err := exec(ctx, q, `update survey_response s set in_force = false from compared_survey_day c
			where c.fields <> '{}' and s.unit_id = c.id and s.day = c.day and s.in_force`); err != nil {
			return done, fmt.Errorf("supersede survey answers: %w", err)
		}
	}
	if _, err = exec(ctx, q, `insert into survey_response (unit_id, day, number, answers, ordinal, source_file, source_row, recorded_at, recorded_by)
		select d.id, d.day, d.number + 1, i.answers, i.nth, i.source_file, i.source_row, $1, $2
		from compared_survey_day d join compared_survey_response c on c.id = d.id and c.day = d.day
		join incoming_survey_response i on i.ordinal = c.ordinal
		where d.added or d.fields <> '{}'`, by.At, by.By); err != nil {
		return done, fmt.Errorf("add survey answers: %w", err)
	}
	return done, nil
}

type surveyDay struct {
	unit        string
	day         time.Time
	respondents int
}

// surveyDays counts the respondents of each unit's day, in the order of the rows.
func surveyDays(rows []SurveyRow) []surveyDay {
	list, at := []surveyDay{}, map[surveyDay]int{}
	for _, r := range rows {
		key := surveyDay{unit: r.Unit, day: r.Day}
		i, known := at[key]
		if !known {
			i = len(list)
			at[key] = i
			list = append(list, key)
		}
		list[i].respondents++
	}
	return list
}
