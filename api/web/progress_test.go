package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestAnEntryIsRecordedFromTheStepAndFromTheAppraisal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepRecordProgress)
	entry := url.Values{"indicator": {"i-2"}, "value": {"92,5"}, "note": {"Rekap November."}, "kunci": {"k-1"}, "action": {"catat"}}
	if to := b.post("/tugas/s-1", entry).redirect(); to != "/tugas/s-1" {
		t.Errorf("recorded, and then at %s", to)
	}
	contains(t, text(b.get("/tugas/s-1").page(http.StatusOK).Find("[role=status]").First()), "Catatan kemajuan direkam 10.42")
	entry.Set("kunci", "k-2")
	if to := b.post("/penilaian/a-1/kemajuan", entry).redirect(); to != "/penilaian/a-1#kemajuan" {
		t.Errorf("recorded, and then at %s", to)
	}
	want := appraisal.Progress{Indicator: "i-2", Value: "92.5", Note: "Rekap November."}
	recorded := 0
	for _, a := range b.service.done() {
		if a.Name == "add_progress" && a.In == want && a.Subject == "a-1" {
			recorded++
		}
	}
	if recorded != 2 {
		t.Errorf("recorded %d times: %v", recorded, b.service.done())
	}
	entry.Set("evidence", "di lemari")
	b.service.appraisal.Stage = appraisal.StageExecution
	page := b.post("/penilaian/a-1/kemajuan", entry).page(http.StatusUnprocessableEntity)
	contains(t, text(page.Find("#evidence-salah")), "Tautan harus diawali")
	contains(t, page.Find("[name=note]").Text(), "Rekap November.")
}

func TestTheStageIsNotCompletedOverAnEntryThatWasNotRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepRecordProgress)
	page := b.post("/tugas/s-1", url.Values{"note": {"Belum direkam"}, "action": {"ringkas"}}).page(http.StatusUnprocessableEntity)
	contains(t, text(page.Find("#masalah")), "belum direkam")
	contains(t, page.Find("[name=note]").Text(), "Belum direkam")
}
