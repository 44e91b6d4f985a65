package stack

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Profile says what a PostgreSQL server is for.
type Profile string

const (
	Durable   Profile = "durable"   // the record: everything acknowledged survives a power cut
	Throwaway Profile = "throwaway" // for tests: fast, and worth nothing after a crash
)

const postgresID = "postgres"

const (
	superuser       = "postgres" // only over the Unix socket, and only for the users who run the server
	roleName        = "telaah"   // owns the product's database; may create more, and nothing else
	applicationRole = "telaah_app"
	readOnlyRole    = "telaah_read"
	temporalRole    = "telaah_temporal" // owns Temporal's databases and may not enter the product's
)

// signIns are the roles that sign in with a password of their own. What the application's and the read-only one may do is
// granted with the schema.
var signIns = []struct{ name, file, attributes string }{
	{roleName, "password", "CREATEDB"},
	{applicationRole, "password-application", "NOCREATEDB"},
	{readOnlyRole, "password-read-only", "NOCREATEDB"},
	{temporalRole, "password-temporal", "NOCREATEDB"},
}

// PostgresOptions says where a server of ours lives and how it behaves.
type PostgresOptions struct {
	Dir      string    // holds data, socket and password; made when missing
	Bin      string    // directory of the binaries; empty: looked for, and on Debian as root installed
	Port     int       // on 127.0.0.1; 0: any free one
	Log      string    // file for what the server says
	Profile  Profile   // Durable or Throwaway
	Progress *Progress // is told what takes long
}

// postgres is a server prepared to be started: binaries found, cluster made, configuration written.
type postgres struct {
	PostgresOptions
	binaries  binaries
	account   *account
	socket    string            // directory of the Unix socket
	passwords map[string]string // by role
}

func (p *postgres) data() string { return filepath.Join(p.Dir, "data") }

// url is how a role connects to a database: TCP and password, so that another program can use it as well.
func (p *postgres) url(role, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, p.passwords[role]), Host: "127.0.0.1:" + strconv.Itoa(p.Port),
		Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

func (p *postgres) temporalURL() string { return p.url(temporalRole, roleName+temporalSuffix) }

// preparePostgres makes everything ready for a start; it changes nothing in a cluster that exists but its configuration.
func preparePostgres(ctx context.Context, o PostgresOptions) (*postgres, error) {
	p := &postgres{PostgresOptions: o}
	if p.Progress == nil {
		p.Progress = NewProgress(io.Discard)
	}
	// The server's user passes through Dir, whatever our umask; what is in it has modes of its own.
	if err := errors.Join(os.MkdirAll(p.Dir, 0o755), os.Chmod(p.Dir, 0o755)); err != nil {
		return nil, unwritable(p.Dir, err)
	}
	var err error
	if p.account, err = clusterAccount(p.data()); err != nil {
		return nil, err
	}
	wanted := p.version()
	if p.binaries, err = ensureBinaries(ctx, p.Bin, p.account, wanted, p.Progress); err != nil {
		return nil, err
	}
	// Installing the package may just have made the user postgres.
	if p.account, err = clusterAccount(p.data()); err != nil {
		return nil, err
	}
	if wanted != 0 && wanted != p.binaries.major {
		return nil, fault(nil, "the data in %s were written by PostgreSQL %d but only %d is installed: install version %d (Debian: `apt-get install -y postgresql-%d`), or name its directory in TELAAH_POSTGRES_BIN", p.data(), wanted, p.binaries.major, wanted, wanted)
	}
	if blocked := p.account.mayEnter(p.Dir); blocked != "" {
		return nil, fault(nil, "PostgreSQL runs as the user %s, who may not enter %s: type `chmod o+x %s`, or set TELAAH_DATA to a directory such as /var/lib/telaah", p.account.name, blocked, blocked)
	}
	if p.Port == 0 {
		if p.Port, err = FreePort(); err != nil {
			return nil, err
		}
	}
	p.passwords = map[string]string{}
	for _, r := range signIns {
		if p.passwords[r.name], err = p.keepPassword(r.file); err != nil {
			return nil, err
		}
	}
	if wanted == 0 {
		if err := p.Progress.Step("New database cluster", func() error { return p.initialise(ctx) }); err != nil {
			return nil, err
		}
	}
	if p.socket, err = p.socketDir(); err != nil {
		return nil, err
	}
	return p, p.configure()
}

