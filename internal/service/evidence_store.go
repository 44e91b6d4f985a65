package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Store keeps the contents of files outside of the database, each under a key that is made of what it holds. It knows neither
// people nor permissions: only the service reads and writes it.
type Store interface {
	Put(ctx context.Context, key string, content []byte) error
	// Get returns CodeNotFound where there is nothing under the key.
	Get(ctx context.Context, key string) ([]byte, error)
	// Remove forgets a content; that there is none is no error.
	Remove(ctx context.Context, key string) error
	// Keys calls each for everything that is kept, with the time at which it was laid down, until that returns an error.
	Keys(ctx context.Context, each func(key string, at time.Time) error) error
}

const (
	storeTime = 40 * time.Second // for one content; less than a server waits for its answer
	looseTime = time.Hour        // from when a content was laid down until its act must have been committed
)

// layDown puts a content into the store elsewhere before its act, so that no transaction waits for the network. Whatever is laid
// down is noted as loose first: if its act never comes about it is removed again. Where the act would be refused nothing is laid
// down, and the act says why.
func (s *Service) layDown(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID, purpose appraisal.EvidencePurpose,
	digest, content []byte) error {
	if s.store == nil || !purpose.Valid() {
		return nil
	}
	key, wanted := contentKey(id, digest), false
	err := s.in(ctx, func(t *tx) error {
		if _, refused := s.mayAdd(ctx, t, actor, id, purpose); refused != nil {
			return nil
		}
		uses, err := postgres.EvidenceUses(ctx, t, id, digest)
		if err != nil || uses > 0 {
			return err
		}
		count, held, err := postgres.EvidenceHeld(ctx, t, id)
		if err != nil {
			return err
		}
		if wanted = s.limits.Admit(count, held, int64(len(content))) == nil; !wanted {
			return nil
		}
		return postgres.LoosenEvidence(ctx, t, key, t.now.Add(looseTime))
	})
	if err != nil || !wanted {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	if err := s.store.Put(ctx, key, content); err != nil {
		return storeDown(err)
	}
	return nil
}

// hold makes a content part of the act that it came with: in the database, or by taking away the note that it is loose.
func (s *Service) hold(ctx context.Context, t *tx, id appraisal.AppraisalID, digest, content []byte) error {
	key := contentKey(id, digest)
	if s.store == nil {
		return postgres.PutEvidenceContent(ctx, t, key, content)
	}
	fastened, err := postgres.FastenEvidence(ctx, t, key)
	if err != nil || fastened {
		return err
	}
	uses, err := postgres.EvidenceUses(ctx, t, id, digest)
	if err == nil && uses == 0 { // it was laid down too long ago, or not at all
		err = storeDown(fmt.Errorf("content %s is not laid down", key))
	}
	return err
}

// content returns what is kept under a key, in the database or elsewhere, if it is what was handed in.
func (s *Service) content(ctx context.Context, key string, digest []byte) ([]byte, error) {
	content, found, err := postgres.EvidenceContent(ctx, s.db, key)
	if err != nil {
		return nil, err
	}
	if !found {
		if content, err = s.elsewhere(ctx, key); err != nil {
			return nil, err
		}
	}
	if is := sha256.Sum256(content); !bytes.Equal(is[:], digest) {
		return nil, &appraisal.Error{Code: appraisal.CodeUnexpected, Key: "evidence.error.altered", Err: fmt.Errorf("content %s has another digest", key)}
	}
	return content, nil
}

func (s *Service) elsewhere(ctx context.Context, key string) ([]byte, error) {
	if s.store == nil {
		return nil, &appraisal.Error{Code: appraisal.CodeUnexpected, Key: "evidence.error.lost",
			Err: fmt.Errorf("content %s is not in the database and TELAAH_EVIDENCE_S3_ENDPOINT names no store", key)}
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	content, err := s.store.Get(ctx, key)
	switch {
	case appraisal.CodeOf(err) == appraisal.CodeNotFound && err != nil:
		return nil, &appraisal.Error{Code: appraisal.CodeUnexpected, Key: "evidence.error.lost", Err: fmt.Errorf("content %s: %w", key, err)}
	case err != nil:
		return nil, storeDown(err)
	default:
		return content, nil
	}
}

func storeDown(err error) error {
	return &appraisal.Error{Code: appraisal.CodeUnavailable, Key: "evidence.error.store_down", Err: err}
}
