package service

import (
	"context"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// grant gives a person a role, in the whole organisation or as HR of some units.
func grant(ctx context.Context, t *tx, by appraisal.Actor, person appraisal.PersonID, role appraisal.Role, units []string) error {
	if role == appraisal.RoleAdministrator { // from now on nobody becomes the first one
		if _, err := postgres.LockInstallation(ctx, t); err != nil {
			return err
		}
		if err := postgres.DropFirstAdministratorLink(ctx, t); err != nil {
			return err
		}
	}
	detail := map[string]any{"role": role}
	if len(units) == 0 {
		if err := postgres.GrantRole(ctx, t, person, role); err != nil {
			return err
		}
	} else {
		detail["units"] = units
		if err := grantUnits(ctx, t, person, role, units); err != nil {
			return err
		}
	}
	return auditPerson(ctx, t, by, "grant_role", person, detail)
}

func grantUnits(ctx context.Context, t *tx, person appraisal.PersonID, role appraisal.Role, codes []string) error {
	if role != appraisal.RoleHR {
		return fieldFault("unit", "permission.units_of_hr", nil)
	}
	if err := knownUnits(ctx, t, codes); err != nil {
		return err
	}
	known, err := postgres.Units(ctx, t)
	if err != nil {
		return err
	}
	for _, u := range known {
		if !slices.Contains(codes, u.Code) {
			continue
		}
		granted, err := postgres.GrantHR(ctx, t, person, u.ID)
		if err == nil && !granted {
			err = fieldFault("unit", "permission.hr_of_whole", nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
