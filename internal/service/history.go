package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// History is a person's years: what was rated in each period, and the learning hours of the present year.
type History struct {
	Person   Person        `json:"person"`
	Years    []HistoryYear `json:"years"` // the latest first
	Learning Learning      `json:"learning"`
	Mine     bool          `json:"mine"`       // the reader's own
	Verify   bool          `json:"may_verify"` // the reader may verify trainings
}

// HistoryYear is one year with its periods, the latest first, and what its yearly predikat means for the career once that is final.
type HistoryYear struct {
	Year    int                  `json:"year"`
	Periods []HistoryPeriod      `json:"periods"`
	Meaning []appraisal.Sentence `json:"meaning"`
}

// HistoryPeriod is one appraisal. Its predikat is told once it is released.
type HistoryPeriod struct {
	Appraisal   appraisal.AppraisalID `json:"appraisal"`
	CycleName   string                `json:"cycle_name"`
	Kind        appraisal.PeriodKind  `json:"kind"`
	PeriodStart time.Time             `json:"period_start"`
	PeriodEnd   time.Time             `json:"period_end"`
	Stage       appraisal.Stage       `json:"stage"`
	Final       bool                  `json:"final"`
	Predikat    appraisal.Predikat    `json:"predikat,omitempty"`
	Score       string                `json:"score,omitempty"`
	Served      int                   `json:"served"`
	Months      int                   `json:"months"`
}

// Learning is one year's learning hours (JP): planned, taken and verified, against the policy's minimum or maximum.
type Learning struct {
	Year     int             `json:"year"`
	Planned  int             `json:"planned"`
	Taken    int             `json:"taken"`
	Verified int             `json:"verified"`
	Minimum  int             `json:"minimum,omitempty"` // 0: none
	Maximum  int             `json:"maximum,omitempty"`
	Plans    []PlannedItem   `json:"plans"`
	Records  []TrainingTaken `json:"records"`
}

// PlannedItem is a training of an approved development plan.
type PlannedItem struct {
	Code   appraisal.TrainingCode `json:"code"`
	Title  string                 `json:"title"`
	Hours  int                    `json:"hours"`
	Starts time.Time              `json:"starts"`
	Ends   time.Time              `json:"ends"`
	Taken  bool                   `json:"taken"`
}

// TrainingTaken is a training that somebody took.
type TrainingTaken struct {
	ID        string                 `json:"id"`
	Training  appraisal.TrainingCode `json:"training,omitempty"` // of the catalogue
	Title     string                 `json:"title"`
	Hours     int                    `json:"hours"`
	Finished  time.Time              `json:"finished"`
	Evidence  string                 `json:"evidence"`
	State     appraisal.TakenState   `json:"state"`
	Comment   string                 `json:"comment,omitempty"`
	DecidedBy string                 `json:"decided_by,omitempty"`
	DecidedAt *time.Time             `json:"decided_at"`
}

// MyHistory is the actor's own history.
func (s *Service) MyHistory(ctx context.Context, actor appraisal.Actor) (History, error) {
	return s.History(ctx, actor, actor.ID)
}

// History reads a person's years. Everybody but the person, who appraises them at present, and HR of their unit is told that there is
// none.
func (s *Service) History(ctx context.Context, actor appraisal.Actor, person appraisal.PersonID) (History, error) {
	var h History
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		subject, err := about(ctx, q, actor, person)
		if err != nil {
			return err
		}
		if err := appraisal.Can(actor, appraisal.ActionReadHistory, subject); err != nil {
			return err
		}
		h, err = s.history(ctx, q, person)
		h.Mine, h.Verify = actor.ID == person, appraisal.Can(actor, appraisal.ActionVerifyTraining, subject) == nil
		return err
	})
	if err == nil && actor.ID != person {
		err = s.note(ctx, actor, postgres.AuditEvent{Action: actionReadHistory, Subject: "person/" + string(person)})
	}
	if err != nil {
		return History{}, fmt.Errorf("history of %s: %w", person, err)
	}
	return h, nil
}

// about returns the subject of what concerns a person as such, where they are today: the actor is the appraiser if they appraise that
// person now.
func about(ctx context.Context, q postgres.Querier, actor appraisal.Actor, person appraisal.PersonID) (appraisal.Subject, error) {
	who, err := postgres.GetPerson(ctx, q, person)
	if err != nil {
		return appraisal.Subject{}, err
	}
	subject := appraisal.Subject{Employee: person, Unit: who.UnitID}
	appraises, err := postgres.Appraises(ctx, q, actor.ID, person)
	if appraises {
		subject.Appraiser = actor.ID
	}
	return subject, err
}

