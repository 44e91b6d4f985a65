package stack

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// port is an address that a part of the stack will listen on, with what a person needs to know when it is taken.
type port struct {
	address  string // host:port
	use      string // what we need it for
	suspect  string // who has it, most likely, when the machine does not tell
	variable string // the setting to change
	example  string // a value to change it to
}

// checkPorts returns a Fault for the first address that somebody else listens on.
func checkPorts(ports []port) error {
	for _, p := range ports {
		listener, err := net.Listen("tcp", p.address)
		if err == nil {
			listener.Close()
			continue
		}
		_, number, splitErr := net.SplitHostPort(p.address)
		if splitErr != nil {
			return fault(splitErr, "%q is not host:port: correct %s, for example %s=%s", p.address, p.variable, p.variable, p.example)
		}
		if !strings.Contains(err.Error(), "address already in use") {
			return fault(err, "the address %s for %s cannot be used (%v): set %s, for example %s=%s", p.address, p.use, err, p.variable, p.variable, p.example)
		}
		who := holder(number)
		if who == "" {
			who = "probably " + p.suspect
		}
		return fault(err, "port %s for %s is taken by %s: stop that, or set %s to a free one, for example %s=%s", number, p.use, who, p.variable, p.variable, p.example)
	}
	return nil
}

// holder names the process that listens on a TCP port of this machine, as "nginx (pid 812)", or is empty where the
// system does not tell (another user's process, or no /proc).
func holder(number string) string {
	inodes := listeningInodes(number)
	if len(inodes) == 0 {
		return ""
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !inodes[target] {
			continue
		}
		pid := strings.Split(link, "/")[2]
		name, err := os.ReadFile("/proc/" + pid + "/comm")
		if err != nil {
			continue
		}
		return fmt.Sprintf("%s (pid %s)", strings.TrimSpace(string(name)), pid)
	}
	return ""
}

// listeningInodes returns the sockets that listen on the port, written as /proc/PID/fd links to them.
func listeningInodes(number string) map[string]bool {
	wanted, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return nil
	}
	const listening = "0A"
	inodes := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		file, err := os.Open(table)
		if err != nil {
			continue
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) < 10 || fields[3] != listening {
				continue
			}
			_, hex, _ := strings.Cut(fields[1], ":")
			if got, err := strconv.ParseUint(hex, 16, 16); err == nil && got == wanted {
				inodes["socket:["+fields[9]+"]"] = true
			}
		}
		file.Close()
	}
	return inodes
}

// FreePort returns a TCP port of the loopback interface that nobody listens on now.
func FreePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
