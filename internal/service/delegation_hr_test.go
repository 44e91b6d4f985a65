package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestHRNamesNobodyToItsOwnAdvantage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := b.leaveOf("hana", 0, 5)
	in.Delegator = "kabid@pemda.test"
	_, err := b.Delegate(t.Context(), b.as("hana"), Call{}, in)
	wantKey(t, err, appraisal.CodeForbidden, "delegation.error.names_oneself")
	ani := b.as("ani") // whom kabid appraises
	ani.Roles = append(ani.Roles, appraisal.RoleHR)
	in = b.leaveOf("pimpinan", 0, 5)
	in.Delegator = "kabid@pemda.test"
	_, err = b.Delegate(t.Context(), ani, Call{}, in)
	wantKey(t, err, appraisal.CodeForbidden, "delegation.error.own_judge")
	_, err = b.Delegate(t.Context(), b.as("hana"), Call{}, in)
	must(t, err)
}

func TestDutiesAreNotPassedOnToAThird(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.leave(t, "kabid", "pimpinan", 2, 8)
	in := b.leaveOf("sekda", 5, 12)
	in.Delegator = string(b.as("pimpinan").ID)
	b.exec(t, `update appraisal set reviewer_id = $1 where id = $2`, b.as("pimpinan").ID, b.of(t, "ani")) // who has duties of their own
	_, err := b.Delegate(t.Context(), b.as("pimpinan"), Call{}, in)
	wantRefusal(t, "to pass on duties", err, "delegation.error.stands_in")
	in = b.leaveOf("sekda", 9, 12)
	_, err = b.Delegate(t.Context(), b.as("pimpinan"), Call{}, in)
	must(t, err)
}
