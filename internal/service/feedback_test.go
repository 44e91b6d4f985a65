package service

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// say gives feedback in somebody's appraisal.
func (b *bundle) say(t *testing.T, author, who string, in appraisal.Feedback) (Receipt, error) {
	t.Helper()
	if in.Kind == "" {
		in.Kind = appraisal.FeedbackComment
	}
	b.clock.advance(time.Millisecond)
	return b.GiveFeedback(t.Context(), b.as(author), Call{}, b.of(t, who), in)
}

func TestFeedbackIsAConversationOfThoseWhoMayReadTheAppraisal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	kr := b.read(t, "ani", "ani").Plan.KeyResults[0].ID
	for _, author := range []string{"kabid", "ani", "kadis", "hana"} {
		_, err := b.say(t, author, "ani", appraisal.Feedback{KeyResult: kr, Text: "Dari " + author})
		must(t, err)
	}
	_, err := b.say(t, "kabid", "ani", appraisal.Feedback{Text: "Secara umum baik"})
	must(t, err)
	for _, stranger := range []string{"budi", "komite", "operator", "pimpinan", "bupati"} {
		_, err := b.say(t, stranger, "ani", appraisal.Feedback{Text: "Halo"})
		wantCode(t, err, appraisal.CodeNotFound)
	}
	for _, reader := range []string{"ani", "kabid", "kadis", "hana"} {
		talks := b.read(t, reader, "ani").Feedback
		if len(talks) != 2 || talks[0].KeyResult != "" || talks[1].KeyResult != kr || len(talks[1].Entries) != 4 {
			t.Fatalf("%s reads %+v", reader, talks)
		}
		var said []string
		for _, e := range talks[1].Entries {
			said = append(said, e.Author+" "+string(e.Party)+": "+e.Text)
		}
		want := "Kabid Joko appraiser: Dari kabid|Ani Lestari employee: Dari ani|Kadis Ratna reviewing_official: Dari kadis|" +
			"Hana Putri nobody: Dari hana"
		if got := strings.Join(said, "|"); got != want {
			t.Errorf("%s reads %s", reader, got)
		}
	}
}

func TestFeedbackNeverWakesThePipeline(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	before := query[int](t, b, `select count(*)::int from wake`)
	_, err := b.say(t, "kabid", "ani", appraisal.Feedback{Text: "Bagus"})
	must(t, err)
	if after := query[int](t, b, `select count(*)::int from wake`); after != before {
		t.Errorf("%d wakes, before %d", after, before)
	}
}

func TestACoachingNoteIsWrittenByASuperior(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	note := appraisal.Feedback{Kind: appraisal.FeedbackCoaching, Text: "Membahas antrean", Agreed: "Ikut pelatihan", ComeBack: b.clock.Now().AddDate(0, 1, 0).Format(time.DateOnly)}
	for _, author := range []string{"ani", "hana"} {
		_, err := b.say(t, author, "ani", note)
		wantField(t, err, "kind")
	}
	for _, author := range []string{"kabid", "kadis"} {
		_, err := b.say(t, author, "ani", note)
		must(t, err)
	}
	e := b.read(t, "ani", "ani").Feedback[0].Entries[1]
	if e.Kind != appraisal.FeedbackCoaching || e.Agreed != "Ikut pelatihan" || e.ComeBack != note.ComeBack || e.Author != "Kadis Ratna" {
		t.Errorf("the employee reads %+v", e)
	}
}

func TestFeedbackIsAboutAKeyResultOfTheSamePlan(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	b.reach(t, "budi", appraisal.StageExecution)
	for _, kr := range []string{b.read(t, "budi", "budi").Plan.KeyResults[0].ID, "no such key result"} {
		_, err := b.say(t, "kabid", "ani", appraisal.Feedback{KeyResult: kr, Text: "Bagus"})
		wantField(t, err, "key_result")
	}
}

func TestFeedbackIsOpenFromExecutionUntilTheResultIsReleasedAndStaysReadable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	_, err := b.say(t, "kabid", "ani", appraisal.Feedback{Text: "Terlalu dini"})
	wantCode(t, err, appraisal.CodeWrongStage)
	if b.read(t, "kabid", "ani").FeedbackOpen {
		t.Error("feedback is open before there is a plan")
	}
	b.reach(t, "budi", appraisal.StageCalibration)
	_, err = b.say(t, "kabid", "budi", appraisal.Feedback{Text: "Masih terbuka"})
	must(t, err)
	b.lock(t, "budi")
	b.enter(t, "budi", appraisal.StageResult)
	_, err = b.say(t, "budi", "budi", appraisal.Feedback{Text: "Terlambat"})
	wantCode(t, err, appraisal.CodeWrongStage)
	if v := b.read(t, "budi", "budi"); v.FeedbackOpen || len(v.Feedback) != 1 || v.Feedback[0].Entries[0].Text != "Masih terbuka" {
		t.Errorf("after the release the employee reads %+v", v.Feedback)
	}
}

