package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestARequestOfAnAccountInNoUnitIsForHROfTheWholeOrganisationElseTheOperator(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.run(t, `insert into role_grant (person_id, role, unit_id) select $1, 'hr', $2`, b.as("komite").ID, b.units["PEMDA"])
	who := appraisal.Actor{Name: "Tamu", ID: query[appraisal.PersonID](t, b, `insert into person (kind, name, full_name, email)
		values ('account', 'Tamu', 'Tamu', 'tamu@pemda.test') returning id::text`)}
	file := func(field appraisal.CorrectionField, want string) appraisal.CorrectionID {
		t.Helper()
		r, err := b.FileCorrection(t.Context(), who, Call{}, appraisal.Correction{Field: field, Recorded: "Tamu", Wanted: "Tamu Agung"})
		must(t, err)
		if got := query[string](t, b, `select coalesce(string_agg(p.email, ' '), '') from mail m join person p on p.id = m.recipient_id
			where m.kind = 'correction_filed' and m.args ->> 'correction' = $1`, r.ID); got != want {
			t.Errorf("of %s the mail goes to %q, want %q", field, got, want)
		}
		return appraisal.CorrectionID(r.ID)
	}
	file(appraisal.CorrectName, "hana@pemda.test")
	b.run(t, `delete from role_grant where role = 'hr' and unit_id is null`)
	id := file(appraisal.CorrectEmail, "")

	part := b.as("komite")
	part.Roles, part.HRUnits = []appraisal.Role{appraisal.RoleHR}, []appraisal.UnitID{b.units["PEMDA"]}
	_, err := b.DecideCorrection(t.Context(), part, Call{}, id, appraisal.CorrectionAnswer{Accept: true, Answer: "Sudah"})
	wantCode(t, err, appraisal.CodeNotFound)
	operator := appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleHR, appraisal.RoleAdministrator}}
	list, err := b.Corrections(t.Context(), operator)
	must(t, err)
	if len(list.Open) != 2 || !list.Open[0].MayDecide {
		t.Errorf("the operator's list is %+v", list.Open)
	}
	_, err = b.DecideCorrection(t.Context(), operator, Call{}, id, appraisal.CorrectionAnswer{Accept: true, Answer: "Sudah"})
	must(t, err)
	if !query[bool](t, b, `select state = 'accepted' and decided_by is null from correction where id = $1`, id) {
		t.Error("the operator's answer is not kept as nobody's")
	}
}
