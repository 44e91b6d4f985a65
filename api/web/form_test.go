package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/service"
)

func TestSendingAFormTwiceActsOnceAndEndsOnTheSameReceipt(t *testing.T) {
	for _, kind := range stepKinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			page := b.summary(kind).page(http.StatusOK)
			v := values(page.Find("main form"), "kirim")
			first, second := b.post("/tugas/s-1", v), b.post("/tugas/s-1", v)
			if first.redirect() != "/tugas/s-1" || second.redirect() != "/tugas/s-1" {
				t.Errorf("the receipts are at %s and %s", first.redirect(), second.redirect())
			}
			done := b.service.done()
			if len(done) != 1 {
				t.Fatalf("%d acts were done: %v", len(done), done)
			}
			if done[0].Call.Key == "" || done[0].Call.Version != 4 {
				t.Errorf("the act was asked for as %+v, without its key or the version that was seen", done[0].Call)
			}
			b.service.form.Step.State = "done"
			receipt := b.get("/tugas/s-1").page(http.StatusOK)
			if kind == appraisal.StepPeerAnswer {
				if receipt.Find("a[href^='/penilaian']").Length() > 0 {
					t.Error("an opinion-giver is led to an appraisal that is not theirs")
				}
				return
			}
			contains(t, text(receipt.Find("main")), "(pejabat penilai). Kami memberi tahu lewat surat.")
		})
	}
}

func TestWhatIsHandedInIsWhatWasTyped(t *testing.T) {
	scores := make([]int, appraisal.Behaviours)
	for i := range scores {
		scores[i] = 3
	}
	want := map[appraisal.StepKind]any{
		appraisal.StepApprovePlan:   service.PlanDecision{Approve: true, Comment: "Sudah baik."},
		appraisal.StepNominatePeers: service.Nomination{Peers: []appraisal.PersonID{"p-0", "p-1", "p-4"}},
		appraisal.StepApprovePeers:  service.PeersDecision{Approve: true, Peers: []appraisal.PersonID{"p-0"}, Comment: "Sudah baik."},
		appraisal.StepPeerAnswer:    appraisal.PeerAnswer{Scores: scores, Comment: "Sigap."},
		appraisal.StepSelfReview: appraisal.SelfReview{
			Realisations: []appraisal.Realisation{{Indicator: "i-1", Value: "2.13"}, {Indicator: "i-2", Value: "91.5"}, {Indicator: "i-3"}},
			Achievements: "Waktu layanan turun.\n\nAntrean hilang.",
		},
		appraisal.StepAppraiserReview: appraisal.Review{
			WorkResult: appraisal.ExpectationMeets, Behaviour: appraisal.ExpectationAbove, Comment: "Sesuai target.",
			Competencies: []appraisal.CompetencyRating{{Competency: "K01", Level: 3}, {Competency: "K02", Level: 4}, {Competency: "K03", Level: 2}},
		},
		appraisal.StepAcknowledgeResult:  service.NewObjection{Reasons: "Triwulan IV belum terhitung."},
		appraisal.StepAnswerObjection:    service.ObjectionAnswer{Answer: "Rekap terbit kemudian."},
		appraisal.StepDecideObjection:    service.ObjectionDecision{Change: true, WorkResult: "above", Behaviour: "above", Reason: "Bukti baru."},
		appraisal.StepApproveDevelopment: service.DevelopmentDecision{Trainings: []string{"PLT-003", "PLT-010"}},
	}
	for kind, in := range want {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.post("/tugas/s-1", values(b.summary(kind).page(http.StatusOK).Find("main form"), "kirim")).redirect()
			done := b.service.done()
			if len(done) != 1 || !reflect.DeepEqual(done[0].In, in) {
				t.Errorf("got  %+v\nwant %+v", done, in)
			}
		})
	}
}

