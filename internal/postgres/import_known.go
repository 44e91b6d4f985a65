package postgres

import "context"

// KnownUnit, KnownEmployee, KnownOfficial and KnownItem are what the record holds of things that an imported file may refer to.
type (
	KnownUnit     struct{ Code, Parent, Head string }
	KnownEmployee struct{ NIP, Unit, Superior, Email string }
	KnownOfficial struct{ Code, Email string }
	KnownItem     struct{ Code, Kind string }
)

// KnownUnits returns every unit with the codes of its parent and the NIP of its head, empty for none.
func KnownUnits(ctx context.Context, q Querier) ([]KnownUnit, error) {
	return all[KnownUnit](ctx, q, `select u.code, coalesce(p.code, '') as parent, coalesce(h.nip, '') as head
		from unit u left join unit p on p.id = u.parent_id left join employee h on h.person_id = u.head_id`)
}

// KnownEmployees returns the employees, those who have left only if asked for.
func KnownEmployees(ctx context.Context, q Querier, left bool) ([]KnownEmployee, error) {
	return all[KnownEmployee](ctx, q, `select e.nip, u.code as unit, coalesce(s.nip, '') as superior, p.email
		from employee e join person p on p.id = e.person_id join unit u on u.id = e.unit_id left join employee s on s.person_id = e.superior_id
		where p.active or $1`, left)
}

// KnownOfficials returns the external officials in office.
func KnownOfficials(ctx context.Context, q Querier) ([]KnownOfficial, error) {
	return all[KnownOfficial](ctx, q, `select o.code, p.email from official o join person p on p.id = o.person_id where p.active`)
}

// KnownCompetencies returns the codes of the dictionary.
func KnownCompetencies(ctx context.Context, q Querier) ([]string, error) {
	return scalars[string](ctx, q, `select code from competency`)
}

// KnownStrategy returns the items of the strategy with their kinds.
func KnownStrategy(ctx context.Context, q Querier) ([]KnownItem, error) {
	return all[KnownItem](ctx, q, `select code, kind from strategy_item`)
}
