package service

import (
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Name and version of the form in which people get their data. A change that a reader of the old form would trip over makes a new version.
const (
	exportFormat  = "telaah.personal-data"
	exportVersion = 1
)

// PersonalData is everything that the record holds about one person, as they may see it themselves: what colleagues think of them only
// as it was published; what they wrote about colleagues under their name; of anonymous opinions only that they were asked.
// docs/personal-data.md describes each part.
type PersonalData struct {
	Format      string              `json:"format"`
	Version     int                 `json:"version"`
	GeneratedAt time.Time           `json:"generated_at"`
	Person      PersonRecord        `json:"person"`
	Roles       []HeldRole          `json:"roles"`
	Appraisals  []OwnAppraisal      `json:"appraisals"` // the latest period first
	Feedback    []GivenFeedback     `json:"feedback_given"`
	Evidence    []GivenEvidence     `json:"evidence_given"`
	Said        []SaidInSession     `json:"calibration_said"`
	Attended    []AttendedSession   `json:"calibration_attended"`
	Opinions    []AskedOpinion      `json:"opinions_asked"`
	Trainings   []TrainingTaken     `json:"trainings"`
	Assessments []Assessment        `json:"assessments"`
	Figures     []MonthlyFigure     `json:"figures"`
	Corrections []CorrectionRequest `json:"corrections"`
	Drafts      []UnsentDraft       `json:"drafts"`
	Delegations []DelegatedDuties   `json:"delegations"` // the latest first
	Means       []HeldMeans         `json:"means_of_sign_in"`
	Sessions    []HeldSession       `json:"sessions"`
	Mails       []ReceivedMail      `json:"mails"`
	Trail       []PersonalTrailLine `json:"trail"` // oldest first
}

// PersonRecord is what the roster knows. An official or an account leaves what an employee has empty.
type PersonRecord struct {
	ID            appraisal.PersonID `json:"id"`
	Kind          string             `json:"kind"` // employee, official, account
	Name          string             `json:"name"`
	FullName      string             `json:"full_name"`
	Email         string             `json:"email"`
	Language      string             `json:"language"`
	Active        bool               `json:"active"`
	MailBouncing  bool               `json:"mail_bouncing"`
	NIP           string             `json:"nip,omitempty"`
	Sex           string             `json:"sex,omitempty"`
	BirthDate     string             `json:"birth_date,omitempty"` // YYYY-MM-DD, like the next one
	PositionSince string             `json:"position_since,omitempty"`
	Employment    string             `json:"employment,omitempty"`
	Grade         string             `json:"grade,omitempty"`
	PositionKind  string             `json:"position_kind,omitempty"`
	Position      string             `json:"position,omitempty"`
	Unit          string             `json:"unit,omitempty"`
	Superior      string             `json:"superior,omitempty"`
}

// HeldRole is a role that the person was given.
type HeldRole struct {
	Role      appraisal.Role `json:"role"`
	Unit      string         `json:"unit,omitempty"` // to which, with all below it, the role is limited
	GrantedAt time.Time      `json:"granted_at"`
}

// OwnAppraisal is one appraisal of the person with all versions of the plan.
type OwnAppraisal struct {
	Appraisal Appraisal   `json:"appraisal"`
	Plans     PlanHistory `json:"plans"`
}

// GivenFeedback is what the person wrote about somebody's work; feedback is signed.
type GivenFeedback struct {
	At        time.Time              `json:"at"`
	About     string                 `json:"about"`
	CycleName string                 `json:"cycle_name"`
	Kind      appraisal.FeedbackKind `json:"kind"`
	Text      string                 `json:"text"`
	Agreed    string                 `json:"agreed,omitempty"`
	Withdrawn bool                   `json:"withdrawn"`
}

// GivenEvidence is a link or a file that the person added to somebody else's appraisal.
type GivenEvidence struct {
	At          time.Time                 `json:"at"`
	About       string                    `json:"about"`
	CycleName   string                    `json:"cycle_name"`
	Purpose     appraisal.EvidencePurpose `json:"purpose"`
	Link        string                    `json:"link,omitempty"`
	Name        string                    `json:"name,omitempty"` // of a file, like its size in bytes
	Size        int64                     `json:"size,omitempty"`
	SubmittedAt *time.Time                `json:"submitted_at"`
}

// SaidInSession is what the person proposed or said in a calibration session, and nothing of what others did.
type SaidInSession struct {
	At        time.Time          `json:"at"`
	About     string             `json:"about"`
	CycleName string             `json:"cycle_name"`
	Stance    appraisal.Stance   `json:"stance,omitempty"`   // empty: a proposal
	Proposed  appraisal.Predikat `json:"proposed,omitempty"` // empty: an opinion
	Words     string             `json:"words"`
}

// AttendedSession is that the person took part in a calibration session.
type AttendedSession struct {
	CycleName   string                  `json:"cycle_name"`
	Unit        string                  `json:"unit"`
	Level       appraisal.PositionLevel `json:"level"`
	Round       int                     `json:"round"`
	JoinedAt    time.Time               `json:"joined_at"`
	ConfirmedAt *time.Time              `json:"confirmed_at"`
}

// AskedOpinion is that the person was asked for an anonymous opinion. What they answered is kept without its author and cannot be told.
type AskedOpinion struct {
	About     string `json:"about"`
	CycleName string `json:"cycle_name"`
	Answered  bool   `json:"answered"`
}

// Assessment is a level that the person reached in an assessment.
type Assessment struct {
	Competency string `json:"competency"`
	Name       string `json:"name"`
	Source     string `json:"source"`
	Day        string `json:"day"` // YYYY-MM-DD
	Level      int    `json:"level"`
}

// MonthlyFigure is one version of what was measured of the person's work in a month, with the place that it came from.
type MonthlyFigure struct {
	Month      string    `json:"month"` // YYYY-MM
	Received   int       `json:"received"`
	Completed  int       `json:"completed"`
	OnTime     int       `json:"on_time"`
	MeanDays   string    `json:"mean_days,omitempty"`
	Source     string    `json:"source"`
	Version    int       `json:"version"`
	InForce    bool      `json:"in_force"`
	RecordedAt time.Time `json:"recorded_at"`
}

// UnsentDraft is what the person typed into a form and has not handed in.
type UnsentDraft struct {
	Form      string          `json:"form"`
	About     string          `json:"about"`
	CycleName string          `json:"cycle_name"`
	SavedAt   time.Time       `json:"saved_at"`
	Body      json.RawMessage `json:"body"`
}

// DelegatedDuties is that somebody stood in for the person, or the person for somebody, while one of them was away.
type DelegatedDuties struct {
	Delegator string     `json:"delegator"`
	Delegate  string     `json:"delegate"`
	From      string     `json:"from"` // YYYY-MM-DD, like the next one; both days are part of it
	Until     string     `json:"until"`
	MadeBy    string     `json:"made_by"`
	MadeAt    time.Time  `json:"made_at"`
	RevokedBy string     `json:"revoked_by,omitempty"`
	RevokedAt *time.Time `json:"revoked_at"`
}

// HeldMeans is something with which the person, or a program for them, gets in, without what it is known by.
type HeldMeans struct {
	Kind      string     `json:"kind"` // passkey, api_token, provider
	Name      string     `json:"name"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at"`
	ExpiresAt *time.Time `json:"expires_at"`
}

// HeldSession is a sign-in that is still valid, without what it is known by.
type HeldSession struct {
	Means     string    `json:"means"`
	Network   string    `json:"network"`
	Browser   string    `json:"browser"`
	System    string    `json:"system"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// ReceivedMail is a notice to the person. Its words are made when it is sent and not kept.
type ReceivedMail struct {
	Kind      string     `json:"kind"`
	Address   string     `json:"address"`
	CycleName string     `json:"cycle_name,omitempty"`
	State     string     `json:"state"`
	CreatedAt time.Time  `json:"created_at"`
	SentAt    *time.Time `json:"sent_at"`
}

// PersonalTrailLine is one line of the trail about the person.
type PersonalTrailLine struct {
	At       time.Time              `json:"at"`
	Action   string                 `json:"action"`            // translation key below "timeline."
	Actor    string                 `json:"actor"`             // empty for the system
	Behalf   string                 `json:"behalf,omitempty"`  // whom the actor stood in for
	Network  string                 `json:"network,omitempty"` // from where the person acted; never from where anybody else did
	Outcome  appraisal.Outcome      `json:"outcome,omitempty"`
	Document appraisal.DocumentKind `json:"document,omitempty"`
	Detail   string                 `json:"detail,omitempty"` // a person's own words
}
