package service

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// heard brings somebody to a final result and lets them say something about it.
func (b *bundle) heard(t *testing.T, who string, in appraisal.PulseAnswer) {
	t.Helper()
	b.reach(t, who, appraisal.StageDevelopment)
	_, err := b.AnswerPulse(t.Context(), b.as(who), Call{Key: "suara-" + who}, b.of(t, who), in)
	must(t, err)
}

func TestAVoiceIsAskedForWhenTheResultIsFinalAndItsAuthorAloneReadsIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	voice := appraisal.PulseAnswer{Understandable: 4, Fair: 2, Comment: "Penjelasannya singkat"}
	b.reach(t, "ani", appraisal.StageResult)
	_, err := b.AnswerPulse(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), voice)
	wantCode(t, err, appraisal.CodeWrongStage)
	if p := b.read(t, "ani", "ani").Pulse; p != nil {
		t.Errorf("before the result is final Ani is invited: %+v", p)
	}
	_, err = b.AcknowledgeResult(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepAcknowledgeResult))
	must(t, err)
	b.look(t, "ani")
	b.enter(t, "ani", appraisal.StageDevelopment)
	_, err = b.AnswerPulse(t.Context(), b.as("ani"), Call{Key: "k"}, b.of(t, "ani"), appraisal.PulseAnswer{Understandable: 1, Fair: 1})
	must(t, err)
	_, err = b.AnswerPulse(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), voice)
	must(t, err)
	own, err := b.Pulse(t.Context(), b.as("ani"), b.of(t, "ani"))
	if err != nil || !own.Open || own.Answer == nil || *own.Answer != voice {
		t.Errorf("Ani reads %+v, %v", own, err)
	}
	home, err := b.Home(t.Context(), b.as("ani"))
	if err != nil || len(home.Pulses) != 1 || !home.Pulses[0].Answered || b.read(t, "ani", "ani").Pulse == nil {
		t.Errorf("Ani's home says %+v, %v", home.Pulses, err)
	}
	for _, reader := range []string{"kabid", "kadis", "hana", "komite", "pimpinan", "operator"} {
		_, err := b.Pulse(t.Context(), b.as(reader), b.of(t, "ani"))
		wantCode(t, err, appraisal.CodeNotFound)
	}
	_, err = b.AnswerPulse(t.Context(), b.as("hana"), Call{}, b.of(t, "ani"), voice)
	wantCode(t, err, appraisal.CodeNotFound)
	for _, reader := range []string{"hana", "pimpinan"} {
		if r, err := b.PulseResults(t.Context(), b.as(reader), b.cycle); err != nil || r.State != PulseOpen || r.Answers != 0 || len(r.Groups) != 0 {
			t.Errorf("while it is open %s reads %+v, %v", reader, r, err)
		}
	}
	_, err = b.PulseResults(t.Context(), b.as("komite"), b.cycle)
	wantCode(t, err, appraisal.CodeForbidden)
}

func TestVoicesArePublishedOnceWithoutAuthorInGroupsThatAreLargeEnough(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i, who := range staff() {
		b.heard(t, who, appraisal.PulseAnswer{Understandable: 3, Fair: 1 + i%2, Comment: "Suara " + who})
	}
	_, err := b.SetPulseWindow(t.Context(), b.as("hana"), Call{}, b.cycle, PulseWindow{})
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.SetPulseWindow(t.Context(), b.as("hana"), Call{}, b.cycle, PulseWindow{Days: 1})
	must(t, err)
	b.clock.advance(25 * time.Hour)
	_, err = b.AnswerPulse(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.PulseAnswer{Understandable: 5, Fair: 5})
	wantCode(t, err, appraisal.CodeWrongStage)
	for range 2 {
		_, err = b.LookAtCycle(t.Context(), b.cycle)
		must(t, err)
	}
	r, err := b.PulseResults(t.Context(), b.as("pimpinan"), b.cycle)
	if err != nil || r.State != PulseClosed || r.Answers != 6 || r.Understandable != "3.00" || r.Fair != "1.50" || len(r.Groups) != 1 || r.Groups[0].Answers != 6 || len(r.Groups[0].Comments) != 6 {
		t.Fatalf("published is %+v, %v", r, err)
	}
	for what, sql := range map[string]string{
		"tied answers": `select count(*)::int from pulse_answer`, "stored acts": `select count(*)::int from act where name = 'answer_pulse'`,
		"lines of the trail": `select count(*)::int from audit_event where action = 'answer_pulse'`,
	} {
		if n := query[int](t, b, sql); n != 0 {
			t.Errorf("%d %s are left", n, what)
		}
	}
	if own, err := b.Pulse(t.Context(), b.as("ani"), b.of(t, "ani")); err != nil || own.Open || own.Answer != nil {
		t.Errorf("after the publication Ani reads %+v, %v", own, err)
	}
	_, err = b.SetPulseWindow(t.Context(), b.as("hana"), Call{}, b.cycle, PulseWindow{Days: 9})
	wantCode(t, err, appraisal.CodeWrongStage)
}

func TestTheTrailTellsHowLongAPulseWasOpenBeforeItWasChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, days := range []int{10, 20} {
		_, err := b.SetPulseWindow(t.Context(), b.as("hana"), Call{}, b.cycle, PulseWindow{Days: days})
		must(t, err)
	}
	told := query[string](t, b, `select string_agg((content ->> 'before') || '→' || (content ->> 'after'), ' ' order by id)
		from audit_event join audit_content on event_id = id where action = 'set_pulse_window'`)
	if told != "30→10 10→20" {
		t.Errorf("the trail tells %q", told)
	}
}

func TestVoicesOfTooFewAreNeitherShownNorKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i, who := range staff()[:4] {
		b.heard(t, who, appraisal.PulseAnswer{Understandable: 3, Fair: 3, Comment: fmt.Sprint("Suara ", i)})
	}
	b.exec(t, `update appraisal set ended_at = now(), stage = 'closed' where ended_at is null`)
	view, err := b.LookAtCycle(t.Context(), b.cycle) // the pulse closes with its cycle
	if err != nil || !view.Ended {
		t.Fatalf("the cycle is %+v, %v", view, err)
	}
	r, err := b.PulseResults(t.Context(), b.as("hana"), b.cycle)
	if err != nil || r.State != PulseClosed || r.Answers != 0 || r.Fair != "" || len(r.Groups) != 0 {
		t.Errorf("published is %+v, %v", r, err)
	}
	if n := query[int](t, b, `select (select count(*) from pulse_opinion) + (select count(*) from pulse_answer)`); n != 0 {
		t.Errorf("%d voices are kept", n)
	}
}

func TestNoMailIsSentForTheVoiceAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := query[int](t, b, `select count(*)::int from mail where kind = 'pulse'`)
	b.heard(t, "ani", appraisal.PulseAnswer{Understandable: 3, Fair: 3})
	kinds := query[[]string](t, b, `select array_agg(distinct kind) from mail where recipient_id = $1`, b.as("ani").ID)
	if before != 0 || slices.ContainsFunc(kinds, func(k string) bool {
		return !slices.Contains([]string{"task", "reminder", "overdue", "escalation"}, k)
	}) {
		t.Errorf("Ani is sent %v", kinds)
	}
}
