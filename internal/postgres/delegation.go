package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Author is who did something, and on whose behalf; both are nil for what the system did.
type Author struct {
	ID  *appraisal.PersonID
	For *appraisal.PersonID // whom they stood in for, nil for themselves
}

// AuthorOf returns the author of what an actor does.
func AuthorOf(a appraisal.Actor) Author { return Author{a.Person(), a.OnBehalfOf()} }

// Delegation is the row of a delegation for a leave, with the names of its people. Days are midnights in UTC, both included.
type Delegation struct {
	ID          appraisal.DelegationID
	DelegatorID appraisal.PersonID
	Delegator   string
	UnitID      appraisal.UnitID // of the delegator
	DelegateID  appraisal.PersonID
	Delegate    string
	FromDay     time.Time
	UntilDay    time.Time
	MadeByID    appraisal.PersonID
	MadeBy      string
	MadeAt      time.Time
	RevokedByID *appraisal.PersonID
	RevokedBy   *string
	RevokedAt   *time.Time
}

const delegationSQL = `select d.id, d.delegator_id, o.full_name as delegator,
		coalesce(coalesce(oe.unit_id, oo.unit_id)::text, '') as unit_id, d.delegate_id, e.full_name as delegate, d.from_day, d.until_day,
		d.made_by as made_by_id, m.full_name as made_by, d.made_at, d.revoked_by as revoked_by_id, r.full_name as revoked_by, d.revoked_at
	from delegation d join person o on o.id = d.delegator_id join person e on e.id = d.delegate_id join person m on m.id = d.made_by
	left join person r on r.id = d.revoked_by
	left join employee oe on oe.person_id = o.id left join official oo on oo.person_id = o.id `

// inForceSQL tells whether the delegation d is in force on the day that the placeholder stands for.
func inForceSQL(day string) string {
	return `d.revoked_at is null and d.from_day <= ` + day + `::date and d.until_day >= ` + day + `::date
		and not exists (select from person x where x.id in (d.delegator_id, d.delegate_id) and not x.active)`
}

// AddDelegation stores a delegation and returns its id. Both people have to be locked.
func AddDelegation(ctx context.Context, q Querier, d Delegation) (appraisal.DelegationID, error) {
	return scalar[appraisal.DelegationID](ctx, q, `insert into delegation (delegator_id, delegate_id, from_day, until_day, made_by, made_at)
		values ($1, $2, $3, $4, $5, $6) returning id`, d.DelegatorID, d.DelegateID, d.FromDay, d.UntilDay, d.MadeByID, d.MadeAt)
}

// LockDelegation reads a delegation and holds its row.
func LockDelegation(ctx context.Context, q Querier, id appraisal.DelegationID) (Delegation, error) {
	return one[Delegation](ctx, q, delegationSQL+`where d.id = $1 for no key update of d`, id)
}

// DelegationsIn returns the delegations in a part of the organisation that are not over on a day, the one that begins first at the top;
// those of one person, as delegator or as delegate, are left out.
func DelegationsIn(ctx context.Context, q Querier, in appraisal.Scope, without appraisal.PersonID, day time.Time, after *Mark, limit int) ([]Delegation, error) {
	var c conditions
	c.add("d.revoked_at is null and d.until_day >= %s and %s not in (d.delegator_id, d.delegate_id)", day, without)
	if !in.Everywhere {
		c.add("coalesce(oe.unit_id, oo.unit_id) = any(%s::uuid[])", units(in))
	}
	if after != nil {
		c.add("(d.from_day, d.id) > (%s::date, %s::uuid)", after.At, after.ID)
	}
	c.args = append(c.args, limit)
	return all[Delegation](ctx, q, delegationSQL+c.where()+fmt.Sprintf(` order by d.from_day, d.id limit $%d`, len(c.args)), c.args...)
}

// Delegations returns the delegations of a person, as delegator or as delegate, the newest first.
func Delegations(ctx context.Context, q Querier, person appraisal.PersonID, limit int) ([]Delegation, error) {
	return all[Delegation](ctx, q, delegationSQL+`where $1 in (d.delegator_id, d.delegate_id) order by d.from_day desc, d.id limit $2`, person, limit)
}