func TestARefusalKeepsEveryTypedWordAndSaysBesideTheFieldWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.get("/tugas/s-1").page(http.StatusOK)
	v := values(page.Find("form.task"), "ringkas")
	v.Set("key_results[0].indicators[1].target", "sembilan puluh")
	v.Set("key_results[1].statement", "")
	v.Set("key_results[1].indicators[0].description", `Desa & "nagari" <mutakhir>`)
	again := b.post("/tugas/s-1", v).page(http.StatusUnprocessableEntity)
	if got := again.Find(`[name="key_results[0].indicators[1].target"]`).AttrOr("value", ""); got != "sembilan puluh" {
		t.Errorf("the target came back as %q", got)
	}
	if got := again.Find(`[name="key_results[1].indicators[0].description"]`).AttrOr("value", ""); got != `Desa & "nagari" <mutakhir>` {
		t.Errorf("the description came back as %q", got)
	}
	field := again.Find(`[name="key_results[0].indicators[1].target"]`)
	beside := field.AttrOr("aria-describedby", "")
	contains(t, text(again.Find("#"+strings.Fields(beside + " ")[0])), "Target harus angka")
	contains(t, text(again.Find("#masalah")), "Hasil kerja 1, Indikator 2: Target harus angka")
	contains(t, text(again.Find("#masalah")), "Hasil kerja 2, Rencana hasil kerja: Isian ini wajib")
	if len(b.service.done()) != 0 {
		t.Error("a refused form acted")
	}
	later := b.get("/tugas/s-1").page(http.StatusOK)
	if got := later.Find(`[name="key_results[0].indicators[1].target"]`).AttrOr("value", ""); got != "sembilan puluh" {
		t.Errorf("coming back later, the target is %q", got)
	}
}

func TestACompetencyThatWasLeftOutIsNamedInWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepAppraiserReview)
	v := values(b.get("/tugas/s-1").page(http.StatusOK).Find("form.task"), "ringkas")
	v.Del("competencies.K02")
	said := text(b.post("/tugas/s-1", v).page(http.StatusUnprocessableEntity).Find("#masalah"))
	contains(t, said, "Pilih satu level, dari 1 sampai 5.")
	if strings.Contains(said, "K02") {
		t.Errorf("a code is told: %s", said)
	}
}

func TestTheResultSaysBeforeAnyChoiceWhatSilenceMeans(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepAcknowledgeResult)
	page := b.get("/tugas/s-1").page(http.StatusOK)
	contains(t, text(page.Find("form.task > .notice")), "sesudah itu hasil dianggap diterima")
}

func TestARefusalByTheServiceKeepsTheWordsToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := values(b.summary(appraisal.StepAppraiserReview).page(http.StatusOK).Find("main form"), "kirim")
	var faults appraisal.Faults
	faults.Add("reason", "error.review_contradicts", map[string]any{"met": 0, "total": 2})
	faults.Add("competencies[1].level", "error.level", nil)
	b.service.refuse = map[string]error{"submit_review": faults.Err()}
	page := b.post("/tugas/s-1", v).page(http.StatusUnprocessableEntity)
	contains(t, text(page.Find("#reason-salah")), "0 dari 2")
	contains(t, text(page.Find("#competencies-K02-salah")), "1 sampai 5")
	if got := page.Find("[name=comment]").Text(); got != "Sesuai target." {
		t.Errorf("the comment came back as %q", got)
	}
	if _, on := page.Find(`[name="competencies.K03"][value="2"]`).Attr("checked"); !on {
		t.Error("a chosen level was lost")
	}
}

func TestWhenTheRecordIsAwayTheSameFormCanBeSentAgainWithTheSameKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := values(b.summary(appraisal.StepAnswerObjection).page(http.StatusOK).Find("main form"), "kirim")
	b.service.refuse = map[string]error{"answer_objection": appraisal.Fault(appraisal.CodeUnavailable, "error.unavailable", nil)}
	page := b.post("/tugas/s-1", v).page(http.StatusServiceUnavailable)
	if got := values(page.Find("form.task"), "").Get("kunci"); got != v.Get("kunci") {
		t.Errorf("the key became %q: if the act was done after all, it would be done twice", got)
	}
	b.service.refuse = map[string]error{"step_form": appraisal.Fault(appraisal.CodeUnavailable, "error.unavailable", nil)}
	kept := b.post("/tugas/s-1", v).page(http.StatusServiceUnavailable)
	if got := values(kept.Find("main form"), ""); got.Get("answer") != v.Get("answer") || got.Get("kunci") != v.Get("kunci") {
		t.Errorf("the page keeps %v", got)
	}
}

