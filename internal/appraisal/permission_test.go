package appraisal_test

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// everyAction lists the actions that routes can name.
var everyAction = []appraisal.Action{
	appraisal.ActionPublic, appraisal.ActionSignedIn, appraisal.ActionReadAppraisal, appraisal.ActionDoStep, appraisal.ActionCalibrate,
	appraisal.ActionRateUnit, appraisal.ActionManageCycle, appraisal.ActionReadCycle, appraisal.ActionReadResults, appraisal.ActionWithdraw, appraisal.ActionImport,
	appraisal.ActionReadOrganisation, appraisal.ActionOperate, appraisal.ActionGiveFeedback, appraisal.ActionAddEvidence,
	appraisal.ActionReadEvidence, appraisal.ActionReadSpread,
}

func TestEveryActionHasARuleAndNothingElse(t *testing.T) {
	for _, action := range everyAction {
		if !action.Known() {
			t.Errorf("%s has no rule", action)
		}
	}
	if appraisal.Action("dance").Known() || appraisal.Action("").Known() {
		t.Error("an action without a rule counts as known")
	}
}

// holder is somebody with a role who has nothing to do with any appraisal.
func holder(roles ...appraisal.Role) appraisal.Actor {
	return appraisal.Actor{ID: "somebody", Roles: roles}
}

func TestARoleAllowsWhatItsHolderNeedsAndNoMore(t *testing.T) {
	everybody := []appraisal.Action{
		appraisal.ActionPublic, appraisal.ActionSignedIn, appraisal.ActionReadAppraisal, appraisal.ActionDoStep,
		appraisal.ActionGiveFeedback, appraisal.ActionAddEvidence, appraisal.ActionReadEvidence,
	}
	for name, c := range map[string]struct {
		actor appraisal.Actor
		may   []appraisal.Action
	}{
		"nobody":   {appraisal.Actor{}, []appraisal.Action{appraisal.ActionPublic}},
		"employee": {holder(), everybody},
		"hr": {holder(appraisal.RoleHR), append(slices.Clone(everybody), appraisal.ActionRateUnit, appraisal.ActionManageCycle, appraisal.ActionReadCycle,
			appraisal.ActionReadResults, appraisal.ActionReadSpread, appraisal.ActionWithdraw, appraisal.ActionImport, appraisal.ActionReadOrganisation, appraisal.ActionOperate)},
		"committee":  {holder(appraisal.RoleCommittee), append(slices.Clone(everybody), appraisal.ActionCalibrate, appraisal.ActionReadCycle, appraisal.ActionReadSpread)},
		"leadership": {holder(appraisal.RoleLeadership), append(slices.Clone(everybody), appraisal.ActionReadSpread, appraisal.ActionReadCycle, appraisal.ActionReadOrganisation)},
		"administrator": {holder(appraisal.RoleAdministrator), append(slices.Clone(everybody), appraisal.ActionReadCycle, appraisal.ActionReadOrganisation,
			appraisal.ActionOperate)},
		"hr and committee": {holder(appraisal.RoleHR, appraisal.RoleCommittee), append(slices.Clone(everybody), appraisal.ActionRateUnit,
			appraisal.ActionManageCycle, appraisal.ActionReadCycle, appraisal.ActionReadResults, appraisal.ActionReadSpread, appraisal.ActionWithdraw, appraisal.ActionImport, appraisal.ActionReadOrganisation,
			appraisal.ActionOperate, appraisal.ActionCalibrate)},
		"operator of the installation, with a role": {appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}},
			[]appraisal.Action{appraisal.ActionPublic, appraisal.ActionReadCycle, appraisal.ActionReadOrganisation, appraisal.ActionOperate}},
		"roles without a person": {appraisal.Actor{Roles: []appraisal.Role{appraisal.RoleHR}}, []appraisal.Action{appraisal.ActionPublic}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, action := range everyAction {
				err := appraisal.MayTry(c.actor, action)
				if want := slices.Contains(c.may, action); (err == nil) != want {
					t.Errorf("may try %s: %v, want %t", action, err, want)
				}
				want := appraisal.CodeForbidden
				if c.actor.ID == "" && !c.actor.Operator {
					want = appraisal.CodeUnauthorized
				}
				if err != nil && appraisal.CodeOf(err) != want {
					t.Errorf("%s is refused with %s, want %s", action, appraisal.CodeOf(err), want)
				}
			}
		})
	}
}

// relations are everybody who could come to one appraisal: by what they are to it, and by their role.
var relations = map[string]appraisal.Actor{
	"employee":             {ID: "ani"},
	"appraiser":            {ID: "kabid"},
	"reviewing official":   {ID: "kadis"},
	"step's owner":         {ID: "owner"},
	"colleague":            {ID: "budi"},
	"hr":                   {ID: "hana", Roles: []appraisal.Role{appraisal.RoleHR}},
	"committee":            {ID: "komite", Roles: []appraisal.Role{appraisal.RoleCommittee}},
	"leadership":           {ID: "rini", Roles: []appraisal.Role{appraisal.RoleLeadership}},
	"administrator":        {ID: "yudi", Roles: []appraisal.Role{appraisal.RoleAdministrator}},
	"nobody":               {},
	"hr who is the person": {ID: "ani", Roles: []appraisal.Role{appraisal.RoleHR}},
}

