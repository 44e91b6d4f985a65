package service

import (
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// ServicePeriod is what service figures are asked for: a unit, by its code, empty for the top of the organisation, and the first and
// the last month as "2026-01", empty for the last twelve.
type ServicePeriod struct {
	Unit, From, To string
}

// ServiceByUnit is the measured service of a unit and all units below it: its speed, its citizens' satisfaction, both by month, and
// the units directly below.
type ServiceByUnit struct {
	From        time.Time             `json:"from"`
	To          time.Time             `json:"to"`
	Unit        *UnitFigures          `json:"unit"`   // null at the top of an organisation with several roots
	Parent      string                `json:"parent"` // code of the unit above, empty at the top
	Units       []UnitFigures         `json:"units"`  // directly below, by code
	Months      []MonthOfUnit         `json:"months"`
	Corrections []SurveyDayCorrection `json:"corrections"` // of the survey, the latest first, at most 100
}

// UnitFigures are a unit's figures, units below included. A person counts in the unit that they are in now; every respondent counts
// alike, whichever of the units they were asked at.
type UnitFigures struct {
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	Speed  Speed   `json:"speed"`
	Survey *Survey `json:"survey"` // null where nobody was asked
}

// Speed is how fast files are completed. Figures are empty where nothing was measured. Those of a month are withheld where so few
// people were measured, in the unit or in what is left of one when the units told beside it are taken away, that they would tell what
// a single one does; sums over several months are without such months.
type Speed struct {
	People            int               `json:"people"`
	Withheld          bool              `json:"withheld"`        // of all months
	WithheldMonths    int               `json:"withheld_months"` // that the figures are without
	Received          int               `json:"received"`
	Completed         int               `json:"completed"`
	OnTimePercent     appraisal.Decimal `json:"on_time_percent"`
	CompletionPercent appraisal.Decimal `json:"completion_percent"`
	MeanDays          appraisal.Decimal `json:"mean_days"`
}

// MonthOfUnit is a unit's figures of one month.
type MonthOfUnit struct {
	Month       time.Time `json:"month"`
	Speed       Speed     `json:"speed"`
	Respondents int       `json:"respondents"`
	Few         bool      `json:"few"`
	Index       string    `json:"index"` // empty where nobody answered one of the elements
	Grade       string    `json:"grade"`
}

// SurveyDayCorrection is a later version of what was answered at a unit on one day.
type SurveyDayCorrection struct {
	Unit   string    `json:"unit"`
	Day    time.Time `json:"day"`
	Number int       `json:"number"`
	Before int       `json:"before"` // respondents
	After  int       `json:"after"`
	File   string    `json:"file"`
	At     time.Time `json:"at"`
	By     string    `json:"by"` // empty: the system
}
