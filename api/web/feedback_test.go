package web_test

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// withTalk is the example in which people talk about the first key result and about the plan.
func withTalk(b *bundle) {
	said := func(id, author string, party appraisal.Party, words string) service.Feedback {
		return service.Feedback{ID: appraisal.FeedbackID(id), Kind: appraisal.FeedbackComment, At: *moment(-3), Author: author, Party: party, Text: words}
	}
	coaching := said("f-3", "Bambang Hartono, S.H.", appraisal.PartyAppraiser, "Membahas antrean")
	coaching.Kind, coaching.Agreed, coaching.ComeBack = appraisal.FeedbackCoaching, "Ikut pelatihan", "2027-02-14"
	coaching.Evidence = []service.Evidence{{ID: "e-1", Appraisal: "a-1", Link: "https://pemda.test/contoh"}}
	withdrawn := said("f-4", "Bambang Hartono, S.H.", appraisal.PartyAppraiser, "")
	withdrawn.Withdrawn = true
	mine := said("f-2", everybody.Name, appraisal.PartyEmployee, "Sudah dibenahi")
	mine.Regrets = true
	talks := []service.Conversation{
		{Entries: []service.Feedback{coaching, withdrawn}},
		{KeyResult: "kr-1", Entries: []service.Feedback{said("f-1", "Bambang Hartono, S.H.", appraisal.PartyAppraiser, "<b>Antrean</b> masih panjang"), mine}},
		{Statement: "Arsip tertata", Entries: []service.Feedback{said("f-5", "Bambang Hartono, S.H.", appraisal.PartyAppraiser, "Dulu begini")}},
	}
	for _, a := range []*service.Appraisal{&b.service.appraisal, &b.service.form.Appraisal} {
		a.Feedback, a.FeedbackOpen = talks, true
	}
}

func TestFeedbackStandsBesideTheKeyResultThatItIsAbout(t *testing.T) {
	for _, kind := range []appraisal.StepKind{"", appraisal.StepRecordProgress, appraisal.StepAppraiserReview} {
		b := setup(t)
		path := "/penilaian/a-1"
		if kind != "" {
			b.service.form, path = exampleForm(kind), "/tugas/s-1"
		}
		withTalk(b)
		page := b.get(path).page(200)
		first := text(page.Find(".plan > li").First())
		contains(t, first, "Umpan balik (2)")
		contains(t, first, "Bambang Hartono, S.H., pejabat penilai")
		contains(t, first, "<b>Antrean</b> masih panjang")
		second := page.Find(".plan > li").Eq(1)
		if to := second.Find(".talk a").AttrOr("href", ""); to != "/penilaian/a-1?hasil=kr-2#umpan-balik" {
			t.Errorf("%s: where nothing was said one writes at %q", kind, to)
		}
		whole := text(page.Find(".plan ~ .talk").First())
		for _, words := range []string{"SKP secara keseluruhan", "Catatan pembinaan", "Ikut pelatihan", "14 Februari 2027", "ke pemda.test", "ditarik oleh penulisnya"} {
			contains(t, whole, words)
		}
		contains(t, text(page.Find(".plan ~ .talk").Last()), "Arsip tertata")
		if n := page.Find("form.task form").Length(); n != 0 {
			t.Errorf("%s: a form stands in another", kind)
		}
	}
}

func TestTheSelfReviewShowsFeedbackUnderTheKeyResultsName(t *testing.T) {
	b := setup(t)
	b.service.form = exampleForm(appraisal.StepSelfReview)
	withTalk(b)
	contains(t, text(b.get("/tugas/s-1").page(200).Find(".evidence")), "Kartu keluarga terbit lebih cepat: Umpan balik (2)")
}

