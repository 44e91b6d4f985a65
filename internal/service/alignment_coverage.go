package service

import (
	"context"
	"fmt"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// AlignmentFilter chooses a unit, with all below it (empty: the widest that the reader may see), an item of the strategy (empty:
// key results that lead to nothing), and a part of the list.
type AlignmentFilter struct {
	Unit  appraisal.UnitID
	Item  string
	After string
	Limit int
}

// AlignmentCoverage is how far the objectives of a unit and of all below it are carried by approved key results.
type AlignmentCoverage struct {
	Cycle      appraisal.CycleID   `json:"cycle"`
	CycleName  string              `json:"cycle_name"`
	Path       []UnitName          `json:"path"` // the unit and those above it that the reader may see, the unit last; empty: the whole office
	Objectives int                 `json:"objectives"`
	Carried    int                 `json:"carried"` // that an approved key result serves
	People     int                 `json:"people"`
	Planned    int                 `json:"planned"` // people with an approved plan
	KeyResults int                 `json:"key_results"`
	Broken     int                 `json:"broken"` // key results that lead to no item of the strategy
	Units      []UnitCoverage      `json:"units"`  // directly below, each with all below it
	Items      []ObjectiveCoverage `json:"items"`
	Next       string              `json:"next,omitempty"`
}

// UnitName is a unit by its id and name.
type UnitName struct {
	ID   appraisal.UnitID `json:"id"`
	Name string           `json:"name"`
}

// UnitCoverage counts a unit with all below it.
type UnitCoverage struct {
	UnitName
	Objectives int `json:"objectives"`
	Carried    int `json:"carried"`
	People     int `json:"people"`
	Planned    int `json:"planned"`
}

// ObjectiveCoverage is an objective with the mission and vision above it and how many serve it directly.
type ObjectiveCoverage struct {
	ID         string      `json:"id"`
	Code       string      `json:"code"`
	Statement  string      `json:"statement"`
	Unit       string      `json:"unit"`
	Chain      []ChainLink `json:"chain"`
	KeyResults int         `json:"key_results"`
	People     int         `json:"people"`
}

// AlignedKeyResults is who carries an item of the strategy, directly or through others, or whose key results lead to nothing: counts
// by unit, and the key results of those whose appraisals the reader may read.
type AlignedKeyResults struct {
	Cycle     appraisal.CycleID  `json:"cycle"`
	CycleName string             `json:"cycle_name"`
	Path      []UnitName         `json:"path"`
	Item      string             `json:"item,omitempty"`
	Statement string             `json:"statement,omitempty"`
	Chain     []ChainLink        `json:"chain"`
	Units     []CarryingUnit     `json:"units"`
	Items     []AlignedKeyResult `json:"items"`
	Next      string             `json:"next,omitempty"`
}

// CarryingUnit counts the people of one unit.
type CarryingUnit struct {
	Unit       string `json:"unit"`
	KeyResults int    `json:"key_results"`
	People     int    `json:"people"`
}

// AlignedKeyResult is one key result with whose it is.
type AlignedKeyResult struct {
	ID        string                `json:"id"`
	Statement string                `json:"statement"`
	Appraisal appraisal.AppraisalID `json:"appraisal"`
	Owner     string                `json:"owner"`
	Unit      string                `json:"unit"`
}

// AlignmentCoverage reads how far objectives are carried, in a unit that the actor may read and all below it.
func (s *Service) AlignmentCoverage(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID, f AlignmentFilter) (AlignmentCoverage, error) {
	view := AlignmentCoverage{Cycle: cycle, Units: []UnitCoverage{}, Items: []ObjectiveCoverage{}}
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		if view.CycleName, view.Path, err = scopeOfAlignment(ctx, q, actor, cycle, &f); err != nil {
			return err
		}
		totals, err := postgres.Coverage(ctx, q, cycle, f.Unit)
		if err != nil {
			return err
		}
		view.Objectives, view.Carried, view.People, view.Planned = totals.Objectives, totals.Carried, totals.People, totals.Planned
		view.KeyResults, view.Broken = totals.KeyResults, totals.Broken
		units, err := postgres.UnitCoverages(ctx, q, cycle, f.Unit)
		if err != nil {
			return err
		}
		for _, u := range units {
			view.Units = append(view.Units, UnitCoverage{UnitName{u.ID, u.Name}, u.Objectives, u.Carried, u.People, u.Planned})
		}
		limit := pageSize(f.Limit)
		rows, err := postgres.ObjectiveCoverages(ctx, q, cycle, f.Unit, f.After, limit+1)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			view.Next = rows[limit-1].Code
		}
		starts := make([]string, len(rows))
		for i, r := range rows {
			starts[i] = r.ID
		}
		chains, err := postgres.Chains(ctx, q, starts)
		for _, r := range rows {
			view.Items = append(view.Items, ObjectiveCoverage{
				ID: r.ID, Code: r.Code, Statement: r.Statement, Unit: r.Unit, Chain: above(chains[r.ID]), KeyResults: r.KeyResults, People: r.People,
			})
		}
		return err
	})
	if err != nil {
		return AlignmentCoverage{}, fmt.Errorf("alignment of cycle %s: %w", cycle, err)
	}
	return view, nil
}

