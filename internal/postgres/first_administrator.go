package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// LockInstallation holds the installation's row, so that it gets its first administrator once, and tells whether its data are
// those of the demonstration.
func LockInstallation(ctx context.Context, q Querier) (demonstration bool, err error) {
	return scalar[bool](ctx, q, `select demonstration from installation for update`)
}

// PutFirstAdministratorLink keeps the link by which the first administrator comes in; the one before is void.
func PutFirstAdministratorLink(ctx context.Context, q Querier, digest []byte, expires time.Time) error {
	_, err := exec(ctx, q, `insert into first_administrator_link (token_digest, expires_at) values ($1, $2)
		on conflict (singleton) do update set token_digest = $1, expires_at = $2`, digest, expires)
	return err
}

// FirstAdministratorLinkWorks reports whether the link can be used.
func FirstAdministratorLinkWorks(ctx context.Context, q Querier, digest []byte, at time.Time) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select from first_administrator_link where token_digest = $1 and expires_at > $2)`, digest, at)
}

// DropFirstAdministratorLink makes the link void.
func DropFirstAdministratorLink(ctx context.Context, q Querier) error {
	_, err := exec(ctx, q, `delete from first_administrator_link`)
	return err
}

// NameAccount gives an account that is not in the roster the name of its person.
func NameAccount(ctx context.Context, q Querier, id appraisal.PersonID, name string) error {
	_, err := exec(ctx, q, `update person set name = $2, full_name = $2 where id = $1 and kind = 'account'`, id, name)
	return err
}

// RoleHolder is somebody with a role that was given to them.
type RoleHolder struct {
	PersonID  appraisal.PersonID
	FullName  string
	Email     string
	Active    bool
	Role      appraisal.Role
	Unit      string // code
	GrantedAt time.Time
}

// RoleHolders lists everybody with a role, by role and name.
func RoleHolders(ctx context.Context, q Querier) ([]RoleHolder, error) {
	return all[RoleHolder](ctx, q, `select p.id as person_id, p.full_name, p.email, p.active, g.role, coalesce(u.code, '') as unit, g.granted_at
		from role_grant g join person p on p.id = g.person_id left join unit u on u.id = g.unit_id
		order by g.role, p.full_name, p.id, u.code`)
}

// RevokeRole takes a role from a person and returns false if they did not hold it, and the codes of the units that it was limited to.
func RevokeRole(ctx context.Context, q Querier, id appraisal.PersonID, role appraisal.Role) (held bool, units []string, err error) {
	list, err := scalars[*string](ctx, q, `with gone as (delete from role_grant where person_id = $1 and role = $2 returning unit_id)
		select u.code from gone left join unit u on u.id = gone.unit_id order by u.code`, id, role)
	for _, code := range list {
		if code != nil {
			units = append(units, *code)
		}
	}
	return len(list) > 0, units, err
}
