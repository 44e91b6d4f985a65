package worker

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// sealEvery is how long an event that is in no chain waits for its seal at most.
const sealEvery = 10 * time.Second

// sealTrail seals the trail until ctx ends, and delivers each day's root: to the log and, where one is named, to a file. A root that
// the file did not take is told at the next start from the record: telaah audit root prints it.
func sealTrail(ctx context.Context, s *service.Service, file string, log *slog.Logger) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		root, err := s.SealTrail(ctx)
		if err == nil && root != nil {
			log.Info("audit root", "root", root.String())
			err = KeepRoot(file, *root)
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

// KeepRoot adds a root's line to a file; without a file it does nothing.
func KeepRoot(file string, root appraisal.AuditRoot) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("keep the root: %w", err)
	}
	_, err = fmt.Fprintln(f, root)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("keep the root: %w", err)
	}
	return nil
}
