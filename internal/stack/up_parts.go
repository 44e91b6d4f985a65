package stack

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/marelan/telaah/internal/config"
)

func (o *Options) ownPostgres() bool { return o.Config.Database.URL == "" }
func (o *Options) ownTemporal() bool { return !o.Config.Temporal.External() }
func (o *Options) ownCatcher() bool  { return o.Config.SMTP.Host == "" }
func (o *Options) ownUI() bool {
	return o.ownTemporal() && o.Config.Stack.TemporalUI != string(config.Off)
}

// ports lists what must be free before anything starts.
func (o *Options) ports() []port {
	c := o.Config
	all := []port{
		{c.HTTP.Listen, "pages and API", "another web server", "TELAAH_LISTEN", "127.0.0.1:8090"},
		{c.HTTP.MetricsListen, "the API's metrics", "another program's metrics", "TELAAH_METRICS_LISTEN", "127.0.0.1:9090"},
		{c.Stack.WorkerMetricsListen, "the worker's metrics", "another program's metrics", "TELAAH_WORKER_METRICS_LISTEN", "127.0.0.1:9091"},
	}
	if o.ownPostgres() {
		all = append(all, (&postgres{PostgresOptions: PostgresOptions{Port: c.Stack.PostgresPort}}).port())
	}
	if o.ownTemporal() {
		all = append(all, port{c.Stack.TemporalListen, "Temporal", "another Temporal server", "TELAAH_TEMPORAL_LISTEN", "127.0.0.1:7243"})
	}
	if o.ownUI() {
		all = append(all, port{c.Stack.TemporalUI, "Temporal's pages", "another Temporal server", "TELAAH_TEMPORAL_UI", "127.0.0.1:8243"})
	}
	if o.ownCatcher() {
		all = append(all,
			port{c.Stack.CatcherSMTPListen, "the mail catcher", "Mailpit or another mail catcher", "TELAAH_CATCHER_SMTP_LISTEN", "127.0.0.1:1035"},
			port{c.Stack.CatcherHTTPListen, "the caught mail's pages", "Mailpit or another mail catcher", "TELAAH_CATCHER_HTTP_LISTEN", "127.0.0.1:8035"})
	}
	return all
}

func (o *Options) state() State {
	s := State{PID: os.Getpid(), Birth: birth(os.Getpid()), Pages: o.Config.HTTP.BaseURL}
	if o.ownUI() {
		s.TemporalUI = "http://" + dialable(o.Config.Stack.TemporalUI)
	}
	if o.ownCatcher() {
		s.Mail = "http://" + dialable(o.Config.Stack.CatcherHTTPListen)
	}
	return s
}

// program is our own executable in one of its roles.
func (o *Options) program(id, title string, env []string, patience, drain time.Duration) *part {
	return &part{
		id: id, title: title, log: o.logPath(id), patience: patience,
		spec: func() processSpec {
			return processSpec{path: o.Executable, args: []string{id}, env: env, deathSignal: syscall.SIGTERM}
		},
		stop: []stopStep{{syscall.SIGTERM, drain}},
	}
}

func (o *Options) catcher(e *environment) *part {
	p := o.program("catcher", "Mail catcher", e.list(), time.Minute, 10*time.Second)
	p.ready = answers("http://" + dialable(o.Config.Stack.CatcherHTTPListen) + "/readyz")
	return p
}

func (o *Options) api(e *environment) *part {
	p := o.program("api", "API", e.list(), time.Minute, 30*time.Second)
	p.ready = answers("http://" + dialable(o.Config.HTTP.Listen) + "/readyz")
	return p
}

// worker has the most to finish when it stops: activities under way.
func (o *Options) worker(e *environment) *part {
	env := e.list("TELAAH_METRICS_LISTEN=" + o.Config.Stack.WorkerMetricsListen)
	p := o.program("worker", "Worker", env, time.Minute, time.Minute)
	p.ready = answers("http://" + dialable(o.Config.Stack.WorkerMetricsListen) + "/readyz")
	return p
}