func TestALostSessionLosesNoWord(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := values(b.summary(appraisal.StepAnswerObjection).page(http.StatusOK).Find("main form"), "kirim")
	signedIn := b.actor
	b.actor = appraisal.Actor{}
	page := b.post("/tugas/s-1", v).page(http.StatusUnauthorized)
	contains(t, page.Find("main a.main").AttrOr("href", ""), "/masuk?next=%2Ftugas%2Fs-1")
	contains(t, text(page.Find("main")), "Anda perlu masuk lagi")
	b.actor = signedIn
	b.post("/tugas/s-1", values(page.Find("main form"), "")).redirect()
	if done := b.service.done(); len(done) != 1 || done[0].In != (service.ObjectionAnswer{Answer: "Rekap terbit kemudian."}) {
		t.Errorf("after signing in again %v was done", done)
	}
}

func TestPartsOfAPlanAreAddedAndRemovedWithoutAScript(t *testing.T) {
	t.Parallel()
	b := setup(t)
	press := func(button string) (int, []int, string) {
		t.Helper()
		v := values(b.get("/tugas/s-1").page(http.StatusOK).Find("form.task"), button)
		v.Set("key_results[0].statement", "Yang sedang diketik")
		to := b.post("/tugas/s-1", v).redirect()
		page := b.get("/tugas/s-1").page(http.StatusOK)
		var indicators []int
		for i := range page.Find("fieldset.result").Length() {
			indicators = append(indicators, page.Find("fieldset.result").Eq(i).Find("fieldset.indicator").Length())
		}
		_, anchor, _ := strings.Cut(to, "#")
		if page.Find("#"+anchor).Length() != 1 {
			t.Errorf("%s leads to %q, which is nowhere", button, anchor)
		}
		return len(indicators), indicators, page.Find(`[name="key_results[0].statement"]`).Text()
	}
	for _, step := range []struct {
		button  string
		results []int
	}{
		{"tambah-hasil", []int{2, 1, 1}}, {"tambah-indikator:2", []int{2, 1, 2}}, {"hapus-indikator:0:0", []int{1, 1, 2}},
		{"hapus-hasil:1", []int{1, 2}}, {"hapus-hasil:9", []int{1, 2}},
	} {
		if step.button == "hapus-hasil:9" {
			b.post("/tugas/s-1", values(b.get("/tugas/s-1").page(http.StatusOK).Find("form.task"), step.button)).redirect()
			continue
		}
		_, got, words := press(step.button)
		if !reflect.DeepEqual(got, step.results) {
			t.Errorf("after %s the key results have %v indicators, want %v", step.button, got, step.results)
		}
		if words != "Yang sedang diketik" {
			t.Errorf("%s lost what was being typed: %q", step.button, words)
		}
	}
}

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

func TestNumbersAreReadAsPeopleOfEachLanguageWriteThem(t *testing.T) {
	for _, c := range []struct {
		lang        locale.Lang
		typed, want string
	}{
		{locale.Indonesian, "2,5", "2.5"}, {locale.Indonesian, "2.5", "2.5"}, {locale.Indonesian, "1.250", "1250"},
		{locale.Indonesian, "1.250,75", "1250.75"}, {locale.Indonesian, " 1 250 ", "1250"}, {locale.English, "1,250.75", "1250.75"},
		{locale.English, "2.5", "2.5"}, {locale.English, "1.250", "1.250"}, {locale.English, "2,5", "2.5"},
	} {
		t.Run(string(c.lang)+" "+c.typed, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.lang = c.lang
			v := values(b.get("/tugas/s-1").page(http.StatusOK).Find("form.task"), "kirim")
			v.Set("key_results[0].indicators[0].target", c.typed)
			b.post("/tugas/s-1", v).redirect()
			if got := b.service.done()[0].In.([]appraisal.KeyResult)[0].Indicators[0].Target; got != c.want {
				t.Errorf("%q was read as %q, want %q", c.typed, got, c.want)
			}
		})
	}
}

