package service

import (
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Appraisal is one person's appraisal as the reader may see it: the rating stays empty for the employee until it is released.
type Appraisal struct {
	ID           appraisal.AppraisalID  `json:"id"`
	CycleID      appraisal.CycleID      `json:"cycle_id"`
	CycleName    string                 `json:"cycle_name"`
	PeriodStart  time.Time              `json:"period_start"`
	PeriodEnd    time.Time              `json:"period_end"`
	Employee     Person                 `json:"employee"`
	Appraiser    *Person                `json:"appraiser"`
	Reviewer     *Person                `json:"reviewer"`
	Unit         string                 `json:"unit"`
	PositionKind appraisal.PositionKind `json:"position_kind"`
	Cohort       appraisal.CohortID     `json:"cohort,omitempty"`
	Rules        Rules                  `json:"rules"`
	Stage        appraisal.Stage        `json:"stage"`
	StageAt      time.Time              `json:"stage_at"`
	Health       appraisal.Health       `json:"health"`
	WaitingOn    appraisal.Party        `json:"waiting_on"`
	Deadline     *time.Time             `json:"deadline"`
	EndReason    string                 `json:"end_reason,omitempty"`
	Version      int64                  `json:"version"`
	Steps        []Step                 `json:"steps"`    // peers' steps are left out: who answers is not shown
	Timeline     []TimelineEntry        `json:"timeline"` // stages, acts and changes, oldest first
	Plan         *Plan                  `json:"plan"`     // the latest version handed in
	Progress     []ProgressEntry        `json:"progress"`
	Feedback     []Conversation         `json:"feedback"`
	FeedbackOpen bool                   `json:"feedback_open"` // feedback can be given now
	Desk         []Evidence             `json:"desk"`          // links and files of the reader that are not handed in yet
	Service      *MeasuredService       `json:"service"`
	SelfReview   *SelfReview            `json:"self_review"`
	Peers        *PeerState             `json:"peers"`
	Tenure       *Tenure                `json:"tenure"`  // null: the whole period was served
	Periods      *Periods               `json:"periods"` // shorter periods inside this one; null: none
	Rating       *Rating                `json:"rating"`  // the rating in force
	Ratings      []Rating               `json:"ratings"` // all versions, first to last
	Meaning      []appraisal.Sentence   `json:"meaning"` // what the rating in force means for the career; shown, never carried out
	Competencies []CompetencyLevel      `json:"competencies"`
	Objection    *Objection             `json:"objection"`
	Development  *Development           `json:"development"`
	Pulse        *PulseInvitation       `json:"pulse,omitempty"` // to the employee, while they may answer

	InPlaceOf *StandIn `json:"in_place_of"` // the official whom the reader stands in for here

	Documents []appraisal.DocumentKind `json:"documents"` // the papers that can be had by now
	Destroyed []DestroyedPart          `json:"destroyed"` // under the retention schedule

	Subject    appraisal.Subject `json:"-"` // for what else the reader may do
	HasHistory bool              `json:"-"` // the reader may read the person's years
}

// Step is one step of an appraisal. Mine tells that the reader may do it, as its owner or in the owner's place.
type Step struct {
	ID       appraisal.StepID   `json:"id"`
	Kind     appraisal.StepKind `json:"kind"`
	Round    int                `json:"round"`
	State    string             `json:"state"` // open, done, expired, cancelled
	Outcome  appraisal.Outcome  `json:"outcome,omitempty"`
	Owner    string             `json:"owner"`
	StandIn  *StandIn           `json:"stand_in"` // who acts for the owner today
	Mine     bool               `json:"mine"`
	OpenedAt time.Time          `json:"opened_at"`
	Deadline *time.Time         `json:"deadline"`
	Overdue  bool               `json:"overdue"`
	ClosedAt *time.Time         `json:"closed_at"`
	Version  int64              `json:"version"`
}

// StandIn is the other side of a delegation that is in force, and its last day (YYYY-MM-DD).
type StandIn struct {
	Name  string `json:"name"`
	Until string `json:"until"`
}

// TimelineEntry is one line of the history that a person reads.
type TimelineEntry struct {
	At       time.Time              `json:"at"`
	Action   string                 `json:"action"`              // translation key below "timeline."
	Actor    string                 `json:"actor"`               // empty for the system
	ActorFor string                 `json:"actor_for,omitempty"` // whom the actor stood in for
	Stage    appraisal.Stage        `json:"stage,omitempty"`
	Outcome  appraisal.Outcome      `json:"outcome,omitempty"`
	Document appraisal.DocumentKind `json:"document,omitempty"` // that was issued
	Detail   string                 `json:"detail,omitempty"`   // a person's own words
}

// Plan is one version of a performance plan.
type Plan struct {
	ID          appraisal.PlanID `json:"id"`
	Number      int              `json:"number"`
	State       string           `json:"state"` // submitted, returned, approved
	SubmittedAt time.Time        `json:"submitted_at"`
	DecidedAt   *time.Time       `json:"decided_at"`
	Comment     string           `json:"comment,omitempty"`
	EffectiveOn *time.Time       `json:"effective_on"` // of a version agreed upon in the middle of the period
	KeyResults  []KeyResult      `json:"key_results"`
}

// KeyResult is a key result with what it serves, up to the vision, and how far each indicator has come.
type KeyResult struct {
	ID              string      `json:"id"`
	Statement       string      `json:"statement"`
	Serves          []ChainLink `json:"serves"` // from what it serves directly up to the vision
	ServesKeyResult string      `json:"serves_key_result,omitempty"`
	ServesStrategy  string      `json:"serves_strategy,omitempty"`
	Weight          string      `json:"weight,omitempty"` // percent, where the policy calculates a score
	Indicators      []Indicator `json:"indicators"`
}

// ChainLink is one link of the chain from a key result up to the vision.
type ChainLink struct {
	Kind      string `json:"kind"` // key_result, sasaran, misi, visi
	Statement string `json:"statement"`
	Owner     string `json:"owner,omitempty"`   // of a key result
	Dropped   bool   `json:"dropped,omitempty"` // the key result is no longer in its owner's plan
}

// Indicator is an indicator with the figure in force; Met is nil while there is none. Once a review was handed in, the figure and
// what was measured are those that the review was based on.
type Indicator struct {
	appraisal.Indicator
	Realisation  string               `json:"realisation,omitempty"`
	Origin       appraisal.Origin     `json:"origin,omitempty"`
	Measured     *appraisal.Measured  `json:"measured,omitempty"`      // of an indicator that names a source
	Stated       string               `json:"stated,omitempty"`        // what the employee says, where it differs from what was measured
	Note         string               `json:"note,omitempty"`          // the employee's, in the self-review
	ChangedSince *appraisal.Measured  `json:"changed_since,omitempty"` // what is measured now, where that changed after the review
	PartTarget   *appraisal.Input     `json:"part_target,omitempty"`   // what the target comes to for who served only a part of the period
	Met          *bool                `json:"met"`                     // against that, where it is given
	Reviewed     *ReviewedRealisation `json:"reviewed,omitempty"`      // once the appraiser has settled it, where a score is calculated
}

// Alignment is something that a key result can serve.
type Alignment struct {
	KeyResult string      `json:"key_result,omitempty"`
	Strategy  string      `json:"strategy,omitempty"`
	Kind      string      `json:"kind"` // key_result, misi, sasaran
	Statement string      `json:"statement"`
	Near      bool        `json:"near"`  // an objective of the employee's unit or of one above it
	Gone      bool        `json:"gone"`  // no longer to be chosen, only kept by the key results that serve it
	Chain     []ChainLink `json:"chain"` // above it, up to the vision
}

// ProgressEntry is one entry of the execution stage.
type ProgressEntry struct {
	At        time.Time  `json:"at"`
	Author    string     `json:"author"`
	Indicator string     `json:"indicator"`
	Value     string     `json:"value,omitempty"`
	Note      string     `json:"note,omitempty"`
	Evidence  string     `json:"evidence,omitempty"`
	Attached  []Evidence `json:"attached"`
}

// SelfReview is the employee's submitted account.
type SelfReview struct {
	SubmittedAt  time.Time  `json:"submitted_at"`
	Achievements string     `json:"achievements"`
	Obstacles    string     `json:"obstacles,omitempty"`
	Development  string     `json:"development,omitempty"`
	Attached     []Evidence `json:"attached"`
}

// PeerState is what may be told of the peer review: who was asked (to the employee and the appraiser, who chose them) and, once
// they are published, the aggregates. Never who answered, nor when, nor while the stage is open how many have.
type PeerState struct {
	Nominees   []Nominee                 `json:"nominees"`
	Asked      int                       `json:"asked"`
	Minimum    int                       `json:"minimum"` // how many answers a category needs to be shown
	Published  bool                      `json:"published"`
	Withheld   bool                      `json:"withheld"`  // from this reader, who gave an opinion and could work out the others'
	Extension  *PeerExtension            `json:"extension"` // answers were too few
	Aggregates []appraisal.PeerAggregate `json:"aggregates"`
	Overall    *appraisal.PeerOverall    `json:"overall"` // by the policy's weights
}

// PeerExtension is the one extension of a stage whose answers were too few; it is not granted where nobody could be named who had
// not been asked.
type PeerExtension struct {
	At         time.Time                `json:"at"`
	Categories []appraisal.PeerCategory `json:"categories"`
	Granted    bool                     `json:"granted"`
}

// Nominee is a proposed or approved opinion-giver.
type Nominee struct {
	Person
	Category appraisal.PeerCategory `json:"category"`
	Owes     int                    `json:"owes"` // how many people they are already asked about in this cycle
	Approved bool                   `json:"approved"`
	Asked    bool                   `json:"asked"` // has been asked for an opinion
}

// Rating is one version of the rating.
type Rating struct {
	Number      int                   `json:"number"`
	Source      string                `json:"source"`                // review, calibration, objection
	WorkResult  appraisal.Expectation `json:"work_result,omitempty"` // these two where the policy rates by a matrix
	Behaviour   appraisal.Expectation `json:"behaviour,omitempty"`
	Predikat    appraisal.Predikat    `json:"predikat"`
	Scores      *Scores               `json:"scores,omitempty"` // where the policy calculates a score
	Comment     string                `json:"comment,omitempty"`
	Reason      string                `json:"reason,omitempty"`
	RatedBy     string                `json:"rated_by"`
	RatedFor    string                `json:"rated_for,omitempty"` // whom they stood in for
	RatedAt     time.Time             `json:"rated_at"`
	Explanation appraisal.Explanation `json:"explanation"`
}

// CompetencyLevel compares a required with the assessed level of a competency.
type CompetencyLevel struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Required int    `json:"required"`
	Rated    int    `json:"rated,omitempty"`    // by the appraiser, 0 while not rated
	Assessed int    `json:"assessed,omitempty"` // latest assessment-centre or competency test, 0 if none
	Source   string `json:"source,omitempty"`
}

