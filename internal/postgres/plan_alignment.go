package postgres

import (
	"context"
)

// Alignment is something that a key result can serve.
type Alignment struct {
	KeyResult *string
	Strategy  *string
	Statement string
	Kind      string // key_result, visi, misi, sasaran
	Near      bool   // an objective of the employee's unit or of one above it
	Gone      bool   // it cannot be chosen any more, only kept
}

// Alignments returns what the employee's key results may serve: the key results in the latest plan of the superior in the
// same cycle, in its order, then the objectives of the employee's unit and of those above it, and then the other objectives and
// missions of the strategy.
func Alignments(ctx context.Context, q Querier, a Appraisal) ([]Alignment, error) {
	return all[Alignment](ctx, q, `with recursive up as (
			select id, parent_id, 0 as far from unit where id = $3
			union all select u.id, u.parent_id, up.far + 1 from unit u join up on u.id = up.parent_id where up.far < 50
		)
		select key_result, strategy, statement, kind, near, false as gone from (
			select k.id::text as key_result, null::text as strategy, k.statement, 'key_result' as kind, false as near, 0 as part, k.ordinal, '' as code
				from appraisal s join plan p on p.appraisal_id = s.id and not p.superseded and p.state <> 'returned'
				join key_result k on k.plan_id = p.id
				where s.cycle_id = $1 and s.employee_id = $2
			union all
			select null, i.id::text, i.statement, i.kind, up.id is not null, case when up.id is null then 2 else 1 end, coalesce(up.far, 0), i.code
				from strategy_item i left join up on up.id = i.unit_id where i.kind in ('misi', 'sasaran')
		) options order by part, ordinal, code`, a.CycleID, a.AppraiserID, a.UnitID)
}

// KeptAlignments returns what given key results serve and can no longer choose: it was dropped from the superior's plan, or
// the superior is another by now.
func KeptAlignments(ctx context.Context, q Querier, keyResults []string) ([]Alignment, error) {
	return all[Alignment](ctx, q, `select id::text as key_result, null::text as strategy, statement, 'key_result' as kind, false as near, true as gone
		from key_result where id = any($1::uuid[]) order by statement, id`, keyResults)
}

// ChainLink is one link of the chain from a key result up to the vision.
type ChainLink struct {
	Start     string
	Kind      string // key_result, sasaran, misi, visi
	Statement string
	Owner     *string // of a key result
	Dropped   bool    // the key result is no longer in its owner's plan
}

// Chains returns for each starting id (of a key result or a strategy item) the links from it up to the vision. A key result that
// is served is shown as it is now.
func Chains(ctx context.Context, q Querier, starts []string) (map[string][]ChainLink, error) {
	rows, err := all[ChainLink](ctx, q, `with recursive chain as (
			select k.id as start, k.id as key_result, null::uuid as strategy, 0 as far from key_result k where k.id = any($1::uuid[])
			union all select s.id, null::uuid, s.id, 0 from strategy_item s where s.id = any($1::uuid[])
			union all select c.start, k.serves_key_result, case when k.id is not null then k.serves_strategy else s.parent_id end, c.far + 1
				from chain c left join key_result k on k.id = c.key_result left join strategy_item s on s.id = c.strategy
				where c.far < 50 and (k.serves_key_result is not null or k.serves_strategy is not null or s.parent_id is not null)
		)
		select c.start::text as start, coalesce(s.kind, 'key_result') as kind, coalesce(k.statement, s.statement) as statement,
			o.full_name as owner, coalesce(p.superseded, false) and c.far > 0 as dropped
		from chain c left join key_result k on k.id = c.key_result left join plan p on p.id = k.plan_id
			left join appraisal a on a.id = p.appraisal_id left join person o on o.id = a.employee_id
			left join strategy_item s on s.id = c.strategy
		order by c.start, c.far`, starts)
	chains := make(map[string][]ChainLink, len(starts))
	for _, r := range rows {
		chains[r.Start] = append(chains[r.Start], r)
	}
	return chains, err
}
