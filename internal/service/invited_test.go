package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

func TestWhoIsInvitedBeforeTheRosterBecomesThePersonOfTheRoster(t *testing.T) {
	t.Parallel()
	b := office(t)
	_, err := b.InviteAdministrator(t.Context(), installer, "edi.saputra@marelan.go.id", appraisal.RoleHR)
	must(t, err)
	account := query[appraisal.PersonID](t, b, `select id from person`)
	before, err := postgres.GetPerson(t.Context(), b.pool, account)
	must(t, err)
	if before.Post != "" {
		t.Errorf("an account has the post %q", before.Post)
	}
	b.imports(t, ImportRoster, demo(t, ImportRoster))
	after, err := postgres.GetPerson(t.Context(), b.pool, account)
	must(t, err)
	if after.Kind != "employee" || after.FullName != "H. Edi Saputra" {
		t.Errorf("after the import the invited person is %q, a %s", after.FullName, after.Kind)
	}
	if n := query[int](t, b, `select count(*)::int from role_grant where person_id = $1 and role = 'hr'`, account); n != 1 {
		t.Error("the role was lost")
	}
	if got := countsOf(b.imports(t, ImportRoster, demo(t, ImportRoster))); got["employee"] != (counts{0, 0, 590, 0}) {
		t.Errorf("a second import counts %v", got["employee"])
	}
}

func TestNoProgressIsRecordedOnceTheExecutionWasHandedIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	entry := appraisal.Progress{Indicator: query[string](t, b, `select i.id::text from indicator i join key_result k on k.id = i.key_result_id
		join plan p on p.id = k.plan_id where p.appraisal_id = $1 limit 1`, b.of(t, "ani")), Value: "1"}
	_, err := b.AddProgress(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), entry)
	must(t, err)
	_, err = b.CompleteExecution(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepRecordProgress))
	must(t, err)
	_, err = b.AddProgress(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), entry)
	wantCode(t, err, appraisal.CodeWrongStage)
}
