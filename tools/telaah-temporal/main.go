// Command telaah-temporal is a Temporal server with its web interface in one process, keeping everything in PostgreSQL.
// It serves one machine; a cluster or Temporal Cloud replaces it by a setting of telaah.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopLimit is how long an orderly stop may take before the process ends anyway; PostgreSQL holds all that matters.
const stopLimit = 30 * time.Second

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until SIGINT or SIGTERM and returns the exit code: 0 after an orderly stop, 1 after a failure, 2 for
// settings that cannot be used. It writes the line "ready" to stdout once namespace and search attributes can be used.
func run(args []string, stdout, stderr io.Writer) int {
	s, err := readSettings(args, os.Getenv, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, s, stdout); err != nil {
		fmt.Fprintf(stderr, "telaah-temporal: %v\n", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, s settings, stdout io.Writer) error {
	if err := checkFree("--listen", s.listen); err != nil {
		return err
	}
	if s.ui.IsValid() {
		if err := checkFree("--ui", s.ui); err != nil {
			return err
		}
	}
	stores, err := openStores(ctx, s)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	defer stores.close()

	server, err := startServer(s, stores)
	if err != nil {
		return err
	}
	ui := startUI(s)
	failed := prepareNamespace(ctx, s)
	if failed == nil {
		fmt.Fprintln(stdout, "ready")
		failed = stores.keepLock(ctx)
	}
	if ctx.Err() != nil {
		failed = nil // asked to stop: what was under way may fail
	}

	stopped := make(chan error, 1)
	go func() {
		if ui != nil {
			ui.Stop()
		}
		stopped <- server.Stop()
	}()
	select {
	case err := <-stopped:
		return errors.Join(failed, err)
	case <-time.After(stopLimit):
		return errors.Join(failed, fmt.Errorf("the server did not stop within %s and was ended; nothing is lost, start it again", stopLimit))
	}
}
