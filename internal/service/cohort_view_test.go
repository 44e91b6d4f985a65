package service

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

func (b *bundle) session(t *testing.T, who string) Cohort {
	t.Helper()
	k, err := b.Cohort(t.Context(), b.as("komite"), b.cohort(t, who))
	must(t, err)
	return k
}

// calibrating brings all six to their session: three of them sangat_baik, three baik.
func calibrating(t *testing.T) *bundle {
	t.Helper()
	b := setup(t)
	_, err := b.RateUnit(t.Context(), b.as("hana"), Call{}, b.cycle, UnitRating{Unit: "BIDANG", Rating: appraisal.OrganisationBaik, Evidence: "Laporan kinerja"})
	must(t, err)
	for i, who := range staff() {
		b.reach(t, who, appraisal.StageAppraiserReview)
		given := appraisal.ExpectationMeets
		if i%2 == 0 {
			given = appraisal.ExpectationAbove
		}
		b.review(t, who, given, given)
		b.enter(t, who, appraisal.StageCalibration)
	}
	return b
}

func memberOfCohort(t *testing.T, k Cohort, name string) CohortMember {
	t.Helper()
	i := slices.IndexFunc(k.Members, func(m CohortMember) bool { return m.Name == name })
	if i < 0 {
		t.Fatalf("%s is not among %+v", name, k.Members)
	}
	return k.Members[i]
}

func TestASessionShowsEverybodysCellTheCountsAndWhatTheyBreak(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	k := b.session(t, "ani")
	if k.Status != postgres.CohortOpen || k.Unit != "Bidang Perizinan" || k.Expected != 6 || k.Ready != 6 || len(k.Members) != 6 || k.Rating != "baik" {
		t.Fatalf("the session is %+v", k)
	}
	ani := memberOfCohort(t, k, "Ani Lestari")
	if ani.Before == nil || ani.Before.Predikat != appraisal.PredikatSangatBaik || ani.After != nil || ani.Appraiser != "Kabid Joko" || ani.Position != "Analis Perizinan" {
		t.Errorf("Ani stands as %+v", ani)
	}
	if k.Counts[appraisal.PredikatSangatBaik] != 3 || k.Counts[appraisal.PredikatBaik] != 3 {
		t.Errorf("counts: %v", k.Counts)
	}
	// For a unit rated baik: baik has to be the largest group, and somebody has to need improvement.
	if len(k.Breaches) != 2 || k.Breaches[0].Rule != appraisal.GuidelineLargest || k.Breaches[1].Rule != appraisal.GuidelineAtLeast {
		t.Errorf("breaches: %+v", k.Breaches)
	}
	if s := k.Appraisers; len(s) != 1 || s[0] != (Severity{Appraiser: "Kabid Joko", People: 6, Mean: "5.50", Spread: "0.50", Difference: "0.00", After: "5.50"}) {
		t.Errorf("severity: %+v", s)
	}
}

func TestAChangeMovesCountsAndBreachesAndIsTakenBackByGoingBack(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	id, ani := b.cohort(t, "ani"), b.of(t, "ani")
	before := b.session(t, "ani").Version
	_, err := b.ChangeRating(t.Context(), b.as("komite"), Call{}, id, CalibrationChange{
		Appraisal: ani, WorkResult: appraisal.ExpectationBelow, Behaviour: appraisal.ExpectationMeets, Reason: "Bukti tidak mendukung"})
	must(t, err)
	k := b.session(t, "ani")
	m := memberOfCohort(t, k, "Ani Lestari")
	if m.After == nil || m.After.Predikat != appraisal.PredikatButuhPerbaikan || m.Before.Predikat != appraisal.PredikatSangatBaik ||
		m.Reason != "Bukti tidak mendukung" || m.ChangedBy != "Komite Surya" {
		t.Errorf("Ani stands as %+v", m)
	}
	if k.Counts[appraisal.PredikatSangatBaik] != 2 || k.Counts[appraisal.PredikatButuhPerbaikan] != 1 || len(k.Breaches) != 0 || k.Version == before {
		t.Errorf("counts %v, breaches %+v, version %d", k.Counts, k.Breaches, k.Version)
	}
	if k.Appraisers[0].Mean != "5.50" || k.Appraisers[0].After != "5.00" {
		t.Errorf("the appraiser is judged by the session's change: %+v", k.Appraisers[0])
	}
	list, err := b.Cohorts(t.Context(), b.as("komite"), b.cycle)
	must(t, err)
	i := slices.IndexFunc(list, func(c Cohort) bool { return c.ID == id })
	if i < 0 || len(list) != 3 || list[i].Counts[appraisal.PredikatButuhPerbaikan] != 1 || len(list[i].Breaches) != 0 || len(list[i].Members) != 0 {
		t.Errorf("the list shows %+v", list)
	}
	_, err = b.ChangeRating(t.Context(), b.as("komite"), Call{}, id, CalibrationChange{
		Appraisal: ani, WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove})
	must(t, err)
	if k := b.session(t, "ani"); memberOfCohort(t, k, "Ani Lestari").After != nil || len(k.Breaches) != 2 {
		t.Errorf("after going back: %+v", k)
	}
}

