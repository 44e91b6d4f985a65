package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// NewPlan is a version of a plan about to be stored.
type NewPlan struct {
	State       string
	At          time.Time
	DecidedBy   Author // of a version that is approved already
	EffectiveOn *time.Time
}

// AddPlan stores the next version of a plan and returns its id. Key results and indicators with an id, which have to be those of
// the version before, move to the new one and leave a copy behind, so that whatever refers to them refers to them still.
func AddPlan(ctx context.Context, q Querier, id appraisal.AppraisalID, v NewPlan, results []appraisal.KeyResult) (appraisal.PlanID, error) {
	before, err := LatestPlan(ctx, q, id)
	if err != nil {
		return "", err
	}
	number := 1
	if before != nil {
		number += before.Number
		if err := supersede(ctx, q, before.ID, results); err != nil {
			return "", err
		}
	}
	var decidedAt *time.Time
	if v.State != PlanSubmitted {
		decidedAt = &v.At
	}
	plan, err := scalar[appraisal.PlanID](ctx, q, `insert into plan (appraisal_id, number, state, submitted_at, decided_at, decided_by, decided_for, effective_on)
		values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`, id, number, v.State, v.At, decidedAt, v.DecidedBy.ID, v.DecidedBy.For, v.EffectiveOn)
	if err != nil {
		return "", err
	}
	batch := &pgx.Batch{}
	for i, kr := range results {
		putKeyResult(batch, plan, i+1, kr)
		for j, ind := range kr.Indicators {
			putIndicator(batch, plan, i+1, j+1, ind)
		}
	}
	return plan, Mapped(q.SendBatch(ctx, batch).Close())
}

// supersede makes a version a thing of the past: a copy of what goes on stays in it, and what goes on no more stays itself.
func supersede(ctx context.Context, q Querier, before appraisal.PlanID, results []appraisal.KeyResult) error {
	keyResults, indicators := []string{}, []string{}
	for _, kr := range results {
		if kr.ID == "" {
			continue
		}
		keyResults = append(keyResults, kr.ID)
		for _, ind := range kr.Indicators {
			if ind.ID != "" {
				indicators = append(indicators, ind.ID)
			}
		}
	}
	batch := &pgx.Batch{}
	batch.Queue(`update plan set superseded = true where id = $1`, before)
	batch.Queue(`insert into key_result select c.* from key_result k
		cross join lateral jsonb_populate_record(k, jsonb_build_object('id', gen_random_uuid(), 'origin_id', k.id)) c
		where k.plan_id = $1 and k.id = any($2::uuid[])`, before, keyResults)
	batch.Queue(`insert into indicator select c.* from key_result k join indicator i on i.key_result_id = k.origin_id
		cross join lateral jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(), 'origin_id', i.id, 'key_result_id', k.id)) c
		where k.plan_id = $1 and i.id = any($2::uuid[])`, before, indicators)
	batch.Queue(`update indicator i set key_result_id = k.id from key_result k
		where k.plan_id = $1 and i.key_result_id = k.origin_id and i.id <> all($2::uuid[])`, before, indicators)
	return Mapped(q.SendBatch(ctx, batch).Close())
}

// putKeyResult stores a new key result, or moves one that goes on to the plan.
func putKeyResult(batch *pgx.Batch, plan appraisal.PlanID, ordinal int, kr appraisal.KeyResult) {
	batch.Queue(`insert into key_result (id, plan_id, ordinal, statement, serves_key_result, serves_strategy, weight)
		values (coalesce(nullif($1, '')::uuid, gen_random_uuid()), $2, $3, $4, nullif($5, '')::uuid, nullif($6, '')::uuid, nullif($7, '')::numeric)
		on conflict (id) do update set plan_id = excluded.plan_id, ordinal = excluded.ordinal, statement = excluded.statement,
			serves_key_result = excluded.serves_key_result, serves_strategy = excluded.serves_strategy, weight = excluded.weight`,
		kr.ID, plan, ordinal, kr.Statement, kr.ServesKeyResult, kr.ServesStrategy, kr.Weight)
}