// answers makes it the sign of readiness that a GET is answered 200.
func answers(url string) func(context.Context, string) error {
	client := &http.Client{Timeout: 2 * time.Second}
	return func(ctx context.Context, _ string) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s is answered %s: %s", url, response.Status, strings.TrimSpace(string(body)))
		}
		return nil
	}
}

// dialable turns an address to listen on into one to connect to.
func dialable(listen string) string {
	host, number, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, number)
}

// environment is what the children inherit, and what we set for them.
type environment struct {
	inherited map[string]string
	ours      map[string]string
}

// demonstrationSender writes the mails that the catcher gets when no sender is configured.
const demonstrationSender = "Telaah <telaah@localhost>"

func (o *Options) environment() *environment {
	c := o.Config
	e := &environment{inherited: map[string]string{}, ours: map[string]string{}}
	for _, variable := range o.Environ {
		if name, value, found := strings.Cut(variable, "="); found {
			e.inherited[name] = value
		}
	}
	e.set("TELAAH_DATA", c.Stack.Data)
	e.set("TELAAH_BASE_URL", c.HTTP.BaseURL)
	if !o.ownPostgres() {
		e.set("TELAAH_DATABASE_URL", c.Database.URL.Reveal())
		e.set(ownerVariable, c.Database.OwnerURL.Reveal())
	}
	if o.ownTemporal() {
		e.set("TEMPORAL_ADDRESS", dialable(c.Stack.TemporalListen))
	}
	if o.ownUI() {
		e.set("TELAAH_TEMPORAL_UI_URL", "http://"+dialable(c.Stack.TemporalUI))
	}
	if c.Temporal.ConfigFile == "" && c.Temporal.Profile == "" {
		e.set("TEMPORAL_NAMESPACE", c.Temporal.Namespace)
	}
	if o.ownCatcher() {
		host, number, _ := net.SplitHostPort(dialable(c.Stack.CatcherSMTPListen)) // checked by Validate
		e.set("TELAAH_SMTP_HOST", host)
		e.set("TELAAH_SMTP_PORT", number)
		e.set("TELAAH_SMTP_TLS", string(config.TLSNone))
		e.set("TELAAH_SMTP_USER", "")
		e.set("TELAAH_SMTP_PASSWORD", "")
		if c.Mail.From == "" {
			e.set("TELAAH_MAIL_FROM", demonstrationSender)
		}
	}
	return e
}

// set gives a variable a value of ours; the file that might have held it counts no more.
func (e *environment) set(name, value string) {
	e.ours[name] = value
	delete(e.inherited, name+"_FILE")
}

func (e *environment) all() map[string]string {
	all := make(map[string]string, len(e.inherited)+len(e.ours))
	for name, value := range e.inherited {
		all[name] = value
	}
	for name, value := range e.ours {
		all[name] = value
	}
	return all
}

const (
	ownerVariable    = "TELAAH_DATABASE_OWNER_URL"    // for migrating alone: no child is told
	temporalVariable = "TELAAH_TEMPORAL_DATABASE_URL" // for Temporal alone
)

// list is the environment as a process of ours takes it; of two values for a variable the last counts.
func (e *environment) list(more ...string) []string {
	var list []string
	for name, value := range e.all() {
		if of := strings.TrimSuffix(name, "_FILE"); of != ownerVariable && of != temporalVariable {
			list = append(list, name+"="+value)
		}
	}
	return append(list, more...)
}

// foreign is the environment of Temporal, which is told none of our settings but its own: they hold passwords and keys.
func (e *environment) foreign(more ...string) []string {
	var list []string
	for name, value := range e.inherited {
		if !strings.HasPrefix(name, "TELAAH_") || strings.HasPrefix(name, "TELAAH_TEMPORAL_") {
			list = append(list, name+"="+value)
		}
	}
	return append(list, more...)
}
