package appraisal_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

// tree: a government with two agencies; the first has two divisions, one of them with a section.
var tree = map[appraisal.UnitID]appraisal.UnitID{
	"agency": "government", "other agency": "government", "division": "agency", "second division": "agency", "section": "division",
}

// members are so many people of each cohort, in a shuffled order that is the same each time.
func members(of map[appraisal.CohortKey]int) []appraisal.CohortKey {
	var list []appraisal.CohortKey
	keys := slices.SortedFunc(maps.Keys(of), func(a, b appraisal.CohortKey) int { return len(a.Unit) - len(b.Unit) })
	for _, k := range keys {
		for range of[k] {
			list = append(list, k)
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func staff(unit appraisal.UnitID) appraisal.CohortKey {
	return appraisal.CohortKey{Unit: unit, Level: appraisal.LevelPelaksana}
}

func TestACohortUnderTheMinimumJoinsTheSameLevelAbove(t *testing.T) {
	engineer := appraisal.CohortKey{Unit: "division", Level: appraisal.LevelFungsional}
	for name, c := range map[string]struct{ people, want map[appraisal.CohortKey]int }{
		"large enough stays": {
			map[appraisal.CohortKey]int{staff("division"): 5, staff("agency"): 7},
			map[appraisal.CohortKey]int{staff("division"): 5, staff("agency"): 7}},
		"one short joins the unit above": {
			map[appraisal.CohortKey]int{staff("division"): 4, staff("agency"): 7},
			map[appraisal.CohortKey]int{staff("agency"): 11}},
		"those that join make it large enough": {
			map[appraisal.CohortKey]int{staff("section"): 2, staff("division"): 3, staff("agency"): 9},
			map[appraisal.CohortKey]int{staff("division"): 5, staff("agency"): 9}},
		"a chain up to the root": {
			map[appraisal.CohortKey]int{staff("section"): 1, staff("other agency"): 1},
			map[appraisal.CohortKey]int{staff("government"): 2}},
		"over units where nobody is": {
			map[appraisal.CohortKey]int{staff("section"): 3, staff("government"): 6},
			map[appraisal.CohortKey]int{staff("government"): 9}},
		"two small ones side by side meet above": {
			map[appraisal.CohortKey]int{staff("division"): 3, staff("second division"): 3},
			map[appraisal.CohortKey]int{staff("agency"): 6}},
		"a small one beside a large one joins what is above, not what is beside": {
			map[appraisal.CohortKey]int{staff("division"): 2, staff("second division"): 8, staff("agency"): 1, staff("other agency"): 4},
			map[appraisal.CohortKey]int{staff("second division"): 8, staff("government"): 7}},
		"levels never mix": {
			map[appraisal.CohortKey]int{staff("division"): 3, engineer: 3, staff("agency"): 5},
			map[appraisal.CohortKey]int{staff("agency"): 8, {Unit: "government", Level: appraisal.LevelFungsional}: 3}},
		"the root keeps even one": {
			map[appraisal.CohortKey]int{staff("government"): 1},
			map[appraisal.CohortKey]int{staff("government"): 1}},
		"a unit that is not in the tree is a root": {
			map[appraisal.CohortKey]int{staff("elsewhere"): 2, staff("agency"): 5},
			map[appraisal.CohortKey]int{staff("elsewhere"): 2, staff("agency"): 5}},
		"nobody": {nil, map[appraisal.CohortKey]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[appraisal.CohortKey]int{}
			for _, k := range appraisal.Cohorts(members(c.people), tree, 5) {
				got[k]++
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestEverybodyGetsTheCohortOfTheirOwnPlaceInTheList(t *testing.T) {
	list := []appraisal.CohortKey{staff("section"), staff("agency"), staff("section"), staff("agency"), staff("agency"), staff("agency"), staff("agency")}
	got := appraisal.Cohorts(list, tree, 5)
	for i, k := range got {
		if k != staff("agency") {
			t.Errorf("member %d is in %v, want the agency's", i, k)
		}
	}
	if list[0] != staff("section") {
		t.Error("the list that was given was changed")
	}
}

func TestALoopOfUnitsEnds(t *testing.T) {
	parents := map[appraisal.UnitID]appraisal.UnitID{"a": "b", "b": "c", "c": "a", "d": "a"}
	if got := appraisal.Cohorts([]appraisal.CohortKey{staff("a"), staff("b"), staff("c"), staff("d")}, parents, 5); len(got) != 4 {
		t.Errorf("got %v, want a cohort for each", got)
	}
}

// government makes a tree of units, four below each, with a few people of every level in each.
func government(units int) ([]appraisal.CohortKey, map[appraisal.UnitID]appraisal.UnitID) {
	r := rand.New(rand.NewPCG(7, 7))
	parents := map[appraisal.UnitID]appraisal.UnitID{}
	levels := []appraisal.PositionLevel{appraisal.LevelJPT, appraisal.LevelAdministrator, appraisal.LevelPengawas, appraisal.LevelFungsional, appraisal.LevelPelaksana}
	var people []appraisal.CohortKey
	for i := range units {
		unit := appraisal.UnitID(fmt.Sprint("unit ", i))
		if i > 0 {
			parents[unit] = appraisal.UnitID(fmt.Sprint("unit ", (i-1)/4))
		}
		for _, level := range levels {
			for range r.IntN(8) {
				people = append(people, appraisal.CohortKey{Unit: unit, Level: level})
			}
		}
	}
	return people, parents
}

func TestCohortsAreLargeEnoughOrAtTheRootAndDoNotDependOnTheOrder(t *testing.T) {
	people, parents := government(300)
	cohorts := appraisal.Cohorts(people, parents, 5)
	size := map[appraisal.CohortKey]int{}
	for i, k := range cohorts {
		size[k]++
		if k.Level != people[i].Level {
			t.Fatalf("%v is calibrated with %v", people[i], k)
		}
		if unit := people[i].Unit; !above(unit, k.Unit, parents) {
			t.Fatalf("%v is calibrated in %v, which is not above", people[i], k)
		}
	}
	for k, n := range size {
		if _, below := parents[k.Unit]; below && n < 5 {
			t.Errorf("cohort %v has %d people and is not at the root", k, n)
		}
	}
	reversed := slices.Clone(people)
	slices.Reverse(reversed)
	again := appraisal.Cohorts(reversed, parents, 5)
	slices.Reverse(again)
	if !slices.Equal(cohorts, again) {
		t.Error("the cohorts depend on the order of the people")
	}
}

func above(unit, top appraisal.UnitID, parents map[appraisal.UnitID]appraisal.UnitID) bool {
	for ; unit != top; unit = parents[unit] {
		if unit == "" {
			return false
		}
	}
	return true
}

// BenchmarkCohorts assigns the hundred thousand people of a large government.
func BenchmarkCohorts(b *testing.B) {
	people, parents := government(6000)
	b.ReportMetric(float64(len(people)), "people")
	for b.Loop() {
		appraisal.Cohorts(people, parents, 5)
	}
}

func TestWhoComesLateJoinsTheCohortThatTheirColleaguesAreIn(t *testing.T) {
	parents := map[appraisal.UnitID]appraisal.UnitID{"seksi": "bidang", "bidang": "dinas", "dinas": "pemda"}
	key := func(unit appraisal.UnitID) appraisal.CohortKey {
		return appraisal.CohortKey{Unit: unit, Level: appraisal.LevelPelaksana}
	}
	for _, c := range []struct {
		name    string
		formed  []appraisal.CohortKey
		minimum int
		want    appraisal.UnitID
	}{
		{"their own unit has one", []appraisal.CohortKey{key("seksi"), key("dinas")}, 5, "seksi"},
		{"their colleagues joined the agency", []appraisal.CohortKey{key("dinas")}, 5, "dinas"},
		{"only another level has one", []appraisal.CohortKey{{Unit: "bidang", Level: appraisal.LevelJPT}, key("pemda")}, 5, "pemda"},
		{"nobody of the level is in the cycle", nil, 5, "pemda"},
		{"one person is enough", []appraisal.CohortKey{key("dinas")}, 1, "seksi"},
	} {
		formed := map[appraisal.CohortKey]bool{}
		for _, k := range c.formed {
			formed[k] = true
		}
		if got := appraisal.LateCohort(key("seksi"), formed, parents, c.minimum); got != key(c.want) {
			t.Errorf("%s: joined %v, want the one of %s", c.name, got, c.want)
		}
	}
	loop := map[appraisal.UnitID]appraisal.UnitID{"a": "b", "b": "a"}
	appraisal.LateCohort(key("a"), nil, loop, 5) // ends
}