// AlignedKeyResults reads who carries an item of the strategy, or whose key results lead to nothing.
func (s *Service) AlignedKeyResults(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID, f AlignmentFilter) (AlignedKeyResults, error) {
	view := AlignedKeyResults{Cycle: cycle, Item: f.Item, Chain: []ChainLink{}, Units: []CarryingUnit{}, Items: []AlignedKeyResult{}}
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		if view.CycleName, view.Path, err = scopeOfAlignment(ctx, q, actor, cycle, &f); err != nil {
			return err
		}
		if f.Item != "" {
			chains, err := postgres.Chains(ctx, q, []string{f.Item})
			if err != nil {
				return err
			}
			chain := chains[f.Item]
			if len(chain) == 0 || chain[0].Kind == "key_result" {
				return appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
			}
			view.Statement, view.Chain = chain[0].Statement, above(chain)
		}
		units, err := postgres.CarriedByUnit(ctx, q, cycle, f.Unit, f.Item)
		if err != nil {
			return err
		}
		for _, u := range units {
			view.Units = append(view.Units, CarryingUnit(u))
		}
		limit := pageSize(f.Limit)
		rows, err := postgres.CarriedKeyResults(ctx, q, cycle, f.Unit, f.Item, appraisal.ReadBy(actor), f.After, limit+1)
		if len(rows) > limit {
			rows = rows[:limit]
			view.Next = rows[limit-1].ID
		}
		for _, r := range rows {
			view.Items = append(view.Items, AlignedKeyResult{ID: r.ID, Statement: r.Statement, Appraisal: r.AppraisalID, Owner: r.Owner, Unit: r.Unit})
		}
		return err
	})
	if err != nil {
		return AlignedKeyResults{}, fmt.Errorf("aligned key results of cycle %s: %w", cycle, err)
	}
	return view, nil
}

// scopeOfAlignment checks that the actor may read the unit of the filter, and fills the widest that they may read where none is named.
// A unit that they may not read does not exist for them.
func scopeOfAlignment(ctx context.Context, q postgres.Querier, actor appraisal.Actor, cycle appraisal.CycleID, f *AlignmentFilter) (string, []UnitName, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionReadAlignment); err != nil {
		return "", nil, err
	}
	c, err := postgres.GetCycle(ctx, q, cycle)
	if err != nil {
		return "", nil, err
	}
	nothing := appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	var led []appraisal.UnitID
	reach := appraisal.Reach(actor, appraisal.ActionReadAlignment)
	if !reach.Everywhere {
		if led, err = postgres.LedUnits(ctx, q, cycle, actor.ID); err != nil {
			return "", nil, err
		}
		widest := append(slices.Clone(reach.Units), led...)
		if len(widest) == 0 {
			return "", nil, nothing
		}
		if f.Unit == "" {
			f.Unit = widest[0]
		}
	}
	if f.Unit == "" {
		return c.Name, []UnitName{}, nil
	}
	up, err := postgres.UnitPath(ctx, q, f.Unit)
	if err != nil {
		return "", nil, err
	}
	path, topmost := []UnitName{}, -1
	for i, u := range up {
		if appraisal.Can(actor, appraisal.ActionReadAlignment, appraisal.Subject{Unit: u.ID, Leads: slices.Contains(led, u.ID)}) == nil {
			topmost = i
		}
	}
	for i := topmost; i >= 0; i-- {
		path = append(path, UnitName(up[i]))
	}
	if len(path) == 0 {
		return "", nil, nothing
	}
	return c.Name, path, nil
}
