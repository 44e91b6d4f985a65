package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestTheTrailSaysForWhomEvidenceIsLaidDownAndTakenAwayAndAPaperIssued(t *testing.T) {
	t.Parallel()
	b := setup(t).printing()
	b.leave(t, "kabid", "pimpinan", 0, 30)
	b.reach(t, "ani", appraisal.StageResult)
	_, err := b.Object(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Ada kekeliruan"})
	must(t, err)
	b.look(t, "ani")
	b.enter(t, "ani", appraisal.StageObjection)
	in, id := b.today(t, "pimpinan"), b.of(t, "ani")
	piece, err := b.AddFile(t.Context(), in, Call{}, id, appraisal.EvidenceObjectionAnswer, SentFile{Name: "catatan.pdf", Content: paper("catatan")})
	must(t, err)
	_, err = b.AddLink(t.Context(), in, Call{}, id, NewLink{Purpose: appraisal.EvidenceObjectionAnswer, Link: "https://pemda.test/a"})
	must(t, err)
	_, err = b.RemoveEvidence(t.Context(), in, Call{}, id, piece.ID)
	must(t, err)
	file, err := b.Document(t.Context(), in, id, appraisal.DocumentPlan)
	must(t, err)
	must(t, file.Close())
	for _, act := range []string{"add_file", "add_link", "remove_evidence", "issue_document", "read_document"} {
		if n := query[int](t, b, `select count(*)::int from audit_event where actor_id = $1 and action = $2 and on_behalf_of = $3`, in.ID, act, b.as("kabid").ID); n != 1 {
			t.Errorf("%d lines of %s tell for whom", n, act)
		}
	}
}

func TestHROfAUnitFindsItsDelegationsBehindAnyNumberOfOthers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.exec(t, `insert into delegation (delegator_id, delegate_id, from_day, until_day, made_by, made_at)
		select $1, $2, '2026-01-13'::date + n, '2026-01-13'::date + n, $1, $3 from generate_series(1, 120) n`, b.as("kadis").ID, b.as("komite").ID, b.clock.Now())
	b.leave(t, "kabid", "pimpinan", 200, 205)
	ofTheUnit := b.as("hana")
	ofTheUnit.HRUnits = []appraisal.UnitID{b.units["BIDANG"]}
	view, err := b.Delegations(t.Context(), ofTheUnit, "", 50)
	must(t, err)
	if len(view.Others) != 1 || view.Others[0].Delegator.ID != b.as("kabid").ID || view.Next != "" {
		t.Errorf("HR of the unit sees %+v, and then %q", view.Others, view.Next)
	}
	told := map[appraisal.DelegationID]bool{}
	for after := ""; ; after = view.Next {
		view, err = b.Delegations(t.Context(), b.as("hana"), after, 50)
		must(t, err)
		for _, d := range view.Others {
			told[d.ID] = true
		}
		if view.Next == "" {
			break
		}
	}
	if len(told) != 121 {
		t.Errorf("HR of the whole finds %d on all pages", len(told))
	}
}
