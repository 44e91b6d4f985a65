package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// PlanChange is the row of a proposal to change a plan in the middle of the period.
type PlanChange struct {
	ID           string
	AppraisalID  appraisal.AppraisalID
	Base         int
	ProposedBy   appraisal.PersonID
	ProposerName string
	ProposedAt   time.Time
	Reason       string
	EffectiveOn  time.Time
	Body         []byte
	State        appraisal.PlanChangeState
	EndedBy      *string
	EndedAt      *time.Time
	Answer       string
	Version      *int // number of the version that came of it
}

// KeyResults decodes the plan as proposed.
func (c PlanChange) KeyResults() ([]appraisal.KeyResult, error) {
	var results []appraisal.KeyResult
	return results, json.Unmarshal(c.Body, &results)
}

const planChangeSQL = `select c.id, c.appraisal_id, c.base, c.proposed_by, b.full_name as proposer_name, c.proposed_at, c.reason, c.effective_on,
		c.body, c.state, e.full_name as ended_by, c.ended_at, c.answer, v.number as version
	from plan_change c join person b on b.id = c.proposed_by left join person e on e.id = c.ended_by left join plan v on v.id = c.plan_id `

// AddPlanChange stores a proposal and returns its id; another that is open is a conflict.
func AddPlanChange(ctx context.Context, q Querier, c PlanChange) (string, error) {
	return scalar[string](ctx, q, `insert into plan_change (appraisal_id, base, proposed_by, proposed_at, reason, effective_on, body)
		values ($1, $2, $3, $4, $5, $6, $7) returning id`,
		c.AppraisalID, c.Base, c.ProposedBy, c.ProposedAt, c.Reason, c.EffectiveOn, c.Body)
}

// GetPlanChange reads a proposal.
func GetPlanChange(ctx context.Context, q Querier, id string) (PlanChange, error) {
	return one[PlanChange](ctx, q, planChangeSQL+`where c.id = $1`, id)
}

// PlanChanges returns the proposals about an appraisal, the first one first.
func PlanChanges(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]PlanChange, error) {
	return all[PlanChange](ctx, q, planChangeSQL+`where c.appraisal_id = $1 order by c.proposed_at, c.id`, id)
}

// OpenPlanChange returns the proposal that waits for an answer, nil if there is none.
func OpenPlanChange(ctx context.Context, q Querier, id appraisal.AppraisalID) (*PlanChange, error) {
	return optional[PlanChange](ctx, q, planChangeSQL+`where c.appraisal_id = $1 and c.state = 'open'`, id)
}

// PlanChangeEnd is how a proposal ended.
type PlanChangeEnd struct {
	State  appraisal.PlanChangeState
	By     *appraisal.PersonID // nil for what lapsed
	At     time.Time
	Answer string
	Plan   *appraisal.PlanID // the version that came of it
}

// EndPlanChange ends a proposal; false says that it was not open any more.
func EndPlanChange(ctx context.Context, q Querier, id string, end PlanChangeEnd) (bool, error) {
	n, err := exec(ctx, q, `update plan_change set state = $2, ended_by = $3, ended_at = $4, answer = $5, plan_id = $6
		where id = $1 and state = 'open'`, id, end.State, end.By, end.At, end.Answer, end.Plan)
	return n == 1, err
}

// LapsePlanChange ends the proposal of an appraisal that nobody has answered, and reports whether there was one.
func LapsePlanChange(ctx context.Context, q Querier, id appraisal.AppraisalID, at time.Time) (bool, error) {
	n, err := exec(ctx, q, `update plan_change set state = 'lapsed', ended_at = $2 where appraisal_id = $1 and state = 'open'`, id, at)
	return n > 0, err
}
