// Package catcher is a mail server that delivers to nobody: it takes every message for every address, keeps it as a
// file, and shows it on a page and as JSON. It stands in for the organisation's mail server in demonstrations and tests.
package catcher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Config says where the catcher listens and keeps messages.
type Config struct {
	Dir        string // one .eml file per message; made when missing
	SMTPListen string // host:port; port 0 for any
	HTTPListen string // host:port; port 0 for any
	// Listening is told the addresses once both take connections; may be nil.
	Listening func(smtp, http net.Addr)
	// Log is where faults go; nil: the default logger.
	Log *slog.Logger
}

// stopPatience is how long open connections have to finish when the catcher stops.
const stopPatience = 3 * time.Second

// Run serves until ctx ends, then lets messages under way finish. Whatever was answered with 250 is on the disk.
func Run(ctx context.Context, c Config) error {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	messages, err := openStore(c.Dir)
	if err != nil {
		return fmt.Errorf("open the mail directory %s: %w", c.Dir, err)
	}
	var listen net.ListenConfig
	smtpListener, err := listen.Listen(ctx, "tcp", c.SMTPListen)
	if err != nil {
		return fmt.Errorf("listen for mail: %w", err)
	}
	httpListener, err := listen.Listen(ctx, "tcp", c.HTTPListen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen for pages: %w", err), smtpListener.Close())
	}
	smtpServer := newSMTPServer(messages, c.Log)
	httpServer := &http.Server{Handler: atHome(c.HTTPListen, newPages(messages, c.Log)), ReadHeaderTimeout: 10 * time.Second}
	if c.Listening != nil {
		c.Listening(smtpListener.Addr(), httpListener.Addr())
	}

	failed := make(chan error, 2)
	go func() { failed <- smtpServer.Serve(smtpListener) }()
	go func() { failed <- httpServer.Serve(httpListener) }()
	var cause error
	running := 2
	select {
	case <-ctx.Done():
	case cause = <-failed:
		running--
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	// A client may keep an idle connection for good: it is closed when the patience is over.
	if smtpServer.Shutdown(patience) != nil {
		_ = smtpServer.Close()
	}
	if httpServer.Shutdown(patience) != nil {
		_ = httpServer.Close()
	}
	for range running {
		if err := <-failed; cause == nil && !errors.Is(err, http.ErrServerClosed) {
			cause = err
		}
	}
	return cause
}
