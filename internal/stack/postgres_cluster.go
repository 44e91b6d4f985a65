package stack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// clusterAccount is the user that the server runs as: the owner of the data where there are some, so that a machine
// that gained a user postgres in between goes on with the old one; otherwise the machine's unprivileged user.
func clusterAccount(data string) (*account, error) {
	info, err := os.Stat(data)
	if err != nil {
		return databaseAccount()
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return databaseAccount()
	}
	name := strconv.Itoa(int(owner.Uid))
	if u, err := user.LookupId(name); err == nil {
		name = u.Username
	}
	us := os.Geteuid()
	switch {
	case us != 0 && int(owner.Uid) != us:
		return nil, fault(nil, "%s belongs to the user %s: start telaah up as that user or as root, or set TELAAH_DATA to another directory", data, name)
	case us != 0:
		return nil, nil
	case owner.Uid == 0:
		return nil, fault(nil, "%s belongs to root, whom PostgreSQL refuses: type `chown -R postgres: %s`", data, data)
	}
	return &account{name, owner.Uid, owner.Gid}, nil
}

// leastFree is the space below which no cluster is made: it takes 60 MB, and its log of changes a few hundred more.
const leastFree = 500 << 20

// initialise makes the cluster beside its final place and moves it there when it is whole, so that a run that was
// interrupted leaves nothing half done.
func (p *postgres) initialise(ctx context.Context) error {
	if free, known := freeSpace(p.Dir); known && free < leastFree {
		return fault(nil, "only %d MB are free on the disk that holds %s: free at least %d MB, or set TELAAH_DATA to a directory on a larger disk", free>>20, p.Dir, leastFree>>20)
	}
	unfinished := p.data() + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return unwritable(p.Dir, err)
	}
	if err := os.Mkdir(unfinished, 0o700); err != nil {
		return unwritable(p.Dir, err)
	}
	if err := p.account.own(unfinished); err != nil {
		return unwritable(p.Dir, err)
	}
	said, err := p.initdb(ctx, unfinished, "C.UTF-8")
	if err != nil && strings.Contains(said, "invalid locale") {
		said, err = p.initdb(ctx, unfinished, "C")
	}
	if err != nil {
		if strings.Contains(said, "No space left on device") {
			return diskFull(p.Dir, err)
		}
		return fmt.Errorf("%s: %w: %s", p.binaries.path("initdb"), err, lastLine(said))
	}
	if err := os.Remove(p.data()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fault(err, "%s holds something that is no PostgreSQL data: move it away, or set TELAAH_DATA to another directory", p.data())
	}
	return os.Rename(unfinished, p.data())
}

func (p *postgres) initdb(ctx context.Context, dir, locale string) (said string, err error) {
	args := []string{
		"-D", dir, "--username=" + superuser, "--encoding=UTF8", "--locale=" + locale, "--auth-local=peer", "--auth-host=reject", "--no-instructions",
	}
	if p.Profile == Throwaway {
		args = append(args, "--no-sync")
	} else {
		args = append(args, "--data-checksums")
	}
	cmd := exec.CommandContext(ctx, p.binaries.path("initdb"), args...)
	cmd.Env, cmd.Dir, cmd.SysProcAttr = serverEnv(), "/", &syscall.SysProcAttr{Setpgid: true}
	p.account.apply(cmd.SysProcAttr)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}

// freeSpace is what an unprivileged user can still write to the disk that holds dir, in bytes.
func freeSpace(dir string) (bytes uint64, known bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, false
	}
	return uint64(disk.Bavail) * uint64(disk.Bsize), true
}

