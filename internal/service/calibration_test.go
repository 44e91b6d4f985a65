package service

import (
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// opened brings all but Fitri to their session and lets its deadline open it; Fitri has been reviewed and comes late.
func opened(t *testing.T) *bundle {
	t.Helper()
	b := setup(t)
	for _, who := range staff() {
		b.reach(t, who, appraisal.StageAppraiserReview)
		b.review(t, who, appraisal.ExpectationMeets, appraisal.ExpectationMeets)
		if who != "fitri" {
			b.enter(t, who, appraisal.StageCalibration)
		}
	}
	b.clock.advance(time.Hour)
	_, err := b.LookAtCohort(t.Context(), b.cohort(t, "ani"))
	must(t, err)
	if k := b.session(t, "ani"); k.Status != postgres.CohortOpen || k.Ready != 5 {
		t.Fatalf("the session is %+v", k)
	}
	return b
}

func TestASessionThatSomebodyJoinedIsNotLockedUnseen(t *testing.T) {
	t.Parallel()
	b := opened(t)
	seen := b.session(t, "ani").Version
	b.enter(t, "fitri", appraisal.StageCalibration)
	lock := Lock{Justification: "Sebaran sesuai capaian"}
	_, err := b.LockCohort(t.Context(), b.as("komite"), Call{Version: seen}, b.cohort(t, "ani"), lock)
	wantCode(t, err, appraisal.CodeConflict)
	_, err = b.LockCohort(t.Context(), b.as("komite"), Call{Version: b.session(t, "ani").Version}, b.cohort(t, "ani"), lock)
	must(t, err)
	for _, who := range staff() {
		if v := b.look(t, who); !v.Settled || v.Outcome != appraisal.OutcomeLocked {
			t.Errorf("after the lock %s waits: %+v", who, v)
		}
	}
}

func TestALockThatRacesWithSomebodyWhoJoinsIsRefusedWhole(t *testing.T) {
	t.Parallel()
	b := opened(t)
	ctx, cohort := t.Context(), b.cohort(t, "ani")
	joining, err := b.pool.Begin(ctx)
	must(t, err)
	defer func() { _ = joining.Rollback(ctx) }()
	must(t, postgres.MarkCohortReady(ctx, joining, b.of(t, "fitri"), b.clock.Now()))
	_, err = postgres.LockCohortRow(ctx, joining, cohort)
	must(t, err)

	locked := make(chan error, 1)
	go func() {
		_, err := b.LockCohort(ctx, b.as("komite"), Call{}, cohort, Lock{Justification: "Sebaran sesuai capaian"})
		locked <- err
	}()
	for query[int](t, b, `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) == 0 {
		if ctx.Err() != nil {
			t.Fatal(ctx.Err())
		}
	}
	must(t, joining.Commit(ctx))
	wantCode(t, <-locked, appraisal.CodeConflict)
	if k := b.session(t, "ani"); k.Status != postgres.CohortOpen || k.Ready != 6 {
		t.Errorf("after the refusal the session is %+v", k)
	}
}

func TestACancelledCycleOpensNoSessionAndEndsItsCalibrations(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range staff() {
		b.reach(t, who, appraisal.StageAppraiserReview)
	}
	b.review(t, "ani", appraisal.ExpectationMeets, appraisal.ExpectationMeets)
	b.enter(t, "ani", appraisal.StageCalibration)
	_, err := b.Cancel(t.Context(), b.as("hana"), Call{}, b.cycle, CycleCommand{Reason: "Diulang"})
	must(t, err)
	b.clock.advance(30 * 24 * time.Hour)
	look := func() CohortView {
		v, err := b.LookAtCohort(t.Context(), b.cohort(t, "ani"))
		must(t, err)
		return v
	}
	if v := look(); v.Done || v.Status != postgres.CohortWaiting {
		t.Errorf("before its members are withdrawn the calibration finds %+v", v)
	}
	for _, who := range []string{"budi", "citra", "dodi", "eko", "fitri", "ani"} { // ani, who is ready, last
		b.look(t, who)
	}
	if v := look(); !v.Done || v.Status != postgres.CohortWaiting {
		t.Errorf("after its members were withdrawn the calibration finds %+v", v)
	}
	if n := query[int](t, b, `select count(*)::int from mail where recipient_id = $1`, b.as("komite").ID); n != 0 {
		t.Errorf("%d mails went to the committee about a cancelled cycle", n)
	}
}
