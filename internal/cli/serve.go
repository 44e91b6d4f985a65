package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/marelan/telaah/api"
	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/catcher"
	"github.com/marelan/telaah/internal/config"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/internal/stack"
	"github.com/marelan/telaah/worker"

	telaahmail "github.com/marelan/telaah/internal/mail"
)

func newAPI() *cobra.Command {
	return &cobra.Command{
		Use: "api", Short: "Serve pages and JSON", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openParts(cmd.Context())
			if err != nil {
				return err
			}
			defer p.Close()
			if err := p.keepKeys(cmd.Context()); err != nil {
				return err
			}
			pages, err := web.New(web.Options{Service: p.service, Zone: p.config.Location(), TemporalUI: p.config.Temporal.UIURL, Namespace: p.config.Temporal.Namespace,
				Organisation: p.config.Organisation, PrivacyContact: p.config.PrivacyContact})
			if err != nil {
				return err
			}
			metrics := api.NewMetrics()
			handler, err := api.New(api.Options{
				Service: p.service, Pages: pages, BaseURL: p.config.HTTP.BaseURL, TrustedProxies: p.config.HTTP.TrustedProxies,
				TemporalUI: p.config.Temporal.UIURL, Ready: p.db.Ping, Metrics: metrics, Log: p.log,
				Rates: api.Rates{Person: p.config.HTTP.RatePerson, Network: p.config.HTTP.RateNetwork},
			})
			if err != nil {
				return err
			}
			// Started by telaah up, which says it in one place with the addresses.
			if state, err := stack.ReadState(p.config.Stack.Data); err != nil || !state.Running() {
				if err := announceFirstAdministrator(cmd.Context(), p, cmd.OutOrStdout()); err != nil {
					return err
				}
			}
			return serve(cmd.Context(), map[string]http.Handler{
				p.config.HTTP.Listen: handler, p.config.HTTP.MetricsListen: metrics.Handler(),
			})
		},
	}
}

func newWorker() *cobra.Command {
	return &cobra.Command{
		Use: "worker", Short: "Conduct the pipelines and deliver mail", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openParts(cmd.Context())
			if err != nil {
				return err
			}
			defer p.Close()
			if err := p.keepKeys(cmd.Context()); err != nil {
				return err
			}
			conducting, err := p.dial(p.codec.ApplyToWorker)
			if err != nil {
				return err
			}
			defer conducting.Close()
			sender, err := newSender(p.config)
			if err != nil {
				return err
			}
			defer sender.Close()
			post := service.NewOutbox(service.OutboxOptions{
				DB: p.db, Sender: sender, BaseURL: p.config.HTTP.BaseURL, Zone: p.config.Location(),
				Digest: p.config.Mail.Digest == config.On, Log: p.log,
			})
			metrics := api.NewMetrics()
			group, ctx := errgroup.WithContext(cmd.Context())
			group.Go(func() error {
				return serve(ctx, map[string]http.Handler{p.config.HTTP.MetricsListen: workerProbe(metrics.Handler())})
			})
			group.Go(func() error {
				return worker.Run(ctx, worker.Options{Temporal: p.temporal, Conducting: conducting, DB: p.db, Service: p.service, Post: post, BaseURL: p.config.HTTP.BaseURL, RootFile: p.config.Audit.RootFile, Log: p.log})
			})
			return group.Wait()
		},
	}
}

// workerProbe answers probes beside the metrics. A worker whose servers are down is still right to be running.
func workerProbe(metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	ok := func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") }
	mux.HandleFunc("GET /livez", ok)
	mux.HandleFunc("GET /readyz", ok)
	mux.Handle("GET /metrics", metrics)
	return mux
}

func newSender(c config.Config) (*telaahmail.Sender, error) {
	return telaahmail.NewSender(telaahmail.Options{
		Host: c.SMTP.Host, Port: c.SMTP.Port, User: c.SMTP.User, Password: string(c.SMTP.Password), TLS: telaahmail.TLSMode(c.SMTP.TLS),
		From: c.Mail.From, Rate: c.Mail.Rate,
	})
}

func newCatcher() *cobra.Command {
	return &cobra.Command{
		Use: "catcher", Short: "Catch mail instead of delivering it", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load()
			if err != nil {
				return err
			}
			return catcher.Run(cmd.Context(), catcher.Config{
				Dir: c.Stack.Data + "/mail", SMTPListen: c.Stack.CatcherSMTPListen, HTTPListen: c.Stack.CatcherHTTPListen,
			})
		},
	}
}

func newMigrate() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database's schema to this version", Args: cobra.NoArgs,
		Long: `Acts as the owner of the tables, TELAAH_DATABASE_OWNER_URL, and lets the role of TELAAH_DATABASE_URL in as the application.
With one of the two alone the application is the owner. TELAAH_TEMPORAL_DATABASE_URL gets a role and two databases of its own.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := settings()
			if err != nil {
				return err
			}
			if c.Database.Owner() == "" {
				return errors.New("neither TELAAH_DATABASE_OWNER_URL nor TELAAH_DATABASE_URL is set: name the database to migrate")
			}
			return migrate(cmd.Context(), c, cmd.ErrOrStderr())
		},
	}
}

// migrate brings the schema up to date as the owner and lets the application and Temporal in, and says what the owner may not do.
func migrate(ctx context.Context, c config.Config, out io.Writer) error {
	database := c.Database
	owner := database.Owner().Reveal()
	if err := postgres.Migrate(ctx, owner); err != nil {
		return err
	}
	db, err := postgres.Open(ctx, owner, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	missing, err := postgres.MissingRoles(ctx, db)
	if err != nil {
		return err
	}
	for _, role := range missing {
		fmt.Fprintf(out, "The role %s does not exist, and the owner may not make it. As a superuser: create role %s; then run `telaah migrate` again.\n", role, role)
	}
	if database.URL != "" && database.OwnerURL != "" {
		if err := postgres.Admit(ctx, owner, database.URL.Reveal()); err != nil {
			return err
		}
	}
	if c.Temporal.DatabaseURL == "" {
		return nil
	}
	return stack.AdmitTemporal(ctx, owner, c.Temporal.DatabaseURL.Reveal())
}

// serve runs a server for each address until ctx ends, then lets what is under way finish.
func serve(ctx context.Context, handlers map[string]http.Handler) error {
	group, ctx := errgroup.WithContext(ctx)
	for address, handler := range handlers {
		server := api.Server(address, handler)
		group.Go(func() error {
			if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("listen on %s: %w", address, err)
			}
			return nil
		})
		group.Go(func() error {
			<-ctx.Done()
			finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
			defer cancel()
			return server.Shutdown(finish)
		})
	}
	return group.Wait()
}
