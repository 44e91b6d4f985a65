package service

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// setupNumeric returns the government with a cycle of the agency under PP 30/2019.
func setupNumeric(t *testing.T) *bundle {
	t.Helper()
	b := setupUnlaunched(t)
	b.launchUnder(t, "peragaan", "pp30-2019")
	return b
}

// weighted is a plan of two key results, 60 and 40, with a target of each direction and one that can be overachieved.
func (b *bundle) weighted(t *testing.T) []appraisal.KeyResult {
	t.Helper()
	plan := append(b.plan(t), b.plan(t)...)
	plan[0].Weight, plan[1].Weight = "60", "40"
	plan[0].Indicators = append(plan[0].Indicators, appraisal.Indicator{
		Aspect: appraisal.AspectTime, Description: "Lama penerbitan", Target: "3", Measure: "hari", Direction: appraisal.DirectionLess,
	})
	plan[1].Indicators[0] = appraisal.Indicator{
		Aspect: appraisal.AspectQuantity, Description: "Izin terbit", Target: "100", Measure: "izin", Direction: appraisal.DirectionMore,
	}
	return plan
}

// indicators lists the indicators of somebody's latest plan in its order.
func (b *bundle) indicators(t *testing.T, who string) []string {
	t.Helper()
	return query[[]string](t, b, `select array_agg(i.id::text order by k.ordinal, i.ordinal) from indicator i join key_result k on k.id = i.key_result_id
		join plan p on p.id = k.plan_id where p.appraisal_id = $1 and p.number = (select max(number) from plan where appraisal_id = $1)`, b.of(t, who))
}

// achieve brings somebody to the appraiser's review with realisations of the three indicators, an empty one for none.
func (b *bundle) achieve(t *testing.T, who string, values ...string) {
	t.Helper()
	b.enter(t, who, appraisal.StageTargets)
	_, err := b.SubmitPlan(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepDraftPlan), b.weighted(t))
	must(t, err)
	b.look(t, who)
	b.decidePlan(t, who, PlanDecision{Approve: true})
	b.enter(t, who, appraisal.StageExecution)
	b.pass(t, who, appraisal.StageExecution)
	b.enter(t, who, appraisal.StageSelfReview)
	in := appraisal.SelfReview{Achievements: "Semua izin terbit"}
	for i, id := range b.indicators(t, who) {
		in.Realisations = append(in.Realisations, appraisal.Realisation{Indicator: id, Value: values[i]})
	}
	_, err = b.SubmitSelfReview(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepSelfReview), in)
	must(t, err)
	b.look(t, who)
}

// opine has three colleagues asked and answering.
func (b *bundle) opine(t *testing.T, who string) {
	t.Helper()
	b.enter(t, who, appraisal.StagePeerReview)
	b.pass(t, who, appraisal.StagePeerReview)
}

// scoredReview is a complete review that settles the indicators at the values.
func (b *bundle) scoredReview(t *testing.T, who, behaviour string, values ...string) appraisal.Review {
	t.Helper()
	in := appraisal.Review{
		BehaviourScore: appraisal.Decimal(behaviour), Innovation: &appraisal.Innovation{}, Comment: "Bekerja sesuai rencana",
		Competencies: []appraisal.CompetencyRating{{Competency: "INT", Level: 3}, {Competency: "PEL", Level: 2}},
	}
	for i, id := range b.indicators(t, who) {
		in.Realisations = append(in.Realisations, appraisal.ReviewedRealisation{Indicator: id, Value: values[i]})
	}
	return in
}

func (b *bundle) submitScored(t *testing.T, who string, in appraisal.Review) {
	t.Helper()
	_, err := b.SubmitReview(t.Context(), b.as("kabid"), Call{}, b.open(t, who, appraisal.StepAppraiserReview), in)
	must(t, err)
	b.look(t, who)
}

