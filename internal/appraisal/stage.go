package appraisal

import "slices"

// Stage is a station of one person's pipeline.
type Stage string

const (
	StagePending         Stage = "pending" // enrolled; the pipeline has not started
	StageTargets         Stage = "targets"
	StageExecution       Stage = "execution"
	StageSelfReview      Stage = "self_review"
	StagePeerReview      Stage = "peer_review"
	StageAppraiserReview Stage = "appraiser_review"
	StageCalibration     Stage = "calibration"
	StageResult          Stage = "result"
	StageObjection       Stage = "objection"
	StageDevelopment     Stage = "development"
	StageClosed          Stage = "closed"
	StageWithdrawn       Stage = "withdrawn"
)

// Stages lists the stages in the order in which a pipeline passes them. Objection is entered only when one is raised.
var Stages = []Stage{
	StageTargets, StageExecution, StageSelfReview, StagePeerReview, StageAppraiserReview,
	StageCalibration, StageResult, StageObjection, StageDevelopment, StageClosed,
}

// Order returns the stage's place in Stages; a pending pipeline is before all of them, a withdrawn one past them.
func (s Stage) Order() int {
	if s == StagePending {
		return -1
	}
	if i := slices.Index(Stages, s); i >= 0 {
		return i
	}
	return len(Stages)
}

// Ended reports whether nothing more happens in a pipeline at this stage.
func (s Stage) Ended() bool { return s == StageClosed || s == StageWithdrawn }

// Valid reports whether s is a stage.
func (s Stage) Valid() bool {
	return s == StagePending || s == StageWithdrawn || slices.Contains(Stages, s)
}

// Health says whether a pipeline moves, and if not, why. Every stalled state has an act that ends it.
type Health string

const (
	HealthOnTime            Health = "on_time"
	HealthPaused            Health = "paused"
	HealthWaitingOnPerson   Health = "waiting_on_person" // the deadline passed and the template waits
	HealthPersonOnLeave     Health = "person_on_leave"
	HealthPersonLeft        Health = "person_left"
	HealthNoAppraiser       Health = "no_appraiser"
	HealthMailBouncing      Health = "mail_bouncing"
	HealthInsufficientPeers Health = "insufficient_peers"
	HealthCohortIncomplete  Health = "cohort_incomplete"
	HealthWorkflowError     Health = "workflow_error"
)

// Stalled reports whether the pipeline needs somebody's help to move.
func (h Health) Stalled() bool { return h != HealthOnTime && h != HealthPaused }

// StepKind is one thing that one person has to do.
type StepKind string

const (
	StepDraftPlan          StepKind = "draft_plan"
	StepApprovePlan        StepKind = "approve_plan"
	StepRecordProgress     StepKind = "record_progress"
	StepSelfReview         StepKind = "self_review"
	StepNominatePeers      StepKind = "nominate_peers"
	StepApprovePeers       StepKind = "approve_peers"
	StepPeerAnswer         StepKind = "peer_answer"
	StepAppraiserReview    StepKind = "appraiser_review"
	StepCalibrate          StepKind = "calibrate"
	StepAcknowledgeResult  StepKind = "acknowledge_result"
	StepAnswerObjection    StepKind = "answer_objection"
	StepDecideObjection    StepKind = "decide_objection"
	StepApproveDevelopment StepKind = "approve_development"
)

// stepPlaces is the one table that says where a step belongs and who acts on it.
var stepPlaces = map[StepKind]struct {
	stage Stage
	party Party
}{
	StepDraftPlan:          {StageTargets, PartyEmployee},
	StepApprovePlan:        {StageTargets, PartyAppraiser},
	StepRecordProgress:     {StageExecution, PartyEmployee},
	StepSelfReview:         {StageSelfReview, PartyEmployee},
	StepNominatePeers:      {StagePeerReview, PartyEmployee},
	StepApprovePeers:       {StagePeerReview, PartyAppraiser},
	StepPeerAnswer:         {StagePeerReview, PartyPeer},
	StepAppraiserReview:    {StageAppraiserReview, PartyAppraiser},
	StepCalibrate:          {StageCalibration, PartyCommittee},
	StepAcknowledgeResult:  {StageResult, PartyEmployee},
	StepAnswerObjection:    {StageObjection, PartyAppraiser},
	StepDecideObjection:    {StageObjection, PartyReviewingOfficial},
	StepApproveDevelopment: {StageDevelopment, PartyAppraiser},
}

// Stage returns the stage in which the step is done.
func (k StepKind) Stage() Stage { return stepPlaces[k].stage }

// Party returns who has to do the step.
func (k StepKind) Party() Party { return stepPlaces[k].party }

// Valid reports whether k is a step kind.
func (k StepKind) Valid() bool { _, ok := stepPlaces[k]; return ok }

// FirstStep returns the step with which a stage begins; stages that wait for nobody have none.
func (s Stage) FirstStep() (StepKind, bool) {
	first := map[Stage]StepKind{
		StageTargets: StepDraftPlan, StageExecution: StepRecordProgress, StageSelfReview: StepSelfReview,
		StagePeerReview: StepNominatePeers, StageAppraiserReview: StepAppraiserReview, StageCalibration: StepCalibrate,
		StageResult: StepAcknowledgeResult, StageObjection: StepAnswerObjection, StageDevelopment: StepApproveDevelopment,
	}
	k, ok := first[s]
	return k, ok
}

// Outcome is how a step, and with its last step a stage, ended.
type Outcome string

const (
	OutcomeSubmitted    Outcome = "submitted"
	OutcomeApproved     Outcome = "approved"
	OutcomeReturned     Outcome = "returned"
	OutcomeCompleted    Outcome = "completed"
	OutcomeLocked       Outcome = "locked"
	OutcomeAcknowledged Outcome = "acknowledged"
	OutcomeObjected     Outcome = "objected"
	OutcomeDecided      Outcome = "decided"
	OutcomeAdvanced     Outcome = "advanced" // the deadline passed and the template goes on without it
	OutcomeAccepted     Outcome = "accepted" // the deadline passed and silence is consent
	OutcomeWithdrawn    Outcome = "withdrawn"
	OutcomeSkipped      Outcome = "skipped" // there was nobody to do it, or nothing to do
)

// Followers returns the steps that open when a step of this kind ended so; none means that the stage is settled. A
// StepPeerAnswer in the result stands for one step for every approved peer.
func Followers(kind StepKind, outcome Outcome) []StepKind {
	switch kind {
	case StepDraftPlan:
		if outcome == OutcomeSubmitted {
			return []StepKind{StepApprovePlan}
		}
	case StepApprovePlan:
		if outcome == OutcomeReturned {
			return []StepKind{StepDraftPlan}
		}
	case StepNominatePeers:
		return []StepKind{StepApprovePeers}
	case StepApprovePeers:
		if outcome == OutcomeReturned {
			return []StepKind{StepNominatePeers}
		}
		return []StepKind{StepPeerAnswer}
	case StepAnswerObjection:
		return []StepKind{StepDecideObjection}
	}
	return nil
}
