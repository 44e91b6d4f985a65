package worker

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// sealEvery is how long an event that is in no chain waits for its seal at most.
const sealEvery = 10 * time.Second

// sealTrail seals the trail until ctx ends, and delivers each day's root: to the log and, where one is named, to a file. What the
// file has not, because it could not be written or was named later, it gets as soon as it can.
func sealTrail(ctx context.Context, db *pgxpool.Pool, s *service.Service, file string, log *slog.Logger) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	kept := false
	for {
		root, err := s.SealTrail(ctx)
		if root != nil {
			log.Info("audit root", "root", root.String())
			kept = false
		}
		if err == nil && !kept {
			err = KeepRoots(ctx, db, file)
			kept = err == nil
		}
		if err != nil && ctx.Err() == nil {
			log.Error("seal the trail", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// KeepRoots adds to a file a line for every root of the record that it has not; without a file it does nothing.
func KeepRoots(ctx context.Context, db *pgxpool.Pool, file string) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return fmt.Errorf("keep the root: %w", err)
	}
	defer func() { _ = f.Close() }()
	err = addRoots(ctx, db, f)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return fmt.Errorf("keep the root in %s: %w", file, err)
	}
	return nil
}

func addRoots(ctx context.Context, db *pgxpool.Pool, f *os.File) error {
	text, err := os.ReadFile(f.Name())
	if err != nil {
		return err
	}
	there, err := appraisal.ParseAuditRoots(string(text))
	if err != nil {
		return err
	}
	var last int64
	for _, root := range there {
		last = max(last, root.Number)
	}
	missing, err := postgres.AuditRootsAfter(ctx, db, last)
	if err != nil {
		return err
	}
	for _, root := range missing {
		if _, err := fmt.Fprintln(f, root); err != nil {
			return err
		}
	}
	return nil
}