func (b *bundle) rating(t *testing.T, reader, who string) Rating {
	t.Helper()
	view, err := b.Appraisal(t.Context(), b.as(reader), b.of(t, who))
	must(t, err)
	if view.Rating == nil || view.Rating.Scores == nil {
		t.Fatalf("%s has no score: %+v", who, view.Rating)
	}
	return *view.Rating
}

// said puts an explanation into Indonesian, a line for each step.
func said(e appraisal.Explanation) string {
	var lines []string
	for _, step := range e {
		lines = append(lines, step.Sentence.In(locale.Indonesian))
	}
	return strings.Join(lines, "\n")
}

// The calculation by hand:
//
//	key result 1, weight 60: 90 ÷ 95 × 100 = 1800/19; (2 × 3 − 4) ÷ 3 × 100 = 200/3; their mean = 4600/57
//	key result 2, weight 40: 130 ÷ 100 × 100 = 130, capped to 120
//	work result = (60 × 4600/57 + 40 × 120) ÷ 100 = 5496/57 = 96.4210…
//	peers were heard, so 60 % and 40 %: 0.6 × 5496/57 + 0.4 × 92.5 = 94.8526… → 94.85, baik
func TestACycleUnderANumericPolicyRunsThroughToItsEnd(t *testing.T) {
	t.Parallel()
	b := setupNumeric(t)
	_, err := b.pool.Exec(t.Context(), `update employee set employment = 'pppk' where person_id = $1`, b.as("ani").ID)
	must(t, err)
	b.achieve(t, "ani", "90", "4", "150")
	b.opine(t, "ani")
	b.enter(t, "ani", appraisal.StageAppraiserReview)
	in := b.scoredReview(t, "ani", "92.5", "90", "4", "130")
	in.Realisations[2].Reason = "20 izin terhitung dua kali"
	step := b.open(t, "ani", appraisal.StepAppraiserReview)
	foretold, err := b.PreviewReview(t.Context(), b.as("kabid"), step, in)
	must(t, err)
	b.submitScored(t, "ani", in)
	_, err = b.PreviewReview(t.Context(), b.as("kabid"), step, in)
	wantCode(t, err, appraisal.CodeWrongStage) // whoever appraised somebody once would learn from it what is measured later

	r := b.rating(t, "kabid", "ani")
	if s := *r.Scores; s.Score != "94.85" || s.WorkResult != "96.42" || s.Behaviour != "92.50" || s.Innovation == nil || s.Innovation.Found {
		t.Errorf("the scores are %+v", s)
	}
	if r.Predikat != appraisal.PredikatBaik || r.WorkResult != "" || r.Behaviour != "" {
		t.Errorf("the rating is %+v", r)
	}
	if foretold.Predikat != r.Predikat || foretold.Scores.Score != r.Scores.Score {
		t.Errorf("before the submission it said %+v", foretold)
	}
	for _, sentence := range []string{"60", "40", "analogi"} {
		if !strings.Contains(said(r.Explanation), sentence) {
			t.Errorf("the explanation does not mention %q:\n%s", sentence, said(r.Explanation))
		}
	}
	view, err := b.Appraisal(t.Context(), b.as("kabid"), b.of(t, "ani"))
	must(t, err)
	if got := view.Plan.KeyResults[1].Indicators[0].Reviewed; got == nil || *got != (ReviewedRealisation{"150", "130", "20 izin terhitung dua kali"}) {
		t.Errorf("the corrected realisation is %+v", got)
	}
	if own, err := b.Appraisal(t.Context(), b.as("ani"), b.of(t, "ani")); err != nil || own.Rating != nil || own.Plan.KeyResults[1].Indicators[0].Reviewed != nil {
		t.Errorf("before the release ani reads %+v (%v)", own.Rating, err)
	}

	b.calibrateScore(t)
	b.objectToScore(t)
	b.enter(t, "ani", appraisal.StageDevelopment)
	b.pass(t, "ani", appraisal.StageDevelopment)
	b.enter(t, "ani", appraisal.StageClosed)
	if v := b.look(t, "ani"); !v.Ended {
		t.Errorf("the pipeline is at %+v", v)
	}
}

