package worker

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// sealEvery is how long an event that is in no chain waits for its seal at most.
const sealEvery = 10 * time.Second

// sealTrail seals the trail until ctx ends, and delivers each day's root: to the log and, where one is named, to a file.
func sealTrail(ctx context.Context, db *pgxpool.Pool, s *service.Service, file string, log *slog.Logger) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	keeper := rootKeeper{db: db, file: file, log: log}
	for {
		root, err := s.SealTrail(ctx)
		if root != nil {
			log.Info("audit root", "root", root.String())
		}
		if err == nil {
			err = keeper.look(ctx)
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

// rootKeeper keeps a file up with the record, whichever process takes the roots. What the file has not, because it could not be
// written or was named later, it gets as soon as it can.
type rootKeeper struct {
	db   *pgxpool.Pool
	file string
	log  *slog.Logger
	kept int64 // number of the last root that the file is known to have
}

func (k *rootKeeper) look(ctx context.Context) error {
	if k.file == "" {
		return nil
	}
	last, err := postgres.LastAuditRoot(ctx, k.db)
	if err != nil {
		return fmt.Errorf("keep the root: %w", err)
	}
	if last == nil || last.Number <= k.kept {
		return nil
	}
	if err := KeepRoots(ctx, k.db, k.file, k.log); err != nil {
		return err
	}
	k.kept = last.Number
	return nil
}

// KeepRoots adds to a file a line for every root of the record that it has not; without a file it does nothing. Several processes may
// keep the same file: one writes at a time.
func KeepRoots(ctx context.Context, db *pgxpool.Pool, file string, log *slog.Logger) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return fmt.Errorf("keep the root: %w", err)
	}
	defer func() { _ = f.Close() }() // and the lock goes with it
	if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err == nil {
		err = addRoots(ctx, db, f, log)
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return fmt.Errorf("keep the root in %s: %w", file, err)
	}
	return nil
}

func addRoots(ctx context.Context, db *pgxpool.Pool, f *os.File, log *slog.Logger) error {
	text, err := wholeLines(f, log)
	if err != nil {
		return err
	}
	there, err := appraisal.ParseAuditRoots(text)
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

// wholeLines reads the file and mends its last line where a crash has left it without its end: a root that is cut off goes, to be
// written again whole, and anything else is ended.
func wholeLines(f *os.File, log *slog.Logger) (string, error) {
	read, err := io.ReadAll(f)
	text := string(read)
	if err != nil || text == "" || strings.HasSuffix(text, "\n") {
		return text, err
	}
	begin := strings.LastIndex(text, "\n") + 1
	torn := text[begin:]
	if _, err := appraisal.ParseAuditRoots(torn); err != nil {
		log.Warn("the last line of the roots is cut off and is written again", "file", f.Name(), "line", torn)
		return text[:begin], f.Truncate(int64(begin))
	}
	log.Warn("the last line of the roots has no end and gets one", "file", f.Name(), "line", torn)
	_, err = f.WriteString("\n")
	return text + "\n", err
}
