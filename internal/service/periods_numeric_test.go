package service

import (
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// quarterOf takes gita through a quarter to the released result, with the realisations of three indicators and a behaviour score.
func (b *bundle) quarterOf(t *testing.T, code, from, to string, values ...string) {
	t.Helper()
	b.launchPeriod(t, code, "pp30-2019", from, to)
	b.achieve(t, "gita", values...)
	b.enter(t, "gita", appraisal.StageAppraiserReview)
	b.submitScored(t, "gita", b.scoredReview(t, "gita", "90", values...))
	b.enter(t, "gita", appraisal.StageResult)
}

// The calculation by hand, for somebody who was appointed in May:
//
//	quarter II, 2 of 3 months: key result 1 is (90 ÷ 95 + (2 × 3 − 4) ÷ 3) ÷ 2 × 100 = 4600/57; the quantity is 50 of 100 × 2 ÷ 3, which is 75
//		work result = (60 × 4600/57 + 40 × 75) ÷ 100 = 1490/19 = 78.4210…
//	quarter III: everything at target: 100
//	quarter IV: everything at target, and the decision on an objection sets the work result to 110
//	year: (1490/19 × 2 + 100 × 3 + 110 × 3) ÷ 8 = 7475/76 = 98.3552…
//	score = 70 % × 7475/76 + 30 % × 88 = 68.8486… + 26.4 = 95.2486… → 95.25, baik
func TestTheYearOfANumericPolicyIsTheMeanOfItsQuartersByTheMonthsServed(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.hire(t, "gita", gitaNIP, "BIDANG", "kabid")
	b.launchPeriod(t, "TW1", "pp30-2019", "2026-01-01", "2026-03-31")
	if n := query[int](t, b, `select count(*)::int from appraisal where cycle_id = $1 and employee_id = $2`, b.cycle, b.as("gita").ID); n != 0 {
		t.Error("who was appointed in May takes part in the first quarter")
	}
	b.quarterOf(t, "TW2", "2026-04-01", "2026-06-30", "90", "4", "50")
	if s := b.rating(t, "kabid", "gita").Scores; s.WorkResult != "78.42" {
		t.Errorf("the second quarter is %+v", s)
	}
	b.accept(t, "gita")
	b.quarterOf(t, "TW3", "2026-07-01", "2026-09-30", "95", "3", "100")
	b.accept(t, "gita")
	b.quarterOf(t, "TW4", "2026-10-01", "2026-12-31", "95", "3", "100")
	fourth := b.cycle

	b.launchPeriod(t, "2026", "pp30-2019", "2026-01-01", "2026-12-31")
	year := b.cycle
	b.achieve(t, "gita", "90", "4", "50")
	b.enter(t, "gita", appraisal.StageAppraiserReview)
	in := b.scoredReview(t, "gita", "88", "90", "4", "50")
	step := b.open(t, "gita", appraisal.StepAppraiserReview)
	foretold, err := b.PreviewReview(t.Context(), b.as("kabid"), step, in)
	must(t, err)
	if foretold.Scores.Score != "90.36" { // (1490/19 × 2 + 100 × 3) ÷ 5 = 1736/19; × 70 % + 26.4 = 90.3578…
		t.Errorf("without the fourth quarter the year would be %s:\n%s", foretold.Scores.Score, said(foretold.Explanation))
	}
	if !strings.Contains(said(foretold.Explanation), "Kinerja TW4: belum ada predikat akhir") {
		t.Errorf("the missing quarter is not said:\n%s", said(foretold.Explanation))
	}

	b.cycle = fourth
	_, err = b.Object(t.Context(), b.as("gita"), Call{}, b.open(t, "gita", appraisal.StepAcknowledgeResult), NewObjection{Reasons: "Ada izin yang belum dihitung"})
	must(t, err)
	b.look(t, "gita")
	b.enter(t, "gita", appraisal.StageObjection)
	_, err = b.AnswerObjection(t.Context(), b.as("kabid"), Call{}, b.open(t, "gita", appraisal.StepAnswerObjection), ObjectionAnswer{Answer: "Benar"})
	must(t, err)
	b.look(t, "gita")
	_, err = b.DecideObjection(t.Context(), b.as("kadis"), Call{}, b.open(t, "gita", appraisal.StepDecideObjection),
		ObjectionDecision{Change: true, WorkResultScore: "110", Reason: "Bukti diterima"})
	must(t, err)
	b.look(t, "gita")
	b.enter(t, "gita", appraisal.StageDevelopment)

	b.cycle = year
	b.submitScored(t, "gita", in)
	r := b.rating(t, "kabid", "gita")
	if r.Scores.Score != "95.25" || r.Scores.WorkResult != "98.36" || r.Predikat != appraisal.PredikatBaik {
		t.Errorf("the year is %+v (%s):\n%s", r.Scores, r.Predikat, said(r.Explanation))
	}
	for _, sentence := range []string{
		"Kinerja TW2: nilai hasil kerja 78,4210… × 2 bulan = 156,8421…", "Kinerja TW4: nilai hasil kerja 110 × 3 bulan = 330", "÷ 8 bulan = 98,3552…",
	} {
		if !strings.Contains(said(r.Explanation), sentence) {
			t.Errorf("%q is missing in\n%s", sentence, said(r.Explanation))
		}
	}
	p := b.read(t, "kabid", "gita").Periods
	if p.Rule != appraisal.RollUpMean || len(p.Items) != 3 || p.Items[0].Months != 2 || len(p.Items[2].Ratings) != 2 || p.Items[2].Since != "" ||
		p.Items[1].Score != "97.00" { // 70 % × 100 + 30 % × 90
		t.Errorf("the quarters are %+v", p)
	}
}
