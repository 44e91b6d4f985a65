package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestAnAppraisalRunsThroughPagesFromPreparationToClosed(t *testing.T) {
	t.Parallel()
	k := openClinic(t)
	k.prepare()
	k.plan()
	k.execute()
	k.askPeers()
	k.review()
	k.calibrate()
	k.objectAndDecide()
	k.develop()
	k.inspect()
}

func (k *clinic) prepare() {
	hr := k.as("Evi")
	form := values(hr.open("/siklus/baru").Find("main form"), "")
	for name, v := range map[string]string{
		"name": "Kinerja 2026", "code": "skp-2026", "period_start": "2026-01-01", "period_end": "2026-12-31", "template_name": "peragaan",
	} {
		form.Set(name, v)
	}
	bad := url.Values{"kunci": form["kunci"], "code": {"!"}, "template_name": {"peragaan"}}
	refused := hr.ask(http.StatusUnprocessableEntity, http.MethodPost, "/siklus/baru", bad)
	contains(k.t, text(refused.Find("#code-salah")), "Kode siklus")
	preview := hr.ask(http.StatusOK, http.MethodPost, "/siklus/baru", form)
	contains(k.t, text(preview.Find("main")), "Pratinjau sebelum diluncurkan")
	launch := preview.Find("a[href$='/perintah/luncurkan']").AttrOr("href", "")
	k.cycle = appraisal.CycleID(strings.Split(launch, "/")[2])
	after := hr.ask(http.StatusOK, http.MethodPost, launch, values(hr.open(launch).Find("main form"), ""))
	contains(k.t, text(after.Find("main")), "sedang diluncurkan")
	if _, err := k.service.Enrol(k.t.Context(), k.cycle); err != nil {
		k.t.Fatal(err)
	}
	if err := k.service.MarkRunning(k.t.Context(), k.cycle); err != nil {
		k.t.Fatal(err)
	}
	k.as("Ani").ask(http.StatusForbidden, http.MethodGet, "/siklus", nil)
}

func (k *clinic) plan() {
	k.enter("Ani", appraisal.StageTargets)
	ani, boss := k.as("Ani"), k.as("Koordinator")
	path, page := ani.begin(appraisal.StepDraftPlan, "Ani")
	form := values(page.Find("form.task"), "tambah-indikator:0")
	form.Set("key_results[0].statement", "Imunisasi dasar lengkap")
	form.Set("key_results[0].serves", page.Find("option[value^='sasaran:']").Last().AttrOr("value", ""))
	for j, target := range []string{"1.250", "2,5"} {
		at := fmt.Sprintf("key_results[0].indicators[%d]", j)
		if j == 1 {
			page = ani.ask(http.StatusOK, http.MethodPost, path, form)
			form = values(page.Find("form.task"), "ringkas")
		}
		form.Set(at+".description", fmt.Sprint("Ukuran ", j+1))
		form.Set(at+".aspect", "quantity")
		form.Set(at+".target", target)
		form.Set(at+".measure", "bayi")
	}
	form.Set("key_results[0].indicators[1].direction", "less")
	summary := ani.ask(http.StatusOK, http.MethodPost, path, form)
	contains(k.t, text(summary.Find("main")), "paling sedikit 1.250 bayi")
	contains(k.t, text(summary.Find("main")), "paling banyak 2,5 bayi")
	sent := values(summary.Find("main form"), "kirim")
	ani.ask(http.StatusOK, http.MethodPost, path, sent)
	again := ani.ask(http.StatusOK, http.MethodPost, path, sent)
	contains(k.t, text(again.Find("h1")), "Sudah diterima")
	k.look("Ani")
	if n := k.value(`select count(*)::text from plan`); n != "1" {
		k.t.Errorf("sending twice left %s plans", n)
	}

	boss.complete(appraisal.StepApprovePlan, "Ani", url.Values{"decision": {"return"}, "comment": {"Satuannya keliru"}})
	_, returned := ani.begin(appraisal.StepDraftPlan, "Ani")
	contains(k.t, text(returned.Find("main")), "Satuannya keliru")
	if got := returned.Find(`[name="key_results[0].indicators[1].target"]`).AttrOr("value", ""); got != "2,5" {
		k.t.Errorf("the returned target reads %q", got)
	}
	ani.complete(appraisal.StepDraftPlan, "Ani", url.Values{"key_results[0].indicators[1].measure": {"hari"}})
	_, beside := boss.begin(appraisal.StepApprovePlan, "Ani")
	contains(k.t, text(beside.Find(".climb")), "Sasaran: Bayi diimunisasi lengkap")
	boss.complete(appraisal.StepApprovePlan, "Ani", url.Values{"decision": {"approve"}})
}

