package web_test

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

var numeric = service.Rules{Policy: "pp30-2019@1", Kind: appraisal.PolicyNumeric, Source: "PP 30/2019", Lowest: "0", Highest: "120"}

func TestAReviewUnderANumericPolicySettlesFiguresAndShowsThePredikatBeforeItIsSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepAppraiserReview)
	b.service.form.Appraisal.Rules = numeric
	b.service.form.Appraisal.Plan.KeyResults[0].Weight, b.service.form.Appraisal.Plan.KeyResults[1].Weight = "60", "40"
	page := b.get("/tugas/s-1").page(http.StatusOK)
	if page.Find(`[name="work_result"]`).Length() != 0 {
		t.Error("the levels of a matrix are asked for")
	}
	if got := page.Find(`[name="realisations[1].value"]`).AttrOr("value", ""); got != "91,5" {
		t.Errorf("the figure that was handed in came as %q", got)
	}
	contains(t, text(page.Find("form.task")), "Bobot 60%")
	contains(t, text(page.Find("form.task")), "Diajukan: 2,13 hari.")

	v := values(page.Find("form.task"), "ringkas")
	v.Set("realisations[1].value", "90,25")
	v.Set("realisations[1].reason", "Tiga berkas ganda")
	v.Set("behaviour_score", "92,5")
	v.Set("innovation", "found")
	v.Set("innovation.description", "Antrean daring")
	v.Set("comment", "Sesuai target.")
	for _, code := range []string{"K01", "K02", "K03"} {
		v.Set("competencies."+code, "3")
	}
	rating := exampleRating()
	rating.WorkResult, rating.Behaviour = "", ""
	rating.Scores = &service.Scores{Score: "94.85", WorkResult: "96.42", Behaviour: "92.50", Innovation: &appraisal.Innovation{Found: true, Description: "Antrean daring"}}
	b.service.foreseen = rating
	summary := b.post("/tugas/s-1", v).page(http.StatusOK)
	for _, said := range []string{"90,25 persen", "Diajukan: 91,5 persen.", "Tiga berkas ganda", "94,85", "96,42", "92,50", "Predikat kinerja baik"} {
		contains(t, text(summary.Find("main")), said)
	}
	b.post("/tugas/s-1", values(summary.Find("main form"), "kirim")).redirect()
	want := appraisal.Review{
		Realisations: []appraisal.ReviewedRealisation{
			{Indicator: "i-1", Value: "2.13"}, {Indicator: "i-2", Value: "90.25", Reason: "Tiga berkas ganda"}, {Indicator: "i-3"},
		},
		BehaviourScore: "92.5", Innovation: &appraisal.Innovation{Found: true, Description: "Antrean daring"}, Comment: "Sesuai target.",
		Competencies: []appraisal.CompetencyRating{{Competency: "K01", Level: 3}, {Competency: "K02", Level: 3}, {Competency: "K03", Level: 3}},
	}
	if done := b.service.done(); len(done) != 1 || !reflect.DeepEqual(done[0].In, want) {
		t.Errorf("got  %+v\nwant %+v", done, want)
	}
}

func TestASessionUnderANumericPolicyChangesScoresAfterShowingWhatTheyComeTo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.cohort.Rules = numeric
	page := b.get("/kalibrasi/k-1").page(http.StatusOK)
	if page.Find(`[name="work_result"]`).Length() != 0 {
		t.Error("the levels of a matrix are asked for")
	}
	v := values(page.Find("form.change"), "ringkas")
	who := string(b.service.cohort.Members[0].Appraisal)
	v.Set("appraisal", who)
	v.Set("behaviour_score", "80,5")
	v.Set("reason", "Dua teguran")
	summary := b.post("/kalibrasi/k-1", v).page(http.StatusOK)
	contains(t, text(summary.Find("main")), "80,5")
	contains(t, text(summary.Find("main .predikat")), "baik")
	b.post("/kalibrasi/k-1", values(summary.Find("main form"), "kirim")).redirect()
	want := service.CalibrationChange{Appraisal: appraisal.AppraisalID(who), BehaviourScore: "80.5", Reason: "Dua teguran"}
	if done := b.service.done(); len(done) != 1 || !reflect.DeepEqual(done[0].In, want) {
		t.Errorf("got  %+v\nwant %+v", done, want)
	}
}
