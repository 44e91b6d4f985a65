package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
)

// operator is who acts on the command line: whoever may read the database's password may run a cycle. The trail names no person.
var operator = appraisal.Actor{Operator: true, Network: "cli", Roles: []appraisal.Role{appraisal.RoleHR, appraisal.RoleAdministrator}}

// actions names the permission that each command needs, as the routes do. The binary does nothing while a command is missing here.
var actions = map[string]appraisal.Action{
	"version":  appraisal.ActionPublic,
	"evaluate": appraisal.ActionPublic,
	"skm":      appraisal.ActionPublic,

	"up":      appraisal.ActionRunInstallation,
	"api":     appraisal.ActionRunInstallation,
	"worker":  appraisal.ActionRunInstallation,
	"catcher": appraisal.ActionRunInstallation,
	"migrate": appraisal.ActionRunInstallation,

	"audit verify":   appraisal.ActionRunInstallation,
	"audit seal":     appraisal.ActionRunInstallation,
	"audit root":     appraisal.ActionRunInstallation,
	"evidence move":  appraisal.ActionRunInstallation,
	"evidence sweep": appraisal.ActionRunInstallation,
	"evidence check": appraisal.ActionRunInstallation,

	"admin invite":   appraisal.ActionManageAccess,
	"admin revoke":   appraisal.ActionManageAccess,
	"admin list":     appraisal.ActionManageAccess,
	"admin sign-out": appraisal.ActionManageAccess,
	"admin unlink":   appraisal.ActionManageAccess,

	"cycle create":  appraisal.ActionManageCycle,
	"cycle preview": appraisal.ActionManageCycle,
	"cycle launch":  appraisal.ActionManageCycle,
	"cycle pause":   appraisal.ActionManageCycle,
	"cycle resume":  appraisal.ActionManageCycle,
	"cycle cancel":  appraisal.ActionManageCycle,
	"cycle close":   appraisal.ActionManageCycle,
	"cycle join":    appraisal.ActionEnrol,
	"cycle status":  appraisal.ActionReadCycle,
	"stalled":       appraisal.ActionReadStalled,
	"recover":       appraisal.ActionOperate,

	"correction list":     appraisal.ActionDecideCorrection,
	"correction answer":   appraisal.ActionDecideCorrection,
	"retention preview":   appraisal.ActionRetain,
	"retention run":       appraisal.ActionRetain,
	"payload-key":         appraisal.ActionManagePayloadKeys,
	"payload-key rotate":  appraisal.ActionManagePayloadKeys,
	"payload-key destroy": appraisal.ActionManagePayloadKeys,
}

// guard makes every command below root ask for its permission before it does anything.
func guard(root *cobra.Command) error {
	for _, cmd := range root.Commands() {
		if err := guard(cmd); err != nil {
			return err
		}
		if !cmd.Runnable() {
			continue
		}
		action := actionOf(cmd)
		if !action.Known() {
			return fmt.Errorf("the command %q names no permission; give it one of internal/appraisal/permission.go in internal/cli/action.go", cmd.CommandPath())
		}
		cmd.PreRunE = func(*cobra.Command, []string) error { return appraisal.MayTry(operator, action) }
	}
	return nil
}

// actionOf is what a command needs; every import needs the same.
func actionOf(cmd *cobra.Command) appraisal.Action {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	if strings.HasPrefix(name, "import ") {
		return appraisal.ActionImport
	}
	return actions[name]
}
