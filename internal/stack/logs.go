package stack

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"
)

const (
	// fullLog is the size from which what a log file holds is set aside; one older file is kept.
	fullLog = 20 << 20
	// logsEvery is how often the sizes are looked at.
	logsEvery = time.Minute
)

func openLog(path string) (file *os.File, end int64, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, 0, err
	}
	if err := setAside(path, fullLog); err != nil {
		return nil, 0, err
	}
	file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, err
	}
	end, err = file.Seek(0, io.SeekEnd)
	return file, end, err
}

// setAside copies a log that has reached its full size to path.1 and empties it. The process that writes it appends, and
// so goes on at its new beginning; the few lines that it writes in between are lost.
func setAside(path string, full int64) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() < full {
		return nil
	}
	if err != nil {
		return err
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path+".1", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, copyErr := io.Copy(to, from)
	// A disk too full for the copy needs the space all the more.
	return errors.Join(copyErr, to.Close(), os.Truncate(path, 0))
}

// tendLogs keeps the logs of the children from filling the disk, until ctx ends.
func (s *supervisor) tendLogs(ctx context.Context) {
	for pause(ctx, logsEvery) {
		s.mu.Lock()
		children := s.children
		s.mu.Unlock()
		for _, c := range children {
			if err := setAside(c.part.log, fullLog); err != nil {
				s.progress.Say("the log %s could not be set aside: %v", c.part.log, err)
			}
		}
	}
}

func readFrom(path string, offset int64) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	const enough = 64 << 10
	raw, err := io.ReadAll(io.LimitReader(io.NewSectionReader(file, offset, 1<<62), enough))
	if err != nil {
		return ""
	}
	return string(raw)
}
