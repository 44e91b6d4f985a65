package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"syscall"

	"github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	// shards cannot change once the databases exist. Eight keep two to sixteen cores busy and cost an idle machine little.
	shards = 8
	// Four services open a pool on each store; together they stay below 60 connections, of PostgreSQL's default 100.
	mainConns       = 9
	visibilityConns = 4
	clusterName     = "active"
)

// startServer starts the four services of Temporal in this process. Only the frontend is reachable from outside; the
// others listen on loopback, on ports that were free a moment before.
func startServer(s settings, stores stores) (temporal.Server, error) {
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	internal := func(port int) config.Service {
		return config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: "127.0.0.1"}}
	}
	frontend := reachable(s.listen)
	local := func(port int) static.Hosts {
		return static.SingleLocalHost(fmt.Sprintf("127.0.0.1:%d", port))
	}
	settings := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     "main",
			VisibilityStore:  "visibility",
			NumHistoryShards: shards,
			DataStores: map[string]config.DataStore{
				"main":       {SQL: sqlConfig(stores.main, mainConns)},
				"visibility": {SQL: sqlConfig(stores.visibility, visibilityConns)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services: map[string]config.Service{
			string(primitives.FrontendService): {RPC: config.RPC{GRPCPort: int(s.listen.Port()), BindOnIP: s.listen.Addr().String()}},
			string(primitives.HistoryService):  internal(ports[0]),
			string(primitives.MatchingService): internal(ports[1]),
			string(primitives.WorkerService):   internal(ports[2]),
		},
		PublicClient: config.PublicClient{HostPort: frontend},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
		}},
	}
	logger, err := newLogger(s.logLevel)
	if err != nil {
		return nil, err
	}
	srv, err := temporal.NewServer(
		temporal.WithConfig(settings),
		temporal.ForServices(temporal.DefaultServices),
		// One process never has to find others, and what a killed one left in a membership table cannot mislead it.
		temporal.WithStaticHosts(map[primitives.ServiceName]static.Hosts{
			primitives.FrontendService: static.SingleLocalHost(frontend),
			primitives.HistoryService:  local(ports[0]),
			primitives.MatchingService: local(ports[1]),
			primitives.WorkerService:   local(ports[2]),
		}),
		temporal.WithDynamicConfigClient(limits()),
		temporal.WithLogger(logger),
	)
	if err != nil {
		return nil, fmt.Errorf("the Temporal server cannot use its settings or databases: %w", err)
	}
	if err := srv.Start(); err != nil {
		return nil, fmt.Errorf("the Temporal server did not start: %w", err)
	}
	return srv, nil
}

// newLogger writes to stderr. While PostgreSQL is away the server repeats itself a hundred times a second, so of each
// message only the first few of a second are kept, and no stack traces.
func newLogger(level string) (log.Logger, error) {
	settings := zap.NewProductionConfig()
	if err := settings.Level.UnmarshalText([]byte(level)); err != nil {
		return nil, err
	}
	settings.Sampling = &zap.SamplingConfig{Initial: 2, Thereafter: 1000}
	settings.DisableStacktrace = true
	settings.DisableCaller = true // the server adds its own
	settings.EncoderConfig.EncodeTime = zapcore.ISO8601TimeEncoder
	logger, err := settings.Build()
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return log.NewZapLogger(logger), nil
}

// startUI serves the web interface, or nothing when it is switched off.
func startUI(s settings) *server.Server {
	if !s.ui.IsValid() {
		return nil
	}
	ui := server.NewServer(server_options.WithConfigProvider(&uiconfig.Config{
		TemporalGRPCAddress: reachable(s.listen),
		Host:                bracketed(s.ui.Addr()),
		Port:                int(s.ui.Port()),
		EnableUI:            true,
		DefaultNamespace:    s.namespace,
		DisableNewsFetch:    true, // nothing here may depend on, or tell, the internet
		HideLogs:            true,
		// The browser sends its own session along; the interface itself knows nobody and has no token to pass.
		Codec: uiconfig.Codec{
			Endpoint: s.codec, IncludeCredentials: true,
			DefaultErrorMessage: "What Telaah keeps here is encrypted. Sign in to Telaah as an administrator in this browser, then load this page again.",
			DefaultErrorLink:    signInAt(s.codec),
		},
		CORS: uiconfig.CORS{CookieInsecure: true}, // plain HTTP: a secure cookie would never come back
	}))
	go ui.Start()
	return ui
}

// signInAt is where people sign in to whoever decodes; empty: nobody does.
func signInAt(codec string) string {
	u, err := url.Parse(codec)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/masuk"
}

// reachable is the address at which this machine reaches what listens there; 0.0.0.0 is no destination.
func reachable(listen netip.AddrPort) string {
	if listen.Addr().IsUnspecified() {
		if listen.Addr().Is6() {
			return netip.AddrPortFrom(netip.IPv6Loopback(), listen.Port()).String()
		}
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), listen.Port()).String()
	}
	return listen.String()
}

func bracketed(address netip.Addr) string {
	if address.Is6() {
		return "[" + address.String() + "]"
	}
	return address.String()
}

// checkFree tells of a taken port in a sentence; the server itself would end with a stack trace.
func checkFree(flag string, address netip.AddrPort) error {
	listener, err := net.Listen("tcp", address.String())
	switch {
	case err == nil:
		return listener.Close()
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %d on %s is taken by another program: stop that program, or choose another port with %s", address.Port(), address.Addr(), flag)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is not an address of this machine: choose one that is with %s", address.Addr(), flag)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("port %d is reserved for the administrator: choose one above 1023 with %s", address.Port(), flag)
	}
	return fmt.Errorf("cannot listen on %s, choose another address with %s: %w", address, flag, err)
}

// freePorts looks below the range that the kernel gives to outgoing connections, so that none can take a port between
// this look and the server's own listen.
func freePorts(count int) ([]int, error) {
	const first, last = 20000, 32000
	var ports []int
	for attempt := 0; attempt < 1000 && len(ports) < count; attempt++ {
		port := first + rand.IntN(last-first)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		defer listener.Close()
		ports = append(ports, port)
	}
	if len(ports) < count {
		return nil, fmt.Errorf("no %d free ports between %d and %d on 127.0.0.1: end programs that hold them", count, first, last)
	}
	return ports, nil
}
