package appraisal

import "slices"

// MergeSmall says which groups of a table have to be shown as one, so that no figure is about fewer than minimum people: all
// that are smaller and, where those together are still too few, the next larger ones, for what is left out could otherwise be
// reckoned from the total. The result has the indices of the groups to merge in order; a minimum of 0 merges nothing.
func MergeSmall(sizes []int, minimum int) []int {
	order := make([]int, len(sizes))
	for i := range sizes {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return sizes[a] - sizes[b] })
	var merged []int
	people := 0
	for _, i := range order {
		if sizes[i] >= minimum && (people == 0 || people >= minimum) {
			break
		}
		merged = append(merged, i)
		people += sizes[i]
	}
	slices.Sort(merged)
	return merged
}

// TellingUnits returns the units of which a figure may be told so that no difference between told ones is about fewer than minimum
// people: a unit's figure is that of its own people and of all units below it, and what is told of the units below one is taken
// from it. What is not told of a unit is told of none below it. Own are the people in each unit itself.
func TellingUnits(below map[UnitID][]UnitID, own map[UnitID]int, minimum int) map[UnitID]bool {
	people, told := map[UnitID]int{}, map[UnitID]bool{}
	var count func(u UnitID) int
	count = func(u UnitID) int {
		people[u] = own[u]
		for _, b := range below[u] {
			people[u] += count(b)
		}
		return people[u]
	}
	var tell func(u UnitID)
	tell = func(u UnitID) {
		told[u] = true
		sizes := []int{own[u]}
		for _, b := range below[u] {
			sizes = append(sizes, people[b])
		}
		untold := MergeSmall(sizes, minimum)
		for i, b := range below[u] {
			if !slices.Contains(untold, i+1) {
				tell(b)
			}
		}
	}
	for _, root := range below[""] {
		if count(root) >= minimum {
			tell(root)
		}
	}
	return told
}
