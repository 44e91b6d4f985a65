package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/marelan/telaah/internal/service"
)

// sweepEvery is how soon a file whose evidence is gone is gone from a store outside of the database.
const sweepEvery = 30 * time.Second

// sweepEvidence removes what is due until ctx ends. A store that is down is asked again.
func sweepEvidence(ctx context.Context, s *service.Service, log *slog.Logger) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if _, err := s.SweepEvidence(ctx); err != nil && ctx.Err() == nil {
			log.Error("remove evidence from its store", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
