package web_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestTypingIsSavedAsADraftThatTheAPIUnderstandsToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := values(b.get("/tugas/s-1").page(http.StatusOK).Find("form.task"), "")
	v.Set("key_results[0].statement", "Baru setengah")
	a := b.submit(http.MethodPut, "/tugas/s-1/draf", v)
	if a.Code != http.StatusOK {
		t.Fatalf("status %d: %s", a.Code, a.Body)
	}
	contains(t, a.Body.String(), `"sentence":"Tersimpan 10.42"`)
	var draft struct {
		KeyResults []appraisal.KeyResult `json:"key_results"`
	}
	if err := json.Unmarshal(b.service.form.Draft, &draft); err != nil || draft.KeyResults[0].Statement != "Baru setengah" {
		t.Errorf("the draft is %+v (%v)", draft, err)
	}
	page := b.get("/tugas/s-1").page(http.StatusOK)
	contains(t, page.Find(`[name="key_results[0].statement"]`).Text(), "Baru setengah")
	contains(t, text(page.Find("[data-saved]")), "Tersimpan 10.42")

	b.service.refuse = map[string]error{"save_draft": appraisal.Fault(appraisal.CodeWrongStage, "error.step_cancelled", map[string]any{"at": *moment(0)})}
	refused := b.submit(http.MethodPut, "/tugas/s-1/draf", v)
	if refused.Code != http.StatusConflict {
		t.Errorf("status %d", refused.Code)
	}
	contains(t, refused.Body.String(), "dibatalkan")
}

func TestADraftThatNoLongerFitsIsLeftAside(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form.Draft = json.RawMessage(`{"key_results": "lama"}`)
	page := b.get("/tugas/s-1").page(http.StatusOK)
	contains(t, page.Find(`[name="key_results[0].statement"]`).Text(), "Kartu keluarga")
}
