package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// Measurements returns the months of a person's measured service from that of one day to that of another, the version in force of
// each, in order.
func Measurements(ctx context.Context, q Querier, id appraisal.PersonID, from, to time.Time) ([]appraisal.MonthOfService, error) {
	return all[appraisal.MonthOfService](ctx, q, `select month, number as version, received, completed, on_time,
			coalesce(trim_scale(mean_days)::text, '') as mean_days, source_file as file, source_row as row
		from measurement where person_id = $1 and in_force and month between date_trunc('month', $2::date)::date and $3::date
		order by month`, id, from, to)
}

// MeasurementVersion is one version of a month of measured service.
type MeasurementVersion struct {
	appraisal.MonthOfService
	RecordedAt time.Time
	RecordedBy *string // nil: the system
}

// CorrectedMeasurements returns all versions, first to last, of those months of a person that were corrected.
func CorrectedMeasurements(ctx context.Context, q Querier, id appraisal.PersonID, from, to time.Time) ([]MeasurementVersion, error) {
	return all[MeasurementVersion](ctx, q, `select m.month, m.number as version, m.received, m.completed, m.on_time,
			coalesce(trim_scale(m.mean_days)::text, '') as mean_days, m.source_file as file, m.source_row as row,
			m.recorded_at, p.full_name as recorded_by
		from measurement m left join person p on p.id = m.recorded_by
		where m.person_id = $1 and m.month between date_trunc('month', $2::date)::date and $3::date
			and exists (select from measurement c where c.person_id = m.person_id and c.month = m.month and c.number > 1)
		order by m.month, m.number`, id, from, to)
}

// MeasuredKinds tells which sources have ever recorded something of a person, and whether anybody was asked about the unit.
type MeasuredKinds struct{ Files, Days, Satisfaction bool }

