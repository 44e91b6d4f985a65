package service

import (
	"context"
	"fmt"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// planInForce returns the latest version of a plan and its number, nothing and 0 where there is none.
func planInForce(ctx context.Context, q postgres.Querier, id appraisal.AppraisalID) ([]appraisal.KeyResult, int, error) {
	plan, err := postgres.LatestPlan(ctx, q, id)
	if err != nil || plan == nil {
		return nil, 0, err
	}
	results, err := postgres.PlanContent(ctx, q, plan.ID)
	return results, plan.Number, err
}

// serving names what a key result serves.
type serving struct{ keyResult, strategy string }

func servedBy(kr appraisal.KeyResult) serving { return serving{kr.ServesKeyResult, kr.ServesStrategy} }

// checkAlignment refuses key results that serve something which is not theirs to serve. What a key result has served in the
// version that it goes on from, it may go on serving.
func checkAlignment(ctx context.Context, q postgres.Querier, row postgres.Appraisal, before, next []appraisal.KeyResult) error {
	options, err := postgres.Alignments(ctx, q, row)
	if err != nil {
		return err
	}
	known := map[serving]bool{}
	for _, o := range options {
		known[serving{text(o.KeyResult), text(o.Strategy)}] = true
	}
	kept := map[string]serving{}
	for _, kr := range before {
		kept[kr.ID] = servedBy(kr)
	}
	var f appraisal.Faults
	for i, kr := range next {
		if served := servedBy(kr); !known[served] && (kr.ID == "" || kept[kr.ID] != served) {
			f.Add(fmt.Sprintf("key_results[%d].serves", i), "error.plan_serves_unknown", nil)
		}
	}
	return f.Err()
}

// alignments returns what the employee's key results may serve, each with the chain above it, and what those of the version in
// force serve without a choice any more.
func alignments(ctx context.Context, q postgres.Querier, row postgres.Appraisal, inForce []appraisal.KeyResult) ([]Alignment, error) {
	options, err := postgres.Alignments(ctx, q, row)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, o := range options {
		known[text(o.KeyResult)] = true
	}
	var gone []string
	for _, kr := range inForce {
		if kr.ServesKeyResult != "" && !known[kr.ServesKeyResult] {
			gone = append(gone, kr.ServesKeyResult)
		}
	}
	if len(gone) > 0 {
		kept, err := postgres.KeptAlignments(ctx, q, gone)
		if err != nil {
			return nil, err
		}
		options = append(options, kept...)
	}
	starts := make([]string, len(options))
	for i, o := range options {
		starts[i] = text(o.KeyResult) + text(o.Strategy) // one of them is there
	}
	chains, err := postgres.Chains(ctx, q, starts)
	list := make([]Alignment, len(options))
	for i, o := range options {
		list[i] = Alignment{
			KeyResult: text(o.KeyResult), Strategy: text(o.Strategy), Statement: o.Statement, Kind: o.Kind, Near: o.Near, Gone: o.Gone,
			Chain: above(chains[starts[i]]),
		}
	}
	return list, err
}

// above returns a chain without its first link.
func above(chain []postgres.ChainLink) []ChainLink {
	links := []ChainLink{}
	for i, l := range chain {
		if i > 0 {
			links = append(links, ChainLink{Kind: l.Kind, Statement: l.Statement, Owner: text(l.Owner), Dropped: l.Dropped})
		}
	}
	return links
}
