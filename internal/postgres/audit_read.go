package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// AuditEntry is a line of the trail as those who look after it, and those whom it is about, read it.
type AuditEntry struct {
	ID          int64
	At          time.Time
	Action      string
	ActorID     *appraisal.PersonID
	Actor       *string
	BehalfID    *appraisal.PersonID
	Behalf      *string
	Network     string
	AppraisalID *appraisal.AppraisalID
	CycleName   *string
	EmployeeID  *appraisal.PersonID
	Employee    *string // whose appraisal or account it is about
	AppraiserID *appraisal.PersonID
	ReviewerID  *appraisal.PersonID
	Subject     string
	Place       *int64 // in the chain of its appraisal
	Waiting     bool   // for a seal
	Destroyed   bool   // its content
}

const auditEntryColumns = `e.id, e.at, e.action, e.actor_id, p.full_name as actor, e.on_behalf_of as behalf_id, b.full_name as behalf, e.network, e.appraisal_id, c.name as cycle_name,
	a.employee_id, coalesce(o.full_name, (select s.full_name from person s
		where s.id = case when e.subject like 'person/%' then substr(e.subject, 8)::uuid end)) as employee, a.appraiser_id, a.reviewer_id, e.subject, e.seq as place,
	exists (select from audit_unsealed u where u.event_id = e.id) as waiting, exists (select from audit_destroyed d where d.event_id = e.id) as destroyed
	from audit_event e left join person p on p.id = e.actor_id left join person b on b.id = e.on_behalf_of
	left join appraisal a on a.id = e.appraisal_id left join cycle c on c.id = a.cycle_id left join person o on o.id = a.employee_id`

// AuditMark is the place of a line in the trail, the latest first.
type AuditMark struct {
	At time.Time
	ID int64
}

// TrailAbout returns what the trail says about a person, the latest first: what was done in their appraisals and to their account, who
// has read about them, who stands in for whom, and what was done on their behalf. What a session deliberates, what lies on somebody else's desk, and that a rating was set before its result
// is told are not for them.
func TrailAbout(ctx context.Context, q Querier, person appraisal.PersonID, before *AuditMark, limit int) ([]AuditEntry, error) {
	at, id := before.place()
	return all[AuditEntry](ctx, q, aboutSQL+`
		select `+auditEntryColumns+` where e.id in (select id from about) and ($3::timestamptz is null or (e.at, e.id) < ($3, $4))
		order by e.at desc, e.id desc limit $5`, person, toldStages, at, id, limit)
}

// PersonalLine is a line of the trail as the person whom it is about takes it with them. Network is from where they themselves acted,
// and empty where somebody else did, whose address is none of theirs.
type PersonalLine struct {
	TrailLine
	Subject string
	Network string
}

// PersonalTrail returns the same lines with what they tell, oldest first; not that the person took them out before.
func PersonalTrail(ctx context.Context, q Querier, person appraisal.PersonID) ([]PersonalLine, error) {
	return all[PersonalLine](ctx, q, aboutSQL+`
		select e.at, e.action, p.full_name as actor, b.full_name as behalf, e.subject,
			case when e.on_behalf_of = $1 then '{}' else coalesce(d.content, '{}') end as detail, -- for somebody, about somebody else
			case when e.actor_id = $1 then e.network else '' end as network
		from audit_event e left join audit_content d on d.event_id = e.id left join person p on p.id = e.actor_id left join person b on b.id = e.on_behalf_of
		where e.id in (select id from about) and e.action <> 'export_data' order by e.id`, person, toldStages)
}

// aboutSQL finds the events about the person $1; a rating only at one of the stages $2, and never what a session deliberates on. That a
// subject is not empty is said for its index, which has no empty ones.
const aboutSQL = `with mine as (select id, cycle_id, cohort_id, stage from appraisal where employee_id = $1),
		about as (
			select f.id from audit_event f join mine on mine.id = f.appraisal_id
				where f.action <> 'change_rating' and (f.action <> 'set_rating' or mine.stage = any($2))
				and (f.action not in ('add_file', 'add_link', 'remove_evidence') or f.actor_id = $1)
			union select f.id from audit_event f where f.subject = 'person/' || $1::text
			union select f.id from audit_event f join training_taken t on f.subject = 'training/' || t.id and f.subject <> '' where t.person_id = $1
			union select f.id from audit_event f join delegation d on f.subject = 'delegation/' || d.id and f.subject <> ''
				where $1 in (d.delegator_id, d.delegate_id)
			union select f.id from audit_event f where f.on_behalf_of = $1 and f.action not in ('add_file', 'add_link', 'remove_evidence')
			union select f.id from audit_event f join mine on f.subject = 'cohort/' || mine.cohort_id and f.subject <> '' where f.action = 'read_cohort'
			union select f.id from audit_event f join mine on f.subject = 'cycle/' || mine.cycle_id and f.subject <> '' where f.action = 'read_results')`

