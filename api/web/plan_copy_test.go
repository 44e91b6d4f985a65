package web_test

import (
	"net/http"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func TestAKeyResultIsCopiedIntoTheFormWithoutAScriptAndEveryTypedWordStays(t *testing.T) {
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepDraftPlan)
	b.service.form.Appraisal.Plan = nil
	b.service.form.Copyables = []service.Copyable{
		{ID: "superior:sup-1", Source: service.CopyFromSuperior, KeyResult: appraisal.KeyResult{Statement: "Waktu layanan makin singkat", ServesKeyResult: "sup-1"}},
		{ID: "library:7", Source: service.CopyFromLibrary, KeyResult: appraisal.KeyResult{Statement: "Pengaduan tuntas", Indicators: []appraisal.Indicator{
			{Aspect: appraisal.AspectTime, Description: "Waktu tanggapan", Target: "1.5", Measure: "hari", Direction: appraisal.DirectionLess},
		}}},
	}
	path := "/tugas/" + string(b.service.form.Step.ID)
	page := b.get(path).page(http.StatusOK)
	has(t, text(page.Find("#salin")), "Waktu layanan makin singkat", "Pengaduan tuntas")

	typed := values(page.Find("form.task"), "salin")
	typed.Set("copy", "library:7") // in the place of the empty key result
	leadsTo(t, b.post(path, typed), path+"#hasil-1")
	typed = values(b.get(path).page(http.StatusOK).Find("form.task"), "salin")
	if typed.Get("key_results[0].statement") != "Pengaduan tuntas" || typed.Get("key_results[0].indicators[0].target") != "1,5" || typed.Has("key_results[1].statement") {
		t.Errorf("after the first copy the form holds %v", typed)
	}
	typed.Set("key_results[0].statement", "Pengaduan tuntas dalam sehari")
	typed.Set("copy", "superior:sup-1")
	leadsTo(t, b.post(path, typed), path+"#hasil-2")
	typed = values(b.get(path).page(http.StatusOK).Find("form.task"), "")
	if typed.Get("key_results[0].statement") != "Pengaduan tuntas dalam sehari" || typed.Get("key_results[1].statement") != "Waktu layanan makin singkat" ||
		typed.Get("key_results[1].serves") != "hasil:sup-1" {
		t.Errorf("after the second copy the form holds %v", typed)
	}
	typed.Set("action", "salin")
	typed.Set("copy", "library:999") // gone meanwhile: nothing is added
	leadsTo(t, b.post(path, typed), path)
}
