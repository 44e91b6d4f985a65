package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Appraisal reads one person's appraisal as the actor may see it. Who may not read it is told that it does not exist.
func (s *Service) Appraisal(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (Appraisal, error) {
	var view Appraisal
	var row postgres.Appraisal
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		if row, err = permitted(ctx, q, actor, appraisal.ActionReadAppraisal, id); err != nil {
			return err
		}
		view, err = s.read(ctx, q, actor, row)
		return err
	})
	if err == nil {
		err = s.noteReading(ctx, actor, actionReadAppraisal, row, "")
	}
	if err != nil {
		return Appraisal{}, fmt.Errorf("read appraisal %s: %w", id, err)
	}
	return view, nil
}

// reading is one look of one reader at one appraisal.
type reading struct {
	postgres.Querier
	service  *Service
	actor    appraisal.Actor
	policy   *appraisal.Policy
	row      postgres.Appraisal
	released bool // the employee may read the rating
	now      time.Time
	steps    []postgres.OwnedBy
	peers    []postgres.Nomination
	evidence []postgres.Evidence
	people   map[appraisal.PersonID]postgres.Person
	standIns map[appraisal.PersonID]postgres.StandIn
	view     Appraisal
}

func (r *reading) employee() bool { return r.actor.ID == r.row.EmployeeID }

// may reports whether the reader may do something more with the appraisal that they read.
func (r *reading) may(action appraisal.Action) bool {
	return appraisal.Can(r.actor, action, r.row.Subject()) == nil
}

// rated reports whether the reader may see ratings. The employee may not before the result is released, whatever role they hold.
func (r *reading) rated() bool {
	return appraisal.KnowsRating(r.actor, r.row.EmployeeID, r.released)
}

func (s *Service) read(ctx context.Context, q postgres.Querier, actor appraisal.Actor, row postgres.Appraisal) (Appraisal, error) {
	policy, err := s.policyOf(ctx, q, row.CycleID)
	if err != nil {
		return Appraisal{}, err
	}
	r := &reading{Querier: q, service: s, actor: actor, policy: policy, row: row, now: s.clock()}
	for _, part := range []func(context.Context) error{
		r.readHeading, r.readTenure, r.readPeople, r.readSteps, r.readPlan, r.readEvidence, r.readProgress, r.readMeasured, r.readSelfReview,
		r.readPeers, r.readRatings, r.readMeaning, r.readCompetencies, r.readObjection, r.readDevelopment, r.readFeedback,
		r.readPulse, r.readTimeline, r.readDestroyed, r.readDocuments,
	} {
		if err := part(ctx); err != nil {
			return Appraisal{}, err
		}
	}
	err = s.readPeriods(ctx, r)
	return r.view, err
}

func (r *reading) readHeading(ctx context.Context) error {
	heading, err := postgres.GetHeading(ctx, r, r.row.ID)
	if err != nil {
		return err
	}
	r.released = heading.Released
	r.view = Appraisal{
		ID: r.row.ID, CycleID: r.row.CycleID, CycleName: heading.CycleName, PeriodStart: heading.PeriodStart, PeriodEnd: r.row.PeriodEnd,
		Unit: heading.Unit, PositionKind: r.row.PositionKind, Rules: rulesOf(r.policy), Stage: r.row.Stage, StageAt: r.row.StageAt, Health: r.row.Health,
		EndReason: r.row.EndReason, Version: r.row.Version, Subject: r.row.Subject(),
	}
	if r.row.CohortID != nil {
		r.view.Cohort = *r.row.CohortID
	}
	today, err := about(ctx, r, r.actor, r.row.EmployeeID)
	r.view.HasHistory = err == nil && appraisal.Can(r.actor, appraisal.ActionReadHistory, today) == nil
	return err
}

// readPeople reads everybody whom the view names as a person at once.
func (r *reading) readPeople(ctx context.Context) error {
	var err error
	if r.peers, err = postgres.Nominations(ctx, r, r.row.ID); err != nil {
		return err
	}
	ids := []appraisal.PersonID{r.row.EmployeeID}
	for _, id := range []*appraisal.PersonID{r.row.AppraiserID, r.row.ReviewerID} {
		if id != nil {
			ids = append(ids, *id)
		}
	}
	for _, p := range r.peers {
		ids = append(ids, p.PeerID)
	}
	if r.people, err = postgres.People(ctx, r, ids); err != nil {
		return err
	}
	r.view.Employee = *r.person(&r.row.EmployeeID)
	r.view.Appraiser, r.view.Reviewer = r.person(r.row.AppraiserID), r.person(r.row.ReviewerID)
	officials := slices.DeleteFunc([]appraisal.PersonID{r.row.Subject().Appraiser, r.row.Subject().Reviewer}, func(id appraisal.PersonID) bool { return id == "" })
	if r.standIns, err = postgres.StandIns(ctx, r, officials, r.service.day(r.now)); err != nil {
		return err
	}
	if whom := r.row.Subject().Capacity(r.actor); whom != "" {
		r.view.InPlaceOf = &StandIn{Name: r.people[whom].FullName, Until: r.standIns[whom].Until.Format(time.DateOnly)}
	}
	return nil
}

