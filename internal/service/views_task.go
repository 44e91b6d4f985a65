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
	Step      appraisal.StepID        `json:"step"`
	Kind      appraisal.StepKind      `json:"kind"`
	Appraisal appraisal.AppraisalID   `json:"appraisal"`
	Cohort    appraisal.CohortID      `json:"cohort,omitempty"` // of a calibration session
	Level     appraisal.PositionLevel `json:"level,omitempty"`  // of its people
	CycleName string                  `json:"cycle_name"`
	Appraisee string                  `json:"appraisee"`
	AboutSelf bool                    `json:"about_self"`
	Round     int                     `json:"round"`
	OpenedAt  time.Time               `json:"opened_at"`
	Deadline  *time.Time              `json:"deadline"`
	Overdue   bool                    `json:"overdue"`
	HasDraft  bool                    `json:"has_draft"`
	InPlaceOf *StandIn                `json:"in_place_of"` // whose step it is, where the reader stands in
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
	Tasks      []Task            `json:"tasks"`
	Changes    []Change          `json:"plan_changes"` // of plans, that wait for the reader's answer
	Waiting    []Waiting         `json:"waiting"`
	News       []News            `json:"news"` // what others did lately, the latest first
	Appraisals []MyAppraisal     `json:"appraisals"`
	Team       []MyAppraisal     `json:"team"`
	Pulses     []PulseInvitation `json:"pulses"`     // voluntary
	StandsFor  []StandIn         `json:"stands_for"` // whose duties the reader does today
	StandIn    *StandIn          `json:"stand_in"`   // who does the reader's duties today
}

// Change is a proposal to change a plan that waits for the reader's answer.
type Change struct {
	Appraisal   appraisal.AppraisalID `json:"appraisal"`
	CycleName   string                `json:"cycle_name"`
	Appraisee   string                `json:"appraisee"`
	AboutSelf   bool                  `json:"about_self"`
	ProposedBy  string                `json:"proposed_by"`
	ProposedFor string                `json:"proposed_for,omitempty"` // whom they stood in for
	ProposedAt  time.Time             `json:"proposed_at"`
	InPlaceOf   *StandIn              `json:"in_place_of"` // who is to answer, where the reader stands in
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
	InPlaceOf *StandIn              `json:"in_place_of"`        // who appraises, where the reader stands in
}

// StepForm is all that the form of one step shows: the step, the appraisal around it and the saved draft.
type StepForm struct {
	Step       Step                       `json:"step"`
	Appraisal  Appraisal                  `json:"appraisal"`
	Draft      json.RawMessage            `json:"draft,omitempty"`
	DraftAt    *time.Time                 `json:"draft_at"`
	Alignments []Alignment                `json:"alignments,omitempty"` // draft_plan
	Copyables  []Copyable                 `json:"copyables,omitempty"`  // draft_plan: what one may begin with
	Candidates []Nominee                  `json:"candidates,omitempty"` // nominate_peers, approve_peers
	Asked      int                        `json:"asked,omitempty"`      // how many opinion-givers are asked for by default
	Minimum    int                        `json:"minimum,omitempty"`    // how many answers a category needs to be shown
	Extension  bool                       `json:"extension,omitempty"`  // answers were too few: others are to be named
	Owes       int                        `json:"owes,omitempty"`       // peer_answer: how many others the reader is asked about
	Sources    []appraisal.MeasuredSource `json:"sources,omitempty"`    // draft_plan: what can measure an indicator
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

// Page is one page of a list with the cursor of the next, empty at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}
