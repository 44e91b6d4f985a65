package appraisal_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestEveryActionHasARuleAndNothingElse(t *testing.T) {
	if len(appraisal.Actions()) < 30 {
		t.Errorf("only %d actions have a rule", len(appraisal.Actions()))
	}
	for _, action := range appraisal.Actions() {
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

// may are the actions that a role brings beyond those of everybody who is signed in.
var may = map[appraisal.Role][]appraisal.Action{
	appraisal.RoleHR: {
		appraisal.ActionReadDeliberation, appraisal.ActionWithdraw, appraisal.ActionCorrectTenure, appraisal.ActionPrepareCycle,
		appraisal.ActionManageCycle, appraisal.ActionEnrol, appraisal.ActionReadCycle, appraisal.ActionReadResults, appraisal.ActionReadSpread,
		appraisal.ActionReadSmallSpread, appraisal.ActionReadPulse, appraisal.ActionRateUnit, appraisal.ActionImport, appraisal.ActionReadOrganisation,
		appraisal.ActionReadFewMeasured, appraisal.ActionReadStalled, appraisal.ActionOperate,
		appraisal.ActionDecideCorrection, appraisal.ActionRetain,
	},
	appraisal.RoleCommittee: {
		appraisal.ActionReadDeliberation, appraisal.ActionReadCycle, appraisal.ActionReadSpread, appraisal.ActionReadSmallSpread, appraisal.ActionCalibrate,
	},
	appraisal.RoleLeadership: {appraisal.ActionReadCycle, appraisal.ActionReadSpread, appraisal.ActionReadPulse, appraisal.ActionReadOrganisation},
	appraisal.RoleAdministrator: {appraisal.ActionReadCycle, appraisal.ActionReadOrganisation, appraisal.ActionReadStalled, appraisal.ActionOperate,
		appraisal.ActionManageAccess, appraisal.ActionRetain, appraisal.ActionDecodePayloads, appraisal.ActionManagePayloadKeys},
	appraisal.RoleAuditor: {appraisal.ActionReadTrail},
}

// ofNobody is what nobody who signs in may do, whatever their roles.
var ofNobody = []appraisal.Action{appraisal.ActionRunInstallation, appraisal.ActionConduct}

func TestARoleAllowsWhatItsHolderNeedsAndNoMore(t *testing.T) {
	roles := append(slices.Clone(appraisal.GrantedRoles), appraisal.RoleEmployee)
	ofRoles := slices.Concat(slices.Collect(maps.Values(may))...)
	for _, role := range roles {
		for _, action := range appraisal.Actions() {
			want := slices.Contains(may[role], action) || !slices.Contains(ofRoles, action) && !slices.Contains(ofNobody, action)
			err := appraisal.MayTry(holder(role), action)
			if (err == nil) != want || err != nil && appraisal.CodeOf(err) != appraisal.CodeForbidden {
				t.Errorf("%s may try %s: %v, want %t", role, action, err, want)
			}
		}
	}
	for _, action := range appraisal.Actions() {
		both := appraisal.MayTry(holder(appraisal.RoleHR, appraisal.RoleCommittee), action) == nil
		if one := appraisal.MayTry(holder(appraisal.RoleHR), action) == nil || appraisal.MayTry(holder(appraisal.RoleCommittee), action) == nil; both != one {
			t.Errorf("who is HR and of the committee may try %s: %t", action, both)
		}
		for name, nobody := range map[string]appraisal.Actor{"nobody": {}, "roles without a person": {Roles: []appraisal.Role{appraisal.RoleHR}}} {
			if err := appraisal.MayTry(nobody, action); action != appraisal.ActionPublic && appraisal.CodeOf(err) != appraisal.CodeUnauthorized {
				t.Errorf("%s may try %s: %v", name, action, err)
			}
		}
	}
	operator := appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}}
	for _, action := range ofNobody {
		if appraisal.MayTry(operator, action) != nil {
			t.Errorf("the operator may not %s", action)
		}
	}
	if appraisal.MayTry(operator, appraisal.ActionOperate) != nil || appraisal.MayTry(operator, appraisal.ActionReadAppraisal) == nil {
		t.Error("the operator of the installation has not what their roles bring, or more")
	}
}

