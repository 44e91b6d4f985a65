package appraisal

// LearningItem is a training that an approved development plan of this year holds.
type LearningItem struct {
	Code  TrainingCode
	Hours int
}

// TakenState says how far the record of a training that was taken has come.
type TakenState string

const (
	TakenRecorded TakenState = "recorded" // by the person's own word
	TakenVerified TakenState = "verified" // by the superior or HR
	TakenRefused  TakenState = "refused"
)

// Word returns the translation key of the state.
func (s TakenState) Word() string { return "learning.state." + string(s) }

// TakenItem is a training that was taken this year; Code is empty for one outside the catalogue.
type TakenItem struct {
	Code  TrainingCode
	Hours int
	State TakenState
}

// LearningHours are a person's learning hours (JP) of one year. Counted is what stands against the year's minimum and maximum when
// more is planned: what is planned, and what was taken beyond it.
type LearningHours struct {
	Planned  int
	Taken    int // recorded or verified
	Verified int
	Counted  int
	Codes    []TrainingCode // planned or taken, none twice
}

// Learning adds up a year. A planned training that was taken counts once, with the hours that were taken; a refused record counts
// for nothing.
func Learning(planned []LearningItem, taken []TakenItem) LearningHours {
	var h LearningHours
	counted := map[TrainingCode]int{}
	note := func(code TrainingCode, hours int) {
		if _, known := counted[code]; !known {
			h.Codes = append(h.Codes, code)
		}
		counted[code] = hours
	}
	for _, p := range planned {
		if _, known := counted[p.Code]; !known {
			h.Planned += p.Hours
			note(p.Code, p.Hours)
		}
	}
	for _, t := range taken {
		if t.State == TakenRefused {
			continue
		}
		h.Taken += t.Hours
		if t.State == TakenVerified {
			h.Verified += t.Hours
		}
		if t.Code == "" {
			h.Counted += t.Hours
		} else {
			note(t.Code, t.Hours)
		}
	}
	for _, hours := range counted {
		h.Counted += hours
	}
	return h
}
