package service

import (
	"errors"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

func TestACycleBeginsAtAStageThatItsTemplateRuns(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	for _, stage := range []appraisal.Stage{
		appraisal.StagePeerReview, appraisal.StageObjection, appraisal.StageClosed, appraisal.StageWithdrawn, appraisal.StagePending, "promotion",
	} {
		_, err := b.CreateCycle(t.Context(), b.as("hana"), Call{}, NewCycle{
			Code: "2026", Name: "Kinerja", PeriodStart: "2026-01-01", PeriodEnd: "2026-03-31", TemplateName: "triwulan", FirstStage: stage,
		})
		var fault *appraisal.Error
		if !errors.As(err, &fault) || len(fault.Fields) != 1 || fault.Fields[0].Field != "first_stage" {
			t.Errorf("a cycle that begins at %q: %v", stage, err)
		}
	}
	c, err := b.CreateCycle(t.Context(), b.as("hana"), Call{}, NewCycle{
		Code: "2026", Name: "Kinerja", PeriodStart: "2026-01-01", PeriodEnd: "2026-03-31", TemplateName: "triwulan", FirstStage: appraisal.StageSelfReview,
	})
	if err != nil || c.FirstStage != appraisal.StageSelfReview {
		t.Errorf("a cycle that begins at the self-review: %+v, %v", c, err)
	}
}

func TestACycleWhosePeopleHaveAllEndedClosesAndItsTrailSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range append(staff(), "kadis", "kabid") {
		_, err := b.Withdraw(t.Context(), b.as("hana"), Call{}, b.of(t, who), CycleCommand{Reason: "Pindah instansi"})
		must(t, err)
	}
	for range 2 {
		v, err := b.LookAtCycle(t.Context(), b.cycle)
		must(t, err)
		if !v.Ended || v.Status != postgres.CycleClosed || v.Open != 0 || v.People != 8 {
			t.Errorf("the cycle's workflow finds %+v", v)
		}
	}
	if n := query[int](t, b, `select count(*)::int from audit_event where action = 'close_cycle' and actor_id is null and subject = 'cycle/' || $1`,
		string(b.cycle)); n != 1 {
		t.Errorf("the trail has the closing %d times", n)
	}
}

func TestTheOneOpinionAboutSomebodyWhoIsWithdrawnIsNotKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	peers := b.choosePeers(t, "ani")
	b.answer(t, peers[0], "ani", 4, "Rekan yang baik")
	b.clock.advance(time.Second)
	_, err := b.Withdraw(t.Context(), b.as("hana"), Call{}, b.of(t, "ani"), CycleCommand{Reason: "Pensiun"})
	must(t, err)
	if tied, apart := query[int](t, b, `select count(*)::int from peer_answer`), query[int](t, b, `select count(*)::int from peer_opinion`); tied != 0 || apart != 0 {
		t.Errorf("%d opinions stand with their author, %d apart", tied, apart)
	}
	if shown := query[int](t, b, `select count(*)::int from peer_aggregate where appraisal_id = $1 and not withheld`, b.of(t, "ani")); shown != 0 {
		t.Errorf("one opinion alone is told in %d aggregates", shown)
	}
}