func (k *clinic) execute() {
	k.enter("Ani", appraisal.StageExecution)
	ani := k.as("Ani")
	path, page := ani.begin(appraisal.StepRecordProgress, "Ani")
	form := values(page.Find("form.task"), "catat")
	form.Set("indicator", page.Find("optgroup option").First().AttrOr("value", ""))
	form.Set("value", "1.300")
	form.Set("evidence", "lemari arsip")
	refused := ani.ask(http.StatusUnprocessableEntity, http.MethodPost, path, form)
	contains(k.t, text(refused.Find("#evidence-salah")), "Tautan")
	form.Set("evidence", "https://pkm.test/rekap")
	recorded := ani.ask(http.StatusOK, http.MethodPost, path, form)
	contains(k.t, text(recorded.Find("main")), "Realisasi 1.300 dari target 1.250 bayi")
	if got := recorded.Find("[name=value]").AttrOr("value", ""); got != "" {
		k.t.Errorf("the recorded entry is still in the form: %q", got)
	}
	ani.complete(appraisal.StepRecordProgress, "Ani", nil)
	k.enter("Ani", appraisal.StageSelfReview)
	_, review := ani.begin(appraisal.StepSelfReview, "Ani")
	if got := review.Find(`[name="realisations[0].value"]`).AttrOr("value", ""); got != "1300" {
		k.t.Errorf("the recorded figure is proposed as %q", got)
	}
	ani.complete(appraisal.StepSelfReview, "Ani", url.Values{"achievements": {"Semua bayi terlayani"}, "realisations[1].value": {"2,25"}})
}

func (k *clinic) askPeers() {
	k.enter("Ani", appraisal.StagePeerReview)
	ani, boss := k.as("Ani"), k.as("Koordinator")
	names := []string{"Beni", "Cici", "Dodi"}
	_, page := ani.begin(appraisal.StepNominatePeers, "Ani")
	chosen := url.Values{}
	page.Find("label.option").Each(func(_ int, s *goquery.Selection) {
		for _, n := range names {
			if strings.HasPrefix(text(s), n) {
				chosen.Add("peers", s.Find("input").AttrOr("value", ""))
			}
		}
	})
	if len(chosen["peers"]) != 3 {
		k.t.Fatalf("the candidates are %s", text(page.Find("form.task")))
	}
	ani.complete(appraisal.StepNominatePeers, "Ani", chosen)
	boss.complete(appraisal.StepApprovePeers, "Ani", url.Values{"decision": {"approve"}})
	for _, n := range names {
		peer := k.as(n)
		path, form := peer.begin(appraisal.StepPeerAnswer, "Ani")
		contains(k.t, text(form.Find("main")), "tidak disimpan dengan nama Anda")
		ani.ask(http.StatusNotFound, http.MethodGet, path, nil)
		answer := url.Values{"comment": {"Sabar kepada ibu-ibu"}}
		for i := range appraisal.Behaviours {
			answer.Set(scoreField(i), "3")
		}
		peer.complete(appraisal.StepPeerAnswer, "Ani", answer)
		peer.open(path)
	}
}

func (k *clinic) review() {
	k.enter("Ani", appraisal.StageAppraiserReview)
	boss := k.as("Koordinator")
	path, page := boss.begin(appraisal.StepAppraiserReview, "Ani")
	contains(k.t, text(page.Find(".evidence")), "Sabar kepada ibu-ibu")
	contains(k.t, text(page.Find(".evidence")), "3,00")
	form := values(page.Find("form.task"), "kirim")
	for name, v := range map[string]string{"work_result": "below", "behaviour": "meets", "comment": "Kurang", "competencies.K1": "1"} {
		form.Set(name, v)
	}
	refused := boss.ask(http.StatusUnprocessableEntity, http.MethodPost, path, form)
	contains(k.t, text(refused.Find("#reason-salah")), "1 dari 1")
	boss.complete(appraisal.StepAppraiserReview, "Ani", url.Values{
		"work_result": {"meets"}, "behaviour": {"meets"}, "comment": {"Sesuai rencana"}, "competencies.K1": {"1"},
	})
}

func (k *clinic) calibrate() {
	k.enter("Ani", appraisal.StageCalibration)
	cohort := k.value(`select cohort_id::text from appraisal where id = $1`, k.of("Ani"))
	k.exec(`update cohort set deadline = now() - interval '1 second' where id = $1`, cohort)
	if _, err := k.service.LookAtCohort(k.t.Context(), appraisal.CohortID(cohort)); err != nil {
		k.t.Fatal(err)
	}
	hr, committee := k.as("Evi"), k.as("Feri")
	rating := "/siklus/" + string(k.cycle) + "/peringkat-unit"
	form := values(hr.open(rating+"?unit=PKM").Find("main form"), "")
	form.Set("rating", "baik")
	form.Set("evidence", "LKjIP 2026")
	hr.ask(http.StatusOK, http.MethodPost, rating, form)

	committee.open("/siklus/" + string(k.cycle) + "/kalibrasi")
	_, page := committee.begin(appraisal.StepCalibrate, "Puskesmas Melati")
	change := values(page.Find("form.change"), "")
	change.Set("appraisal", string(k.of("Ani")))
	change.Set("work_result", "meets")
	change.Set("behaviour", "above")
	path := "/kalibrasi/" + cohort
	refused := committee.ask(http.StatusUnprocessableEntity, http.MethodPost, path, change)
	if refused.Find("#reason-salah").Length() != 1 {
		k.t.Error("a change without a reason is not refused beside the reason")
	}
	change.Set("reason", "Setara dengan rekan seangkatan")
	changed := committee.ask(http.StatusOK, http.MethodPost, path, change)
	contains(k.t, text(changed.Find(".members")), "Setara dengan rekan seangkatan")
	stale := change
	stale.Set("kunci", "lain")
	stale.Set("reason", "Dari halaman lama")
	conflict := committee.ask(http.StatusConflict, http.MethodPost, path, stale)
	contains(k.t, text(conflict.Find("#masalah")), "berubah sejak")

	lock := values(committee.open(path+"/kunci").Find("main form"), "")
	if unjustified := committee.ask(http.StatusUnprocessableEntity, http.MethodPost, path+"/kunci", lock); unjustified.Find("#justification-salah").Length() != 1 {
		k.t.Error("a breach can be locked without a word")
	}
	lock.Set("justification", "Kelompok kecil")
	locked := committee.ask(http.StatusOK, http.MethodPost, path+"/kunci", lock)
	contains(k.t, text(locked.Find("main")), "Kelompok kecil")
	k.look("Ani")
}

