package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	sdklog "go.temporal.io/sdk/log"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/config"
	"github.com/marelan/telaah/internal/evidencestore"
	"github.com/marelan/telaah/internal/payload"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/report"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/internal/stack"
	"github.com/marelan/telaah/worker"
)

// settings reads the configuration. A command that talks to a running `telaah up` takes over its servers.
func settings() (config.Config, error) {
	c, err := config.Load()
	if err != nil {
		return c, err
	}
	if c.Database.URL != "" {
		return c, nil
	}
	environment, running, err := stack.Environment(c.Stack.Data)
	if err != nil || !running {
		return c, err
	}
	for name, value := range environment {
		if _, set := os.LookupEnv(name); !set {
			if err := os.Setenv(name, value); err != nil {
				return c, fmt.Errorf("take over %s: %w", name, err)
			}
		}
	}
	return config.Load()
}

// parts is what most commands are made of.
type parts struct {
	config   config.Config
	log      *slog.Logger
	db       *pgxpool.Pool
	temporal client.Client
	masters  payload.Masters
	keys     *payload.Keys
	codec    *payload.Codec
	service  *service.Service
	store    *evidencestore.Store // nil: evidence is kept in the database
	close    []func()
}

// conns is how many database connections a process may hold.
const conns = 40

// openParts connects to the record and the conductor. The conductor may be down: it is connected to when it is needed.
func openParts(ctx context.Context) (*parts, error) {
	c, err := settings()
	if err != nil {
		return nil, err
	}
	policies, err := loadPolicies(c.PolicyDir)
	if err != nil {
		return nil, err
	}
	if c.Database.URL == "" {
		return nil, fmt.Errorf("TELAAH_DATABASE_URL is not set and no `telaah up` is running on %s: start it, or name the database", c.Stack.Data)
	}
	p := &parts{config: c, log: slog.New(slog.NewJSONHandler(os.Stderr, nil))}
	if err := postgres.CheckSchema(ctx, string(c.Database.URL)); err != nil {
		return nil, err
	}
	if p.db, err = postgres.Open(ctx, string(c.Database.URL), conns); err != nil {
		return nil, err
	}
	p.close = append(p.close, p.db.Close)
	if err := p.openTemporal(); err != nil {
		p.Close()
		return nil, err
	}
	dispatcher := worker.NewDispatcher(p.db, p.conductor(), p.log)
	p.close = append(p.close, dispatcher.Close)
	store, err := evidenceStore(c)
	if err != nil {
		p.Close()
		return nil, err
	}
	keys, err := authenticators(c)
	if err != nil {
		p.Close()
		return nil, err
	}
	options := service.Options{DB: p.db, Policies: policies, Zone: c.Location(), Waker: dispatcher, Log: p.log,
		Press: report.New(c.HTTP.BaseURL, c.Location()), Limits: evidenceLimits(c), Provider: identityProvider(c), Authenticators: keys, Payloads: p.codec,
		Retention: c.Retention == config.On,
		Sessions:  service.SessionLimits{Idle: c.Session.Idle, BriefIdle: c.Session.BriefIdle, Life: c.Session.Life}}
	if store != nil {
		options.Store = store
	}
	p.service, p.store = service.New(options), store
	return p, nil
}

// evidenceLimits are those of the settings, which are in MB.
func evidenceLimits(c config.Config) appraisal.EvidenceLimits {
	limits := appraisal.DefaultEvidenceLimits
	limits.File, limits.Total = int64(c.Evidence.MaxFile)<<20, int64(c.Evidence.MaxTotal)<<20
	return limits
}

// evidenceStore is the one that the settings name, nil without one.
func evidenceStore(c config.Config) (*evidencestore.Store, error) {
	s := c.Evidence.S3
	if s.Endpoint == "" {
		return nil, nil
	}
	return evidencestore.New(evidencestore.Options{
		Endpoint: s.Endpoint, Bucket: s.Bucket, Region: s.Region, AccessKey: s.AccessKey.Reveal(), SecretKey: s.SecretKey.Reveal(),
		Prefix: s.Prefix, TLS: s.TLS == config.On,
	})
}

// Close releases everything, the last opened first.
func (p *parts) Close() {
	for i := len(p.close) - 1; i >= 0; i-- {
		p.close[i]()
	}
}

func (p *parts) conductor() *worker.Conductor {
	return &worker.Conductor{Temporal: p.temporal, BaseURL: p.config.HTTP.BaseURL}
}

// openTemporal connects to Temporal, with what it keeps encrypted as the settings say.
func (p *parts) openTemporal() error {
	var err error
	if p.masters, err = payload.NewMasters(p.config.Payload.Masters()); err != nil {
		return fmt.Errorf("TELAAH_PAYLOAD_KEY: %w", err)
	}
	p.keys = payload.NewKeys(postgres.PayloadKeys{DB: p.db}, p.masters, p.log)
	p.codec = payload.NewCodec(p.keys, p.config.Payload.Encrypts())
	if p.temporal, err = p.dial(p.codec.Apply); err != nil {
		return err
	}
	p.close = append(p.close, p.temporal.Close)
	return nil
}

// keepKeys reads the keys of what Temporal keeps, refuses to go on without those that are in use, and keeps them fresh.
func (p *parts) keepKeys(ctx context.Context) error {
	if !p.config.Payload.Encrypts() {
		p.log.Warn("what Temporal keeps is not encrypted; make a key with `openssl rand -base64 32` and give it in TELAAH_PAYLOAD_KEY")
	}
	if err := p.keys.Load(ctx); err != nil {
		return err
	}
	go p.keys.Keep(ctx)
	return nil
}

func (p *parts) dial(with func(*client.Options)) (client.Client, error) {
	options, err := temporalOptions(p.log)
	if err != nil {
		return nil, err
	}
	with(&options)
	return client.NewLazyClient(options)
}

func temporalOptions(log *slog.Logger) (client.Options, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return options, fmt.Errorf("settings of Temporal: %w", err)
	}
	if options.Namespace == "" || os.Getenv("TEMPORAL_NAMESPACE") == "" && options.Namespace == "default" {
		options.Namespace = "telaah"
	}
	options.Logger = sdklog.NewStructuredLogger(log)
	return options, nil
}

// stopTime is how long a server may take to finish what is under way.
const stopTime = 20 * time.Second
