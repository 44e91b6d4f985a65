package appraisal

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
	joined := joinSmall(size, parents, minimum)
	out := make([]CohortKey, len(members))
	for i, m := range members {
		for up, moved := joined[m]; moved; up, moved = joined[m] {
			m = up
		}
		out[i] = m
	}
	return out
}

// joinSmall goes up the tree level by level, so that a cohort has met all that join it before it is measured itself.
func joinSmall(size map[CohortKey]int, parents map[UnitID]UnitID, minimum int) map[CohortKey]CohortKey {
	var byDepth [][]CohortKey
	for k := range size {
		d := depth(k.Unit, parents)
		for len(byDepth) <= d {
			byDepth = append(byDepth, nil)
		}
		byDepth[d] = append(byDepth[d], k)
	}
	joined := map[CohortKey]CohortKey{}
	for d := len(byDepth) - 1; d > 0; d-- {
		for _, k := range byDepth[d] {
			above := CohortKey{parents[k.Unit], k.Level}
			if _, loop := joined[above]; loop || size[k] >= minimum {
				continue
			}
			if _, known := size[above]; !known {
				byDepth[d-1] = append(byDepth[d-1], above)
			}
			size[above] += size[k]
			joined[k] = above
		}
	}
	return joined
}

// depth counts the units above a unit. A loop among them, which no roster has, ends as well.
func depth(u UnitID, parents map[UnitID]UnitID) int {
	n := 0
	for up, ok := parents[u]; ok && n <= len(parents); up, ok = parents[up] {
		n++
	}
	return n
}

// LateCohort returns the cohort that somebody joins who was added after the cohorts were formed: the one of their level in their
// own unit or in the nearest unit above that has one. Where none has, it is one of their own if a single person is enough, and
// otherwise one of the root, as a cohort that stays too small ends up there.
func LateCohort(member CohortKey, formed map[CohortKey]bool, parents map[UnitID]UnitID, minimum int) CohortKey {
	if minimum <= 1 {
		return member
	}
	for range len(parents) + 1 {
		up, below := parents[member.Unit]
		if formed[member] || !below {
			break
		}
		member.Unit = up
	}
	return member
}
