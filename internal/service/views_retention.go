package service

import (
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// RetentionPreview says what the schedule would destroy today, and what it keeps for the time being.
type RetentionPreview struct {
	At         time.Time      `json:"at"`
	Version    int            `json:"version"` // of the schedule
	Source     string         `json:"source"`
	Daily      bool           `json:"daily"` // the worker destroys by itself what is due
	Kinds      []RetainedKind `json:"kinds"`
	HeldPeople int            `json:"held_people"` // about whom something is open
	HeldCycles int            `json:"held_cycles"`
}

// RetainedKind is a kind of record with its rule and what is due of it.
type RetainedKind struct {
	Kind       appraisal.RecordKind    `json:"kind"`
	Keep       appraisal.Keep          `json:"keep"`
	Source     string                  `json:"source"`
	Assumed    bool                    `json:"assumed"` // no regulation gives the span
	Cutoff     time.Time               `json:"cutoff"`
	Due        []RetainedPart          `json:"due"`
	Count      int                     `json:"count"` // of all parts
	Held       int                     `json:"held"`
	Unfinished appraisal.DestructionID `json:"unfinished,omitempty"` // a destruction that was begun
}

// RetainedPart is what is due in one cycle, counted in appraisals, or in one table.
type RetainedPart struct {
	Cycle string `json:"cycle,omitempty"`
	Name  string `json:"name,omitempty"` // of the cycle
	Table string `json:"table,omitempty"`
	Count int    `json:"count"`
	Held  int    `json:"held"`
	Files int    `json:"files,omitempty"`
	Bytes int64  `json:"bytes,omitempty"`
}

// DestructionOrder names what is to be destroyed.
type DestructionOrder struct {
	Kind appraisal.RecordKind `json:"kind"`
}

// Destruction is a certificate of destruction. It names nobody whose records they were.
type Destruction struct {
	ID           appraisal.DestructionID `json:"id"`
	Number       int64                   `json:"number"`
	Kind         appraisal.RecordKind    `json:"kind"`
	Keep         appraisal.Keep          `json:"keep"`
	Source       string                  `json:"source"`
	RulesVersion int                     `json:"rules_version"`
	Cutoff       time.Time               `json:"cutoff"`
	OrderedBy    string                  `json:"ordered_by,omitempty"` // empty: the schedule, or the operator of the installation
	Scheduled    bool                    `json:"scheduled"`
	StartedAt    time.Time               `json:"started_at"`
	FinishedAt   *time.Time              `json:"finished_at"`
	CoversFrom   string                  `json:"covers_from,omitempty"` // YYYY-MM-DD
	CoversTo     string                  `json:"covers_to,omitempty"`
	Batches      int                     `json:"batches"`
	Counts       []DestroyedCount        `json:"counts"`
	Records      int                     `json:"records"`
	Held         int                     `json:"held"`
	Digest       string                  `json:"digest"` // hexadecimal; appraisal.DestructionDigest says of what
}

// DestroyedCount is how many records of a table were destroyed.
type DestroyedCount struct {
	Table string `json:"table"`
	Count int    `json:"count"`
}

// DestroyedPart says what was destroyed of an appraisal.
type DestroyedPart struct {
	Kind   appraisal.RecordKind `json:"kind"`
	Number int64                `json:"number"` // of the certificate
	At     time.Time            `json:"at"`
}
