package service

import (
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Cohort is a calibration cohort with its members as the committee sees them.
type Cohort struct {
	ID            appraisal.CohortID           `json:"id"`
	CycleID       appraisal.CycleID            `json:"cycle_id"`
	CycleName     string                       `json:"cycle_name"`
	Unit          string                       `json:"unit"`
	UnitID        appraisal.UnitID             `json:"unit_id"`
	Level         appraisal.PositionLevel      `json:"level"`
	Status        string                       `json:"status"` // waiting, open, locked
	Round         int                          `json:"round"`
	Expected      int                          `json:"expected"`
	Ready         int                          `json:"ready"`
	Deadline      *time.Time                   `json:"deadline"`
	LockedAt      *time.Time                   `json:"locked_at"`
	Rating        appraisal.OrganisationRating `json:"rating,omitempty"`
	Justification string                       `json:"justification,omitempty"`
	Version       int64                        `json:"version"`
	Members       []CohortMember               `json:"members"`
	Counts        map[appraisal.Predikat]int   `json:"counts"`
	Breaches      []appraisal.Breach           `json:"breaches"`
	Appraisers    []Severity                   `json:"appraisers"`
}

// CohortMember is one person in a session: as the appraiser rated, and as the session would change it.
type CohortMember struct {
	Appraisal appraisal.AppraisalID `json:"appraisal"`
	Name      string                `json:"name"`
	Position  string                `json:"position"`
	Appraiser string                `json:"appraiser"`
	Ready     bool                  `json:"ready"`
	Before    *Cell                 `json:"before"`
	After     *Cell                 `json:"after"` // nil while unchanged
	Reason    string                `json:"reason,omitempty"`
	ChangedBy string                `json:"changed_by,omitempty"`
}

// Cell is a place in the matrix with its predikat.
type Cell struct {
	WorkResult appraisal.Expectation `json:"work_result"`
	Behaviour  appraisal.Expectation `json:"behaviour"`
	Predikat   appraisal.Predikat    `json:"predikat"`
}

// Severity compares one appraiser with the cohort: mean of the predikat's rank, spread and the difference from the
// cohort's mean, with the size of the group.
type Severity struct {
	Appraiser  string `json:"appraiser"`
	People     int    `json:"people"`
	Mean       string `json:"mean"`
	Spread     string `json:"spread"`
	Difference string `json:"difference"`
}
