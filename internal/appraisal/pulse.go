package appraisal

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
)

// PulseAnswer is what an employee says about the appraisal itself once its result is final: 1 (not at all) to 5 (entirely).
type PulseAnswer struct {
	Understandable int    `json:"understandable"`
	Fair           int    `json:"fair"`
	Comment        string `json:"comment,omitempty"`
}

// Bounds of an answer.
const (
	PulseLowest  = 1
	PulseHighest = 5
)

// Validate reports every fault of an answer.
func (a PulseAnswer) Validate() error {
	var f Faults
	for _, q := range []struct {
		field string
		given int
	}{{"understandable", a.Understandable}, {"fair", a.Fair}} {
		if q.given < PulseLowest || q.given > PulseHighest {
			f.Add(q.field, "pulse.error.score", map[string]any{"lowest": PulseLowest, "highest": PulseHighest})
		}
	}
	limitText(&f, "comment", a.Comment, MaxText)
	return f.Err()
}

// PulseGroup is a part of the organisation whose answers are told together. Units are all those that it stands for, whether
// anybody there answered or not.
type PulseGroup struct {
	Unit    UnitID
	Units   []UnitID
	Answers []PulseAnswer
}

// GroupPulse divides the organisation into groups of at least minimum answers. A unit with fewer joins the one above, again and
// again; what is left too small at a root joins the smallest other group. Groups share nobody and leave nobody out, so that no sum
// or difference of what is told of them is about fewer people than one of them. Fewer than minimum answers in all make no group.
// parents maps every unit to the unit above it, empty for a root.
func GroupPulse(answers map[UnitID][]PulseAnswer, parents map[UnitID]UnitID, minimum int) []PulseGroup {
	groups := map[UnitID]*PulseGroup{}
	for unit := range parents {
		groups[unit] = &PulseGroup{Unit: unit, Units: []UnitID{unit}, Answers: slices.Clone(answers[unit])}
	}
	join := func(into, from UnitID) {
		groups[into].Units = append(groups[into].Units, groups[from].Units...)
		groups[into].Answers = append(groups[into].Answers, groups[from].Answers...)
		delete(groups, from)
	}
	order := slices.SortedFunc(maps.Keys(parents), func(a, b UnitID) int {
		return cmp.Or(cmp.Compare(depth(b, parents), depth(a, parents)), cmp.Compare(a, b))
	})
	for _, unit := range order { // the deepest first
		if above := parents[unit]; groups[above] != nil && above != unit && len(groups[unit].Answers) < minimum {
			join(above, unit)
		}
	}
	left := slices.DeleteFunc(slices.Clone(order), func(u UnitID) bool { return groups[u] == nil })
	for {
		slices.SortStableFunc(left, func(a, b UnitID) int { return cmp.Compare(len(groups[a].Answers), len(groups[b].Answers)) })
		switch {
		case len(left) == 0 || len(left) == 1 && len(groups[left[0]].Answers) < minimum:
			return nil
		case len(groups[left[0]].Answers) >= minimum:
			list := make([]PulseGroup, 0, len(left))
			for _, unit := range left {
				slices.Sort(groups[unit].Units)
				list = append(list, *groups[unit])
			}
			return list
		}
		into, from := left[0], left[1]
		if depth(from, parents) < depth(into, parents) {
			into, from = from, into
		}
		join(into, from)
		left = append([]UnitID{into}, left[2:]...)
	}
}

// PulseMeans returns the mean of both questions, rounded once to 2 places.
func PulseMeans(answers []PulseAnswer) (understandable, fair Decimal) {
	if len(answers) == 0 {
		return "", ""
	}
	var u, f int64
	for _, a := range answers {
		u, f = u+int64(a.Understandable), f+int64(a.Fair)
	}
	n := int64(len(answers))
	_, understandable = roundHalfAway(big.NewRat(u, n), opinionPlaces)
	_, fair = roundHalfAway(big.NewRat(f, n), opinionPlaces)
	return understandable, fair
}
