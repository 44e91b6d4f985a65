package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// teamMemory is how long appraisals of an ended cycle stay on the list of the team.
const teamMemory = 366 * 24 * time.Hour

// Home answers what the actor must do, what they wait for and from whom, what changed, and how their own and their team's appraisals stand.
// A calibration session is one task for each member of the committee: its Appraisee is the unit whose people are calibrated,
// its Step one of the steps that the session ends.
func (s *Service) Home(ctx context.Context, actor appraisal.Actor) (Home, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionSignedIn); err != nil {
		return Home{}, err
	}
	home, err := s.home(ctx, actor)
	if err != nil {
		return Home{}, fmt.Errorf("home of %s: %w", actor.ID, err)
	}
	return home, nil
}

func (s *Service) home(ctx context.Context, actor appraisal.Actor) (Home, error) {
	now := s.clock()
	steps, err := postgres.OwnedSteps(ctx, s.db, actor.ID, actor.ID)
	if err != nil {
		return Home{}, err
	}
	home := Home{
		Tasks: make([]Task, 0, len(steps)), Changes: []Change{}, Waiting: []Waiting{}, Appraisals: []MyAppraisal{}, Team: []MyAppraisal{}, StandsFor: []StandIn{},
	}
	for _, step := range steps {
		home.Tasks = append(home.Tasks, taskOf(actor, step, now))
	}
	if appraisal.MayTry(actor, appraisal.ActionCalibrate) == nil {
		sessions, err := s.sessionTasks(ctx, actor, now)
		if err != nil {
			return Home{}, err
		}
		home.Tasks = append(home.Tasks, sessions...)
	}
	awaited, err := postgres.AwaitedPlanChanges(ctx, s.db, actor.ID)
	if err != nil {
		return Home{}, err
	}
	for _, a := range awaited {
		home.Changes = append(home.Changes, changeOf(actor, a))
	}
	involved, err := postgres.Involvements(ctx, s.db, actor.ID, now.Add(-teamMemory))
	if err != nil {
		return Home{}, err
	}
	for _, i := range involved {
		home.add(actor, i)
	}
	if err := s.addDelegated(ctx, actor, now, &home); err != nil {
		return Home{}, err
	}
	if home.News, err = s.news(ctx, actor); err != nil {
		return Home{}, err
	}
	if home.Pulses, err = s.pulseInvitations(ctx, actor); err != nil {
		return Home{}, err
	}
	return home, nil
}

func taskOf(actor appraisal.Actor, step postgres.OwnedStep, now time.Time) Task {
	return Task{
		Step: step.ID, Kind: step.Kind, Appraisal: step.AppraisalID, CycleName: step.CycleName, Appraisee: step.Appraisee,
		AboutSelf: step.EmployeeID == actor.ID, Round: step.Round, OpenedAt: step.OpenedAt, Deadline: step.Deadline,
		Overdue: step.Overdue || past(step.Deadline, now), HasDraft: step.HasDraft,
	}
}

func changeOf(actor appraisal.Actor, a postgres.AwaitedPlanChange) Change {
	return Change{
		Appraisal: a.AppraisalID, CycleName: a.CycleName, Appraisee: a.Appraisee, AboutSelf: a.EmployeeID == actor.ID,
		ProposedBy: a.Proposer, ProposedFor: text(a.ProposedFor), ProposedAt: a.ProposedAt,
	}
}

func past(deadline *time.Time, now time.Time) bool { return deadline != nil && deadline.Before(now) }

// sessionTasks returns a task for each calibration session that waits for the committee.
func (s *Service) sessionTasks(ctx context.Context, actor appraisal.Actor, now time.Time) ([]Task, error) {
	open, err := postgres.OpenSessions(ctx, s.db, actor.ID)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	calendar, err := s.officeCalendar(ctx)
	if err != nil {
		return nil, err
	}
	tasks := make([]Task, len(open))
	for i, k := range open {
		deadline := k.Template.Rule(appraisal.StepCalibrate).Deadline(k.OpenedAt, k.PeriodEnd, calendar)
		tasks[i] = Task{
			Step: k.StepID, Kind: appraisal.StepCalibrate, Appraisal: k.AppraisalID, Cohort: k.CohortID, Level: k.Level, CycleName: k.CycleName,
			Appraisee: k.Unit, Round: k.Round, OpenedAt: k.OpenedAt, Deadline: &deadline, Overdue: past(&deadline, now), HasDraft: k.Changed,
		}
	}
	return tasks, nil
}

// add puts an appraisal on the lists that it belongs to.
func (h *Home) add(actor appraisal.Actor, i postgres.Involvement) {
	own := i.EmployeeID == actor.ID
	line := lineOf(actor, i)
	if own {
		h.Appraisals = append(h.Appraisals, line)
	} else {
		h.Team = append(h.Team, line)
	}
	if w, ok := waiting(actor, i); ok {
		h.Waiting = append(h.Waiting, w)
	}
}

func lineOf(actor appraisal.Actor, i postgres.Involvement) MyAppraisal {
	line := MyAppraisal{
		ID: i.ID, CycleName: i.CycleName, Appraisee: i.Appraisee, Stage: i.Stage, Health: i.Health, StageAt: i.StageAt, Deadline: i.Deadline,
	}
	if i.Predikat != nil && appraisal.KnowsRating(actor, i.EmployeeID, i.Released) {
		line.Predikat = *i.Predikat
	}
	return line
}

// waiting tells whom an appraisal waits for, unless that is the actor. An employee is also told when nobody is waited for: the
// last act has been stored and is about to be carried on.
func waiting(actor appraisal.Actor, i postgres.Involvement) (Waiting, bool) {
	own := i.EmployeeID == actor.ID
	if i.Stage.Ended() || i.Stage == appraisal.StagePending {
		return Waiting{}, false
	}
	w := Waiting{
		Appraisal: i.ID, Appraisee: i.Appraisee, AboutSelf: own, Stage: i.Stage, Health: i.Health,
		WaitingOn: appraisal.PartyNobody, Since: i.StageAt, Deadline: i.Deadline,
	}
	if i.Kind == nil {
		return w, own
	}
	w.WaitingOn, w.Since = i.Kind.Party(), *i.OpenedAt
	if i.Owner != nil && w.WaitingOn != appraisal.PartyPeer {
		w.Name = *i.Owner
	}
	return w, i.OwnerID == nil || *i.OwnerID != actor.ID || w.WaitingOn == appraisal.PartyPeer
}
