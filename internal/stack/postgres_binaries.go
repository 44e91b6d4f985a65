package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
)

// oldestPostgres is the oldest major version that the product is tested to run on.
const oldestPostgres = 14

// binaries is a directory with postgres and initdb of one major version.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(name string) string { return filepath.Join(b.dir, name) }

var errNoBinaries = errors.New("no PostgreSQL binaries found")

// findBinaries looks in the given directory only or, when that is empty, in PATH and where distributions put
// PostgreSQL, the newest first. A major version other than 0 is preferred: it is the one that wrote the data.
func findBinaries(ctx context.Context, given string, as *account, wanted int) (binaries, error) {
	if given != "" {
		b, err := examine(ctx, given, as)
		if err != nil {
			return b, fault(err, "TELAAH_POSTGRES_BIN=%s does not hold usable PostgreSQL binaries (%v): name the directory with postgres and initdb, such as /usr/lib/postgresql/17/bin, or unset it", given, err)
		}
		if b.major < oldestPostgres {
			return b, fault(nil, "TELAAH_POSTGRES_BIN=%s is PostgreSQL %d: name version %d or newer", given, b.major, oldestPostgres)
		}
		return b, nil
	}
	var found []binaries
	for _, dir := range candidateDirs() {
		if b, err := examine(ctx, dir, as); err == nil && b.major >= oldestPostgres {
			found = append(found, b)
		}
	}
	for _, b := range found {
		if b.major == wanted {
			return b, nil
		}
	}
	if len(found) > 0 {
		return found[0], nil
	}
	return binaries{}, errNoBinaries
}

func candidateDirs() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil { // beside a link the other programs may be missing
			path = real
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/usr/local/pgsql/bin",
	} {
		matches, _ := filepath.Glob(pattern)
		sort.Slice(matches, func(i, j int) bool { return versionInPath(matches[i]) > versionInPath(matches[j]) })
		dirs = append(dirs, matches...)
	}
	return dirs
}

var digits = regexp.MustCompile(`[0-9]+`)

func versionInPath(path string) int {
	n, _ := strconv.Atoi(digits.FindString(path))
	return n
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) ([0-9]+)`)

// examine runs `postgres --version` as the account that will run the server, so that a directory which that user may
// not enter is not taken.
func examine(ctx context.Context, dir string, as *account) (binaries, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return binaries{}, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version")
	cmd.Dir, cmd.SysProcAttr = "/", &syscall.SysProcAttr{}
	as.apply(cmd.SysProcAttr)
	out, err := cmd.Output()
	if err != nil {
		return binaries{}, err
	}
	match := versionLine.FindSubmatch(out)
	if match == nil {
		return binaries{}, fmt.Errorf("unknown version %q", strings.TrimSpace(string(out)))
	}
	major, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return binaries{}, err
	}
	return binaries{dir, major}, nil
}

// ensureBinaries finds PostgreSQL, and on Debian as root installs it when it is missing.
func ensureBinaries(ctx context.Context, given string, as *account, wanted int, progress *Progress) (binaries, error) {
	b, err := findBinaries(ctx, given, as, wanted)
	if !errors.Is(err, errNoBinaries) {
		return b, err
	}
	if command, can := installCommand(os.Geteuid() == 0); !can {
		return b, fault(err, "PostgreSQL is not installed: %s, then start again; or set TELAAH_DATABASE_URL to a server that you have", command)
	}
	if err := progress.Step("PostgreSQL is missing, installing Debian's package", func() error { return installDebian(ctx) }); err != nil {
		return b, fault(err, "PostgreSQL could not be installed (%v): type `apt-get update && apt-get install -y postgresql`, then start again", err)
	}
	b, err = findBinaries(ctx, given, as, wanted)
	if errors.Is(err, errNoBinaries) {
		return b, fault(err, "the installed PostgreSQL is older than version %d: install a newer one and name its directory in TELAAH_POSTGRES_BIN", oldestPostgres)
	}
	return b, err
}

// installCommand says what to type to install PostgreSQL on this machine, and whether we can do it ourselves.
func installCommand(root bool) (command string, can bool) {
	_, aptErr := exec.LookPath("apt-get")
	_, dnfErr := exec.LookPath("dnf")
	switch {
	case aptErr == nil && root:
		return "", true
	case aptErr == nil:
		return "type `sudo apt-get install -y postgresql`", false
	case dnfErr == nil:
		return "type `sudo dnf install -y postgresql-server`", false
	case runtime.GOOS == "darwin":
		return "type `brew install postgresql@17`", false
	default:
		return fmt.Sprintf("install PostgreSQL %d or newer and name the directory of its binaries in TELAAH_POSTGRES_BIN", oldestPostgres), false
	}
}
