package service

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func (b *bundle) form(t *testing.T, reader string, step appraisal.StepID) StepForm {
	t.Helper()
	f, err := b.StepForm(t.Context(), b.as(reader), step)
	must(t, err)
	return f
}

func TestADraftIsItsAuthorsAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	step := b.open(t, "ani", appraisal.StepDraftPlan)
	_, err := b.SaveDraft(t.Context(), b.as("ani"), step, json.RawMessage(`{"key_results": [{"statement": "belum selesai"}]}`))
	must(t, err)
	own := b.form(t, "ani", step)
	if !strings.Contains(string(own.Draft), "belum selesai") || own.DraftAt == nil || !own.Step.Mine || own.Step.Owner != "Ani Lestari" {
		t.Errorf("the author opens %s, %+v", own.Draft, own.Step)
	}
	_, err = b.StepForm(t.Context(), b.as("komite"), step)
	wantCode(t, err, appraisal.CodeNotFound) // the committee reads from calibration on
	for _, reader := range []string{"kabid", "hana"} {
		if f := b.form(t, reader, step); f.Draft != nil || f.DraftAt != nil || f.Step.Mine || len(f.Alignments) != 0 {
			t.Errorf("%s opens %+v", reader, f)
		}
	}
	b.submitPlan(t, "ani")
	if f := b.form(t, "ani", step); f.Draft != nil || f.Step.State != "done" || f.Step.ClosedAt == nil {
		t.Errorf("after the act the form is %+v", f.Step)
	}
}

func TestAKeyResultMayServeTheSuperiorsPlanOrTheStrategyEachWithItsChain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	step := b.open(t, "ani", appraisal.StepDraftPlan)
	options := b.form(t, "ani", step).Alignments
	if len(options) != 2 || options[0].Statement != "Pelayanan yang cepat" || options[1].Strategy == "" ||
		!slices.Equal(options[1].Chain, []ChainLink{{Kind: "misi", Statement: "Pelayanan yang cepat"}, {Kind: "visi", Statement: "Kabupaten yang melayani"}}) {
		t.Fatalf("before the superior has planned: %+v", options)
	}
	b.enter(t, "kabid", appraisal.StageTargets)
	b.submitPlan(t, "kabid")
	options = b.form(t, "ani", step).Alignments
	if len(options) != 3 || options[0].KeyResult == "" || options[0].Strategy != "" || len(options[0].Chain) != 3 {
		t.Errorf("after the superior has planned: %+v", options)
	}
}

func TestAnOpinionGiverSeesWhomTheyAreAskedAboutAndNothingElse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	peers := b.choosePeers(t, "ani")
	step := b.asked(t, peers[0], "ani")
	f := b.form(t, peers[0], step)
	v := f.Appraisal
	if v.Employee.Name != "Ani Lestari" || v.Employee.Post != "Analis Perizinan" || v.Unit != "Bidang Perizinan" || !f.Step.Mine {
		t.Errorf("the form shows %+v", v)
	}
	if v.Plan == nil || v.Plan.KeyResults[0].Statement != "Izin terbit dalam tiga hari" {
		t.Errorf("the plan shows %+v", v.Plan)
	}
	if v.Employee.Email != "" || v.Appraiser != nil || v.Reviewer != nil || v.Rating != nil || v.Peers != nil || v.SelfReview != nil ||
		len(v.Steps)+len(v.Timeline)+len(v.Progress)+len(v.Ratings)+len(v.Competencies)+len(v.Plan.KeyResults[0].Indicators) != 0 {
		t.Errorf("the opinion-giver also reads %+v", v)
	}
	_, err := b.Appraisal(t.Context(), b.as(peers[0]), b.of(t, "ani"))
	wantCode(t, err, appraisal.CodeNotFound)
	for _, reader := range []string{"ani", "kabid", "kadis", "hana", "komite", "operator", peers[1]} {
		_, err := b.StepForm(t.Context(), b.as(reader), step)
		wantCode(t, err, appraisal.CodeNotFound)
	}
}

