package appraisal

import (
	"fmt"
	"math/big"
	"time"
)

// MonthOfService is what the service counters recorded of one person in one month. MeanDays is empty where nothing was completed.
type MonthOfService struct {
	Month     time.Time `json:"month"` // its first day
	Version   int       `json:"version"`
	Received  int       `json:"received"`
	Completed int       `json:"completed"`
	OnTime    int       `json:"on_time"`
	MeanDays  Decimal   `json:"mean_days,omitempty"`
	File      string    `json:"file"`
	Row       int       `json:"row"`
}

// MeasuredPeriod is the period of an appraisal as far as it has come: whole months, from that of its first day to that of its
// last. A month that is not over on Now's day cannot be missing yet.
type MeasuredPeriod struct{ Start, End, Now time.Time }

// over returns the months of the period that are over.
func (p MeasuredPeriod) over() []time.Time {
	var months []time.Time
	for m := monthOf(p.Start); !m.After(p.End) && m.Before(monthOf(p.Now)); m = m.AddDate(0, 1, 0) {
		months = append(months, m)
	}
	return months
}

// Missing returns the months of the period that are over and in which nothing was recorded, as "2026-03".
func (p MeasuredPeriod) Missing(months []MonthOfService) []string {
	recorded := map[time.Time]bool{}
	for _, m := range months {
		recorded[monthOf(m.Month)] = true
	}
	var missing []string
	for _, m := range p.over() {
		if !recorded[m] {
			missing = append(missing, m.Format("2006-01"))
		}
	}
	return missing
}

// partly reports whether the period begins or ends within a month.
func (p MeasuredPeriod) partly() bool { return p.Start.Day() != 1 || p.End.AddDate(0, 0, 1).Day() != 1 }

// AnswersRead is a file that survey answers were read from, with the first and the last of their rows.
type AnswersRead struct {
	File        string `json:"file"`
	First       int    `json:"first"`
	Last        int    `json:"last"`
	Respondents int    `json:"respondents"`
}

// Measured is the realisation of an indicator as its source measures it. Without a Value nothing was measured: the figure is
// missing, not zero.
type Measured struct {
	Source        Source           `json:"source"`
	Value         Decimal          `json:"value,omitempty"`          // rounded once to 2 places, halves away from zero, as it is shown
	Exact         string           `json:"exact,omitempty"`          // the fraction before rounding; targets are compared with it
	Months        []MonthOfService `json:"months,omitempty"`         // what it was computed from
	MissingMonths []string         `json:"missing_months,omitempty"` // over, and nothing recorded: "2026-03"
	Unit          string           `json:"unit,omitempty"`           // whose figure it is, where it is a unit's
	Read          []AnswersRead    `json:"read,omitempty"`           // where the unit's answers were read
	Explanation   Explanation      `json:"explanation"`
}

// MeasureService computes a person's measured figure over a period from the months recorded in it, in their order. Months that
// lack are said, not counted as zero; what is a mean or a share of nothing has no value.
func MeasureService(source Source, months []MonthOfService, period MeasuredPeriod) Measured {
	m := Measured{Source: source, Months: months}
	var sums ServiceSums
	for _, month := range months {
		sums = sums.Plus(month.sums())
		m.sayMonth(month)
	}
	m.MissingMonths = period.Missing(months)
	for _, missing := range m.MissingMonths {
		if month, err := time.Parse("2006-01", missing); err == nil {
			m.say(missing, "measured.month_missing", Input{}, monthInputs(month))
		}
	}
	if period.partly() && len(months) > 0 {
		m.say("period", "measured.whole_months", Input{}, nil)
	}
	counts := map[string]Input{
		"received": InputCount(sums.Received), "completed": InputCount(sums.Completed), "on_time": InputCount(sums.OnTime),
	}
	if source == SourceMeanDays && sums.Weighed > 0 {
		counts["weighted"], counts["completed"] = inputRat(sums.Weighted), InputCount(sums.Weighed)
	}
	m.conclude(sums.Exact(source), counts)
	return m
}

// MeasureSatisfaction takes the unit's index for the figure of an indicator: it is rounded as the regulation says before anybody
// compares it.
func MeasureSatisfaction(unit string, index SatisfactionIndex, read []AnswersRead) Measured {
	m := Measured{Source: SourceUnitIKM, Unit: unit, Read: read}
	for _, r := range read {
		m.say("answers", "measured.answers_read", Input{}, map[string]Input{
			"file": InputText(r.File), "first": InputCount(r.First), "last": InputCount(r.Last), "respondents": InputCount(r.Respondents),
		})
	}
	m.Explanation = append(m.Explanation, index.Explanation...)
	if index.Index == "" {
		m.say("figure", "measured.nothing", Input{}, nil)
	} else {
		m.Value, m.Exact = index.Index, string(index.Index)
		m.say("figure", "measured.unit_ikm", InputDecimal(index.Index), map[string]Input{
			"unit": InputText(unit), "respondents": InputCount(index.Respondents), "value": InputDecimal(index.Index),
		})
	}
	for i := range m.Explanation {
		m.Explanation[i].Source = index.Source
	}
	return m
}

// Given reports whether there is a figure.
func (m *Measured) Given() bool { return m != nil && m.Value != "" }

// Rat returns the exact figure, nil when there is none.
func (m *Measured) Rat() *big.Rat {
	if !m.Given() {
		return nil
	}
	r, ok := new(big.Rat).SetString(m.Exact)
	if !ok {
		return nil
	}
	return r
}

// SameFigure reports whether both come to exactly the same.
func (m *Measured) SameFigure(other *Measured) bool {
	if m == nil || other == nil {
		return m == other
	}
	return m.Exact == other.Exact
}

// conclude rounds the figure, or says that there is none.
func (m *Measured) conclude(exact *big.Rat, inputs map[string]Input) {
	if exact == nil {
		m.say("figure", "measured.nothing", Input{}, nil)
		return
	}
	m.Exact, m.Value = exact.RatString(), shownFigure(exact)
	inputs["exact"], inputs["value"] = inputRat(exact), InputDecimal(m.Value)
	m.say("figure", "measured."+string(m.Source), InputDecimal(m.Value), inputs)
}

func (m *Measured) sayMonth(month MonthOfService) {
	inputs := monthInputs(month.Month)
	inputs["received"], inputs["completed"], inputs["on_time"] = InputCount(month.Received), InputCount(month.Completed), InputCount(month.OnTime)
	inputs["file"], inputs["row"] = InputText(month.File), InputCount(month.Row)
	key := "measured.month_none_completed"
	if month.MeanDays != "" {
		key, inputs["mean_days"] = "measured.month", InputDecimal(month.MeanDays)
	}
	m.say(month.Month.Format("2006-01"), key, Input{}, inputs)
}

func monthInputs(month time.Time) map[string]Input {
	return map[string]Input{
		"month": InputWord(fmt.Sprintf("measured.month_name.%d", month.Month())), "year": InputText(fmt.Sprint(month.Year())),
	}
}

func (m *Measured) say(subject, key string, value Input, inputs map[string]Input) {
	m.Explanation = append(m.Explanation, ExplanationStep{
		Subject: subject, Sentence: Sentence{Key: key, Inputs: inputs}, Rule: "measured.rule." + string(m.Source), Value: value,
	})
}
