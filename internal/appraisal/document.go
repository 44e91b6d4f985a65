package appraisal

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// DocumentKind is a kind of paper about one appraisal.
type DocumentKind string

const (
	DocumentPlan       DocumentKind = "plan"       // sasaran kinerja pegawai
	DocumentForm       DocumentKind = "form"       // formulir evaluasi kinerja
	DocumentEvaluation DocumentKind = "evaluation" // dokumen evaluasi kinerja
)

// DocumentKinds lists the kinds in the order of the process.
var DocumentKinds = []DocumentKind{DocumentPlan, DocumentForm, DocumentEvaluation}

// Valid reports whether k is one of the kinds.
func (k DocumentKind) Valid() bool {
	return k == DocumentPlan || k == DocumentForm || k == DocumentEvaluation
}

// Word returns the translation key of the kind's name.
func (k DocumentKind) Word() string { return "document.kind." + string(k) }

// Rated reports whether the paper tells the rating.
func (k DocumentKind) Rated() bool { return k != DocumentPlan }

// Document is what a paper says, without the words around it. Two documents with the same content are the same paper: their
// digests are equal.
type Document struct {
	Kind               DocumentKind         `json:"kind"`
	Cycle              string               `json:"cycle"`
	PeriodStart        time.Time            `json:"period_start"`
	PeriodEnd          time.Time            `json:"period_end"`
	Policy             string               `json:"policy"`
	PolicyVersion      string               `json:"policy_version"`
	Unit               string               `json:"unit"`
	PositionKind       PositionKind         `json:"position_kind"`
	Employee           Signatory            `json:"employee"`
	Appraiser          *Signatory           `json:"appraiser"`
	Reviewer           *Signatory           `json:"reviewer"`
	Plan               *DocumentedPlan      `json:"plan"`
	Progress           []DocumentedEntry    `json:"progress"`
	Feedback           []DocumentedRemark   `json:"feedback"`
	SelfReview         *DocumentedAccount   `json:"self_review"`
	Tenure             *DocumentedTenure    `json:"tenure"` // nil: the whole period was served
	Competencies       []DocumentedLevel    `json:"competencies"`
	Ratings            []DocumentedRating   `json:"ratings"` // first to last; the last one is in force
	OrganisationRating OrganisationRating   `json:"organisation_rating"`
	RatedUnit          string               `json:"rated_unit"` // whose rating it is
	Objection          *DocumentedObjection `json:"objection"`
	Development        *DocumentedTraining  `json:"development"`
}

// Signatory is somebody whom a paper names with their post.
type Signatory struct {
	Name       string       `json:"name"`
	NIP        string       `json:"nip"` // empty for an official who is no civil servant
	Employment EmployeeKind `json:"employment"`
	Grade      string       `json:"grade"`
	Post       string       `json:"post"`
	Unit       string       `json:"unit"`
}

// DocumentedPlan is the approved version of a plan.
type DocumentedPlan struct {
	Number      int                `json:"number"`
	ApprovedAt  *time.Time         `json:"approved_at"`
	EffectiveOn *time.Time         `json:"effective_on"` // of a version agreed upon in the middle of the period
	Results     []DocumentedResult `json:"results"`
}

// DocumentedResult is a key result with what it serves, from the nearest up to the vision.
type DocumentedResult struct {
	Statement  string                `json:"statement"`
	Weight     string                `json:"weight"` // percent, where the policy calculates a score
	Serves     []string              `json:"serves"`
	Indicators []DocumentedIndicator `json:"indicators"`
}

// DocumentedIndicator is an indicator with its realisation; Met is nil while there is none.
type DocumentedIndicator struct {
	Indicator
	Realisation string `json:"realisation"`
	PartTarget  *Input `json:"part_target"` // what the target comes to for who served a part of the period
	Given       string `json:"given"`       // what the employee reported, where the appraiser corrected it
	Reason      string `json:"reason"`      // of the correction
	Met         *bool  `json:"met"`
}

// DocumentedEntry is one entry of evidence.
type DocumentedEntry struct {
	At        time.Time `json:"at"`
	Author    string    `json:"author"`
	Indicator string    `json:"indicator"`
	Value     string    `json:"value"`
	Note      string    `json:"note"`
	Evidence  string    `json:"evidence"`
	Attached  []string  `json:"attached"` // names of files, addresses of links
}

