package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestNoProgressIsRecordedWhileTheCycleIsPausedNorAfterItWasCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StageExecution)
	indicator := query[string](t, b, `select i.id::text from indicator i join key_result k on k.id = i.key_result_id
		join plan p on p.id = k.plan_id where p.appraisal_id = $1`, b.of(t, "ani"))
	record := func() error {
		_, err := b.AddProgress(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.Progress{Indicator: indicator, Value: "40"})
		return err
	}
	_, err := b.Pause(t.Context(), b.as("hana"), Call{}, b.cycle, CycleCommand{})
	must(t, err)
	wantCode(t, record(), appraisal.CodeWrongStage)
	_, err = b.Resume(t.Context(), b.as("hana"), Call{}, b.cycle, CycleCommand{})
	must(t, err)
	must(t, record())
	_, err = b.Cancel(t.Context(), b.as("hana"), Call{}, b.cycle, CycleCommand{Reason: "Reorganisasi"})
	must(t, err)
	wantCode(t, record(), appraisal.CodeWrongStage)
}

func TestASessionOfACancelledCycleIsNeitherChangedNorLocked(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	_, err := b.Cancel(t.Context(), b.as("hana"), Call{}, b.cycle, CycleCommand{Reason: "Reorganisasi"})
	must(t, err)
	id := b.cohort(t, "ani")
	_, err = b.ChangeRating(t.Context(), b.as("komite"), Call{}, id, CalibrationChange{
		Appraisal: b.of(t, "ani"), WorkResult: appraisal.ExpectationBelow, Behaviour: appraisal.ExpectationMeets, Reason: "Bukti"})
	wantCode(t, err, appraisal.CodeWrongStage)
	_, err = b.LockCohort(t.Context(), b.as("komite"), Call{}, id, Lock{Justification: "Sesuai bukti"})
	wantCode(t, err, appraisal.CodeWrongStage)
}
