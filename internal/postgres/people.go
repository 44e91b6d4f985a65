package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Person is somebody who can act.
type Person struct {
	ID           appraisal.PersonID
	Kind         string
	FullName     string
	Post         string
	Email        string
	Language     string
	Active       bool
	UnitID       appraisal.UnitID
	PositionKind appraisal.PositionKind
	Employment   appraisal.EmployeeKind
	SuperiorID   *appraisal.PersonID
}

const personSQL = `select p.id, p.kind, p.full_name, coalesce(e.position_name, o.post, '') as post, p.email, p.language, p.active,
	coalesce(coalesce(e.unit_id, o.unit_id)::text, '') as unit_id, coalesce(e.position_kind, '') as position_kind,
	coalesce(e.employment, '') as employment, e.superior_id
	from person p left join employee e on e.person_id = p.id left join official o on o.person_id = p.id `

// GetPerson reads a person.
func GetPerson(ctx context.Context, q Querier, id appraisal.PersonID) (Person, error) {
	return one[Person](ctx, q, personSQL+`where p.id = $1`, id)
}

// People reads several people, in no particular order.
func People(ctx context.Context, q Querier, ids []appraisal.PersonID) (map[appraisal.PersonID]Person, error) {
	list, err := all[Person](ctx, q, personSQL+`where p.id = any($1::uuid[])`, texts(ids))
	found := make(map[appraisal.PersonID]Person, len(list))
	for _, p := range list {
		found[p.ID] = p
	}
	return found, err
}

// texts turns typed ids into what the driver sends as an array.
func texts[T ~string](ids []T) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

// Holders returns the active people who hold a role.
func Holders(ctx context.Context, q Querier, role appraisal.Role) ([]appraisal.PersonID, error) {
	return scalars[appraisal.PersonID](ctx, q, `select distinct g.person_id from role_grant g join person p on p.id = g.person_id
		where g.role = $1 and p.active order by g.person_id`, role)
}

// GrantRole gives a person a role, in the whole organisation; giving it twice changes nothing.
func GrantRole(ctx context.Context, q Querier, id appraisal.PersonID, role appraisal.Role) error {
	_, err := exec(ctx, q, `insert into role_grant (person_id, role) values ($1, $2) on conflict do nothing`, id, role)
	return err
}

// SetLanguage keeps a person's choice.
func SetLanguage(ctx context.Context, q Querier, id appraisal.PersonID, lang string) error {
	_, err := exec(ctx, q, `update person set language = $2 where id = $1`, id, lang)
	return err
}

// SuperiorOf returns the direct superior of an employee, nil for the top and for officials.
func SuperiorOf(ctx context.Context, q Querier, id appraisal.PersonID) (*appraisal.PersonID, error) {
	list, err := scalars[*appraisal.PersonID](ctx, q, `select superior_id from employee where person_id = $1`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// HolderOfHR returns the active people in HR who serve a unit.
func HolderOfHR(ctx context.Context, q Querier, unit appraisal.UnitID) ([]appraisal.PersonID, error) {
	return scalars[appraisal.PersonID](ctx, q, `with recursive up as (
			select id, parent_id from unit where id = $1 union select u.id, u.parent_id from unit u join up on u.id = up.parent_id)
		select distinct g.person_id from role_grant g join person p on p.id = g.person_id and p.active
		where g.role = 'hr' and (g.unit_id is null or g.unit_id in (select id from up)) order by g.person_id`, unit)
}

// HolderOfWholeHR returns the active people in HR of the whole organisation.
func HolderOfWholeHR(ctx context.Context, q Querier) ([]appraisal.PersonID, error) {
	return scalars[appraisal.PersonID](ctx, q, `select g.person_id from role_grant g join person p on p.id = g.person_id and p.active
		where g.role = 'hr' and g.unit_id is null order by g.person_id`)
}

// GrantHR makes a person HR of a unit with all below it; doing it twice changes nothing. It returns false, and grants nothing,
// to somebody who is HR of the whole organisation.
func GrantHR(ctx context.Context, q Querier, id appraisal.PersonID, unit appraisal.UnitID) (bool, error) {
	whole, err := scalar[bool](ctx, q, `select exists (select from role_grant where person_id = $1 and role = 'hr' and unit_id is null)`, id)
	if err != nil || whole {
		return false, err
	}
	_, err = exec(ctx, q, `insert into role_grant (person_id, role, unit_id) values ($1, 'hr', $2) on conflict do nothing`, id, unit)
	return err == nil, err
}

// Holidays returns the office's holidays.
func Holidays(ctx context.Context, q Querier) ([]time.Time, error) {
	return scalars[time.Time](ctx, q, `select day from holiday order by day`)
}

// Unit is a node of the organisation tree.
type Unit struct {
	ID       appraisal.UnitID
	Code     string
	Name     string
	ParentID *appraisal.UnitID
}

// units is a scope as a query takes it: the units, or null for everywhere.
func units(in appraisal.Scope) []string {
	if in.Everywhere {
		return nil
	}
	return texts(in.Units)
}

// UnitsBelow returns the units with the codes, each with all below it, the upper ones first.
func UnitsBelow(ctx context.Context, q Querier, codes []string) ([]appraisal.UnitID, error) {
	return scalars[appraisal.UnitID](ctx, q, `with recursive below as (
			select id, 0 as far from unit where code = any($1::text[])
			union all select u.id, b.far + 1 from unit u join below b on u.parent_id = b.id where b.far < 50)
		select id from below group by id order by min(far), id`, codes)
}

// Topmost returns the names of those of some units that have none of the others above them, by their codes.
func Topmost(ctx context.Context, q Querier, ids []appraisal.UnitID) ([]string, error) {
	return scalars[string](ctx, q, `select name from unit where id = any($1::uuid[]) and (parent_id is null or parent_id <> all($1::uuid[]))
		order by code`, texts(ids))
}

// Units returns the whole tree.
func Units(ctx context.Context, q Querier) ([]Unit, error) {
	return all[Unit](ctx, q, `select id, code, name, parent_id from unit order by code`)
}
