package service

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// A draft that is saved while its step is being closed waits for the step's row; were it kept, an opinion would lie beside its
// author's name for good.
func TestADraftThatRacesWithTheEndOfItsStepIsNotLeftBehind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	step := b.open(t, "ani", appraisal.StepDraftPlan)
	closing, err := b.pool.Begin(t.Context())
	must(t, err)
	defer func() { _ = closing.Rollback(t.Context()) }()
	closed, err := postgres.CloseStep(t.Context(), closing, step, 1, postgres.StepDone, appraisal.OutcomeSubmitted, b.clock.Now())
	if err != nil || !closed {
		t.Fatalf("the step is closed %v: %v", closed, err)
	}
	saved := make(chan error, 1)
	go func() {
		_, err := b.SaveDraft(t.Context(), b.as("ani"), step, json.RawMessage(`{"pendapat":"rahasia"}`))
		saved <- err
	}()
	waiting := `select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')`
	for began := time.Now(); !query[bool](t, b, waiting) && len(saved) == 0; {
		if time.Since(began) > 10*time.Second {
			t.Fatal("the draft neither waits nor is saved")
		}
	}
	must(t, postgres.DropDraft(t.Context(), closing, step))
	must(t, closing.Commit(t.Context()))
	wantCode(t, <-saved, appraisal.CodeWrongStage)
	if n := query[int](t, b, `select count(*) from draft`); n != 0 {
		t.Errorf("%d drafts are left", n)
	}
}

func TestTextThatCannotBeStoredIsTheWritersFault(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	step := b.open(t, "ani", appraisal.StepDraftPlan)
	_, err := b.SaveDraft(t.Context(), b.as("ani"), step, json.RawMessage(`{"a":"\u0000"}`))
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.RateUnit(t.Context(), b.as("hana"), Call{Key: "k"}, b.cycle, UnitRating{Unit: "\x00", Rating: appraisal.OrganisationBaik, Evidence: "x"})
	wantCode(t, err, appraisal.CodeInvalid)

	_, err = b.SaveDraft(t.Context(), b.as("ani"), step, json.RawMessage(`{"a":"x\ud800","n":12345678901234567890}`))
	must(t, err)
	form, err := b.StepForm(t.Context(), b.as("ani"), step)
	must(t, err)
	if !strings.Contains(string(form.Draft), "x\ufffd") || !strings.Contains(string(form.Draft), "12345678901234567890") {
		t.Errorf("the draft is %s", form.Draft)
	}
}
