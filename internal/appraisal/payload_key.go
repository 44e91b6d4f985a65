package appraisal

import (
	"strings"
	"time"
)

// PayloadKey is a key that encrypts what Temporal keeps of one cycle, as the record has it: wrapped with the installation's
// master key. Without a cycle it is the key of what belongs to none.
type PayloadKey struct {
	ID          string
	Cycle       CycleID
	Wrapped     []byte // nil: destroyed
	Current     bool   // new payloads take it
	CreatedAt   time.Time
	DestroyedAt *time.Time
}

// CycleOfWorkflow returns the cycle that a workflow belongs to by its id, and nothing for one that belongs to none.
func CycleOfWorkflow(id string) CycleID {
	kind, rest, _ := strings.Cut(id, "/")
	cycle, part, _ := strings.Cut(rest, "/")
	whole := kind == "cycle" && part == "" || (kind == "appraisal" || kind == "calibration") && part != ""
	if !whole || !isUUID(cycle) {
		return ""
	}
	return CycleID(cycle)
}

// isUUID reports whether text has the form of our ids, so that nothing else is looked up as one.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range []byte(text) {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}
