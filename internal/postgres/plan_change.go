package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// PlanChange is the row of a proposal to change a plan in the middle of the period.
type PlanChange struct {
	ID            appraisal.PlanChangeID
	AppraisalID   appraisal.AppraisalID
	Base          int
	ProposedBy    appraisal.PersonID
	ProposerName  string
	ProposedForID *appraisal.PersonID
	ProposedFor   *string
	ProposedAt    time.Time
	Reason        string
	EffectiveOn   time.Time
	Body          []byte
	State         appraisal.PlanChangeState
	EndedBy       *string
	EndedFor      *string
	EndedAt       *time.Time
	Answer        string
	Version       *int // number of the version that came of it
}

// KeyResults decodes the plan as proposed.
func (c PlanChange) KeyResults() ([]appraisal.KeyResult, error) {
	var results []appraisal.KeyResult
	return results, json.Unmarshal(c.Body, &results)
}

const planChangeSQL = `select c.id, c.appraisal_id, c.base, c.proposed_by, b.full_name as proposer_name,
		c.proposed_for as proposed_for_id, pf.full_name as proposed_for, c.proposed_at, c.reason, c.effective_on,
		c.body, c.state, e.full_name as ended_by, ef.full_name as ended_for, c.ended_at, c.answer, v.number as version
	from plan_change c join person b on b.id = c.proposed_by left join person e on e.id = c.ended_by left join plan v on v.id = c.plan_id
	left join person pf on pf.id = c.proposed_for left join person ef on ef.id = c.ended_for `

// AddPlanChange stores a proposal and returns its id; another that is open is a conflict.
func AddPlanChange(ctx context.Context, q Querier, c PlanChange) (appraisal.PlanChangeID, error) {
	return scalar[appraisal.PlanChangeID](ctx, q, `insert into plan_change (appraisal_id, base, proposed_by, proposed_for, proposed_at, reason, effective_on, body)
		values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
		c.AppraisalID, c.Base, c.ProposedBy, c.ProposedForID, c.ProposedAt, c.Reason, c.EffectiveOn, c.Body)
}

// GetPlanChange reads a proposal.
func GetPlanChange(ctx context.Context, q Querier, id appraisal.PlanChangeID) (PlanChange, error) {
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
	By     Author // nobody for what lapsed
	At     time.Time
	Answer string
	Plan   *appraisal.PlanID // the version that came of it
}

// EndPlanChange ends a proposal; false says that it was not open any more.
func EndPlanChange(ctx context.Context, q Querier, id appraisal.PlanChangeID, end PlanChangeEnd) (bool, error) {
	n, err := exec(ctx, q, `update plan_change set state = $2, ended_by = $3, ended_for = $7, ended_at = $4, answer = $5, plan_id = $6
		where id = $1 and state = 'open'`, id, end.State, end.By.ID, end.At, end.Answer, end.Plan, end.By.For)
	return n == 1, err
}

// LapsePlanChange ends the proposal of an appraisal that nobody has answered, and reports whether there was one.
func LapsePlanChange(ctx context.Context, q Querier, id appraisal.AppraisalID, at time.Time) (bool, error) {
	n, err := exec(ctx, q, `update plan_change set state = 'lapsed', ended_at = $2 where appraisal_id = $1 and state = 'open'`, id, at)
	return n > 0, err
}

// SavePlanChangeDraft keeps the latest draft of a change that is not proposed yet.
func SavePlanChangeDraft(ctx context.Context, q Querier, id appraisal.AppraisalID, author appraisal.PersonID, body []byte, at time.Time) error {
	_, err := exec(ctx, q, `insert into plan_change_draft (appraisal_id, author_id, body, saved_at) values ($1, $2, $3, $4)
		on conflict (appraisal_id, author_id) do update set body = excluded.body, saved_at = excluded.saved_at`, id, author, body, at)
	return err
}

// GetPlanChangeDraft returns the draft, nil if there is none.
func GetPlanChangeDraft(ctx context.Context, q Querier, id appraisal.AppraisalID, author appraisal.PersonID) (*Draft, error) {
	return optional[Draft](ctx, q, `select body, saved_at from plan_change_draft where appraisal_id = $1 and author_id = $2`, id, author)
}

// DropPlanChangeDraft removes a draft whose change has been proposed.
func DropPlanChangeDraft(ctx context.Context, q Querier, id appraisal.AppraisalID, author appraisal.PersonID) error {
	_, err := exec(ctx, q, `delete from plan_change_draft where appraisal_id = $1 and author_id = $2`, id, author)
	return err
}

// IndicatorFigures is what was recorded on one indicator.
type IndicatorFigures struct {
	Indicator string
	Latest    string // the latest figure, empty for none
	Entries   int
}

// FiguresOf returns what was recorded on the indicators of an appraisal.
func FiguresOf(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]IndicatorFigures, error) {
	return all[IndicatorFigures](ctx, q, `select indicator_id::text as indicator, count(*)::int as entries,
			coalesce(trim_scale((array_agg(value order by at desc) filter (where value is not null))[1])::text, '') as latest
		from progress_entry where appraisal_id = $1 group by indicator_id`, id)
}

// StatementsOf returns the words of key results and items of the strategy by their ids.
func StatementsOf(ctx context.Context, q Querier, ids []string) (map[string]string, error) {
	type row struct{ ID, Statement string }
	rows, err := all[row](ctx, q, `select id::text as id, statement from key_result where id = any($1::uuid[])
		union all select id::text, statement from strategy_item where id = any($1::uuid[])`, ids)
	words := make(map[string]string, len(rows))
	for _, r := range rows {
		words[r.ID] = r.Statement
	}
	return words, err
}

// AwaitedPlanChange is a proposal that waits for an answer.
type AwaitedPlanChange struct {
	AppraisalID appraisal.AppraisalID
	EmployeeID  appraisal.PersonID
	Appraisee   string
	CycleName   string
	Proposer    string
	ProposedFor *string
	ProposedAt  time.Time
}

// AwaitedPlanChanges returns the proposals that wait for a person's answer, the longest waiting first.
func AwaitedPlanChanges(ctx context.Context, q Querier, person appraisal.PersonID) ([]AwaitedPlanChange, error) {
	return all[AwaitedPlanChange](ctx, q, `select a.id as appraisal_id, a.employee_id, p.full_name as appraisee, c.name as cycle_name,
			b.full_name as proposer, f.full_name as proposed_for, g.proposed_at
		from (select id from appraisal where employee_id = $1 union select id from appraisal where appraiser_id = $1) mine
		join plan_change g on g.appraisal_id = mine.id and g.state = 'open'
		join appraisal a on a.id = mine.id and (g.proposed_by = a.employee_id) = (a.employee_id <> $1) join cycle c on c.id = a.cycle_id join person p on p.id = a.employee_id
		join person b on b.id = g.proposed_by left join person f on f.id = g.proposed_for
		where c.status = 'running' and exists (select 1 from step s where s.appraisal_id = a.id and s.kind = 'record_progress' and s.state = 'open')
		order by g.proposed_at, g.id`, person)
}
