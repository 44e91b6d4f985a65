package appraisal

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Realisation is what was achieved on one indicator, a decimal string in the indicator's unit; empty means not given.
type Realisation struct {
	Indicator string `json:"indicator"`
	Value     string `json:"value"`
	Note      string `json:"note,omitempty"`
}

// Progress is one entry of the execution stage.
type Progress struct {
	Indicator string `json:"indicator"`
	Value     string `json:"value"`
	Note      string `json:"note,omitempty"`
	Evidence  string `json:"evidence,omitempty"` // a link that the reader can open
}

// Validate reports the faults of a progress entry.
func (p Progress) Validate() error {
	var f Faults
	if p.Indicator == "" {
		f.Add("indicator", "error.required", nil)
	}
	if p.Value == "" && strings.TrimSpace(p.Note) == "" {
		f.Add("value", "error.progress_empty", nil)
	}
	if p.Value != "" && !plainDecimal(p.Value) {
		f.Add("value", "error.number", nil)
	}
	limitText(&f, "note", p.Note, MaxText)
	limitText(&f, "evidence", p.Evidence, MaxLine)
	if p.Evidence != "" && LinkFault(p.Evidence) != "" {
		f.Add("evidence", LinkFault(p.Evidence), nil)
	}
	return f.Err()
}

// SelfReview is the employee's own account of the period.
type SelfReview struct {
	Realisations []Realisation `json:"realisations"`
	Achievements string        `json:"achievements"`
	Obstacles    string        `json:"obstacles,omitempty"`
	Development  string        `json:"development,omitempty"` // what one did to develop: evidence, DOMAIN section 7
}

// Validate reports every fault of a self-review.
func (r SelfReview) Validate() error {
	var f Faults
	requireText(&f, "achievements", r.Achievements, MaxText)
	limitText(&f, "obstacles", r.Obstacles, MaxText)
	limitText(&f, "development", r.Development, MaxText)
	given := map[string]bool{}
	for i, v := range r.Realisations {
		if given[v.Indicator] {
			f.Add(fmt.Sprintf("realisations[%d].indicator", i), "error.indicator_twice", nil)
		}
		given[v.Indicator] = true
		if v.Value != "" && !plainDecimal(v.Value) {
			f.Add(fmt.Sprintf("realisations[%d].value", i), "error.number", nil)
		}
		limitText(&f, fmt.Sprintf("realisations[%d].note", i), v.Note, MaxText)
	}
	return f.Err()
}

// CompetencyRating is the level that the appraiser sees a person at, 1 to 5.
type CompetencyRating struct {
	Competency string `json:"competency"`
	Level      int    `json:"level"`
}

// Review is the appraiser's judgement: under a matrix both dimensions, under a numeric policy every realisation, the behaviour
// score and the finding about an innovation; and each competency that the position requires. Reason is asked for where the
// rating contradicts the evidence.
type Review struct {
	WorkResult     Expectation           `json:"work_result,omitempty"`
	Behaviour      Expectation           `json:"behaviour,omitempty"`
	Realisations   []ReviewedRealisation `json:"realisations,omitempty"`
	BehaviourScore Decimal               `json:"behaviour_score,omitempty"`
	Innovation     *Innovation           `json:"innovation,omitempty"`
	Comment        string                `json:"comment"`
	Reason         string                `json:"reason,omitempty"`
	Competencies   []CompetencyRating    `json:"competencies"`
}

// Valid reports whether e is one of the three levels.
func (e Expectation) Valid() bool {
	return e == ExpectationBelow || e == ExpectationMeets || e == ExpectationAbove
}

// Validate reports every fault of a review under a matrix for a position that requires the given competencies; met of total key
// results have reached their targets.
func (r Review) Validate(required []string, met, total int) error {
	var f Faults
	if !r.WorkResult.Valid() {
		f.Add("work_result", "error.expectation", nil)
	}
	if !r.Behaviour.Valid() {
		f.Add("behaviour", "error.expectation", nil)
	}
	if len(r.Realisations) > 0 {
		f.Add("realisations", "error.review_not_scored", nil)
	}
	if r.BehaviourScore != "" {
		f.Add("behaviour_score", "error.review_not_scored", nil)
	}
	if r.Innovation != nil {
		f.Add("innovation", "error.review_not_scored", nil)
	}
	if strings.TrimSpace(r.Reason) == "" && ContradictsEvidence(r.WorkResult, met, total) {
		f.Add("reason", "error.review_contradicts", map[string]any{"met": met, "total": total})
	}
	r.validateRest(&f, required)
	return f.Err()
}

// validateRest reports the faults of what every review has, whatever its policy.
func (r Review) validateRest(f *Faults, required []string) {
	requireText(f, "comment", r.Comment, MaxText)
	limitText(f, "reason", r.Reason, MaxText)
	given := map[string]int{}
	for i, c := range r.Competencies {
		if c.Level < 1 || c.Level > 5 {
			f.Add(fmt.Sprintf("competencies[%d].level", i), "error.level", nil)
		}
		given[c.Competency]++
	}
	for _, code := range required {
		if given[code] != 1 {
			f.Add("competencies."+code, "error.competency_once", map[string]any{"code": code})
		}
		delete(given, code)
	}
	for _, code := range slices.Sorted(maps.Keys(given)) {
		f.Add("competencies."+code, "error.competency_not_required", map[string]any{"code": code})
	}
}

// RequireReason refuses an empty or over-long reason, naming the field.
func RequireReason(field, reason string) error {
	var f Faults
	requireText(&f, field, reason, MaxText)
	return f.Err()
}

// LimitReason refuses an over-long reason where none is required.
func LimitReason(field, reason string) error {
	var f Faults
	limitText(&f, field, reason, MaxText)
	return f.Err()
}
