package service

import (
	"context"
	"slices"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// addDelegated puts on the lists what the actor does for others today, and says who does what is the actor's. What somebody who
// stands in must not do in an appraisal is not on their lists: it waits for its owner.
func (s *Service) addDelegated(ctx context.Context, actor appraisal.Actor, now time.Time, home *Home) error {
	delegations, err := postgres.DelegationsInForce(ctx, s.db, actor.ID, s.day(now))
	if err != nil {
		return err
	}
	for _, d := range delegations {
		until := d.UntilDay.Format(time.DateOnly)
		if d.DelegatorID == actor.ID {
			home.StandIn = &StandIn{Name: d.Delegate, Until: until}
			continue
		}
		held := &StandIn{Name: d.Delegator, Until: until}
		home.StandsFor = append(home.StandsFor, *held)
		if err := s.addHeld(ctx, actor, now, d.DelegatorID, held, home); err != nil {
			return err
		}
	}
	slices.SortStableFunc(home.Tasks, func(a, b Task) int { return soonest(a.Deadline, b.Deadline) })
	return nil
}

// addHeld adds the steps, proposals and appraisals of one delegator.
func (s *Service) addHeld(ctx context.Context, actor appraisal.Actor, now time.Time, delegator appraisal.PersonID, held *StandIn, home *Home) error {
	steps, err := postgres.OwnedSteps(ctx, s.db, delegator, actor.ID)
	if err != nil {
		return err
	}
	awaited, err := postgres.AwaitedPlanChanges(ctx, s.db, delegator)
	if err != nil {
		return err
	}
	involved, err := postgres.Involvements(ctx, s.db, delegator, now.Add(-teamMemory))
	if err != nil {
		return err
	}
	var ids []appraisal.AppraisalID
	for _, step := range steps {
		ids = append(ids, step.AppraisalID)
	}
	for _, a := range awaited {
		ids = append(ids, a.AppraisalID)
	}
	for _, i := range involved {
		ids = append(ids, i.ID)
	}
	rows, err := postgres.GetAppraisals(ctx, s.db, ids)
	if err != nil {
		return err
	}
	for _, step := range steps {
		subject := rows[step.AppraisalID].Subject()
		subject.Owner, subject.Party = delegator, step.Kind.Party()
		if _, err := subject.Does(actor); err == nil {
			task := taskOf(actor, step, now)
			task.InPlaceOf = held
			home.Tasks = append(home.Tasks, task)
		}
	}
	appraises := func(id appraisal.AppraisalID) bool { return rows[id].Subject().Capacity(actor) == delegator }
	for _, a := range awaited {
		if appraises(a.AppraisalID) {
			change := changeOf(actor, a)
			change.InPlaceOf = held
			home.Changes = append(home.Changes, change)
		}
	}
	for _, i := range involved {
		if appraises(i.ID) {
			line := lineOf(actor, i)
			line.InPlaceOf = held
			home.Team = append(home.Team, line)
		}
	}
	return nil
}

// soonest puts the earlier deadline first, and none last.
func soonest(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	default:
		return a.Compare(*b)
	}
}
