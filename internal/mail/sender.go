package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	netmail "net/mail"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// TLSMode says how a connection is secured.
type TLSMode string

const (
	TLSNone     TLSMode = "none"     // not at all; a password is then only given to a login that hides it
	TLSStart    TLSMode = "starttls" // STARTTLS, and no mail without it
	TLSImplicit TLSMode = "tls"      // TLS from the first byte
)

// Options say how mail goes out. Zero values take the defaults given here.
type Options struct {
	Host        string
	Port        int     // 25, 587 or 465, by the TLS mode
	User        string  // empty: no login
	Password    string  //
	TLS         TLSMode // TLSStart
	RootCAs     *x509.CertPool
	From        string        // "Name <name@host>" or a bare address; its domain ends the Message-IDs
	Connections int           // 2: how many connections carry mail at the same time
	Rate        float64       // messages per second over all connections; 0 for no limit
	Timeout     time.Duration // 30 s: to connect, and for each message as a whole
	IdleTimeout time.Duration // 15 s: how long an unused connection is kept
}

// Sender delivers messages over a few connections that it keeps open and renews by itself. Its methods may be called from
// several goroutines.
type Sender struct {
	options Options
	from    netmail.Address
	limiter *rate.Limiter
	slots   chan struct{}

	mu     sync.Mutex
	idle   []*connection
	reaper *time.Timer
	closed bool
}

// ErrClosed is wrapped by the error of Send and Check after Close.
var ErrClosed = errors.New("the mail sender is closed")

// NewSender checks the options; it does not connect yet.
func NewSender(o Options) (*Sender, error) {
	from, err := netmail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("the sender %q is not an e-mail address: %w", o.From, err)
	}
	if err := CheckAddress(from.Address); err != nil {
		return nil, err
	}
	if o.Host == "" {
		return nil, errors.New("no SMTP host")
	}
	if o.TLS == "" {
		o.TLS = TLSStart
	}
	port, known := map[TLSMode]int{TLSNone: 25, TLSStart: 587, TLSImplicit: 465}[o.TLS]
	if !known {
		return nil, fmt.Errorf("unknown TLS mode %q: none, starttls or tls", o.TLS)
	}
	o.Port = orDefault(o.Port, port)
	o.Connections = orDefault(o.Connections, 2)
	o.Timeout = orDefault(o.Timeout, 30*time.Second)
	o.IdleTimeout = orDefault(o.IdleTimeout, 15*time.Second)
	if o.Port < 0 || o.Port > 65535 || o.Connections < 0 || o.Rate < 0 || o.Timeout < 0 || o.IdleTimeout < 0 {
		return nil, errors.New("port, connections, rate and timeouts must not be negative, nor the port above 65535")
	}
	s := &Sender{
		options: o, from: netmail.Address{Name: clean(from.Name), Address: from.Address},
		limiter: rate.NewLimiter(rate.Inf, 0), slots: make(chan struct{}, o.Connections),
	}
	if o.Rate > 0 {
		// The burst is what a twentieth of a second allows, so that a short pause does not let a crowd through.
		s.limiter = rate.NewLimiter(rate.Limit(o.Rate), max(1, int(o.Rate/20)))
	}
	s.reaper = time.AfterFunc(o.IdleTimeout, s.reap)
	s.reaper.Stop()
	return s, nil
}

func orDefault[T int | time.Duration](value, standard T) T {
	if value == 0 {
		return standard
	}
	return value
}

// MessageID returns the Message-ID, without angle brackets, that a mail with the outbox key carries.
func (s *Sender) MessageID(key string) string { return MessageID(key, domainOf(s.from.Address)) }

// Send delivers m and returns nil when the server has confirmed it; every other end is a *SendError. It waits for its turn under the
// rate and for a free connection. When ctx ends, a message already on its way gets a moment to finish.
func (s *Sender) Send(ctx context.Context, m Message) error {
	if err := CheckAddress(m.To); err != nil {
		return refused(CauseAddressRefused, err)
	}
	built, err := m.build(s.from, time.Now())
	if err != nil {
		return refused(CauseMessageRefused, err)
	}
	if err := s.limiter.Wait(ctx); err != nil {
		return stopped(err)
	}
	c, failed := s.take(ctx)
	if failed != nil {
		return failed
	}
	defer func() { <-s.slots }()
	renewed := c.fresh
	for {
		reusable, failed := c.deliver(ctx, built)
		if reusable {
			s.keep(c)
		} else {
			c.drop()
		}
		if failed == nil {
			return nil
		}
		// A server may close a connection between two messages; this one was not taken and gets a new connection at once.
		stale := failed.Cause == CauseUnreachable || failed.Code == 421
		if reusable || !stale || renewed || ctx.Err() != nil {
			return failed
		}
		renewed = true
		if c, failed = s.dial(ctx); failed != nil {
			return failed
		}
	}
}

// Check connects, logs in and asks the server for a sign of life, without sending anything.
func (s *Sender) Check(ctx context.Context) error {
	c, failed := s.take(ctx)
	if failed != nil {
		return failed
	}
	defer func() { <-s.slots }()
	if !c.fresh {
		c.quit()
		if c, failed = s.dial(ctx); failed != nil {
			return failed
		}
	}
	if err := c.alive(ctx); err != nil {
		c.drop()
		return dialError(err, true)
	}
	s.keep(c)
	return nil
}

// Close ends the connections, after the messages on their way. Sending is not possible any more.
func (s *Sender) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		return nil
	}
	for range cap(s.slots) {
		s.slots <- struct{}{}
	}
	for range cap(s.slots) {
		<-s.slots
	}
	s.reaper.Stop()
	for _, c := range s.withdraw(time.Now().Add(s.options.IdleTimeout)) {
		c.quit()
	}
	return nil
}

// take waits for a slot and returns a connection: the one used last if it is not too old, a new one otherwise. The caller frees
// the slot when no error is returned.
func (s *Sender) take(ctx context.Context) (*connection, *SendError) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, stopped(ctx.Err())
	}
	c, failed := s.connect(ctx)
	if failed != nil {
		<-s.slots
	}
	return c, failed
}

func (s *Sender) connect(ctx context.Context) (*connection, *SendError) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, stopped(ErrClosed)
	}
	if n := len(s.idle); n > 0 && time.Since(s.idle[n-1].used) < s.options.IdleTimeout {
		c := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		return c, nil
	}
	// The last one is the youngest: all of them are too old.
	old := s.idle
	s.idle = nil
	s.mu.Unlock()
	for _, c := range old {
		c.drop()
	}
	return s.dial(ctx)
}

// keep puts a connection aside for the next message.
func (s *Sender) keep(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, c)
	s.reaper.Reset(s.options.IdleTimeout)
}

// reap takes leave of connections that nobody has used for the idle time.
func (s *Sender) reap() {
	old := s.withdraw(time.Now())
	for _, c := range old {
		c.quit()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) > 0 && !s.closed {
		s.reaper.Reset(s.options.IdleTimeout)
	}
}

// withdraw takes the connections out that are older than the idle time at now.
func (s *Sender) withdraw(now time.Time) []*connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	var old, rest []*connection
	for _, c := range s.idle {
		if now.Sub(c.used) >= s.options.IdleTimeout {
			old = append(old, c)
		} else {
			rest = append(rest, c)
		}
	}
	s.idle = rest
	return old
}
