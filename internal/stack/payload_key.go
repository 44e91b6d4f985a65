package stack

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// keepPayloadKey returns the path of the file with the master key of what Temporal keeps, and makes it at the first start. Whoever
// loses the file loses what Temporal keeps, and nothing else: PostgreSQL is the record.
func keepPayloadKey(dir string) (string, error) {
	path := filepath.Join(dir, "key")
	raw, err := os.ReadFile(path)
	if err == nil && strings.TrimSpace(string(raw)) != "" {
		return path, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", unwritable(path, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", unwritable(dir, err)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if err := replaceFile(path, []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o600, nil); err != nil {
		return "", unwritable(dir, err)
	}
	return path, nil
}
