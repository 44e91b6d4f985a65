// Package workflows conducts the appraisal of a whole organisation: orchestration only, deterministic, with every side effect
// in package activities. PostgreSQL is the record; a workflow waits, looks, and goes on.
package workflows

import (
	"go.temporal.io/sdk/temporal"

	"github.com/marelan/telaah/internal/appraisal"
)

// Task queues.
const (
	QueueAppraisal = "appraisal" // workflows and short projections
	QueueMail      = "mail"
)

// Names under which the workflows are registered.
const (
	NameCycle        = "Cycle"
	NameAppraisal    = "Appraisal"
	NameCalibration  = "Calibration"
	NameMailDelivery = "MailDelivery"
)

// SignalWake says "look again". It carries nothing: what to do follows from the record.
const SignalWake = "wake"

// MailDeliveryID is the id of the one mail delivery.
const MailDeliveryID = "mail"

// Search attributes for operators. No logic reads them.
var (
	AttrCycle     = temporal.NewSearchAttributeKeyKeyword("CycleId")
	AttrStage     = temporal.NewSearchAttributeKeyKeyword("Stage")
	AttrHealth    = temporal.NewSearchAttributeKeyKeyword("Health")
	AttrUnit      = temporal.NewSearchAttributeKeyKeyword("OrgUnit")
	AttrWaitingOn = temporal.NewSearchAttributeKeyKeyword("WaitingOn")
	AttrDeadline  = temporal.NewSearchAttributeKeyTime("StageDeadline")
)

// AppraisalInput starts one person's pipeline.
type AppraisalInput struct {
	Appraisal appraisal.AppraisalID
	First     appraisal.Stage   // where it begins; the earlier stages left what they left
	Stages    []appraisal.Stage // that the cycle's template runs
	Page      string            // address of the page about it, for operators
}

// CalibrationInput starts the calibration of one cohort.
type CalibrationInput struct {
	Cohort appraisal.CohortID
	Page   string
}

// CycleInput starts a cycle.
type CycleInput struct {
	Cycle    appraisal.CycleID
	Page     string
	Launched bool // set when a long history continues as a new one
}
