package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/marelan/telaah/internal/config"
)

// Hook is a step of ours between the starts of the parts. It gets the variables that the children get.
type Hook func(ctx context.Context, environment map[string]string) error

// Options is what Up needs.
type Options struct {
	Config     config.Config
	Environ    []string  // the variables that the children inherit, as NAME=value; nil: ours
	Executable string    // the program that is also api, worker and catcher; empty: the running one
	Progress   *Progress // may be nil
	Prepare    Hook      // runs when the servers are ready and before api and worker start; may be nil
	Ready      Hook      // runs when everything is ready; may be nil
}

// leastFreeToRun is the space without which PostgreSQL would soon stop in the middle of its work.
const leastFreeToRun = 64 << 20

// survivorPatience is how long what an earlier, killed supervisor left has to end in order.
const survivorPatience = 30 * time.Second

// Up starts every part that the configuration does not replace by a real server, keeps it running until ctx ends, and
// then stops all in reverse order. It returns nil after such an end, and a *Fault where a person can mend the cause.
func Up(ctx context.Context, o Options) error {
	if o.Progress == nil {
		o.Progress = NewProgress(io.Discard)
	}
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	if o.Executable == "" {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find the running program: %w", err)
		}
		o.Executable = self
	}
	data, err := filepath.Abs(o.Config.Stack.Data)
	if err != nil {
		return fmt.Errorf("find %s: %w", o.Config.Stack.Data, err)
	}
	o.Config.Stack.Data = data
	if err := makeOpen(data); err != nil {
		return unwritable(data, err)
	}
	lock, err := lockDir(data, filepath.Join(data, "run", "lock"))
	if err != nil {
		return err
	}
	defer lock.release()
	if old, err := ReadState(data); err == nil {
		if err := endSurvivors(ctx, old, o.Progress, survivorPatience); err != nil {
			return asked(ctx, err)
		}
	}
	if free, known := freeSpace(data); known && free < leastFreeToRun {
		return diskFull(data, nil)
	}
	if err := checkPorts(o.ports()); err != nil {
		return err
	}

	s := &supervisor{progress: o.Progress, pace: usualPace, publish: func(state State) {
		if err := writeJSON(statePath(data), state, 0o644); err != nil {
			o.Progress.Say("the state could not be written: %v", err)
		}
	}}
	s.state = o.state()
	err = o.startAll(ctx, s)
	if err == nil {
		s.tendLogs(ctx)
	}
	s.stop()
	return errors.Join(asked(ctx, err), os.Remove(statePath(data)), removeIfThere(environmentPath(data)))
}

// makeOpen makes a directory that the database's own user may pass through, whatever our umask.
func makeOpen(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	return errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(dir, 0o755))
}

// asked drops the error of something that was under way when we were asked to stop.
func asked(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (o *Options) startAll(ctx context.Context, s *supervisor) error {
	environment := o.environment()
	if o.Config.Payload.Key == "" {
		path, err := keepPayloadKey(o.path("payload"))
		if err != nil {
			return err
		}
		environment.set("TELAAH_PAYLOAD_KEY", "")
		environment.set("TELAAH_PAYLOAD_KEY_FILE", path)
	}
	var ownStores stores
	if o.ownPostgres() {
		server, err := preparePostgres(ctx, PostgresOptions{
			Dir: o.path("postgres"), Bin: o.Config.Stack.PostgresBin, Port: o.Config.Stack.PostgresPort, Log: o.logPath("postgres"),
			Profile: Durable, Progress: o.Progress,
		})
		if err != nil {
			return err
		}
		environment.set("TELAAH_DATABASE_URL", server.url(applicationRole, roleName))
		environment.set(ownerVariable, server.url(roleName, roleName))
		ownStores = storesAt(server.temporalURL())
		if err := s.start(ctx, server.part()); err != nil {
			return err
		}
	}
	if o.ownTemporal() {
		server, err := o.temporal(ctx, environment, ownStores)
		if err != nil {
			return err
		}
		if err := s.start(ctx, server.part()); err != nil {
			return err
		}
	}
	if o.ownCatcher() {
		if err := s.start(ctx, o.catcher(environment)); err != nil {
			return err
		}
	}
	if err := writeJSON(environmentPath(o.Config.Stack.Data), environment.ours, 0o600); err != nil {
		return unwritable(o.Config.Stack.Data, err)
	}
	if o.Prepare != nil {
		if err := o.Prepare(ctx, environment.all()); err != nil {
			return err
		}
	}
	for _, p := range []*part{o.api(environment), o.worker(environment)} {
		if err := s.start(ctx, p); err != nil {
			return err
		}
	}
	if o.Ready != nil {
		return o.Ready(ctx, environment.all())
	}
	return nil
}

// temporal describes the Temporal server; own are its databases on a PostgreSQL of ours.
func (o *Options) temporal(ctx context.Context, e *environment, own stores) (TemporalOptions, error) {
	c := o.Config
	bin, err := o.temporalBinary()
	if err != nil {
		return TemporalOptions{}, err
	}
	if own == (stores{}) {
		if own, err = o.storesElsewhere(ctx); err != nil {
			return TemporalOptions{}, err
		}
	}
	return TemporalOptions{
		Bin: bin, DatabaseURL: own.url, Prefix: own.prefix, Listen: c.Stack.TemporalListen, UIListen: c.Stack.TemporalUI,
		Namespace: c.Temporal.Namespace, Retention: c.Temporal.Retention, Log: o.logPath("temporal"),
		Environ: e.foreign("TELAAH_TEMPORAL_CODEC=" + c.HTTP.BaseURL + "/api/v1/codec"),
	}, nil
}

func (o *Options) temporalBinary() (string, error) {
	const name = "telaah-temporal"
	if named := o.Config.Stack.TemporalBin; named != "" {
		if _, err := os.Stat(named); err != nil {
			return "", fault(err, "TELAAH_TEMPORAL_BIN=%s is not there: name the program telaah-temporal, or unset it", named)
		}
		return named, nil
	}
	beside := filepath.Join(filepath.Dir(o.Executable), name)
	if _, err := os.Stat(beside); err == nil {
		return beside, nil
	}
	found, err := exec.LookPath(name)
	if err != nil {
		return "", fault(err, "%s is missing: type `make build`, or set TEMPORAL_ADDRESS to a Temporal server that you have", beside)
	}
	return found, nil
}

func (o *Options) path(name string) string { return filepath.Join(o.Config.Stack.Data, name) }
func (o *Options) logPath(name string) string {
	return filepath.Join(o.Config.Stack.Data, "logs", name+".log")
}
