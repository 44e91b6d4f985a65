package appraisal_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// opinion gives the same score to every behaviour.
func opinion(score int, comment string) appraisal.PeerAnswer {
	return appraisal.PeerAnswer{Scores: slices.Repeat([]int{score}, appraisal.Behaviours), Comment: comment}
}

func TestEveryFaultOfAnOpinionIsNamed(t *testing.T) {
	spoiled := opinion(3, strings.Repeat("x", appraisal.MaxText+1))
	spoiled.Scores[0], spoiled.Scores[20] = -1, 5
	for name, c := range map[string]struct {
		answer appraisal.PeerAnswer
		want   string
	}{
		"sound":                       {opinion(4, "Rekan yang baik."), ""},
		"unable to judge, everywhere": {opinion(0, ""), ""},
		"too few scores":              {appraisal.PeerAnswer{Scores: []int{1, 2}}, "scores error.scores_count"},
		"too many scores":             {appraisal.PeerAnswer{Scores: slices.Repeat([]int{1}, 22)}, "scores error.scores_count"},
		"nothing":                     {appraisal.PeerAnswer{}, "scores error.scores_count"},
		"out of range, and long":      {spoiled, "scores[0] error.score\nscores[20] error.score\ncomment error.text_long"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faultsOf(t, c.answer.Validate()); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// told returns what the default policy tells of the peers' answers.
func told(t *testing.T, answers []appraisal.PeerAnswer) appraisal.PeerAggregate {
	t.Helper()
	aggregates, _ := peerPolicy(t).PeerOpinion(map[appraisal.PeerCategory][]appraisal.PeerAnswer{appraisal.CategoryPeer: answers}, nil)
	return aggregates[0]
}

func peerPolicy(t *testing.T) *appraisal.Policy {
	t.Helper()
	policy, err := appraisal.Embedded().Get("permen6-2022")
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

func TestBelowTheMinimumNotEvenTheCountIsTold(t *testing.T) {
	for _, answers := range [][]appraisal.PeerAnswer{{opinion(1, "Sering terlambat."), opinion(4, "")}, nil} {
		got := told(t, answers)
		if !got.Withheld || got.Answers != 0 || got.Averages != nil || got.Comments != nil || got.Category != appraisal.CategoryPeer {
			t.Errorf("of %d answers %+v is told, want nothing", len(answers), got)
		}
	}
}

func TestFromTheMinimumOnAveragesAndCommentsAreTold(t *testing.T) {
	answers := []appraisal.PeerAnswer{opinion(4, "Ramah."), opinion(3, ""), opinion(3, "Cepat.")}
	got := told(t, answers)
	if got.Withheld || got.Answers != 3 || len(got.Averages) != appraisal.Behaviours || got.Averages[0] != "3.33" {
		t.Errorf("got %+v, want the average 3.33 of each behaviour", got)
	}
	if !slices.Equal(got.Comments, []string{"Ramah.", "Cepat."}) {
		t.Errorf("comments %v, want those that were given", got.Comments)
	}
}

func TestABehaviourThatTooFewCouldJudgeHasNoAverage(t *testing.T) {
	answers := []appraisal.PeerAnswer{opinion(4, ""), opinion(2, ""), opinion(3, ""), opinion(1, "")}
	answers[0].Scores[5], answers[1].Scores[5] = 0, 0 // two are left
	answers[0].Scores[6] = 0                          // three are left: 2, 3 and 1
	got := told(t, answers)
	if got.Averages[5] != "" || got.Averages[6] != "2.00" || got.Averages[7] != "2.50" {
		t.Errorf("averages %q %q %q, want none of two, 2.00 of three and 2.50 of four", got.Averages[5], got.Averages[6], got.Averages[7])
	}
}

func TestAveragesAreRoundedHalfUpToTwoPlaces(t *testing.T) {
	var answers []appraisal.PeerAnswer
	for _, score := range []int{4, 4, 4, 4, 4, 4, 4, 3} { // 31/8 = 3.875
		answers = append(answers, opinion(score, ""))
	}
	if got := told(t, answers).Averages[0]; got != "3.88" {
		t.Errorf("3.875 is told as %s, want 3.88", got)
	}
}

func TestEveryFaultOfANominationIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		peers []appraisal.PersonID
		want  string
	}{
		"sound":           {[]appraisal.PersonID{"b", "c", "d"}, ""},
		"nobody":          {nil, ""},
		"oneself":         {[]appraisal.PersonID{"b", "me"}, "peers[1] error.peer_self"},
		"the appraiser":   {[]appraisal.PersonID{"boss"}, "peers[0] error.peer_appraiser"},
		"somebody twice":  {[]appraisal.PersonID{"b", "c", "b", "b"}, "peers[2] error.peer_twice\npeers[3] error.peer_twice"},
		"as many as may":  {[]appraisal.PersonID{"a", "b", "c", "d"}, ""},
		"one too many":    {[]appraisal.PersonID{"a", "b", "c", "d", "e"}, "peers error.too_many"},
		"all at the same": {[]appraisal.PersonID{"me", "boss", "c", "c", "e"}, "peers error.too_many\npeers[0] error.peer_self\npeers[1] error.peer_appraiser\npeers[3] error.peer_twice"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faultsOf(t, appraisal.ValidateNominees(c.peers, "me", "boss", 4)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestANominationThatCouldNeverBeShownIsRefused(t *testing.T) {
	list := func(peers, subordinates int) map[appraisal.PersonID]appraisal.PeerCategory {
		chosen := map[appraisal.PersonID]appraisal.PeerCategory{}
		for i := range peers {
			chosen[appraisal.PersonID(rune('a'+i))] = appraisal.CategoryPeer
		}
		for i := range subordinates {
			chosen[appraisal.PersonID(rune('A'+i))] = appraisal.CategorySubordinate
		}
		return chosen
	}
	possible := func(peers, subordinates int) map[appraisal.PeerCategory]int {
		return map[appraisal.PeerCategory]int{appraisal.CategoryPeer: peers, appraisal.CategorySubordinate: subordinates}
	}
	for name, c := range map[string]struct {
		chosen    map[appraisal.PersonID]appraisal.PeerCategory
		possible  map[appraisal.PeerCategory]int
		extension bool
		want      string
	}{
		"three colleagues":                     {list(3, 0), possible(5, 5), false, ""},
		"three of each":                        {list(3, 3), possible(5, 5), false, ""},
		"nobody where five could be asked":     {list(0, 0), possible(5, 0), false, "peers peers.error.few"},
		"nobody where nobody can be asked":     {list(0, 0), possible(0, 0), false, ""},
		"nobody where too few can be asked":    {list(0, 0), possible(2, 2), false, ""},
		"two colleagues":                       {list(2, 0), possible(5, 0), false, "peers peers.error.category_few.peer"},
		"one subordinate beside colleagues":    {list(3, 1), possible(5, 5), false, "peers peers.error.category_few.subordinate"},
		"two subordinates where there are two": {list(3, 2), possible(5, 2), false, "peers peers.error.category_unreachable.subordinate"},
		"one more in the extension":            {list(1, 0), possible(1, 0), true, ""},
		"nobody in the extension":              {list(0, 0), possible(1, 0), true, "peers peers.error.nobody_fresh"},
		"nobody left for the extension":        {list(0, 0), possible(0, 0), true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faultsOf(t, appraisal.CheckNomination(c.chosen, c.possible, 3, c.extension)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheOverallOpinionWeighsTheCategoriesAndLeavesTheWeightOfAMissingOneToTheOther(t *testing.T) {
	policy := *peerPolicy(t)
	policy.Peers.Weights = map[appraisal.PeerCategory]appraisal.Decimal{appraisal.CategoryPeer: "60", appraisal.CategorySubordinate: "40"}
	peers := []appraisal.PeerAnswer{opinion(4, ""), opinion(3, ""), opinion(3, "")}        // 10/3
	subordinates := []appraisal.PeerAnswer{opinion(2, ""), opinion(2, ""), opinion(1, "")} // 5/3
	for _, c := range []struct {
		peers, subordinates []appraisal.PeerAnswer
		score               appraisal.Decimal
		rule                string
	}{
		{peers, subordinates, "2.67", "peers.rule.weighted"}, // (60 × 10/3 + 40 × 5/3) ÷ 100 = 8/3
		{peers, subordinates[:2], "3.33", "peers.rule.rescaled"},
		{nil, subordinates, "1.67", "peers.rule.rescaled"},
		{peers[:2], nil, "", ""},
	} {
		_, overall := policy.PeerOpinion(map[appraisal.PeerCategory][]appraisal.PeerAnswer{
			appraisal.CategoryPeer: c.peers, appraisal.CategorySubordinate: c.subordinates}, nil)
		switch {
		case c.score == "":
			if overall != nil {
				t.Errorf("two answers make the opinion %+v", overall)
			}
		case overall == nil || overall.Score != c.score || overall.Values[6] != c.score || len(overall.Explanation) != 8 || overall.Explanation[0].Rule != c.rule:
			t.Errorf("of %d and %d answers: %+v, want %s by %s", len(c.peers), len(c.subordinates), overall, c.score, c.rule)
		}
	}
}

// A value's figure is made of published averages alone: were a behaviour that two could judge in it, their answers could be
// calculated from the others.
func TestTheOverallOpinionDoesNotTellWhatIsWithheld(t *testing.T) {
	answers := []appraisal.PeerAnswer{opinion(4, ""), opinion(4, ""), opinion(4, "")}
	answers[0].Scores[0], answers[1].Scores[0], answers[2].Scores[0] = 0, 1, 1
	_, overall := peerPolicy(t).PeerOpinion(map[appraisal.PeerCategory][]appraisal.PeerAnswer{appraisal.CategoryPeer: answers}, nil)
	if overall.Values[0] != "4.00" || overall.Score != "4.00" {
		t.Errorf("the opinion is %s of %s, want 4.00 of 4.00", overall.Values[0], overall.Score)
	}
	for i := range answers {
		for b := range 3 {
			answers[i].Scores[b] = 0
		}
	}
	if _, overall = peerPolicy(t).PeerOpinion(map[appraisal.PeerCategory][]appraisal.PeerAnswer{appraisal.CategoryPeer: answers}, nil); overall.Values[0] != "" || overall.Score != "4.00" {
		t.Errorf("of a value that nobody could judge %q is told, overall %s", overall.Values[0], overall.Score)
	}
}
