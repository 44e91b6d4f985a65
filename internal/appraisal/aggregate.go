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
