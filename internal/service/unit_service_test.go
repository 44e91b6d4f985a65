package service

import (
	"fmt"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/roster"
)

var leadership = appraisal.Actor{ID: "00000000-0000-4000-8000-000000000001", Roles: []appraisal.Role{appraisal.RoleLeadership}}

// The figures of this test were added up from the demonstration's files by hand (with fractions, outside the product).
func TestServiceFiguresOfTheDemonstrationAreThoseOfACalculationByHand(t *testing.T) {
	t.Parallel()
	b := office(t)
	for _, kind := range []ImportKind{ImportRoster, ImportMeasurements, ImportSurvey} {
		b.imports(t, kind, demo(t, kind))
	}
	year := ServicePeriod{From: "2026-01", To: "2026-12"}
	shown := func(u UnitFigures) string {
		s := fmt.Sprintf("%d people, %d of %d, %s days, %s on time, %s done", u.Speed.People, u.Speed.Completed, u.Speed.Received,
			u.Speed.MeanDays, u.Speed.OnTimePercent, u.Speed.CompletionPercent)
		if u.Survey != nil {
			s += fmt.Sprintf("; IKM %s %s of %d", u.Survey.Index, u.Survey.Grade, u.Survey.Respondents)
		}
		return s
	}
	top, err := b.ServiceByUnit(t.Context(), leadership, year)
	must(t, err)
	if got := shown(*top.Unit); got != "190 people, 209505 of 226716, 2.60 days, 87.64 on time, 92.41 done; IKM 85.09 B of 640" {
		t.Errorf("%s has %s", top.Unit.Code, got)
	}
	want := map[string]string{
		"DISDUKCAPIL": "38 people, 41518 of 44646, 2.51 days, 88.59 on time, 92.99 done; IKM 84.90 B of 160",
		"DPMPTSP":     "43 people, 48087 of 52065, 2.60 days, 87.68 on time, 92.36 done; IKM 93.55 A of 160",
	}
	for _, u := range top.Units {
		if w, known := want[u.Code]; known && shown(u) != w {
			t.Errorf("%s has %s, want %s", u.Code, shown(u), w)
		}
		delete(want, u.Code)
	}
	if len(want) > 0 || len(top.Months) != 11 { // ten months are measured, in November citizens were asked
		t.Errorf("missing %v; %d months", want, len(top.Months))
	}

	person := query[appraisal.PersonID](t, b, `select person_id from employee where nip = '199206082023012001'`)
	from, to := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	months, err := postgres.Measurements(t.Context(), b.pool, person, from, to)
	must(t, err)
	period := appraisal.MeasuredPeriod{Start: from, End: to, Now: to}
	for source, exact := range map[appraisal.Source]string{
		appraisal.SourceMeanDays: "2993/1283", appraisal.SourceFilesOnTimePercent: "118500/1283", appraisal.SourceFilesCompleted: "1283",
		appraisal.SourceCompletionPercent: "64150/677", // 128300 ÷ 1354
	} {
		m := appraisal.MeasureService(source, months, period)
		if m.Exact != exact || fmt.Sprint(m.MissingMonths) != "[2026-11]" {
			t.Errorf("%s is %s with %v missing, want %s", source, m.Exact, m.MissingMonths, exact)
		}
	}
}

func TestAUnitsFiguresIncludeThoseBelowAndTellNoSinglePersons(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	b.imports(t, ImportMeasurements, []roster.File{written("a.csv", measurementHeader,
		"'"+nipBayu+";2026-01;10;10;9;2", "'"+nipCitra+";2026-01;20;20;15;3,5", "'"+nipUmar+";2026-02;5;0;0;")})
	const header = "UNOR ID;TANGGAL;U1;U2;U3;U4;U5;U6;U7;U8;U9"
	b.imports(t, ImportSurvey, []roster.File{written("s.csv", header, "A.1;2026-01-05;4;4;4;4;4;4;4;4;4", "A.2;2026-02-05;3;3;3;3;3;3;3;3;3", "A.2;2026-02-05;2;2;2;2;2;2;2;2;")})
	period := ServicePeriod{From: "2026-01", To: "2026-03"}
	hr := appraisal.Actor{ID: leadership.ID, Roles: []appraisal.Role{appraisal.RoleHR}}
	top, err := b.ServiceByUnit(t.Context(), hr, period)
	must(t, err)
	// (10·2 + 20·3.5) ÷ 30 = 3; U1 to U8 are (4+3+2)÷3 = 3, U9 is (4+3)÷2 = 3.5: (8·3 + 3.5) ÷ 9 × 25 = 76.388…
	if s := top.Unit.Speed; top.Unit.Code != "A" || s.People != 3 || s.MeanDays != "3" || s.OnTimePercent != "80" || s.Received != 35 {
		t.Errorf("the agency has %+v", top.Unit)
	}
	if s := top.Unit.Survey; s.Index != "76.39" || s.Grade != "C" || !s.Few || s.Respondents != 3 || s.Elements[8] != "3.50" {
		t.Errorf("the agency's survey is %+v", s)
	}
	top, err = b.ServiceByUnit(t.Context(), leadership, period)
	must(t, err)
	if len(top.Units) != 2 || !top.Units[0].Speed.Withheld || top.Units[0].Speed.Completed != 0 || top.Units[0].Survey.Index != "100.00" {
		t.Errorf("below are %+v", top.Units)
	}
	if len(top.Months) != 2 || top.Months[0].Index != "100.00" || !top.Months[0].Speed.Withheld || top.Months[1].Respondents != 2 {
		t.Errorf("by month %+v", top.Months)
	}
	period.Unit = "A.2"
	below, err := b.ServiceByUnit(t.Context(), hr, period)
	must(t, err)
	if below.Parent != "A" || below.Unit.Speed.MeanDays != "3.50" || len(below.Units) != 0 {
		t.Errorf("HR reads %+v", below)
	}
	b.imports(t, ImportSurvey, []roster.File{written("s2.csv", header, "A.2;2026-02-05;3;3;3;3;3;3;3;3;3")})
	below, err = b.ServiceByUnit(t.Context(), hr, period)
	must(t, err)
	if c := below.Corrections; len(c) != 1 || c[0].Before != 2 || c[0].After != 1 || c[0].File != "s2.csv" || below.Unit.Survey.Respondents != 1 {
		t.Errorf("corrected %+v to %+v", c, below.Unit.Survey)
	}
}

