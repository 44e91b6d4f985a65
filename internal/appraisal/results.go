package appraisal

import "time"

// ResultsFormat is a format in which the results of a cycle are handed out.
type ResultsFormat string

const (
	ResultsXLSX ResultsFormat = "xlsx"
	ResultsCSV  ResultsFormat = "csv"
)

// Valid reports whether f is one of the formats.
func (f ResultsFormat) Valid() bool { return f == ResultsXLSX || f == ResultsCSV }

// ResultsHead is what a table of results says about itself.
type ResultsHead struct {
	Cycle         string
	CycleCode     string
	PeriodStart   time.Time
	PeriodEnd     time.Time
	Policy        string
	PolicyVersion string
	Predikats     []Predikat // that the policy can give, the best first
	Unit          string     // whose people are in it, with all units below; empty is everybody
	By            string     // who asked for it
	At            time.Time
}

// ResultsRow is one appraisal in a table of results. Ratings that do not exist, or that the reader may not know, are nil. Who gave
// an opinion, and what it was, is in none of them.
type ResultsRow struct {
	NIP          string
	Name         string
	Grade        string
	Post         string
	PositionKind PositionKind
	UnitCode     string
	Unit         string
	Appraiser    string
	Stage        Stage
	Reviewed     *RatedCell // by the appraiser
	Calibrated   *RatedCell // after the session
	Final        *RatedCell // in force, once it is released
	Objection    ObjectionState
	Hours        *int // of the approved development plan
	Withheld     bool // the reader's own, which has not been released
}

// RatedCell is a rating as a table shows it.
type RatedCell struct {
	WorkResult Expectation
	Behaviour  Expectation
	Predikat   Predikat
	// Where the policy calculates a score the levels are empty and these are given, rounded for showing.
	Score           Decimal
	WorkResultScore Decimal
	BehaviourScore  Decimal
}

// ObjectionState says whether there was an objection and how it ended.
type ObjectionState string

const (
	ObjectionNone    ObjectionState = "none"
	ObjectionOpen    ObjectionState = "open"
	ObjectionUpheld  ObjectionState = "upheld" // the result was upheld
	ObjectionChanged ObjectionState = "changed"
)

// Word returns the translation key of the state's name.
func (s ObjectionState) Word() string { return "results.objection." + string(s) }
