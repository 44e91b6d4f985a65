package web_test

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func (s *scripted) Cohorts(context.Context, appraisal.Actor, appraisal.CycleID) ([]service.Cohort, error) {
	return []service.Cohort{s.cohort}, nil
}

func (s *scripted) Cohort(context.Context, appraisal.Actor, appraisal.CohortID) (service.Cohort, error) {
	return s.cohort, nil
}

func (s *scripted) ChangeRating(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CohortID, in service.CalibrationChange) (service.Receipt, error) {
	return s.do("change_rating", call, string(id), in)
}

func (s *scripted) PreviewChange(context.Context, appraisal.Actor, appraisal.CohortID, service.CalibrationChange) (service.Rating, error) {
	return *s.foreseen, s.refuse["preview_change"]
}

func (s *scripted) SessionMember(context.Context, appraisal.Actor, appraisal.CohortID, appraisal.AppraisalID) (service.MemberHistory, error) {
	return exampleHistory(), nil
}

func (s *scripted) JoinSession(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CohortID) (service.Receipt, error) {
	return s.do("join_session", call, string(id), nil)
}

func (s *scripted) ConfirmSession(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CohortID) (service.Receipt, error) {
	return s.do("confirm_session", call, string(id), nil)
}

func (s *scripted) GiveOpinion(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CohortID, in service.SessionOpinion) (service.Receipt, error) {
	return s.do("give_opinion", call, string(id), in)
}

func (s *scripted) LockCohort(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CohortID, in service.Lock) (service.Receipt, error) {
	return s.do("lock_cohort", call, string(id), in)
}

func (s *scripted) UnitRatings(context.Context, appraisal.Actor, appraisal.CycleID) ([]service.RatedUnit, error) {
	return []service.RatedUnit{
		{UnitID: "u-1", Code: "D7", Unit: "Dinas Kependudukan dan Pencatatan Sipil", People: 24, Rating: "istimewa",
			History: []service.UnitRatingVersion{
				{Number: 1, Rating: "baik", Evidence: "LKjIP 2026.", RatedBy: everybody.Name, RatedAt: *moment(-9)},
				{Number: 2, Before: "baik", Rating: "istimewa", Evidence: "LKjIP 2026, hasil reviu.", Reason: "Hasil reviu lebih tinggi.", RatedBy: everybody.Name, RatedAt: *moment(-2)},
			},
			Sessions: []service.RatedSession{{Level: appraisal.LevelPelaksana, Status: "open", Round: 2, Rating: "istimewa"}, {Level: appraisal.LevelPengawas, Status: "locked", Round: 1, Rating: "baik"}}},
		{UnitID: "u-2", Code: "D8", Unit: "Dinas Sosial", People: 12, Sessions: []service.RatedSession{{Level: appraisal.LevelPelaksana, Status: "waiting", Round: 1}}},
		{UnitID: "u-3", Code: "D8.1", Unit: "Seksi Kecil", People: 3},
	}, nil
}

func (s *scripted) RateUnit(_ context.Context, _ appraisal.Actor, call service.Call, id appraisal.CycleID, in service.UnitRating) (service.Receipt, error) {
	return s.do("rate_unit", call, string(id), in)
}

func (s *scripted) Spread(context.Context, appraisal.Actor, appraisal.CycleID) (service.CycleSpread, error) {
	group := service.SpreadGroup{
		Key: "u-1", Name: "Dinas Kependudukan dan Pencatatan Sipil", People: 24, ByCommittee: 2, ByObjection: 1,
		Reviewed:   map[appraisal.Predikat]int{"sangat_baik": 9, "baik": 15},
		Calibrated: map[appraisal.Predikat]int{"sangat_baik": 7, "baik": 17}, Final: map[appraisal.Predikat]int{"sangat_baik": 8, "baik": 16},
	}
	level, others := group, group
	level.Key, level.Name = "pelaksana", ""
	others.Key, others.Name, others.Merged = "", "", 3
	return service.CycleSpread{
		CycleID: "c-1", CycleName: "Penilaian Kinerja 2026", People: 30, Predikats: []appraisal.Predikat{"sangat_baik", "baik", "kurang"},
		Minimum: 5, All: group, Units: []service.SpreadGroup{group, others}, Levels: []service.SpreadGroup{level},
	}, nil
}
