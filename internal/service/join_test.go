package service

import (
	"errors"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// hire writes somebody into the roster; the NIP tells the appointment.
func (b *bundle) hire(t *testing.T, who, nip, unit, superior string) {
	t.Helper()
	id := query[appraisal.PersonID](t, b, `with p as (insert into person (kind, name, full_name, email)
			values ('employee', $1, $1, lower($1) || '@pemda.test') returning id)
		insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
		select p.id, $2, 'female', '1990-01-01', 'pns', 'pelaksana', 'Pengolah Data', u.id, $4 from p, unit u where u.code = $3 returning person_id`,
		who, nip, unit, b.as(superior).ID)
	b.people[who] = appraisal.Actor{ID: id, Name: who, Lang: "id"}
}

const gitaNIP = "199001012026052001" // appointed in May 2026

func TestWhoIsAddedToARunningCycleJoinsTheCohortOfTheirColleaguesWithTheMonthsTheyServe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.hire(t, "gita", gitaNIP, "BIDANG", "kabid")
	b.clock.advance(time.Hour)
	if list, err := b.MayJoin(t.Context(), b.as("hana"), b.cycle); err != nil || len(list) != 1 || list[0].NIP != gitaNIP {
		t.Errorf("who may join: %+v, %v", list, err)
	}
	in := NewMember{NIP: gitaNIP, Reason: "Pegawai baru"}
	receipt, err := b.Join(t.Context(), b.as("hana"), Call{Key: "1"}, b.cycle, in)
	must(t, err)
	for _, key := range []string{"1", "2"} { // the same request, and somebody else who does the same
		again, err := b.Join(t.Context(), b.as("hana"), Call{Key: key}, b.cycle, in)
		if err != nil || again.Appraisal != receipt.Appraisal {
			t.Errorf("added again: %+v, %v", again, err)
		}
	}
	if got, want := b.cohort(t, "gita"), b.cohort(t, "ani"); got != want {
		t.Errorf("their cohort is %s, not that of their colleagues %s", got, want)
	}
	late, err := b.LateStarts(t.Context(), b.cycle)
	if err != nil || len(late) != 1 || late[0].First != appraisal.StageTargets || late[0].Cohort != b.cohort(t, "ani") {
		t.Errorf("to be started: %+v, %v", late, err)
	}
	if n := query[int](t, b, `select count(*)::int from wake where workflow_id = 'cycle/' || $1`, string(b.cycle)); n < 1 {
		t.Error("the cycle is not woken")
	}
	if n := query[int](t, b, `select count(*)::int from audit_event where action = 'join'`); n != 1 {
		t.Errorf("the trail tells of it %d times", n)
	}
	must(t, b.MarkStarted(t.Context(), []appraisal.AppraisalID{receipt.Appraisal}))
	b.reach(t, "gita", appraisal.StageResult)
	if v := b.read(t, "gita", "gita"); v.Tenure == nil || v.Tenure.Served != 8 || v.Tenure.Months != 12 || v.Tenure.Cause != appraisal.TenureAppointed {
		t.Errorf("their part of the year is %+v", v.Tenure)
	}
}

func TestNobodyIsAddedByTheWrongPersonOrToACycleThatDoesNotRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.hire(t, "gita", gitaNIP, "BIDANG", "kabid")
	b.hire(t, "tina", "199001012026121001", "PEMDA", "sekda")
	in := NewMember{NIP: gitaNIP, Reason: "Pegawai baru"}
	for _, who := range []string{"ani", "kabid", "komite", "operator", "pimpinan"} {
		_, err := b.Join(t.Context(), b.as(who), Call{}, b.cycle, in)
		wantCode(t, err, appraisal.CodeForbidden)
	}
	for field, wrong := range map[string]NewMember{
		"reason": {NIP: gitaNIP}, "nip": {NIP: "199001012026121001", Reason: "Di luar unit"}, "stage": {NIP: gitaNIP, Stage: "promotion", Reason: "x"},
		"since": {NIP: gitaNIP, Since: "2026-12-30", Reason: "x"},
	} {
		_, err := b.Join(t.Context(), b.as("hana"), Call{}, b.cycle, wrong)
		var fault *appraisal.Error
		if !errors.As(err, &fault) || len(fault.Fields) != 1 || fault.Fields[0].Field != field {
			t.Errorf("%+v: %v, want a fault of %s", wrong, err, field)
		}
	}
	_, err := b.Withdraw(t.Context(), b.as("hana"), Call{}, b.of(t, "ani"), CycleCommand{Reason: "Pindah"})
	must(t, err)
	_, err = b.Join(t.Context(), b.as("hana"), Call{}, b.cycle, NewMember{NIP: query[string](t, b, `select nip from employee where person_id = $1`, b.as("ani").ID), Reason: "x"})
	wantCode(t, err, appraisal.CodeConflict)
	_, err = b.Cancel(t.Context(), b.as("hana"), Call{}, b.cycle, CycleCommand{Reason: "Diulang"})
	must(t, err)
	_, err = b.Join(t.Context(), b.as("hana"), Call{}, b.cycle, in)
	wantCode(t, err, appraisal.CodeWrongStage)
}