func TestFeedbackIsSentAboutTheKeyResultThatOneCameFrom(t *testing.T) {
	b := setup(t)
	withTalk(b)
	b.actor.ID = "p-bambang"
	form := b.get("/penilaian/a-1?hasil=kr-2").page(200).Find("#umpan-balik form")
	v := values(form, "kirim")
	if v.Get("feedback.key_result") != "kr-2" {
		t.Errorf("it is about %q", v.Get("feedback.key_result"))
	}
	v.Set("feedback.kind", "coaching")
	v.Set("feedback.text", "Membahas data desa")
	v.Set("feedback.agreed", "Jemput data")
	v.Set("feedback.come_back", "2027-02-01")
	v.Set("feedback.link", "https://pemda.test/contoh")
	v.Del("feedback.file")
	if to := b.postFiles("/penilaian/a-1/umpan-balik", v, chosen{"feedback.file", "Contoh.pdf", "isi"}).redirect(); to != "/penilaian/a-1#umpan-balik" {
		t.Errorf("it goes on at %s", to)
	}
	want := appraisal.Feedback{KeyResult: "kr-2", Kind: appraisal.FeedbackCoaching, Text: "Membahas data desa", Agreed: "Jemput data", ComeBack: "2027-02-01"}
	if given := ofAct(b, "give_feedback"); len(given) != 1 || given[0].In != want || given[0].Call.Key == "" {
		t.Errorf("%+v", given)
	}
	if len(ofAct(b, "add_file")) != 1 || len(ofAct(b, "add_link")) != 1 {
		t.Error("its evidence was not taken along")
	}
}

func TestRefusedFeedbackKeepsItsWordsAndItsFile(t *testing.T) {
	b := setup(t)
	withTalk(b)
	var wrong appraisal.Faults
	wrong.Add("text", "error.required", nil)
	b.service.refuse = map[string]error{"give_feedback": wrong.Err()}
	v := values(b.get("/penilaian/a-1").page(200).Find("#umpan-balik form"), "kirim")
	v.Set("feedback.key_result", "kr-1")
	v.Del("feedback.file")
	page := b.postFiles("/penilaian/a-1/umpan-balik", v, chosen{"feedback.file", "Contoh.pdf", "isi"}).page(422)
	form := page.Find("#umpan-balik form")
	contains(t, text(form.Find(".desk")), "Contoh.pdf")
	if form.Find(`[id="feedback.text"][aria-invalid=true], #feedback-text[aria-invalid=true]`).Length() != 1 {
		t.Errorf("the field is not marked: %s", text(form))
	}
	if values(form, "").Get("feedback.key_result") != "kr-1" {
		t.Error("what it is about is lost")
	}
	if page.Find("#masalah").Length() != 1 {
		t.Error("the refusal is said elsewhere than once")
	}
}

func TestWhatOneJustWroteCanBeTakenBackWithAButton(t *testing.T) {
	b := setup(t)
	withTalk(b)
	form := b.get("/penilaian/a-1").page(200).Find(".plan form")
	if form.Length() != 1 {
		t.Fatalf("%d can be taken back", form.Length())
	}
	if to := b.post(form.AttrOr("action", ""), values(form, "")).redirect(); to != "/penilaian/a-1#umpan-balik" {
		t.Errorf("it goes on at %s", to)
	}
	if gone := ofAct(b, "withdraw_feedback"); len(gone) != 1 || gone[0].Subject != "f-2" {
		t.Errorf("%+v", gone)
	}
}

func TestWhereFeedbackIsClosedItIsReadAndNotAskedFor(t *testing.T) {
	b := setup(t)
	withTalk(b)
	b.service.appraisal.FeedbackOpen = false
	page := b.get("/penilaian/a-1").page(200)
	if page.Find("#umpan-balik form, .plan .talk a[href*=umpan-balik]").Length() != 0 {
		t.Error("closed feedback is asked for")
	}
	contains(t, text(page.Find(".plan")), "Umpan balik (2)")
}

func TestOnlyASuperiorIsAskedForACoachingNote(t *testing.T) {
	for who, want := range map[appraisal.PersonID]int{"p-bambang": 1, "p-ahmad": 1, everybody.ID: 0} {
		b := setup(t)
		withTalk(b)
		b.actor.ID = who
		if n := b.get("/penilaian/a-1").page(200).Find("option[value=coaching]").Length(); n != want {
			t.Errorf("%s is asked for %d", who, n)
		}
	}
}
