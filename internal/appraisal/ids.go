package appraisal

// Ids are random UUIDs in their text form. They are opaque: nothing about a person can be read from one, and none is a NIP.
type (
	PersonID    string // an employee or an external official
	UnitID      string
	CycleID     string
	AppraisalID string
	StepID      string
	CohortID    string
	PlanID      string
)
