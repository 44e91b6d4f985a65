package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

func (b *bundle) rateUnit(t *testing.T, rating appraisal.OrganisationRating, reason string) error {
	t.Helper()
	_, err := b.RateUnit(t.Context(), b.as("hana"), Call{}, b.cycle, UnitRating{Unit: "BIDANG", Rating: rating, Evidence: "LKjIP", Reason: reason})
	return err
}

func (b *bundle) ratedUnit(t *testing.T, code string) RatedUnit {
	t.Helper()
	list, err := b.UnitRatings(t.Context(), b.as("hana"), b.cycle)
	must(t, err)
	for _, u := range list {
		if u.Code == code {
			return u
		}
	}
	t.Fatalf("%s is not among %+v", code, list)
	return RatedUnit{}
}

func TestAUnitsRatingIsChangedWithAReasonAndEveryVersionIsKept(t *testing.T) {
	t.Parallel()
	b := calibrating(t) // rated baik
	before := b.session(t, "ani").Version
	wantCode(t, b.rateUnit(t, appraisal.OrganisationIstimewa, ""), appraisal.CodeInvalid)
	must(t, b.rateUnit(t, appraisal.OrganisationIstimewa, "Hasil evaluasi akhir lebih tinggi"))
	k := b.session(t, "ani")
	if k.Rating != appraisal.OrganisationIstimewa || k.Version == before || k.Guidelines[0].Of[0] != appraisal.PredikatSangatBaik {
		t.Errorf("the open session is held against %s in version %d: %+v", k.Rating, k.Version, k.Guidelines)
	}
	u := b.ratedUnit(t, "BIDANG")
	if u.Rating != appraisal.OrganisationIstimewa || len(u.History) != 2 || u.History[1].Before != appraisal.OrganisationBaik ||
		u.History[1].Reason != "Hasil evaluasi akhir lebih tinggi" || u.History[1].RatedBy != "Hana Putri" || u.History[0].Evidence != "Laporan kinerja" {
		t.Errorf("kept are %+v", u)
	}
	_, err := b.RateUnit(t.Context(), b.as("hana"), Call{Version: 1}, b.cycle, UnitRating{Unit: "BIDANG", Rating: "baik", Evidence: "LKjIP", Reason: "Dari halaman lama"})
	wantCode(t, err, appraisal.CodeConflict)
	for _, who := range []string{"komite", "ani", "pimpinan"} {
		_, err := b.UnitRatings(t.Context(), b.as(who), b.cycle)
		wantCode(t, err, appraisal.CodeForbidden)
	}
}

func TestALockedSessionKeepsTheRatingThatItWasLockedWith(t *testing.T) {
	t.Parallel()
	b := opened(t)
	must(t, b.rateUnit(t, appraisal.OrganisationBaik, ""))
	b.lock(t, "ani")
	wantCode(t, b.rateUnit(t, appraisal.OrganisationKurang, "Terlambat"), appraisal.CodeWrongStage)
	b.enter(t, "fitri", appraisal.StageCalibration) // a follow-up session opens, for which it may still change
	must(t, b.rateUnit(t, appraisal.OrganisationKurang, "Temuan pemeriksaan"))
	if k := b.session(t, "fitri"); k.Rating != appraisal.OrganisationKurang || k.Sessions[0].Rating != appraisal.OrganisationBaik {
		t.Errorf("the follow-up is held against %s, the first was locked with %s", k.Rating, k.Sessions[0].Rating)
	}
	b.lock(t, "fitri")
	if k := b.session(t, "fitri"); k.Rating != appraisal.OrganisationKurang || len(k.Sessions) != 2 || k.Sessions[1].Rating != appraisal.OrganisationKurang {
		t.Errorf("after both locks: %s, %+v", k.Rating, k.Sessions)
	}
}

func TestAPaperNamesTheRatingThatTheSessionWasLockedWith(t *testing.T) {
	t.Parallel()
	b := opened(t)
	must(t, b.rateUnit(t, appraisal.OrganisationBaik, ""))
	must(t, b.rateUnit(t, appraisal.OrganisationButuhPerbaikan, "Hasil evaluasi akhir lebih rendah"))
	against := func(who string, want appraisal.OrganisationRating) {
		t.Helper()
		rated, err := postgres.CohortRating(t.Context(), b.pool, b.of(t, who))
		must(t, err)
		if rated == nil || rated.Rating != want || rated.Unit != "Bidang Perizinan" {
			t.Errorf("%s was calibrated against %+v, want %s", who, rated, want)
		}
	}
	against("ani", appraisal.OrganisationButuhPerbaikan)
	b.lock(t, "ani")
	b.enter(t, "fitri", appraisal.StageCalibration)
	must(t, b.rateUnit(t, appraisal.OrganisationIstimewa, "Koreksi setelah banding"))
	b.lock(t, "fitri")
	against("ani", appraisal.OrganisationButuhPerbaikan)
	against("fitri", appraisal.OrganisationIstimewa)
}

// waits returns once somebody waits for a lock.
func (b *bundle) waits(t *testing.T) {
	t.Helper()
	for query[int](t, b, `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) == 0 {
		if t.Context().Err() != nil {
			t.Fatal(t.Context().Err())
		}
	}
}

func TestALockThatRacesWithARatingOfTheUnitIsRefusedUnlessItSawIt(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	ctx, id, seen := t.Context(), b.cohort(t, "ani"), b.session(t, "ani").Version
	rating, err := b.pool.Begin(ctx)
	must(t, err)
	defer func() { _ = rating.Rollback(ctx) }()
	_, _, err = postgres.LockRatedUnit(ctx, rating, b.cycle, b.units["BIDANG"])
	must(t, err)
	must(t, postgres.AddOrganisationRating(ctx, rating, b.cycle, postgres.OrganisationRating{
		UnitID: b.units["BIDANG"], Number: 2, Rating: appraisal.OrganisationKurang, Evidence: "LKjIP", Reason: "Temuan", RatedAt: b.clock.Now()}, nil))
	locked := make(chan error, 1)
	go func() {
		_, err := b.LockCohort(ctx, b.as("komite"), Call{Version: seen}, id, Lock{Justification: "Sebaran sesuai capaian"})
		locked <- err
	}()
	b.waits(t)
	must(t, rating.Commit(ctx))
	wantCode(t, <-locked, appraisal.CodeConflict)
	if k := b.session(t, "ani"); k.Status != postgres.CohortOpen || k.Rating != appraisal.OrganisationKurang {
		t.Errorf("after the refusal the session is %s, held against %s", k.Status, k.Rating)
	}
}

func TestARatingThatRacesWithTheLockFindsTheSessionLocked(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	ctx, id := t.Context(), b.cohort(t, "ani")
	locking, err := b.pool.Begin(ctx)
	must(t, err)
	defer func() { _ = locking.Rollback(ctx) }()
	k, err := postgres.LockCohortRow(ctx, locking, id)
	must(t, err)
	k.Status = postgres.CohortLocked
	must(t, postgres.SetCohort(ctx, locking, k))
	rated := make(chan error, 1)
	go func() { rated <- b.rateUnit(t, appraisal.OrganisationKurang, "Temuan pemeriksaan") }()
	b.waits(t)
	must(t, locking.Commit(ctx))
	wantCode(t, <-rated, appraisal.CodeWrongStage)
	if got := query[int](t, b, `select count(*)::int from organisation_rating`); got != 1 {
		t.Errorf("%d versions of the rating are stored", got)
	}
}