// DocumentedRemark is a remark of the period, attributed as all of them are.
type DocumentedRemark struct {
	At        time.Time `json:"at"`
	Author    string    `json:"author"`
	AuthorFor string    `json:"author_for,omitempty"` // whom the author stood in for
	About     string    `json:"about"`                // a key result; empty for the plan as a whole
	Text      string    `json:"text"`
	Agreed    string    `json:"agreed"` // of a coaching talk
}

// DocumentedTenure says which part of the period was served.
type DocumentedTenure struct {
	Served int         `json:"served"`
	Months int         `json:"months"`
	From   *time.Time  `json:"from"` // the first day, where there is one
	Cause  TenureCause `json:"cause"`
	Reason string      `json:"reason"`
}

// DocumentedAccount is the employee's own account of the period.
type DocumentedAccount struct {
	Achievements string `json:"achievements"`
	Obstacles    string `json:"obstacles"`
	Development  string `json:"development"`
}

// DocumentedLevel compares the required with the rated and the assessed level of a competency; 0 is none.
type DocumentedLevel struct {
	Name     string `json:"name"`
	Required int    `json:"required"`
	Rated    int    `json:"rated"`
	Assessed int    `json:"assessed"`
}

// DocumentedRating is one version of the rating with the calculation behind it. Source is review, calibration or objection.
type DocumentedRating struct {
	Number          int         `json:"number"`
	Source          string      `json:"source"`
	WorkResult      Expectation `json:"work_result"`
	Behaviour       Expectation `json:"behaviour"`
	Predikat        Predikat    `json:"predikat"`
	Score           Decimal     `json:"score"` // this and the next two where the policy calculates them, the levels being empty then
	WorkResultScore Decimal     `json:"work_result_score"`
	BehaviourScore  Decimal     `json:"behaviour_score"`
	Innovation      string      `json:"innovation"` // of benefit to the organisation, where one was found
	Comment         string      `json:"comment"`
	Reason          string      `json:"reason"`
	RatedBy         string      `json:"rated_by"`
	RatedFor        string      `json:"rated_for,omitempty"` // whom they stood in for
	RatedAt         time.Time   `json:"rated_at"`
	Explanation     Explanation `json:"explanation"`
}

// DocumentedObjection is an objection with the answer and the decision; Decision is empty while there is none.
type DocumentedObjection struct {
	FiledAt        time.Time  `json:"filed_at"`
	Reasons        string     `json:"reasons"`
	Answer         string     `json:"answer"`
	Decision       string     `json:"decision"`
	DecisionReason string     `json:"decision_reason"`
	DecidedAt      *time.Time `json:"decided_at"`
}

// DocumentedTraining is the approved development plan.
type DocumentedTraining struct {
	Hours   int                `json:"hours"`
	Comment string             `json:"comment"`
	Items   []DocumentedCourse `json:"items"`
}

// DocumentedCourse is one training of the plan.
type DocumentedCourse struct {
	Title      string    `json:"title"`
	Competency string    `json:"competency"`
	Form       string    `json:"form"`
	Hours      int       `json:"hours"`
	Starts     time.Time `json:"starts"`
	Ends       time.Time `json:"ends"`
}

// DocumentDigest is the SHA-256 of what a paper says.
type DocumentDigest [sha256.Size]byte

// Digest returns the digest of the content.
func (d Document) Digest() (DocumentDigest, error) {
	content, err := json.Marshal(d)
	if err != nil {
		return DocumentDigest{}, fmt.Errorf("digest a document: %w", err)
	}
	return sha256.Sum256(content), nil
}

// PlanNumber returns the version of the plan that the paper shows, 0 if it shows none.
func (d Document) PlanNumber() int {
	if d.Plan == nil {
		return 0
	}
	return d.Plan.Number
}

// RatingNumber returns the version of the rating that the paper shows, 0 if it shows none.
func (d Document) RatingNumber() int { return len(d.Ratings) }

// Issue is what makes a document one paper: its number among the papers of its kind, its code and when it was issued.
type Issue struct {
	Number int
	Code   DocumentCode
	At     time.Time
	Digest DocumentDigest
}

// MaskName hides a name but for the first letter of each word, so that who holds the paper can compare and nobody else learns it.
func MaskName(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		letters := []rune(w)
		n := 1
		for n < len(letters) && unicode.Is(unicode.Mn, letters[n]) {
			n++
		}
		words[i] = string(letters[:n]) + "***"
	}
	return strings.Join(words, " ")
}
