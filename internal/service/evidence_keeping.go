package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// ErrNoStore says that no store outside of the database is configured.
var ErrNoStore = errors.New("evidence is kept in the database: TELAAH_EVIDENCE_S3_ENDPOINT names no other store")

// SweepEvidence removes from the store elsewhere what is due to be and that nobody uses, and returns how much that was. What cannot
// be removed now is tried again later, at longer and longer intervals. Without such a store there is nothing to do.
func (s *Service) SweepEvidence(ctx context.Context) (int, error) {
	if s.store == nil {
		return 0, nil
	}
	for removed := 0; ; {
		found, gone, err := s.sweepOne(ctx)
		if gone {
			removed++
		}
		if err != nil || !found {
			return removed, err
		}
	}
}

// sweepOne looks at one content that is due. The note of it stays locked meanwhile: whoever lays the same content down waits.
func (s *Service) sweepOne(ctx context.Context) (found, gone bool, err error) {
	var failed error
	err = s.in(ctx, func(t *tx) error {
		loose, err := postgres.TakeLooseEvidence(ctx, t, t.now)
		if err != nil || loose == nil {
			return err
		}
		found = true
		if !loose.Used {
			if failed = s.remove(ctx, loose.Key); failed != nil {
				return postgres.PostponeLooseEvidence(ctx, t, loose.Key, t.now.Add(sweepAgain(loose.Attempts)))
			}
			gone = true
		}
		_, err = postgres.FastenEvidence(ctx, t, loose.Key)
		return err
	})
	return found, gone, errors.Join(err, failed)
}

// sweepAgain is how long a content that could not be removed is left alone.
func sweepAgain(attempts int) time.Duration { return time.Minute << min(attempts, 6) }

func (s *Service) remove(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if err := s.store.Remove(ctx, key); err != nil {
		return fmt.Errorf("remove content %s: %w", key, err)
	}
	return nil
}

// keptPage is how many contents are looked at together.
const keptPage = 200

// eachKept calls each for every content in use.
func (s *Service) eachKept(ctx context.Context, each func(k postgres.KeptEvidence) error) error {
	for after := ""; ; {
		page, err := postgres.KeptEvidencePage(ctx, s.db, after, keptPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, k := range page {
			if err := each(k); err != nil {
				return err
			}
		}
		after = page[len(page)-1].Key
	}
}

// MoveEvidence brings the contents of all files from the database to the store elsewhere, or back, one by one, each only once it
// has been read again from its new place. It may be broken off and called again, while people work. It returns how many it moved.
func (s *Service) MoveEvidence(ctx context.Context, toDatabase bool) (int, error) {
	if s.store == nil {
		return 0, ErrNoStore
	}
	moved, move := 0, s.toStore
	if toDatabase {
		move = s.toDatabase
	}
	err := s.eachKept(ctx, func(k postgres.KeptEvidence) error {
		if k.InDatabase == toDatabase {
			return nil
		}
		used, err := move(ctx, k)
		if used && err == nil {
			moved++
		}
		return err
	})
	return moved, err
}

// whileUsed does f while a piece of evidence has the content and cannot go. Where none is left it does not, reports false, and has
// the store asked to forget the content.
func (s *Service) whileUsed(ctx context.Context, key string, f func(t *tx) error) (used bool, err error) {
	err = s.in(ctx, func(t *tx) error {
		var err error
		if used, err = postgres.HoldEvidence(ctx, t, key); err != nil {
			return err
		}
		if !used {
			return postgres.LoosenEvidence(ctx, t, key, t.now)
		}
		return f(t)
	})
	return used, err
}

func (s *Service) toStore(ctx context.Context, k postgres.KeptEvidence) (used bool, err error) {
	used, err = s.whileUsed(ctx, k.Key, func(t *tx) error { return postgres.LoosenEvidence(ctx, t, k.Key, t.now.Add(looseTime)) })
	if err != nil || !used {
		return used, err
	}
	content, err := s.content(ctx, k.Key, k.SHA256)
	if err != nil {
		return used, err
	}
	if err := s.store.Put(ctx, k.Key, content); err != nil {
		return used, storeDown(err)
	}
	if again, err := s.store.Get(ctx, k.Key); err != nil || !slices.Equal(again, content) {
		return used, storeDown(errors.Join(err, fmt.Errorf("content %s does not come back as it was sent", k.Key)))
	}
	return s.whileUsed(ctx, k.Key, func(t *tx) error {
		if _, err := postgres.FastenEvidence(ctx, t, k.Key); err != nil {
			return err
		}
		return postgres.RemoveEvidenceContent(ctx, t, k.Key)
	})
}

func (s *Service) toDatabase(ctx context.Context, k postgres.KeptEvidence) (used bool, err error) {
	content, err := s.content(ctx, k.Key, k.SHA256)
	if err != nil {
		return false, err
	}
	return s.whileUsed(ctx, k.Key, func(t *tx) error {
		if err := postgres.PutEvidenceContent(ctx, t, k.Key, content); err != nil {
			return err
		}
		return postgres.LoosenEvidence(ctx, t, k.Key, t.now.Add(looseTime)) // readers of the old place may still be under way
	})
}

// EvidenceState is what a look at all contents found.
type EvidenceState struct {
	InDatabase int      `json:"in_database"`
	Elsewhere  int      `json:"elsewhere"`
	Faulty     []string `json:"faulty"`  // keys of contents that are missing or altered
	Unknown    []string `json:"unknown"` // keys in the store that no record knows of
}

// settled is how old what the store has must be before it can be called unknown.
const settled = 24 * time.Hour

// CheckEvidence reads every content and compares it with its digest, and lists what the store has and no record knows.
func (s *Service) CheckEvidence(ctx context.Context) (EvidenceState, error) {
	state := EvidenceState{Faulty: []string{}, Unknown: []string{}}
	err := s.eachKept(ctx, func(k postgres.KeptEvidence) error {
		_, err := s.content(ctx, k.Key, k.SHA256)
		switch {
		case err != nil && appraisal.CodeOf(err) == appraisal.CodeUnexpected && ctx.Err() == nil:
			state.Faulty = append(state.Faulty, k.Key)
		case err != nil:
			return err
		case k.InDatabase:
			state.InDatabase++
		default:
			state.Elsewhere++
		}
		return nil
	})
	if err != nil || s.store == nil {
		return state, err
	}
	state.Unknown, err = s.unknown(ctx)
	return state, err
}

// unknown lists what the store has had for a day and no record knows: a database that was restored from a backup forgets some.
func (s *Service) unknown(ctx context.Context) ([]string, error) {
	var old []string
	before := s.clock().Add(-settled)
	err := s.store.Keys(ctx, func(key string, at time.Time) error {
		if at.Before(before) {
			old = append(old, key)
		}
		return nil
	})
	if err != nil {
		return nil, storeDown(err)
	}
	list := []string{}
	for part := range slices.Chunk(old, keptPage) {
		known, err := postgres.KnownEvidence(ctx, s.db, part)
		if err != nil {
			return nil, err
		}
		for _, key := range part {
			if !slices.Contains(known, key) {
				list = append(list, key)
			}
		}
	}
	return list, nil
}

// RemoveUnknownEvidence removes from the store what CheckEvidence calls unknown and returns how much that was.
func (s *Service) RemoveUnknownEvidence(ctx context.Context) (int, error) {
	if s.store == nil {
		return 0, ErrNoStore
	}
	list, err := s.unknown(ctx)
	if err != nil {
		return 0, err
	}
	for i, key := range list {
		if err := s.remove(ctx, key); err != nil {
			return i, err
		}
	}
	return len(list), nil
}