func TestWhoReadsAnAppraisal(t *testing.T) {
	subject := appraisal.Subject{Employee: "ani", Appraiser: "kabid", Reviewer: "kadis"}
	readers := []string{"employee", "appraiser", "reviewing official", "hr", "committee", "hr who is the person"}
	for name, actor := range relations {
		want := appraisal.CodeNotFound // that it exists is not told
		if actor.ID == "" {
			want = appraisal.CodeUnauthorized
		}
		err := appraisal.Can(actor, appraisal.ActionReadAppraisal, subject)
		switch {
		case slices.Contains(readers, name) && err != nil:
			t.Errorf("%s may not read: %v", name, err)
		case !slices.Contains(readers, name) && (err == nil || appraisal.CodeOf(err) != want):
			t.Errorf("%s gets %v, want %s", name, err, want)
		}
	}
}

func TestWhoDoesAStep(t *testing.T) {
	for name, c := range map[string]struct {
		owner appraisal.PersonID
		party appraisal.Party
		doers []string
	}{
		"the employee's":                                {"ani", appraisal.PartyEmployee, []string{"employee", "hr who is the person"}},
		"the appraiser's":                               {"kabid", appraisal.PartyAppraiser, []string{"appraiser"}},
		"the reviewing official's":                      {"kadis", appraisal.PartyReviewingOfficial, []string{"reviewing official"}},
		"an opinion-giver's":                            {"owner", appraisal.PartyPeer, []string{"step's owner"}},
		"HR's, as a role":                               {"", appraisal.PartyHR, []string{"hr", "hr who is the person"}},
		"nobody's, for want of an appraiser":            {"", appraisal.PartyAppraiser, nil},
		"the committee's, which locks sessions instead": {"", appraisal.PartyCommittee, nil},
	} {
		t.Run(name, func(t *testing.T) {
			subject := appraisal.Subject{Employee: "ani", Appraiser: "kabid", Reviewer: "kadis", Owner: c.owner, Party: c.party}
			for who, actor := range relations {
				err := appraisal.Can(actor, appraisal.ActionDoStep, subject)
				if slices.Contains(c.doers, who) {
					if err != nil {
						t.Errorf("%s may not do it: %v", who, err)
					}
					continue
				}
				want := appraisal.CodeNotFound
				switch who {
				case "nobody":
					want = appraisal.CodeUnauthorized
				case "employee", "appraiser", "reviewing official", "hr", "committee", "hr who is the person": // who may read it is told whose it is
					want = appraisal.CodeForbidden
				}
				if err == nil || appraisal.CodeOf(err) != want {
					t.Errorf("%s gets %v, want %s", who, err, want)
				}
			}
		})
	}
}

func TestAnAppraisalWithoutAppraiserIsNotOpenToThoseWithoutAnId(t *testing.T) {
	if err := appraisal.Can(appraisal.Actor{Operator: true}, appraisal.ActionReadAppraisal, appraisal.Subject{Employee: "ani"}); err == nil {
		t.Error("an empty id is taken for the appraiser who is missing")
	}
}

func TestRolesThatFollowFromTheTreeCannotBeGranted(t *testing.T) {
	for _, role := range appraisal.GrantedRoles {
		if role == appraisal.RoleEmployee {
			t.Error("everybody is an employee without a grant")
		}
	}
	if !(appraisal.Actor{ID: "ani"}).Has(appraisal.RoleEmployee) || (appraisal.Actor{}).Has(appraisal.RoleEmployee) {
		t.Error("everybody signed in is an employee, and nobody else")
	}
	if (appraisal.Actor{}).Person() != nil || *(appraisal.Actor{ID: "ani"}).Person() != "ani" {
		t.Error("a person has an id, an operator has none")
	}
}

func TestAHistoryIsReadByThoseItConcernsAndNobodyVerifiesTheirOwnTraining(t *testing.T) {
	subject := appraisal.Subject{Employee: "ani", Appraiser: "kabid"}
	for _, c := range []struct {
		who    appraisal.Actor
		read   bool
		verify appraisal.Code // empty: allowed
	}{
		{appraisal.Actor{ID: "ani"}, true, appraisal.CodeForbidden},
		{appraisal.Actor{ID: "ani", Roles: []appraisal.Role{appraisal.RoleHR}}, true, appraisal.CodeForbidden},
		{appraisal.Actor{ID: "kabid"}, true, ""},
		{appraisal.Actor{ID: "hana", Roles: []appraisal.Role{appraisal.RoleHR}}, true, ""},
		{appraisal.Actor{ID: "komite", Roles: []appraisal.Role{appraisal.RoleCommittee, appraisal.RoleLeadership, appraisal.RoleAdministrator}}, false, appraisal.CodeNotFound},
		{appraisal.Actor{ID: "budi"}, false, appraisal.CodeNotFound},
	} {
		if err := appraisal.Can(c.who, appraisal.ActionReadHistory, subject); (err == nil) != c.read {
			t.Errorf("%s with %v reads: %v", c.who.ID, c.who.Roles, err)
		}
		err := appraisal.Can(c.who, appraisal.ActionVerifyTraining, subject)
		if c.verify == "" && err != nil || c.verify != "" && (err == nil || appraisal.CodeOf(err) != c.verify) {
			t.Errorf("%s with %v verifies: %v, want %q", c.who.ID, c.who.Roles, err, c.verify)
		}
	}
	if err := appraisal.Can(appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}}, appraisal.ActionReadHistory, appraisal.Subject{Employee: "ani"}); err == nil {
		t.Error("who has no id reads the history of somebody without appraiser")
	}
}
