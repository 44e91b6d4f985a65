package service

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

func (b *bundle) coverage(t *testing.T, reader string, unit appraisal.UnitID) AlignmentCoverage {
	t.Helper()
	v, err := b.AlignmentCoverage(t.Context(), b.as(reader), b.cycle, AlignmentFilter{Unit: unit})
	must(t, err)
	return v
}

func TestCoverageCountsWhatIsCarriedByWhomAndWhatLeadsToNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.pool.Exec(t.Context(), `update strategy_item set unit_id = $1 where code = 'S'`, b.units["DINAS"])
	must(t, err)
	_, err = b.pool.Exec(t.Context(), `insert into strategy_item (code, kind, statement, parent_id, unit_id)
		select 'S2', 'sasaran', 'Tanpa pendukung', id, $1 from strategy_item where code = 'M'`, b.units["BIDANG"])
	must(t, err)
	if v := b.coverage(t, "hana", ""); v.Objectives != 2 || v.Carried != 0 || v.Planned != 0 || v.People != 8 || v.Items[0].KeyResults != 0 {
		t.Errorf("before anybody has planned: %+v", v)
	}
	b.reach(t, "kabid", appraisal.StageExecution)
	for _, who := range []string{"ani", "budi"} {
		b.enter(t, who, appraisal.StageTargets)
		plan := b.plan(t)
		plan[0].ServesStrategy, plan[0].ServesKeyResult = "", b.inForce(t, "kabid")[0].ID
		_, err := b.SubmitPlan(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepDraftPlan), plan)
		must(t, err)
		b.look(t, who)
	}
	b.decidePlan(t, "ani", PlanDecision{Approve: true}) // Budi's is not approved yet: it does not count
	v := b.coverage(t, "pimpinan", "")
	if v.Objectives != 2 || v.Carried != 1 || v.Planned != 2 || v.KeyResults != 2 || v.Broken != 0 || len(v.Path) != 0 {
		t.Errorf("with two approved plans: %+v", v)
	}
	if i := v.Items; len(i) != 2 || i[0].Code != "S" || i[0].KeyResults != 1 || i[0].People != 1 || i[0].Chain[1].Kind != "visi" || i[1].KeyResults != 0 {
		t.Errorf("the objectives are %+v", i)
	}
	objective := v.Items[0].ID
	carried := func(reader, item string, unit appraisal.UnitID) AlignedKeyResults {
		k, err := b.AlignedKeyResults(t.Context(), b.as(reader), b.cycle, AlignmentFilter{Item: item, Unit: unit})
		must(t, err)
		return k
	}
	if k := carried("hana", objective, ""); len(k.Items) != 2 || len(k.Units) != 1 || k.Units[0].KeyResults != 2 || k.Statement != "Izin terbit tepat waktu" {
		t.Errorf("who carries the objective: %+v", k)
	}
	if k := carried("pimpinan", objective, ""); len(k.Items) != 0 || k.Units[0].People != 2 {
		t.Errorf("leadership, who may read no appraisal, sees %+v", k)
	}
	if k := carried("kabid", objective, b.units["BIDANG"]); len(k.Items) != 2 {
		t.Errorf("the appraiser sees %+v", k.Items)
	}

	// The superior drops what Ani's key result serves.
	in := b.amended(t, "kabid")
	in.KeyResults = in.KeyResults[1:]
	receipt, err := b.ProposePlanChange(t.Context(), b.as("kabid"), Call{}, b.of(t, "kabid"), in)
	must(t, err)
	_, err = b.AnswerPlanChange(t.Context(), b.as("kadis"), Call{}, appraisal.PlanChangeID(receipt.ID), PlanChangeAnswer{Agree: true})
	must(t, err)
	if v := b.coverage(t, "hana", ""); v.Broken != 1 || v.Carried != 1 || v.KeyResults != 2 {
		t.Errorf("with a broken chain: %+v", v)
	}
	if k := carried("kabid", "", ""); len(k.Items) != 1 || k.Items[0].Owner != "Ani Lestari" {
		t.Errorf("what leads to nothing: %+v", k)
	}
}

func TestWhoLeadsAUnitReadsItsAlignmentAndNobodyElses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if v := b.coverage(t, "kabid", ""); len(v.Path) != 1 || v.Path[0].Name != "Bidang Perizinan" {
		t.Errorf("the division's head lands at %+v", v.Path)
	}
	_, err := b.AlignmentCoverage(t.Context(), b.as("kabid"), b.cycle, AlignmentFilter{Unit: b.units["PEMDA"]})
	wantCode(t, err, appraisal.CodeNotFound)
	_, err = b.AlignedKeyResults(t.Context(), b.as("kabid"), b.cycle, AlignmentFilter{Unit: b.units["PEMDA"]})
	wantCode(t, err, appraisal.CodeNotFound)
	for _, who := range []string{"ani", "operator"} {
		_, err = b.AlignmentCoverage(t.Context(), b.as(who), b.cycle, AlignmentFilter{})
		wantCode(t, err, appraisal.CodeNotFound)
	}
	_, err = b.AlignmentCoverage(t.Context(), b.as("hana"), b.cycle, AlignmentFilter{Unit: "no unit"})
	wantCode(t, err, appraisal.CodeNotFound)
	units, err := postgres.UnitCoverages(t.Context(), b.pool, b.cycle, b.units["PEMDA"])
	must(t, err)
	if len(units) != 1 || units[0].People != 8 {
		t.Errorf("below the regency: %+v", units)
	}
}
