package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

const firstAdministratorLife = 24 * time.Hour

// longestPersonName is in letters.
const longestPersonName = 120

// FirstAdministratorLink returns the token of the one-time link by which an installation that nobody runs gets its first
// administrator, valid for 24 hours; the one before is void. It is empty where somebody holds that role, and in the demonstration.
func (s *Service) FirstAdministratorLink(ctx context.Context) (string, error) {
	var token secret
	err := s.in(ctx, func(t *tx) error {
		token = ""
		needed, err := needsAdministrator(ctx, t)
		if err != nil || !needed {
			return err
		}
		token = newSecret()
		return postgres.PutFirstAdministratorLink(ctx, t, token.digest(), t.now.Add(firstAdministratorLife))
	})
	if err != nil {
		return "", fmt.Errorf("make the link of the first administrator: %w", err)
	}
	return string(token), nil
}

// needsAdministrator holds the installation and reports whether nobody runs it.
func needsAdministrator(ctx context.Context, t *tx) (bool, error) {
	demonstration, err := postgres.LockInstallation(ctx, t)
	if err != nil || demonstration {
		return false, err
	}
	holders, err := postgres.Holders(ctx, t, appraisal.RoleAdministrator)
	return len(holders) == 0, err
}

var errFirstVoid = appraisal.Fault(appraisal.CodeUnauthorized, "access.error.first_void", nil)

// OpenFirstAdministratorLink reports as CodeUnauthorized a link that is void: replaced at a later start, older than 24 hours, or used.
func (s *Service) OpenFirstAdministratorLink(ctx context.Context, token string) error {
	works, err := postgres.FirstAdministratorLinkWorks(ctx, s.db, secret(token).digest(), s.clock().UTC())
	if err == nil && !works {
		err = errFirstVoid
	}
	if err != nil {
		return fmt.Errorf("open the link of the first administrator: %w", err)
	}
	return nil
}

// NewAdministrator is who opens the link.
type NewAdministrator struct {
	Name  string
	Email string
}

// BecomeFirstAdministrator uses up the link: whoever opened it gets the role and a session. Of two at the same time one wins; the
// other's link is void. An address of the roster belongs to its person, whose name stays.
func (s *Service) BecomeFirstAdministrator(ctx context.Context, token string, in NewAdministrator, from Origin) (SignedIn, error) {
	var signedIn SignedIn
	name := strings.TrimSpace(in.Name)
	err := s.in(ctx, func(t *tx) error {
		needed, err := needsAdministrator(ctx, t)
		if err != nil {
			return err
		}
		works, err := postgres.FirstAdministratorLinkWorks(ctx, t, secret(token).digest(), t.now)
		if err != nil {
			return err
		}
		if !needed || !works {
			return errFirstVoid
		}
		var f appraisal.Faults
		if name == "" || utf8.RuneCountInString(name) > longestPersonName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
			f.Add("name", "access.error.name", map[string]any{"max": longestPersonName})
		}
		email, err := address(in.Email)
		if err != nil {
			f.Add("email", "sign_in.email", nil)
		}
		if err := f.Err(); err != nil {
			return err
		}
		person, err := postgres.AccountByEmail(ctx, t, email)
		if err != nil {
			return err
		}
		if err := postgres.NameAccount(ctx, t, person, name); err != nil {
			return err
		}
		if err := grant(ctx, t, appraisal.Actor{Network: from.Network}, person, appraisal.RoleAdministrator, nil); err != nil {
			return err
		}
		signedIn, err = s.beginSession(ctx, t, person, MeansFirstAdministrator, from)
		return err
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("become the first administrator: %w", err)
	}
	return signedIn, nil
}

// RoleHolder is somebody with a role that was given to them.
type RoleHolder struct {
	Name      string
	Email     string
	Left      bool // and so cannot use it
	Role      appraisal.Role
	Unit      string // code of the unit that HR serves with all below; empty: the whole organisation
	GrantedAt time.Time
}

// RoleHolders lists everybody with a role that was given to them, by role and name.
func (s *Service) RoleHolders(ctx context.Context, actor appraisal.Actor) ([]RoleHolder, error) {
	if err := appraisal.Can(actor, appraisal.ActionManageAccess, appraisal.Subject{}); err != nil {
		return nil, err
	}
	rows, err := postgres.RoleHolders(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("list the holders of roles: %w", err)
	}
	list := make([]RoleHolder, len(rows))
	for i, r := range rows {
		list[i] = RoleHolder{Name: r.FullName, Email: r.Email, Left: !r.Active, Role: r.Role, Unit: r.Unit, GrantedAt: r.GrantedAt}
	}
	return list, nil
}

// managed returns the person with an address, also one who has left, to an actor who may look after who gets in.
func managed(ctx context.Context, t *tx, actor appraisal.Actor, email string) (appraisal.PersonID, error) {
	if err := appraisal.Can(actor, appraisal.ActionManageAccess, appraisal.Subject{}); err != nil {
		return "", err
	}
	person, err := postgres.PersonByEmail(ctx, t, email)
	if err != nil {
		return "", err
	}
	if person == nil {
		return "", appraisal.Fault(appraisal.CodeNotFound, "access.error.nobody", map[string]any{"email": email})
	}
	return *person, nil
}

// RevokeRole takes a role from the person with the address, from their next request on. The last administrator keeps
// theirs: the error has CodeConflict.
func (s *Service) RevokeRole(ctx context.Context, actor appraisal.Actor, email string, role appraisal.Role) error {
	email, err := address(email)
	if err != nil {
		return err
	}
	if !slices.Contains(appraisal.GrantedRoles, role) {
		return unknownRole(role)
	}
	err = s.in(ctx, func(t *tx) error {
		person, err := managed(ctx, t, actor, email)
		if err != nil {
			return err
		}
		if role == appraisal.RoleAdministrator {
			if _, err := postgres.LockInstallation(ctx, t); err != nil {
				return err
			}
			holders, err := postgres.Holders(ctx, t, role)
			if err != nil {
				return err
			}
			if slices.Equal(holders, []appraisal.PersonID{person}) {
				return appraisal.Fault(appraisal.CodeConflict, "access.error.last", nil)
			}
		}
		held, units, err := postgres.RevokeRole(ctx, t, person, role)
		if err != nil {
			return err
		}
		if !held {
			return appraisal.Fault(appraisal.CodeNotFound, "access.error.not_held", map[string]any{"email": email, "role": string(role)})
		}
		detail := map[string]any{"role": role}
		if len(units) > 0 {
			detail["units"] = units
		}
		return auditPerson(ctx, t, actor, "revoke_role", person, detail)
	})
	if err != nil {
		return fmt.Errorf("revoke a role: %w", err)
	}
	return nil
}

func unknownRole(role appraisal.Role) error {
	return fieldFault("role", "error.unknown_word", map[string]any{"value": string(role)})
}
