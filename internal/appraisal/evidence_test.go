package appraisal_test

import (
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestEvidenceGoesWithStepsButNeverWithAnOpinion(t *testing.T) {
	for kind, want := range map[appraisal.StepKind]appraisal.EvidencePurpose{
		appraisal.StepRecordProgress: appraisal.EvidenceProgress, appraisal.StepSelfReview: appraisal.EvidenceSelfReview,
		appraisal.StepAcknowledgeResult: appraisal.EvidenceObjection, appraisal.StepAnswerObjection: appraisal.EvidenceObjectionAnswer,
		appraisal.StepPeerAnswer: "", appraisal.StepAppraiserReview: "", appraisal.StepDraftPlan: "",
	} {
		if got := appraisal.PurposeOf(kind); got != want {
			t.Errorf("%s has evidence for %q, want %q", kind, got, want)
		}
	}
	if appraisal.EvidencePurpose("peer_answer").Valid() || !appraisal.EvidenceFeedback.Valid() || !appraisal.EvidenceProgress.Valid() {
		t.Error("the wrong purposes are known")
	}
}

func TestAnAppraisalHoldsOnlySoMuchEvidence(t *testing.T) {
	l := appraisal.EvidenceLimits{File: 10 << 20, Total: 25 << 20, Count: 3}
	for name, c := range map[string]struct {
		count      int
		held, size int64
		refused    bool
	}{
		"the largest file":      {0, 0, 10 << 20, false},
		"a byte more":           {0, 0, 10<<20 + 1, true},
		"what just fits":        {2, 15 << 20, 10 << 20, false},
		"what does not fit":     {2, 15<<20 + 1, 10 << 20, true},
		"one too many":          {3, 0, 1, true},
		"a link among too many": {3, 0, 0, true},
	} {
		if err := l.Admit(c.count, c.held, c.size); (err != nil) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoReadsEvidenceIsWhoReadsTheAppraisalAndBeforeItIsSubmittedItsAuthor(t *testing.T) {
	for name, actor := range relations {
		submitted := appraisal.Subject{Employee: "ani", Appraiser: "kabid", Reviewer: "kadis"}
		read, file := appraisal.Can(actor, appraisal.ActionReadAppraisal, submitted), appraisal.Can(actor, appraisal.ActionReadEvidence, submitted)
		if (read == nil) != (file == nil) || read != nil && appraisal.CodeOf(read) != appraisal.CodeOf(file) {
			t.Errorf("%s reads the appraisal: %v, its evidence: %v", name, read, file)
		}
		loose := submitted
		loose.Author = "kabid"
		if err := appraisal.Can(actor, appraisal.ActionReadEvidence, loose); (err == nil) != (name == "appraiser") {
			t.Errorf("%s reads what the appraiser has not submitted: %v", name, err)
		}
		strangers := submitted
		strangers.Author = actor.ID
		if err := appraisal.Can(actor, appraisal.ActionReadEvidence, strangers); (err == nil) != (read == nil) {
			t.Errorf("%s reads their own file: %v, the appraisal: %v", name, err, read)
		}
	}
}
