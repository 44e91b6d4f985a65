package service

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// inForce returns somebody's plan in force as a change would begin with it.
func (b *bundle) inForce(t *testing.T, who string) []appraisal.KeyResult {
	t.Helper()
	results, _, err := planInForce(t.Context(), b.pool, b.of(t, who))
	must(t, err)
	return results
}

// amended is the plan in force with another target and one more key result.
func (b *bundle) amended(t *testing.T, who string) appraisal.PlanChange {
	t.Helper()
	results := b.inForce(t, who)
	results[0].Indicators[0].Target = "90"
	added := b.planOf(t, who)[0]
	added.Statement = "Pengaduan tuntas dalam sehari"
	return appraisal.PlanChange{Reason: "Dua loket ditutup", EffectiveOn: "2026-02-01", KeyResults: append(results, added)}
}

func (b *bundle) proposeChange(t *testing.T, actor, about string) appraisal.PlanChangeID {
	t.Helper()
	receipt, err := b.ProposePlanChange(t.Context(), b.as(actor), Call{}, b.of(t, about), b.amended(t, about))
	must(t, err)
	return appraisal.PlanChangeID(receipt.ID)
}

func (b *bundle) history(t *testing.T, reader, about string) PlanHistory {
	t.Helper()
	h, err := b.PlanHistory(t.Context(), b.as(reader), b.of(t, about))
	must(t, err)
	return h
}

func wantKey(t *testing.T, err error, code appraisal.Code, key string) {
	t.Helper()
	wantCode(t, err, code)
	var e *appraisal.Error
	if e = asError(err); e.Key != key {
		t.Fatalf("error says %s, want %s", e.Key, key)
	}
}

func TestAnAgreedChangeIsANewVersionThatKeepsTheOldOneWholeAndTheHistoryOfWhatGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "kabid", appraisal.StageExecution)
	b.enter(t, "ani", appraisal.StageTargets)
	plan := b.plan(t)
	plan[0].ServesStrategy, plan[0].ServesKeyResult = "", b.inForce(t, "kabid")[0].ID
	_, err := b.SubmitPlan(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepDraftPlan), plan)
	must(t, err)
	b.look(t, "ani")
	b.decidePlan(t, "ani", PlanDecision{Approve: true})
	b.enter(t, "ani", appraisal.StageExecution)
	indicator := b.inForce(t, "kabid")[0].Indicators[0].ID
	_, err = b.AddProgress(t.Context(), b.as("kabid"), Call{}, b.of(t, "kabid"), appraisal.Progress{Indicator: indicator, Value: "92"})
	must(t, err)
	before := query[int](t, b, `select count(*)::int from wake`)

	id := b.proposeChange(t, "kabid", "kabid")
	if h := b.history(t, "kadis", "kabid"); !h.Changes[0].MayAnswer || h.Changes[0].MayWithdraw || h.MayPropose || len(h.Versions) != 1 {
		t.Errorf("the appraiser reads %+v", h)
	}
	_, err = b.AnswerPlanChange(t.Context(), b.as("kadis"), Call{}, id, PlanChangeAnswer{Agree: true, Comment: "Setuju"})
	must(t, err)

	if after := query[int](t, b, `select count(*)::int from wake`); after != before {
		t.Errorf("%d wakes were queued", after-before)
	}
	h := b.history(t, "kabid", "kabid")
	first, second := h.Versions[1], h.Versions[0]
	if !second.Current || first.Current || second.State != postgres.PlanApproved || second.DecidedBy != "Kadis Ratna" ||
		second.EffectiveOn.Format(time.DateOnly) != "2026-02-01" {
		t.Errorf("the versions are %+v, %+v", first, second)
	}
	if first.KeyResults[0].Indicators[0].Target != "95" || second.KeyResults[0].Indicators[0].Target != "90" || len(first.KeyResults) != 1 {
		t.Errorf("the old version says %+v", first.KeyResults)
	}
	if got := second.Differences; len(got) != 2 || got[0].State != appraisal.VersionChanged || got[1].State != appraisal.VersionAdded ||
		!slices.Equal(got[0].Indicators[0].Fields, []string{"target"}) {
		t.Errorf("the versions differ in %+v", got)
	}
	kr := b.read(t, "kabid", "kabid").Plan.KeyResults[0]
	if i := kr.Indicators[0]; i.ID != indicator || i.Realisation != "92" || i.Met == nil || !*i.Met {
		t.Errorf("the indicator goes on as %+v", i)
	}
	if h.Figures[indicator] != (IndicatorFigures{Latest: "92", Entries: 1}) {
		t.Errorf("the figures are %+v", h.Figures)
	}
	if served := b.read(t, "ani", "ani").Plan.KeyResults[0].Serves[0]; served.Dropped || served.Owner != "Kabid Joko" {
		t.Errorf("the subordinate's key result serves %+v", served)
	}
}

