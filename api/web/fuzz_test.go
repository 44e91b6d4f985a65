package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/service"
)

// Whatever fields a form comes with, and whatever a draft of it holds, reading it ends with no more than the form can have.
func FuzzForm(f *testing.F) {
	kinds := []appraisal.StepKind{
		appraisal.StepDraftPlan, appraisal.StepApprovePlan, appraisal.StepRecordProgress, appraisal.StepSelfReview, appraisal.StepNominatePeers,
		appraisal.StepApprovePeers, appraisal.StepPeerAnswer, appraisal.StepAppraiserReview, appraisal.StepAcknowledgeResult,
		appraisal.StepAnswerObjection, appraisal.StepDecideObjection, appraisal.StepApproveDevelopment,
	}
	f.Add(uint8(0), "key_results[0].statement=a&key_results[0].indicators[0].target=1,5&key_results[99999999].statement=b&aksi=tambah", "{}")
	f.Add(uint8(0), "key_results[-1].indicators[1e9].target=%00&key_results[].weight=%E2%80%AE", `{"key_results":[{"indicators":[null]}]}`)
	f.Add(uint8(6), "scores[0]=3&scores[8]=-1&scores[999]=4", `{"scores":[1]}`)
	f.Add(uint8(7), "work_result=meets&competencies[0].level=99999999999999999999&values[0]=1.000,5", `{}`)
	f.Add(uint8(4), strings.Repeat("peers=a&", 100), `[]`)
	w := words{lang: locale.Indonesian, zone: time.UTC}
	f.Fuzz(func(t *testing.T, which uint8, body, draft string) {
		values, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		form, _ := newStepForm(kinds[int(which)%len(kinds)])
		_ = json.Unmarshal([]byte(draft), form)
		form.parse(values)
		_ = form.check(service.StepForm{}, w)
		kept, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		if most := 200_000 + 20*(len(body)+len(draft)); len(kept) > most {
			t.Fatalf("%d bytes became a form of %d", len(body), len(kept))
		}
	})
}
