package service

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

const (
	usualServiceMonths = 12
	mostServiceMonths  = 36
	mostSurveyChanges  = 100
)

// ServiceByUnit reads the measured service of a unit and of the units directly below it. An organisation with a single root is shown
// from that root.
func (s *Service) ServiceByUnit(ctx context.Context, actor appraisal.Actor, p ServicePeriod) (ServiceByUnit, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionReadOrganisation); err != nil {
		return ServiceByUnit{}, err
	}
	view, err := s.servicePeriod(p)
	if err != nil {
		return ServiceByUnit{}, err
	}
	err = postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		tree, err := readServiceTree(ctx, q, view.From, view.To)
		if err != nil {
			return err
		}
		tree.rules = s.policies.Satisfaction()
		if appraisal.MayTry(actor, appraisal.ActionReadFewMeasured) != nil {
			tree.hideFew()
		}
		return tree.show(ctx, q, p.Unit, &view)
	})
	if err != nil {
		return ServiceByUnit{}, fmt.Errorf("service of unit %q: %w", p.Unit, err)
	}
	return view, nil
}

// servicePeriod reads the months that are asked for.
func (s *Service) servicePeriod(p ServicePeriod) (ServiceByUnit, error) {
	now := s.clock().In(s.zone)
	to := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	from := time.Time{}
	var f appraisal.Faults
	read := func(field, given string, month *time.Time) {
		t, err := appraisal.ParseMonth(given)
		switch {
		case given == "":
		case err != nil:
			f.Add(field, "measured.fault.month", nil)
		default:
			*month = t
		}
	}
	read("to", p.To, &to)
	read("from", p.From, &from)
	if from.IsZero() {
		from = to.AddDate(0, 1-usualServiceMonths, 0)
	}
	if to.Before(from) {
		f.Add("to", "error.period_order", nil)
	} else if from.AddDate(0, mostServiceMonths, 0).Before(to) {
		f.Add("from", "measured.fault.months", map[string]any{"max": mostServiceMonths})
	}
	return ServiceByUnit{From: from, To: to.AddDate(0, 1, -1), Units: []UnitFigures{}, Months: []MonthOfUnit{}, Corrections: []SurveyDayCorrection{}}, f.Err()
}

// serviceTree holds what was measured of every unit by itself, to be added up along the tree.
type serviceTree struct {
	telling  map[time.Time]map[appraisal.UnitID]bool // units of which a month's speed may be told; nil: all
	rules    *appraisal.SatisfactionRules
	units    map[appraisal.UnitID]postgres.Unit
	below    map[appraisal.UnitID][]appraisal.UnitID // "" for the roots
	people   map[appraisal.UnitID]int
	service  map[appraisal.UnitID]map[time.Time]monthSums
	answers  map[appraisal.UnitID]map[time.Time]appraisal.AnswerSums
	explored map[appraisal.UnitID]totals
}

type monthSums struct {
	people int
	sums   appraisal.ServiceSums
}

// totals are those of a unit and everything below it.
type totals struct {
	people  int
	service map[time.Time]monthSums
	answers map[time.Time]appraisal.AnswerSums
}

func readServiceTree(ctx context.Context, q postgres.Querier, from, to time.Time) (*serviceTree, error) {
	t := &serviceTree{
		units: map[appraisal.UnitID]postgres.Unit{}, below: map[appraisal.UnitID][]appraisal.UnitID{},
		service: map[appraisal.UnitID]map[time.Time]monthSums{}, answers: map[appraisal.UnitID]map[time.Time]appraisal.AnswerSums{},
		explored: map[appraisal.UnitID]totals{},
	}
	units, err := postgres.Units(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		t.units[u.ID] = u
		t.below[text(u.ParentID)] = append(t.below[text(u.ParentID)], u.ID)
	}
	if t.people, err = postgres.MeasuredPeople(ctx, q, from, to); err != nil {
		return nil, err
	}
	months, err := postgres.UnitMonths(ctx, q, from, to)
	if err != nil {
		return nil, err
	}
	for _, m := range months {
		weighted, ok := new(big.Rat).SetString(m.Weighted)
		if !ok {
			return nil, fmt.Errorf("weighted days %q of unit %s", m.Weighted, m.UnitID)
		}
		if t.service[m.UnitID] == nil {
			t.service[m.UnitID] = map[time.Time]monthSums{}
		}
		t.service[m.UnitID][m.Month] = monthSums{m.People, appraisal.ServiceSums{
			Counts: m.People, Received: m.Received, Completed: m.Completed, OnTime: m.OnTime, Weighted: weighted, Weighed: m.Weighed,
		}}
	}
	surveys, err := postgres.SurveyMonths(ctx, q, from, to)
	for _, a := range surveys {
		if t.answers[a.UnitID] == nil {
			t.answers[a.UnitID] = map[time.Time]appraisal.AnswerSums{}
		}
		t.answers[a.UnitID][a.Month] = a.Total()
	}
	return t, err
}

