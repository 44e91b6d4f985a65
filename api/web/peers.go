package web

import (
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// peersView shows the aggregates side by side, a line for each behaviour, below the opinion that they add up to.
type peersView struct {
	service.PeerState
	Shown      []appraisal.PeerAggregate // with enough answers
	TooFew     []appraisal.PeerAggregate // asked, with too few answers
	Missing    []appraisal.PeerCategory  // whose weight the others have
	ValueNames []valueScore
	Values     []valueAverages
}

type valueScore struct {
	Value appraisal.CoreValue
	Score string
}

type valueAverages struct {
	Value appraisal.CoreValue
	Lines []behaviourAverages
}

type behaviourAverages struct {
	Behaviour appraisal.BehaviourCode
	Averages  []string // in the order of Shown; empty where too few could judge
}

func peersViewOf(state *service.PeerState) *peersView {
	if state == nil {
		return nil
	}
	view := &peersView{PeerState: *state}
	for _, a := range state.Aggregates {
		if !a.Withheld && len(a.Averages) > 0 {
			view.Shown = append(view.Shown, a)
			continue
		}
		view.Missing = append(view.Missing, a.Category)
		if a.Asked > 0 {
			view.TooFew = append(view.TooFew, a)
		}
	}
	if len(view.Shown) == 0 {
		return view
	}
	i := 0
	for v, value := range appraisal.CoreValues() {
		if state.Overall != nil && v < len(state.Overall.Values) {
			view.ValueNames = append(view.ValueNames, valueScore{value, string(state.Overall.Values[v])})
		}
		group := valueAverages{Value: value}
		for _, behaviour := range value.Behaviours() {
			line := behaviourAverages{Behaviour: behaviour}
			for _, a := range view.Shown {
				average := ""
				if i < len(a.Averages) {
					average = a.Averages[i]
				}
				line.Averages = append(line.Averages, average)
			}
			group.Lines = append(group.Lines, line)
			i++
		}
		view.Values = append(view.Values, group)
	}
	return view
}
