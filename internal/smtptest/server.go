// Package smtptest runs a real SMTP server on loopback that keeps what it accepts and misbehaves when told to. It listens
// on a port of its own, can be stopped and started again there, and speaks plain SMTP, STARTTLS or TLS.
package smtptest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Server is one SMTP server. Its methods may be called from several goroutines.
type Server struct {
	addr         string
	mode         tlsMode
	user, pass   string
	certificate  tls.Certificate
	pool         *x509.CertPool
	mu           sync.Mutex
	running      *smtp.Server
	stopped      chan struct{}
	changed      chan struct{}
	conns        map[*conn]struct{}
	received     []Received
	attempts     map[string]int
	rules        []*rule
	closeAfter   int
	dropAfter    int
	accepted     int
	maxOpenConns int
}

type tlsMode int

const (
	plain tlsMode = iota
	startTLS
	implicitTLS
)

// Option changes a server before it starts.
type Option func(*Server)

// WithSTARTTLS offers STARTTLS with a self-signed certificate that RootCAs trusts.
func WithSTARTTLS() Option { return func(s *Server) { s.mode = startTLS } }

// WithTLS speaks TLS from the first byte, with a self-signed certificate that RootCAs trusts.
func WithTLS() Option { return func(s *Server) { s.mode = implicitTLS } }

// WithLogin takes mail only after AUTH PLAIN with this user and password, which it offers with and without TLS.
func WithLogin(user, password string) Option {
	return func(s *Server) { s.user, s.pass = user, password }
}

// Start runs a server on a free loopback port until the test ends.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0", options...)
	if err != nil {
		t.Fatalf("start the SMTP server: %v", err)
	}
	t.Cleanup(s.Stop)
	return s
}

// Listen runs a server on addr (host:port; port 0 takes a free one) until Stop.
func Listen(addr string, options ...Option) (*Server, error) {
	s := &Server{
		addr: addr, changed: make(chan struct{}), conns: map[*conn]struct{}{}, attempts: map[string]int{},
	}
	for _, o := range options {
		o(s)
	}
	var err error
	if s.certificate, s.pool, err = selfSigned(); err != nil {
		return nil, fmt.Errorf("make the certificate: %w", err)
	}
	if err := s.Restart(); err != nil {
		return nil, err
	}
	return s, nil
}

// Addr returns host:port.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// Host returns the address without the port.
func (s *Server) Host() string {
	host, _, _ := net.SplitHostPort(s.Addr())
	return host
}

// Port returns the port that the server listens on, also while it is stopped.
func (s *Server) Port() int {
	_, port, _ := net.SplitHostPort(s.Addr())
	n, _ := net.LookupPort("tcp", port)
	return n
}

// RootCAs returns a pool that trusts the server's own certificate.
func (s *Server) RootCAs() *x509.CertPool { return s.pool }

// Stop closes the port and cuts every connection at once, as a killed process would. Recorded messages and rules stay.
func (s *Server) Stop() {
	s.mu.Lock()
	running := s.running
	s.running = nil
	if running != nil {
		close(s.stopped)
	}
	s.mu.Unlock()
	if running == nil {
		return
	}
	_ = running.Close()
	s.DropConnections()
}

// Restart listens again on the same port; a running server is stopped first.
func (s *Server) Restart() error {
	s.Stop()
	listener, err := listen(s.Addr())
	if err != nil {
		return err
	}
	server := smtp.NewServer(smtp.BackendFunc(s.newSession))
	server.Domain = "localhost"
	server.AllowInsecureAuth = true
	server.MaxRecipients = 100
	server.ErrorLog = log.New(io.Discard, "", 0)
	config := &tls.Config{Certificates: []tls.Certificate{s.certificate}, MinVersion: tls.VersionTLS12}

	s.mu.Lock()
	s.addr = listener.Addr().String()
	s.running = server
	s.stopped = make(chan struct{})
	s.mu.Unlock()

	var served net.Listener = &tracker{Listener: listener, server: s}
	switch s.mode {
	case startTLS:
		server.TLSConfig = config
	case implicitTLS:
		served = tls.NewListener(served, config)
	}
	go func() { _ = server.Serve(served) }()
	return nil
}

// listen retries for a moment, because the port of a server just stopped may still be held by the kernel.
func listen(addr string) (net.Listener, error) {
	var failed error
	for range 50 {
		listener, err := net.Listen("tcp", addr)
		if err == nil {
			return listener, nil
		}
		failed = err
		time.Sleep(20 * time.Millisecond)
	}
	return nil, fmt.Errorf("listen on %s: %w", addr, failed)
}

// DropConnections cuts every open connection and goes on listening.
func (s *Server) DropConnections() {
	s.mu.Lock()
	open := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		open = append(open, c)
	}
	s.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

// Connections returns how many connections were taken since the start.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted
}

// MaxOpenConnections returns the largest number of connections that were open at the same time.
func (s *Server) MaxOpenConnections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.maxOpenConns
}

// OpenConnections returns how many connections are open now.
func (s *Server) OpenConnections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Attempts returns how often address was named in RCPT TO, whatever the answer was.
func (s *Server) Attempts(address string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts[address]
}

// signal wakes everybody in Until. The caller holds mu.
func (s *Server) signal() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// ErrTimeout is returned by Until when the condition did not come true in time.
var ErrTimeout = errors.New("the SMTP server did not reach the awaited state in time")

// Until waits until done is true, looking again at every change of the server.
func (s *Server) Until(limit time.Duration, done func() bool) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-timer.C:
			return ErrTimeout
		}
	}
}
