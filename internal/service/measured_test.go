package service

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/roster"
)

// setupInAugust returns the government with the cycle running, where the months to July are over.
func setupInAugust(t *testing.T) *bundle {
	t.Helper()
	b := setup(t)
	b.clock.advance(210 * 24 * time.Hour)
	return b
}

// measuredPlan is a plan whose indicators are all measured.
func (b *bundle) measuredPlan(t *testing.T) []appraisal.KeyResult {
	plan := b.plan(t)
	plan[0].Indicators = []appraisal.Indicator{
		{Aspect: appraisal.AspectQuality, Description: "Tepat waktu", Target: "95", Measure: "persen", Direction: appraisal.DirectionMore, Source: appraisal.SourceFilesOnTimePercent},
		{Aspect: appraisal.AspectTime, Description: "Cepat", Target: "2.5", Measure: "hari", Direction: appraisal.DirectionLess, Source: appraisal.SourceMeanDays},
		{Aspect: appraisal.AspectQuantity, Description: "Selesai", Target: "70", Measure: "Berkas", Direction: appraisal.DirectionMore, Source: appraisal.SourceFilesCompleted},
		{Aspect: appraisal.AspectQuality, Description: "Puas", Target: "80", Measure: "indeks", Direction: appraisal.DirectionMore, Source: appraisal.SourceUnitIKM},
	}
	return plan
}

// reachMeasured hands in and approves the measured plan and brings the pipeline to a stage.
func (b *bundle) reachMeasured(t *testing.T, who string, stage appraisal.Stage) {
	t.Helper()
	b.enter(t, who, appraisal.StageTargets)
	_, err := b.SubmitPlan(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepDraftPlan), b.measuredPlan(t))
	must(t, err)
	b.look(t, who)
	b.decidePlan(t, who, PlanDecision{Approve: true})
	for _, s := range []appraisal.Stage{appraisal.StageExecution, appraisal.StageSelfReview, appraisal.StagePeerReview, appraisal.StageAppraiserReview} {
		b.enter(t, who, s)
		if s == stage {
			return
		}
		if s == appraisal.StageSelfReview {
			b.stateFigures(t, who, map[string]appraisal.Realisation{})
			continue
		}
		b.pass(t, who, s)
	}
}

// stateFigures hands in a self-review with figures by the description of their indicators.
func (b *bundle) stateFigures(t *testing.T, who string, figures map[string]appraisal.Realisation) {
	t.Helper()
	_, err := b.SubmitSelfReview(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepSelfReview), b.account(t, who, figures))
	must(t, err)
	b.look(t, who)
}

func (b *bundle) account(t *testing.T, who string, figures map[string]appraisal.Realisation) appraisal.SelfReview {
	t.Helper()
	in := appraisal.SelfReview{Achievements: "Semua izin terbit"}
	for _, ind := range b.shown(t, who) {
		r := figures[ind.Description]
		r.Indicator = ind.ID
		in.Realisations = append(in.Realisations, r)
	}
	return in
}

func (b *bundle) shown(t *testing.T, who string) []Indicator {
	t.Helper()
	view, err := b.Appraisal(t.Context(), b.as(superior(who)), b.of(t, who))
	must(t, err)
	return view.Plan.KeyResults[0].Indicators
}

