package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// UnitRow is a unit of a roster file. Parent is a unit's code, Head a NIP; empty means none.
type UnitRow struct{ Code, Name, Parent, Head string }

// EmployeeRow is an employee of a roster file. Superior is a NIP, empty for the top; Since is nil when the file leaves it blank.
type EmployeeRow struct {
	NIP, Name, FullName, Email, Prefix, Suffix, Sex string
	Birth                                           time.Time
	Employment, Grade, PositionKind, Position, Unit string
	Superior                                        string
	Since                                           *time.Time
}

// OfficialRow is an external official of a roster file.
type OfficialRow struct{ Code, Post, Name, Email, Unit string }

// RosterRows are the parts of a roster import; a nil part was not given.
type RosterRows struct {
	Units     []UnitRow
	Employees []EmployeeRow
	Officials []OfficialRow
}

var unitImport = importTable{
	entity:  "unit",
	columns: []string{"code text", "name text", "parent text", "head text"},
	compare: `select i.ordinal, i.code as key, coalesce(u.id, gen_random_uuid()) as id, u.id is null as added,
		case when u.id is null then '{}' else array_remove(array[
			case when u.name <> i.name then 'name' end,
			case when coalesce(p.code, '') <> i.parent then 'parent' end,
			case when coalesce(h.nip, '') <> i.head then 'head' end], null) end as fields
		from incoming_unit i left join unit u on u.code = i.code left join unit p on p.id = u.parent_id
		left join employee h on h.person_id = u.head_id`,
	missing: `select code as key from unit u where not exists (select from incoming_unit i where i.code = u.code)`,
	apply: []string{`insert into unit (id, code, name, parent_id) select c.id, i.code, i.name, coalesce(pc.id, p.id)
		from compared_unit c join incoming_unit i using (ordinal) left join compared_unit pc on pc.key = i.parent left join unit p on p.code = i.parent
		where c.added or c.fields && array['name', 'parent']
		on conflict (id) do update set name = excluded.name, parent_id = excluded.parent_id`},
}

// setHeads comes after the employees, because the files of a roster refer to each other.
const setHeads = `update unit u set head_id = h.person_id
	from compared_unit c join incoming_unit i using (ordinal) left join employee h on h.nip = i.head
	where u.id = c.id and (c.added and i.head <> '' or 'head' = any(c.fields))`

var employeeImport = importTable{
	entity: "employee",
	columns: []string{"nip text", "name text", "full_name text", "email text", "prefix text", "suffix text", "sex text", "birth date",
		"employment text", "grade text", "position_kind text", "position text", "unit text", "superior text", "since date"},
	compare: `select i.ordinal, i.nip as key, coalesce(e.person_id, a.id, gen_random_uuid()) as id, e.person_id is null as added,
		case when e.person_id is null then '{}' else array_remove(array[
			case when p.name <> i.name then 'name' end,
			case when e.title_prefix <> i.prefix then 'title_prefix' end,
			case when e.title_suffix <> i.suffix then 'title_suffix' end,
			case when p.email <> i.email then 'email' end,
			case when e.sex <> i.sex then 'sex' end,
			case when e.birth_date <> i.birth then 'birth_date' end,
			case when e.employment <> i.employment then 'employment' end,
			case when e.grade <> i.grade then 'grade' end,
			case when e.position_kind <> i.position_kind then 'position_kind' end,
			case when e.position_name <> i.position then 'position_name' end,
			case when e.position_since is distinct from i.since then 'position_since' end,
			case when u.code <> i.unit then 'unit' end,
			case when coalesce(s.nip, '') <> i.superior then 'superior' end,
			case when not p.active then 'active' end], null) end as fields
		from incoming_employee i left join employee e on e.nip = i.nip left join person p on p.id = e.person_id
		left join unit u on u.id = e.unit_id left join employee s on s.person_id = e.superior_id ` + invited,
	missing: `select e.nip as key from employee e join person p on p.id = e.person_id
		where p.active and not exists (select from incoming_employee i where i.nip = e.nip)`,
	apply: []string{
		changePeople("employee"),
		`update employee e set title_prefix = i.prefix, title_suffix = i.suffix, sex = i.sex, birth_date = i.birth, employment = i.employment,
			grade = i.grade, position_kind = i.position_kind, position_name = i.position, position_since = i.since, unit_id = u.id
			from compared_employee c join incoming_employee i using (ordinal) join unit u on u.code = i.unit
			where e.person_id = c.id and not c.added and c.fields <> '{}'`,
		addPeople("employee"),
		`insert into employee (person_id, nip, title_prefix, title_suffix, sex, birth_date, employment, grade, position_kind, position_name,
			position_since, unit_id, superior_id)
			select c.id, i.nip, i.prefix, i.suffix, i.sex, i.birth, i.employment, i.grade, i.position_kind, i.position, i.since, u.id, coalesce(sc.id, se.person_id)
			from compared_employee c join incoming_employee i using (ordinal) join unit u on u.code = i.unit
			left join compared_employee sc on sc.key = i.superior left join employee se on se.nip = i.superior where c.added`,
		`update employee e set superior_id = s.person_id
			from compared_employee c join incoming_employee i using (ordinal) left join employee s on s.nip = i.superior
			where e.person_id = c.id and 'superior' = any(c.fields)`,
	},
}