func TestHROfSomeUnitsServesNobodyElsewhereAndLeadsNoCycleOfOthers(t *testing.T) {
	hr := appraisal.Actor{ID: "sri", Roles: []appraisal.Role{appraisal.RoleHR}, HRUnits: []appraisal.UnitID{"dinas", "bidang"}}
	for _, action := range []appraisal.Action{appraisal.ActionImport, appraisal.ActionOperate, appraisal.ActionReadFewMeasured} {
		if appraisal.CodeOf(appraisal.MayTry(hr, action)) != appraisal.CodeForbidden {
			t.Errorf("HR of some units may %s", action)
		}
	}
	for _, action := range []appraisal.Action{
		appraisal.ActionReadAppraisal, appraisal.ActionReadEvidence, appraisal.ActionReadHistory, appraisal.ActionVerifyTraining, appraisal.ActionWithdraw,
		appraisal.ActionCorrectTenure, appraisal.ActionEnrol, appraisal.ActionReadResults, appraisal.ActionRateUnit, appraisal.ActionReadSpread,
	} {
		within, beyond := appraisal.Subject{Employee: "ani", Unit: "bidang"}, appraisal.Subject{Employee: "ani", Unit: "kelurahan"}
		if err := appraisal.Can(hr, action, within); err != nil {
			t.Errorf("%s within: %v", action, err)
		}
		for _, s := range []appraisal.Subject{beyond, {Employee: "ani"}} {
			if err := appraisal.Can(hr, action, s); appraisal.CodeOf(err) != appraisal.CodeNotFound {
				t.Errorf("%s in unit %q: %v", action, s.Unit, err)
			}
		}
	}
	for _, c := range []struct {
		units []appraisal.UnitID
		read  bool
		lead  appraisal.Code
	}{
		{nil, true, appraisal.CodeForbidden},
		{[]appraisal.UnitID{"bidang"}, true, ""},
		{[]appraisal.UnitID{"bidang", "kelurahan"}, true, appraisal.CodeForbidden},
		{[]appraisal.UnitID{"kelurahan"}, false, appraisal.CodeNotFound},
		{[]appraisal.UnitID{}, false, appraisal.CodeNotFound},
	} {
		if err := appraisal.Can(hr, appraisal.ActionReadCycle, appraisal.Subject{Units: c.units}); (err == nil) != c.read {
			t.Errorf("a cycle of %v is read: %v", c.units, err)
		}
		err := appraisal.Can(hr, appraisal.ActionManageCycle, appraisal.Subject{Units: c.units})
		if c.lead == "" && err != nil || c.lead != "" && appraisal.CodeOf(err) != c.lead {
			t.Errorf("a cycle of %v is led: %v, want %q", c.units, err, c.lead)
		}
	}
	if reach := appraisal.Reach(hr, appraisal.ActionReadResults); reach.Everywhere || !slices.Equal(reach.Units, hr.HRUnits) || reach.Covers("kelurahan") {
		t.Errorf("results reach %+v", reach)
	}
	hr.HRUnits = []appraisal.UnitID{}
	if reach := appraisal.Reach(hr, appraisal.ActionReadResults); reach.Everywhere || len(reach.Units) > 0 {
		t.Errorf("HR of no unit reaches %+v", reach)
	}
	hr.Roles = append(hr.Roles, appraisal.RoleCommittee)
	if reach := appraisal.Reach(hr, appraisal.ActionReadCycle); !reach.Everywhere {
		t.Errorf("who is of the committee too reaches %+v", reach)
	}
}

func TestTheCommitteeReadsFromCalibrationOn(t *testing.T) {
	member := holder(appraisal.RoleCommittee)
	for _, stage := range append([]appraisal.Stage{appraisal.StagePending, appraisal.StageWithdrawn, ""}, appraisal.Stages...) {
		want := slices.Contains([]appraisal.Stage{
			appraisal.StageCalibration, appraisal.StageResult, appraisal.StageObjection, appraisal.StageDevelopment, appraisal.StageClosed,
		}, stage)
		if err := appraisal.Can(member, appraisal.ActionReadAppraisal, appraisal.Subject{Employee: "ani", Stage: stage}); (err == nil) != want {
			t.Errorf("at %q: %v", stage, err)
		}
	}
}

