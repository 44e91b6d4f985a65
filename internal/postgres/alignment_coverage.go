package postgres

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
)

// belowSQL is the unit $2 with all units below it; of an empty one, every unit.
const belowSQL = `below as (
		select id from unit where $2 = '' and parent_id is null or id::text = $2
		union all select u.id from unit u join below b on u.parent_id = b.id)`

// liveSQL selects the approved key results of the cycle $1 that are in force.
const liveSQL = `key_result k join plan p on p.id = k.plan_id and not p.superseded and p.state = 'approved'
		join appraisal a on a.id = p.appraisal_id and a.cycle_id = $1 and a.stage <> 'withdrawn'`

// servingSQL selects the approved key results of the cycle $1 that serve the key result r.id. It is looked up row by row: few of
// many are asked for, which the planner cannot know of a recursion.
const servingSQL = `cross join lateral (select k.id, a.id as appraisal_id, a.unit_id from key_result k
			join plan p on p.id = k.plan_id and not p.superseded and p.state = 'approved'
			join appraisal a on a.id = p.appraisal_id and a.cycle_id = $1 and a.stage <> 'withdrawn'
			where k.serves_key_result = r.id offset 0) s`

// brokenSQL is the key results whose chain leads to no item of the strategy: what they serve was dropped, is not approved, or
// belongs to somebody who has left the cycle; and all that serve those.
const brokenSQL = `broken as (
		select s.id, s.appraisal_id, s.unit_id from (
			select t.id from appraisal a join plan p on p.appraisal_id = a.id join key_result t on t.plan_id = p.id
			where a.cycle_id = $1 and (p.superseded or p.state <> 'approved' or a.stage = 'withdrawn')) r ` + servingSQL + `
		union select s.id, s.appraisal_id, s.unit_id from broken r ` + servingSQL + `)`

// CoverageTotals counts a unit with all below it.
type CoverageTotals struct {
	Objectives int
	Carried    int // objectives that an approved key result serves
	People     int
	Planned    int // people with an approved plan
	KeyResults int
	Broken     int // key results that lead to no item of the strategy
}

// Coverage counts how far the objectives of a unit and of all below it are carried in a cycle.
func Coverage(ctx context.Context, q Querier, cycle appraisal.CycleID, unit appraisal.UnitID) (CoverageTotals, error) {
	return one[CoverageTotals](ctx, q, `with recursive `+belowSQL+`, `+brokenSQL+`,
		objective as (select s.id, exists (select 1 from `+liveSQL+` where k.serves_strategy = s.id) as carried
			from strategy_item s join below on below.id = s.unit_id where s.kind = 'sasaran'),
		person as (select a.id, exists (select 1 from plan p where p.appraisal_id = a.id and not p.superseded and p.state = 'approved') as planned
			from appraisal a join below on below.id = a.unit_id where a.cycle_id = $1 and a.stage <> 'withdrawn')
		select (select count(*) from objective)::int as objectives, (select count(*) from objective where carried)::int as carried,
			(select count(*) from person)::int as people, (select count(*) from person where planned)::int as planned,
			(select count(*) from `+liveSQL+` join below on below.id = a.unit_id)::int as key_results,
			(select count(*) from broken join below on below.id = broken.unit_id)::int as broken`, cycle, unit)
}

// UnitCoverage is a unit directly below another, counted with all below it.
type UnitCoverage struct {
	ID         appraisal.UnitID
	Name       string
	Objectives int
	Carried    int
	People     int
	Planned    int
}

// UnitCoverages counts the units directly below a unit, in order of their codes.
func UnitCoverages(ctx context.Context, q Querier, cycle appraisal.CycleID, unit appraisal.UnitID) ([]UnitCoverage, error) {
	return all[UnitCoverage](ctx, q, `with recursive tree as (
			select id, id as top from unit where $2 = '' and parent_id is null or parent_id::text = $2
			union all select u.id, t.top from unit u join tree t on u.parent_id = t.id),
		objective as (select t.top, count(*) as objectives,
				count(*) filter (where exists (select 1 from `+liveSQL+` where k.serves_strategy = s.id)) as carried
			from strategy_item s join tree t on t.id = s.unit_id where s.kind = 'sasaran' group by t.top),
		person as (select t.top, count(*) as people, count(p.id) as planned
			from appraisal a join tree t on t.id = a.unit_id left join plan p on p.appraisal_id = a.id and not p.superseded and p.state = 'approved'
			where a.cycle_id = $1 and a.stage <> 'withdrawn' group by t.top)
		select u.id, u.name, coalesce(o.objectives, 0)::int as objectives, coalesce(o.carried, 0)::int as carried,
			coalesce(n.people, 0)::int as people, coalesce(n.planned, 0)::int as planned
		from unit u left join objective o on o.top = u.id left join person n on n.top = u.id
		where ($2 = '' and u.parent_id is null or u.parent_id::text = $2) and (o.top is not null or n.top is not null) order by u.code`, cycle, unit)
}

// ObjectiveCoverage is an objective with how many carry it directly.
type ObjectiveCoverage struct {
	ID         string
	Code       string
	Statement  string
	Unit       string
	KeyResults int
	People     int
}

