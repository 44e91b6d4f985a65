package service

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// MeasuredService is what is measured in an appraisal's period: the person's months of service with their corrections, and the
// citizen satisfaction of the unit, which is evidence of the unit and never a personal score.
type MeasuredService struct {
	Months        []appraisal.MonthOfService `json:"months"`
	MissingMonths []string                   `json:"missing_months"` // over, and nothing recorded; empty where nothing ever was
	Corrections   []Correction               `json:"corrections"`    // oldest first
	Survey        *Survey                    `json:"survey"`
}

// Survey is the citizen-satisfaction index of a unit and all units below it, every respondent counting alike.
type Survey struct {
	UnitCode    string                  `json:"unit_code"`
	Unit        string                  `json:"unit"`
	Respondents int                     `json:"respondents"`
	Few         bool                    `json:"few"`      // too few respondents to rely on
	Elements    []string                `json:"elements"` // U1 to U9, empty where nobody answered
	Index       string                  `json:"index"`    // empty while an element has no answer
	Grade       string                  `json:"grade"`
	Read        []appraisal.AnswersRead `json:"read"`
}

// Correction is a later version of a measured month, with the one before it.
type Correction struct {
	At  time.Time                `json:"at"`
	By  string                   `json:"by"` // empty: the system
	Old appraisal.MonthOfService `json:"old"`
	New appraisal.MonthOfService `json:"new"`
}

// readMeasured reads what is measured in the appraisal's period, nil where nothing is.
func (r *reading) readMeasured(ctx context.Context) error {
	from, to := r.view.PeriodStart, r.view.PeriodEnd
	months, err := postgres.Measurements(ctx, r, r.row.EmployeeID, from, to)
	if err != nil {
		return err
	}
	versions, err := postgres.CorrectedMeasurements(ctx, r, r.row.EmployeeID, from, to)
	if err != nil {
		return err
	}
	found, err := satisfactionOf(ctx, r, r.service.policies.Satisfaction(), r.row.UnitID, from, to)
	if err != nil || len(months) == 0 && found.index.Respondents == 0 {
		return err
	}
	view := &MeasuredService{Months: months, MissingMonths: []string{}, Corrections: corrections(versions), Survey: surveyView(found)}
	if len(months) > 0 {
		period := appraisal.MeasuredPeriod{Start: from, End: to, Now: r.now}
		view.MissingMonths = append(view.MissingMonths, period.Missing(months)...)
	} else {
		view.Months = []appraisal.MonthOfService{}
	}
	r.view.Service = view
	return nil
}

func corrections(versions []postgres.MeasurementVersion) []Correction {
	list := []Correction{}
	for i, v := range versions {
		if v.Version > 1 {
			list = append(list, Correction{At: v.RecordedAt, By: text(v.RecordedBy), Old: versions[i-1].MonthOfService, New: v.MonthOfService})
		}
	}
	return list
}

func surveyView(found satisfaction) *Survey {
	if found.index.Respondents == 0 {
		return nil
	}
	view := &Survey{
		UnitCode: found.unit.Code, Unit: found.unit.Name, Respondents: found.index.Respondents, Few: found.index.Few(),
		Elements: make([]string, len(found.index.Elements)), Index: string(found.index.Index), Grade: string(found.index.Grade),
		Read: found.places,
	}
	for i, e := range found.index.Elements {
		view.Elements[i] = string(e)
	}
	return view
}
