package appraisal_test

import (
	"slices"
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
