package service

import (
	"context"
	"fmt"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Spread counts the released ratings of a cycle by unit and by position level: as the appraisers rated, after calibration and
// after objections. HR and the committee, who may read every appraisal, are told of every group. Leadership is told once the cycle
// has ended, because two readings of a running one differ by the few who were released or heard between them; and then only of
// groups that are large enough (the policy's smallest cohort), and of the others together.
func (s *Service) Spread(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) (CycleSpread, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionReadSpread); err != nil {
		return CycleSpread{}, err
	}
	reach, whole := appraisal.Reach(actor, appraisal.ActionReadSpread), appraisal.Reach(actor, appraisal.ActionReadSmallSpread)
	var view CycleSpread
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		if err := permittedInCycle(ctx, q, actor, appraisal.ActionReadCycle, cycle); err != nil {
			return err
		}
		row, err := postgres.CycleIn(ctx, q, cycle, reach)
		if err != nil {
			return err
		}
		policy, err := s.policyOf(ctx, q, cycle)
		if err != nil {
			return err
		}
		counts, err := postgres.SpreadCounts(ctx, q, cycle, reach)
		if err != nil {
			return err
		}
		minimum := policy.CohortMinimum
		if whole.Everywhere || !reach.Everywhere { // who counts nobody but those whose results they read
			minimum = 0
		}
		if minimum > 0 && row.EndedAt == nil {
			counts = nil
		}
		view = spreadOf(counts, minimum)
		view.CycleID, view.CycleName, view.People = cycle, row.Name, row.People
		view.Predikats = slices.DeleteFunc(appraisal.Predikats(), func(p appraisal.Predikat) bool {
			return !slices.Contains(policy.Outcomes(), p) && view.All.Reviewed[p]+view.All.Calibrated[p]+view.All.Final[p] == 0
		})
		return nil
	})
	if err != nil {
		return CycleSpread{}, fmt.Errorf("spread of cycle %s: %w", cycle, err)
	}
	return view, nil
}

func spreadOf(counts []postgres.SpreadCount, minimum int) CycleSpread {
	view := CycleSpread{Minimum: minimum, All: newGroup("", "")}
	var units, levels []SpreadGroup
	for _, c := range counts {
		view.All.add(c)
		groupFor(&units, string(c.UnitID), c.Unit).add(c)
		groupFor(&levels, string(c.PositionKind.Level()), "").add(c)
	}
	view.Units, view.Levels = merged(units, minimum), merged(levels, minimum)
	if view.All.People < minimum {
		view.Withheld, view.All, view.Units, view.Levels = true, newGroup("", ""), []SpreadGroup{}, []SpreadGroup{}
	}
	return view
}

func newGroup(key, name string) SpreadGroup {
	return SpreadGroup{
		Key: key, Name: name, Reviewed: map[appraisal.Predikat]int{}, Calibrated: map[appraisal.Predikat]int{}, Final: map[appraisal.Predikat]int{},
	}
}

func groupFor(groups *[]SpreadGroup, key, name string) *SpreadGroup {
	i := slices.IndexFunc(*groups, func(g SpreadGroup) bool { return g.Key == key })
	if i < 0 {
		i = len(*groups)
		*groups = append(*groups, newGroup(key, name))
	}
	return &(*groups)[i]
}

func (g *SpreadGroup) add(c postgres.SpreadCount) {
	g.People += c.People
	g.Reviewed[c.Reviewed] += c.People
	g.Calibrated[c.Calibrated] += c.People
	g.Final[c.Final] += c.People
	if c.Calibrated != c.Reviewed {
		g.ByCommittee += c.People
	}
	if c.Final != c.Calibrated {
		g.ByObjection += c.People
	}
}

// merged tells of the groups that are too small as of one.
func merged(groups []SpreadGroup, minimum int) []SpreadGroup {
	sizes := make([]int, len(groups))
	for i, g := range groups {
		sizes[i] = g.People
	}
	together := appraisal.MergeSmall(sizes, minimum)
	list, others := []SpreadGroup{}, newGroup("", "")
	for i, g := range groups {
		if !slices.Contains(together, i) {
			list = append(list, g)
			continue
		}
		others.Merged++
		others.People += g.People
		others.ByCommittee += g.ByCommittee
		others.ByObjection += g.ByObjection
		for _, p := range appraisal.Predikats() {
			for _, from := range []struct{ to, of map[appraisal.Predikat]int }{
				{others.Reviewed, g.Reviewed}, {others.Calibrated, g.Calibrated}, {others.Final, g.Final},
			} {
				if from.of[p] > 0 {
					from.to[p] += from.of[p]
				}
			}
		}
	}
	if others.Merged > 0 {
		list = append(list, others)
	}
	return list
}