func TestThePreviewTellsWhoServesOnlyAPartAndWhoseSuperiorHasLeft(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	b.hire(t, "gita", gitaNIP, "BIDANG", "kabid")
	b.hire(t, "tina", "199001012026122001", "BIDANG", "kabid")
	query[string](t, b, `update employee set position_since = '2026-12-20' where person_id = $1 returning nip`, b.as("tina").ID)
	query[string](t, b, `update person set active = false where id = $1 returning name`, b.as("kabid").ID)
	c, err := b.CreateCycle(t.Context(), b.as("hana"), Call{}, NewCycle{
		Code: "2026", Name: "Kinerja 2026", PeriodStart: "2026-01-01", PeriodEnd: "2026-12-31", TemplateName: "tahunan", Units: []string{"DINAS"},
	})
	must(t, err)
	p, err := b.Preview(t.Context(), b.as("hana"), c.ID)
	must(t, err)
	if p.PeriodKind != appraisal.PeriodYearly || len(p.PartYear) != 1 || p.PartYear[0].Name != "gita" || p.PartYear[0].Tenure.Served != 8 {
		t.Errorf("the preview of a %s period says %+v", p.PeriodKind, p.PartYear)
	}
	left := map[string]string{}
	for _, f := range p.Findings {
		if f.Key == "preview.superior_left" {
			left[f.Name] = f.Instead
		}
	}
	if len(left) != 7 || left["Ani Lestari"] != "Kadis Ratna" {
		t.Errorf("whose superior has left: %v", left)
	}
	why := map[string]string{}
	for _, e := range p.Excluded {
		why[e.Name] = e.Reason
	}
	if why["tina"] != "preview.not_served" || why["Kabid Joko"] != "preview.inactive" {
		t.Errorf("left out are %v", why)
	}
	b.cycle = c.ID
	_, err = b.Launch(t.Context(), b.as("hana"), Call{}, c.ID)
	must(t, err)
	_, err = b.Enrol(t.Context(), c.ID)
	must(t, err)
	row, err := postgres.GetAppraisal(t.Context(), b.pool, b.of(t, "ani"))
	must(t, err)
	if *row.AppraiserID != b.as("kadis").ID || *row.ReviewerID != b.as("sekda").ID {
		t.Errorf("ani is appraised by %s and reviewed by %s", *row.AppraiserID, *row.ReviewerID)
	}
}

func TestWhereNobodyActiveStandsAboveThePreviewFindsNoAppraiser(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	query[int](t, b, `with x as (update person set active = false where id in ($1, $2, $3, $4) returning 1) select count(*)::int from x`,
		b.as("bupati").ID, b.as("sekda").ID, b.as("kadis").ID, b.as("kabid").ID)
	c, err := b.CreateCycle(t.Context(), b.as("hana"), Call{}, NewCycle{
		Code: "2026", Name: "Kinerja 2026", PeriodStart: "2026-01-01", PeriodEnd: "2026-12-31", TemplateName: "tahunan", Units: []string{"BIDANG"},
	})
	must(t, err)
	p, err := b.Preview(t.Context(), b.as("hana"), c.ID)
	must(t, err)
	for _, f := range p.Findings {
		if f.Key != "preview.no_appraiser" {
			t.Errorf("found %+v", f)
		}
	}
	if len(p.Findings) != len(staff()) {
		t.Errorf("%d findings for %d people", len(p.Findings), len(staff()))
	}
}
