// Command testbed runs another command with what the tests need around it: a throw-away PostgreSQL and a Temporal
// server, on free ports and in a temporary directory, gone when the command ends.
//
//	go run ./internal/testbed -- go test ./...
//
// The command finds them in TELAAH_TEST_DATABASE_URL, TELAAH_POSTGRES_BIN, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and
// TELAAH_TEMPORAL_BIN.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/marelan/telaah/internal/stack"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "testbed:", err)
	}
	os.Exit(code)
}

// namespace is the product's own default.
const namespace = "telaah"

const usageError = 2

// run returns the exit code of the command, and an error of the testbed itself.
func run(args []string) (code int, err error) {
	flags := flag.NewFlagSet("testbed", flag.ContinueOnError)
	noTemporal := flags.Bool("no-temporal", false, "start PostgreSQL only")
	if err := flags.Parse(args); err != nil {
		return usageError, nil // flag has said it
	}
	if flags.NArg() == 0 {
		return usageError, errors.New("name the command to run, for example: go run ./internal/testbed -- go test ./internal/service/")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()

	dir, err := os.MkdirTemp("", "telaah-testbed-")
	if err != nil {
		return 1, err
	}
	keep := false
	defer func() {
		if !keep {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if err := os.Chmod(dir, 0o755); err != nil { // the database's own user passes through it
		return 1, err
	}
	parts, environ, err := startParts(ctx, dir, !*noTemporal)
	defer func() {
		for i := len(parts) - 1; i >= 0; i-- {
			err = errors.Join(err, parts[i].Stop())
		}
	}()
	if err != nil {
		keep = true
		return 1, fmt.Errorf("%w (logs are in %s)", err, dir)
	}
	return runCommand(ctx, flags.Args(), environ)
}

func startParts(ctx context.Context, dir string, withTemporal bool) (parts []*stack.Server, environ []string, err error) {
	postgres, err := stack.StartPostgres(ctx, stack.PostgresOptions{
		Dir: filepath.Join(dir, "postgres"), Bin: os.Getenv("TELAAH_POSTGRES_BIN"), Log: filepath.Join(dir, "postgres.log"),
		Profile: stack.Throwaway, Progress: stack.NewProgress(os.Stderr),
	})
	if err != nil {
		return nil, nil, err
	}
	parts = append(parts, postgres)
	environ = []string{"TELAAH_TEST_DATABASE_URL=" + postgres.URL("telaah"), "TELAAH_POSTGRES_BIN=" + postgres.Bin()}
	if !withTemporal {
		return parts, environ, nil
	}
	bin, err := temporalBinary()
	if err != nil {
		return parts, environ, err
	}
	free, err := stack.FreePort()
	if err != nil {
		return parts, environ, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", free)
	temporal, err := stack.StartTemporal(ctx, stack.TemporalOptions{
		Bin: bin, DatabaseURL: postgres.TemporalURL(), Prefix: "telaah", Listen: address, Namespace: namespace, Log: filepath.Join(dir, "temporal.log"),
	})
	if err != nil {
		return parts, environ, err
	}
	parts = append(parts, temporal)
	environ = append(environ, "TEMPORAL_ADDRESS="+address, "TEMPORAL_NAMESPACE="+namespace, "TELAAH_TEMPORAL_BIN="+bin)
	return parts, environ, nil
}

// temporalBinary is the one that TELAAH_TEMPORAL_BIN names, else the one that the Makefile builds in this module.
func temporalBinary() (string, error) {
	if named := os.Getenv("TELAAH_TEMPORAL_BIN"); named != "" {
		return filepath.Abs(named)
	}
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	bin := filepath.Join(filepath.Dir(strings.TrimSpace(string(out))), "bin", "telaah-temporal")
	if _, err := os.Stat(bin); err != nil {
		return "", errors.New("bin/telaah-temporal is missing: run `make build`, or testbed with --no-temporal")
	}
	return bin, nil
}

// runCommand passes our terminal and signals on. The command runs in our process group, so that Ctrl-C reaches it from
// the terminal; a signal to us alone is forwarded.
func runCommand(ctx context.Context, args, environ []string) (int, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), environ...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode(), nil
	case err != nil:
		return 1, fmt.Errorf("run %s: %w", strings.Join(args, " "), err)
	}
	return 0, nil
}
