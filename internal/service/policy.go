package service

import (
	"context"
	"fmt"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// policyNumber is the version in a policy's reference, for readers who are told its name beside it.
func policyNumber(ref string) string {
	_, version, _ := strings.Cut(ref, "@")
	return version
}

// policyOf returns the rules of a cycle: the document that it was created with, whatever is installed today. A document never
// changes, so each is parsed once.
func (s *Service) policyOf(ctx context.Context, q postgres.Querier, cycle appraisal.CycleID) (*appraisal.Policy, error) {
	if known, ok := s.pinned.Load(cycle); ok {
		return known.(*appraisal.Policy), nil
	}
	document, err := postgres.CyclePolicy(ctx, q, cycle)
	if err != nil {
		return nil, fmt.Errorf("read the policy of cycle %s: %w", cycle, err)
	}
	policy, err := appraisal.ParsePolicy(document)
	if err != nil {
		return nil, fmt.Errorf("parse the policy of cycle %s: %w", cycle, err)
	}
	s.pinned.Store(cycle, policy)
	return policy, nil
}
