package worker

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/marelan/telaah/internal/postgres"
)

const (
	wakeTimeout  = 5 * time.Second
	wakePause    = 500 * time.Millisecond // between two looks of the relay at an empty table
	wakeClaim    = 15 * time.Second       // how long a claimed wake is left to its relay
	wakeBatch    = 256
	wakesAtOnce  = 32
	queuedDirect = 4096
)

// Signaller delivers one wake.
type Signaller interface {
	Wake(ctx context.Context, workflow string) error
}

// Dispatcher delivers wakes right after the commit that asked for them. What it cannot deliver stays in the table for the
// relay: a person never waits for Temporal.
type Dispatcher struct {
	db     *pgxpool.Pool
	signal Signaller
	log    *slog.Logger
	ids    chan []int64
	done   sync.WaitGroup
	stop   context.CancelFunc
}

// NewDispatcher starts a dispatcher.
func NewDispatcher(db *pgxpool.Pool, signal Signaller, log *slog.Logger) *Dispatcher {
	ctx, cancel := context.WithCancel(context.Background())
	d := &Dispatcher{db: db, signal: signal, log: log, ids: make(chan []int64, queuedDirect), stop: cancel}
	for range 8 {
		d.done.Go(func() { d.run(ctx) })
	}
	return d
}

// Wake implements service.Waker. It never blocks.
func (d *Dispatcher) Wake(ids []int64) {
	select {
	case d.ids <- ids:
	default: // the relay takes them
	}
}

// Close stops the dispatcher; what it leaves behind the relay takes.
func (d *Dispatcher) Close() {
	d.stop()
	d.done.Wait()
}

func (d *Dispatcher) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case ids := <-d.ids:
			wakes, err := postgres.GetWakes(ctx, d.db, ids)
			if err == nil {
				_, err = deliver(ctx, d.db, d.signal, wakes)
			}
			if err != nil {
				d.log.Debug("wakes are left to the relay", "error", err)
			}
		}
	}
}

// deliver signals each wake and removes those that were acknowledged. It returns how many were.
func deliver(ctx context.Context, db *pgxpool.Pool, signal Signaller, wakes []postgres.Wake) (int, error) {
	var mu sync.Mutex
	var acknowledged []int64
	var failed error
	group := errgroup.Group{}
	group.SetLimit(wakesAtOnce)
	for _, w := range wakes {
		group.Go(func() error {
			signalCtx, cancel := context.WithTimeout(ctx, wakeTimeout)
			defer cancel()
			err := signal.Wake(signalCtx, w.WorkflowID)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = err
			} else {
				acknowledged = append(acknowledged, w.ID)
			}
			return nil
		})
	}
	_ = group.Wait()
	if len(acknowledged) > 0 {
		if err := postgres.DeleteWakes(context.WithoutCancel(ctx), db, acknowledged); err != nil {
			return 0, err // they are delivered again: a doubled wake changes nothing
		}
	}
	return len(acknowledged), failed
}

// Relay delivers the wakes that nobody has delivered, until ctx ends. Several relays share the table.
func Relay(ctx context.Context, db *pgxpool.Pool, signal Signaller, log *slog.Logger) {
	failing := false
	for {
		now := time.Now()
		wakes, err := postgres.ClaimWakes(ctx, db, now, now.Add(wakeClaim), wakeBatch)
		delivered := 0
		if err == nil && len(wakes) > 0 {
			delivered, err = deliver(ctx, db, signal, wakes)
		}
		if ctx.Err() != nil {
			return
		}
		if failed := err != nil; failed != failing {
			failing = failed
			if failed {
				log.Warn("wakes wait until Temporal and the database answer", "error", err)
			} else {
				log.Info("wakes are delivered again")
			}
		}
		if len(wakes) == wakeBatch && delivered == wakeBatch {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wakePause):
		}
	}
}
