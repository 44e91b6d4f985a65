package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// grace is how long a message on its way may take to finish after the caller has given up, so that stopping a worker leaves as
// few messages as possible without an answer.
const grace = 2 * time.Second

// connection is one session with the server that takes a message after the other.
type connection struct {
	client *gomail.Client
	smtp   *smtp.Client
	wire   *wire
	used   time.Time // when it last took a message
	fresh  bool      // it has not taken one yet

	release func() // frees the wire from the context of dialling
}

// dial opens a connection: TCP, TLS as the settings say, greeting and login.
func (s *Sender) dial(ctx context.Context) (*connection, *SendError) {
	c := &connection{fresh: true}
	client, err := gomail.NewClient(s.options.Host, s.clientOptions(ctx, c)...)
	if err != nil {
		return nil, dialError(err, true)
	}
	c.client = client
	c.smtp, err = client.DialToSMTPClientWithContext(ctx)
	connected := c.wire != nil
	if connected {
		c.release()
	}
	switch {
	case err == nil:
	case ctx.Err() != nil:
		c.drop()
		return nil, stopped(ctx.Err())
	default:
		c.drop()
		return nil, dialError(err, connected)
	}
	c.used = time.Now()
	return c, nil
}

// clientOptions are go-mail's options for a connection. The connection dials by itself, because go-mail's own dialling gives no hold
// of the socket, without which a command under way cannot be ended.
func (s *Sender) clientOptions(end context.Context, c *connection) []gomail.Option {
	o := s.options
	config := &tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs}
	policy := gomail.NoTLS
	switch o.TLS {
	case TLSStart:
		policy = gomail.TLSMandatory
	case TLSImplicit:
		// go-mail then finds the socket encrypted already, and chooses the login accordingly.
		policy = gomail.TLSOpportunistic
	}
	options := []gomail.Option{
		gomail.WithPort(o.Port), gomail.WithTimeout(o.Timeout), gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(config),
		gomail.WithoutNoop(), gomail.WithoutRset(), gomail.WithoutSMTPUTF8(),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			raw, err := new(net.Dialer).DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			c.wire = &wire{Conn: raw}
			c.release = c.wire.endWith(end)
			if o.TLS != TLSImplicit {
				return c.wire, nil
			}
			encrypted := tls.Client(c.wire, config)
			return encrypted, encrypted.HandshakeContext(ctx)
		}),
	}
	if o.User != "" {
		options = append(options,
			gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(o.User), gomail.WithPassword(o.Password))
	}
	return options
}

// deliver sends one message. It tells whether the connection can take another one.
func (c *connection) deliver(ctx context.Context, message *gomail.Msg) (reusable bool, failed *SendError) {
	release := c.wire.endWith(ctx)
	defer release()
	err := c.client.SendWithSMTPClient(c.smtp, message)
	c.used, c.fresh = time.Now(), false
	if err == nil || message.IsDelivered() {
		return err == nil, nil
	}
	failed = deliveryError(err)
	if failed.Cause == CauseUnreachable && ctx.Err() != nil {
		return false, stopped(ctx.Err())
	}
	if failed.Code == 0 || failed.Code == 421 {
		return false, failed
	}
	// A refused DATA leaves the recipient in the open transaction, and the next message would go there as well.
	return c.smtp.Reset() == nil, failed
}

// alive asks the server whether it is still there.
func (c *connection) alive(ctx context.Context) error {
	release := c.wire.endWith(ctx)
	defer release()
	return c.smtp.Noop()
}

// quit takes leave of the server, without waiting long for its answer.
func (c *connection) quit() {
	_ = c.wire.SetDeadline(time.Now().Add(grace))
	_ = c.client.CloseWithSMTPClient(c.smtp)
	_ = c.wire.Close()
}

// drop cuts the connection.
func (c *connection) drop() {
	if c.wire != nil {
		_ = c.wire.Close()
	}
}

// wire is the socket under a session. Its deadlines never go beyond a limit that the end of a context sets.
type wire struct {
	net.Conn
	mu    sync.Mutex
	limit time.Time
}

// SetDeadline implements net.Conn.
func (w *wire) SetDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.limit.IsZero() && (t.IsZero() || w.limit.Before(t)) {
		t = w.limit
	}
	return w.Conn.SetDeadline(t)
}

// endWith limits what happens on the wire to grace after the end of ctx, until the returned function is called.
func (w *wire) endWith(ctx context.Context) (release func()) {
	over := false
	stop := context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if over {
			return
		}
		w.limit = time.Now().Add(grace)
		_ = w.Conn.SetDeadline(w.limit)
	})
	return func() {
		stop()
		w.mu.Lock()
		defer w.mu.Unlock()
		over, w.limit = true, time.Time{}
	}
}

// lost reports that err is the network's, not an answer of the server.
func lost(err error) bool {
	// A TLS alert comes as a network error of this name, but it is the server's answer to our TLS settings.
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		return false
	}
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
