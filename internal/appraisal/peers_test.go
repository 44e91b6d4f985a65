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

func TestBelowTheMinimumNothingButTheCountIsTold(t *testing.T) {
	answers := []appraisal.PeerAnswer{opinion(1, "Sering terlambat."), opinion(4, "")}
	got := appraisal.Aggregate(appraisal.CategorySubordinate, answers, 3)
	if !got.Withheld || got.Answers != 2 || got.Averages != nil || got.Comments != nil || got.Category != appraisal.CategorySubordinate {
		t.Errorf("got %+v, want the count of 2 alone", got)
	}
	if none := appraisal.Aggregate(appraisal.CategoryPeer, nil, 3); !none.Withheld || none.Answers != 0 {
		t.Errorf("got %+v of nobody, want it withheld", none)
	}
}

func TestFromTheMinimumOnAveragesAndCommentsAreTold(t *testing.T) {
	answers := []appraisal.PeerAnswer{opinion(4, "Ramah."), opinion(3, ""), opinion(3, "Cepat.")}
	got := appraisal.Aggregate(appraisal.CategoryPeer, answers, 3)
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
	got := appraisal.Aggregate(appraisal.CategoryPeer, answers, 3)
	if got.Averages[5] != "" || got.Averages[6] != "2.00" || got.Averages[7] != "2.50" {
		t.Errorf("averages %q %q %q, want none of two, 2.00 of three and 2.50 of four", got.Averages[5], got.Averages[6], got.Averages[7])
	}
}

func TestAveragesAreRoundedHalfUpToTwoPlaces(t *testing.T) {
	var answers []appraisal.PeerAnswer
	for _, score := range []int{4, 4, 4, 4, 4, 4, 4, 3} { // 31/8 = 3.875
		answers = append(answers, opinion(score, ""))
	}
	if got := appraisal.Aggregate(appraisal.CategoryPeer, answers, 3).Averages[0]; got != "3.88" {
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