// toldStages are those in which the employee has been told the result.
var toldStages = []appraisal.Stage{appraisal.StageResult, appraisal.StageObjection, appraisal.StageDevelopment, appraisal.StageClosed}

func (m *AuditMark) place() (*time.Time, int64) {
	if m == nil {
		return nil, 0
	}
	return &m.At, m.ID
}

// AuditFilter narrows the trail. Lists of people that are nil do not; those that are empty let nothing through.
type AuditFilter struct {
	About       []appraisal.PersonID
	Actors      []appraisal.PersonID
	Action      string
	From, Until *time.Time
}

// SearchTrail returns the lines of the trail that a filter lets through, the latest first. None of them has any content.
func SearchTrail(ctx context.Context, q Querier, f AuditFilter, before *AuditMark, limit int) ([]AuditEntry, error) {
	c := conditions{args: []any{limit}}
	c.add("true")
	if f.Action != "" {
		c.add("f.action = %s", f.Action)
	}
	if f.From != nil {
		c.add("f.at >= %s", *f.From)
	}
	if f.Until != nil {
		c.add("f.at < %s", *f.Until)
	}
	if before != nil {
		c.add("(f.at, f.id) < (%s, %s)", before.At, before.ID)
	}
	return all[AuditEntry](ctx, q, `with page as (`+f.page(&c)+`)
		select `+auditEntryColumns+` where e.id in (select id from page) order by e.at desc, e.id desc`, c.args...)
}

// page is the query for the lines of one page: of each of the people who acted the latest few, which an index gives; of those whom it is about
// all there are, which are not many.
func (f AuditFilter) page(c *conditions) string {
	const latest = ` order by f.at desc, f.id desc limit $1`
	switch {
	case f.About != nil:
		if f.Actors != nil {
			c.add("f.actor_id = any(%s::uuid[])", texts(f.Actors))
		}
		where := c.where()
		c.args = append(c.args, texts(f.About))
		people := fmt.Sprintf("$%d::uuid[]", len(c.args))
		return `select f.id, f.at from appraisal a join audit_event f on f.appraisal_id = a.id` + where + ` and a.employee_id = any(` + people + `)
			union select f.id, f.at from unnest(` + people + `) w (id) join audit_event f on f.subject = 'person/' || w.id and f.subject <> ''` + where + `
			order by at desc, id desc limit $1`
	case f.Actors != nil:
		where := c.where()
		c.args = append(c.args, texts(f.Actors))
		return fmt.Sprintf(`select f.id, f.at from unnest($%d::uuid[]) w (id) cross join lateral (
			select f.id, f.at from audit_event f%s and f.actor_id = w.id%s) f`, len(c.args), where, latest) + latest
	default:
		return `select f.id, f.at from audit_event f` + c.where() + latest
	}
}

// PeopleNamed returns the first so many people in whose name a text stands.
func PeopleNamed(ctx context.Context, q Querier, typed string, limit int) ([]appraisal.PersonID, error) {
	return scalars[appraisal.PersonID](ctx, q, `select id from person where full_name ilike '%' || $1 || '%' limit $2`, likeText(typed), limit)
}

// AuditActions lists the actions that the trail has lines of.
func AuditActions(ctx context.Context, q Querier) ([]string, error) {
	return scalars[string](ctx, q, `with recursive a as (
		(select action from audit_event order by action limit 1)
		union all select (select e.action from audit_event e where e.action > a.action order by e.action limit 1) from a where a.action is not null)
		select action from a where action is not null`)
}

// AuditStatus is how far the trail is sealed.
type AuditStatus struct {
	Events  int64 // about
	Waiting int64
	Seals   int64
	Sealed  *time.Time
}

// GetAuditStatus reads it.
func GetAuditStatus(ctx context.Context, q Querier) (AuditStatus, error) {
	return one[AuditStatus](ctx, q, `select (select coalesce(max(id), 0) from audit_event) as events, (select count(*) from audit_unsealed) as waiting,
		(select coalesce(max(number), 0) from audit_seal) as seals, (select at from audit_seal order by number desc limit 1) as sealed`)
}

// likeText makes what somebody typed stand for itself in a pattern.
func likeText(typed string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(typed)
}