// ObjectiveCoverages returns up to limit objectives of a unit and of all below it after a code, in order of their codes.
func ObjectiveCoverages(ctx context.Context, q Querier, cycle appraisal.CycleID, unit appraisal.UnitID, after string, limit int) ([]ObjectiveCoverage, error) {
	return all[ObjectiveCoverage](ctx, q, `with recursive `+belowSQL+`
		select s.id::text as id, s.code, s.statement, u.name as unit, n.key_results, n.people
		from strategy_item s join below on below.id = s.unit_id join unit u on u.id = s.unit_id
		cross join lateral (select count(*)::int as key_results, count(distinct a.employee_id)::int as people
			from `+liveSQL+` where k.serves_strategy = s.id) n
		where s.kind = 'sasaran' and s.code > $3 order by s.code limit $4`, cycle, unit, after, limit)
}

// CarriedUnit counts the key results of a unit's people that lead to an objective, or to nothing.
type CarriedUnit struct {
	Unit       string
	KeyResults int
	People     int
}

// reachSQL is the key results that lead to the item $3 of the strategy, directly or through others.
const reachSQL = `reach as (
		select k.id, a.id as appraisal_id, a.unit_id from ` + liveSQL + ` where k.serves_strategy = $3::uuid
		union select s.id, s.appraisal_id, s.unit_id from reach r ` + servingSQL + `)`

// leading returns the name and the definition of the key results that lead to an item, or for an empty one to nothing.
func leading(item string) (name, sql string) {
	if item == "" {
		return "broken", brokenSQL + `, item as (select $3::text)`
	}
	return "reach", reachSQL
}

// CarriedByUnit counts, unit by unit within a unit and all below it, who carries an item of the strategy; of an empty item, whose key
// results lead to nothing.
func CarriedByUnit(ctx context.Context, q Querier, cycle appraisal.CycleID, unit appraisal.UnitID, item string) ([]CarriedUnit, error) {
	name, sql := leading(item)
	return all[CarriedUnit](ctx, q, `with recursive `+belowSQL+`, `+sql+`
		select u.name as unit, count(*)::int as key_results, count(distinct r.appraisal_id)::int as people
		from `+name+` r join below on below.id = r.unit_id join unit u on u.id = r.unit_id group by u.id order by u.code limit 500`, cycle, unit, item)
}

// CarriedKeyResult is a key result that leads to an item of the strategy, or to nothing.
type CarriedKeyResult struct {
	ID          string
	Statement   string
	AppraisalID appraisal.AppraisalID
	Owner       string
	Unit        string
}

// CarriedKeyResults returns up to limit of those key results after an id, only of appraisals that the reader may read.
func CarriedKeyResults(ctx context.Context, q Querier, cycle appraisal.CycleID, unit appraisal.UnitID, item string, reader appraisal.Readership,
	after string, limit int) ([]CarriedKeyResult, error) {
	name, sql := leading(item)
	return all[CarriedKeyResult](ctx, q, `with recursive `+belowSQL+`, `+sql+`
		select k.id::text as id, k.statement, l.appraisal_id, o.full_name as owner, u.name as unit
		from (select r.id, r.appraisal_id, a.employee_id, r.unit_id from `+name+` r join below on below.id = r.unit_id
			cross join lateral (select * from appraisal where id = r.appraisal_id offset 0) a
			where `+readableSQL+` and r.id > coalesce(nullif($7, ''), $9)::uuid
			order by r.id limit $8) l
		join key_result k on k.id = l.id join person o on o.id = l.employee_id join unit u on u.id = l.unit_id
		order by k.id`, cycle, unit, item, texts(reader.People), units(reader.Scope), texts(reader.Stages), after, limit, uuid0)
}

// readableSQL is the rule of who reads an appraisal a, as appraisal.ReadBy has it: $4 are its people, $5 its units or null, $6 its
// stages.
const readableSQL = `(array[a.employee_id, a.appraiser_id, a.reviewer_id] && $4::uuid[] or $5::uuid[] is null or a.unit_id = any($5)
	or a.stage = any($6::text[]))`

// uuid0 comes before every id.
const uuid0 = "00000000-0000-0000-0000-000000000000"

// UnitPath returns a unit with those above it, the unit itself first.
func UnitPath(ctx context.Context, q Querier, unit appraisal.UnitID) ([]PathUnit, error) {
	return all[PathUnit](ctx, q, `with recursive up as (
			select id, parent_id, name, 0 as far from unit where id::text = $1
			union all select u.id, u.parent_id, u.name, up.far + 1 from unit u join up on u.id = up.parent_id where up.far < 50)
		select id, name from up order by far`, unit)
}

// PathUnit is a unit's id and name.
type PathUnit struct {
	ID   appraisal.UnitID
	Name string
}

// LedUnits returns the units whose alignment somebody without a role may read in a cycle: those that they head, and those in which
// they appraise, the topmost first.
func LedUnits(ctx context.Context, q Querier, cycle appraisal.CycleID, person appraisal.PersonID) ([]appraisal.UnitID, error) {
	return scalars[appraisal.UnitID](ctx, q, `with recursive led as (
			select id from unit where head_id = $2 union select unit_id from appraisal where cycle_id = $1 and appraiser_id = $2
		), up as (select id, id as led, 0 as far from led
			union all select u.parent_id, up.led, up.far + 1 from up join unit u on u.id = up.id where u.parent_id is not null and up.far < 50)
		select led from up group by led order by max(far), led`, cycle, person)
}
