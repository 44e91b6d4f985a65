package payload

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

const (
	// refresh is how often the keys are read anew: by then every process takes a rotated key and has forgotten a destroyed one.
	refresh = time.Minute
	// lookUp is how long one payload may wait for its key.
	lookUp = 5 * time.Second
)

// Store keeps the data keys, wrapped.
type Store interface {
	// Live returns every key that has not been destroyed.
	Live(ctx context.Context) ([]appraisal.PayloadKey, error)
	// Find returns a key, destroyed or not; the error of one that never was has CodeNotFound.
	Find(ctx context.Context, id string) (appraisal.PayloadKey, error)
	// Ensure returns the current key of the fresh one's cycle: the fresh one, unless there was one already.
	Ensure(ctx context.Context, fresh appraisal.PayloadKey) (appraisal.PayloadKey, error)
}

// Keys are the data keys, opened. Each is read and unwrapped once, so that no payload asks the database for a key that is
// known. Keys is safe for concurrent use.
type Keys struct {
	store   Store
	masters Masters
	log     *slog.Logger

	reading sync.Mutex // one look-up at a time
	mu      sync.RWMutex
	byID    map[string]*dataKey
	current map[appraisal.CycleID]*dataKey
}

type dataKey struct {
	id   string
	aead cipher.AEAD
}

// NewKeys returns the keys of a store. They are read when the first is needed, or by Load.
func NewKeys(store Store, masters Masters, log *slog.Logger) *Keys {
	return &Keys{store: store, masters: masters, log: log, byID: map[string]*dataKey{}, current: map[appraisal.CycleID]*dataKey{}}
}

// LockedError says that a key of the record cannot be opened with the master keys at hand.
type LockedError struct {
	ID  string
	Err error
}

// Error names the remedy: nobody but the administrator can mend it.
func (e *LockedError) Error() string {
	return fmt.Sprintf("payload key %s: %v; give the master key that it was wrapped with in TELAAH_PAYLOAD_KEY, beside the new one after a comma", e.ID, e.Err)
}

// Unwrap returns the cause.
func (e *LockedError) Unwrap() error { return e.Err }

// Load reads every live key. Keys that have been destroyed since are forgotten. The error is a *LockedError where new payloads of
// some cycle could not be written; older keys that do not open are logged.
func (k *Keys) Load(ctx context.Context) error {
	k.reading.Lock()
	defer k.reading.Unlock()
	live, err := k.store.Live(ctx)
	if err != nil {
		return fmt.Errorf("read the payload keys: %w", err)
	}
	byID, current := map[string]*dataKey{}, map[appraisal.CycleID]*dataKey{}
	var locked error
	for _, row := range live {
		key, err := k.opened(row)
		if err != nil {
			if row.Current {
				locked = errors.Join(locked, err)
			} else {
				k.log.Error("what this key encrypted cannot be read", "error", err)
			}
			continue
		}
		byID[row.ID] = key
		if row.Current {
			current[row.Cycle] = key
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.byID, k.current = byID, current
	return locked
}

// Keep loads the keys now and then until ctx ends. While the database is down what is known stays known.
func (k *Keys) Keep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(refresh):
		}
		if err := k.Load(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn("the payload keys could not be read anew", "error", err)
		}
	}
}

// opened unwraps a row, unless that has been done.
func (k *Keys) opened(row appraisal.PayloadKey) (*dataKey, error) {
	if key := k.known(row.ID); key != nil {
		return key, nil
	}
	raw, err := k.masters.unwrap(row)
	if err != nil {
		return nil, &LockedError{row.ID, err}
	}
	aead, err := sealer(raw)
	return &dataKey{row.ID, aead}, err
}

func (k *Keys) known(id string) *dataKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.byID[id]
}

func (k *Keys) knownCurrent(cycle appraisal.CycleID) *dataKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.current[cycle]
}

// DestroyedError says that a key is gone for good, and with it what it encrypted.
type DestroyedError struct{ ID string }

func (e *DestroyedError) Error() string {
	return fmt.Sprintf("payload key %s has been destroyed: what it encrypted cannot be read any more", e.ID)
}

// find returns the key that a payload names.
func (k *Keys) find(id string) (*dataKey, error) {
	if key := k.known(id); key != nil {
		return key, nil
	}
	k.reading.Lock()
	defer k.reading.Unlock()
	if key := k.known(id); key != nil {
		return key, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookUp)
	defer cancel()
	row, err := k.store.Find(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("find payload key %q: %w", id, err)
	}
	if row.Wrapped == nil {
		return nil, &DestroyedError{id}
	}
	key, err := k.opened(row)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.byID[id] = key
	return key, nil
}

// forCycle returns the key with which payloads of a cycle are encrypted, and makes the first one.
func (k *Keys) forCycle(cycle appraisal.CycleID) (*dataKey, error) {
	if key := k.knownCurrent(cycle); key != nil {
		return key, nil
	}
	k.reading.Lock()
	defer k.reading.Unlock()
	if key := k.knownCurrent(cycle); key != nil {
		return key, nil
	}
	fresh, err := k.masters.Fresh(cycle, time.Now().UTC())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookUp)
	defer cancel()
	row, err := k.store.Ensure(ctx, fresh)
	if err != nil {
		return nil, fmt.Errorf("make the payload key of cycle %q: %w", cycle, err)
	}
	key, err := k.opened(row)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.byID[row.ID], k.current[cycle] = key, key
	return key, nil
}
