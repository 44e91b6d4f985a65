package web_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
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

func TestShortWordsThatComeTooLateCanStillBeRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := values(b.summary(appraisal.StepAnswerObjection).page(http.StatusOK).Find("main form"), "kirim")
	b.service.refuse = map[string]error{"step_form": appraisal.Fault(appraisal.CodeWrongStage, "error.step_expired", map[string]any{"at": time.Now()})}
	page := b.post("/tugas/s-1", v).page(http.StatusConflict)
	contains(t, text(page.Find("blockquote")), "Rekap terbit kemudian.")
	if strings.Contains(text(page.Find("blockquote")), v.Get("kunci")) {
		t.Error("the key of the act is shown as something typed")
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
