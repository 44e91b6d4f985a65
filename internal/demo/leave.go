package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// The head of one division is on leave, and the head of the division beside it, who is HR as well, stands in.
const (
	divisionAway    = "BKPSDM.2"
	divisionStandIn = "BKPSDM.3"
	daysAway        = 14
)

// goOnLeave delegates the duties of who is away, from today.
func goOnLeave(ctx context.Context, db *pgxpool.Pool, s *service.Service, today time.Time) error {
	away, err := postgres.HeadOf(ctx, db, divisionAway)
	if err != nil {
		return fmt.Errorf("find who is on leave: %w", err)
	}
	standIn, err := postgres.HeadOf(ctx, db, divisionStandIn)
	if err != nil {
		return fmt.Errorf("find who stands in: %w", err)
	}
	_, err = s.Delegate(ctx, appraisal.Actor{ID: away}, service.Call{}, service.NewDelegation{
		Delegate: string(standIn), From: today.Format(time.DateOnly), Until: today.AddDate(0, 0, daysAway-1).Format(time.DateOnly),
	})
	return err
}
