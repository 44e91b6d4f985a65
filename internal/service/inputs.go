package service

import "github.com/marelan/telaah/internal/appraisal"

// Call is how an act was asked for. Key is the Idempotency-Key (empty: the act is not repeatable); Version is the version
// of the step or cohort that the person saw, 0 for whatever is current.
type Call struct {
	Key     string
	Version int64
}

// PlanDecision is the appraiser's answer to a plan; a return needs a comment.
type PlanDecision struct {
	Approve bool   `json:"approve"`
	Comment string `json:"comment,omitempty"`
}

// Nomination is the employee's list of opinion-givers.
type Nomination struct {
	Peers []appraisal.PersonID `json:"peers"`
}

// PeersDecision is the appraiser's answer to a nomination: approve the list, which may replace names, or return it.
type PeersDecision struct {
	Approve bool                 `json:"approve"`
	Peers   []appraisal.PersonID `json:"peers,omitempty"`
	Comment string               `json:"comment,omitempty"`
}

// NewObjection is what an employee hands in against a result.
type NewObjection struct {
	Reasons  string `json:"reasons"`
	Evidence string `json:"evidence,omitempty"`
}

// ObjectionAnswer is the appraiser's written answer.
type ObjectionAnswer struct {
	Answer string `json:"answer"`
}

// ObjectionDecision is the reviewing official's final word; with Change both dimensions are given, or under a numeric policy
// whichever of the scores and the finding about an innovation changes.
type ObjectionDecision struct {
	Change          bool                  `json:"change"`
	WorkResult      appraisal.Expectation `json:"work_result,omitempty"`
	Behaviour       appraisal.Expectation `json:"behaviour,omitempty"`
	WorkResultScore appraisal.Decimal     `json:"work_result_score,omitempty"`
	BehaviourScore  appraisal.Decimal     `json:"behaviour_score,omitempty"`
	Innovation      *appraisal.Innovation `json:"innovation,omitempty"`
	Reason          string                `json:"reason"`
}

// DevelopmentDecision names the recommended trainings that the appraiser approves.
type DevelopmentDecision struct {
	Trainings []string `json:"trainings"`
	Comment   string   `json:"comment,omitempty"`
}

// CalibrationChange proposes another cell of the matrix for one member, with a reason; under a numeric policy another score of a
// dimension or another finding about an innovation, where what is not named stays as the appraiser rated it.
type CalibrationChange struct {
	Appraisal       appraisal.AppraisalID `json:"appraisal"`
	WorkResult      appraisal.Expectation `json:"work_result,omitempty"`
	Behaviour       appraisal.Expectation `json:"behaviour,omitempty"`
	WorkResultScore appraisal.Decimal     `json:"work_result_score,omitempty"`
	BehaviourScore  appraisal.Decimal     `json:"behaviour_score,omitempty"`
	Innovation      *appraisal.Innovation `json:"innovation,omitempty"`
	Reason          string                `json:"reason"`
}

// SessionOpinion is what a member of the committee says to somebody's rating; agreeing takes no words.
type SessionOpinion struct {
	Appraisal appraisal.AppraisalID `json:"appraisal"`
	Stance    appraisal.Stance      `json:"stance"`
	Words     string                `json:"words,omitempty"`
}

// Lock ends a calibration session; a breach of the guideline needs a justification.
type Lock struct {
	Justification string `json:"justification,omitempty"`
}

// UnitRating is HR's rating of an organisation unit with its evidence; changing an earlier one needs a reason.
type UnitRating struct {
	Unit     string                       `json:"unit"` // code
	Rating   appraisal.OrganisationRating `json:"rating"`
	Evidence string                       `json:"evidence"`
	Reason   string                       `json:"reason,omitempty"`
}

// CycleCommand carries the reason for pausing, resuming, cancelling or closing a cycle, or for withdrawing a person.
type CycleCommand struct {
	Reason string `json:"reason,omitempty"`
}

// MailFilter narrows the list of mails.
type MailFilter struct {
	State string
	After string
	Limit int
}

// SignedIn is a fresh session. Token is told once and kept only as a digest.
type SignedIn struct {
	Token string          `json:"token"`
	Actor appraisal.Actor `json:"-"`
	Next  string          `json:"next,omitempty"` // the page that the person wanted
}
