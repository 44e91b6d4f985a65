package appraisal

import (
	"cmp"
	"slices"
	"time"
)

// CompetencyCode names a competency of the office's dictionary (PermenPANRB 38/2017).
type CompetencyCode string

// AssessmentSource says who found a competency level.
type AssessmentSource string

const (
	SourceAppraiser        AssessmentSource = "appraiser"
	SourceAssessmentCentre AssessmentSource = "assessment_centre" // assessment center
	SourceCompetencyTest   AssessmentSource = "competency_test"   // uji kompetensi
)

// Word returns the translation key of the source's name.
func (s AssessmentSource) Word() string { return "policy.assessment." + string(s) }

// AssessmentResult is one level, 1 to 5, found by an assessment centre or a competency test on a day.
type AssessmentResult struct {
	Source AssessmentSource `json:"source"`
	Level  int              `json:"level"`
	On     time.Time        `json:"on"`
}

// Assessed is everything known about one competency of a person. Appraiser is the level from the appraiser's review, 0 when
// there is none.
type Assessed struct {
	Appraiser int
	Results   []AssessmentResult
}

// latest returns the most recent result. Of two on one day the lower counts, so that no gap is hidden and the order of the
// results does not matter.
func (a Assessed) latest() *AssessmentResult {
	var found *AssessmentResult
	for i := range a.Results {
		r := &a.Results[i]
		if found == nil || r.On.After(found.On) || r.On.Equal(found.On) && r.Level < found.Level {
			found = r
		}
	}
	return found
}

// Gap compares the level that a position requires with the level that a person was assessed at, both 1 to 5. The most recent
// result of an assessment centre or competency test counts, and the appraiser's rating when there is none; both are kept
// to be shown.
type Gap struct {
	Competency CompetencyCode    `json:"competency"`
	Required   int               `json:"required"`
	Level      int               `json:"level"`            // the level that counts; 0 when nobody assessed
	Counted    AssessmentSource  `json:"counted"`          // where Level comes from; empty when nobody assessed
	Appraiser  int               `json:"appraiser"`        // 0 when not rated
	Result     *AssessmentResult `json:"result,omitempty"` // the most recent one
	Size       int               `json:"size"`             // required − level; negative is a strength, 0 when nobody assessed
}

// Missing reports that nobody assessed the competency: neither a gap nor a strength is known.
func (g Gap) Missing() bool { return g.Counted == "" }

// Open reports that the assessed level is below the required one.
func (g Gap) Open() bool { return g.Size > 0 }

// Says explains the gap in words.
func (g Gap) Says() Sentence {
	inputs := map[string]Input{
		"competency": InputText(string(g.Competency)),
		"required":   InputCount(g.Required),
	}
	if g.Missing() {
		return Sentence{Key: "policy.gap.missing", Inputs: inputs}
	}
	inputs["level"] = InputCount(g.Level)
	inputs["source"] = InputWord(g.Counted.Word())
	if !g.Open() {
		return Sentence{Key: "policy.gap.closed", Inputs: inputs}
	}
	inputs["size"] = InputCount(g.Size)
	return Sentence{Key: "policy.gap.open", Inputs: inputs}
}

// Gaps returns one Gap per required competency, the largest first, then those not assessed, then those without a gap, each
// group by code (DOMAIN section 7: required level of the position − assessed level).
func Gaps(required map[CompetencyCode]int, assessed map[CompetencyCode]Assessed) []Gap {
	gaps := make([]Gap, 0, len(required))
	for code, level := range required {
		a := assessed[code]
		g := Gap{Competency: code, Required: level, Appraiser: a.Appraiser, Result: a.latest()}
		switch {
		case g.Result != nil:
			g.Level, g.Counted = g.Result.Level, g.Result.Source
		case a.Appraiser > 0:
			g.Level, g.Counted = a.Appraiser, SourceAppraiser
		}
		if !g.Missing() {
			g.Size = required[code] - g.Level
		}
		gaps = append(gaps, g)
	}
	slices.SortFunc(gaps, byUrgency)
	return gaps
}

func byUrgency(a, b Gap) int {
	return cmp.Or(
		cmp.Compare(b.Size, a.Size),
		compareBool(b.Missing(), a.Missing()),
		cmp.Compare(a.Competency, b.Competency),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}
