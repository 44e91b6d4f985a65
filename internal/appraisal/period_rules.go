package appraisal

// PeriodRules are what a policy says of periods: what the periodic ratings are to the yearly one, when a month counts as served,
// and what becomes of the targets of who served only a part.
type PeriodRules struct {
	RollUp     RollUpRule     `json:"roll_up"`
	Month      MonthRule      `json:"month"`
	PartPeriod PartPeriodRule `json:"part_period"`
}

// RollUpRule says what the ratings of shorter periods are to the rating of the period around them.
type RollUpRule string

const (
	RollUpNone     RollUpRule = "none"           // nothing: each period stands for itself
	RollUpEvidence RollUpRule = "evidence"       // the appraiser judges the year with them in view (PermenPAN-RB 6/2022)
	RollUpMean     RollUpRule = "mean_by_months" // the year's work result is their mean, weighted by the months served (PP 30/2019)
)

// Word returns the translation key of the rule's sentence.
func (r RollUpRule) Word() string { return "period.roll_up." + string(r) }

// PartPeriodRule says what happens to the targets of who served only a part of the period.
type PartPeriodRule string

const (
	PartPeriodNone     PartPeriodRule = "none"     // targets stand as agreed
	PartPeriodQuantity PartPeriodRule = "quantity" // targets of quantity shrink to the months served
)

// MonthCount names a way to count months.
type MonthCount string

const (
	MonthLeastDays MonthCount = "least_days" // a month counts with so many days
	MonthHalf      MonthCount = "half"       // a month counts with half of its days
)

// MonthRule says when a calendar month counts as served.
type MonthRule struct {
	Counts    MonthCount `json:"counts"`
	LeastDays int        `json:"least_days,omitempty"`
}

const mostDaysOfMonth = 31

func (v *policyValidator) periods() {
	r := v.policy.Periods
	switch {
	case r.RollUp != RollUpNone && r.RollUp != RollUpEvidence && r.RollUp != RollUpMean:
		v.unknown("periods.roll_up", string(r.RollUp), joinWords([]RollUpRule{RollUpNone, RollUpEvidence, RollUpMean}))
	case r.RollUp == RollUpMean && v.policy.Kind == PolicyMatrix: // two words have no mean
		v.add("periods.roll_up", "period.fault.mean_of_words", nil)
	}
	switch r.Month.Counts {
	case MonthLeastDays:
		v.within("periods.month.least_days", r.Month.LeastDays, 1, mostDaysOfMonth)
	case MonthHalf:
		if r.Month.LeastDays != 0 {
			v.add("periods.month.least_days", "period.fault.days_unused", nil)
		}
	default:
		v.unknown("periods.month.counts", string(r.Month.Counts), joinWords([]MonthCount{MonthLeastDays, MonthHalf}))
	}
	if r.PartPeriod != PartPeriodNone && r.PartPeriod != PartPeriodQuantity {
		v.unknown("periods.part_period", string(r.PartPeriod), joinWords([]PartPeriodRule{PartPeriodNone, PartPeriodQuantity}))
	}
}