func TestOpinionGiversAreOfferedByLevelAndLoad(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	names := func(who string, kind appraisal.StepKind, reader string) []string {
		f := b.form(t, reader, b.open(t, who, kind))
		if f.Asked != 5 {
			t.Errorf("%d are asked by default", f.Asked)
		}
		var out []string
		for _, c := range f.Candidates {
			out = append(out, string(c.Category)+" "+c.Name)
		}
		return out
	}
	got := names("ani", appraisal.StepNominatePeers, "ani")
	want := []string{"peer Budi Santoso", "peer Citra Dewi", "peer Dodi Pratama", "peer Eko Saputra", "peer Fitri Handayani"}
	if !slices.Equal(got, want) {
		t.Errorf("Ani is offered %q, want %q", got, want)
	}
	b.reach(t, "kabid", appraisal.StagePeerReview)
	if got := names("kabid", appraisal.StepNominatePeers, "kabid"); len(got) != 6 || got[0] != "subordinate Ani Lestari" {
		t.Errorf("Joko is offered %q, want his six subordinates", got)
	}
	// Budi is asked about eight people in this cycle already.
	_, err := b.pool.Exec(t.Context(), `with p as (
			insert into person (kind, name, full_name, email) select 'employee', 'x', 'x', 'x' || i || '@pemda.test' from generate_series(1, 8) i returning id
		), a as (
			insert into appraisal (cycle_id, employee_id, unit_id, position_kind, stage, stage_at) select $1, id, $2, 'pelaksana', 'pending', now() from p returning id
		) insert into peer_nomination (appraisal_id, peer_id, category, ordinal, approved) select id, $3, 'peer', 1, true from a`,
		b.cycle, b.units["BIDANG"], b.as("budi").ID)
	must(t, err)
	if got := names("ani", appraisal.StepNominatePeers, "ani"); slices.Contains(got, "peer Budi Santoso") {
		t.Errorf("who is asked about eight people is still offered: %q", got)
	}
}

func TestMeasuredServiceAndCitizenSatisfactionStandBesideTheReviews(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.pool.Exec(t.Context(), `insert into survey_response (unit_id, day, answers, ordinal)
		values ($1, '2026-02-11', '{1,1,1,1,1,1,1,1,1}', 1), ($2, '2025-12-31', '{2,2,2,2,2,2,2,2,2}', 1)`, b.units["PEMDA"], b.units["BIDANG"])
	must(t, err) // farther away, and of another period
	b.reach(t, "ani", appraisal.StageSelfReview)
	f := b.form(t, "ani", b.open(t, "ani", appraisal.StepSelfReview))
	if m := f.Appraisal.Service; m == nil || len(m.Months) != 2 || m.Months[0].Row != 2 || m.Months[1].MeanDays != "2.5" || m.Months[0].OnTime != 36 {
		t.Errorf("measured service of the period: %+v", f.Appraisal.Service)
	}
	// Each element but U9 is (4 + 3 + 3) ÷ 3, U9 is (4 + 3) ÷ 2; (8 · 10/3 + 7/2) ÷ 9 × 25 = 83.796…
	if s := f.Appraisal.Service.Survey; s == nil || s.Unit != "Dinas Pelayanan" || s.Respondents != 3 || s.Index != "83.80" || s.Grade != "B" ||
		len(s.Elements) != 9 || s.Elements[8] != "3.50" {
		t.Errorf("the unit's survey: %+v", s)
	}
	b.pass(t, "ani", appraisal.StageSelfReview)
	b.enter(t, "ani", appraisal.StagePeerReview)
	b.pass(t, "ani", appraisal.StagePeerReview)
	b.enter(t, "ani", appraisal.StageAppraiserReview)
	f = b.form(t, "kabid", b.open(t, "ani", appraisal.StepAppraiserReview))
	if m := f.Appraisal.Service; len(m.Months) != 2 || m.Survey == nil || f.Appraisal.SelfReview == nil || !f.Appraisal.Peers.Published {
		t.Errorf("the appraiser has %d months, survey %v, self-review %v", len(f.Appraisal.Service.Months), f.Appraisal.Service.Survey, f.Appraisal.SelfReview)
	}
}