// GetMeasuredKinds looks for what is recorded of a person and of the unit whose satisfaction stands for theirs.
func GetMeasuredKinds(ctx context.Context, q Querier, id appraisal.PersonID, unit appraisal.UnitID) (MeasuredKinds, error) {
	kinds, err := one[MeasuredKinds](ctx, q, `select exists (select from measurement where person_id = $1 and in_force) as files,
		exists (select from measurement where person_id = $1 and in_force and mean_days is not null) as days, false as satisfaction`, id)
	if err != nil {
		return kinds, err
	}
	surveyed, err := SurveyedUnit(ctx, q, unit, time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	kinds.Satisfaction = surveyed != nil
	return kinds, err
}

// SurveyedUnit returns the unit whose satisfaction stands for a unit's between two days: the unit itself when citizens were asked
// there or below it, otherwise the nearest one above that asked its own. It is nil when there is none.
func SurveyedUnit(ctx context.Context, q Querier, unit appraisal.UnitID, from, to time.Time) (*Unit, error) {
	return optional[Unit](ctx, q, `with recursive down as (
			select id, 0 as far from unit where id = $1
			union all select u.id, down.far + 1 from unit u join down on u.parent_id = down.id where down.far < 50
		), up as (
			select id, parent_id, 0 as far from unit where id = $1
			union all select u.id, u.parent_id, up.far + 1 from unit u join up on u.id = up.parent_id where up.far < 50
		)
		select u.id, u.code, u.name, u.parent_id from up join unit u on u.id = up.id
		where exists (select from survey_response r where r.unit_id = up.id and r.in_force and r.day between $2 and $3)
			or up.far = 0 and exists (select from survey_response r join down on down.id = r.unit_id where r.in_force and r.day between $2 and $3)
		order by up.far limit 1`, unit, from, to)
}

// answerSums selects the answers of some responses r added up, as columns of AnswerSums.
const answerSums = `count(*)::int as respondents,
	array[coalesce(sum(r.answers[1]), 0), coalesce(sum(r.answers[2]), 0), coalesce(sum(r.answers[3]), 0), coalesce(sum(r.answers[4]), 0),
		coalesce(sum(r.answers[5]), 0), coalesce(sum(r.answers[6]), 0), coalesce(sum(r.answers[7]), 0), coalesce(sum(r.answers[8]), 0),
		coalesce(sum(r.answers[9]), 0)]::bigint[] as sums,
	array[count(*) filter (where r.answers[1] > 0), count(*) filter (where r.answers[2] > 0), count(*) filter (where r.answers[3] > 0),
		count(*) filter (where r.answers[4] > 0), count(*) filter (where r.answers[5] > 0), count(*) filter (where r.answers[6] > 0),
		count(*) filter (where r.answers[7] > 0), count(*) filter (where r.answers[8] > 0), count(*) filter (where r.answers[9] > 0)]::int[] as counts`

// Answers are survey answers added up; blanks are 0 and count nowhere.
type Answers struct {
	Respondents int
	Sums        []int64
	Counts      []int
}

// Total returns the sums as the domain takes them.
func (a Answers) Total() appraisal.AnswerSums {
	total := appraisal.AnswerSums{Respondents: a.Respondents}
	copy(total.Sums[:], a.Sums)
	copy(total.Counts[:], a.Counts)
	return total
}

const unitsBelow = `with recursive below as (
		select id, 0 as far from unit where id = $1
		union all select u.id, below.far + 1 from unit u join below on u.parent_id = below.id where below.far < 50
	)`

// SurveyAnswers adds up the answers given between two days at a unit and all units below it.
func SurveyAnswers(ctx context.Context, q Querier, unit appraisal.UnitID, from, to time.Time) (Answers, error) {
	return one[Answers](ctx, q, unitsBelow+` select `+answerSums+`
		from survey_response r join below on below.id = r.unit_id where r.in_force and r.day between $2 and $3`, unit, from, to)
}

// SurveyPlaces tells where the answers between two days at a unit and below it were read.
func SurveyPlaces(ctx context.Context, q Querier, unit appraisal.UnitID, from, to time.Time) ([]appraisal.AnswersRead, error) {
	return all[appraisal.AnswersRead](ctx, q, unitsBelow+` select source_file as file, min(source_row) as first, max(source_row) as last, count(*)::int as respondents
		from survey_response r join below on below.id = r.unit_id where r.in_force and r.day between $2 and $3 and source_file <> ''
		group by source_file order by source_file`, unit, from, to)
}

// AppraisalPeriod returns the first and the last day that an appraisal is about.
func AppraisalPeriod(ctx context.Context, q Querier, id appraisal.AppraisalID) (from, to time.Time, err error) {
	err = q.QueryRow(ctx, `select c.period_start, c.period_end from appraisal a join cycle c on c.id = a.cycle_id where a.id = $1`, id).Scan(&from, &to)
	return from, to, Mapped(err)
}

// FreezeRealisations keeps what the latest rating was based on.
func FreezeRealisations(ctx context.Context, q Querier, id appraisal.AppraisalID, realised []appraisal.Realised) error {
	batch := &pgx.Batch{}
	for _, r := range realised {
		batch.Queue(`insert into rated_realisation (appraisal_id, rating, indicator_id, realised)
			select $1, max(number), $2, $3 from rating where appraisal_id = $1`, id, r.Indicator, r)
	}
	return Mapped(q.SendBatch(ctx, batch).Close())
}

// FrozenRealisations returns what the latest review was based on, by indicator; empty before it.
func FrozenRealisations(ctx context.Context, q Querier, id appraisal.AppraisalID) (map[string]appraisal.Realised, error) {
	list, err := scalars[appraisal.Realised](ctx, q, `select realised from rated_realisation
		where appraisal_id = $1 and rating = (select max(rating) from rated_realisation where appraisal_id = $1)`, id)
	frozen := make(map[string]appraisal.Realised, len(list))
	for _, r := range list {
		frozen[r.Indicator] = r
	}
	return frozen, err
}
