package service

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Cohorts lists the calibration cohorts of a cycle with their counts and breaches, without the members. As in Cohort, a reader who
// has not been told the result is left out of the counts.
func (s *Service) Cohorts(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) ([]Cohort, error) {
	if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{}); err != nil {
		return nil, err
	}
	var list []Cohort
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		list, err = s.cohortList(ctx, q, actor, cycle)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cohorts of cycle %s: %w", cycle, err)
	}
	return list, nil
}

func (s *Service) cohortList(ctx context.Context, q postgres.Querier, actor appraisal.Actor, cycle appraisal.CycleID) ([]Cohort, error) {
	if err := knownCycle(ctx, q, cycle); err != nil {
		return nil, err
	}
	rows, err := postgres.CohortsOf(ctx, q, cycle)
	if err != nil {
		return nil, err
	}
	counted, err := postgres.CohortCounts(ctx, q, cycle, actor.ID)
	if err != nil {
		return nil, err
	}
	counts := map[appraisal.CohortID]map[appraisal.Predikat]int{}
	for _, n := range counted {
		if counts[n.CohortID] == nil {
			counts[n.CohortID] = map[appraisal.Predikat]int{}
		}
		counts[n.CohortID][n.Predikat] += n.People
	}
	list := make([]Cohort, len(rows))
	place := make(map[appraisal.CohortID]int, len(rows))
	for i, k := range rows {
		place[k.ID] = i
		if list[i], err = s.cohortOf(ctx, q, k, counts[k.ID]); err != nil {
			return nil, err
		}
	}
	for _, own := range counted { // after the breaches, which stay whole
		if own.Stage == nil || told(*own.Stage) {
			continue
		}
		shown := list[place[own.CohortID]].Counts
		if shown[own.Predikat] -= own.People; shown[own.Predikat] == 0 {
			delete(shown, own.Predikat)
		}
	}
	return list, nil
}

// told reports whether somebody at the stage has been told their result.
func told(stage appraisal.Stage) bool {
	return stage.Order() >= appraisal.StageResult.Order() && stage != appraisal.StageWithdrawn
}

// cohortOf returns a cohort without members, with what its counts break of the guideline.
func (s *Service) cohortOf(ctx context.Context, q postgres.Querier, k postgres.Cohort, counts map[appraisal.Predikat]int) (Cohort, error) {
	policy, err := s.policyOf(ctx, q, k.CycleID)
	if err != nil {
		return Cohort{}, err
	}
	view := Cohort{
		ID: k.ID, CycleID: k.CycleID, CycleName: k.CycleName, Unit: k.UnitName, UnitID: k.UnitID, Level: k.PositionLevel, Status: k.Status,
		Round: k.Round, Expected: k.Expected, Ready: k.Ready, Deadline: k.Deadline, LockedAt: k.LockedAt, Rating: k.Rating,
		Justification: k.Justification, Version: k.Version, Members: []CohortMember{}, Counts: counts,
		Breaches: policy.CheckDistribution(k.Rating, counts), Appraisers: []Severity{},
	}
	if view.Counts == nil {
		view.Counts = map[appraisal.Predikat]int{}
	}
	if view.Breaches == nil {
		view.Breaches = []appraisal.Breach{}
	}
	return view, nil
}

// Cohort reads one cohort as the committee sees it. Counts and breaches are those that the lock will check: over everybody who has
// reached the session, with its changes applied, against the guideline for the rating of the unit where the cohort ended up. A
// reader who is a member and has not been told the result finds their own cell empty, and themselves left out of the counts and
// of the appraisers' severity; breaches stay whole, for the lock depends on them.
func (s *Service) Cohort(ctx context.Context, actor appraisal.Actor, id appraisal.CohortID) (Cohort, error) {
	if err := appraisal.Can(actor, appraisal.ActionCalibrate, appraisal.Subject{}); err != nil {
		return Cohort{}, err
	}
	var view Cohort
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		k, err := postgres.GetCohort(ctx, q, id)
		if err != nil {
			return err
		}
		members, err := postgres.Members(ctx, q, id)
		if err != nil {
			return err
		}
		if view, err = s.cohortOf(ctx, q, k, countPredikats(members)); err != nil {
			return err
		}
		shown := slices.DeleteFunc(slices.Clone(members), func(m postgres.Member) bool {
			return m.EmployeeID == actor.ID && !told(m.Stage)
		})
		view.Counts, view.Appraisers = countPredikats(shown), severities(shown)
		for _, m := range members {
			if left(m) {
				continue
			}
			hidden := !slices.ContainsFunc(shown, func(o postgres.Member) bool { return o.AppraisalID == m.AppraisalID })
			view.Members = append(view.Members, memberView(m, hidden))
		}
		return nil
	})
	if err != nil {
		return Cohort{}, fmt.Errorf("cohort %s: %w", id, err)
	}
	return view, nil
}

