package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// News is something that happened in an appraisal.
type News struct {
	AppraisalID appraisal.AppraisalID
	EmployeeID  appraisal.PersonID
	Appraisee   string
	CycleName   string
	At          time.Time
	Action      string // of the trail, or entered
	Actor       *string
	ActorFor    *string
	Outcome     string
	Stage       appraisal.Stage
}

// NewsFor returns what others did since an instant in the appraisals that are somebody's own or their team's, the latest first:
// of each act in each appraisal the last only, and which of the given stages were entered. What the person did is no news to them.
func NewsFor(ctx context.Context, q Querier, person appraisal.PersonID, acts []string, stages []appraisal.Stage, since time.Time, limit int) ([]News, error) {
	return all[News](ctx, q, `with mine as (select a.id, a.employee_id, p.full_name as appraisee, c.name as cycle_name
			from appraisal a join cycle c on c.id = a.cycle_id and c.status <> 'cancelled' join person p on p.id = a.employee_id
			where (a.employee_id = $1 or a.appraiser_id = $1) and (c.ended_at is null or c.ended_at > $4)),
		happened as (
			(select distinct on (e.appraisal_id, e.action) e.appraisal_id, e.at, e.action, e.actor_id, e.on_behalf_of, coalesce(d.content ->> 'outcome', '') as outcome, '' as stage
				from audit_event e left join audit_content d on d.event_id = e.id where e.appraisal_id in (select id from mine) and e.action = any($2) and e.at > $4
				order by e.appraisal_id, e.action, e.id desc)
			union all select s.appraisal_id, s.entered_at, 'entered', null, null, '', s.stage
				from stage_entry s where s.appraisal_id in (select id from mine) and s.stage = any($3) and s.entered_at > $4)
		select m.id as appraisal_id, m.employee_id, m.appraisee, m.cycle_name, h.at, h.action, o.full_name as actor, b.full_name as actor_for, h.outcome, h.stage
		from happened h join mine m on m.id = h.appraisal_id left join person o on o.id = h.actor_id left join person b on b.id = h.on_behalf_of
		where h.actor_id is distinct from $1
		order by h.at desc, m.appraisee, h.action limit $5`, person, acts, stages, since, limit)
}
