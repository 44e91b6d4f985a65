package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// TrainingRow is a training of the catalogue.
type TrainingRow struct {
	Code       string
	Title      string
	Competency string
	Level      int
	Channel    string
	Form       string
	Hours      int
	Seats      int
	Taken      int // seats recommended and approved already
	Starts     time.Time
	Ends       time.Time
}

// Trainings returns the catalogue with the seats that are taken.
func Trainings(ctx context.Context, q Querier) ([]TrainingRow, error) {
	return all[TrainingRow](ctx, q, `select t.code, t.title, t.competency, t.level::int, t.channel, t.form, t.hours, t.seats,
		(select count(*) from recommendation r join development_plan d on d.appraisal_id = r.appraisal_id
			where r.training = t.code and r.approved and d.state = 'approved')::int as taken, t.starts, t.ends
		from training t order by t.code`)
}

// DevelopmentPlan is the row of a training recommendation.
type DevelopmentPlan struct {
	State      string
	Gaps       []byte
	Hours      int
	Comment    string
	ApprovedAt *time.Time
}

// RecommendationRow is one recommended training.
type RecommendationRow struct {
	Training   string
	Title      string
	Competency string
	Channel    string
	Form       string
	Hours      int
	Starts     time.Time
	Ends       time.Time
	Reason     []byte
	Approved   bool
}

// NewRecommendation is one pick with its reason.
type NewRecommendation struct {
	Training   string
	Competency string
	Reason     appraisal.Sentence
}

// ProposeDevelopment stores the computed recommendation once.
func ProposeDevelopment(ctx context.Context, q Querier, id appraisal.AppraisalID, gaps any, notes any, hours int, picks []NewRecommendation) error {
	rawGaps, err := json.Marshal(gaps)
	if err != nil {
		return err
	}
	rawNotes, err := json.Marshal(notes)
	if err != nil {
		return err
	}
	n, err := exec(ctx, q, `insert into development_plan (appraisal_id, state, gaps, notes, hours) values ($1, 'proposed', $2, $3, $4)
		on conflict do nothing`, id, rawGaps, rawNotes, hours)
	if err != nil || n == 0 {
		return err
	}
	for i, p := range picks {
		reason, err := json.Marshal(p.Reason)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, q, `insert into recommendation (appraisal_id, ordinal, training, competency, reason)
			values ($1, $2, $3, $4, $5)`, id, i+1, p.Training, p.Competency, reason); err != nil {
			return err
		}
	}
	return nil
}

// ApproveDevelopment approves the plan with the trainings named; nil approves all of them.
func ApproveDevelopment(ctx context.Context, q Querier, id appraisal.AppraisalID, trainings []string, comment string, by Author, at time.Time) error {
	if trainings != nil {
		if _, err := exec(ctx, q, `update recommendation set approved = training = any($2::text[]) where appraisal_id = $1`, id, trainings); err != nil {
			return err
		}
	}
	_, err := exec(ctx, q, `update development_plan set state = 'approved', comment = $2, approved_by = $3, approved_at = $4, approved_for = $5
		where appraisal_id = $1`, id, comment, by.ID, at, by.For)
	return err
}

// GetDevelopment returns the recommendation, nil before it is computed.
func GetDevelopment(ctx context.Context, q Querier, id appraisal.AppraisalID) (*DevelopmentPlan, []RecommendationRow, error) {
	plan, err := optional[DevelopmentPlan](ctx, q, `select state, gaps, hours, comment, approved_at from development_plan where appraisal_id = $1`, id)
	if err != nil || plan == nil {
		return nil, nil, err
	}
	rows, err := all[RecommendationRow](ctx, q, `select r.training, t.title, c.name as competency, t.channel, t.form, t.hours, t.starts, t.ends,
		r.reason, r.approved
		from recommendation r join training t on t.code = r.training join competency c on c.code = r.competency
		where r.appraisal_id = $1 order by r.ordinal`, id)
	return plan, rows, err
}

// EmploymentOf returns whether an employee is permanent or on contract.
func EmploymentOf(ctx context.Context, q Querier, id appraisal.PersonID) (appraisal.EmployeeKind, error) {
	return scalar[appraisal.EmployeeKind](ctx, q, `select employment from employee where person_id = $1`, id)
}
