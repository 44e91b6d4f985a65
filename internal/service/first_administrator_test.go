package service

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

var installer = appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}}

// setupUnrun returns the government before anybody runs the installation.
func setupUnrun(t *testing.T) *bundle {
	t.Helper()
	b := setupUnlaunched(t)
	b.exec(t, `delete from role_grant where role = 'administrator'`)
	return b
}

func (b *bundle) become(t *testing.T, token, email string) (SignedIn, error) {
	t.Helper()
	return b.BecomeFirstAdministrator(t.Context(), token, NewAdministrator{Name: " Ibu Baru ", Email: email}, Origin{Network: agencyNetwork})
}

func TestTheFirstAdministratorComesInByTheLinkAndNobodyAfterThem(t *testing.T) {
	t.Parallel()
	b := setupUnrun(t)
	replaced, err := b.FirstAdministratorLink(t.Context())
	must(t, err)
	token, err := b.FirstAdministratorLink(t.Context())
	must(t, err)
	wantCode(t, b.OpenFirstAdministratorLink(t.Context(), replaced), appraisal.CodeUnauthorized)
	must(t, b.OpenFirstAdministratorLink(t.Context(), token))
	_, err = b.become(t, replaced, "baru@pemda.test")
	wantCode(t, err, appraisal.CodeUnauthorized)
	_, err = b.become(t, token, "baru")
	wantCode(t, err, appraisal.CodeInvalid)
	s, err := b.become(t, token, "Baru@pemda.test")
	must(t, err)
	if s.Actor.Name != "Ibu Baru" || !s.Actor.Has(appraisal.RoleAdministrator) {
		t.Errorf("signed in as %+v", s.Actor)
	}
	_, err = b.become(t, token, "lagi@pemda.test")
	wantCode(t, err, appraisal.CodeUnauthorized)
	if token, err = b.FirstAdministratorLink(t.Context()); err != nil || token != "" {
		t.Errorf("another link is made: %q %v", token, err)
	}
}

func TestOfTwoFirstAdministratorsAtTheSameMomentOneWins(t *testing.T) {
	t.Parallel()
	b := setupUnrun(t)
	token, err := b.FirstAdministratorLink(t.Context())
	must(t, err)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { _, errs[i] = b.become(t, token, fmt.Sprintf("baru%d@pemda.test", i)) })
	}
	wg.Wait()
	won := letIn(t, errs)
	if n := query[int](t, b, `select count(*) from role_grant where role = 'administrator'`); won != 1 || n != 1 {
		t.Errorf("%d won, %d hold the role", won, n)
	}
}

func TestTheFirstLinkIsVoidAfterADayAndOnceSomebodyIsInvited(t *testing.T) {
	t.Parallel()
	b := setupUnrun(t)
	token, err := b.FirstAdministratorLink(t.Context())
	must(t, err)
	b.clock.advance(24 * time.Hour)
	_, err = b.become(t, token, "baru@pemda.test")
	wantCode(t, err, appraisal.CodeUnauthorized)
	token, err = b.FirstAdministratorLink(t.Context())
	must(t, err)
	_, err = b.InviteAdministrator(t.Context(), installer, "ani@pemda.test", appraisal.RoleAdministrator)
	must(t, err)
	wantCode(t, b.OpenFirstAdministratorLink(t.Context(), token), appraisal.CodeUnauthorized)
	_, err = b.become(t, token, "baru@pemda.test")
	wantCode(t, err, appraisal.CodeUnauthorized)
}

func TestTheDemonstrationHasNoLinkForAFirstAdministrator(t *testing.T) {
	t.Parallel()
	b := setupUnrun(t)
	b.exec(t, `update installation set demonstration = true`)
	if token, err := b.FirstAdministratorLink(t.Context()); err != nil || token != "" {
		t.Errorf("it has %q, %v", token, err)
	}
}

func TestAPersonOfTheRosterKeepsTheirNameAsFirstAdministrator(t *testing.T) {
	t.Parallel()
	b := setupUnrun(t)
	token, err := b.FirstAdministratorLink(t.Context())
	must(t, err)
	s, err := b.become(t, token, "ani@pemda.test")
	must(t, err)
	if s.Actor.Name != "Ani Lestari" {
		t.Errorf("the name is %q", s.Actor.Name)
	}
}

func TestTheTrailTellsWhichUnitsHRServedWhoIsNoLongerHR(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	_, err := b.InviteAdministrator(t.Context(), installer, "komite@pemda.test", appraisal.RoleHR, "DINAS", "BIDANG")
	must(t, err)
	for _, who := range []string{"komite", "hana"} {
		must(t, b.RevokeRole(t.Context(), installer, who+"@pemda.test", appraisal.RoleHR))
	}
	told := query[string](t, b, `select string_agg(coalesce(content ->> 'units', 'all'), ' ' order by id)
		from audit_event join audit_content on event_id = id where action = 'revoke_role'`)
	if told != `["BIDANG", "DINAS"] all` {
		t.Errorf("the trail tells %s", told)
	}
}

func TestARoleThatIsRevokedIsGoneAtTheNextRequestAndTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	s := b.signIn(t, "hana")
	must(t, b.RevokeRole(t.Context(), installer, "Hana@pemda.test", appraisal.RoleHR))
	actor, err := b.bearer(t, s)
	must(t, err)
	wantCode(t, appraisal.MayTry(actor, appraisal.ActionManageCycle), appraisal.CodeForbidden)
	wantCode(t, b.RevokeRole(t.Context(), installer, "hana@pemda.test", appraisal.RoleHR), appraisal.CodeNotFound)
	wantCode(t, b.RevokeRole(t.Context(), installer, "nobody@pemda.test", appraisal.RoleHR), appraisal.CodeNotFound)
	wantCode(t, b.RevokeRole(t.Context(), installer, "hana@pemda.test", "king"), appraisal.CodeInvalid)
	wantCode(t, b.RevokeRole(t.Context(), b.as("ani"), "komite@pemda.test", appraisal.RoleCommittee), appraisal.CodeForbidden)
	wantCode(t, b.RevokeRole(t.Context(), installer, "operator@pemda.test", appraisal.RoleAdministrator), appraisal.CodeConflict)
	_, err = b.InviteAdministrator(t.Context(), installer, "ani@pemda.test", appraisal.RoleAdministrator)
	must(t, err)
	must(t, b.RevokeRole(t.Context(), installer, "operator@pemda.test", appraisal.RoleAdministrator))
	holders, err := b.RoleHolders(t.Context(), installer)
	must(t, err)
	if len(holders) != 3 || holders[0].Email != "ani@pemda.test" || holders[0].Role != appraisal.RoleAdministrator {
		t.Errorf("the holders are %+v", holders)
	}
	if n := query[int](t, b, `select count(*) from audit_event where action = 'revoke_role'`); n != 2 {
		t.Errorf("the trail tells of %d revocations, want 2", n)
	}
}
