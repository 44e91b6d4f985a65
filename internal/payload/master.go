package payload

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/marelan/telaah/internal/appraisal"
)

// KeySize is the length of a master key and of a data key in bytes: AES-256.
const KeySize = 32

// Masters are the installation's master keys. The first wraps; the others only unwrap, so that a master can be replaced.
type Masters []cipher.AEAD

// NewMasters returns the masters of the given keys, each of KeySize bytes.
func NewMasters(keys [][]byte) (Masters, error) {
	masters := make(Masters, len(keys))
	for i, key := range keys {
		if len(key) != KeySize {
			return nil, fmt.Errorf("master key %d has %d bytes, not %d", i+1, len(key), KeySize)
		}
		var err error
		if masters[i], err = sealer(key); err != nil {
			return nil, err
		}
	}
	return masters, nil
}

// sealer encrypts with AES-256-GCM and a random nonce, which suffices for 2³² payloads of a key: a cycle of 100,000 people has
// some 10⁷.
func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

var (
	errNoMaster = errors.New("no master key is given")
	errLocked   = errors.New("none of the master keys opens it")
)

// Fresh returns a new data key for a cycle, wrapped with the first master.
func (m Masters) Fresh(cycle appraisal.CycleID, at time.Time) (appraisal.PayloadKey, error) {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails
	return m.wrap(appraisal.PayloadKey{ID: uuid.NewString(), Cycle: cycle, Current: true, CreatedAt: at}, key)
}

// Rewrap returns the key as the first master wraps it.
func (m Masters) Rewrap(k appraisal.PayloadKey) (appraisal.PayloadKey, error) {
	key, err := m.unwrap(k)
	if err != nil {
		return k, err
	}
	return m.wrap(k, key)
}

// place ties a wrapped key to its row, so that it cannot be passed off as the key of another cycle.
func place(k appraisal.PayloadKey) []byte {
	return []byte("telaah payload key/" + k.ID + "/" + string(k.Cycle))
}

func (m Masters) wrap(k appraisal.PayloadKey, key []byte) (appraisal.PayloadKey, error) {
	if len(m) == 0 {
		return k, errNoMaster
	}
	k.Wrapped = m[0].Seal(nil, nil, key, place(k))
	return k, nil
}

func (m Masters) unwrap(k appraisal.PayloadKey) ([]byte, error) {
	if len(m) == 0 {
		return nil, errNoMaster
	}
	for _, master := range m {
		if key, err := master.Open(nil, nil, k.Wrapped, place(k)); err == nil {
			return key, nil
		}
	}
	return nil, errLocked
}