// figures lists value, origin and whether the target is met of each indicator.
func (b *bundle) figures(t *testing.T, who string) string {
	t.Helper()
	var out []string
	for _, i := range b.shown(t, who) {
		state := "none"
		if i.Met != nil {
			state = fmt.Sprint(*i.Met)
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", i.Realisation, i.Origin, state)))
	}
	return strings.Join(out, ", ")
}

func measurements(lines ...string) []roster.File {
	return []roster.File{written("ukuran.csv", append([]string{measurementHeader}, lines...)...)}
}

// aniNIP is Ani's number in the office of the tests.
const aniNIP = "'199001012015011003"

func TestMeasuredFiguresAreComputedExactlyFromTheMonthsOfThePeriod(t *testing.T) {
	t.Parallel()
	b := setupInAugust(t)
	// Ani has 38 of 40 files in January and February of 2026; the survey of the agency is as in the form's test.
	b.imports(t, ImportMeasurements, measurements(aniNIP+";2026-03;7;7;5;3,1", aniNIP+";2026-04;3;0;0;"))
	b.reachMeasured(t, "ani", appraisal.StageExecution)
	// 36 + 36 + 5 = 77 of 38 + 38 + 7 = 83 on time: 92.7710…; (38·2.5 + 38·2.5 + 7·3.1) ÷ 83 = 211.7 ÷ 83 = 2.5506…
	if got := b.figures(t, "ani"); got != "92.77 measured false, 2.55 measured false, 83 measured true, 83.80 measured true" {
		t.Errorf("figures are %s", got)
	}
	first := b.shown(t, "ani")[1].Measured
	if first.Exact != "2117/830" || !slices.Equal(first.MissingMonths, []string{"2026-05", "2026-06", "2026-07"}) {
		t.Errorf("exactly %s, missing %v", first.Exact, first.MissingMonths)
	}
	if m := first.Months[2]; len(first.Months) != 4 || m.File != "ukuran.csv" || m.Row != 2 || m.Version != 1 {
		t.Errorf("read from %+v", first.Months)
	}
	view, err := b.Appraisal(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if s := view.Service; len(s.Months) != 4 || len(s.MissingMonths) != 3 || s.Survey.UnitCode != "DINAS" || !s.Survey.Few {
		t.Errorf("the appraisal shows %+v", s)
	}
}

func TestAMeanOfNothingIsMissingAndNotZero(t *testing.T) {
	t.Parallel()
	b := setupInAugust(t)
	b.imports(t, ImportMeasurements, measurements(aniNIP+";2026-01;4;0;0;", aniNIP+";2026-02;2;1;1;2"))
	b.reachMeasured(t, "ani", appraisal.StageExecution)
	b.imports(t, ImportMeasurements, measurements(aniNIP+";2026-02;2;0;0;"))
	if got := b.figures(t, "ani"); got != "none, none, 0 measured false, 83.80 measured true" {
		t.Errorf("figures are %s", got)
	}
}

func TestAnIndicatorNamesOnlyASourceThatFitsAndHasRecordedSomething(t *testing.T) {
	t.Parallel()
	b := setupInAugust(t)
	b.enter(t, "ani", appraisal.StageTargets)
	b.enter(t, "budi", appraisal.StageTargets)
	offered := func(who string) (list []appraisal.Source) {
		for _, s := range b.form(t, who, b.open(t, who, appraisal.StepDraftPlan)).Sources {
			list = append(list, s.Source)
		}
		return list
	}
	if got := offered("ani"); len(got) != 5 {
		t.Errorf("Ani is offered %v", got)
	}
	if got := offered("budi"); !slices.Equal(got, []appraisal.Source{appraisal.SourceUnitIKM}) {
		t.Errorf("Budi, of whom nothing is recorded, is offered %v", got)
	}
	for field, change := range map[string]func(*appraisal.Indicator){
		"direction": func(i *appraisal.Indicator) { i.Direction = appraisal.DirectionLess },
		"measure":   func(i *appraisal.Indicator) { i.Measure = "hari" },
		"source":    func(i *appraisal.Indicator) { i.Source = "steps_walked" },
	} {
		plan := b.measuredPlan(t)
		change(&plan[0].Indicators[0])
		_, err := b.SubmitPlan(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepDraftPlan), plan)
		wantField(t, err, "key_results[0].indicators[0]."+field)
	}
	plan := b.measuredPlan(t)
	plan[0].Indicators = plan[0].Indicators[1:2]
	_, err := b.SubmitPlan(t.Context(), b.as("budi"), Call{}, b.open(t, "budi", appraisal.StepDraftPlan), plan)
	wantField(t, err, "key_results[0].indicators[0].source")
}

func TestAMeasuredFigureIsNotOvertypedSilently(t *testing.T) {
	t.Parallel()
	b := setupInAugust(t)
	b.reachMeasured(t, "ani", appraisal.StageSelfReview)
	step := b.open(t, "ani", appraisal.StepSelfReview)
	in := b.account(t, "ani", map[string]appraisal.Realisation{"Tepat waktu": {Value: "99"}, "Cepat": {Value: "2.5"}})
	_, err := b.SubmitSelfReview(t.Context(), b.as("ani"), Call{}, step, in)
	wantField(t, err, "realisations[0].note")
	in.Realisations[0].Note = "Dua berkas terhitung terlambat karena listrik padam."
	_, err = b.SubmitSelfReview(t.Context(), b.as("ani"), Call{}, step, in)
	must(t, err)
	list := b.shown(t, "ani")
	if i := list[0]; i.Realisation != "94.74" || i.Origin != appraisal.OriginMeasured || i.Stated != "99" || i.Note == "" {
		t.Errorf("shown are %+v", i)
	}
	if i := list[1]; i.Stated != "" || i.Realisation != "2.50" {
		t.Errorf("what repeats the measured figure is shown as a difference: %+v", i)
	}
}

func TestACorrectionIsANewVersionAndTheOldOneStays(t *testing.T) {
	t.Parallel()
	b := setupInAugust(t)
	report := b.imports(t, ImportMeasurements, measurements(aniNIP+";2026-02;40;38;38;2,5"))
	if got := countsOf(report)["measurement"]; got != (counts{0, 1, 0, 0}) {
		t.Errorf("counted %v", got)
	}
	_, faults, err := b.Import(t.Context(), b.as("hana"), ImportMeasurements, measurements(aniNIP+";2026-02;41;38;38;2,5"), true)
	must(t, err)
	if len(faults) > 0 || query[int](t, b, `select count(*) from measurement where month = '2026-02-01'`) != 2 {
		t.Error("a dry run wrote a version")
	}
	_, _, err = b.Import(t.Context(), b.as("hana"), ImportMeasurements, measurements(aniNIP+";2026-02;41;38;38;2,5"), false)
	must(t, err)
	if got := countsOf(b.imports(t, ImportMeasurements, measurements(aniNIP+";2026-02;41;38;38;2,50")))["measurement"]; got != (counts{0, 0, 1, 0}) {
		t.Errorf("the same figures again count %v", got)
	}
	got := query[string](t, b, `select string_agg(concat_ws(':', number, received, on_time, in_force), ' ' order by number) from measurement where month = '2026-02-01'`)
	if got != "1:40:36:f 2:40:38:f 3:41:38:t" {
		t.Errorf("recorded %s", got)
	}
	b.reachMeasured(t, "ani", appraisal.StageExecution)
	view, err := b.Appraisal(t.Context(), b.as("kabid"), b.of(t, "ani"))
	must(t, err)
	c := view.Service.Corrections
	if len(c) != 2 || c[0].Old.OnTime != 36 || c[0].New.OnTime != 38 || c[1].By != "Hana Putri" || c[1].New.File != "ukuran.csv" || c[1].New.Row != 2 {
		t.Errorf("the history shows %+v", c)
	}
	_, err = b.pool.Exec(t.Context(), `update measurement set received = 1`)
	if err == nil {
		t.Error("a figure was written over")
	}
}

func TestAMeasurementThatChangesAfterTheReviewIsShownAndLeavesWhatTheRatingRestsOn(t *testing.T) {
	t.Parallel()
	b := setupInAugust(t)
	b.reachMeasured(t, "ani", appraisal.StageAppraiserReview)
	b.review(t, "ani", appraisal.ExpectationMeets, appraisal.ExpectationMeets)
	const before = "94.74 measured false, 2.50 measured true, 76 measured true, 83.80 measured true"
	if got := b.figures(t, "ani"); got != before || b.shown(t, "ani")[0].ChangedSince != nil {
		t.Errorf("before the change the figures are %s", got)
	}
	rating := query[string](t, b, `select md5(string_agg(r::text, '')) from rating r`)
	b.imports(t, ImportMeasurements, measurements(aniNIP+";2026-02;40;38;38;2,4"))
	if got := b.figures(t, "ani"); got != before {
		t.Errorf("after the change the figures are %s", got)
	}
	list := b.shown(t, "ani")
	if c := list[0].ChangedSince; c == nil || c.Value != "97.37" || c.Months[1].Version != 2 {
		t.Errorf("changed since: %+v", c)
	}
	if list[3].ChangedSince != nil || query[string](t, b, `select md5(string_agg(r::text, '')) from rating r`) != rating {
		t.Error("what did not change is told to have changed, or the rating did")
	}
}

func TestTheAppraisersReasonIsAskedForWhereMeasurementsContradictTheRating(t *testing.T) {
	t.Parallel()
	b := setupInAugust(t)
	b.reachMeasured(t, "ani", appraisal.StageAppraiserReview)
	in := appraisal.Review{
		WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationMeets, Comment: "Baik",
		Competencies: []appraisal.CompetencyRating{{Competency: "INT", Level: 3}, {Competency: "PEL", Level: 2}},
	}
	_, err := b.SubmitReview(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAppraiserReview), in)
	wantField(t, err, "reason") // 94.74 of 95 percent
	b.imports(t, ImportMeasurements, measurements(aniNIP+";2026-02;40;38;38;2,4"))
	_, err = b.SubmitReview(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAppraiserReview), in)
	must(t, err)
}

func TestAChangeOfThePlanNamesOnlySourcesThatHaveRecordedSomething(t *testing.T) {
	t.Parallel()
	b := setupInAugust(t)
	b.reach(t, "budi", appraisal.StageExecution)
	form, err := b.PlanChangeForm(t.Context(), b.as("budi"), b.of(t, "budi"))
	must(t, err)
	if len(form.Sources) != 1 || form.Sources[0].Source != appraisal.SourceUnitIKM {
		t.Errorf("Budi is offered %v", form.Sources)
	}
	change := appraisal.PlanChange{
		Reason: "Loket kini mencatat sendiri", EffectiveOn: form.Last.Format(time.DateOnly), KeyResults: b.measuredPlan(t)[:1],
	}
	change.KeyResults[0].Indicators = change.KeyResults[0].Indicators[1:2]
	_, err = b.ProposePlanChange(t.Context(), b.as("budi"), Call{}, b.of(t, "budi"), change)
	wantField(t, err, "key_results[0].indicators[0].source")
}
