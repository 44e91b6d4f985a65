package appraisal_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestNoFigureOfATableIsAboutFewerThanTheMinimum(t *testing.T) {
	for _, c := range []struct {
		sizes   []int
		minimum int
		want    []int
	}{
		{nil, 5, nil},
		{[]int{9, 6, 5}, 5, nil},
		{[]int{9, 1, 4, 12}, 5, []int{1, 2}},    // together five
		{[]int{9, 1, 3, 12}, 5, []int{0, 1, 2}}, // together four: the next one goes with them
		{[]int{20, 2}, 5, []int{0, 1}},          // the total alone is told
		{[]int{2, 2}, 5, []int{0, 1}},
		{[]int{1, 2}, 0, nil},
	} {
		if got := appraisal.MergeSmall(c.sizes, c.minimum); !slices.Equal(got, c.want) {
			t.Errorf("of %v at least %d: merged are %v, want %v", c.sizes, c.minimum, got, c.want)
		}
	}
}

func TestNoDifferenceBetweenUnitsIsAboutFewerThanTheMinimum(t *testing.T) {
	below := map[appraisal.UnitID][]appraisal.UnitID{"": {"office", "other"}, "office": {"a", "b"}, "a": {"a1", "a2"}}
	for name, c := range map[string]struct {
		own  map[appraisal.UnitID]int
		want string
	}{
		"all are large enough":                 {map[appraisal.UnitID]int{"office": 3, "a": 3, "a1": 3, "a2": 3, "b": 3}, "a a1 a2 b office"},
		"one beside a large one":               {map[appraisal.UnitID]int{"a1": 5, "a2": 5, "b": 1}, "office"},
		"a head alone between large ones":      {map[appraisal.UnitID]int{"a": 1, "a1": 4, "a2": 9, "b": 3}, "a a2 b office"},
		"two small ones together large enough": {map[appraisal.UnitID]int{"a1": 2, "a2": 1, "b": 7}, "a b office"},
		"nobody in a unit itself":              {map[appraisal.UnitID]int{"a1": 3, "b": 4}, "a a1 b office"},
		"an office of two":                     {map[appraisal.UnitID]int{"b": 2, "other": 3}, "other"},
	} {
		var told []string
		for unit := range appraisal.TellingUnits(below, c.own, 3) {
			told = append(told, string(unit))
		}
		slices.Sort(told)
		if got := strings.Join(told, " "); got != c.want {
			t.Errorf("%s: told are %s, want %s", name, got, c.want)
		}
	}
}

// What is told nests, so that every sum and difference of it is made of these: a told unit without the told units below it.
func TestEveryDifferenceOfToldUnitsOfAnyTreeIsAboutEnoughPeople(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		parents, below, own := map[appraisal.UnitID]appraisal.UnitID{}, map[appraisal.UnitID][]appraisal.UnitID{}, map[appraisal.UnitID]int{}
		units := []appraisal.UnitID{""}
		for i := range 1 + random.IntN(12) {
			unit, above := appraisal.UnitID(fmt.Sprint(i)), units[random.IntN(len(units))]
			parents[unit], own[unit] = above, random.IntN(6)
			below[above] = append(below[above], unit)
			units = append(units, unit)
		}
		told := appraisal.TellingUnits(below, own, 3)
		apart := map[appraisal.UnitID]int{}
		for unit, people := range own {
			for unit != "" && !told[unit] {
				unit = parents[unit]
			}
			apart[unit] += people
		}
		for unit, people := range apart {
			if unit != "" && people > 0 && people < 3 {
				t.Fatalf("%s tells of %d people: %v below %v tells %v", unit, people, own, parents, told)
			}
		}
	}
}
