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

// PeerAggregate is all that is ever told of a category's answers.
type PeerAggregate struct {
	Category PeerCategory `json:"category"`
	Answers  int          `json:"answers"`
	Withheld bool         `json:"withheld"`
	Averages []string     `json:"averages"` // per behaviour, rounded to 2 places; empty where nobody could judge
	Comments []string     `json:"comments"`
}

// Aggregate computes what may be told of the answers of a category. Fewer than minimum answers are withheld whole, and a
// behaviour that fewer than minimum could judge has no average.
func Aggregate(category PeerCategory, answers []PeerAnswer, minimum int) PeerAggregate {
	agg := PeerAggregate{Category: category, Answers: len(answers)}
	if len(answers) < minimum {
		agg.Withheld = true
		return agg
	}
	agg.Averages = make([]string, Behaviours)
	for b := range Behaviours {
		sum, n := int64(0), int64(0)
		for _, a := range answers {
			if b < len(a.Scores) && a.Scores[b] > 0 {
				sum, n = sum+int64(a.Scores[b]), n+1
			}
		}
		if n >= int64(minimum) {
			agg.Averages[b] = big.NewRat(sum, n).FloatString(2)
		}
	}
	for _, a := range answers {
		if a.Comment != "" {
			agg.Comments = append(agg.Comments, a.Comment)
		}
	}
	return agg
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
