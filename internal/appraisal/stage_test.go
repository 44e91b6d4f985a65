package appraisal_test

import (
	"slices"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestStagesFollowEachOtherAndThoseBesideThemAreBeforeOrAfterAll(t *testing.T) {
	for i, s := range appraisal.Stages {
		if s.Order() != i || !s.Valid() {
			t.Errorf("%s is at %d, want %d", s, s.Order(), i)
		}
		if s.Order() <= appraisal.StagePending.Order() || s.Order() >= appraisal.StageWithdrawn.Order() {
			t.Errorf("%s is not between pending and withdrawn", s)
		}
	}
	if appraisal.Stage("promotion").Valid() || appraisal.Stage("").Valid() {
		t.Error("what is no stage counts as one")
	}
	if !appraisal.StagePending.Valid() || !appraisal.StageWithdrawn.Valid() {
		t.Error("pending and withdrawn are stages too")
	}
}

func TestAPipelineEndsClosedOrWithdrawnOnly(t *testing.T) {
	for _, s := range append(slices.Clone(appraisal.Stages), appraisal.StagePending, appraisal.StageWithdrawn) {
		if want := s == appraisal.StageClosed || s == appraisal.StageWithdrawn; s.Ended() != want {
			t.Errorf("%s has ended: %t, want %t", s, s.Ended(), want)
		}
	}
}

// steps are all kinds with their stage and who does them.
var steps = map[appraisal.StepKind]struct {
	stage appraisal.Stage
	party appraisal.Party
}{
	appraisal.StepDraftPlan:          {appraisal.StageTargets, appraisal.PartyEmployee},
	appraisal.StepApprovePlan:        {appraisal.StageTargets, appraisal.PartyAppraiser},
	appraisal.StepRecordProgress:     {appraisal.StageExecution, appraisal.PartyEmployee},
	appraisal.StepSelfReview:         {appraisal.StageSelfReview, appraisal.PartyEmployee},
	appraisal.StepNominatePeers:      {appraisal.StagePeerReview, appraisal.PartyEmployee},
	appraisal.StepApprovePeers:       {appraisal.StagePeerReview, appraisal.PartyAppraiser},
	appraisal.StepPeerAnswer:         {appraisal.StagePeerReview, appraisal.PartyPeer},
	appraisal.StepAppraiserReview:    {appraisal.StageAppraiserReview, appraisal.PartyAppraiser},
	appraisal.StepCalibrate:          {appraisal.StageCalibration, appraisal.PartyCommittee},
	appraisal.StepAcknowledgeResult:  {appraisal.StageResult, appraisal.PartyEmployee},
	appraisal.StepAnswerObjection:    {appraisal.StageObjection, appraisal.PartyAppraiser},
	appraisal.StepDecideObjection:    {appraisal.StageObjection, appraisal.PartyReviewingOfficial},
	appraisal.StepApproveDevelopment: {appraisal.StageDevelopment, appraisal.PartyAppraiser},
}

func TestEveryStepBelongsToAStageAndToSomebody(t *testing.T) {
	for kind, want := range steps {
		if !kind.Valid() || kind.Stage() != want.stage || kind.Party() != want.party {
			t.Errorf("%s is %s's in %s, want %s's in %s", kind, kind.Party(), kind.Stage(), want.party, want.stage)
		}
	}
	if appraisal.StepKind("dance").Valid() {
		t.Error("what is no step counts as one")
	}
}

func TestEveryStageButTheLastBeginsWithAStepOfItsOwn(t *testing.T) {
	for _, s := range appraisal.Stages {
		kind, ok := s.FirstStep()
		if s == appraisal.StageClosed {
			if ok {
				t.Errorf("closed begins with %s, want with nothing", kind)
			}
			continue
		}
		if !ok || kind.Stage() != s {
			t.Errorf("%s begins with %q of %s", s, kind, kind.Stage())
		}
	}
}

func TestWhatOpensAfterAStepFollowsFromHowItEnded(t *testing.T) {
	special := map[appraisal.StepKind]map[appraisal.Outcome]appraisal.StepKind{
		appraisal.StepDraftPlan:   {appraisal.OutcomeSubmitted: appraisal.StepApprovePlan},
		appraisal.StepApprovePlan: {appraisal.OutcomeReturned: appraisal.StepDraftPlan},
		appraisal.StepNominatePeers: {appraisal.OutcomeSubmitted: appraisal.StepApprovePeers, appraisal.OutcomeAdvanced: appraisal.StepApprovePeers,
			appraisal.OutcomeAccepted: appraisal.StepApprovePeers},
		appraisal.StepApprovePeers: {appraisal.OutcomeApproved: appraisal.StepPeerAnswer, appraisal.OutcomeReturned: appraisal.StepNominatePeers,
			appraisal.OutcomeAdvanced: appraisal.StepPeerAnswer, appraisal.OutcomeAccepted: appraisal.StepPeerAnswer},
		appraisal.StepAnswerObjection: {appraisal.OutcomeSubmitted: appraisal.StepDecideObjection, appraisal.OutcomeAdvanced: appraisal.StepDecideObjection,
			appraisal.OutcomeAccepted: appraisal.StepDecideObjection},
	}
	outcomes := map[appraisal.StepKind][]appraisal.Outcome{ // that a person can give the step
		appraisal.StepDraftPlan: {appraisal.OutcomeSubmitted}, appraisal.StepApprovePlan: {appraisal.OutcomeApproved, appraisal.OutcomeReturned},
		appraisal.StepRecordProgress: {appraisal.OutcomeCompleted}, appraisal.StepSelfReview: {appraisal.OutcomeSubmitted},
		appraisal.StepNominatePeers: {appraisal.OutcomeSubmitted}, appraisal.StepApprovePeers: {appraisal.OutcomeApproved, appraisal.OutcomeReturned},
		appraisal.StepPeerAnswer: {appraisal.OutcomeSubmitted}, appraisal.StepAppraiserReview: {appraisal.OutcomeSubmitted},
		appraisal.StepCalibrate: {appraisal.OutcomeLocked}, appraisal.StepAcknowledgeResult: {appraisal.OutcomeAcknowledged, appraisal.OutcomeObjected},
		appraisal.StepAnswerObjection: {appraisal.OutcomeSubmitted}, appraisal.StepDecideObjection: {appraisal.OutcomeDecided},
		appraisal.StepApproveDevelopment: {appraisal.OutcomeApproved},
	}
	for kind := range steps {
		for _, outcome := range append(outcomes[kind], appraisal.OutcomeAdvanced, appraisal.OutcomeAccepted) {
			var want []appraisal.StepKind
			if next, ok := special[kind][outcome]; ok {
				want = []appraisal.StepKind{next}
			}
			got := appraisal.Followers(kind, outcome)
			if !slices.Equal(got, want) {
				t.Errorf("after %s %s opens %v, want %v", kind, outcome, got, want)
			}
			for _, next := range got {
				if next.Stage() != kind.Stage() {
					t.Errorf("after %s opens %s, which is in another stage", kind, next)
				}
			}
		}
	}
}

func TestOnlyWhatNeedsHelpIsStalled(t *testing.T) {
	for health, want := range map[appraisal.Health]bool{
		appraisal.HealthOnTime: false, appraisal.HealthPaused: false, appraisal.HealthWaitingOnPerson: true, appraisal.HealthPersonOnLeave: true,
		appraisal.HealthPersonLeft: true, appraisal.HealthNoAppraiser: true, appraisal.HealthMailBouncing: true,
		appraisal.HealthInsufficientPeers: true, appraisal.HealthCohortIncomplete: true, appraisal.HealthWorkflowError: true,
	} {
		if health.Stalled() != want {
			t.Errorf("%s is stalled: %t, want %t", health, health.Stalled(), want)
		}
	}
}
