package appraisal

// EvidenceID identifies a file or link that supports what somebody said.
type EvidenceID string

// FeedbackID identifies one feedback.
type FeedbackID string

// EvidencePurpose says what a piece of evidence goes with.
type EvidencePurpose string

const (
	EvidenceProgress        EvidencePurpose = "progress"
	EvidenceSelfReview      EvidencePurpose = "self_review"
	EvidenceFeedback        EvidencePurpose = "feedback"
	EvidenceObjection       EvidencePurpose = "objection"
	EvidenceObjectionAnswer EvidencePurpose = "objection_answer"
)

// Step returns the step during which evidence for the purpose can be added and removed, by the step's owner; feedback belongs to
// none. Opinions of peers have no purpose: a file would tell who gave them.
func (p EvidencePurpose) Step() (StepKind, bool) {
	step, ok := map[EvidencePurpose]StepKind{
		EvidenceProgress: StepRecordProgress, EvidenceSelfReview: StepSelfReview, EvidenceObjection: StepAcknowledgeResult,
		EvidenceObjectionAnswer: StepAnswerObjection,
	}[p]
	return step, ok
}

// Valid reports whether p is a purpose.
func (p EvidencePurpose) Valid() bool { _, ok := p.Step(); return ok || p == EvidenceFeedback }

// PurposeOf returns the purpose that evidence has in the form of a step, empty for a step without evidence.
func PurposeOf(kind StepKind) EvidencePurpose {
	for _, p := range []EvidencePurpose{EvidenceProgress, EvidenceSelfReview, EvidenceObjection, EvidenceObjectionAnswer} {
		if step, _ := p.Step(); step == kind {
			return p
		}
	}
	return ""
}

// EvidenceLimits bound what an appraisal can hold.
type EvidenceLimits struct {
	File  int64 // bytes of one file
	Total int64 // bytes of all files of one appraisal
	Count int   // links and files of one appraisal
}

// DefaultEvidenceLimits are used where nothing else is configured.
var DefaultEvidenceLimits = EvidenceLimits{File: 10 << 20, Total: 100 << 20, Count: 200}

// Admit refuses a file of size bytes that would take an appraisal with the given number and bytes of evidence over its limits.
func (l EvidenceLimits) Admit(count int, held, size int64) error {
	var f Faults
	switch {
	case size > l.File:
		f.Add("file", "evidence.error.large", map[string]any{"max": l.File >> 20})
	case count >= l.Count:
		f.Add("file", "evidence.error.many", map[string]any{"max": l.Count})
	case held+size > l.Total:
		f.Add("file", "evidence.error.total", map[string]any{"max": l.Total >> 20, "left": max(0, l.Total-held) >> 20})
	}
	return f.Err()
}
