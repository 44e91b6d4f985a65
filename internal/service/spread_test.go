package service

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// withResults calibrates all six with one change, releases them, and lets Budi's objection change his rating.
func withResults(t *testing.T) *bundle {
	t.Helper()
	b := calibrating(t)                                   // ani, citra and eko sangat_baik; budi, dodi and fitri baik
	b.propose(t, b.as("komite"), "ani", "Bukti perilaku") // to baik
	b.lock(t, "ani")
	for _, who := range staff() {
		b.enter(t, who, appraisal.StageResult)
	}
	_, err := b.Object(t.Context(), b.as("budi"), Call{}, b.open(t, "budi", appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Target terlampaui"})
	must(t, err)
	b.look(t, "budi")
	b.enter(t, "budi", appraisal.StageObjection)
	_, err = b.AnswerObjection(t.Context(), b.as("kabid"), Call{}, b.open(t, "budi", appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Benar"})
	must(t, err)
	b.look(t, "budi")
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, b.open(t, "budi", appraisal.StepDecideObjection), ObjectionDecision{
		Change: true, WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Reason: "Bukti meyakinkan"})
	must(t, err)
	return b
}

func (b *bundle) spread(t *testing.T, who string) CycleSpread {
	t.Helper()
	r, err := b.Spread(t.Context(), b.as(who), b.cycle)
	must(t, err)
	return r
}

func TestResultsAreCountedAsReviewedAsCalibratedAndAfterObjections(t *testing.T) {
	t.Parallel()
	b := withResults(t)
	if r := b.spread(t, "pimpinan"); !r.Withheld || r.All.People != 0 || len(r.Units)+len(r.Levels) != 0 {
		t.Errorf("leadership reads of a cycle that still changes: %+v", r)
	}
	b.exec(t, `update cycle set status = 'closed', ended_at = now() where id = $1`, b.cycle)
	for _, who := range []string{"hana", "komite", "pimpinan"} {
		r := b.spread(t, who)
		g := r.All
		if g.People != 6 || g.Reviewed["sangat_baik"] != 3 || g.Calibrated["sangat_baik"] != 2 || g.Final["sangat_baik"] != 3 || g.ByCommittee != 1 || g.ByObjection != 1 {
			t.Errorf("%s reads %+v", who, g)
		}
		if len(r.Units) != 1 || r.Units[0].Name != "Bidang Perizinan" || len(r.Levels) != 1 || r.Levels[0].Key != "pelaksana" || r.People != 8 {
			t.Errorf("%s reads %+v by unit and %+v by level", who, r.Units, r.Levels)
		}
		if slices.Contains(r.Predikats, appraisal.PredikatCukup) {
			t.Errorf("%s reads of a predikat that this policy does not give", who)
		}
	}
	ofDivision := b.as("hana")
	ofDivision.HRUnits = []appraisal.UnitID{b.units["BIDANG"]}
	r, err := b.Spread(t.Context(), ofDivision, b.cycle)
	must(t, err)
	if r.All.People != 6 || r.People != 7 { // the head of the agency is in the cycle, not in the division
		t.Errorf("HR of the division reads of %d results of %d people", r.All.People, r.People)
	}
	for _, who := range []string{"ani", "kabid", "operator"} {
		_, err := b.Spread(t.Context(), b.as(who), b.cycle)
		wantCode(t, err, appraisal.CodeForbidden)
	}
}

func TestNothingIsCountedBeforeItsReleaseNorTellsLeadershipOfAFew(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	if r := b.spread(t, "hana"); r.All.People != 0 || len(r.Units) != 0 {
		t.Errorf("before the release HR reads %+v", r)
	}
	b.lock(t, "ani")
	for _, who := range []string{"ani", "budi"} {
		b.enter(t, who, appraisal.StageResult)
	}
	if r := b.spread(t, "hana"); r.Withheld || r.All.People != 2 || len(r.Units) != 1 {
		t.Errorf("HR reads %+v", r)
	}
	b.exec(t, `update cycle set status = 'closed', ended_at = now() where id = $1`, b.cycle)
	if r := b.spread(t, "pimpinan"); !r.Withheld || r.All.People != 0 || len(r.Units)+len(r.Levels) != 0 || r.Minimum != 5 {
		t.Errorf("leadership reads of two people: %+v", r)
	}
}