func TestWhoCanReadIsWhoAQueryOverManyFinds(t *testing.T) {
	people := []appraisal.PersonID{"ani", "kabid", "kadis", "somebody"}
	for name, actor := range map[string]appraisal.Actor{
		"employee": {ID: "ani"}, "appraiser": {ID: "kabid"}, "reviewer": {ID: "kadis"}, "colleague": {ID: "budi"}, "hr": holder(appraisal.RoleHR),
		"hr of a unit": {ID: "sri", Roles: []appraisal.Role{appraisal.RoleHR}, HRUnits: []appraisal.UnitID{"bidang"}},
		"committee":    holder(appraisal.RoleCommittee), "leadership": holder(appraisal.RoleLeadership), "administrator": holder(appraisal.RoleAdministrator),
		"operator": {Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}},
	} {
		r := appraisal.ReadBy(actor)
		for _, unit := range []appraisal.UnitID{"bidang", "kelurahan"} {
			for _, stage := range append([]appraisal.Stage{appraisal.StagePending, appraisal.StageWithdrawn}, appraisal.Stages...) {
				for _, who := range people {
					s := appraisal.Subject{Employee: who, Appraiser: "kabid", Reviewer: "kadis", Unit: unit, Stage: stage}
					found := slices.ContainsFunc([]appraisal.PersonID{s.Employee, s.Appraiser, s.Reviewer}, func(p appraisal.PersonID) bool { return slices.Contains(r.People, p) }) ||
						r.Scope.Covers(unit) || slices.Contains(r.Stages, stage)
					if can := appraisal.Can(actor, appraisal.ActionReadAppraisal, s) == nil; can != found {
						t.Errorf("%s, %s at %s in %s: can %t, found %t", name, who, stage, unit, can, found)
					}
				}
			}
		}
	}
}

func TestTheEmployeeKnowsTheRatingOnceItIsReleased(t *testing.T) {
	for _, c := range []struct {
		reader   appraisal.Actor
		released bool
		want     bool
	}{
		{appraisal.Actor{ID: "ani"}, false, false}, {appraisal.Actor{ID: "ani"}, true, true}, {appraisal.Actor{ID: "kabid"}, false, true},
		{appraisal.Actor{ID: "ani", Roles: []appraisal.Role{appraisal.RoleHR, appraisal.RoleCommittee}}, false, false},
	} {
		if got := appraisal.KnowsRating(c.reader, "ani", c.released); got != c.want {
			t.Errorf("%s with %v, released %t: %t", c.reader.ID, c.reader.Roles, c.released, got)
		}
	}
}

func TestNobodyDecidesAboutThemselves(t *testing.T) {
	own := appraisal.Subject{Employee: "hana", Appraiser: "kabid", Unit: "bidang", Stage: appraisal.StageCalibration}
	hana := appraisal.Actor{ID: "hana", Roles: appraisal.GrantedRoles}
	for _, action := range []appraisal.Action{
		appraisal.ActionWithdraw, appraisal.ActionEnrol, appraisal.ActionCorrectTenure, appraisal.ActionVerifyTraining, appraisal.ActionCalibrate,
	} {
		if err := appraisal.Can(hana, action, own); appraisal.CodeOf(err) != appraisal.CodeForbidden {
			t.Errorf("%s of their own: %v", action, err)
		}
	}
	if appraisal.Can(hana, appraisal.ActionReadDeliberation, own) == nil {
		t.Error("who is rated reads what is proposed about them")
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
	"auditor":              {ID: "wira", Roles: []appraisal.Role{appraisal.RoleAuditor}},
	"hr of another unit":   {ID: "sri", Roles: []appraisal.Role{appraisal.RoleHR}, HRUnits: []appraisal.UnitID{"kelurahan"}},
	"nobody":               {},
	"hr who is the person": {ID: "ani", Roles: []appraisal.Role{appraisal.RoleHR}},
}

// readers are those of them who may read the appraisal.
var readers = []string{"employee", "appraiser", "reviewing official", "hr", "committee", "hr who is the person"}

func TestWhoReadsAnAppraisal(t *testing.T) {
	subject := appraisal.Subject{Employee: "ani", Appraiser: "kabid", Reviewer: "kadis", Stage: appraisal.StageCalibration}
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
		"nobody's, for want of an appraiser":            {"", appraisal.PartyAppraiser, nil},
		"the committee's, which locks sessions instead": {"", appraisal.PartyCommittee, nil},
	} {
		t.Run(name, func(t *testing.T) {
			subject := appraisal.Subject{Employee: "ani", Appraiser: "kabid", Reviewer: "kadis", Owner: c.owner, Party: c.party, Stage: appraisal.StageCalibration}
			for who, actor := range relations {
				err := appraisal.Can(actor, appraisal.ActionDoStep, subject)
				if slices.Contains(c.doers, who) {
					if err != nil {
						t.Errorf("%s may not do it: %v", who, err)
					}
					continue
				}
				want := appraisal.CodeNotFound
				switch {
				case who == "nobody":
					want = appraisal.CodeUnauthorized
				case c.party != appraisal.PartyPeer && slices.Contains(readers, who): // who may read it is told whose it is, except of an opinion
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
