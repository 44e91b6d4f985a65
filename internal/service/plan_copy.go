package service

import (
	"context"
	"strconv"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// CopySource says where a key result that is offered for copying comes from.
type CopySource string

const (
	CopyFromSuperior   CopySource = "superior"
	CopyFromLastPeriod CopySource = "last_period"
	CopyFromLibrary    CopySource = "library"
	CopyFromPosition   CopySource = "position" // what several people of the same position planned before
)

// Copyable is a key result that one may begin with when drafting a plan.
type Copyable struct {
	ID        string              `json:"id"`
	Source    CopySource          `json:"source"`
	KeyResult appraisal.KeyResult `json:"key_result"`
}

// Bounds of what a form offers for copying.
const (
	mostLibraryRows = 160
	mostOfPosition  = 20
)

// copyables returns what the employee may copy from: the superior's key results, their own of the last period, the library's for
// their position, and what several people of the same position planned before.
func (s *Service) copyables(ctx context.Context, q postgres.Querier, row postgres.Appraisal, options []Alignment) ([]Copyable, error) {
	policy, err := s.policyOf(ctx, q, row.CycleID)
	if err != nil {
		return nil, err
	}
	c := copying{Querier: q, row: row, weighted: policy.Kind == appraisal.PolicyNumeric, strategy: map[string]bool{}, list: []Copyable{}}
	for _, o := range options {
		if !o.Gone && o.Strategy != "" {
			c.strategy[o.Strategy] = true
		}
	}
	for _, part := range []func(context.Context) error{c.superior, c.lastPeriod, c.library, c.position} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	return c.list, nil
}

type copying struct {
	postgres.Querier
	row      postgres.Appraisal
	weighted bool
	strategy map[string]bool // items that may be served
	list     []Copyable
}

// add offers a key result. What it served in its own plan is kept only where it may be served in this one.
func (c *copying) add(source CopySource, id string, kr appraisal.KeyResult) {
	kr = kr.Copied(c.row.PositionKind.Level())
	kr.ServesKeyResult = ""
	if source == CopyFromSuperior {
		kr.ServesKeyResult = id
	}
	if kr.ServesKeyResult != "" || !c.strategy[kr.ServesStrategy] {
		kr.ServesStrategy = ""
	}
	if !c.weighted || source != CopyFromLastPeriod {
		kr.Weight = ""
	}
	c.list = append(c.list, Copyable{ID: string(source) + ":" + id, Source: source, KeyResult: kr})
}

func (c *copying) superior(ctx context.Context) error {
	plan, err := postgres.SuperiorPlan(ctx, c, c.row)
	return c.plan(ctx, CopyFromSuperior, plan, err)
}

func (c *copying) lastPeriod(ctx context.Context) error {
	plan, err := postgres.LastPlan(ctx, c, c.row)
	return c.plan(ctx, CopyFromLastPeriod, plan, err)
}

func (c *copying) plan(ctx context.Context, source CopySource, plan *appraisal.PlanID, err error) error {
	if err != nil || plan == nil {
		return err
	}
	results, err := postgres.PlanContent(ctx, c, *plan)
	for _, kr := range results {
		c.add(source, kr.ID, kr)
	}
	return err
}

func (c *copying) library(ctx context.Context) error {
	rows, err := postgres.Library(ctx, c, c.row, mostLibraryRows)
	if err != nil {
		return err
	}
	type place struct {
		named     bool
		statement string
	}
	at := map[place]int{}
	var results []appraisal.KeyResult
	var ids []string
	for _, r := range rows {
		key := place{r.Named, r.Statement}
		i, known := at[key]
		if !known {
			i = len(results)
			at[key] = i
			results, ids = append(results, appraisal.KeyResult{Statement: r.Statement}), append(ids, strconv.FormatInt(r.ID, 10))
		}
		if len(results[i].Indicators) < appraisal.MaxIndicators {
			results[i].Indicators = append(results[i].Indicators, appraisal.Indicator{
				Aspect: r.Aspect, Description: r.Indicator, Target: r.Target, Measure: r.Measure, Direction: r.Direction,
			})
		}
	}
	for i, kr := range results {
		c.add(CopyFromLibrary, ids[i], kr)
	}
	return nil
}

func (c *copying) position(ctx context.Context) error {
	ids, err := postgres.UsedByPosition(ctx, c, c.row, mostOfPosition)
	if err != nil || len(ids) == 0 {
		return err
	}
	results, err := postgres.KeyResultsOf(ctx, c, ids)
	for _, kr := range results {
		c.add(CopyFromPosition, kr.ID, kr)
	}
	return err
}
