package catcher

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	extension  = ".eml"
	unfinished = ".part"
)

// store keeps messages as files, one each, and an index of them in memory.
type store struct {
	dir string

	mu    sync.RWMutex
	index []entry // oldest first
}

// entry is a message with what searches compare.
type entry struct {
	Message
	lowTo      []string
	lowSubject string
}

// openStore reads the directory into the index, and clears what a crash left half written.
func openStore(dir string) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir) // sorted by name, which is by time
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, entry := range entries {
		switch name := entry.Name(); filepath.Ext(name) {
		case extension:
			ids = append(ids, strings.TrimSuffix(name, extension))
		case unfinished:
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return nil, err
			}
		}
	}
	s := &store{dir: dir}
	messages, err := s.readAll(ids)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		s.insert(m)
	}
	return s, nil
}

func (s *store) readAll(ids []string) ([]Message, error) {
	messages := make([]Message, len(ids))
	faults := make([]error, len(ids))
	next := make(chan int)
	var readers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			for i := range next {
				messages[i], _, faults[i] = s.load(ids[i])
			}
		})
	}
	for i := range ids {
		next <- i
	}
	close(next)
	readers.Wait()
	return messages, errors.Join(faults...)
}

func (s *store) load(id string) (Message, content, error) {
	raw, err := s.raw(id)
	if err != nil {
		return Message{}, content{}, err
	}
	m, c := read(id, raw)
	return m, c, nil
}

func (s *store) raw(id string) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.dir, id+extension))
}

// add keeps a message. When it returns nil the message is on the disk, whatever happens next.
func (s *store) add(from string, to []string, body []byte) (Message, error) {
	received := time.Now()
	id := newID(received)
	raw := append(envelope(from, to, received), body...)
	if err := s.write(id, raw); err != nil {
		return Message{}, fmt.Errorf("keep message %s: %w", id, err)
	}
	m, _ := read(id, raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.insert(m)
	return m, nil
}

func (s *store) write(id string, raw []byte) error {
	path := filepath.Join(s.dir, id)
	file, err := os.OpenFile(path+unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, writeErr := file.Write(raw)
	if err := errors.Join(writeErr, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path+unfinished))
	}
	if err := os.Rename(path+unfinished, path+extension); err != nil {
		return err
	}
	dir, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// insert keeps the index in the order of ids: two connections may finish in another order than they began.
func (s *store) insert(m Message) {
	e := entry{Message: m, lowSubject: strings.ToLower(m.Subject)}
	for _, to := range m.To {
		e.lowTo = append(e.lowTo, strings.ToLower(to))
	}
	at, _ := s.at(m.ID)
	s.index = slices.Insert(s.index, at, e)
}

func (s *store) at(id string) (int, bool) {
	return slices.BinarySearchFunc(s.index, id, func(e entry, id string) int { return strings.Compare(e.ID, id) })
}

// query selects messages. To is a whole address when it has an @ with something on both sides, otherwise a part of
// one; Subject is a part of the subject. Case does not matter, and what is empty selects everything.
type query struct {
	To, Subject   string
	Offset, Limit int // Limit 0: all
}

// find returns the selected messages, the newest first, and how many there are before Offset and Limit.
func (s *store) find(q query) (found []Message, total int) {
	to, subject := strings.ToLower(strings.TrimSpace(q.To)), strings.ToLower(strings.TrimSpace(q.Subject))
	local, domain, isAddress := strings.Cut(to, "@")
	whole := isAddress && local != "" && domain != ""
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := len(s.index) - 1; i >= 0; i-- {
		e := &s.index[i]
		if !strings.Contains(e.lowSubject, subject) || to != "" && !slices.ContainsFunc(e.lowTo, func(address string) bool {
			return address == to || !whole && strings.Contains(address, to)
		}) {
			continue
		}
		if total >= q.Offset && (q.Limit == 0 || len(found) < q.Limit) {
			found = append(found, e.Message)
		}
		total++
	}
	return found, total
}

// get returns a message by its id.
func (s *store) get(id string) (Message, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	at, known := s.at(id)
	if !known {
		return Message{}, false
	}
	return s.index[at].Message, true
}

// clear deletes every message.
func (s *store) clear() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, e := range s.index {
		if err := os.Remove(filepath.Join(s.dir, e.ID+extension)); err != nil && !errors.Is(err, os.ErrNotExist) {
			s.index = s.index[i:]
			return err
		}
	}
	s.index = nil
	return nil
}

const idLayout = "20060102T150405.000000000"

// newID sorts by time; the random rest keeps apart what comes in the same instant.
func newID(received time.Time) string {
	return received.UTC().Format(idLayout) + "-" + strings.ToLower(rand.Text()[:8])
}

// idTime is when the message with this id was received, and zero for a file that somebody else put here.
func idTime(id string) time.Time {
	stamp, _, _ := strings.Cut(id, "-")
	t, err := time.Parse(idLayout, stamp)
	if err != nil {
		return time.Time{}
	}
	return t
}
