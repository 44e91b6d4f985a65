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

	PlanChangeID string // of a proposal to change a plan
	DelegationID string
)

// PipelineID returns the workflow id of one person's pipeline.
func PipelineID(cycle CycleID, employee PersonID) string {
	return "appraisal/" + string(cycle) + "/" + string(employee)
}

// CycleWorkflowID returns the workflow id of a cycle.
func CycleWorkflowID(cycle CycleID) string { return "cycle/" + string(cycle) }

// CalibrationID returns the workflow id of a cohort's calibration.
func CalibrationID(cycle CycleID, cohort CohortID) string {
	return "calibration/" + string(cycle) + "/" + string(cohort)
}
