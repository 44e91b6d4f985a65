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
	Rules         Rules                        `json:"rules"`
	Rating        appraisal.OrganisationRating `json:"rating,omitempty"` // of a locked session the one that it was locked with
	Justification string                       `json:"justification,omitempty"`
	Version       int64                        `json:"version"`
	Members       []CohortMember               `json:"members"`
	Before        map[appraisal.Predikat]int   `json:"before"` // as the appraisers rated
	Counts        map[appraisal.Predikat]int   `json:"counts"` // with the session's changes
	Guidelines    []appraisal.GuidelineCheck   `json:"guidelines"`
	Breaches      []appraisal.Breach           `json:"breaches"`
	WithoutReader bool                         `json:"without_reader"` // the reader is rated here and not told yet: no figure counts them
	Appraisers    []Severity                   `json:"appraisers"`
	Committee     Committee                    `json:"committee"`
	Sessions      []LockedSession              `json:"sessions"` // those that were locked, first to last
}

// CohortMember is one person in a session: as the appraiser rated, and as the session would change it.
type CohortMember struct {
	Appraisal appraisal.AppraisalID `json:"appraisal"`
	Name      string                `json:"name"`
	Position  string                `json:"position"`
	Appraiser string                `json:"appraiser"`
	Appraised bool                  `json:"appraised"` // by the reader
	Ready     bool                  `json:"ready"`
	Round     *int                  `json:"round"` // in which they were decided; null while they are not, 0 without a session
	Before    *Cell                 `json:"before"`
	After     *Cell                 `json:"after"` // nil while unchanged
	Reason    string                `json:"reason,omitempty"`
	ChangedBy string                `json:"changed_by,omitempty"`
	Agreed    int                   `json:"agreed"`
	Opposed   int                   `json:"opposed"`
	Explained int                   `json:"explained"`
}

// Committee is who holds a session, and how many of them stand behind it as it is.
type Committee struct {
	Size      int               `json:"size"`   // people who hold the role
	Needed    int               `json:"needed"` // of them who have to confirm (the policy's quorum)
	Confirmed int               `json:"confirmed"`
	Reachable bool              `json:"reachable"` // false: too few hold the role for the policy
	People    []CommitteeMember `json:"people"`
}

// CommitteeMember is somebody of the committee in one session.
type CommitteeMember struct {
	Name        string     `json:"name"`
	Mine        bool       `json:"mine"`
	JoinedAt    *time.Time `json:"joined_at"`
	ConfirmedAt *time.Time `json:"confirmed_at"`
	Confirms    bool       `json:"confirms"` // the session as it is now
	Outdated    bool       `json:"outdated"` // confirmed it before something changed
}

// LockedSession is what held when a session of the cohort was locked.
type LockedSession struct {
	Round         int                          `json:"round"`
	LockedAt      time.Time                    `json:"locked_at"`
	LockedBy      string                       `json:"locked_by"`
	Rating        appraisal.OrganisationRating `json:"rating,omitempty"`
	Justification string                       `json:"justification,omitempty"`
	Committee     int                          `json:"committee"`
	Needed        int                          `json:"needed"`
	Confirmed     int                          `json:"confirmed"`
	Guidelines    []appraisal.GuidelineCheck   `json:"guidelines"`
}

// MemberHistory is one member of a session with everything that was proposed and said about their rating.
type MemberHistory struct {
	Cohort    appraisal.CohortID      `json:"cohort"`
	Unit      string                  `json:"unit"`
	Level     appraisal.PositionLevel `json:"level"`
	Status    string                  `json:"status"`
	Member    CohortMember            `json:"member"`
	Proposals []Proposal              `json:"proposals"` // first to last
	Opinions  []Opinion               `json:"opinions"`  // in order
	Stances   []appraisal.Stance      `json:"stances"`   // that the reader may take now
}

// Proposal is one proposal and what became of it.
type Proposal struct {
	ID         string     `json:"id"`
	Round      int        `json:"round"`
	Cell       Cell       `json:"cell"`
	Reason     string     `json:"reason"`
	ProposedBy string     `json:"proposed_by"`
	ProposedAt time.Time  `json:"proposed_at"`
	Ended      string     `json:"ended,omitempty"` // withdrawn, replaced; empty: in force, or written back at the lock
	EndedBy    string     `json:"ended_by,omitempty"`
	EndedAt    *time.Time `json:"ended_at"`
}

// Opinion is what somebody of the committee said.
type Opinion struct {
	Proposal string           `json:"proposal,omitempty"` // to which; empty: to the appraiser's rating
	By       string           `json:"by"`
	Stance   appraisal.Stance `json:"stance"`
	Words    string           `json:"words,omitempty"`
	At       time.Time        `json:"at"`
}

// Cell is a rating in a session: a place in the matrix, or scores, with the predikat.
type Cell struct {
	WorkResult appraisal.Expectation `json:"work_result,omitempty"`
	Behaviour  appraisal.Expectation `json:"behaviour,omitempty"`
	Scores     *Scores               `json:"scores,omitempty"`
	Predikat   appraisal.Predikat    `json:"predikat"`
}

// Severity compares one appraiser with the cohort: mean of the predikat's rank, spread and the difference from the
// cohort's mean, with the size of the group. After is the mean with the session's changes.
type Severity struct {
	Appraiser  string `json:"appraiser"`
	People     int    `json:"people"`
	Mean       string `json:"mean"`
	Spread     string `json:"spread"`
	Difference string `json:"difference"`
	After      string `json:"after"`
	Small      bool   `json:"small"` // too few people to read anything into it (the policy's small group)
}

// RatedUnit is a unit of a cycle with HR's rating of its performance.
type RatedUnit struct {
	UnitID   appraisal.UnitID             `json:"unit_id"`
	Code     string                       `json:"code"`
	Unit     string                       `json:"unit"`
	People   int                          `json:"people"`
	Rating   appraisal.OrganisationRating `json:"rating,omitempty"` // in force
	History  []UnitRatingVersion          `json:"history"`          // first to last
	Sessions []RatedSession               `json:"sessions"`
}

// UnitRatingVersion is one version of a unit's rating.
type UnitRatingVersion struct {
	Number   int                          `json:"number"`
	Before   appraisal.OrganisationRating `json:"before,omitempty"`
	Rating   appraisal.OrganisationRating `json:"rating"`
	Evidence string                       `json:"evidence"`
	Reason   string                       `json:"reason,omitempty"` // why the earlier one was changed
	RatedBy  string                       `json:"rated_by,omitempty"`
	RatedAt  time.Time                    `json:"rated_at"`
}

// RatedSession is a cohort of the unit with the rating that it is held against.
type RatedSession struct {
	Level  appraisal.PositionLevel      `json:"level"`
	Status string                       `json:"status"`
	Round  int                          `json:"round"`
	Rating appraisal.OrganisationRating `json:"rating,omitempty"`
}