func (k *clinic) objectAndDecide() {
	ani := k.as("Ani")
	own := "/penilaian/" + string(k.of("Ani"))
	contains(k.t, text(ani.open(own).Find("main")), "hasilnya belum diumumkan")
	k.enter("Ani", appraisal.StageResult)
	contains(k.t, text(ani.open(own).Find(".rating")), "Mengapa predikat ini")
	ani.complete(appraisal.StepAcknowledgeResult, "Ani", url.Values{"decision": {"object"}, "reasons": {"Perilaku saya lebih baik"}})
	k.enter("Ani", appraisal.StageObjection)
	k.as("Koordinator").complete(appraisal.StepAnswerObjection, "Ani", url.Values{"answer": {"Sudah dipertimbangkan"}})
	k.as("Kepala").complete(appraisal.StepDecideObjection, "Ani", url.Values{
		"decision": {"change"}, "work_result": {"above"}, "behaviour": {"above"}, "reason": {"Buktinya kuat"},
	})
}

func (k *clinic) develop() {
	k.enter("Ani", appraisal.StageDevelopment)
	boss := k.as("Koordinator")
	_, page := boss.begin(appraisal.StepApproveDevelopment, "Ani")
	contains(k.t, text(page.Find("main")), "Ketelitian")
	boss.complete(appraisal.StepApproveDevelopment, "Ani", url.Values{"comment": {"Mulai bulan depan"}})
	k.enter("Ani", appraisal.StageClosed)
}

// inspect looks at what is left: the whole appraisal to its employee, the funnel, the lists and the mail to HR.
func (k *clinic) inspect() {
	page := k.as("Ani").open("/penilaian/" + string(k.of("Ani")))
	for _, want := range []string{"Sangat baik", "Buktinya kuat", "hasil diubah", "SKP dikembalikan untuk diperbaiki", "Sabar kepada ibu-ibu", "Mulai bulan depan"} {
		if !strings.Contains(strings.ToLower(text(page.Find("main"))), strings.ToLower(want)) {
			k.t.Errorf("%q is missing in the appraisal", want)
		}
	}
	for _, peer := range []string{"Beni", "Cici", "Dodi"} {
		if strings.Contains(text(page.Find(".timeline")), peer) {
			k.t.Errorf("the history names %s", peer)
		}
	}
	hr, cycle := k.as("Evi"), "/siklus/"+string(k.cycle)
	contains(k.t, text(hr.open(cycle).Find(".funnel").First()), "Selesai")
	list := hr.open(cycle + "/penilaian?tahap=closed")
	if rows := list.Find("tbody tr"); rows.Length() != 1 || !strings.Contains(text(rows), "Ani") {
		k.t.Errorf("closed are %s", text(list.Find("tbody")))
	}
	hr.open("/operasi/mandek")
	contains(k.t, text(hr.open("/operasi/surat").Find("tbody")), "ani@pkm.test")
	hr.open("/siklus")
	for _, command := range []string{"jeda", "lanjutkan"} {
		path := cycle + "/perintah/" + command
		form := values(hr.open(path).Find("main form"), "")
		form.Set("reason", "Uji coba")
		contains(k.t, text(hr.ask(http.StatusOK, http.MethodPost, path, form).Find("h1")), "Kinerja 2026")
	}
	withdraw := "/penilaian/" + string(k.of("Beni")) + "/tarik"
	form := values(hr.open(withdraw).Find("main form"), "")
	hr.ask(http.StatusUnprocessableEntity, http.MethodPost, withdraw, form)
	form.Set("reason", "Pindah instansi")
	contains(k.t, text(hr.ask(http.StatusOK, http.MethodPost, withdraw, form).Find("main")), "Pindah instansi")
	if left := hr.open(cycle); !strings.Contains(text(left.Find(".funnel").First()), "Ditarik") {
		k.t.Error("the funnel does not show who was withdrawn")
	}
}
