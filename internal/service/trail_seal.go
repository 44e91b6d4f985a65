package service

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

const (
	sealBatch = 1000   // events that one seal covers at most
	sealTask  = 727368 // of several workers one seals
)

// SealTrail seals what waits for it and, once a day in the office's zone, takes the root over all heads: it returns the root that it
// took, nil on every other call and where another process is at it.
func (s *Service) SealTrail(ctx context.Context) (*appraisal.AuditRoot, error) {
	var taken *appraisal.AuditRoot
	for {
		sealed := 0
		err := postgres.InTx(ctx, s.db, func(t pgx.Tx) error {
			alone, err := postgres.AloneWith(ctx, t, sealTask)
			if err != nil || !alone {
				return err
			}
			if sealed, err = postgres.SealAudit(ctx, t, s.clock(), sealBatch); err != nil || sealed == sealBatch {
				return err
			}
			last, err := postgres.LastAuditRoot(ctx, t)
			if err != nil || last != nil && s.sameDay(last) {
				return err
			}
			root, err := postgres.TakeAuditRoot(ctx, t, s.clock())
			taken = &root
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("seal the trail: %w", err)
		}
		if sealed < sealBatch {
			return taken, nil
		}
	}
}

func (s *Service) sameDay(r *appraisal.AuditRoot) bool {
	year, month, day := s.clock().In(s.zone).Date()
	y, m, d := r.At.In(s.zone).Date()
	return year == y && month == m && day == d
}
