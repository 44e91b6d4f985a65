package worker_test

import (
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/worker"
)

// newcomer writes somebody into the roster after the launch and returns their NIP.
func (s *system) newcomer(t *testing.T, name string) string {
	t.Helper()
	nip := "199001012015011" + map[string]string{"eka": "901", "fajar": "902"}[name]
	_, err := s.db.Exec(t.Context(), `with p as (insert into person (kind, name, full_name, email) values ('employee', $1, $1, $1 || '@kantor.test') returning id)
		insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
		select p.id, $2, 'male', '1990-01-01', 'pns', 'pelaksana', 'Pengolah', u.id, k.id from p, unit u, person k where k.name = 'kepala'`, name, nip)
	must(t, err)
	var id appraisal.PersonID
	must(t, s.db.QueryRow(t.Context(), `select id::text from person where name = $1`, name).Scan(&id))
	s.people[name] = appraisal.Actor{ID: id, Name: name}
	return nip
}

func TestWhoIsAddedToARunningCycleIsStartedOnceHoweverOftenTheyAreAdded(t *testing.T) {
	s := start(t)
	s.launch(t, "tahunan")
	s.recover(t, 0)
	in := service.NewMember{NIP: s.newcomer(t, "eka"), Reason: "Pindahan dari instansi lain"}
	first, err := s.Join(t.Context(), s.people["hr"], service.Call{}, s.cycle, in)
	must(t, err)
	again, err := s.Join(t.Context(), s.people["hr"], service.Call{}, s.cycle, in)
	must(t, err)
	if first.Appraisal != again.Appraisal {
		t.Errorf("added twice they have the appraisals %s and %s", first.Appraisal, again.Appraisal)
	}
	s.throughPlanning(t, "eka", "kepala")
	s.recover(t, 0)
}

func TestWhoIsAddedWhileTemporalIsAwayStartsAtTheStageThatHRChoseWhenItIsBack(t *testing.T) {
	s := start(t)
	s.launch(t, "tahunan")
	s.recover(t, 0)
	s.rest()
	gone, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: quiet{}})
	must(t, err)
	t.Cleanup(gone.Close)
	dispatcher := worker.NewDispatcher(s.limited, &worker.Conductor{Temporal: gone}, slog.New(slog.DiscardHandler))
	t.Cleanup(dispatcher.Close)
	lonely := service.New(service.Options{DB: s.limited, Policies: appraisal.Embedded(), Zone: time.UTC, Waker: dispatcher})
	nip := s.newcomer(t, "fajar")
	_, err = lonely.Join(t.Context(), s.people["hr"], service.Call{Key: "k"}, s.cycle,
		service.NewMember{NIP: nip, Stage: appraisal.StageSelfReview, Reason: "Kembali dari tugas belajar"})
	must(t, err)
	if stage := s.stage(t, "fajar"); stage != appraisal.StagePending {
		t.Errorf("without Temporal they are in %s", stage)
	}
	s.work(t)
	s.step(t, "fajar", "fajar", appraisal.StepSelfReview)
	await(t, "the start to be forgotten", func() (bool, bool) {
		var left int
		must(t, s.db.QueryRow(t.Context(), `select count(*)::int from late_start`).Scan(&left))
		return true, left == 0
	})
}
