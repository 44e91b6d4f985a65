package service

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestTheFunnelCountsEverybodyOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	b.enter(t, "budi", appraisal.StageTargets)
	b.reach(t, "citra", appraisal.StageSelfReview)
	for _, who := range []string{"hana", "komite", "pimpinan", "operator"} {
		rows, err := b.Funnel(t.Context(), b.as(who), b.cycle)
		must(t, err)
		total, targets := 0, 0
		for _, r := range rows {
			total += r.People
			if r.UnitCode == "BIDANG" && r.Stage == appraisal.StageTargets && r.Health == appraisal.HealthOnTime {
				targets = r.People
			}
		}
		if total != 8 || targets != 2 {
			t.Errorf("%s counts %d people, %d of them setting targets: %+v", who, total, targets, rows)
		}
	}
	_, err := b.Funnel(t.Context(), b.as("kabid"), b.cycle)
	wantCode(t, err, appraisal.CodeForbidden)
	_, err = b.Funnel(t.Context(), b.as("hana"), appraisal.CycleID(b.of(t, "ani")))
	wantCode(t, err, appraisal.CodeNotFound)
}

func (b *bundle) pages(t *testing.T, f ListFilter) (names []string, pages int) {
	t.Helper()
	for {
		p, err := b.Appraisals(t.Context(), b.as("hana"), b.cycle, f)
		must(t, err)
		pages++
		for _, l := range p.Items {
			names = append(names, l.Employee)
		}
		if p.Next == "" {
			return names, pages
		}
		f.After = p.Next
	}
}

func TestPagesOfACycleHoldEverybodyOnceInOrderOfTheirNames(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := []string{"Ani Lestari", "Budi Santoso", "Citra Dewi", "Dodi Pratama", "Eko Saputra", "Fitri Handayani", "Kabid Joko", "Kadis Ratna"}
	for limit, wantPages := range map[int]int{1: 8, 3: 3, 4: 2, 8: 1, 0: 1, 1000: 1} {
		got, pages := b.pages(t, ListFilter{Limit: limit})
		if !slices.Equal(got, want) || pages != wantPages {
			t.Errorf("%d to a page: %d pages with %q, want %d with everybody", limit, pages, got, wantPages)
		}
	}
}

func TestAPageDoesNotBeginAfterSomebodyWhomTheReaderMayNotSee(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ofDivision := b.as("hana")
	ofDivision.HRUnits = []appraisal.UnitID{b.units["BIDANG"]}
	first, err := b.Appraisals(t.Context(), ofDivision, b.cycle, ListFilter{Limit: 6})
	must(t, err)
	rest, err := b.Appraisals(t.Context(), ofDivision, b.cycle, ListFilter{After: first.Next})
	must(t, err)
	if len(first.Items) != 6 || len(rest.Items) != 1 || rest.Items[0].Employee != "Kabid Joko" {
		t.Errorf("of the division: %+v, then %+v", first.Items, rest.Items)
	}
	_, err = b.Appraisals(t.Context(), ofDivision, b.cycle, ListFilter{After: cursor(string(b.of(t, "kadis")))})
	wantField(t, err, "after")
}

func TestOfTwoOfTheSameNameNeitherIsLostBetweenPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.pool.Exec(t.Context(), `update person set full_name = 'Sama' where kind = 'employee'`)
	must(t, err)
	if got, pages := b.pages(t, ListFilter{Limit: 1}); len(got) != 8 || pages != 8 {
		t.Errorf("%d people on %d pages", len(got), pages)
	}
}

func TestAListIsNarrowedByStageHealthAndUnit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	for _, test := range []struct {
		filter ListFilter
		want   []string
	}{
		{ListFilter{Stage: appraisal.StageTargets}, []string{"Ani Lestari"}},
		{ListFilter{Unit: b.units["DINAS"]}, []string{"Kadis Ratna"}},
		{ListFilter{Stage: appraisal.StageTargets, Unit: b.units["DINAS"]}, nil},
		{ListFilter{Health: appraisal.HealthPaused}, nil},
		{ListFilter{Stage: appraisal.StageTargets, Health: appraisal.HealthOnTime, Unit: b.units["BIDANG"]}, []string{"Ani Lestari"}},
	} {
		if got, _ := b.pages(t, test.filter); !slices.Equal(got, test.want) {
			t.Errorf("%+v gives %q, want %q", test.filter, got, test.want)
		}
	}
	p, err := b.Appraisals(t.Context(), b.as("hana"), b.cycle, ListFilter{Stage: appraisal.StageTargets})
	must(t, err)
	l := p.Items[0]
	if l.Appraiser != "Kabid Joko" || l.Unit != "Bidang Perizinan" || l.WaitingOn != appraisal.PartyEmployee || l.Deadline == nil ||
		l.WorkflowID != "appraisal/"+string(b.cycle)+"/"+string(b.as("ani").ID) {
		t.Errorf("the line is %+v", l)
	}
}

func TestACursorThatNobodyGaveIsRefusedAndNamesItsField(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, after := range []string{"x", "!!!", cursor("x"), cursor("00000000-0000-0000-0000-000000000000"), cursor("1", "2"), mark(b.clock.Now(), string(b.of(t, "ani")))} {
		_, err := b.Appraisals(t.Context(), b.as("hana"), b.cycle, ListFilter{After: after})
		wantCode(t, err, appraisal.CodeInvalid)
	}
	for _, after := range []string{"x", cursor(string(b.of(t, "ani"))), cursor("soon", string(b.of(t, "ani")))} {
		_, err := b.Mails(t.Context(), b.as("operator"), MailFilter{After: after})
		wantCode(t, err, appraisal.CodeInvalid)
		_, err = b.Stalled(t.Context(), b.as("operator"), after, 0)
		wantCode(t, err, appraisal.CodeInvalid)
	}
}