func (r *reading) person(id *appraisal.PersonID) *Person {
	if id == nil {
		return nil
	}
	p := r.people[*id]
	return &Person{ID: *id, Name: p.FullName, Post: p.Post, Email: p.Email}
}

// readSteps reads the steps, and says from the open ones whom the appraisal waits for: that is so from the moment an act is
// stored, even while the pipeline has not looked yet.
func (r *reading) readSteps(ctx context.Context) error {
	var err error
	if r.steps, err = postgres.StepsWithOwners(ctx, r, r.row.ID); err != nil {
		return err
	}
	r.view.WaitingOn, r.view.Steps = appraisal.PartyNobody, []Step{}
	if r.row.CycleStatus == postgres.CyclePaused && !r.row.Stage.Ended() {
		r.view.WaitingOn = appraisal.PartyHR
	}
	for _, step := range r.steps {
		if step.State == postgres.StepOpen && r.view.WaitingOn == appraisal.PartyNobody {
			r.view.WaitingOn, r.view.Deadline = step.Kind.Party(), step.Deadline
		}
		if step.Kind != appraisal.StepPeerAnswer {
			view := stepView(r.actor, r.row, step, r.now)
			if step.State == postgres.StepOpen && step.OwnerID != nil {
				if in, away := r.standIns[*step.OwnerID]; away && step.Kind.Party().Delegable() {
					view.StandIn = &StandIn{Name: in.Name, Until: in.Until.Format(time.DateOnly)}
				}
			}
			r.view.Steps = append(r.view.Steps, view)
		}
	}
	return nil
}

func stepView(actor appraisal.Actor, row postgres.Appraisal, step postgres.OwnedBy, now time.Time) Step {
	_, does := stepSubject(row, step.Step).Does(actor)
	return Step{
		ID: step.ID, Kind: step.Kind, Round: step.Round, State: step.State, Outcome: step.Outcome, Owner: text(step.Owner),
		Mine: does == nil, OpenedAt: step.OpenedAt, Deadline: step.Deadline,
		Overdue:  step.Overdue || step.State == postgres.StepOpen && past(step.Deadline, now),
		ClosedAt: step.ClosedAt, Version: step.Version,
	}
}

// text reads an optional text; nil is empty.
func text[T ~string](s *T) T {
	if s == nil {
		return ""
	}
	return *s
}

// Lines of the timeline that stand for no act of the trail.
const (
	timelineEntered = "entered"
	timelineSettled = "settled"
	timelineLocked  = "lock_cohort"
)

// readTimeline merges the ledger of stages, the trail of acts and the sessions of calibration, oldest first. Opinions of peers
// are in none of them. What a session proposes is shown to those who hold it; everybody else reads what it decided.
func (r *reading) readTimeline(ctx context.Context) error {
	stages, err := postgres.StageEntries(ctx, r, r.row.ID)
	if err != nil {
		return err
	}
	trail, err := postgres.Trail(ctx, r, r.row.ID)
	if err != nil {
		return err
	}
	lines := []TimelineEntry{}
	for _, e := range stages {
		lines = append(lines, TimelineEntry{At: e.EnteredAt, Action: timelineEntered, Stage: e.Stage})
		if e.Outcome == appraisal.OutcomeSkipped && e.LeftAt != nil { // no act tells of it
			lines = append(lines, TimelineEntry{At: *e.LeftAt, Action: timelineSettled, Stage: e.Stage, Outcome: e.Outcome})
		}
	}
	for _, e := range trail {
		if e.Action == "change_rating" && !r.may(appraisal.ActionReadDeliberation) {
			continue
		}
		outcome, _ := e.Detail["outcome"].(string)
		document, _ := e.Detail["document"].(string)
		lines = append(lines, TimelineEntry{
			At: e.At, Action: e.Action, Actor: text(e.Actor), ActorFor: text(e.Behalf), Outcome: appraisal.Outcome(outcome),
			Document: appraisal.DocumentKind(document), Detail: ownWords(e.Detail),
		})
	}
	lines = append(lines, r.sessions()...)
	slices.SortStableFunc(lines, func(a, b TimelineEntry) int { return a.At.Compare(b.At) })
	r.view.Timeline = lines
	return nil
}

// sessions returns a line for each calibration session that was locked, with who changed the rating and why if it did.
func (r *reading) sessions() []TimelineEntry {
	var lines []TimelineEntry
	for _, step := range r.steps {
		if step.Kind != appraisal.StepCalibrate || step.State != postgres.StepDone {
			continue
		}
		line := TimelineEntry{At: *step.ClosedAt, Action: timelineLocked, Outcome: step.Outcome}
		for _, rating := range r.view.Ratings {
			if rating.Source == postgres.RatedByCalibration && rating.RatedAt.Equal(line.At) {
				line.Actor, line.ActorFor, line.Detail = rating.RatedBy, rating.RatedFor, rating.Reason
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// ownWords returns what a person wrote about an act, if anything.
func ownWords(detail map[string]any) string {
	for _, field := range []string{"reason", "comment"} {
		if words, _ := detail[field].(string); words != "" {
			return words
		}
	}
	return ""
}
