package worker_test

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/worker"
)

// recover has whatever is gone of the launched cycle started anew, and expects it to be so many workflows.
func (s *system) recover(t *testing.T, want int) {
	t.Helper()
	cycle := await(t, "the launch to be over", func() (service.Cycle, bool) {
		c, err := s.Cycle(t.Context(), s.people["hr"], s.cycle)
		must(t, err)
		return c, c.Status != postgres.CycleLaunching
	})
	conductor := &worker.Conductor{Temporal: s.temporal, BaseURL: "http://pages.test"}
	done, err := conductor.Recover(t.Context(), s.Service, cycle)
	must(t, err)
	if done.Restarted != want {
		t.Fatalf("the recovery found %+v, want %d restarted", done, want)
	}
}

func TestARecoveredCycleHasItsCalibrationsAndClosesByItself(t *testing.T) {
	s := start(t)
	s.launch(t, "tahunan")
	s.recover(t, 0)
	cohorts, err := s.CohortIDs(t.Context(), s.cycle)
	must(t, err)
	lost := []string{appraisal.CycleWorkflowID(s.cycle), appraisal.PipelineID(s.cycle, s.people["ani"].ID)}
	for _, k := range cohorts {
		lost = append(lost, appraisal.CalibrationID(s.cycle, k))
	}
	for _, id := range lost {
		must(t, s.temporal.TerminateWorkflow(t.Context(), id, "", "lost"))
	}
	s.recover(t, len(lost))
	s.recover(t, 0)
	_, err = s.Cancel(t.Context(), s.people["hr"], service.Call{}, s.cycle, service.CycleCommand{Reason: "Diulang."})
	must(t, err)
	for _, id := range lost {
		s.awaitEnd(t, id)
	}
	s.recover(t, 0)
}
