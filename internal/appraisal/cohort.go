package appraisal

import "sort"

// CohortKey names a calibration cohort: the people of one position level in one unit and those that joined it from below.
type CohortKey struct {
	Unit  UnitID
	Level PositionLevel
}

// Cohorts assigns every member to a cohort. A cohort under minimum people joins the same level of the next unit up, again
// and again until it is large enough or the root is reached (policy default 5, DOMAIN section 3). parents maps a unit to
// the unit above it; roots are absent. The result has the same order as members.
func Cohorts(members []CohortKey, parents map[UnitID]UnitID, minimum int) []CohortKey {
	size := map[CohortKey]int{}
	for _, m := range members {
		size[m]++
	}
	joined := map[CohortKey]CohortKey{}
	keys := make([]CohortKey, 0, len(size))
	for k := range size {
		keys = append(keys, k)
	}
	for len(keys) > 0 {
		sort.Slice(keys, func(i, j int) bool {
			di, dj := depth(keys[i].Unit, parents), depth(keys[j].Unit, parents)
			if di != dj {
				return di > dj
			}
			return keys[i].Unit+UnitID(keys[i].Level) < keys[j].Unit+UnitID(keys[j].Level)
		})
		k := keys[0]
		keys = keys[1:]
		up, ok := parents[k.Unit]
		if size[k] >= minimum || !ok {
			continue
		}
		above := CohortKey{up, k.Level}
		if _, known := size[above]; !known {
			keys = append(keys, above)
		}
		size[above] += size[k]
		joined[k] = above
	}
	out := make([]CohortKey, len(members))
	for i, m := range members {
		for up, moved := joined[m]; moved; up, moved = joined[m] {
			m = up
		}
		out[i] = m
	}
	return out
}

func depth(u UnitID, parents map[UnitID]UnitID) int {
	n := 0
	for up, ok := parents[u]; ok && n <= len(parents); up, ok = parents[up] {
		n++
	}
	return n
}
