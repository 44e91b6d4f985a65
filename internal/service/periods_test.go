package service

import (
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// launchPeriod starts another cycle of the agency, a minute later, and makes it the one that the bundle is about.
func (b *bundle) launchPeriod(t *testing.T, code, policy, from, to string) {
	t.Helper()
	b.clock.advance(time.Minute)
	c, err := b.CreateCycle(t.Context(), b.as("hana"), Call{}, NewCycle{
		Code: code, Name: "Kinerja " + code, PeriodStart: from, PeriodEnd: to, TemplateName: "peragaan", Policy: policy, Units: []string{"DINAS"},
	})
	must(t, err)
	b.cycle = c.ID
	_, err = b.Launch(t.Context(), b.as("hana"), Call{}, c.ID)
	must(t, err)
	_, err = b.Enrol(t.Context(), c.ID)
	must(t, err)
	must(t, b.MarkRunning(t.Context(), c.ID))
}

// rateAs takes somebody from the start to an accepted result with a rating.
func (b *bundle) rateAs(t *testing.T, who string, workResult, behaviour appraisal.Expectation) {
	t.Helper()
	b.reach(t, who, appraisal.StageAppraiserReview)
	b.review(t, who, workResult, behaviour)
	b.enter(t, who, appraisal.StageResult)
}

func (b *bundle) accept(t *testing.T, who string) {
	t.Helper()
	b.pass(t, who, appraisal.StageResult)
	b.enter(t, who, appraisal.StageDevelopment)
}

func (b *bundle) objectSuccessfully(t *testing.T, who string, workResult, behaviour appraisal.Expectation) {
	t.Helper()
	_, err := b.Object(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Ada hasil yang belum dihitung"})
	must(t, err)
	b.look(t, who)
	b.enter(t, who, appraisal.StageObjection)
	_, err = b.AnswerObjection(t.Context(), b.as(superior(who)), Call{}, b.open(t, who, appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Benar"})
	must(t, err)
	b.look(t, who)
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, b.open(t, who, appraisal.StepDecideObjection),
		ObjectionDecision{Change: true, WorkResult: workResult, Behaviour: behaviour, Reason: "Bukti diterima"})
	must(t, err)
	b.look(t, who)
	b.enter(t, who, appraisal.StageDevelopment)
}

func TestTheYearIsRatedWithItsQuartersInViewAndSaysWhichOfThemChangedSince(t *testing.T) {
	t.Parallel()
	const below, meets, above = appraisal.ExpectationBelow, appraisal.ExpectationMeets, appraisal.ExpectationAbove
	b := setupUnlaunched(t)
	b.launchPeriod(t, "TW1", "permen6-2022", "2026-01-01", "2026-03-31")
	b.rateAs(t, "ani", above, above)
	b.accept(t, "ani")
	b.launchPeriod(t, "TW2", "permen6-2022", "2026-04-01", "2026-06-30")
	b.rateAs(t, "ani", below, meets)
	second := b.cycle // still with the employee: she will object
	b.launchPeriod(t, "TW3", "permen6-2022", "2026-07-01", "2026-09-30")
	b.rateAs(t, "ani", meets, below)
	b.objectSuccessfully(t, "ani", meets, meets)
	b.launchPeriod(t, "TW4", "permen6-2022", "2026-10-01", "2026-12-31")
	b.enter(t, "ani", appraisal.StageTargets)
	b.launchPeriod(t, "2026", "permen6-2022", "2026-01-01", "2026-12-31")
	year := b.cycle
	b.reach(t, "ani", appraisal.StageAppraiserReview)

	type line struct {
		name     string
		final    bool
		predikat appraisal.Predikat
		versions int
		since    PeriodChange
	}
	check := func(who string, want []line) {
		t.Helper()
		p := b.read(t, who, "ani").Periods
		if p == nil || p.Rule != appraisal.RollUpEvidence || len(p.Items) != len(want) {
			t.Fatalf("to %s the quarters are %+v", who, p)
		}
		for i, w := range want {
			got := p.Items[i]
			if (line{got.CycleName, got.Final, got.Predikat, len(got.Ratings), got.Since}) != w || got.Months != 3 || got.Kind != appraisal.PeriodQuarterly || !got.MayRead {
				t.Errorf("to %s quarter %d is %+v, want %+v", who, i+1, got, w)
			}
		}
		if n := len(p.Explanation); n != 4 {
			t.Errorf("%d sentences about 4 quarters", n)
		}
	}
	first := line{"Kinerja TW1", true, appraisal.PredikatSangatBaik, 1, ""}
	third := line{"Kinerja TW3", true, appraisal.PredikatBaik, 2, ""} // objected: both versions
	fourth := line{"Kinerja TW4", false, "", 0, ""}
	form, err := b.StepForm(t.Context(), b.as("kabid"), b.open(t, "ani", appraisal.StepAppraiserReview))
	must(t, err)
	if form.Appraisal.Periods == nil || len(form.Appraisal.Periods.Items) != 4 {
		t.Errorf("the appraiser's form has the quarters %+v", form.Appraisal.Periods)
	}
	check("kabid", []line{first, {"Kinerja TW2", false, "", 0, ""}, third, fourth})
	b.review(t, "ani", meets, meets)
	check("kabid", []line{first, {"Kinerja TW2", false, "", 0, ""}, third, fourth})

	b.cycle = second
	b.objectSuccessfully(t, "ani", above, meets)
	b.cycle = year
	added := line{"Kinerja TW2", true, appraisal.PredikatBaik, 2, PeriodAdded}
	check("kabid", []line{first, added, third, fourth})
	check("ani", []line{first, {"Kinerja TW2", true, appraisal.PredikatBaik, 2, ""}, third, fourth}) // her year is not released yet
	b.enter(t, "ani", appraisal.StageResult)
	check("ani", []line{first, added, third, fourth})
	if r := b.read(t, "ani", "ani").Rating; r.Predikat != appraisal.PredikatBaik || r.Number != 1 {
		t.Errorf("the year's rating has become %+v", r)
	}
}

func TestWhoServedAPartIsMeasuredByTheirPartOfTheQuantity(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.hire(t, "gita", gitaNIP, "BIDANG", "kabid")
	b.launchPeriod(t, "2026", "permen6-2022", "2026-01-01", "2026-12-31")
	b.enter(t, "gita", appraisal.StageTargets)
	plan := b.plan(t)
	plan[0].Indicators = []appraisal.Indicator{
		{Aspect: appraisal.AspectQuantity, Description: "Berkas", Target: "100", Measure: "berkas", Direction: appraisal.DirectionMore},
		{Aspect: appraisal.AspectQuality, Description: "Tanpa kesalahan", Target: "90", Measure: "persen", Direction: appraisal.DirectionMore},
	}
	_, err := b.SubmitPlan(t.Context(), b.as("gita"), Call{}, b.open(t, "gita", appraisal.StepDraftPlan), plan)
	must(t, err)
	b.look(t, "gita")
	b.decidePlan(t, "gita", PlanDecision{Approve: true})
	b.enter(t, "gita", appraisal.StageExecution)
	b.pass(t, "gita", appraisal.StageExecution)
	b.enter(t, "gita", appraisal.StageSelfReview)
	b.reviewSelfWith(t, "gita", "67", "90") // 100 × 8 ÷ 12 = 66.66…
	ind := b.read(t, "kabid", "gita").Plan.KeyResults[0].Indicators
	if part := ind[0].PartTarget; part == nil || part.Number != "66.6666…" || !*ind[0].Met || ind[1].PartTarget != nil || !*ind[1].Met {
		t.Errorf("the indicators are %+v", ind)
	}

	_, err = b.CorrectTenure(t.Context(), b.as("kabid"), Call{}, b.of(t, "gita"), TenureCorrection{Months: 9, Reason: "x"})
	wantCode(t, err, appraisal.CodeForbidden)
	own := b.as("gita")
	own.Roles = append(slices.Clone(own.Roles), appraisal.RoleHR)
	_, err = b.CorrectTenure(t.Context(), own, Call{}, b.of(t, "gita"), TenureCorrection{Months: 9, Reason: "x"})
	wantCode(t, err, appraisal.CodeForbidden)
	for _, wrong := range []TenureCorrection{{Months: 0, Reason: "x"}, {Months: 13, Reason: "x"}, {Months: 9}} {
		_, err = b.CorrectTenure(t.Context(), b.as("hana"), Call{}, b.of(t, "gita"), wrong)
		wantCode(t, err, appraisal.CodeInvalid)
	}
	_, err = b.CorrectTenure(t.Context(), b.as("hana"), Call{}, b.of(t, "gita"), TenureCorrection{Months: 9, Reason: "Bertugas sejak 12 April"})
	must(t, err)
	v := b.read(t, "gita", "gita")
	if ind := v.Plan.KeyResults[0].Indicators[0]; ind.PartTarget.Number != "75" || *ind.Met { // 100 × 9 ÷ 12, of which 67 were done
		t.Errorf("after the correction the indicator is %+v", ind)
	}
	if v.Tenure.Served != 9 || v.Tenure.Cause != appraisal.TenureCorrected || v.Tenure.CorrectedBy != "Hana Putri" || v.Tenure.Reason == "" {
		t.Errorf("the months are %+v", v.Tenure)
	}
	if n := query[int](t, b, `select count(*)::int from audit_event join audit_content on event_id = id where action = 'correct_tenure' and (content ->> 'before')::int = 8 and (content ->> 'after')::int = 9`); n != 1 {
		t.Errorf("the trail tells of the correction %d times", n)
	}
	b.enter(t, "gita", appraisal.StageAppraiserReview)
	b.review(t, "gita", appraisal.ExpectationMeets, appraisal.ExpectationMeets)
	_, err = b.CorrectTenure(t.Context(), b.as("hana"), Call{}, b.of(t, "gita"), TenureCorrection{Months: 12, Reason: "x"})
	wantCode(t, err, appraisal.CodeWrongStage)
}

// reviewSelfWith hands in a self-review with one figure for each indicator of the plan.
func (b *bundle) reviewSelfWith(t *testing.T, who string, figures ...string) {
	t.Helper()
	in := appraisal.SelfReview{Achievements: "Selesai"}
	for i, ind := range b.read(t, who, who).Plan.KeyResults[0].Indicators {
		in.Realisations = append(in.Realisations, appraisal.Realisation{Indicator: ind.ID, Value: figures[i]})
	}
	_, err := b.SubmitSelfReview(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepSelfReview), in)
	must(t, err)
	b.look(t, who)
}