func TestFeedbackCanBeWithdrawnByItsAuthorForAQuarterOfAnHourAndKeepsItsPlace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	first, err := b.say(t, "kabid", "ani", appraisal.Feedback{Text: "Salah orang"})
	must(t, err)
	second, err := b.say(t, "kabid", "ani", appraisal.Feedback{Text: "Tetap"})
	must(t, err)
	id := b.of(t, "ani")
	withdraw := func(who, feedback string) error {
		_, err := b.WithdrawFeedback(t.Context(), b.as(who), Call{}, id, appraisal.FeedbackID(feedback))
		return err
	}
	wantCode(t, withdraw("ani", first.ID), appraisal.CodeForbidden)
	wantCode(t, withdraw("budi", first.ID), appraisal.CodeNotFound)
	wantCode(t, withdraw("kabid", "no such feedback"), appraisal.CodeNotFound)
	if !b.read(t, "kabid", "ani").Feedback[0].Entries[0].Regrets || b.read(t, "ani", "ani").Feedback[0].Entries[0].Regrets {
		t.Error("who may withdraw is told wrongly")
	}
	must(t, withdraw("kabid", first.ID))
	must(t, withdraw("kabid", first.ID)) // twice is once
	b.clock.advance(appraisal.FeedbackRegret + time.Second)
	wantCode(t, withdraw("kabid", second.ID), appraisal.CodeWrongStage)
	v := b.read(t, "ani", "ani")
	if e := v.Feedback[0].Entries; len(e) != 2 || !e[0].Withdrawn || e[0].Text != "" || e[0].Author != "Kabid Joko" || e[1].Withdrawn {
		t.Errorf("the employee reads %+v", e)
	}
	if raw, err := json.Marshal(v); err != nil || strings.Contains(string(raw), "Salah orang") {
		t.Errorf("what was withdrawn can still be read (%v)", err)
	}
}

func TestARepeatedFeedbackIsOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	in := appraisal.Feedback{Kind: appraisal.FeedbackComment, Text: "Sekali"}
	first, err := b.GiveFeedback(t.Context(), b.as("kabid"), Call{Key: "k"}, b.of(t, "ani"), in)
	must(t, err)
	again, err := b.GiveFeedback(t.Context(), b.as("kabid"), Call{Key: "k"}, b.of(t, "ani"), in)
	must(t, err)
	if first.ID != again.ID || len(b.read(t, "ani", "ani").Feedback[0].Entries) != 1 {
		t.Errorf("%+v and then %+v", first, again)
	}
}

func TestANoticeOfFeedbackGoesToTheOtherSideWithoutItsWordsOnceItCannotBeWithdrawn(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, withDigest)
	p.reach(t, "ani", appraisal.StageExecution)
	p.exec(t, `delete from mail`)
	const secret = "Antrean terlalu panjang"
	_, err := p.say(t, "kabid", "ani", appraisal.Feedback{Text: secret})
	must(t, err)
	regretted, err := p.say(t, "ani", "ani", appraisal.Feedback{Text: "Batal"})
	must(t, err)
	_, err = p.WithdrawFeedback(t.Context(), p.as("ani"), Call{}, p.of(t, "ani"), appraisal.FeedbackID(regretted.ID))
	must(t, err)
	p.clock.advance(14 * time.Minute)
	if early := p.settle(t); len(early) != 0 {
		t.Fatalf("a notice of what can still be withdrawn: %s", early[0].Subject)
	}
	p.clock.advance(2 * time.Minute)
	m := mustBeOne(t, p.settle(t))
	if m.Subject != "Ada umpan balik baru untuk Anda baca" || !strings.Contains(m.Text, "/penilaian/"+string(p.of(t, "ani"))+"#umpan-balik") {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
	if strings.Contains(m.Text+m.HTML, secret) {
		t.Error("the mail tells what was said")
	}
	if to := strings.Join(m.To, ","); !strings.Contains(to, "ani@") {
		t.Errorf("it went to %s", to)
	}
}

func TestANoticeOfFeedbackThatCouldNotBeSentForWeeksIsDropped(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, withDigest)
	p.reach(t, "ani", appraisal.StageExecution)
	p.exec(t, `delete from mail`)
	_, err := p.say(t, "kabid", "ani", appraisal.Feedback{Text: "Bagus"})
	must(t, err)
	p.clock.advance(15 * 24 * time.Hour)
	if late := p.settle(t); len(late) != 0 {
		t.Errorf("%s", late[0].Subject)
	}
}

func TestNoticesOfFeedbackJoinTheDigestOfTheDay(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, withDigest)
	p.reach(t, "ani", appraisal.StageExecution)
	p.reach(t, "budi", appraisal.StageExecution)
	p.exec(t, `delete from mail`)
	for _, who := range []string{"ani", "budi", "ani"} {
		_, err := p.say(t, who, who, appraisal.Feedback{Text: "Mohon saran"})
		must(t, err)
	}
	p.clock.advance(16 * time.Minute)
	if m := mustBeOne(t, p.settle(t)); m.Subject != "Ada umpan balik baru tentang 2 penilaian" {
		t.Errorf("kabid is told %q", m.Subject)
	}
	_, err := p.say(t, "ani", "ani", appraisal.Feedback{Text: "Sekali lagi"})
	must(t, err)
	p.clock.advance(16 * time.Minute)
	if second := p.settle(t); len(second) != 0 {
		t.Errorf("a second mail on the same day: %s", second[0].Subject)
	}
}

// wantField fails the test unless err names the field.
func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var e *appraisal.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Field != field {
		t.Fatalf("error is %v, want one about %s", err, field)
	}
}