// Objection is an objection with the appraiser's answer and the decision.
type Objection struct {
	Reasons        string     `json:"reasons"`
	Evidence       string     `json:"evidence,omitempty"`
	Attached       []Evidence `json:"attached"`
	FiledAt        time.Time  `json:"filed_at"`
	Answer         string     `json:"answer,omitempty"`
	AnsweredBy     string     `json:"answered_by,omitempty"`
	AnsweredFor    string     `json:"answered_for,omitempty"`
	AnsweredAt     *time.Time `json:"answered_at"`
	AnswerAttached []Evidence `json:"answer_attached"`
	Decision       string     `json:"decision,omitempty"` // upheld, changed
	DecisionReason string     `json:"decision_reason,omitempty"`
	DecidedBy      string     `json:"decided_by,omitempty"`
	DecidedFor     string     `json:"decided_for,omitempty"`
	DecidedAt      *time.Time `json:"decided_at"`
}

// Development is the training recommendation with its reasons.
type Development struct {
	State      string           `json:"state"` // proposed, approved
	Hours      int              `json:"hours"`
	Comment    string           `json:"comment,omitempty"`
	ApprovedAt *time.Time       `json:"approved_at"`
	Gaps       []appraisal.Gap  `json:"gaps"`
	Items      []Recommendation `json:"items"`
}

// Recommendation is one recommended training.
type Recommendation struct {
	Training   string             `json:"training"`
	Title      string             `json:"title"`
	Competency string             `json:"competency"`
	Channel    string             `json:"channel"`
	Form       string             `json:"form"`
	Hours      int                `json:"hours"`
	Starts     time.Time          `json:"starts"`
	Ends       time.Time          `json:"ends"`
	Reason     appraisal.Sentence `json:"reason"`
	Approved   bool               `json:"approved"`
}