func TestNobodyCanSubtractUnitsOrMonthsToTellASinglePersons(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	b.imports(t, ImportMeasurements, []roster.File{written("a.csv", measurementHeader,
		"'"+nipBayu+";2026-01;10;10;9;2", "'"+nipUmar+";2026-01;5;5;5;1", "'"+nipRina+";2026-01;7;7;7;1", "'"+nipCitra+";2026-01;20;20;15;3,5",
		"'"+nipBayu+";2026-02;10;10;9;2", "'"+nipUmar+";2026-02;5;5;5;1", "'"+nipRina+";2026-02;7;7;7;1", "'"+nipCitra+";2026-03;20;20;15;3,5")})
	read := func(unit, from, to string) ServiceByUnit {
		t.Helper()
		view, err := b.ServiceByUnit(t.Context(), leadership, ServicePeriod{Unit: unit, From: from, To: to})
		must(t, err)
		return view
	}
	january := read("A", "2026-01", "2026-01")
	if s := january.Unit.Speed; s.Completed != 42 || s.Withheld {
		t.Errorf("of the agency's four people %+v is told", s)
	}
	for _, u := range january.Units { // the agency without Bidang Satu is Citra
		if !u.Speed.Withheld || u.Speed.Completed != 0 {
			t.Errorf("beside the agency %s tells %+v", u.Code, u.Speed)
		}
	}
	if s := read("A.1", "2026-01", "2026-01").Unit.Speed; !s.Withheld {
		t.Errorf("on its own page Bidang Satu tells %+v", s)
	}
	if s := read("A.1", "2026-01", "2026-02").Unit.Speed; s.Withheld || s.Completed != 22 || s.WithheldMonths != 1 {
		t.Errorf("over two months Bidang Satu tells %+v", s)
	}
	if s := read("A", "2026-01", "2026-03").Unit.Speed; s.Completed != 64 || s.WithheldMonths != 1 { // without Citra's March
		t.Errorf("over three months the agency tells %+v", s)
	}
}

func TestServiceByUnitIsReadByThoseWhoLeadAndOnlyForAKnownUnitAndPeriod(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range []string{"ani", "kabid", "komite"} {
		_, err := b.ServiceByUnit(t.Context(), b.as(who), ServicePeriod{})
		wantCode(t, err, appraisal.CodeForbidden)
	}
	_, err := b.ServiceByUnit(t.Context(), b.as("pimpinan"), ServicePeriod{Unit: "NIRGENDS"})
	wantCode(t, err, appraisal.CodeNotFound)
	for field, p := range map[string]ServicePeriod{
		"from": {From: "Januari"}, "to": {From: "2026-02", To: "2026-01"},
	} {
		_, err := b.ServiceByUnit(t.Context(), b.as("pimpinan"), p)
		wantField(t, err, field)
	}
	_, err = b.ServiceByUnit(t.Context(), b.as("pimpinan"), ServicePeriod{From: "2020-01", To: "2026-01"})
	wantField(t, err, "from")
	view, err := b.ServiceByUnit(t.Context(), b.as("pimpinan"), ServicePeriod{})
	must(t, err)
	if view.Unit == nil || view.To.Format(time.DateOnly) != "2026-01-31" || view.From.Format(time.DateOnly) != "2025-02-01" {
		t.Errorf("by default %s to %s", view.From, view.To)
	}
}