func TestWhoHasNotReachedTheSessionIsListedWithoutARating(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageAppraiserReview)
	b.review(t, "ani", appraisal.ExpectationMeets, appraisal.ExpectationMeets)
	k := b.session(t, "ani")
	if m := memberOfCohort(t, k, "Ani Lestari"); m.Ready || m.Before != nil {
		t.Errorf("before the stage Ani stands as %+v", m)
	}
	if k.Status != postgres.CohortWaiting || k.Ready != 0 || len(k.Counts) != 0 || len(k.Appraisers) != 0 || len(k.Breaches) != 0 {
		t.Errorf("the session is %+v", k)
	}
}

func TestOnlyTheCommitteeSeesACohort(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range []string{"ani", "kabid", "hana", "operator", "pimpinan"} {
		_, err := b.Cohort(t.Context(), b.as(who), b.cohort(t, "ani"))
		wantCode(t, err, appraisal.CodeForbidden)
		_, err = b.Cohorts(t.Context(), b.as(who), b.cycle)
		wantCode(t, err, appraisal.CodeForbidden)
	}
	_, err := b.Cohorts(t.Context(), b.as("komite"), appraisal.CycleID(b.of(t, "ani")))
	wantCode(t, err, appraisal.CodeNotFound)
}

func TestAMemberOfTheCommitteeDoesNotReadTheirOwnRatingInTheSession(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	ani := b.as("ani")
	ani.Roles = []appraisal.Role{appraisal.RoleCommittee}
	k, err := b.Cohort(t.Context(), ani, b.cohort(t, "ani"))
	must(t, err)
	if m := memberOfCohort(t, k, "Ani Lestari"); m.Before != nil || m.After != nil {
		t.Errorf("she reads %+v", m)
	}
	if k.Counts[appraisal.PredikatSangatBaik] != 2 || k.Appraisers[0].People != 5 {
		t.Errorf("she can work it out from %v, %+v", k.Counts, k.Appraisers)
	}
	listed := func() Cohort {
		t.Helper()
		list, err := b.Cohorts(t.Context(), ani, b.cycle)
		must(t, err)
		return list[slices.IndexFunc(list, func(c Cohort) bool { return c.ID == b.cohort(t, "ani") })]
	}
	if len(k.Breaches) != 1 || !k.WithoutReader || k.Guidelines[0].Total != 5 { // with her it is two of six
		t.Errorf("she can work it out from %+v", k.Guidelines)
	}
	if c := listed(); c.Counts[appraisal.PredikatSangatBaik] != 2 || len(c.Breaches) != 1 {
		t.Errorf("she can work it out from the list: %v; it breaks %+v", c.Counts, c.Breaches)
	}
	b.lock(t, "ani")
	b.enter(t, "ani", appraisal.StageResult)
	k, err = b.Cohort(t.Context(), ani, b.cohort(t, "ani"))
	must(t, err)
	if m := memberOfCohort(t, k, "Ani Lestari"); m.Before == nil || k.Counts[appraisal.PredikatSangatBaik] != 3 {
		t.Errorf("after the release she reads %+v, %v", m, k.Counts)
	}
	if c := listed(); c.Counts[appraisal.PredikatSangatBaik] != 3 {
		t.Errorf("after the release the list counts %v", c.Counts)
	}
}

func TestSeverityIsExactAndRoundedOnceAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		ranks        []int64
		mean, spread string
	}{
		{[]int64{5}, "5.00", "0.00"},
		{[]int64{6, 6, 5}, "5.67", "0.47"},                   // σ = √2 ÷ 3 = 0.4714…
		{[]int64{1, 6}, "3.50", "2.50"},                      //
		{[]int64{1, 2, 3, 4, 5, 6}, "3.50", "1.71"},          // σ = √(35 ÷ 12) = 1.7078…
		{[]int64{5, 5, 5, 5, 5, 5, 5, 6}, "5.13", "0.33"},    // 5.125 goes up; σ = 0.3307…
		{[]int64{5, 6, 5, 5, 5, 5, 5, 5, 5}, "5.11", "0.31"}, // σ = 0.3142…
	} {
		if got := mean(test.ranks).FloatString(2); got != test.mean {
			t.Errorf("mean of %v is %s, want %s", test.ranks, got, test.mean)
		}
		if got := spread(test.ranks); got != test.spread {
			t.Errorf("spread of %v is %s, want %s", test.ranks, got, test.spread)
		}
	}
}

func TestAppraisersAreComparedWithTheWholeCohort(t *testing.T) {
	t.Parallel()
	mild, strict := appraisal.PersonID("mild"), appraisal.PersonID("strict")
	var members []postgres.Member
	ready := (&clock{}).Now()
	for by, given := range map[*appraisal.PersonID][]appraisal.Predikat{
		&mild:   {appraisal.PredikatSangatBaik, appraisal.PredikatSangatBaik, appraisal.PredikatBaik},
		&strict: {appraisal.PredikatButuhPerbaikan},
	} {
		name := string(*by)
		for _, p := range given {
			members = append(members, postgres.Member{AppraiserID: by, Appraiser: &name, Predikat: &p, CohortReadyAt: &ready})
		}
	}
	got := severities(members, 3)
	want := []Severity{
		{Appraiser: "mild", People: 3, Mean: "5.67", Spread: "0.47", Difference: "0.67", After: "5.67"}, // 17/3 − 20/4
		{Appraiser: "strict", People: 1, Mean: "3.00", Spread: "0.00", Difference: "-2.00", After: "3.00", Small: true},
	}
	if !slices.Equal(got, want) {
		t.Errorf("severities are %+v, want %+v", got, want)
	}
}
