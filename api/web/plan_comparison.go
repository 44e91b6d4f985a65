package web

import (
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// comparison shows two versions of a plan side by side, and what the difference does to judging.
type comparison struct {
	Results []comparedResult
	Effects []string
}

type comparedResult struct {
	State      appraisal.VersionState
	Before     *comparedSide
	After      *comparedSide
	Indicators []comparedIndicator
}

// comparedSide is one version of a key result in words.
type comparedSide struct {
	Statement string
	Serves    string
	Weight    string
}

type comparedIndicator struct {
	State  appraisal.VersionState
	Before string
	After  string
	Effect string // on judging
}

// compare puts differences into words. served holds the words of what is served, figures what was recorded, both by id.
func (w words) compare(differences []appraisal.KeyResultDifference, served map[string]string, figures map[string]service.IndicatorFigures) comparison {
	var out comparison
	counts, added, changed, dropped := 0, 0, 0, 0
	for _, d := range differences {
		result := comparedResult{State: d.State, Before: comparedSideOf(d.Before, served, w), After: comparedSideOf(d.After, served, w)}
		for _, i := range d.Indicators {
			line := comparedIndicator{State: i.State, Before: w.indicator(i.Before), After: w.indicator(i.After)}
			switch i.State {
			case appraisal.VersionAdded:
				added++
			case appraisal.VersionChanged:
				changed++
			case appraisal.VersionDropped:
				dropped++
			}
			if i.After != nil {
				counts++
			}
			line.Effect = w.effect(i, figures)
			result.Indicators = append(result.Indicators, line)
		}
		out.Results = append(out.Results, result)
	}
	out.Effects = append(out.Effects, w.text("plan.effect.counts", "count", counts, "added", added, "changed", changed))
	if dropped > 0 {
		out.Effects = append(out.Effects, w.text("plan.effect.dropped", "count", dropped))
	}
	return out
}

func comparedSideOf(kr *appraisal.KeyResult, served map[string]string, w words) *comparedSide {
	if kr == nil {
		return nil
	}
	side := &comparedSide{Statement: kr.Statement, Serves: served[kr.ServesKeyResult+kr.ServesStrategy]}
	if kr.Weight != "" {
		side.Weight = w.number(kr.Weight)
	}
	return side
}

// indicator says what an indicator measures and when its target counts as met.
func (w words) indicator(ind *appraisal.Indicator) string {
	if ind == nil {
		return ""
	}
	return ind.Description + " (" + w.word(ind.Aspect) + "). " + w.judged(ind.Direction, w.number(ind.Target), ind.Measure) + w.measuredBy(ind.Source)
}

// effect says what a change of an indicator does to judging, by the latest figure under the old and the new target.
func (w words) effect(d appraisal.IndicatorDifference, figures map[string]service.IndicatorFigures) string {
	switch d.State {
	case appraisal.VersionAdded:
		return w.text("plan.effect.indicator_added")
	case appraisal.VersionDropped:
		return w.text("plan.effect.indicator_dropped", "entries", figures[d.Before.ID].Entries)
	case appraisal.VersionChanged:
		known := figures[d.Before.ID]
		before, after := known.Meets(d.Before), known.Meets(d.After)
		if before == nil || after == nil {
			return w.text("plan.effect.no_figure")
		}
		return w.text("plan.effect.reached."+reachedKey(*before)+"_"+reachedKey(*after), "value", w.number(known.Latest), "measure", d.After.Measure)
	default:
		return ""
	}
}

func reachedKey(reached bool) string {
	if reached {
		return "met"
	}
	return "unmet"
}
