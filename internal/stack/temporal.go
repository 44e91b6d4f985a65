package stack

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

var plainName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// databasePrefix begins the names of the databases that Temporal makes on the product's server: the name of the
// product's own, so that two installations on one server do not meet.
func databasePrefix(databaseURL string) string {
	if name := databaseName(databaseURL); plainName.MatchString(name) {
		return name
	}
	return roleName
}

func databaseName(databaseURL string) string {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}

// TemporalOptions says how the embedded Temporal server runs.
type TemporalOptions struct {
	Bin         string // path of telaah-temporal
	DatabaseURL string // of a role that owns its two databases, or may create them
	Prefix      string // begins the names of the two; empty: the name of the database in DatabaseURL does
	Listen      string // host:port for clients
	UIListen    string // host:port of its pages; empty: no pages
	Namespace   string
	Retention   time.Duration // how long closed executions are kept; 0: 90 days
	Log         string        // file for what the server says
	Environ     []string      // its environment; nil: ours
}

const defaultRetention = 90 * 24 * time.Hour

func (o TemporalOptions) part() *part {
	if o.Retention == 0 {
		o.Retention = defaultRetention
	}
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	environ := append(slices.Clone(o.Environ), "TELAAH_DATABASE_URL="+o.DatabaseURL) // arguments could be read by every user of the machine
	p := &part{
		id: "temporal", title: "Temporal", log: o.Log, patience: 3 * time.Minute,
		spec: func() processSpec {
			return processSpec{
				path: o.Bin, env: environ, deathSignal: syscall.SIGTERM,
				args: []string{
					"--database-prefix", cmp.Or(o.Prefix, databasePrefix(o.DatabaseURL)), "--listen", o.Listen, "--ui", o.UIListen,
					"--namespace", o.Namespace, "--retention", o.Retention.String(),
				},
			}
		},
		stop: []stopStep{{syscall.SIGTERM, 30 * time.Second}},
	}
	p.says("ready")
	return p
}

// StartTemporal starts the embedded Temporal server and returns when its namespace can be used.
func StartTemporal(ctx context.Context, o TemporalOptions) (*Server, error) {
	return startServer(ctx, o.part())
}

var errNotReady = errors.New("it has not said that it is ready")

// says makes a line of its log the sign that a process is ready.
func (p *part) says(line string) {
	p.ready = func(_ context.Context, said string) error {
		if strings.Contains("\n"+said, "\n"+line+"\n") {
			return nil
		}
		return errNotReady
	}
}
