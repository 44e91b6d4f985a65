package appraisal_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func voices(n int) []appraisal.PulseAnswer {
	return slices.Repeat([]appraisal.PulseAnswer{{Understandable: 4, Fair: 3}}, n)
}

// regency: a root with two agencies, one of which has two divisions.
var regency = map[appraisal.UnitID]appraisal.UnitID{"root": "", "a": "root", "b": "root", "a1": "a", "a2": "a"}

func TestUnitsWithTooFewVoicesJoinUntilNobodyCanBeCalculatedOut(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[appraisal.UnitID]int
		want    string
	}{
		"all large":              {map[appraisal.UnitID]int{"root": 5, "a": 5, "b": 5, "a1": 5, "a2": 6}, "a1:5 a2:6 a:5 b:5 root:5"},
		"a small one joins":      {map[appraisal.UnitID]int{"root": 5, "a": 5, "b": 5, "a1": 2, "a2": 6}, "a,a1:7 a2:6 b:5 root:5"},
		"and again":              {map[appraisal.UnitID]int{"root": 5, "a": 1, "b": 5, "a1": 2, "a2": 6}, "a,a1,root:8 a2:6 b:5"},
		"a small root takes one": {map[appraisal.UnitID]int{"root": 1, "a": 9, "b": 5}, "a,a1,a2:9 b,root:6"},
		"too few in all":         {map[appraisal.UnitID]int{"root": 2, "b": 2}, ""},
		"nobody":                 {nil, ""},
		"enough only together":   {map[appraisal.UnitID]int{"a1": 3, "b": 3}, "a,a1,a2,b,root:6"},
	} {
		t.Run(name, func(t *testing.T) {
			answers := map[appraisal.UnitID][]appraisal.PulseAnswer{}
			for unit, n := range c.answers {
				answers[unit] = voices(n)
			}
			var got []string
			for _, g := range appraisal.GroupPulse(answers, regency, 5) {
				units := make([]string, len(g.Units))
				for i, u := range g.Units {
					units[i] = string(u)
				}
				got = append(got, fmt.Sprintf("%s:%d", strings.Join(units, ","), len(g.Answers)))
			}
			slices.Sort(got)
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("the groups are %s, want %s", s, c.want)
			}
		})
	}
}

func TestGroupsShareNobodyLeaveNobodyOutAndAreNeverSmall(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		parents, answers, total := map[appraisal.UnitID]appraisal.UnitID{}, map[appraisal.UnitID][]appraisal.PulseAnswer{}, 0
		for i := range 1 + random.IntN(12) {
			unit, above := appraisal.UnitID(fmt.Sprint("u", i)), appraisal.UnitID("")
			if i > 0 && random.IntN(8) > 0 {
				above = appraisal.UnitID(fmt.Sprint("u", random.IntN(i)))
			}
			n := random.IntN(9)
			parents[unit], answers[unit], total = above, voices(n), total+n
		}
		groups, seen, told := appraisal.GroupPulse(answers, parents, 5), map[appraisal.UnitID]bool{}, 0
		for _, g := range groups {
			if len(g.Answers) < 5 {
				t.Fatalf("a group has %d answers", len(g.Answers))
			}
			told += len(g.Answers)
			for _, u := range g.Units {
				if seen[u] {
					t.Fatalf("%s is in two groups", u)
				}
				seen[u] = true
			}
		}
		if total >= 5 && (told != total || len(seen) != len(parents)) || total < 5 && groups != nil {
			t.Fatalf("of %d answers %d are told, of units %v %v", total, told, slices.Collect(maps.Keys(parents)), seen)
		}
	}
}

func TestAVoiceIsFromOneToFive(t *testing.T) {
	for _, a := range []appraisal.PulseAnswer{{}, {Understandable: 6, Fair: 3}, {Understandable: 3, Fair: -1}} {
		if a.Validate() == nil {
			t.Errorf("%+v is taken", a)
		}
	}
	if err := (appraisal.PulseAnswer{Understandable: 1, Fair: 5}).Validate(); err != nil {
		t.Error(err)
	}
	if u, f := appraisal.PulseMeans([]appraisal.PulseAnswer{{Understandable: 4, Fair: 1}, {Understandable: 3, Fair: 1}, {Understandable: 3, Fair: 2}}); u != "3.33" || f != "1.33" {
		t.Errorf("the means are %s and %s", u, f)
	}
}
