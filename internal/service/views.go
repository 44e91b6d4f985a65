package service

import (
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Person is how somebody is shown to others.
type Person struct {
	ID    appraisal.PersonID `json:"id"`
	Name  string             `json:"name"`
	Post  string             `json:"post"`
	Email string             `json:"email,omitempty"`
}

// Task is one open step of the signed-in person.
type Task struct {
	Step      appraisal.StepID      `json:"step"`
	Kind      appraisal.StepKind    `json:"kind"`
	Appraisal appraisal.AppraisalID `json:"appraisal"`
	Cohort    appraisal.CohortID    `json:"cohort,omitempty"` // of a calibration session
	CycleName string                `json:"cycle_name"`
	Appraisee string                `json:"appraisee"`
	AboutSelf bool                  `json:"about_self"`
	Round     int                   `json:"round"`
	OpenedAt  time.Time             `json:"opened_at"`
	Deadline  *time.Time            `json:"deadline"`
	Overdue   bool                  `json:"overdue"`
	HasDraft  bool                  `json:"has_draft"`
}

// Waiting is something of the signed-in person that somebody else has to act on.
type Waiting struct {
	Appraisal appraisal.AppraisalID `json:"appraisal"`
	Appraisee string                `json:"appraisee"`
	AboutSelf bool                  `json:"about_self"`
	Stage     appraisal.Stage       `json:"stage"`
	Health    appraisal.Health      `json:"health"`
	WaitingOn appraisal.Party       `json:"waiting_on"`
	Name      string                `json:"name"` // empty for peers and roles
	Since     time.Time             `json:"since"`
	Deadline  *time.Time            `json:"deadline"`
}

// Home is the first page after signing in.
type Home struct {
	Tasks      []Task        `json:"tasks"`
	Waiting    []Waiting     `json:"waiting"`
	Appraisals []MyAppraisal `json:"appraisals"`
	Team       []MyAppraisal `json:"team"`
}

// MyAppraisal is one line of the lists of one's own and one's team's appraisals.
type MyAppraisal struct {
	ID        appraisal.AppraisalID `json:"id"`
	CycleName string                `json:"cycle_name"`
	Appraisee string                `json:"appraisee"`
	Stage     appraisal.Stage       `json:"stage"`
	Health    appraisal.Health      `json:"health"`
	StageAt   time.Time             `json:"stage_at"`
	Deadline  *time.Time            `json:"deadline"`
	Predikat  appraisal.Predikat    `json:"predikat,omitempty"` // once released to the reader
}

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
	SelfReview   *SelfReview            `json:"self_review"`
	Peers        *PeerState             `json:"peers"`
	Rating       *Rating                `json:"rating"`  // the rating in force
	Ratings      []Rating               `json:"ratings"` // all versions, first to last
	Competencies []CompetencyLevel      `json:"competencies"`
	Objection    *Objection             `json:"objection"`
	Development  *Development           `json:"development"`
}

// Step is one step of an appraisal. Mine tells that the reader has to do it.
type Step struct {
	ID       appraisal.StepID   `json:"id"`
	Kind     appraisal.StepKind `json:"kind"`
	Round    int                `json:"round"`
	State    string             `json:"state"` // open, done, expired, cancelled
	Outcome  appraisal.Outcome  `json:"outcome,omitempty"`
	Owner    string             `json:"owner"`
	Mine     bool               `json:"mine"`
	OpenedAt time.Time          `json:"opened_at"`
	Deadline *time.Time         `json:"deadline"`
	Overdue  bool               `json:"overdue"`
	ClosedAt *time.Time         `json:"closed_at"`
	Version  int64              `json:"version"`
}

// TimelineEntry is one line of the history that a person reads.
type TimelineEntry struct {
	At      time.Time         `json:"at"`
	Action  string            `json:"action"` // translation key below "timeline."
	Actor   string            `json:"actor"`  // empty for the system
	Stage   appraisal.Stage   `json:"stage,omitempty"`
	Outcome appraisal.Outcome `json:"outcome,omitempty"`
	Detail  string            `json:"detail,omitempty"` // a person's own words
}

// Plan is one version of a performance plan.
type Plan struct {
	ID          appraisal.PlanID `json:"id"`
	Number      int              `json:"number"`
	State       string           `json:"state"` // submitted, returned, approved
	SubmittedAt time.Time        `json:"submitted_at"`
	DecidedAt   *time.Time       `json:"decided_at"`
	Comment     string           `json:"comment,omitempty"`
	KeyResults  []KeyResult      `json:"key_results"`
}

// KeyResult is a key result with what it serves, up to the vision, and how far each indicator has come.
type KeyResult struct {
	ID              string      `json:"id"`
	Statement       string      `json:"statement"`
	Serves          []string    `json:"serves"` // from what it serves directly up to the vision
	ServesKeyResult string      `json:"serves_key_result,omitempty"`
	ServesStrategy  string      `json:"serves_strategy,omitempty"`
	Indicators      []Indicator `json:"indicators"`
}

// Indicator is an indicator with its latest figure; Met is nil while there is none.
type Indicator struct {
	appraisal.Indicator
	Realisation string `json:"realisation,omitempty"`
	Met         *bool  `json:"met"`
}

