package service

import (
	"slices"
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

func TestThePersonalTrailTellsAsWhatAStandInAndASuperiorActed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.leave(t, "kabid", "pimpinan", 0, 30)
	b.leave(t, "kadis", "komite", 0, 30)
	in, above, id := b.today(t, "pimpinan"), b.today(t, "komite"), b.of(t, "ani")
	above.Roles = nil
	for _, reader := range []appraisal.Actor{in, above} {
		_, err := b.Appraisal(t.Context(), reader, id)
		must(t, err)
	}
	for _, reader := range []string{"kabid", "hana"} {
		_, err := b.History(t.Context(), b.as(reader), b.as("ani").ID)
		must(t, err)
	}
	page, err := b.MyTrail(t.Context(), b.as("ani"), "", 50)
	must(t, err)
	for _, want := range []TrailEntry{
		{Action: actionReadAppraisal, Actor: in.Name, Behalf: b.as("kabid").Name, Capacity: AsAppraiser},
		{Action: actionReadAppraisal, Actor: above.Name, Behalf: b.as("kadis").Name, Capacity: AsReviewer},
		{Action: actionReadHistory, Actor: b.as("kabid").Name, Capacity: AsAppraiser},
		{Action: actionReadHistory, Actor: b.as("hana").Name, Capacity: AsOfficer},
	} {
		if !slices.ContainsFunc(page.Items, func(e TrailEntry) bool {
			return e.Action == want.Action && e.Actor == want.Actor && e.Behalf == want.Behalf && e.Capacity == want.Capacity
		}) {
			t.Errorf("nothing says %+v in %+v", want, page.Items)
		}
	}
}

func TestBothSidesOfADelegationAreToldOfItAndTheDelegatorOfWhatIsDoneForThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	b.submitPlan(t, "ani")
	in := b.leaveOf("pimpinan", 0, 5)
	in.Delegator = string(b.as("kabid").ID)
	_, err := b.Delegate(t.Context(), b.as("hana"), Call{}, in)
	must(t, err)
	stand := b.today(t, "pimpinan")
	_, err = b.DecidePlan(t.Context(), stand, Call{}, b.open(t, "ani", appraisal.StepApprovePlan), PlanDecision{Approve: true, Comment: "Rahasia Ani"})
	must(t, err)
	b.look(t, "ani")
	b.enter(t, "ani", appraisal.StageExecution)
	_, err = b.AddLink(t.Context(), stand, Call{}, b.of(t, "ani"), NewLink{Purpose: appraisal.EvidenceFeedback, Link: "https://pemda.test/a"})
	must(t, err)
	b.leave(t, "kadis", "komite", 0, 5)

	tells := func(who, action string) []TrailEntry {
		t.Helper()
		page, err := b.MyTrail(t.Context(), b.as(who), "", 50)
		must(t, err)
		return slices.DeleteFunc(page.Items, func(e TrailEntry) bool { return e.Action != action })
	}
	for who, as := range map[string]Capacity{"kabid": AsOfficer, "pimpinan": AsOfficer, "kadis": AsSelf, "komite": AsParty} {
		if found := tells(who, "delegate"); len(found) != 1 || found[0].Capacity != as {
			t.Errorf("%s is told of the delegation as %+v", who, found)
		}
	}
	if found := tells("kabid", "decide_plan"); len(found) != 1 || found[0].Actor != stand.Name || found[0].Behalf != b.as("kabid").Name {
		t.Errorf("kabid is told of what was done for them as %+v", found)
	}
	if len(tells("kabid", "add_link")) != 0 || len(tells("komite", "decide_plan")) != 0 {
		t.Error("somebody is told of what lies on another's desk, or of a delegation that is not theirs")
	}
	data, err := b.MyData(t.Context(), b.as("kabid"))
	must(t, err)
	for _, line := range data.Trail {
		if line.Action == "decide_plan" && line.Actor == stand.Name && (line.Outcome != "" || line.Detail != "") {
			t.Errorf("kabid takes along what was said of Ani: %+v", line)
		}
	}
}
