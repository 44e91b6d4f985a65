package smtptest

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
)

// tracker counts and wraps the connections of a listener.
type tracker struct {
	net.Listener
	server *Server
}

func (l *tracker) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: raw, server: l.server}
	s := l.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = struct{}{}
	s.accepted++
	s.maxOpenConns = max(s.maxOpenConns, len(s.conns))
	s.signal()
	return c, nil
}

// conn stands under the protocol, because go-smtp answers the DATA command without asking its backend. It exchanges the
// command for a NOOP and the answer for the refusal, which leaves the mail transaction as it was.
type conn struct {
	net.Conn
	server  *Server
	pending atomic.Pointer[Behaviour]
	answer  atomic.Pointer[Behaviour]
	closed  sync.Once
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	b := c.pending.Load()
	if b == nil || !bytes.HasPrefix(bytes.ToUpper(p[:n]), []byte("DATA\r\n")) {
		return n, err
	}
	c.pending.Store(nil)
	if b.drops() {
		_ = c.Close()
		return 0, net.ErrClosed
	}
	c.answer.Store(b)
	copy(p, "NOOP\r\n")
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	if b := c.answer.Swap(nil); b != nil {
		if _, err := c.Conn.Write([]byte(b.line())); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	n, err := c.Conn.Write(p)
	if bytes.HasPrefix(p, []byte("421 ")) {
		_ = c.Close()
	}
	return n, err
}

func (c *conn) Close() error {
	err := c.Conn.Close()
	c.closed.Do(func() {
		s := c.server
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.conns, c)
		s.signal()
	})
	return err
}
