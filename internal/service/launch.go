package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Preview shows whom a launch would take in, what is wrong, and when everything would be due.
func (s *Service) Preview(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID) (Preview, error) {
	var p Preview
	err := s.in(ctx, func(t *tx) error {
		if err := permittedInCycle(ctx, t, actor, appraisal.ActionManageCycle, id); err != nil {
			return err
		}
		c, err := postgres.GetCycle(ctx, t, id)
		if err != nil {
			return err
		}
		p, err = s.preview(ctx, t, c)
		return err
	})
	if err != nil {
		return Preview{}, fmt.Errorf("preview cycle %s: %w", id, err)
	}
	return p, nil
}

func (s *Service) preview(ctx context.Context, t *tx, c postgres.Cycle) (Preview, error) {
	included, excluded, err := s.population(ctx, t, c)
	if err != nil {
		return Preview{}, err
	}
	findings := findingsOf(included)
	cohorts, err := s.cohorts(ctx, t, c, included)
	if err != nil {
		return Preview{}, err
	}
	units, err := unitNames(ctx, t)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Cycle: cycleOf(c, appraisal.Subject{}), Included: len(included), Excluded: excluded, Findings: findings, Dates: dates(c, t.now, t.calendar), FirstMails: len(included),
		PeriodKind: c.Template.PeriodOf(periodOf(c)), PartYear: partYear(included)}
	index := map[appraisal.CohortKey]int{}
	for _, k := range cohorts {
		i, known := index[k]
		if !known {
			i = len(p.Cohorts)
			index[k] = i
			p.Cohorts = append(p.Cohorts, CohortPreview{Unit: units[k.Unit], Level: k.Level})
		}
		p.Cohorts[i].People++
	}
	return p, nil
}

func unitNames(ctx context.Context, t *tx) (map[appraisal.UnitID]string, error) {
	units, err := postgres.Units(ctx, t)
	names := make(map[appraisal.UnitID]string, len(units))
	for _, u := range units {
		names[u.ID] = u.Name
	}
	return names, err
}

func findingsOf(included []postgres.Enrolled) []Finding {
	var list []Finding
	if len(included) == 0 {
		list = append(list, Finding{Key: "preview.nobody", Blocking: true})
	}
	for _, p := range included {
		if p.AppraiserID == nil {
			list = append(list, Finding{Key: "preview.no_appraiser", Name: p.Name})
		} else if p.SuperiorLeft {
			list = append(list, Finding{Key: "preview.superior_left", Name: p.Name, Instead: text(p.Appraiser)})
		}
		if p.Email == "" {
			list = append(list, Finding{Key: "preview.no_email", Name: p.Name})
		}
	}
	return list
}

func (s *Service) findings(ctx context.Context, t *tx, c postgres.Cycle) ([]Finding, error) {
	included, _, err := s.population(ctx, t, c)
	return findingsOf(included), err
}

// cohorts assigns each of the people to a calibration cohort by the cycle's policy.
func (s *Service) cohorts(ctx context.Context, t *tx, c postgres.Cycle, people []postgres.Enrolled) ([]appraisal.CohortKey, error) {
	policy, err := s.policyOf(ctx, t, c.ID)
	if err != nil {
		return nil, err
	}
	parents, err := unitParents(ctx, t)
	if err != nil {
		return nil, err
	}
	keys := make([]appraisal.CohortKey, len(people))
	for i, p := range people {
		keys[i] = appraisal.CohortKey{Unit: p.UnitID, Level: p.PositionKind.Level()}
	}
	return appraisal.Cohorts(keys, parents, policy.CohortMinimum), nil
}

func unitParents(ctx context.Context, t *tx) (map[appraisal.UnitID]appraisal.UnitID, error) {
	units, err := postgres.Units(ctx, t)
	parents := map[appraisal.UnitID]appraisal.UnitID{}
	for _, u := range units {
		if u.ParentID != nil {
			parents[u.ID] = *u.ParentID
		}
	}
	return parents, err
}

// dates counts when every step would be due if the cycle were launched now and everybody used the whole window.
func dates(c postgres.Cycle, now time.Time, calendar appraisal.Calendar) []StageDate {
	var list []StageDate
	at := now
	for _, rule := range c.Template.Steps {
		stage := rule.Step.Stage()
		if !c.Template.Runs(stage) || stage.Order() < c.FirstStage.Order() {
			continue
		}
		deadline := rule.Deadline(at, c.PeriodEnd, calendar)
		list = append(list, StageDate{Step: rule.Step, Stage: stage, Opens: at.In(calendar.Zone()), Deadline: deadline.In(calendar.Zone()), Missed: rule.Missed})
		if stage != appraisal.StageObjection {
			at = deadline
		}
	}
	return list
}

// Enrol writes the appraisals and cohorts of a launching cycle. Doing it again adds nobody twice. It returns the number of
// people in the cycle.
func (s *Service) Enrol(ctx context.Context, id appraisal.CycleID) (int, error) {
	n := 0
	err := s.in(ctx, func(t *tx) error {
		c, err := postgres.LockCycle(ctx, t, id)
		if err != nil {
			return err
		}
		if c.Status != postgres.CycleLaunching {
			n = c.People
			return nil
		}
		included, _, err := s.population(ctx, t, c)
		if err != nil {
			return err
		}
		cohorts, err := s.cohorts(ctx, t, c, included)
		if err != nil {
			return err
		}
		n = len(included)
		return postgres.Enrol(ctx, t, id, included, cohorts, t.now)
	})
	if err != nil {
		return 0, fmt.Errorf("enrol cycle %s: %w", id, err)
	}
	return n, nil
}