// Alignment is something that a key result can serve.
type Alignment struct {
	KeyResult string   `json:"key_result,omitempty"`
	Strategy  string   `json:"strategy,omitempty"`
	Statement string   `json:"statement"`
	Chain     []string `json:"chain"` // above it, up to the vision
}

// ProgressEntry is one entry of the execution stage.
type ProgressEntry struct {
	At        time.Time `json:"at"`
	Author    string    `json:"author"`
	Indicator string    `json:"indicator"`
	Value     string    `json:"value,omitempty"`
	Note      string    `json:"note,omitempty"`
	Evidence  string    `json:"evidence,omitempty"`
}

// SelfReview is the employee's submitted account.
type SelfReview struct {
	SubmittedAt  time.Time `json:"submitted_at"`
	Achievements string    `json:"achievements"`
	Obstacles    string    `json:"obstacles,omitempty"`
	Development  string    `json:"development,omitempty"`
}

// PeerState is what may be told of the peer review: who was asked (to the employee and the appraiser, who chose them), how
// many have answered, and the aggregates once they are published. Never who answered what, nor when.
type PeerState struct {
	Nominees   []Nominee                 `json:"nominees"`
	Asked      int                       `json:"asked"`
	Answered   int                       `json:"answered"`
	Published  bool                      `json:"published"`
	Aggregates []appraisal.PeerAggregate `json:"aggregates"`
}

// Nominee is a proposed or approved opinion-giver.
type Nominee struct {
	Person
	Category appraisal.PeerCategory `json:"category"`
	Owes     int                    `json:"owes"` // how many people they are already asked about in this cycle
	Approved bool                   `json:"approved"`
}

// Rating is one version of the rating.
type Rating struct {
	Number      int                   `json:"number"`
	Source      string                `json:"source"` // review, calibration, objection
	WorkResult  appraisal.Expectation `json:"work_result"`
	Behaviour   appraisal.Expectation `json:"behaviour"`
	Predikat    appraisal.Predikat    `json:"predikat"`
	Comment     string                `json:"comment,omitempty"`
	Reason      string                `json:"reason,omitempty"`
	RatedBy     string                `json:"rated_by"`
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
	FiledAt        time.Time  `json:"filed_at"`
	Answer         string     `json:"answer,omitempty"`
	AnsweredAt     *time.Time `json:"answered_at"`
	Decision       string     `json:"decision,omitempty"` // upheld, changed
	DecisionReason string     `json:"decision_reason,omitempty"`
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

// StepForm is all that the form of one step shows: the step, the appraisal around it and the saved draft.
type StepForm struct {
	Step       Step            `json:"step"`
	Appraisal  Appraisal       `json:"appraisal"`
	Draft      json.RawMessage `json:"draft,omitempty"`
	DraftAt    *time.Time      `json:"draft_at"`
	Alignments []Alignment     `json:"alignments,omitempty"` // draft_plan
	Candidates []Nominee       `json:"candidates,omitempty"` // nominate_peers, approve_peers
	Asked      int             `json:"asked,omitempty"`      // how many opinion-givers are asked for by default
	Service    []Measurement   `json:"service,omitempty"`    // self_review, appraiser_review: measured service
	Survey     *Survey         `json:"survey,omitempty"`     // the unit's citizen satisfaction
}

// Measurement is a month of measured service of one person.
type Measurement struct {
	Month     time.Time `json:"month"`
	Received  int       `json:"received"`
	Completed int       `json:"completed"`
	OnTime    int       `json:"on_time"`
	MeanDays  string    `json:"mean_days"`
	File      string    `json:"file"`
	Row       int       `json:"row"`
}

// Survey is the citizen-satisfaction index of the unit that serves citizens, shown as evidence of the unit.
type Survey struct {
	Unit        string   `json:"unit"`
	Respondents int      `json:"respondents"`
	Elements    []string `json:"elements"`
	Index       string   `json:"index"`
	Grade       string   `json:"grade"`
}

// Receipt is the stored answer of an act: what now holds, and who acts next.
type Receipt struct {
	Appraisal appraisal.AppraisalID `json:"appraisal,omitempty"`
	Step      appraisal.StepID      `json:"step,omitempty"`
	Outcome   appraisal.Outcome     `json:"outcome,omitempty"`
	At        time.Time             `json:"at"`
	Next      appraisal.Party       `json:"next,omitempty"`
	ID        string                `json:"id,omitempty"` // of what was created
}

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
}

// ListFilter narrows HR's list; After is the cursor that the page before gave.
type ListFilter struct {
	Stage  appraisal.Stage
	Health appraisal.Health
	Unit   appraisal.UnitID
	After  string
	Limit  int
}

// Page is one page of a list with the cursor of the next, empty at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

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

// Stalled is a pipeline that needs help, for administrators: no content.
type Stalled struct {
	Appraisal  appraisal.AppraisalID `json:"appraisal"`
	Cycle      string                `json:"cycle"`
	Unit       string                `json:"unit"`
	Stage      appraisal.Stage       `json:"stage"`
	Cause      appraisal.Health      `json:"cause"`
	WaitingOn  appraisal.Party       `json:"waiting_on"`
	Owner      string                `json:"owner"`
	Since      time.Time             `json:"since"`
	WorkflowID string                `json:"workflow_id"`
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
