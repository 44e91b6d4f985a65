package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// UnitMonth is what the people of one unit, without those below it, did in one month. Weighted is Σ mean days × completed files, of
// those Weighed files whose mean days are known.
type UnitMonth struct {
	UnitID    appraisal.UnitID
	Month     time.Time
	People    int
	Received  int
	Completed int
	OnTime    int
	Weighted  string
	Weighed   int
}

// UnitMonths adds up the measured service of the people who are in each unit now, by month, between two days.
func UnitMonths(ctx context.Context, q Querier, from, to time.Time) ([]UnitMonth, error) {
	return all[UnitMonth](ctx, q, `select e.unit_id, m.month, count(*)::int as people, sum(m.received)::int as received,
			sum(m.completed)::int as completed, sum(m.on_time)::int as on_time, coalesce(sum(m.mean_days * m.completed), 0)::text as weighted,
			coalesce(sum(m.completed) filter (where m.mean_days is not null), 0)::int as weighed
		from measurement m join employee e using (person_id)
		where m.in_force and m.month between date_trunc('month', $1::date)::date and $2::date group by e.unit_id, m.month`, from, to)
}

// MeasuredPeople counts the people of each unit of whom anything was measured between two days.
func MeasuredPeople(ctx context.Context, q Querier, from, to time.Time) (map[appraisal.UnitID]int, error) {
	type row struct {
		UnitID appraisal.UnitID
		People int
	}
	rows, err := all[row](ctx, q, `select e.unit_id, count(distinct m.person_id)::int as people from measurement m join employee e using (person_id)
		where m.in_force and m.month between date_trunc('month', $1::date)::date and $2::date group by e.unit_id`, from, to)
	people := make(map[appraisal.UnitID]int, len(rows))
	for _, r := range rows {
		people[r.UnitID] = r.People
	}
	return people, err
}

// UnitAnswers are the survey answers that were given at one unit, without those below it, in one month.
type UnitAnswers struct {
	UnitID appraisal.UnitID
	Month  time.Time
	Answers
}

// SurveyMonths adds up the survey answers of every unit by month between two days.
func SurveyMonths(ctx context.Context, q Querier, from, to time.Time) ([]UnitAnswers, error) {
	return all[UnitAnswers](ctx, q, `select r.unit_id, date_trunc('month', r.day)::date as month, `+answerSums+`
		from survey_response r where r.in_force and r.day between $1 and $2 group by r.unit_id, date_trunc('month', r.day)`, from, to)
}

// SurveyDayVersion is a later version of a unit's survey day, with how many respondents the one before had.
type SurveyDayVersion struct {
	Unit       string
	Day        time.Time
	Number     int
	Before     int
	After      int
	File       string
	RecordedAt time.Time
	RecordedBy *string
}

// CorrectedSurveyDays returns the corrections of the survey at a unit and below it between two days, the latest first, at most limit.
func CorrectedSurveyDays(ctx context.Context, q Querier, unit appraisal.UnitID, from, to time.Time, limit int) ([]SurveyDayVersion, error) {
	return all[SurveyDayVersion](ctx, q, unitsBelow+` select u.name as unit, d.day, d.number, b.respondents as before, d.respondents as after,
			d.source_file as file, d.recorded_at, p.full_name as recorded_by
		from survey_day d join below on below.id = d.unit_id join unit u on u.id = d.unit_id
		join survey_day b on b.unit_id = d.unit_id and b.day = d.day and b.number = d.number - 1
		left join person p on p.id = d.recorded_by
		where d.number > 1 and d.day between $2 and $3 order by d.recorded_at desc, u.code, d.day desc limit $4`, unit, from, to, limit)
}