// calibrateScore has the session set 119 for the work result and 115 for behaviour: 0.6 × 119 + 0.4 × 115 = 117.40. Only an
// innovation makes that sangat_baik.
func (b *bundle) calibrateScore(t *testing.T) {
	t.Helper()
	b.enter(t, "ani", appraisal.StageCalibration)
	id := b.cohort(t, "ani")
	_, err := b.pool.Exec(t.Context(), `update cohort set deadline = $2 where id = $1`, id, b.clock.Now())
	must(t, err)
	_, err = b.LookAtCohort(t.Context(), id)
	must(t, err)
	change := CalibrationChange{Appraisal: b.of(t, "ani"), WorkResultScore: "119", BehaviourScore: "115", Reason: "Bukti dari bidang lain"}
	foretold, err := b.PreviewChange(t.Context(), b.as("komite"), id, change)
	must(t, err)
	if foretold.Predikat != appraisal.PredikatBaik || foretold.Scores.Score != "117.40" {
		t.Errorf("without an innovation the session would make it %s %+v", foretold.Predikat, foretold.Scores)
	}
	_, err = b.ChangeRating(t.Context(), b.as("komite"), Call{}, id, CalibrationChange{Appraisal: b.of(t, "ani"), Reason: "Tanpa isi"})
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.ChangeRating(t.Context(), b.as("komite"), Call{}, id,
		CalibrationChange{Appraisal: b.of(t, "ani"), WorkResult: appraisal.ExpectationAbove, Behaviour: appraisal.ExpectationAbove, Reason: "Sel"})
	wantCode(t, err, appraisal.CodeInvalid)
	change.Innovation = &appraisal.Innovation{Found: true, Description: "Antrean daring"}
	_, err = b.ChangeRating(t.Context(), b.as("komite"), Call{}, id, change)
	must(t, err)
	view, err := b.Cohort(t.Context(), b.as("komite"), id)
	must(t, err)
	i := slices.IndexFunc(view.Members, func(m CohortMember) bool { return m.Appraisal == b.of(t, "ani") })
	if m := view.Members[i]; m.Before.Scores.Score != "94.85" || m.After.Scores.Score != "117.40" || m.After.Predikat != appraisal.PredikatSangatBaik {
		t.Errorf("the session shows %+v and %+v", m.Before, m.After)
	}
	if view.Counts[appraisal.PredikatSangatBaik] != 1 || len(view.Breaches) == 0 {
		t.Errorf("the counts are %v, their breaches %v", view.Counts, view.Breaches)
	}
	b.lock(t, "ani")
	if r := b.rating(t, "kabid", "ani"); r.Source != "calibration" || r.Scores.Score != "117.40" || r.Scores.Innovation.Description != "Antrean daring" {
		t.Errorf("after the session it is %+v with %+v", r, r.Scores)
	}
}

// objectToScore has the reviewing official set behaviour to 80: what the session set stays, 0.6 × 119 + 0.4 × 80 = 103.40.
func (b *bundle) objectToScore(t *testing.T) {
	t.Helper()
	b.enter(t, "ani", appraisal.StageResult)
	_, err := b.Object(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Saya keberatan"})
	must(t, err)
	b.enter(t, "ani", appraisal.StageObjection)
	_, err = b.AnswerObjection(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Sudah dibahas"})
	must(t, err)
	b.look(t, "ani")
	step := b.open(t, "ani", appraisal.StepDecideObjection)
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, step, ObjectionDecision{Change: true, BehaviourScore: "115.0", Reason: "Sama saja"})
	wantField(t, err, "decision")
	in := ObjectionDecision{Change: true, BehaviourScore: "80", Reason: "Ada dua teguran"}
	foretold, err := b.PreviewDecision(t.Context(), b.as("kadis"), step, in)
	must(t, err)
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, step, in)
	must(t, err)
	b.look(t, "ani")
	r := b.rating(t, "ani", "ani")
	if r.Source != "objection" || r.Scores.Score != "103.40" || r.Scores.WorkResult != "119.00" || r.Predikat != appraisal.PredikatBaik || foretold.Scores.Score != r.Scores.Score {
		t.Errorf("the decision made it %+v with %+v", r, r.Scores)
	}
}