// Pipeline is what starting one pipeline needs.
type Pipeline struct {
	Appraisal appraisal.AppraisalID
	Cycle     appraisal.CycleID
	Employee  appraisal.PersonID // for the workflow's id only
	Unit      string             // code
	First     appraisal.Stage
	Stages    []appraisal.Stage
	Run       int
}

// PipelinePage returns the next pipelines of a cycle to be started, after a cursor.
func (s *Service) PipelinePage(ctx context.Context, id appraisal.CycleID, after appraisal.AppraisalID, limit int) ([]Pipeline, error) {
	c, err := postgres.GetCycle(ctx, s.db, id)
	if err != nil {
		return nil, fmt.Errorf("read cycle %s: %w", id, err)
	}
	rows, err := postgres.StartablePage(ctx, s.db, id, after, limit)
	if err != nil {
		return nil, fmt.Errorf("page cycle %s: %w", id, err)
	}
	list := make([]Pipeline, len(rows))
	for i, r := range rows {
		list[i] = pipelineOf(c, r)
	}
	return list, nil
}

// pipelineOf returns how one pipeline of a cycle is started.
func pipelineOf(c postgres.Cycle, r postgres.Startable) Pipeline {
	p := Pipeline{Appraisal: r.ID, Cycle: c.ID, Employee: r.EmployeeID, Unit: r.UnitCode, First: c.FirstStage, Stages: c.Template.Stages, Run: r.Run}
	if r.FirstStage != nil {
		p.First = *r.FirstStage
	}
	return p
}

// CohortIDs returns the cohorts with somebody to calibrate: those whose calibration a launch or a recovery starts.
func (s *Service) CohortIDs(ctx context.Context, id appraisal.CycleID) ([]appraisal.CohortID, error) {
	cohorts, err := postgres.CohortsOf(ctx, s.db, id)
	if err != nil {
		return nil, fmt.Errorf("cohorts of cycle %s: %w", id, err)
	}
	ids := make([]appraisal.CohortID, 0, len(cohorts))
	for _, k := range cohorts {
		if k.Expected > 0 {
			ids = append(ids, k.ID)
		}
	}
	return ids, nil
}

// MarkRunning records that every pipeline of a launching cycle has been started.
func (s *Service) MarkRunning(ctx context.Context, id appraisal.CycleID) error {
	return s.in(ctx, func(t *tx) error {
		_, err := postgres.SetCycleStatus(ctx, t, id, []string{postgres.CycleLaunching}, postgres.CycleRunning, t.now)
		return err
	})
}

// CycleView is what a cycle's workflow is told when it looks.
type CycleView struct {
	Status  string
	Ended   bool // the cycle is closed or cancelled, and no pipeline is left
	People  int
	Open    int
	NextDue time.Time
}

// cyclePoll is how often a cycle looks without being woken, should a wake ever be lost.
const cyclePoll = 6 * time.Hour

// lateStartPause is how soon a cycle looks again that has more pipelines to start than one look takes.
const lateStartPause = time.Second

// LookAtCycle closes a cycle whose pipelines have all ended, and returns what it waits for.
func (s *Service) LookAtCycle(ctx context.Context, id appraisal.CycleID) (CycleView, error) {
	var v CycleView
	err := s.in(ctx, func(t *tx) error {
		c, err := postgres.LockCycle(ctx, t, id)
		if err != nil {
			return err
		}
		open := c.People - c.Ended
		if c.Status == postgres.CycleRunning && open == 0 {
			if err := moveCycle(ctx, t, c, postgres.CycleClosed, postgres.CycleRunning); err != nil {
				return err
			}
			if err := s.auditCycle(ctx, t, appraisal.Actor{}, "close_cycle", id, map[string]any{"people": c.People}); err != nil {
				return err
			}
			c.Status = postgres.CycleClosed
		}
		over := c.Status == postgres.CycleClosed || c.Status == postgres.CycleCancelled
		v = CycleView{Status: c.Status, Ended: over && open == 0, People: c.People, Open: open, NextDue: t.now.Add(cyclePoll)}
		due, err := s.tendPulse(ctx, t, id, over)
		if err != nil {
			return err
		}
		if !due.IsZero() && due.Before(v.NextDue) {
			v.NextDue = due
		}
		late, err := postgres.LateStarts(ctx, t, id, 1)
		if len(late) > 0 { // more were added than one look starts
			v.NextDue = t.now.Add(lateStartPause)
		}
		return err
	})
	if err != nil {
		return CycleView{}, fmt.Errorf("look at cycle %s: %w", id, err)
	}
	return v, nil
}

// NextRun records that a pipeline whose workflow is gone is started anew, and returns the number of the run.
func (s *Service) NextRun(ctx context.Context, id appraisal.AppraisalID) (int, error) {
	run, err := postgres.NextRun(ctx, s.db, id)
	if err != nil {
		return 0, fmt.Errorf("number the next run of appraisal %s: %w", id, err)
	}
	return run, nil
}