func TestAKeyResultThatTheSuperiorDropsIsShownAsDroppedAndMayBeKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "kabid", appraisal.StageExecution)
	b.enter(t, "ani", appraisal.StageTargets)
	plan := b.plan(t)
	plan[0].ServesStrategy, plan[0].ServesKeyResult = "", b.inForce(t, "kabid")[0].ID
	_, err := b.SubmitPlan(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepDraftPlan), plan)
	must(t, err)
	b.look(t, "ani")
	b.decidePlan(t, "ani", PlanDecision{Approve: true})
	b.enter(t, "ani", appraisal.StageExecution)
	other := b.amended(t, "kabid")
	other.KeyResults = other.KeyResults[1:]
	receipt, err := b.ProposePlanChange(t.Context(), b.as("kadis"), Call{}, b.of(t, "kabid"), other)
	must(t, err)
	_, err = b.AnswerPlanChange(t.Context(), b.as("kabid"), Call{}, appraisal.PlanChangeID(receipt.ID), PlanChangeAnswer{Agree: true})
	must(t, err)

	served := b.read(t, "ani", "ani").Plan.KeyResults[0].Serves
	if !served[0].Dropped || served[0].Statement != "Izin terbit dalam tiga hari" || served[len(served)-1].Kind != "visi" {
		t.Errorf("the chain is %+v", served)
	}
	form, err := b.PlanChangeForm(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if last := form.Alignments[len(form.Alignments)-1]; !last.Gone || last.KeyResult != plan[0].ServesKeyResult {
		t.Errorf("what cannot be chosen any more is offered as %+v", last)
	}
	b.proposeChange(t, "ani", "ani") // it keeps the link, and adds one to an objective
}

func TestOnlyTheTwoSidesChangeAPlanAndOnlyTheOtherOneAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	for who, code := range map[string]appraisal.Code{
		"hana": appraisal.CodeForbidden, "komite": appraisal.CodeNotFound, "kadis": appraisal.CodeForbidden, "budi": appraisal.CodeNotFound,
	} {
		_, err := b.ProposePlanChange(t.Context(), b.as(who), Call{}, b.of(t, "ani"), b.amended(t, "ani"))
		wantCode(t, err, code)
	}
	id := b.proposeChange(t, "kabid", "ani")
	agree := PlanChangeAnswer{Agree: true}
	_, err := b.AnswerPlanChange(t.Context(), b.as("kabid"), Call{}, id, agree)
	wantKey(t, err, appraisal.CodeForbidden, "error.change_own")
	_, err = b.WithdrawPlanChange(t.Context(), b.as("ani"), Call{}, id)
	wantKey(t, err, appraisal.CodeForbidden, "error.change_not_own")
	_, err = b.AnswerPlanChange(t.Context(), b.as("budi"), Call{}, id, agree)
	wantCode(t, err, appraisal.CodeNotFound)
	_, err = b.AnswerPlanChange(t.Context(), b.as("ani"), Call{}, id, PlanChangeAnswer{})
	wantCode(t, err, appraisal.CodeInvalid) // declining needs words
	_, err = b.AnswerPlanChange(t.Context(), b.as("ani"), Call{Key: "k"}, id, PlanChangeAnswer{Comment: "Target lama masih wajar"})
	must(t, err)
	_, err = b.AnswerPlanChange(t.Context(), b.as("ani"), Call{Key: "k"}, id, PlanChangeAnswer{Comment: "Target lama masih wajar"})
	must(t, err)
	if h := b.history(t, "hana", "ani"); h.Changes[0].State != appraisal.PlanChangeDeclined || h.Changes[0].Answer != "Target lama masih wajar" ||
		len(h.Versions) != 1 || h.MayPropose {
		t.Errorf("after declining: %+v", h)
	}
}

func TestANewAppraiserDoesNotAnswerInTheEmployeesPlace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	id := b.proposeChange(t, "kabid", "ani")
	_, err := b.pool.Exec(t.Context(), `update appraisal set appraiser_id = $2 where id = $1`, b.of(t, "ani"), b.as("komite").ID)
	must(t, err)
	if h := b.history(t, "komite", "ani"); h.Changes[0].MayAnswer {
		t.Error("the new appraiser is offered to answer what the one before proposed")
	}
	_, err = b.AnswerPlanChange(t.Context(), b.as("komite"), Call{}, id, PlanChangeAnswer{Agree: true})
	wantCode(t, err, appraisal.CodeForbidden)
	if !b.history(t, "ani", "ani").Changes[0].MayAnswer {
		t.Error("ani is not offered to answer")
	}
	_, err = b.AnswerPlanChange(t.Context(), b.as("ani"), Call{}, id, PlanChangeAnswer{Agree: true})
	must(t, err)
}

