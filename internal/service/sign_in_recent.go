package service

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// recentSignIn is how long after signing in people may change what lets them in: a screen that was left open is not enough.
const recentSignIn = 15 * time.Minute

// RecentlySignedIn reports whether the actor may make an API token in their session.
func (s *Service) RecentlySignedIn(ctx context.Context, actor appraisal.Actor, session string) (bool, error) {
	return s.recentlySignedIn(ctx, s.db, actor, session, true)
}

// mayChangeAccess refuses sessions that may have been left open, and those that say nothing about who sits there: one that a provider
// began because it remembered somebody, and, unless what is made ends with the demonstration, one of a demonstration link.
func (s *Service) mayChangeAccess(ctx context.Context, t *tx, actor appraisal.Actor, session string, demonstration bool) error {
	recent, err := s.recentlySignedIn(ctx, t, actor, session, demonstration)
	if err == nil && !recent {
		err = appraisal.Fault(appraisal.CodeForbidden, "sign_in.again", map[string]any{"minutes": int(recentSignIn.Minutes())})
	}
	return err
}

func (s *Service) recentlySignedIn(ctx context.Context, q postgres.Querier, actor appraisal.Actor, session string, demonstration bool) (bool, error) {
	proof, err := postgres.ProofOf(ctx, q, actor.ID, session)
	if err != nil || proof == nil {
		return false, err
	}
	return s.clock().Sub(proof.BegunAt) < recentSignIn && !proof.Remembered && (demonstration || !proof.Demonstration), nil
}