// putIndicator stores a new indicator, or goes on with one.
func putIndicator(batch *pgx.Batch, plan appraisal.PlanID, keyResult, ordinal int, ind appraisal.Indicator) {
	batch.Queue(`insert into indicator (id, key_result_id, ordinal, aspect, description, target, measure, direction, source)
		select coalesce(nullif($1, '')::uuid, gen_random_uuid()), id, $4, $5, $6, $7::numeric, $8, $9, $10 from key_result where plan_id = $2 and ordinal = $3
		on conflict (id) do update set ordinal = excluded.ordinal, aspect = excluded.aspect, description = excluded.description,
			target = excluded.target, measure = excluded.measure, direction = excluded.direction, source = excluded.source`,
		ind.ID, plan, keyResult, ordinal, ind.Aspect, ind.Description, ind.Target, ind.Measure, ind.Direction, ind.Source)
}

// PlanVersion is a version of a plan with who decided it.
type PlanVersion struct {
	Plan
	DecidedBy  *string
	DecidedFor *string
}

// PlanVersions returns all versions of a plan, the first one first.
func PlanVersions(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]PlanVersion, error) {
	return all[PlanVersion](ctx, q, `select `+planColumns+`,
			(select full_name from person where person.id = plan.decided_by) as decided_by,
			(select full_name from person where person.id = plan.decided_for) as decided_for
		from plan where appraisal_id = $1 order by number`, id)
}

// PlanContent returns what a version says. The ids are those of the living key results and indicators, so that versions can
// be compared.
func PlanContent(ctx context.Context, q Querier, plan appraisal.PlanID) ([]appraisal.KeyResult, error) {
	return keyResults(ctx, q, `k.plan_id = $1`, plan)
}

// KeyResultsOf returns what given key results say.
func KeyResultsOf(ctx context.Context, q Querier, ids []string) ([]appraisal.KeyResult, error) {
	return keyResults(ctx, q, `k.id = any($1::uuid[])`, ids)
}

func keyResults(ctx context.Context, q Querier, where string, arg any) ([]appraisal.KeyResult, error) {
	type row struct {
		KeyResult       string
		Statement       string
		ServesKeyResult string
		ServesStrategy  string
		Weight          string
		Indicator       *string
		Aspect          *appraisal.Aspect
		Description     *string
		Target          *string
		Measure         *string
		Direction       *appraisal.Direction
		Source          *appraisal.Source
	}
	rows, err := all[row](ctx, q, `select coalesce(k.origin_id, k.id)::text as key_result, k.statement,
			coalesce(k.serves_key_result::text, '') as serves_key_result, coalesce(k.serves_strategy::text, '') as serves_strategy,
			coalesce(trim_scale(k.weight)::text, '') as weight,
			coalesce(i.origin_id, i.id)::text as indicator, i.aspect, i.description, trim_scale(i.target)::text as target,
			i.measure, i.direction, i.source
		from key_result k left join indicator i on i.key_result_id = k.id where `+where+` order by k.ordinal, k.id, i.ordinal, i.id`, arg)
	var results []appraisal.KeyResult
	for _, r := range rows {
		if n := len(results); n == 0 || results[n-1].ID != r.KeyResult {
			results = append(results, appraisal.KeyResult{
				ID: r.KeyResult, Statement: r.Statement, ServesKeyResult: r.ServesKeyResult, ServesStrategy: r.ServesStrategy,
				Weight: r.Weight,
			})
		}
		if r.Indicator != nil {
			kr := &results[len(results)-1]
			kr.Indicators = append(kr.Indicators, appraisal.Indicator{
				ID: *r.Indicator, Aspect: *r.Aspect, Description: *r.Description, Target: *r.Target, Measure: *r.Measure, Direction: *r.Direction,
				Source: *r.Source,
			})
		}
	}
	return results, err
}
