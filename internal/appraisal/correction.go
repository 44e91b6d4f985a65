package appraisal

import (
	"slices"
	"strings"
	"time"
)

// CorrectionTime is how long the office has to answer a request for correction: 3×24 hours by the clock (UU 27/2022 article 30,
// DOMAIN section 10).
const CorrectionTime = 3 * 24 * time.Hour

// CorrectionID names a request for correction.
type CorrectionID string

// CorrectionField is what somebody says is wrong in their data.
type CorrectionField string

// Fields of the roster, and facts of one appraisal.
const (
	CorrectName       CorrectionField = "name"
	CorrectNIP        CorrectionField = "nip"
	CorrectBirthDate  CorrectionField = "birth_date"
	CorrectEmail      CorrectionField = "email"
	CorrectEmployment CorrectionField = "employment"
	CorrectGrade      CorrectionField = "grade"
	CorrectUnit       CorrectionField = "unit"
	CorrectPosition   CorrectionField = "position"
	CorrectSince      CorrectionField = "position_since"
	CorrectSuperior   CorrectionField = "superior"
	CorrectTraining   CorrectionField = "training"
	CorrectCompetency CorrectionField = "competency"

	CorrectAppraiser CorrectionField = "appraiser"
	CorrectReviewer  CorrectionField = "reviewer"
	CorrectPeriod    CorrectionField = "period" // the months served
	CorrectFigure    CorrectionField = "figure" // measured or recorded
	CorrectFact      CorrectionField = "fact"   // any other; a rating is no fact but is objected to
)

// CorrectionFields lists the fields, those of the roster first.
var CorrectionFields = []CorrectionField{
	CorrectName, CorrectNIP, CorrectBirthDate, CorrectEmail, CorrectEmployment, CorrectGrade, CorrectUnit, CorrectPosition, CorrectSince,
	CorrectSuperior, CorrectTraining, CorrectCompetency, CorrectAppraiser, CorrectReviewer, CorrectPeriod, CorrectFigure, CorrectFact,
}

// Word returns the translation key of the field's name.
func (f CorrectionField) Word() string { return "correction.field." + string(f) }

// OfAppraisal reports whether the field is a fact of one appraisal.
func (f CorrectionField) OfAppraisal() bool {
	return slices.Index(CorrectionFields, f) >= slices.Index(CorrectionFields, CorrectAppraiser)
}

// CorrectionState is what became of a request.
type CorrectionState string

const (
	CorrectionOpen      CorrectionState = "open"
	CorrectionAccepted  CorrectionState = "accepted"
	CorrectionRefused   CorrectionState = "refused"
	CorrectionWithdrawn CorrectionState = "withdrawn"
)

// Word returns the translation key of the state's name.
func (s CorrectionState) Word() string { return "correction.state." + string(s) }

// Correction is what a person asks to have corrected.
type Correction struct {
	Field     CorrectionField `json:"field"`
	Appraisal AppraisalID     `json:"appraisal,omitempty"` // of a fact of an appraisal
	Recorded  string          `json:"recorded"`            // what the record says, in the person's words
	Wanted    string          `json:"wanted"`              // what would be right
	Reason    string          `json:"reason,omitempty"`    // how that can be seen
}

// Validate reports every fault of the request.
func (c Correction) Validate() error {
	var f Faults
	switch known := slices.Contains(CorrectionFields, c.Field); {
	case c.Field == "":
		f.Add("field", "correction.error.field", nil)
	case !known:
		f.Add("field", "error.unknown_word", map[string]any{"value": string(c.Field)})
	case c.Field.OfAppraisal() && c.Appraisal == "":
		f.Add("appraisal", "correction.error.appraisal", nil)
	case !c.Field.OfAppraisal() && c.Appraisal != "":
		f.Add("appraisal", "correction.error.not_appraisal", nil)
	}
	requireText(&f, "recorded", c.Recorded, MaxLine)
	requireText(&f, "wanted", c.Wanted, MaxLine)
	limitText(&f, "reason", c.Reason, MaxText)
	if len(f.fields) == 0 && strings.TrimSpace(c.Recorded) == strings.TrimSpace(c.Wanted) {
		f.Add("wanted", "correction.error.same", nil)
	}
	return f.Err()
}

// CorrectionAnswer is the office's word on a request: how it was corrected, or why it is not.
type CorrectionAnswer struct {
	Accept bool   `json:"accept"`
	Answer string `json:"answer"`
}

// Validate reports every fault of the answer.
func (a CorrectionAnswer) Validate() error {
	var f Faults
	requireText(&f, "answer", a.Answer, MaxText)
	return f.Err()
}
