package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Plan is the row of one version of a performance plan.
type Plan struct {
	ID          appraisal.PlanID
	Number      int
	State       string
	SubmittedAt time.Time
	DecidedAt   *time.Time
	Comment     string
	EffectiveOn *time.Time // of a version agreed upon in the middle of the period
	Superseded  bool
}

const planColumns = `id, number, state, submitted_at, decided_at, comment, effective_on, superseded`

// States of a plan.
const (
	PlanSubmitted = "submitted"
	PlanReturned  = "returned"
	PlanApproved  = "approved"
)

// DecidePlan approves or returns the latest version.
func DecidePlan(ctx context.Context, q Querier, id appraisal.AppraisalID, state, comment string, by Author, at time.Time) error {
	_, err := exec(ctx, q, `update plan set state = $2, comment = $3, decided_by = $4, decided_for = $5, decided_at = $6
		where appraisal_id = $1 and state = 'submitted'`, id, state, comment, by.ID, by.For, at)
	return err
}

// LatestPlan returns the latest version that was handed in, nil if there is none.
func LatestPlan(ctx context.Context, q Querier, id appraisal.AppraisalID) (*Plan, error) {
	return optional[Plan](ctx, q, `select `+planColumns+` from plan where appraisal_id = $1 and not superseded`, id)
}

// KeyResult is the row of a key result.
type KeyResult struct {
	ID              string
	Statement       string
	ServesKeyResult *string
	ServesStrategy  *string
	Weight          string // empty where the policy has no weights
}

// KeyResults returns the key results of a plan in order.
func KeyResults(ctx context.Context, q Querier, plan appraisal.PlanID) ([]KeyResult, error) {
	return all[KeyResult](ctx, q, `select id, statement, serves_key_result, serves_strategy,
		coalesce(trim_scale(weight)::text, '') as weight from key_result
		where plan_id = $1 order by ordinal, id`, plan)
}

// Indicator is an indicator with what the employee says of it.
type Indicator struct {
	ID          string
	KeyResultID string
	Aspect      appraisal.Aspect
	Description string
	Target      string
	Measure     string
	Direction   appraisal.Direction
	Source      appraisal.Source
	Entered     *string // by the self-review, and before it the latest progress entry
	Stated      *string // by the self-review
	Note        string  // of the self-review
	Served      *int    // of Months: the part of the target that counts for who did not serve the whole period
	Months      *int
}

// Part returns the part of the target that counts.
func (i Indicator) Part() appraisal.Part {
	if i.Served == nil {
		return appraisal.Part{}
	}
	return appraisal.Part{Served: *i.Served, Months: *i.Months}
}

// Indicators returns the indicators of a plan in order.
func Indicators(ctx context.Context, q Querier, plan appraisal.PlanID, id appraisal.AppraisalID) ([]Indicator, error) {
	return all[Indicator](ctx, q, `select i.id, i.key_result_id, i.aspect, i.description, trim_scale(i.target)::text as target, i.measure,
			i.direction, i.source, trim_scale(coalesce(r.value, (select value from progress_entry
				where appraisal_id = $2 and indicator_id = i.id and value is not null order by at desc limit 1)))::text as entered,
			trim_scale(r.value)::text as stated,
			coalesce(r.note, '') as note, t.served::int as served, t.months::int as months
		from indicator i join key_result k on k.id = i.key_result_id
		left join realisation r on r.appraisal_id = $2 and r.indicator_id = i.id
		left join tenure t on t.appraisal_id = $2 and i.aspect = 'quantity' and exists (select 1 from appraisal a join cycle c on c.id = a.cycle_id
			where a.id = $2 and c.policy_document -> 'periods' ->> 'part_period' = 'quantity')
		where k.plan_id = $1 order by k.ordinal, i.ordinal`, plan, id)
}

// IndicatorOf reports whether the indicator belongs to the latest plan of the appraisal.
func IndicatorOf(ctx context.Context, q Querier, id appraisal.AppraisalID, indicators []string) (bool, error) {
	n, err := scalar[int](ctx, q, `select count(distinct i.id)::int from indicator i join key_result k on k.id = i.key_result_id
		join plan p on p.id = k.plan_id where p.appraisal_id = $1 and i.id::text = any($2::text[]) and not p.superseded`, id, indicators)
	distinct := map[string]bool{}
	for _, i := range indicators {
		distinct[i] = true
	}
	return n == len(distinct), err
}

// AddProgress stores an entry of the execution stage and returns its id.
func AddProgress(ctx context.Context, q Querier, id appraisal.AppraisalID, by appraisal.PersonID, p appraisal.Progress, at time.Time) (string, error) {
	return scalar[string](ctx, q, `insert into progress_entry (appraisal_id, indicator_id, author_id, at, value, note, evidence)
		values ($1, $2, $3, $4, nullif($5, '')::numeric, $6, $7) returning id`, id, p.Indicator, by, at, p.Value, p.Note, p.Evidence)
}

// Progress is one entry of the execution stage.
type Progress struct {
	ID        string
	At        time.Time
	Author    string
	Indicator string
	Value     *string
	Note      string
	Evidence  string
}

// ProgressEntries returns the entries of the execution stage, oldest first.
func ProgressEntries(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]Progress, error) {
	return all[Progress](ctx, q, `select e.id, e.at, p.full_name as author, i.description as indicator, trim_scale(e.value)::text as value, e.note, e.evidence
		from progress_entry e join person p on p.id = e.author_id join indicator i on i.id = e.indicator_id
		where e.appraisal_id = $1 order by e.at, e.id`, id)
}

// SaveSelfReview stores the employee's account with the realisations.
func SaveSelfReview(ctx context.Context, q Querier, id appraisal.AppraisalID, r appraisal.SelfReview, at time.Time) error {
	if _, err := exec(ctx, q, `insert into self_review (appraisal_id, submitted_at, achievements, obstacles, development)
		values ($1, $2, $3, $4, $5)`, id, at, r.Achievements, r.Obstacles, r.Development); err != nil {
		return err
	}
	for _, v := range r.Realisations {
		if _, err := exec(ctx, q, `insert into realisation (appraisal_id, indicator_id, value, note) values ($1, $2, nullif($3, '')::numeric, $4)`,
			id, v.Indicator, v.Value, v.Note); err != nil {
			return err
		}
	}
	return nil
}

// SelfReview is the stored account.
type SelfReview struct {
	SubmittedAt  time.Time
	Achievements string
	Obstacles    string
	Development  string
}

// GetSelfReview returns the account, nil if none was handed in.
func GetSelfReview(ctx context.Context, q Querier, id appraisal.AppraisalID) (*SelfReview, error) {
	return optional[SelfReview](ctx, q, `select submitted_at, achievements, obstacles, development from self_review where appraisal_id = $1`, id)
}
