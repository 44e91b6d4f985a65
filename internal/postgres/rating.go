package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Rating is one version of an appraisal's rating; the last one is in force.
type Rating struct {
	Number      int
	Source      string
	WorkResult  appraisal.Expectation
	Behaviour   appraisal.Expectation
	Predikat    appraisal.Predikat
	Comment     string
	Reason      string
	Explanation []byte
	RatedBy     *string
	RatedFor    *string // whom they stood in for
	RatedAt     time.Time

	Score           string
	WorkResultScore string
	BehaviourScore  string
	Innovation      *bool
	InnovationNote  string
}

// Sources of a rating.
const (
	RatedByReview      = "review"
	RatedByCalibration = "calibration"
	RatedByObjection   = "objection"
)

// NewRating is a rating to be added as the next version.
type NewRating struct {
	Appraisal     appraisal.AppraisalID
	Source        string
	WorkResult    appraisal.Expectation
	Behaviour     appraisal.Expectation
	Predikat      appraisal.Predikat
	Comment       string
	Reason        string
	Explanation   appraisal.Explanation
	By            Author
	At            time.Time
	CohortVersion *int64
	Scores
}

// AddRating adds the next version; earlier ones stay.
func AddRating(ctx context.Context, q Querier, r NewRating) error {
	explanation, err := json.Marshal(r.Explanation)
	if err != nil {
		return err
	}
	basis, err := r.basis()
	if err != nil {
		return err
	}
	_, err = exec(ctx, q, `insert into rating (appraisal_id, number, source, work_result, behaviour, predikat, comment, reason, explanation,
			rated_by, rated_at, cohort_version, score, work_result_score, behaviour_score, innovation, innovation_note, basis, rated_for)
		values ($1, 1 + (select count(*) from rating where appraisal_id = $1), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
			nullif($12, '')::numeric, nullif($13, '')::numeric, nullif($14, '')::numeric, $15, $16, $17, $18)`,
		r.Appraisal, r.Source, r.WorkResult, r.Behaviour, r.Predikat, r.Comment, r.Reason, explanation, r.By.ID, r.At, r.CohortVersion,
		r.Score, r.WorkResultScore, r.BehaviourScore, r.Innovation, r.InnovationNote, basis, r.By.For)
	if err != nil || r.Source != RatedByReview {
		return err
	}
	return keepPeriods(ctx, q, r.Appraisal)
}

// Ratings returns every version, first to last.
func Ratings(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]Rating, error) {
	return all[Rating](ctx, q, `select r.number, r.source, r.work_result, r.behaviour, r.predikat, r.comment, r.reason, r.explanation,
		p.full_name as rated_by, b.full_name as rated_for, r.rated_at, `+scoreColumns("r", "")+` from rating r left join person p on p.id = r.rated_by
		left join person b on b.id = r.rated_for
		where r.appraisal_id = $1 order by r.number`, id)
}

// RequiredCompetency is a level that a position asks for, with what is known about the person.
type RequiredCompetency struct {
	Code     string
	Name     string
	Required int
	Rated    *int
	Assessed *int
	Source   *string
	Day      *time.Time
}

// RequiredCompetencies returns what the employee's position requires: the standard of the position kind, and where the unit or
// one above it has its own, the nearest one.
func RequiredCompetencies(ctx context.Context, q Querier, a Appraisal) ([]RequiredCompetency, error) {
	return all[RequiredCompetency](ctx, q, `with recursive up as (
			select id, parent_id, 0 as far from unit where id = $2
			union all select u.id, u.parent_id, up.far + 1 from unit u join up on u.id = up.parent_id where up.far < 50
		), standard as (
			select distinct on (s.competency) s.competency, s.level
			from competency_standard s left join up on up.id = s.unit_id
			where s.position_kind = $3 and (s.unit_id is null or up.id is not null)
			order by s.competency, up.far nulls last
		)
		select s.competency as code, c.name, s.level::int as required, r.level::int as rated, t.level::int as assessed, t.source, t.day
		from standard s join competency c on c.code = s.competency
		left join competency_rating r on r.appraisal_id = $1 and r.competency = s.competency
		left join lateral (select level, source, day from competency_assessment
			where person_id = $4 and competency = s.competency order by day desc, source limit 1) t on true
		order by s.competency`, a.ID, a.UnitID, a.PositionKind, a.EmployeeID)
}

// SaveCompetencyRatings stores the levels that the appraiser gave.
func SaveCompetencyRatings(ctx context.Context, q Querier, id appraisal.AppraisalID, ratings []appraisal.CompetencyRating, required map[string]int) error {
	for _, r := range ratings {
		if _, err := exec(ctx, q, `insert into competency_rating (appraisal_id, competency, required, level) values ($1, $2, $3, $4)
			on conflict (appraisal_id, competency) do update set level = excluded.level, required = excluded.required`,
			id, r.Competency, required[r.Competency], r.Level); err != nil {
			return err
		}
	}
	return nil
}

// Objection is the row of an objection.
type Objection struct {
	Reasons        string
	Evidence       string
	FiledAt        time.Time
	Answer         string
	AnsweredBy     *string
	AnsweredFor    *string
	AnsweredAt     *time.Time
	Decision       string
	DecisionReason string
	DecidedBy      *string
	DecidedFor     *string
	DecidedAt      *time.Time
}

// FileObjection stores an objection; a second one is refused by its key.
func FileObjection(ctx context.Context, q Querier, id appraisal.AppraisalID, reasons, evidence string, at time.Time) error {
	_, err := exec(ctx, q, `insert into objection (appraisal_id, reasons, evidence, filed_at) values ($1, $2, $3, $4)`, id, reasons, evidence, at)
	return err
}

// AnswerObjection stores the appraiser's answer.
func AnswerObjection(ctx context.Context, q Querier, id appraisal.AppraisalID, answer string, by Author, at time.Time) error {
	_, err := exec(ctx, q, `update objection set answer = $2, answered_at = $3, answered_by = $4, answered_for = $5 where appraisal_id = $1`,
		id, answer, at, by.ID, by.For)
	return err
}

// DecideObjection stores the final decision.
func DecideObjection(ctx context.Context, q Querier, id appraisal.AppraisalID, decision, reason string, by Author, at time.Time) error {
	_, err := exec(ctx, q, `update objection set decision = $2, decision_reason = $3, decided_by = $4, decided_at = $5, decided_for = $6
		where appraisal_id = $1`, id, decision, reason, by.ID, at, by.For)
	return err
}

// GetObjection returns the objection, nil if none was raised.
func GetObjection(ctx context.Context, q Querier, id appraisal.AppraisalID) (*Objection, error) {
	return optional[Objection](ctx, q, `select o.reasons, o.evidence, o.filed_at, o.answer, a.full_name as answered_by, af.full_name as answered_for, o.answered_at,
		o.decision, o.decision_reason, d.full_name as decided_by, df.full_name as decided_for, o.decided_at
		from objection o left join person a on a.id = o.answered_by left join person af on af.id = o.answered_for
		left join person d on d.id = o.decided_by left join person df on df.id = o.decided_for where o.appraisal_id = $1`, id)
}
