package stack

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// dirLock keeps a second supervisor away from a data directory. The kernel lets go of it when its holder dies, however
// it dies, so there is no stale lock to heal.
type dirLock struct{ file *os.File }

// lockDir takes the lock of the data directory dir, whose path is named in the Fault of a second taker.
func lockDir(dir, path string) (*dirLock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, unwritable(dir, err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, unwritable(dir, err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := io.ReadAll(file)
		file.Close()
		pid := strings.TrimSpace(string(holder))
		return nil, fault(err, "telaah up (pid %s) already runs on %s: stop it with `kill %s`, or set TELAAH_DATA to another directory", pid, dir, pid)
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if err := file.Truncate(0); err != nil {
		file.Close()
		return nil, unwritable(dir, err)
	}
	if _, err := fmt.Fprintln(file, os.Getpid()); err != nil {
		file.Close()
		return nil, unwritable(dir, err)
	}
	return &dirLock{file}, nil
}

func (l *dirLock) release() { l.file.Close() }

func unwritable(dir string, err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return diskFull(dir, err)
	}
	return fault(err, "%s cannot be written (%v): give this user the directory, or set TELAAH_DATA to one that it may write", dir, err)
}

func diskFull(dir string, err error) error {
	return fault(err, "the disk that holds %s is full: free some space on it, or set TELAAH_DATA to a directory on a larger disk", dir)
}