// Key result 1 has one indicator without a figure: it counts by the other alone, 90 ÷ 95 × 100 = 1800/19. Key result 2 has none
// at all: its weight falls away and 60 stands for all. Nobody asked peers: 0.7 × 1800/19 + 0.3 × 100 = 96.3157… → 96.32.
func TestMissingComponentsAreLeftOutAndSaidSo(t *testing.T) {
	t.Parallel()
	b := setupNumeric(t)
	b.achieve(t, "ani", "90", "", "")
	b.enter(t, "ani", appraisal.StageAppraiserReview)
	b.submitScored(t, "ani", b.scoredReview(t, "ani", "100", "90", "", ""))
	r := b.rating(t, "kabid", "ani")
	if r.Scores.Score != "96.32" || r.Scores.WorkResult != "94.74" {
		t.Errorf("the scores are %+v", r.Scores)
	}
	if words := said(r.Explanation); strings.Contains(words, "analogi") || !strings.Contains(words, "70") {
		t.Errorf("it says\n%s", words)
	}
}

func TestAScoredReviewThatIsNotCompleteNamesEveryFault(t *testing.T) {
	t.Parallel()
	b := setupNumeric(t)
	b.achieve(t, "ani", "90", "4", "150")
	b.enter(t, "ani", appraisal.StageAppraiserReview)
	step := b.open(t, "ani", appraisal.StepAppraiserReview)
	in := b.scoredReview(t, "ani", "120.5", "90", "", "130")
	in.Innovation, in.WorkResult = nil, appraisal.ExpectationAbove
	in.Realisations = append(in.Realisations, appraisal.ReviewedRealisation{Indicator: "lain", Value: "1"})
	_, err := b.SubmitReview(t.Context(), b.as("kabid"), Call{}, step, in)
	var e *appraisal.Error
	if !errors.As(err, &e) {
		t.Fatalf("the error is %v", err)
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field+" "+f.Key)
	}
	want := []string{
		"work_result error.review_scored", "realisations[1].value error.realisation_emptied", "realisations[2].reason error.realisation_reason",
		"realisations[3].indicator error.indicator_unknown", "behaviour_score error.score_range", "innovation error.innovation_unsaid",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the faults are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := query[int](t, b, `select count(*) from rating where appraisal_id = $1`, b.of(t, "ani")); n != 0 {
		t.Errorf("%d ratings are stored", n)
	}
}

func TestAPlanUnderANumericPolicyNeedsWeightsThatSumTo100(t *testing.T) {
	t.Parallel()
	b := setupNumeric(t)
	b.enter(t, "ani", appraisal.StageTargets)
	plan := b.weighted(t)
	plan[1].Weight = "39.5"
	_, err := b.SubmitPlan(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepDraftPlan), plan)
	var e *appraisal.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || locale.Indonesian.Text(e.Fields[0].Key, e.Fields[0].Args) != "Jumlah bobot adalah 99,5, seharusnya tepat 100. Ubah bobot sampai jumlahnya 100." {
		t.Fatalf("the error is %v", err)
	}
}

func TestTheResultsOfACycleNameItsPolicyAndListOnlyWhatThatCanGive(t *testing.T) {
	t.Parallel()
	b := setupNumeric(t)
	head, err := b.resultsHead(t.Context(), b.as("hana"), b.cycle, "")
	must(t, err)
	if head.Policy != "pp30-2019" || head.PolicyVersion != "1" {
		t.Errorf("by %s, version %s", head.Policy, head.PolicyVersion)
	}
	if len(head.Predikats) != 5 || slices.Contains(head.Predikats, appraisal.PredikatButuhPerbaikan) {
		t.Errorf("listed are %v", head.Predikats)
	}
}
