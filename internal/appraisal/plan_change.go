package appraisal

import "time"

// PlanChange is a proposal to change a plan in the middle of the period: the whole plan as it shall be, since when and why.
// Parts that go on carry their ids.
type PlanChange struct {
	Reason      string      `json:"reason"`
	EffectiveOn string      `json:"effective_on"` // a day, YYYY-MM-DD
	KeyResults  []KeyResult `json:"key_results"`
}

// Validate reports every fault of a change of the plan in force, under a policy of the kind, for somebody at a level, whose day lies from first to last. It
// returns the new version matched with the one in force.
func (c PlanChange) Validate(inForce []KeyResult, kind PolicyKind, level PositionLevel, first, last time.Time) ([]KeyResult, error) {
	var f Faults
	requireText(&f, "reason", c.Reason, MaxText)
	if day, err := time.Parse(time.DateOnly, c.EffectiveOn); err != nil {
		f.Add("effective_on", "error.change_day_form", nil)
	} else if day.Before(first) || day.After(last) {
		f.Add("effective_on", "error.change_day", map[string]any{"first": first, "last": last})
	}
	f.merge(ValidatePlan(c.KeyResults, kind, level))
	next, err := ContinuePlan(inForce, c.KeyResults)
	f.merge(err)
	if f.Err() == nil && !Differs(ComparePlans(inForce, next)) {
		f.Add("key_results", "error.change_nothing", nil)
	}
	return next, f.Err()
}

// PlanChangeState is what became of a proposed change.
type PlanChangeState string

const (
	PlanChangeOpen      PlanChangeState = "open"
	PlanChangeAgreed    PlanChangeState = "agreed"
	PlanChangeDeclined  PlanChangeState = "declined"
	PlanChangeWithdrawn PlanChangeState = "withdrawn" // by who proposed it
	PlanChangeLapsed    PlanChangeState = "lapsed"    // the execution stage ended before it was answered
)