func TestTheEffectOfAChangeIsToldByTheMeasuredFigureAndThePartOfTheTargetThatCounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution) // 38 of 40 files are done in January
	indicator := query[string](t, b, `update indicator i set source = 'files_completed', measure = 'berkas', direction = 'more', aspect = 'quantity'
		from key_result k join plan p on p.id = k.plan_id where i.key_result_id = k.id and p.appraisal_id = $1 and i.ordinal = 1 and k.ordinal = 1
		returning i.id::text`, b.of(t, "ani"))
	f := b.history(t, "ani", "ani").Figures[indicator]
	at := func(target string) bool {
		t.Helper()
		met := f.Meets(&appraisal.Indicator{ID: indicator, Target: target, Direction: appraisal.DirectionMore})
		if met == nil {
			t.Fatalf("of %+v nothing is told", f)
		}
		return *met
	}
	if f.Entries != 0 || at("100") || !at(f.Latest) {
		t.Errorf("without a part of the period %+v", f)
	}
	_, err := b.pool.Exec(t.Context(), `insert into tenure (appraisal_id, served, months, cause) values ($1, 3, 12, 'position')`, b.of(t, "ani"))
	must(t, err)
	_, err = b.pool.Exec(t.Context(), `update cycle set policy_document = jsonb_set(policy_document, '{periods,part_period}', '"quantity"')`)
	must(t, err)
	if f = b.history(t, "ani", "ani").Figures[indicator]; !at("100") { // of 100 a quarter counts
		t.Errorf("with a quarter of the period %+v", f)
	}
}

func TestTwoProposalsAtOnceLeaveOneAndAnswersToWhatIsOverAreConflicts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	in := b.amended(t, "ani")
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i, who := range []string{"ani", "kabid"} {
		both.Go(func() { _, errs[i] = b.ProposePlanChange(t.Context(), b.as(who), Call{}, b.of(t, "ani"), in) })
	}
	both.Wait()
	proposer, other := "ani", "kabid"
	if errs[0] != nil {
		proposer, other = other, proposer
		slices.Reverse(errs)
	}
	must(t, errs[0])
	wantKey(t, errs[1], appraisal.CodeConflict, "error.change_open")

	id := b.history(t, "ani", "ani").Changes[0].ID
	_, err := b.WithdrawPlanChange(t.Context(), b.as(proposer), Call{}, id)
	must(t, err)
	_, err = b.AnswerPlanChange(t.Context(), b.as(other), Call{}, id, PlanChangeAnswer{Agree: true})
	wantKey(t, err, appraisal.CodeConflict, "error.change_ended.withdrawn")

	// Agreeing to and withdrawing the same proposal at once: one of them happens, the other is told what did.
	b.clock.advance(time.Second)
	id = b.proposeChange(t, proposer, "ani")
	both.Go(func() { _, errs[0] = b.WithdrawPlanChange(t.Context(), b.as(proposer), Call{}, id) })
	both.Go(func() {
		_, errs[1] = b.AnswerPlanChange(t.Context(), b.as(other), Call{}, id, PlanChangeAnswer{Agree: true})
	})
	both.Wait()
	state, versions := b.history(t, "ani", "ani").Changes[0].State, len(b.history(t, "ani", "ani").Versions)
	switch {
	case errs[0] == nil:
		wantKey(t, errs[1], appraisal.CodeConflict, "error.change_ended.withdrawn")
	case errs[1] == nil:
		wantKey(t, errs[0], appraisal.CodeConflict, "error.change_ended.agreed")
	default:
		t.Fatal(errs)
	}
	if agreed := state == appraisal.PlanChangeAgreed; agreed != (errs[1] == nil) || agreed != (versions == 2) {
		t.Errorf("the proposal is %s, there are %d versions, the errors are %v", state, versions, errs)
	}
}

func TestAProposalThatThePlanHasOvertakenCannotBeAgreedTo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	id := b.proposeChange(t, "ani", "ani")
	_, err := postgres.AddPlan(t.Context(), b.pool, b.of(t, "ani"), postgres.NewPlan{State: postgres.PlanApproved, At: b.clock.Now()}, b.inForce(t, "ani"))
	must(t, err)
	_, err = b.AnswerPlanChange(t.Context(), b.as("kabid"), Call{}, id, PlanChangeAnswer{Agree: true})
	wantKey(t, err, appraisal.CodeConflict, "error.change_outdated")
	_, err = b.AnswerPlanChange(t.Context(), b.as("kabid"), Call{}, id, PlanChangeAnswer{Comment: "SKP sudah berubah"})
	must(t, err)
}