// version is the major version that wrote the cluster, and 0 when there is none yet.
func (p *postgres) version() int {
	raw, err := os.ReadFile(filepath.Join(p.data(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(raw)))
	return n
}

func (p *postgres) keepPassword(file string) (string, error) {
	path := filepath.Join(p.Dir, file)
	raw, err := os.ReadFile(path)
	if kept := strings.TrimSpace(string(raw)); err == nil && kept != "" {
		return kept, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", unwritable(path, err)
	}
	fresh := rand.Text()
	if err := replaceFile(path, []byte(fresh+"\n"), 0o600, nil); err != nil {
		return "", unwritable(p.Dir, err)
	}
	return fresh, nil
}

// part returns the server as something to start, watch and stop.
func (p *postgres) part() *part {
	return &part{
		id: postgresID, title: "PostgreSQL", log: p.Log,
		before: func(ctx context.Context) error { return p.awaitPredecessor(ctx, 30*time.Second) },
		spec: func() processSpec {
			return processSpec{
				path: p.binaries.path("postgres"), args: []string{"-D", p.data()}, dir: "/", env: serverEnv(),
				account: p.account, deathSignal: syscall.SIGINT,
			}
		},
		ready:    p.settle,
		patience: 2 * time.Minute, // replaying the log after a power cut takes its time
		stop:     []stopStep{{syscall.SIGINT, 30 * time.Second}, {syscall.SIGQUIT, 10 * time.Second}},
		diagnose: p.diagnose,
		after: func() {
			if filepath.Dir(p.socket) != p.Dir {
				_ = os.Remove(p.socket) // in /tmp; made anew at the next start
			}
		},
	}
}

// serverEnv keeps PGPORT, PGDATA and their like, which would override our configuration, away from the server.
func serverEnv() []string { return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"} }

// settle connects as the superuser and makes the roles and the databases, or gives the roles their passwords anew: a cluster of
// an earlier release gets the roles that it lacks, and Temporal's role the databases that the product's owned.
func (p *postgres) settle(ctx context.Context, _ string) error {
	config, err := pgx.ParseConfig(fmt.Sprintf("host=%s port=%d user=%s dbname=postgres sslmode=disable", quoteDSN(p.socket), p.Port, superuser))
	if err != nil {
		return err
	}
	config.Password = ""
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, r := range signIns {
		verb, err := verbFor(ctx, conn, `SELECT count(*) FROM pg_roles WHERE rolname = $1`, r.name)
		if err != nil {
			return err
		}
		// The password is Base32: it needs no quoting.
		if _, err := conn.Exec(ctx, verb+" ROLE "+r.name+" LOGIN "+r.attributes+" PASSWORD '"+p.passwords[r.name]+"'"); err != nil {
			return fmt.Errorf("set up the role %s: %w", r.name, err)
		}
	}
	// The owner may act as either, which takes nothing from it and lets tests see what they may.
	if _, err := conn.Exec(ctx, "GRANT "+applicationRole+", "+readOnlyRole+" TO "+roleName+"; ALTER ROLE "+readOnlyRole+" SET default_transaction_read_only = on"); err != nil {
		return fmt.Errorf("set up the roles of %s: %w", roleName, err)
	}
	verb, err := verbFor(ctx, conn, `SELECT count(*) FROM pg_database WHERE datname = $1`, roleName)
	if err != nil {
		return err
	}
	if verb == "CREATE" {
		if _, err := conn.Exec(ctx, "CREATE DATABASE "+roleName+" OWNER "+roleName); err != nil {
			return fmt.Errorf("create the database %s: %w", roleName, err)
		}
	}
	if _, err := conn.Exec(ctx, "GRANT CONNECT ON DATABASE "+roleName+" TO "+applicationRole+", "+readOnlyRole); err != nil {
		return fmt.Errorf("open the database %s: %w", roleName, err)
	}
	return errors.Join(closeToPublic(ctx, conn, roleName), giveDatabases(ctx, conn, temporalRole, storesAt(p.temporalURL()).names()))
}

func verbFor(ctx context.Context, conn *pgx.Conn, count, name string) (string, error) {
	var n int
	if err := conn.QueryRow(ctx, count, name).Scan(&n); err != nil {
		return "", err
	}
	if n > 0 {
		return "ALTER", nil
	}
	return "CREATE", nil
}

// diagnose turns what the server said before it ended into one sentence with a remedy; nil when it knows none.
func (p *postgres) diagnose(said string) error {
	switch {
	case strings.Contains(said, "No space left on device"):
		return diskFull(p.Dir, nil)
	case strings.Contains(said, "Address already in use"):
		return checkPorts([]port{p.port()})
	case strings.Contains(said, "Cannot allocate memory"):
		return fault(nil, "PostgreSQL found too little memory: close other programs, or set TELAAH_DATABASE_URL to a server on another machine")
	case strings.Contains(said, "pre-existing shared memory block"), strings.Contains(said, "is another postmaster"), strings.Contains(said, "Is another postmaster"):
		return fault(nil, "another PostgreSQL still uses %s: stop it with `%s stop -m fast -D %s`, then start again", p.data(), p.binaries.path("pg_ctl"), p.data())
	case strings.Contains(said, "could not locate a valid checkpoint record"), strings.Contains(said, "invalid page in block"):
		return fault(nil, "the database in %s is damaged: restore your last backup with `telaah restore`; what the server said is in %s", p.data(), p.Log)
	}
	return nil
}

func (p *postgres) port() port {
	return port{
		address: "127.0.0.1:" + strconv.Itoa(p.Port), use: "PostgreSQL", suspect: "another PostgreSQL", variable: "TELAAH_POSTGRES_PORT",
		example: strconv.Itoa(p.Port + 1),
	}
}

func quoteDSN(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}
