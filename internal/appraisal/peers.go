package appraisal

import (
	"fmt"
	"math/big"
)

// PeerCategory tells colleagues of the same level from direct subordinates.
type PeerCategory string

const (
	CategoryPeer        PeerCategory = "peer"
	CategorySubordinate PeerCategory = "subordinate"
)

// Behaviours is the number of behaviours that opinion-givers are asked about: seven values with three each.
const Behaviours = 21

// PeerAnswer is one opinion: for each behaviour 1 to 4, or 0 for "cannot judge".
type PeerAnswer struct {
	Scores  []int  `json:"scores"`
	Comment string `json:"comment,omitempty"`
}

// Validate reports every fault of an answer.
func (a PeerAnswer) Validate() error {
	var f Faults
	if len(a.Scores) != Behaviours {
		f.Add("scores", "error.scores_count", map[string]any{"want": Behaviours, "got": len(a.Scores)})
	}
	for i, s := range a.Scores {
		if s < 0 || s > 4 {
			f.Add(fmt.Sprintf("scores[%d]", i), "error.score", nil)
		}
	}
	limitText(&f, "comment", a.Comment, MaxText)
	return f.Err()
}

// PeerAggregate is all that is ever told of a category's answers. How many of those who were asked did answer is told with an
// average alone: of a small group it would say who did.
type PeerAggregate struct {
	Category PeerCategory `json:"category"`
	Asked    int          `json:"asked"`
	Answers  int          `json:"answers,omitempty"`
	Withheld bool         `json:"withheld"`
	Averages []string     `json:"averages"` // per behaviour, rounded to 2 places; empty where too few could judge
	Comments []string     `json:"comments"`
}

// aggregate computes what may be told of the answers of a category, with the exact average of each behaviour. Fewer than minimum
// answers are withheld whole, and a behaviour that fewer than minimum could judge has no average.
func aggregate(category PeerCategory, answers []PeerAnswer, minimum int) (PeerAggregate, []*big.Rat) {
	agg := PeerAggregate{Category: category}
	if len(answers) < max(1, minimum) {
		agg.Withheld = true
		return agg, nil
	}
	agg.Answers, agg.Averages = len(answers), make([]string, Behaviours)
	exact := make([]*big.Rat, Behaviours)
	for b := range Behaviours {
		sum, n := int64(0), int64(0)
		for _, a := range answers {
			if b < len(a.Scores) && a.Scores[b] > 0 {
				sum, n = sum+int64(a.Scores[b]), n+1
			}
		}
		if n >= int64(max(1, minimum)) {
			exact[b] = big.NewRat(sum, n)
			agg.Averages[b] = exact[b].FloatString(opinionPlaces)
		}
	}
	for _, a := range answers {
		if a.Comment != "" {
			agg.Comments = append(agg.Comments, a.Comment)
		}
	}
	return agg, exact
}

// ValidateNominees reports the faults of a list of opinion-givers: nobody twice, not oneself, not the appraiser, and at
// most the number that a person may be asked for.
func ValidateNominees(nominees []PersonID, employee, appraiser PersonID, most int) error {
	var f Faults
	if len(nominees) > most {
		f.Add("peers", "error.too_many", map[string]any{"max": most})
	}
	seen := map[PersonID]bool{}
	for i, n := range nominees {
		field := fmt.Sprintf("peers[%d]", i)
		switch {
		case n == employee:
			f.Add(field, "error.peer_self", nil)
		case n == appraiser:
			f.Add(field, "error.peer_appraiser", nil)
		case seen[n]:
			f.Add(field, "error.peer_twice", nil)
		}
		seen[n] = true
	}
	return f.Err()
}

// CheckNomination reports a list from which nothing could ever be shown. possible counts by category who can be asked at all, those
// on the list included. A category that is asked needs as many people as answers are needed to show it, and the whole list too,
// unless too few can be asked for any category: then nobody needs to be. The list of an extension adds to those who were asked
// before and needs only somebody.
func CheckNomination(chosen map[PersonID]PeerCategory, possible map[PeerCategory]int, minimum int, extension bool) error {
	var f Faults
	count, reachable := map[PeerCategory]int{}, false
	for _, category := range chosen {
		count[category]++
	}
	for _, category := range PeerCategories() {
		reachable = reachable || possible[category] >= minimum || extension && possible[category] > 0
		n := count[category]
		switch {
		case extension || n == 0 || n >= minimum:
		case possible[category] < minimum:
			f.Add("peers", "peers.error.category_unreachable."+string(category), map[string]any{"min": minimum})
		default:
			f.Add("peers", "peers.error.category_few."+string(category), map[string]any{"min": minimum, "count": n})
		}
	}
	switch {
	case len(chosen) > 0 || !reachable:
	case extension:
		f.Add("peers", "peers.error.nobody_fresh", nil)
	default:
		f.Add("peers", "peers.error.few", map[string]any{"min": minimum})
	}
	return f.Err()
}
