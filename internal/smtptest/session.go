package smtptest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

type session struct {
	server   *Server
	conn     *conn
	stopped  chan struct{}
	from     string
	to       []string
	loggedIn bool
	messages int
}

func (s *Server) newSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &session{server: s, conn: underlying(c.Conn()), stopped: s.stopped}, nil
}

func underlying(c net.Conn) *conn {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	own, _ := c.(*conn)
	return own
}

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	if s.server.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.user || password != s.server.pass {
			return smtp.ErrAuthFailed
		}
		s.loggedIn = true
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.user != "" && !s.loggedIn {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	if n := s.server.limit(func() int { return s.server.closeAfter }); n > 0 && s.messages >= n {
		return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Enough for this connection"}
	}
	if b, ok := s.server.take(atSender, from); ok {
		return b.err()
	}
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	s.server.attempts[to]++
	s.server.signal()
	s.server.mu.Unlock()
	if b, ok := s.server.take(atRecipient, to); ok {
		if b.drops() {
			_ = s.conn.Close()
			return io.ErrClosedPipe
		}
		s.wait(b.delay)
		if err := b.err(); err != nil {
			return err
		}
	}
	if b, ok := s.server.take(atData, to); ok {
		s.conn.pending.Store(&b)
	}
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	if _, ok := s.server.take(inData, s.to[0]); ok {
		_, _ = io.ReadFull(r, make([]byte, 16))
		_ = s.conn.Close()
		return io.ErrClosedPipe
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	b, deviates := s.server.take(afterDot, s.to[0])
	if err := b.err(); err != nil {
		return err
	}
	message, err := parse(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	message.From, message.To, message.Confirmed = s.from, s.to, !deviates
	s.messages++
	if !s.record(message) {
		return net.ErrClosed
	}
	if deviates && b.drops() {
		_ = s.conn.Close()
		return errors.New("dropped")
	}
	s.wait(b.delay)
	return nil
}

// record keeps a message, unless the server was stopped meanwhile: what a killed process had not taken is lost.
func (s *session) record(message Received) bool {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	select {
	case <-s.stopped:
		return false
	default:
	}
	s.server.received = append(s.server.received, message)
	s.server.signal()
	return true
}

// Reset implements smtp.Session; go-smtp calls it after the answer to a message has been written.
func (s *session) Reset() {
	s.from, s.to = "", nil
	if n := s.server.limit(func() int { return s.server.dropAfter }); n > 0 && s.messages >= n {
		_ = s.conn.Close()
	}
}

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

func (s *Server) limit(read func() int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return read()
}

// wait holds an answer back for the delay, or until the server stops.
func (s *session) wait(delay time.Duration) {
	if delay == 0 {
		return
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.stopped:
	}
}
