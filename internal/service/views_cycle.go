package service

import (
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Cycle is one appraisal cycle.
type Cycle struct {
	ID            appraisal.CycleID  `json:"id"`
	Code          string             `json:"code"`
	Name          string             `json:"name"`
	PeriodStart   time.Time          `json:"period_start"`
	PeriodEnd     time.Time          `json:"period_end"`
	Policy        string             `json:"policy"`
	PolicyVersion string             `json:"policy_version"`
	Template      appraisal.Template `json:"template"`
	FirstStage    appraisal.Stage    `json:"first_stage"`
	Units         []string           `json:"units"`  // codes of the units taken in, with all below; empty is everybody
	Status        string             `json:"status"` // draft, launching, running, paused, closed, cancelled
	LaunchedAt    *time.Time         `json:"launched_at"`
	EndedAt       *time.Time         `json:"ended_at"`
	Version       int64              `json:"version"`
	People        int                `json:"people"`  // enrolled
	Started       int                `json:"started"` // of them in a stage already
	Ended         int                `json:"ended"`
	WorkflowID    string             `json:"workflow_id"`

	Subject appraisal.Subject `json:"-"` // for what else the reader may do
}

// NewCycle is what HR fills in to prepare a cycle. Dates are YYYY-MM-DD.
type NewCycle struct {
	Code         string              `json:"code"`
	Name         string              `json:"name"`
	PeriodStart  string              `json:"period_start"`
	PeriodEnd    string              `json:"period_end"`
	Policy       string              `json:"policy,omitempty"`
	TemplateName string              `json:"template_name,omitempty"` // one that comes with the product, or
	Template     *appraisal.Template `json:"template,omitempty"`      // one of one's own
	FirstStage   appraisal.Stage     `json:"first_stage,omitempty"`   // default: the template's first
	Units        []string            `json:"units,omitempty"`
}

// Preview shows before anything starts whom a cycle takes in, what is wrong and when everything is due.
type Preview struct {
	Cycle      Cycle           `json:"cycle"`
	Included   int             `json:"included"`
	Excluded   []Excluded      `json:"excluded"`
	Findings   []Finding       `json:"findings"`
	Dates      []StageDate     `json:"dates"`
	Cohorts    []CohortPreview `json:"cohorts"`
	FirstMails int             `json:"first_mails"`

	PeriodKind appraisal.PeriodKind `json:"period_kind"`
	PartYear   []PartYear           `json:"part_year"` // included, with fewer months than the period has
}

// PartYear is somebody who served only a part of the period, and why.
type PartYear struct {
	Name   string `json:"name"`
	Tenure Tenure `json:"tenure"`
}

// Excluded is somebody who is left out, and why (a translation key below "preview.").
type Excluded struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Finding is something to mend before the launch; Blocking ones refuse it.
type Finding struct {
	Key      string `json:"key"` // translation key below "preview."
	Name     string `json:"name"`
	Instead  string `json:"instead,omitempty"` // who takes the place of who is missing
	Blocking bool   `json:"blocking"`
}

// StageDate is the latest date of a step if the cycle were launched now and everybody used the whole window.
type StageDate struct {
	Step     appraisal.StepKind `json:"step"`
	Stage    appraisal.Stage    `json:"stage"`
	Opens    time.Time          `json:"opens"`
	Deadline time.Time          `json:"deadline"`
	Missed   appraisal.Missed   `json:"missed"`
}

// CohortPreview is a cohort that the launch would form.
type CohortPreview struct {
	Unit   string                  `json:"unit"`
	Level  appraisal.PositionLevel `json:"level"`
	People int                     `json:"people"`
}

// FunnelRow counts the appraisals of a cycle at one stage, of one health, in one unit.
type FunnelRow struct {
	UnitID   appraisal.UnitID `json:"unit_id"`
	UnitCode string           `json:"unit_code"`
	Unit     string           `json:"unit"`
	Stage    appraisal.Stage  `json:"stage"`
	Health   appraisal.Health `json:"health"`
	People   int              `json:"people"`
}

// Listed is one line of HR's list of a cycle's appraisals.
type Listed struct {
	ID         appraisal.AppraisalID `json:"id"`
	Employee   string                `json:"employee"`
	Unit       string                `json:"unit"`
	Appraiser  string                `json:"appraiser"`
	Stage      appraisal.Stage       `json:"stage"`
	Health     appraisal.Health      `json:"health"`
	WaitingOn  appraisal.Party       `json:"waiting_on"`
	StageAt    time.Time             `json:"stage_at"`
	Deadline   *time.Time            `json:"deadline"`
	WorkflowID string                `json:"workflow_id"`

	Subject appraisal.Subject `json:"-"` // for what else the reader may do
}

// ListFilter narrows HR's list; After is the cursor that the page before gave.
type ListFilter struct {
	Stage  appraisal.Stage
	Health appraisal.Health
	Unit   appraisal.UnitID
	After  string
	Limit  int
}

// Stalled is a pipeline that needs help, for administrators: no content.
type Stalled struct {
	Appraisal  appraisal.AppraisalID `json:"appraisal"`
	Cycle      string                `json:"cycle"`
	Unit       string                `json:"unit"`
	Stage      appraisal.Stage       `json:"stage"`
	Cause      appraisal.Health      `json:"cause"`
	WaitingOn  appraisal.Party       `json:"waiting_on"`
	Owner      string                `json:"owner"`
	StandIn    string                `json:"stand_in,omitempty"` // who acts for the owner today
	Since      time.Time             `json:"since"`
	WorkflowID string                `json:"workflow_id"`

	Subject appraisal.Subject `json:"-"` // for what else the reader may do
}

// Mail is one entry of the outbox as an administrator sees it.
type Mail struct {
	ID        string     `json:"id"`
	Key       string     `json:"key"`
	Kind      string     `json:"kind"`
	Recipient string     `json:"recipient"`
	State     string     `json:"state"` // queued, sending, sent, unneeded, failed
	MessageID string     `json:"message_id,omitempty"`
	Attempts  int        `json:"attempts"`
	CreatedAt time.Time  `json:"created_at"`
	SentAt    *time.Time `json:"sent_at"`
	Error     string     `json:"error,omitempty"`
}