func TestAProposalOpenWhenExecutionEndsLapsesVisibly(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, b *bundle) error{
		"by the employee": func(t *testing.T, b *bundle) error {
			_, err := b.CompleteExecution(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepRecordProgress))
			return err
		},
		"by the window": func(t *testing.T, b *bundle) error {
			b.clock.advance(400 * 24 * time.Hour)
			_, err := b.Look(t.Context(), b.of(t, "ani"))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.reach(t, "ani", appraisal.StageExecution)
			id := b.proposeChange(t, "ani", "ani")
			// The end of the stage and the agreement at the same instant: whoever takes the row first is right.
			errs := make([]error, 2)
			var both sync.WaitGroup
			both.Go(func() { errs[0] = end(t, b) })
			both.Go(func() {
				_, errs[1] = b.AnswerPlanChange(t.Context(), b.as("kabid"), Call{}, id, PlanChangeAnswer{Agree: true})
			})
			both.Wait()
			must(t, errs[0])
			h := b.history(t, "ani", "ani")
			if errs[1] == nil {
				if h.Changes[0].State != appraisal.PlanChangeAgreed || len(h.Versions) != 2 {
					t.Errorf("agreed in time: %+v", h.Changes)
				}
				return
			}
			wantKey(t, errs[1], appraisal.CodeConflict, "error.change_ended.lapsed")
			if h.Changes[0].State != appraisal.PlanChangeLapsed || h.Changes[0].EndedAt == nil || len(h.Versions) != 1 || h.MayPropose {
				t.Errorf("too late: %+v", h)
			}
			_, err := b.ProposePlanChange(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), b.amended(t, "ani"))
			wantKey(t, err, appraisal.CodeWrongStage, "error.change_stage")
			actions := query[[]string](t, b, `select array_agg(action order by id) from audit_event where appraisal_id = $1`, b.of(t, "ani"))
			if !slices.Contains(actions, "lapse_plan_change") {
				t.Errorf("the trail is %v", actions)
			}
		})
	}
}

func TestAnIndicatorInAnotherUnitOfMeasureBeginsAnewAndTheOldOneKeepsItsRecord(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	in := b.amended(t, "ani")
	old := in.KeyResults[0].Indicators[0].ID
	_, err := b.AddProgress(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.Progress{Indicator: old, Value: "40"})
	must(t, err)
	in.KeyResults[0].Indicators[0].Measure = "berkas"
	receipt, err := b.ProposePlanChange(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), in)
	must(t, err)
	_, err = b.AnswerPlanChange(t.Context(), b.as("kabid"), Call{}, appraisal.PlanChangeID(receipt.ID), PlanChangeAnswer{Agree: true})
	must(t, err)
	h := b.history(t, "ani", "ani")
	if i := h.Versions[0].KeyResults[0].Indicators; len(i) != 1 || i[0].ID == old || i[0].Measure != "berkas" {
		t.Errorf("the new version has %+v", i)
	}
	if i := h.Versions[1].KeyResults[0].Indicators; len(i) != 1 || i[0].ID != old || h.Figures[old].Latest != "40" {
		t.Errorf("the old version has %+v, figures %+v", i, h.Figures)
	}
	_, err = b.AddProgress(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.Progress{Indicator: old, Value: "41"})
	wantCode(t, err, appraisal.CodeInvalid)
}

func TestADraftOfAChangeIsKeptUntilItIsProposed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	_, err := b.SavePlanChangeDraft(t.Context(), b.as("kabid"), b.of(t, "ani"), json.RawMessage(`{"reason":"nanti"}`))
	must(t, err)
	form := func() PlanChangeForm {
		f, err := b.PlanChangeForm(t.Context(), b.as("kabid"), b.of(t, "ani"))
		must(t, err)
		return f
	}
	if f := form(); f.DraftAt == nil || f.First.Format(time.DateOnly) != "2026-01-01" || f.Last.Format(time.DateOnly) != "2026-12-31" {
		t.Errorf("the form is %+v", f)
	}
	_, err = b.PlanChangeForm(t.Context(), b.as("hana"), b.of(t, "ani"))
	wantCode(t, err, appraisal.CodeForbidden)
	b.proposeChange(t, "kabid", "ani")
	if f := form(); f.DraftAt != nil {
		t.Error("the draft outlives its proposal")
	}
}