// socketDir makes the directory of the Unix socket: in Dir, or under /tmp where that path would exceed the 107 bytes
// that the kernel allows for a socket. Nobody but the account may enter it.
func (p *postgres) socketDir() (string, error) {
	const longest = 107
	dir := filepath.Join(p.Dir, "socket")
	if len(fmt.Sprintf("%s/.s.PGSQL.%d", dir, p.Port)) > longest {
		dir = fmt.Sprintf("/tmp/telaah-%x", sha256.Sum256([]byte(p.Dir)))[:len("/tmp/telaah-")+16]
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", unwritable(filepath.Dir(dir), err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", unwritable(dir, err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	allowed := map[uint32]bool{uint32(os.Geteuid()): true}
	if p.account != nil {
		allowed[p.account.uid] = true
	}
	if !info.IsDir() || (ok && !allowed[owner.Uid]) {
		return "", fault(nil, "%s belongs to somebody else: remove it, or set TELAAH_DATA to a directory with a shorter path", dir)
	}
	if err := errors.Join(os.Chmod(dir, 0o700), p.account.own(dir)); err != nil {
		return "", unwritable(dir, err)
	}
	return dir, nil
}

// configure writes the server's three configuration files anew at each start, so that a new release brings its settings
// with it. An operator's own go into local.conf beside them.
func (p *postgres) configure() error {
	account := superuser
	if p.account != nil {
		account = p.account.name
	}
	self := strconv.Itoa(os.Geteuid())
	if u, err := user.Current(); err == nil {
		self = u.Username
	}
	files := map[string]string{
		"postgresql.conf": p.settings(),
		// Over the socket the kernel vouches for the user; the superuser has no password and no way in over TCP.
		"pg_hba.conf": "local all " + superuser + " peer map=owner\n" +
			"local all all scram-sha-256\n" +
			"host all " + superuser + " all reject\n" +
			"host all all 127.0.0.1/32 scram-sha-256\n",
		"pg_ident.conf": fmt.Sprintf("owner %q %s\nowner %q %s\n", self, superuser, account, superuser),
	}
	for name, content := range files {
		if err := replaceFile(filepath.Join(p.data(), name), []byte(content), 0o600, p.account); err != nil {
			return unwritable(p.data(), err)
		}
	}
	return nil
}

func (p *postgres) settings() string {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	lines := []string{
		"# Written at every start. Put settings of your own into local.conf in this directory.",
		"cluster_name = 'telaah'",
		"listen_addresses = '127.0.0.1'",
		"port = " + strconv.Itoa(p.Port),
		"unix_socket_directories = " + quote(p.socket),
		"unix_socket_permissions = 0700",
		"password_encryption = 'scram-sha-256'",
		"max_connections = 200",
		"shared_buffers = '256MB'",
		"effective_cache_size = '1GB'",
		"work_mem = '8MB'",
		"maintenance_work_mem = '64MB'",
		"wal_compression = on",
		"random_page_cost = 1.1",
		"jit = off",
		"timezone = 'UTC'",
		"log_timezone = 'UTC'",
		"log_line_prefix = '%m [%p] %d '",
		// The details of an error quote rows, and rows hold people's data.
		"log_error_verbosity = terse",
	}
	if p.Profile == Throwaway {
		lines = append(lines, "fsync = off", "synchronous_commit = off", "full_page_writes = off", "wal_level = minimal", "max_wal_senders = 0",
			"max_wal_size = '4GB'", "checkpoint_timeout = '30min'",
			"autovacuum = off") // its workers would keep databases from being dropped
	} else {
		lines = append(lines, "fsync = on", "synchronous_commit = on", "full_page_writes = on", "max_wal_size = '1GB'",
			"include_if_exists = 'local.conf'")
	}
	return strings.Join(lines, "\n") + "\n"
}

// replaceFile writes a file so that a reader, or the next start after a power cut, sees the old or the new content.
func replaceFile(path string, content []byte, mode os.FileMode, owner *account) error {
	unfinished := path + ".new"
	file, err := os.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, writeErr := file.Write(content)
	if err := errors.Join(writeErr, file.Sync(), file.Close(), owner.own(unfinished)); err != nil {
		return err
	}
	return os.Rename(unfinished, path)
}