func TestThousandsAreSetApartWhereNumbersAreReadAndNotWhereTheyAreTyped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepSelfReview)
	b.service.form.Draft = nil
	ind := &b.service.form.Appraisal.Plan.KeyResults[0].Indicators[0]
	ind.Target, ind.Realisation = "1250000.5", "1250.5"
	page := b.get("/tugas/s-1").page(http.StatusOK)
	contains(t, text(page.Find("main")), "1.250.000,5")
	if got := page.Find(`[name="realisations[0].value"]`).AttrOr("value", ""); got != "1250,5" {
		t.Errorf("the field holds %q, which another language would read otherwise", got)
	}
}

func TestAnUnansweredQuestionIsNotTakenForCannotJudge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepPeerAnswer)
	v := typed(appraisal.StepPeerAnswer)
	v.Del(scoreField(4))
	v.Set("action", "ringkas")
	page := b.post("/tugas/s-1", v).page(http.StatusUnprocessableEntity)
	if n := page.Find("#masalah li").Length(); n != 1 {
		t.Errorf("%d questions are marked", n)
	}
	contains(t, text(page.Find("#masalah")), "menggunakan kekayaan dan barang milik negara")
	v.Set("action", "kirim")
	b.post("/tugas/s-1", v).page(http.StatusUnprocessableEntity)
	if len(b.service.done()) != 0 {
		t.Error("the answer was handed in")
	}
}

func TestWhatIsWrongWithAPersonStandsBesideThatPerson(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := values(b.summary(appraisal.StepNominatePeers).page(http.StatusOK).Find("main form"), "kirim")
	var faults appraisal.Faults
	faults.Add("peers[1]", "error.peer_overloaded", map[string]any{"name": "Oki Ratna Santoso, S.A.P.", "max": 8})
	b.service.refuse = map[string]error{"nominate_peers": faults.Err()}
	page := b.post("/tugas/s-1", v).page(http.StatusUnprocessableEntity)
	contains(t, text(page.Find("#peers-p-1").Parent()), "batas terbanyak")
	if n := page.Find("input[name=peers][checked]").Length(); n != 3 {
		t.Errorf("%d people are still chosen", n)
	}
}

func TestAReturnNeedsToSayWhy(t *testing.T) {
	for _, kind := range []appraisal.StepKind{appraisal.StepApprovePlan, appraisal.StepApprovePeers} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.service.form = exampleForm(kind)
			page := b.post("/tugas/s-1", url.Values{"decision": {"return"}, "action": {"kirim"}, "kunci": {"k"}}).page(http.StatusUnprocessableEntity)
			contains(t, text(page.Find("#comment-salah")), "apa yang perlu diperbaiki")
			if _, on := page.Find("[name=decision][value=return]").Attr("checked"); !on {
				t.Error("the choice was lost")
			}
		})
	}
}

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

func TestTheFormOfSomebodyElseLeadsToTheAppraisal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form.Step.Mine = false
	if to := b.get("/tugas/s-1").redirect(); to != "/penilaian/a-1" {
		t.Errorf("led to %s", to)
	}
}

func TestACalibrationTaskLeadsToItsSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepCalibrate)
	if to := b.get("/tugas/s-1").redirect(); to != "/kalibrasi/k-1" {
		t.Errorf("led to %s", to)
	}
}

func TestAReceiptIsShownEvenWhereTheStepMayNoLongerBeRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.post("/tugas/s-1", values(b.summary(appraisal.StepPeerAnswer).page(http.StatusOK).Find("main form"), "kirim")).redirect()
	b.service.refuse = map[string]error{"step_form": appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)}
	contains(t, text(b.get("/tugas/s-1").page(http.StatusOK).Find("main")), "Kiriman Anda sudah diterima")
	b.get("/tugas/s-1").page(http.StatusNotFound)
}
