package appraisal

import "fmt"

// PolicyKind says how a policy comes to a predikat.
type PolicyKind string

const (
	PolicyMatrix  PolicyKind = "matrix"  // the appraiser's two ratings meet in a matrix
	PolicyNumeric PolicyKind = "numeric" // a score is calculated and falls into a band
)

// Policy is one version of the rules of appraisal: everything that a regulation or an office may decide otherwise. A Policy
// comes from ParsePolicy, which refuses a contradictory one; treat it as read-only. A running cycle keeps the version
// that it was launched with.
type Policy struct {
	Name          string                                   `json:"name"`
	Version       int                                      `json:"version"`
	Kind          PolicyKind                               `json:"kind"`
	Source        string                                   `json:"source"`  // the regulation
	Governs       []EmployeeKind                           `json:"governs"` // applied to others by analogy, and said so
	Matrix        map[Expectation]map[Expectation]Predikat `json:"matrix,omitempty"`
	Scoring       *Scoring                                 `json:"scoring,omitempty"`
	Distribution  Distribution                             `json:"distribution"`
	Peers         PeerRules                                `json:"peers"`
	Objection     ObjectionRules                           `json:"objection"`
	CohortMinimum int                                      `json:"cohort_minimum"` // smaller cohorts join the next unit up
	Calibration   CalibrationRules                         `json:"calibration"`
	Periods       PeriodRules                              `json:"periods"`
	Learning      LearningRules                            `json:"learning"`
	Allowance     map[Predikat]Decimal                     `json:"allowance,omitempty"` // percent of the allowance paid
	Consequences  []Consequence                            `json:"consequences,omitempty"`

	figures *scoringFigures // the decimals of Scoring, parsed once
}

// Scoring is how a numeric policy calculates. Percentages and bounds are decimal strings.
type Scoring struct {
	Weights          DimensionWeights `json:"weights"`
	WeightsWithPeers DimensionWeights `json:"weights_with_peers"` // where peers and subordinates are considered
	Lowest           Decimal          `json:"lowest"`             // cap of an achievement, and least behaviour score
	Highest          Decimal          `json:"highest"`
	Rounding         Rounding         `json:"rounding"`
	Bands            []Band           `json:"bands"` // the best first; each begins where the next one ends
}

// DimensionWeights are the shares, in percent, of the two dimensions in a score.
type DimensionWeights struct {
	WorkResult Decimal `json:"work_result"`
	Behaviour  Decimal `json:"behaviour"`
}

// RoundingMode names a way to round; one is known.
type RoundingMode string

const RoundHalfAway RoundingMode = "half_away_from_zero"

// Rounding is done once, at the end; bands apply to the rounded number.
type Rounding struct {
	Places int          `json:"places"`
	Mode   RoundingMode `json:"mode"`
}

// Band gives its predikat to every score from From up to the band above. NeedsInnovation asks for a recorded innovation of
// benefit to the organisation; without one, Otherwise is given.
type Band struct {
	Predikat        Predikat `json:"predikat"`
	From            Decimal  `json:"from"`
	NeedsInnovation bool     `json:"needs_innovation,omitempty"`
	Otherwise       Predikat `json:"otherwise,omitempty"`
}

// PeerRules are how peers and subordinates are asked for their opinion.
type PeerRules struct {
	Asked          int                      `json:"asked"`           // people asked by default
	MinimumAnswers int                      `json:"minimum_answers"` // fewer withhold the category
	MostOwed       int                      `json:"most_owed"`       // appraisals one person may be asked about
	ScaleLowest    int                      `json:"scale_lowest"`
	ScaleHighest   int                      `json:"scale_highest"`
	Weights        map[PeerCategory]Decimal `json:"weights"` // percent, sum 100
}

// ObjectionRules are the legal windows of an objection.
type ObjectionRules struct {
	WindowDays    int      `json:"window_days"`
	WindowCount   DayCount `json:"window_count"`
	DecisionDays  int      `json:"decision_days"`
	DecisionCount DayCount `json:"decision_count"`
}

// LearningRules are how many learning hours (JP) a year asks for and allows, and how a plan mixes its forms. 0 means no bound.
type LearningRules struct {
	PNSMinimum  int         `json:"pns_minimum"`
	PNSPlanned  int         `json:"pns_planned"`  // most hours that a recommendation fills
	PPPKMaximum int         `json:"pppk_maximum"` // most hours of a PPPK
	Mix         LearningMix `json:"mix"`
}

// LearningMix is the guide to a plan's mixture, in percent of its hours.
type LearningMix struct {
	Experience int `json:"experience"`
	Social     int `json:"social"`
	Formal     int `json:"formal"`
}

// Ref names the policy with its version, "permen6-2022@1": what a running cycle keeps.
func (p *Policy) Ref() string { return fmt.Sprintf("%s@%d", p.Name, p.Version) }

// GovernsKind reports whether the policy's regulation is about this kind of employee. To others it is applied by analogy.
func (p *Policy) GovernsKind(kind EmployeeKind) bool {
	for _, k := range p.Governs {
		if k == kind {
			return true
		}
	}
	return false
}

// Outcomes lists the predikats that the policy can give, the best first.
func (p *Policy) Outcomes() []Predikat {
	possible := map[Predikat]bool{}
	for _, row := range p.Matrix {
		for _, outcome := range row {
			possible[outcome] = true
		}
	}
	if p.Scoring != nil {
		for _, b := range p.Scoring.Bands {
			possible[b.Predikat] = true
		}
	}
	var outcomes []Predikat
	for _, outcome := range Predikats() {
		if possible[outcome] {
			outcomes = append(outcomes, outcome)
		}
	}
	return outcomes
}

// Rate returns the predikat where work result (row) and behaviour (column) meet, with its explanation. It fails with
// CodeInvalid for a policy that has no matrix and for a level that is none.
func (p *Policy) Rate(workResult, behaviour Expectation) (Predikat, Explanation, error) {
	var faults Faults
	if p.Kind != PolicyMatrix {
		faults.Add("policy", "policy.fault.not_matrix", map[string]any{"policy": p.Name})
	}
	checkExpectation(&faults, "work_result", workResult)
	checkExpectation(&faults, "behaviour", behaviour)
	if err := faults.Err(); err != nil {
		return "", nil, err
	}
	outcome := p.Matrix[workResult][behaviour]
	return outcome, Explanation{{
		Subject: "predikat",
		Sentence: Sentence{Key: "policy.explain.matrix", Inputs: map[string]Input{
			"work_result": InputWord(workResult.Word()),
			"behaviour":   InputWord(behaviour.Word()),
			"predikat":    InputWord(outcome.Word()),
		}},
		Rule:   "policy.rule.matrix",
		Source: p.Source,
		Value:  InputWord(outcome.Word()),
	}}, nil
}

func checkExpectation(f *Faults, field string, e Expectation) {
	switch {
	case e == "":
		f.Add(field, "policy.fault.expectation_missing", nil)
	case !e.Valid():
		f.Add(field, "policy.fault.expectation_unknown", map[string]any{"given": string(e)})
	}
}

// ContradictsEvidence reports whether a work-result rating disagrees with the key results that were met: above with fewer
// than half of them, or below with all of them. Such a rating asks the appraiser for a written reason; it is never changed.
func ContradictsEvidence(workResult Expectation, met, total int) bool {
	if total <= 0 {
		return false
	}
	switch workResult {
	case ExpectationAbove:
		return 2*met < total
	case ExpectationBelow:
		return met >= total
	default:
		return false
	}
}
