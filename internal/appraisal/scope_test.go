package appraisal_test

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// onlyInPerson are the actions that no API token reaches, whatever it is made for. Whoever adds an action decides: a scope for it
// in scope.go, or a line here.
var onlyInPerson = []appraisal.Action{
	appraisal.ActionOwnAccount, appraisal.ActionManageAccess, appraisal.ActionDelegate, appraisal.ActionEndDelegation, appraisal.ActionDecideCorrection,
	appraisal.ActionWithdrawCorrection, appraisal.ActionRetain, appraisal.ActionDecodePayloads, appraisal.ActionManagePayloadKeys,
	appraisal.ActionRunInstallation, appraisal.ActionConduct,
}

func TestEveryActionIsReachedByATokenOrOnlyInPerson(t *testing.T) {
	for _, action := range appraisal.Actions() {
		switch scopes := appraisal.ScopesOf(action); {
		case action == appraisal.ActionPublic:
		case slices.Contains(onlyInPerson, action) && len(scopes) > 0:
			t.Errorf("%s is for people only, and a token with %v reaches it", action, scopes)
		case !slices.Contains(onlyInPerson, action) && len(scopes) == 0:
			t.Errorf("no token reaches %s: give it a scope in scope.go, or say here that it is only done in person", action)
		}
	}
}

func TestATokenReachesWhatItsScopesAndItsPersonAllowTogether(t *testing.T) {
	everything := []appraisal.Role{appraisal.RoleHR, appraisal.RoleCommittee, appraisal.RoleLeadership, appraisal.RoleAdministrator}
	for _, roles := range [][]appraisal.Role{nil, {appraisal.RoleHR}, everything} {
		for _, scope := range appraisal.TokenScopes {
			person := appraisal.Actor{ID: "somebody", Roles: roles}
			token := person
			token.ByToken, token.Scopes = true, []appraisal.TokenScope{scope}
			for _, action := range appraisal.Actions() {
				covered := action == appraisal.ActionPublic || slices.Contains(appraisal.ScopesOf(action), scope)
				want := appraisal.MayTry(person, action) == nil && covered
				if err := appraisal.MayTry(token, action); (err == nil) != want {
					t.Errorf("a token to %s of somebody with %v tries %s: %v, want %t", scope, roles, action, err, want)
				}
			}
		}
	}
}

func TestATokenWithoutScopesReachesNothing(t *testing.T) {
	token := appraisal.Actor{ID: "somebody", ByToken: true}
	for _, action := range appraisal.Actions() {
		if action != appraisal.ActionPublic && appraisal.MayTry(token, action) == nil {
			t.Errorf("it reaches %s", action)
		}
	}
}

func TestATokenToReadChangesNothing(t *testing.T) {
	for _, action := range []appraisal.Action{appraisal.ActionDoStep, appraisal.ActionImport, appraisal.ActionManageCycle, appraisal.ActionOperate,
		appraisal.ActionGiveFeedback, appraisal.ActionCalibrate, appraisal.ActionOwnAccount} {
		if slices.Contains(appraisal.ScopesOf(action), appraisal.ScopeRead) {
			t.Errorf("it reaches %s", action)
		}
	}
}