// Judges reports whether somebody is the superior of a person, or their appraiser or reviewing official in a cycle that is not over.
func Judges(ctx context.Context, q Querier, judge, person appraisal.PersonID) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select from employee where person_id = $2 and superior_id = $1)
		or exists (select from appraisal where employee_id = $2 and $1 in (appraiser_id, reviewer_id) and ended_at is null)`, judge, person)
}

// StandingIn returns a delegation by which a person stands in for somebody on some of the days, nil if there is none.
func StandingIn(ctx context.Context, q Querier, delegate appraisal.PersonID, from, until time.Time) (*Delegation, error) {
	return optional[Delegation](ctx, q, delegationSQL+`where d.delegate_id = $1 and d.revoked_at is null and d.from_day <= $3 and d.until_day >= $2
		order by d.from_day limit 1`, delegate, from, until)
}

// Clashing returns a delegation that a person has made for some of the days, nil if there is none.
func Clashing(ctx context.Context, q Querier, delegator appraisal.PersonID, from, until time.Time) (*Delegation, error) {
	return optional[Delegation](ctx, q, delegationSQL+`where d.delegator_id = $1 and d.revoked_at is null and d.from_day <= $3 and d.until_day >= $2
		order by d.from_day limit 1`, delegator, from, until)
}

// RevokeDelegation ends a delegation.
func RevokeDelegation(ctx context.Context, q Querier, id appraisal.DelegationID, by appraisal.PersonID, at time.Time) error {
	_, err := exec(ctx, q, `update delegation set revoked_by = $2, revoked_at = $3 where id = $1 and revoked_at is null`, id, by, at)
	return err
}

// DelegationsInForce returns the delegations of a person, as delegator or as delegate, that are in force on a day.
func DelegationsInForce(ctx context.Context, q Querier, person appraisal.PersonID, day time.Time) ([]Delegation, error) {
	return all[Delegation](ctx, q, delegationSQL+`where $1 in (d.delegator_id, d.delegate_id) and `+inForceSQL("$2")+` order by d.until_day, d.id`, person, day)
}

// Delegators returns who has delegated their duties to a person on a day.
func Delegators(ctx context.Context, q Querier, delegate appraisal.PersonID, day time.Time) ([]appraisal.PersonID, error) {
	return scalars[appraisal.PersonID](ctx, q, `select d.delegator_id from delegation d where d.delegate_id = $1 and `+inForceSQL("$2")+`
		order by d.delegator_id`, delegate, day)
}

// HoldDelegation reports whether somebody stands in for another on a day, and keeps it from being revoked until the transaction ends.
func HoldDelegation(ctx context.Context, q Querier, delegate, delegator appraisal.PersonID, day time.Time) (bool, error) {
	held, err := scalars[appraisal.DelegationID](ctx, q, `select d.id from delegation d where d.delegate_id = $1 and d.delegator_id = $2
		and `+inForceSQL("$3")+` for share of d`, delegate, delegator, day)
	return len(held) > 0, err
}

// EndedDelegation returns the delegation between two people that ended last, nil if there was none.
func EndedDelegation(ctx context.Context, q Querier, delegate, delegator appraisal.PersonID, day time.Time) (*Delegation, error) {
	return optional[Delegation](ctx, q, delegationSQL+`where d.delegate_id = $1 and d.delegator_id = $2 and d.from_day <= $3
		and (d.revoked_at is not null or d.until_day < $3) order by coalesce(d.revoked_at, d.until_day) desc limit 1`, delegate, delegator, day)
}

// StandIn is who acts for somebody, and until which day.
type StandIn struct {
	For   appraisal.PersonID
	ID    appraisal.PersonID
	Name  string
	Until time.Time
}

// StandIns returns who stands in for each of several people on a day.
func StandIns(ctx context.Context, q Querier, people []appraisal.PersonID, day time.Time) (map[appraisal.PersonID]StandIn, error) {
	list, err := all[StandIn](ctx, q, `select d.delegator_id as for, d.delegate_id as id, p.full_name as name, d.until_day as until
		from delegation d join person p on p.id = d.delegate_id where d.delegator_id = any($1::uuid[]) and `+inForceSQL("$2"), texts(people), day)
	found := make(map[appraisal.PersonID]StandIn, len(list))
	for _, s := range list {
		found[s.For] = s
	}
	return found, err
}

// Leaves returns a person's delegations that are in force on a day or will be.
func Leaves(ctx context.Context, q Querier, delegator appraisal.PersonID, day time.Time) ([]Delegation, error) {
	return all[Delegation](ctx, q, delegationSQL+`where d.delegator_id = $1 and d.revoked_at is null and d.until_day >= $2 order by d.from_day`, delegator, day)
}

// ReleaseMail lets go what was held for somebody until they are back: notices about their steps.
func ReleaseMail(ctx context.Context, q Querier, recipient appraisal.PersonID, at time.Time) error {
	_, err := exec(ctx, q, `update mail set available_at = $2 where recipient_id = $1 and state = 'queued' and step_id is not null
		and kind in ('task', 'reminder', 'overdue') and available_at > $2`, recipient, at)
	return err
}

// HasDuties reports whether somebody has anything to delegate: people below them, or an appraisal that has not ended.
func HasDuties(ctx context.Context, q Querier, person appraisal.PersonID) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select from employee where superior_id = $1)
		or exists (select from appraisal where $1 in (appraiser_id, reviewer_id) and ended_at is null)`, person)
}

// FindPerson returns the active person whose id, NIP or e-mail address is given, nil if nobody has it.
func FindPerson(ctx context.Context, q Querier, who string) (*Person, error) {
	return optional[Person](ctx, q, personSQL+`where p.active and p.kind <> 'account' and p.id in (
			select id from person where id = case when lower($1) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then $1::uuid end
			union select person_id from employee where nip = $1
			union select id from person where lower(email) = lower($1) and active)
		order by p.id limit 1`, who)
}

// Colleagues returns the active people near somebody, as those who could stand in: their superior, who has the same superior, and
// who works below them or in their unit; those who lead others first.
func Colleagues(ctx context.Context, q Querier, person appraisal.PersonID, limit int) ([]Person, error) {
	return all[Person](ctx, q, `with self as (select superior_id, unit_id from employee where person_id = $1)
		select * from (`+personSQL+`where p.active and p.id <> $1 and p.id in (
			select superior_id from self
			union select n.person_id from employee n join self on n.superior_id = self.superior_id
			union select n.person_id from employee n join self on n.unit_id = self.unit_id
			union select n.person_id from employee n where n.superior_id = $1 and exists (select from self))) near
		order by exists (select from employee b where b.superior_id = near.id) desc, full_name, id limit $2`, person, limit)
}
