package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
)

// debianClusterConfig tells Debian's postgresql-common whether to make and start a server of its own.
const debianClusterConfig = "/etc/postgresql-common/createcluster.conf"

var createMainCluster = regexp.MustCompile(`(?m)^[# ]*create_main_cluster\s*=.*$`)

// installDebian installs Debian's postgresql package without the server that Debian would start on port 5432. The
// setting that prevents it is put back afterwards: the machine is the administrator's.
func installDebian(ctx context.Context) (err error) {
	if err := aptInstall(ctx, "postgresql-common"); err != nil {
		return err
	}
	before, err := os.ReadFile(debianClusterConfig)
	if err != nil {
		return err
	}
	const off = "create_main_cluster = false"
	after := createMainCluster.ReplaceAll(before, []byte(off))
	if !bytes.Contains(after, []byte(off)) {
		after = append(after, []byte("\n"+off+"\n")...)
	}
	if err := os.WriteFile(debianClusterConfig, after, 0o644); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.WriteFile(debianClusterConfig, before, 0o644)) }()
	return aptInstall(ctx, "postgresql")
}

// aptInstall fetches the package lists only if the installation fails without: a fresh container has none.
func aptInstall(ctx context.Context, pkg string) error {
	install := []string{"install", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold", pkg}
	if apt(ctx, install...) == nil {
		return nil
	}
	if err := apt(ctx, "update"); err != nil {
		return err
	}
	return apt(ctx, install...)
}

func apt(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "apt-get", args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("apt-get %s: %w: %s", args[0], err, lastLine(said.String()))
	}
	return nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
