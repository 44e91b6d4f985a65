package web

import "github.com/marelan/telaah/internal/service"

// planView is a plan with the words around its figures.
type planView struct {
	service.Plan
	Results []resultView
	Met     int // key results all of whose indicators have reached their targets
}

type resultView struct {
	service.KeyResult
	Number int
	Lines  []indicatorLine
	Talk   *talkView // nil where feedback is not shown
}

type indicatorLine struct {
	service.Indicator
	Judged  string
	Reached string
	State   string // met, unmet, none
	Settled string // the appraiser's figure, where it differs from the one handed in
}

func planViewOf(plan *service.Plan, w words) *planView {
	if plan == nil {
		return nil
	}
	view := &planView{Plan: *plan}
	for i, kr := range plan.KeyResults {
		result, met := resultView{KeyResult: kr, Number: i + 1}, len(kr.Indicators) > 0
		for _, ind := range kr.Indicators {
			line := indicatorLine{
				Indicator: ind, Judged: w.judged(ind.Direction, w.number(ind.Target), ind.Measure), Reached: w.reached(ind), State: "none", Settled: w.corrected(ind),
			}
			if ind.Met != nil && *ind.Met {
				line.State = "met"
			} else if ind.Met != nil {
				line.State = "unmet"
			}
			met = met && line.State == "met"
			result.Lines = append(result.Lines, line)
		}
		if met {
			view.Met++
		}
		view.Results = append(view.Results, result)
	}
	return view
}

// corrected says which figure the appraiser settled where it is not the one that was handed in.
func (w words) corrected(ind service.Indicator) string {
	if ind.Reviewed == nil || ind.Reviewed.Reason == "" {
		return ""
	}
	return w.text("page.plan.corrected", "value", w.number(ind.Reviewed.Value), "measure", ind.Measure, "reason", ind.Reviewed.Reason)
}

// evidenceView is all that is shown beside a judgement.
type evidenceView struct {
	Plan         *planView
	Talks        *talksView
	Progress     []service.ProgressEntry
	SelfReview   *service.SelfReview
	Peers        *peersView
	Service      *service.MeasuredService
	Competencies []service.CompetencyLevel
}

func evidenceOf(view service.StepForm, w words) evidenceView {
	talks := talksOf(view.Appraisal, w)
	return evidenceView{
		Plan: planViewOf(view.Appraisal.Plan, w).beside(talks), Talks: talks, Progress: view.Appraisal.Progress, SelfReview: view.Appraisal.SelfReview,
		Peers: peersViewOf(view.Appraisal.Peers), Service: view.Appraisal.Service, Competencies: view.Appraisal.Competencies,
	}
}
