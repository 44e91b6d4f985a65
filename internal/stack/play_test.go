package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/marelan/telaah/internal/catcher"
	"github.com/marelan/telaah/internal/config"
)

// playTelaah is the program in its roles: the catcher for real, api and worker as servers that only answer readiness.
// Each writes into the file order of the data directory when it starts and when it is asked to stop.
func playTelaah(role string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, err := config.Load(config.NeedDatabase, config.NeedMail)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if ill := os.Getenv("STACK_TEST_ILL"); ill == role {
		fmt.Fprintln(os.Stderr, "error: the schema is too old")
		return 3
	}
	note(c.Stack.Data, role+" started")
	if role == "catcher" {
		err = catcher.Run(ctx, catcher.Config{
			Dir: filepath.Join(c.Stack.Data, "mail"), SMTPListen: c.Stack.CatcherSMTPListen, HTTPListen: c.Stack.CatcherHTTPListen,
		})
	} else {
		err = serveReadiness(ctx, c, role)
	}
	note(c.Stack.Data, role+" stopped")
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}

func serveReadiness(ctx context.Context, c config.Config, role string) error {
	address := c.HTTP.Listen
	if role == "worker" {
		address = c.HTTP.MetricsListen
	}
	server := &http.Server{Addr: address, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ready") })}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func note(data, line string) {
	file, err := os.OpenFile(filepath.Join(data, "order"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		panic(err)
	}
	if _, err := io.WriteString(file, line+"\n"); err != nil {
		panic(err)
	}
	if err := file.Close(); err != nil {
		panic(err)
	}
}

// playUp is `telaah up` as the environment configures it.
func playUp() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	c, err := config.Load()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if err := os.Setenv(roleVar, "telaah"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	err = Up(ctx, Options{
		Config: c, Progress: NewProgress(os.Stdout),
		Prepare: func(_ context.Context, environment map[string]string) error {
			note(c.Stack.Data, "prepared on "+environment["TELAAH_SMTP_HOST"])
			return nil
		},
		Ready: func(context.Context, map[string]string) error {
			note(c.Stack.Data, "ready")
			return nil
		},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func playLock(dir string) int {
	lock, err := lockDir(dir, filepath.Join(dir, "lock"))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer lock.release()
	fmt.Println("locked")
	select {} // until it is killed
}
