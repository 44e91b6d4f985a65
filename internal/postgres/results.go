package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// Result is one appraisal of a cycle with the versions of its rating that count.
type Result struct {
	EmployeeID   appraisal.PersonID
	NIP          string
	Name         string
	Grade        string
	Post         string
	PositionKind appraisal.PositionKind
	UnitCode     string
	Unit         string
	Appraiser    string
	Stage        appraisal.Stage
	Released     bool
	InSession    bool          // a calibration session has dealt with it
	Review       *RatedVersion // the last one of the appraiser's own
	Change       *RatedVersion // of a session
	InForce      *RatedVersion // the last one
	Objected     bool
	Decision     string
	Hours        *int
}

// RatedVersion is one version of a rating: levels under a matrix, scores under a numeric policy.
type RatedVersion struct {
	WorkResult      appraisal.Expectation `json:"work_result"`
	Behaviour       appraisal.Expectation `json:"behaviour"`
	Predikat        appraisal.Predikat    `json:"predikat"`
	Score           appraisal.Decimal     `json:"score"`
	WorkResultScore appraisal.Decimal     `json:"work_result_score"`
	BehaviourScore  appraisal.Decimal     `json:"behaviour_score"`
}

// Results returns the appraisals of a cycle by unit and name, one after the other, so that the whole cycle is never in memory. A
// unit stands for its people and those of all units below; empty is everybody in the part of the organisation.
func Results(ctx context.Context, q Querier, cycle appraisal.CycleID, unit appraisal.UnitID, in appraisal.Scope) iter.Seq2[Result, error] {
	return func(yield func(Result, error) bool) {
		var below *appraisal.UnitID
		if unit != "" {
			below = &unit
		}
		rows, err := q.Query(ctx, resultsSQL, cycle, below, units(in))
		if err != nil {
			yield(Result{}, Mapped(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			row, err := pgx.RowToStructByName[Result](rows)
			if !yield(row, Mapped(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Result{}, Mapped(err))
		}
	}
}

const versionSQL = `jsonb_build_object('work_result', work_result, 'behaviour', behaviour, 'predikat', predikat,
	'score', coalesce(score::text, ''), 'work_result_score', coalesce(work_result_score::text, ''),
	'behaviour_score', coalesce(behaviour_score::text, ''))`

const resultsSQL = `with recursive below as (
		select id from unit where id = $2::uuid
		union select u.id from unit u join below b on u.parent_id = b.id
	)
	select a.employee_id, coalesce(e.nip, '') as nip, p.full_name as name, coalesce(e.grade, '') as grade, coalesce(e.position_name, '') as post,
		a.position_kind, u.code as unit_code, u.name as unit, coalesce(s.full_name, '') as appraiser, a.stage, ` + releasedSQL + ` as released,
		a.cohort_round is not null as in_session,
		r.version as review, c.version as change, f.version as in_force,
		o.appraisal_id is not null as objected, coalesce(o.decision, '') as decision,
		case when d.state = 'approved' then (select coalesce(sum(t.hours), 0)::int from recommendation m join training t on t.code = m.training
			where m.appraisal_id = a.id and m.approved) end as hours
	from appraisal a join person p on p.id = a.employee_id join unit u on u.id = a.unit_id
	left join employee e on e.person_id = a.employee_id left join person s on s.id = a.appraiser_id
	left join lateral (select ` + versionSQL + ` as version from rating where appraisal_id = a.id and source = 'review' order by number desc limit 1) r on true
	left join lateral (select ` + versionSQL + ` as version from rating where appraisal_id = a.id and source = 'calibration' order by number desc limit 1) c on true
	left join lateral (select ` + versionSQL + ` as version from rating where appraisal_id = a.id order by number desc limit 1) f on true
	left join objection o on o.appraisal_id = a.id left join development_plan d on d.appraisal_id = a.id
	where a.cycle_id = $1 and ($2::uuid is null or a.unit_id in (select id from below)) and ($3::uuid[] is null or a.unit_id = any($3))
	order by u.code, p.full_name, p.id`

// UnitName returns a unit's name.
func UnitName(ctx context.Context, q Querier, id appraisal.UnitID) (string, error) {
	return scalar[string](ctx, q, `select name from unit where id = $1`, id)
}

// ArchivedPerson is somebody whose papers go into an archive.
type ArchivedPerson struct {
	ID  appraisal.AppraisalID
	NIP string
}

// ArchivedPeople returns the people of one unit in a cycle by their NIP, at most so many.
func ArchivedPeople(ctx context.Context, q Querier, cycle appraisal.CycleID, unit appraisal.UnitID, limit int) ([]ArchivedPerson, error) {
	return all[ArchivedPerson](ctx, q, `select a.id, e.nip from appraisal a join employee e on e.person_id = a.employee_id
		where a.cycle_id = $1 and a.unit_id = $2 order by e.nip limit $3`, cycle, unit, limit)
}
