package service

import (
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func newsOf(h Home) map[string]News {
	m := map[string]News{}
	for _, n := range h.News {
		m[n.Action] = n
	}
	return m
}

func TestTheFirstPageTellsEachSideWhatTheOtherDidAndNobodyWhatTheyDidThemselves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StageTargets)
	if news := b.home(t, "ani").News; len(news) != 0 {
		t.Errorf("before anybody did anything: %+v", news)
	}
	b.submitPlan(t, "ani")
	if n, ok := newsOf(b.home(t, "kabid"))["submit_plan"]; !ok || n.Appraisee != "Ani Lestari" || n.Actor != "Ani Lestari" || n.AboutSelf {
		t.Errorf("her appraiser is not told that she submitted: %+v", b.home(t, "kabid").News)
	}
	if _, ok := newsOf(b.home(t, "ani"))["submit_plan"]; ok {
		t.Error("she is told what she did herself")
	}
	if news := b.home(t, "budi").News; len(news) != 0 {
		t.Errorf("a colleague is told of it: %+v", news)
	}
	b.decidePlan(t, "ani", PlanDecision{Approve: true})
	n, ok := newsOf(b.home(t, "ani"))["decide_plan"]
	if !ok || !n.AboutSelf || n.Actor != "Kabid Joko" || n.Outcome != appraisal.OutcomeApproved {
		t.Errorf("she is told %+v of her appraiser's decision", n)
	}
	b.clock.advance(15 * 24 * time.Hour)
	if _, ok := newsOf(b.home(t, "ani"))["decide_plan"]; ok {
		t.Error("two weeks later it is still news")
	}
}