// left reports whether somebody was withdrawn before being calibrated.
func left(m postgres.Member) bool { return m.EndedAt != nil && m.CohortRound == nil }

func memberView(m postgres.Member, hidden bool) CohortMember {
	view := CohortMember{
		Appraisal: m.AppraisalID, Name: m.Name, Position: m.Position, Appraiser: text(m.Appraiser), Ready: m.CohortReadyAt != nil,
	}
	if hidden || !view.Ready {
		return view
	}
	view.Before = cellOf(m.WorkResult, m.Behaviour, m.Predikat)
	view.After = cellOf(m.NewWorkResult, m.NewBehaviour, m.NewPredikat)
	view.Reason, view.ChangedBy = text(m.Reason), text(m.ChangedBy)
	return view
}

func cellOf(workResult, behaviour *appraisal.Expectation, predikat *appraisal.Predikat) *Cell {
	if predikat == nil {
		return nil
	}
	return &Cell{WorkResult: *workResult, Behaviour: *behaviour, Predikat: *predikat}
}

// severities compares the appraisers by the ratings that they gave, before any change of the session. Each predikat counts by its
// rank, 1 the worst to 6 the best. Mean and the spread (the population standard deviation) are computed exactly and rounded
// once, half away from zero, to 2 places; the difference is the appraiser's mean minus that of all ratings in the cohort.
func severities(members []postgres.Member) []Severity {
	type group struct {
		name  string
		ranks []int64
	}
	groups := map[appraisal.PersonID]*group{}
	var all []int64
	for _, m := range members {
		if m.AppraiserID == nil || m.Predikat == nil || m.CohortReadyAt == nil || left(m) {
			continue
		}
		g := groups[*m.AppraiserID]
		if g == nil {
			g = &group{name: text(m.Appraiser)}
			groups[*m.AppraiserID] = g
		}
		rank := int64(m.Predikat.Rank())
		g.ranks, all = append(g.ranks, rank), append(all, rank)
	}
	list := make([]Severity, 0, len(groups))
	for _, g := range groups {
		average := mean(g.ranks)
		difference := new(big.Rat).Sub(average, mean(all))
		list = append(list, Severity{
			Appraiser: g.name, People: len(g.ranks), Mean: average.FloatString(2), Spread: spread(g.ranks), Difference: signed(difference),
		})
	}
	slices.SortFunc(list, func(a, b Severity) int {
		if c := strings.Compare(a.Appraiser, b.Appraiser); c != 0 {
			return c
		}
		return strings.Compare(a.Mean, b.Mean)
	})
	return list
}

func mean(ranks []int64) *big.Rat {
	var sum int64
	for _, r := range ranks {
		sum += r
	}
	return big.NewRat(sum, int64(len(ranks)))
}

// spread returns the population standard deviation with 2 places. The variance of n ranks is (n Σr² − (Σr)²) ÷ n², so the root
// is taken of a whole number and nothing is rounded before the end.
func spread(ranks []int64) string {
	var sum, squares int64
	for _, r := range ranks {
		sum, squares = sum+r, squares+r*r
	}
	n := int64(len(ranks))
	// 100 σ rounded to the nearest = ⌊(⌊2 · 100 σ⌋ + 1) ÷ 2⌋, and 2 · 100 σ = √(200² · variance).
	scaled := big.NewInt(200 * 200 * (n*squares - sum*sum))
	twice := new(big.Int).Sqrt(scaled.Quo(scaled, big.NewInt(n*n)))
	hundredths := twice.Add(twice, big.NewInt(1)).Rsh(twice, 1)
	return new(big.Rat).SetFrac(hundredths, big.NewInt(100)).FloatString(2)
}

// signed writes a difference with 2 places; what rounds to nothing has no sign.
func signed(r *big.Rat) string {
	if s := r.FloatString(2); s != "-0.00" {
		return s
	}
	return "0.00"
}

func knownCycle(ctx context.Context, q postgres.Querier, id appraisal.CycleID) error {
	known, err := postgres.CycleExists(ctx, q, id)
	if err == nil && !known {
		err = appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	return err
}
