package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

type settings struct {
	database  *pgx.ConnConfig // of a role that may create databases
	prefix    string          // <prefix>_temporal and <prefix>_temporal_visibility are the databases
	listen    netip.AddrPort
	ui        netip.AddrPort // invalid: no web interface
	codec     string         // address that the web interface has payloads decoded at; empty: nowhere
	namespace string
	retention time.Duration
	logLevel  string
}

var (
	prefixForm    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	namespaceForm = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]+$`)
)

// readSettings takes a flag before its environment variable before the default, and reports every fault at once.
func readSettings(args []string, getenv func(string) string, stderr io.Writer) (settings, error) {
	flags := flag.NewFlagSet("telaah-temporal", flag.ContinueOnError)
	flags.SetOutput(stderr)
	variable := map[string]string{}
	text := func(name, env, preset, usage string) *string {
		variable[name] = env
		if value := getenv(env); value != "" {
			preset = value
		}
		return flags.String(name, preset, usage+" ($"+env+")")
	}
	databaseURL := flags.String("database-url", "",
		"PostgreSQL, as a role that may create databases ($TELAAH_DATABASE_URL, or a file named by $TELAAH_DATABASE_URL_FILE)")
	prefix := text("database-prefix", "TELAAH_TEMPORAL_DATABASE_PREFIX", "telaah",
		"first part of the names of the two databases")
	listen := text("listen", "TELAAH_TEMPORAL_LISTEN", "127.0.0.1:7233", "address that clients and workers connect to")
	ui := text("ui", "TELAAH_TEMPORAL_UI", "127.0.0.1:8233", `address of the web interface, "off" for none`)
	codec := text("codec", "TELAAH_TEMPORAL_CODEC", "", "address of the codec server that the web interface sends payloads to, with the session of whoever looks at it")
	namespace := text("namespace", "TEMPORAL_NAMESPACE", "telaah", "namespace to register")
	retention := text("retention", "TELAAH_TEMPORAL_RETENTION", "2160h", "how long closed executions are kept")
	logLevel := text("log-level", "TELAAH_TEMPORAL_LOG_LEVEL", "warn", "debug, info, warn or error")
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	uiOff := *ui == "off"
	flags.Visit(func(f *flag.Flag) { uiOff = uiOff || f.Name == "ui" && *ui == "" })

	var s settings
	var faults []error
	fault := func(name, format string, args ...any) {
		place := "--" + name
		if variable[name] != "" {
			place += " or " + variable[name]
		}
		faults = append(faults, fmt.Errorf("%s: %s", place, fmt.Sprintf(format, args...)))
	}
	if flags.NArg() > 0 {
		faults = append(faults, fmt.Errorf("%q: only flags are understood; --help lists them", flags.Arg(0)))
	}
	var err error
	if s.database, err = parseDatabase(*databaseURL, getenv); err != nil {
		faults = append(faults, err)
	}
	if s.prefix = *prefix; !prefixForm.MatchString(s.prefix) {
		fault("database-prefix", "%q must be at most 40 lower-case letters, digits and underscores", s.prefix)
	}
	if s.listen, err = parseAddress(*listen); err != nil {
		fault("listen", "%v", err)
	}
	if !uiOff {
		if s.ui, err = parseAddress(*ui); err != nil {
			fault("ui", "%v", err)
		}
	}
	if s.codec = strings.TrimRight(*codec, "/"); s.codec != "" && !strings.HasPrefix(s.codec, "http://") && !strings.HasPrefix(s.codec, "https://") {
		fault("codec", "%q must be an http or https address, such as http://127.0.0.1:8080/api/v1/codec", s.codec)
	}
	if s.namespace = *namespace; !namespaceForm.MatchString(s.namespace) {
		fault("namespace", "%q must be letters, digits, dots, dashes and underscores", s.namespace)
	}
	if s.retention, err = time.ParseDuration(*retention); err != nil || s.retention < time.Hour {
		fault("retention", "%q must be a duration of at least 1h, such as 2160h for 90 days", *retention)
	}
	switch s.logLevel = *logLevel; s.logLevel {
	case "debug", "info", "warn", "error":
	default:
		fault("log-level", "%q must be debug, info, warn or error", s.logLevel)
	}
	return s, errors.Join(faults...)
}

func parseDatabase(databaseURL string, getenv func(string) string) (*pgx.ConnConfig, error) {
	if databaseURL == "" {
		databaseURL = getenv("TELAAH_DATABASE_URL")
	}
	if file := getenv("TELAAH_DATABASE_URL_FILE"); databaseURL == "" && file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("TELAAH_DATABASE_URL_FILE: %w; name a file that can be read", err)
		}
		databaseURL = strings.TrimSpace(string(content))
	}
	if databaseURL == "" {
		return nil, errors.New("--database-url or TELAAH_DATABASE_URL: missing; give the address of PostgreSQL, such as postgres://telaah:password@localhost:5432/telaah")
	}
	database, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("--database-url or TELAAH_DATABASE_URL: %w; it looks like postgres://user:password@host:5432/name", err)
	}
	return database, nil
}

// parseAddress reads host:port; a name such as localhost becomes its first address, because the server binds addresses.
func parseAddress(address string) (netip.AddrPort, error) {
	tcp, err := net.ResolveTCPAddr("tcp", address)
	if err != nil || tcp.Port == 0 || tcp.IP == nil {
		return netip.AddrPort{}, fmt.Errorf("%q must be host:port, such as 127.0.0.1:7233", address)
	}
	parsed := tcp.AddrPort()
	return netip.AddrPortFrom(parsed.Addr().Unmap(), parsed.Port()), nil
}
