package stack

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// State is what a running `telaah up` tells other programs about itself, in the file run/state.json of its data
// directory.
type State struct {
	PID        int          `json:"pid"`
	Birth      string       `json:"birth"` // tells the process from a later one with the same number
	Pages      string       `json:"pages"`
	TemporalUI string       `json:"temporal_ui,omitempty"` // empty: the embedded server or its pages are not used
	Mail       string       `json:"mail,omitempty"`        // empty: mails go to a real server
	Children   []ChildState `json:"children"`              // in the order of their start
}

// ChildState is one supervised process.
type ChildState struct {
	ID       string    `json:"id"` // postgres, temporal, catcher, api or worker
	Title    string    `json:"title"`
	PID      int       `json:"pid"` // 0 while it is down
	Birth    string    `json:"birth"`
	Started  time.Time `json:"started"`
	Restarts int       `json:"restarts"` // how often it has died and was started again
	Ready    bool      `json:"ready"`
	Log      string    `json:"log"`
}

func statePath(data string) string       { return filepath.Join(data, "run", "state.json") }
func environmentPath(data string) string { return filepath.Join(data, "run", "environment.json") }

// ReadState returns what the `telaah up` of a data directory last wrote. It may have ended since; Running tells.
func ReadState(data string) (State, error) {
	raw, err := os.ReadFile(statePath(data))
	if err != nil {
		return State{}, err
	}
	var s State
	err = json.Unmarshal(raw, &s)
	return s, err
}

// Running reports whether the process that wrote the state still lives.
func (s State) Running() bool { return s.Birth != "" && birth(s.PID) == s.Birth }

// Environment returns the variables with which the children of the `telaah up` that runs on a data directory were
// started, so that another command talks to the same servers; running is false when there is none. Only its own user
// may read them: the database's password is among them.
func Environment(data string) (variables map[string]string, running bool, err error) {
	state, err := ReadState(data)
	if errors.Is(err, os.ErrNotExist) || err == nil && !state.Running() {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	raw, err := os.ReadFile(environmentPath(data))
	if err != nil {
		return nil, true, err
	}
	return variables, true, json.Unmarshal(raw, &variables)
}

func writeJSON(path string, value any, mode os.FileMode) error {
	raw, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(path, append(raw, '\n'), mode, nil)
}

// birth identifies a living process beyond its number: the machine's boot and the tick of its start. It is empty for a
// process that does not exist or has ended, and where there is no /proc.
func birth(pid int) string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	// The name in parentheses may hold anything; what follows it is state, parent, … and as the 20th the start.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	const start = 19
	if len(fields) <= start || fields[0] == "Z" {
		return ""
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + "/" + fields[start]
}