// hideFew leaves out figures from which those of very few people follow. It is decided for each month by itself, so that whoever
// asks for other months can take no difference either.
func (t *serviceTree) hideFew() {
	measured := map[time.Time]map[appraisal.UnitID]int{}
	for unit, months := range t.service {
		for month, m := range months {
			if measured[month] == nil {
				measured[month] = map[appraisal.UnitID]int{}
			}
			measured[month][unit] = m.people
		}
	}
	t.telling = map[time.Time]map[appraisal.UnitID]bool{}
	for month, people := range measured {
		t.telling[month] = appraisal.TellingUnits(t.below, people, appraisal.FewMeasured)
	}
}

// total adds up a unit and everything below it.
func (t *serviceTree) total(unit appraisal.UnitID) totals {
	if known, ok := t.explored[unit]; ok {
		return known
	}
	sum := totals{people: t.people[unit], service: map[time.Time]monthSums{}, answers: map[time.Time]appraisal.AnswerSums{}}
	sum.add(t.service[unit], t.answers[unit])
	for _, below := range t.below[unit] {
		part := t.total(below)
		sum.people += part.people
		sum.add(part.service, part.answers)
	}
	t.explored[unit] = sum
	return sum
}

func (s *totals) add(service map[time.Time]monthSums, answers map[time.Time]appraisal.AnswerSums) {
	for month, m := range service {
		s.service[month] = monthSums{s.service[month].people + m.people, s.service[month].sums.Plus(m.sums)}
	}
	for month, a := range answers {
		s.answers[month] = s.answers[month].Plus(a)
	}
}

// show fills the view of the unit with a code, or of the top.
func (t *serviceTree) show(ctx context.Context, q postgres.Querier, code string, view *ServiceByUnit) error {
	var here appraisal.UnitID
	if code == "" && len(t.below[""]) == 1 {
		here = t.below[""][0]
	}
	for id, u := range t.units {
		if code != "" && u.Code == code {
			here = id
		}
	}
	if code != "" && here == "" {
		return appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	for _, id := range t.below[here] {
		figures, err := t.figures(id)
		if err != nil {
			return err
		}
		if figures.Speed.People > 0 || figures.Survey != nil {
			view.Units = append(view.Units, figures)
		}
	}
	if here == "" {
		return nil
	}
	figures, err := t.figures(here)
	if err != nil {
		return err
	}
	view.Unit = &figures
	if parent := t.units[here].ParentID; parent != nil {
		view.Parent = t.units[*parent].Code
	}
	if view.Months, err = t.months(here); err != nil {
		return err
	}
	changes, err := postgres.CorrectedSurveyDays(ctx, q, here, view.From, view.To, mostSurveyChanges)
	for _, c := range changes {
		view.Corrections = append(view.Corrections, SurveyDayCorrection{
			Unit: c.Unit, Day: c.Day, Number: c.Number, Before: c.Before, After: c.After, File: c.File, At: c.RecordedAt, By: text(c.RecordedBy),
		})
	}
	return err
}

// figures are a unit's figures over the whole period.
func (t *serviceTree) figures(id appraisal.UnitID) (UnitFigures, error) {
	unit, total := t.units[id], t.total(id)
	var answers appraisal.AnswerSums
	for _, a := range total.answers {
		answers = answers.Plus(a)
	}
	view := UnitFigures{Code: unit.Code, Name: unit.Name, Speed: t.speed(id, total.people, total.service)}
	if answers.Respondents == 0 {
		return view, nil
	}
	index, err := t.rules.Index(answers)
	view.Survey = surveyView(satisfaction{unit: unit, index: index, places: []appraisal.AnswersRead{}})
	return view, err
}

// months are a unit's figures by month, those of a month without any left out.
func (t *serviceTree) months(id appraisal.UnitID) ([]MonthOfUnit, error) {
	total := t.total(id)
	byMonth := map[time.Time]*MonthOfUnit{}
	of := func(month time.Time) *MonthOfUnit {
		if byMonth[month] == nil {
			byMonth[month] = &MonthOfUnit{Month: month}
		}
		return byMonth[month]
	}
	for month, m := range total.service {
		of(month).Speed = t.speed(id, m.people, map[time.Time]monthSums{month: m})
	}
	for month, a := range total.answers {
		index, err := t.rules.Index(a)
		if err != nil {
			return nil, err
		}
		m := of(month)
		m.Respondents, m.Few, m.Index, m.Grade = index.Respondents, index.Few(), string(index.Index), string(index.Grade)
	}
	list := []MonthOfUnit{}
	for _, m := range byMonth {
		list = append(list, *m)
	}
	slices.SortFunc(list, func(a, b MonthOfUnit) int { return a.Month.Compare(b.Month) })
	return list, nil
}

// speed adds up those of a unit's months that may be told.
func (t *serviceTree) speed(unit appraisal.UnitID, people int, months map[time.Time]monthSums) Speed {
	var sums appraisal.ServiceSums
	view := Speed{People: people}
	for month, m := range months {
		if t.telling != nil && !t.telling[month][unit] {
			view.WithheldMonths++
			continue
		}
		sums = sums.Plus(m.sums)
	}
	if view.WithheldMonths == len(months) {
		view.Withheld = len(months) > 0
		return view
	}
	view.Received, view.Completed = sums.Received, sums.Completed
	view.OnTimePercent, view.CompletionPercent = sums.Value(appraisal.SourceFilesOnTimePercent), sums.Value(appraisal.SourceCompletionPercent)
	view.MeanDays = sums.Value(appraisal.SourceMeanDays)
	return view
}