var officialImport = importTable{
	entity:  "official",
	columns: []string{"code text", "post text", "name text", "full_name text", "email text", "unit text"},
	compare: `select i.ordinal, i.code as key, coalesce(o.person_id, a.id, gen_random_uuid()) as id, o.person_id is null as added,
		case when o.person_id is null then '{}' else array_remove(array[
			case when o.post <> i.post then 'post' end,
			case when p.name <> i.name then 'name' end,
			case when p.email <> i.email then 'email' end,
			case when u.code <> i.unit then 'unit' end,
			case when not p.active then 'active' end], null) end as fields
		from incoming_official i left join official o on o.code = i.code left join person p on p.id = o.person_id left join unit u on u.id = o.unit_id ` + invited,
	missing: `select o.code as key from official o join person p on p.id = o.person_id
		where p.active and not exists (select from incoming_official i where i.code = o.code)`,
	apply: []string{
		changePeople("official"),
		addPeople("official"),
		`insert into official (person_id, code, post, unit_id) select c.id, i.code, i.post, u.id
			from compared_official c join incoming_official i using (ordinal) join unit u on u.code = i.unit where c.added or c.fields <> '{}'
			on conflict (person_id) do update set post = excluded.post, unit_id = excluded.unit_id`,
	},
}

// invited finds the account of somebody who was invited before the roster came: it becomes the person of the roster.
const invited = `left join person a on a.kind = 'account' and lower(a.email) = lower(i.email)`

func addPeople(kind string) string {
	return `insert into person (id, kind, name, full_name, email) select c.id, '` + kind + `', i.name, i.full_name, i.email
		from compared_` + kind + ` c join incoming_` + kind + ` i using (ordinal) where c.added
		on conflict (id) do update set kind = excluded.kind, name = excluded.name, full_name = excluded.full_name, active = true`
}

// changePeople forgets that mail bounced when the address is another.
func changePeople(kind string) string {
	return `update person p set name = i.name, full_name = i.full_name, email = i.email, active = true,
		mail_bouncing = p.mail_bouncing and not 'email' = any(c.fields)
		from compared_` + kind + ` c join incoming_` + kind + ` i using (ordinal)
		where p.id = c.id and not c.added and c.fields <> '{}'`
}

// parkAddresses takes the old address off everybody who gets another, so that two people can exchange theirs.
func parkAddresses(kind string) string {
	return `update person p set email = p.id::text from compared_` + kind + ` c where p.id = c.id and 'email' = any(c.fields)`
}

// Readdressing is who gives people other addresses, and when. Whoever has somebody's address can sign in as them.
type Readdressing struct {
	By      *appraisal.PersonID // nil: the operator
	Network string
	At      time.Time
}

// readdress writes a line of the trail for everybody of a table who gets another address, and makes links to the old one void. It
// returns the names, a few of them, of those who hold a role.
func (r Readdressing) readdress(ctx context.Context, q Querier, kind string) (holders []string, err error) {
	changed := ` from compared_` + kind + ` c join incoming_` + kind + ` i using (ordinal) join person p on p.id = c.id where 'email' = any(c.fields)`
	_, err = exec(ctx, q, `select append_audit($1, $2, null, $3, 'change_address', null, 'person/' || p.id, jsonb_build_object('before', p.email, 'after', i.email))`+changed,
		r.At, r.By, r.Network)
	if err == nil {
		_, err = exec(ctx, q, `delete from sign_in_link l using (select p.id`+changed+`) c where l.person_id = c.id`)
	}
	if err != nil {
		return nil, fmt.Errorf("tell of other addresses: %w", err)
	}
	return scalars[string](ctx, q, `select p.full_name`+changed+` and exists (select from role_grant g where g.person_id = p.id) order by 1 limit 5`)
}

// ImportRoster adds and changes units, employees and officials; it removes nobody. Whoever the files name and who had left
// is active again. Only the operator changes the address of somebody who holds a role: for anybody else that is CodeForbidden.
func ImportRoster(ctx context.Context, q Querier, r RosterRows, by Readdressing) ([]Imported, error) {
	type part struct {
		table  importTable
		given  bool
		length int
		values func(i int) []any
		people bool
	}
	parts := []part{
		{unitImport, r.Units != nil, len(r.Units), func(i int) []any {
			u := r.Units[i]
			return []any{u.Code, u.Name, u.Parent, u.Head}
		}, false},
		{employeeImport, r.Employees != nil, len(r.Employees), func(i int) []any {
			e := r.Employees[i]
			return []any{e.NIP, e.Name, e.FullName, e.Email, e.Prefix, e.Suffix, e.Sex, e.Birth,
				e.Employment, e.Grade, e.PositionKind, e.Position, e.Unit, e.Superior, e.Since}
		}, true},
		{officialImport, r.Officials != nil, len(r.Officials), func(i int) []any {
			o := r.Officials[i]
			return []any{o.Code, o.Post, o.Name, o.Name, o.Email, o.Unit}
		}, true},
	}
	var done []Imported
	for _, p := range parts {
		if !p.given {
			continue
		}
		d, err := p.table.take(ctx, q, p.length, p.values)
		if err != nil {
			return nil, err
		}
		if p.people && d.Changed > 0 {
			holders, err := by.readdress(ctx, q, p.table.entity)
			if err != nil {
				return nil, err
			}
			if len(holders) > 0 && by.By != nil {
				return nil, appraisal.Fault(appraisal.CodeForbidden, "import.role_holder", map[string]any{"names": strings.Join(holders, "; ")})
			}
			if _, err := exec(ctx, q, parkAddresses(p.table.entity)); err != nil {
				return nil, err
			}
		}
		done = append(done, d)
	}
	settled := 0
	for _, p := range parts {
		if !p.given {
			continue
		}
		if err := p.table.settle(ctx, q, done[settled]); err != nil {
			return nil, err
		}
		settled++
	}
	if r.Units != nil {
		if _, err := exec(ctx, q, setHeads); err != nil {
			return nil, err
		}
	}
	return done, nil
}