func (s *Service) history(ctx context.Context, q postgres.Querier, person appraisal.PersonID) (History, error) {
	who, err := postgres.GetPerson(ctx, q, person)
	if err != nil {
		return History{}, err
	}
	h := History{Person: Person{ID: who.ID, Name: who.FullName, Post: who.Post}, Years: []HistoryYear{}}
	rows, err := postgres.PastAppraisals(ctx, q, person)
	if err != nil {
		return History{}, err
	}
	rules, years := appraisal.LearningRules{}, yearResults(rows)
	for i, row := range rows {
		policy, err := s.policyOf(ctx, q, row.CycleID)
		if err != nil {
			return History{}, err
		}
		if i == 0 {
			rules = policy.Learning
		}
		if year := row.PeriodEnd.Year(); len(h.Years) == 0 || h.Years[len(h.Years)-1].Year != year {
			h.Years = append(h.Years, HistoryYear{Year: year, Meaning: []appraisal.Sentence{}})
		}
		last := &h.Years[len(h.Years)-1]
		last.Periods = append(last.Periods, historyPeriod(policy, row))
		if finalYear(row) && len(last.Meaning) == 0 {
			last.Meaning = meaning(policy, appraisal.YearResult{Year: last.Year, Predikat: *row.Predikat}, appraisal.PeriodYearly, years)
		}
	}
	if len(rows) == 0 {
		if policy, err := s.policies.Get(defaultPolicy); err == nil {
			rules = policy.Learning
		}
	}
	h.Learning, err = s.learning(ctx, q, person, who.Employment, rules)
	return h, err
}

func historyPeriod(policy *appraisal.Policy, row postgres.PastAppraisal) HistoryPeriod {
	span := appraisal.Span{From: row.PeriodStart, To: row.PeriodEnd}
	whole := policy.Tenure(span)
	p := HistoryPeriod{
		Appraisal: row.ID, CycleName: row.CycleName, Kind: row.Template.PeriodOf(span), PeriodStart: row.PeriodStart, PeriodEnd: row.PeriodEnd,
		Stage: row.Stage, Final: row.Final, Served: whole.Served, Months: whole.Months,
	}
	if row.Served != nil {
		p.Served, p.Months = *row.Served, *row.Months
	}
	if row.Released && row.Predikat != nil {
		p.Predikat, p.Score = *row.Predikat, row.Score
	}
	return p
}

// learning adds up the learning hours of the present year of the office.
func (s *Service) learning(ctx context.Context, q postgres.Querier, person appraisal.PersonID, kind appraisal.EmployeeKind, rules appraisal.LearningRules) (Learning, error) {
	year := s.clock().In(s.zone).Year()
	hours, plans, taken, err := learned(ctx, q, person, year)
	if err != nil {
		return Learning{}, err
	}
	l := Learning{
		Year: year, Planned: hours.Planned, Taken: hours.Taken, Verified: hours.Verified, Plans: make([]PlannedItem, len(plans)),
		Records: make([]TrainingTaken, len(taken)),
	}
	if kind == appraisal.EmployeePPPK {
		l.Maximum = rules.PPPKMaximum
	} else {
		l.Minimum = rules.PNSMinimum
	}
	done := map[appraisal.TrainingCode]bool{}
	for i, t := range taken {
		l.Records[i] = trainingView(t)
		done[text(t.Training)] = t.State != appraisal.TakenRefused || done[text(t.Training)]
	}
	for i, p := range plans {
		l.Plans[i] = PlannedItem{Code: p.Code, Title: p.Title, Hours: p.Hours, Starts: p.Starts, Ends: p.Ends, Taken: done[p.Code]}
	}
	return l, nil
}

func trainingView(t postgres.TakenTraining) TrainingTaken {
	return TrainingTaken{
		ID: t.ID, Training: text(t.Training), Title: t.Title, Hours: t.Hours, Finished: t.Finished, Evidence: t.Evidence, State: t.State,
		Comment: t.Comment, DecidedBy: text(t.DecidedBy), DecidedAt: t.DecidedAt,
	}
}

// learned reads what a person has planned and taken in a year, and adds it up.
func learned(ctx context.Context, q postgres.Querier, person appraisal.PersonID, year int) (
	appraisal.LearningHours, []postgres.PlannedTraining, []postgres.TakenTraining, error) {
	from, to := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC), time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC)
	plans, err := postgres.PlannedTrainings(ctx, q, person, from, to)
	if err != nil {
		return appraisal.LearningHours{}, nil, nil, err
	}
	taken, err := postgres.TakenTrainings(ctx, q, person, from, to)
	if err != nil {
		return appraisal.LearningHours{}, nil, nil, err
	}
	planned := make([]appraisal.LearningItem, len(plans))
	for i, p := range plans {
		planned[i] = appraisal.LearningItem{Code: p.Code, Hours: p.Hours}
	}
	records := make([]appraisal.TakenItem, len(taken))
	for i, t := range taken {
		records[i] = appraisal.TakenItem{Code: text(t.Training), Hours: t.Hours, State: t.State}
	}
	return appraisal.Learning(planned, records), plans, taken, nil
}
