package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// delegationMemory is how long somebody whose delegation has ended is told so when they go on with what they had begun.
const delegationMemory = 30 * 24 * time.Hour

// delegationsShown is how many of one's own delegations, and of those who could stand in, a page shows.
const delegationsShown = 100

// Delegation is one delegation of somebody's duties as appraiser and reviewing official for a leave.
type Delegation struct {
	ID        appraisal.DelegationID    `json:"id"`
	Delegator Person                    `json:"delegator"`
	Delegate  Person                    `json:"delegate"`
	From      string                    `json:"from"`  // days of the office's zone, YYYY-MM-DD, both included
	Until     string                    `json:"until"` //
	State     appraisal.DelegationState `json:"state"`
	MadeBy    string                    `json:"made_by"`
	MadeAt    time.Time                 `json:"made_at"`
	RevokedBy string                    `json:"revoked_by,omitempty"`
	RevokedAt *time.Time                `json:"revoked_at"`
	MayRevoke bool                      `json:"may_revoke"`
}

// Delegations is what the reader has delegated, holds for others, and as HR looks after.
type Delegations struct {
	Given   []Delegation `json:"given"`
	Held    []Delegation `json:"held"`
	Others  []Delegation `json:"others"`         // to HR: one page of those of everybody else whom they serve that are not over
	Next    string       `json:"next,omitempty"` // cursor of the next page of Others, empty on the last
	May     bool         `json:"may"`            // the reader has duties to delegate
	ForHR   bool         `json:"for_hr"`         // the reader may delegate in somebody else's place
	Nearby  []Person     `json:"nearby"`         // who could stand in
	Longest int          `json:"longest"`        // days that a delegation may take
}

// NewDelegation names who stands in from a day until a day, both included. People are named by id, NIP or e-mail address; without
// a delegator it is the actor.
type NewDelegation struct {
	Delegator string `json:"delegator,omitempty"`
	Delegate  string `json:"delegate"`
	From      string `json:"from"`
	Until     string `json:"until"`
}

// day returns the day of an instant in the office's zone.
func (s *Service) day(at time.Time) time.Time { return appraisal.Day(at.In(s.zone)) }

// Delegations lists the actor's delegations, and to HR a page of those of others that are not over.
func (s *Service) Delegations(ctx context.Context, actor appraisal.Actor, after string, limit int) (Delegations, error) {
	view := Delegations{ForHR: actor.Has(appraisal.RoleHR), Longest: appraisal.LongestDelegation}
	from, err := readMark(after)
	if err != nil {
		return Delegations{}, err
	}
	limit = pageSize(limit)
	err = postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		if err := appraisal.Can(actor, appraisal.ActionDelegate, appraisal.Subject{Employee: actor.ID}); err != nil {
			return err
		}
		today := s.day(s.clock())
		own, err := postgres.Delegations(ctx, q, actor.ID, delegationsShown)
		if err != nil {
			return err
		}
		for _, d := range own {
			if line := s.delegation(actor, d, today); d.DelegatorID == actor.ID {
				view.Given = append(view.Given, line)
			} else {
				view.Held = append(view.Held, line)
			}
		}
		if view.May, err = postgres.HasDuties(ctx, q, actor.ID); err != nil {
			return err
		}
		near, err := postgres.Colleagues(ctx, q, actor.ID, delegationsShown)
		for _, p := range near {
			view.Nearby = append(view.Nearby, Person{ID: p.ID, Name: p.FullName, Post: p.Post})
		}
		if err != nil || !view.ForHR {
			return err
		}
		others, err := postgres.DelegationsIn(ctx, q, appraisal.Reach(actor, appraisal.ActionEndDelegation), actor.ID, today, from, limit+1)
		page := pageOf(others, limit, func(d postgres.Delegation) (Delegation, string) {
			return s.delegation(actor, d, today), mark(d.FromDay, string(d.ID))
		})
		view.Others, view.Next = page.Items, page.Next
		return err
	})
	if err != nil {
		return Delegations{}, fmt.Errorf("list delegations: %w", err)
	}
	return view, nil
}

func delegationSubject(d postgres.Delegation) appraisal.Subject {
	return appraisal.Subject{Employee: d.DelegatorID, Delegate: d.DelegateID, Unit: d.UnitID}
}

func (s *Service) delegation(actor appraisal.Actor, d postgres.Delegation, today time.Time) Delegation {
	state := appraisal.DelegationStateOn(today, d.FromDay, d.UntilDay, d.RevokedAt != nil)
	return Delegation{
		ID: d.ID, Delegator: Person{ID: d.DelegatorID, Name: d.Delegator}, Delegate: Person{ID: d.DelegateID, Name: d.Delegate},
		From: d.FromDay.Format(time.DateOnly), Until: d.UntilDay.Format(time.DateOnly), State: state,
		MadeBy: d.MadeBy, MadeAt: d.MadeAt, RevokedBy: text(d.RevokedBy), RevokedAt: d.RevokedAt,
		MayRevoke: !state.Over() && appraisal.Can(actor, appraisal.ActionEndDelegation, delegationSubject(d)) == nil,
	}
}

// Delegate names who stands in as appraiser and reviewing official while somebody is away: the person themselves does it, or HR for
// somebody who is away already.
func (s *Service) Delegate(ctx context.Context, actor appraisal.Actor, call Call, in NewDelegation) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "delegate", subject: string(actor.ID), call: call, body: in}, func(t *tx) (Receipt, error) {
		d, err := s.newDelegation(ctx, t, actor, in)
		if err != nil {
			return Receipt{}, err
		}
		if d.ID, err = postgres.AddDelegation(ctx, t, d); err != nil {
			return Receipt{}, err
		}
		if err := s.auditDelegation(ctx, t, actor, "delegate", d); err != nil {
			return Receipt{}, err
		}
		return Receipt{ID: string(d.ID), At: t.now}, s.tellOfDelegation(ctx, t, actor, d, mailDelegated)
	})
}

// newDelegation checks what is asked for. Both people are held, so that of two delegations made at the same time the second sees the first.
func (s *Service) newDelegation(ctx context.Context, t *tx, actor appraisal.Actor, in NewDelegation) (postgres.Delegation, error) {
	d := postgres.Delegation{DelegatorID: actor.ID, MadeByID: actor.ID, MadeAt: t.now}
	var f appraisal.Faults
	if who := strings.TrimSpace(in.Delegator); who != "" && who != string(actor.ID) {
		if !actor.Has(appraisal.RoleHR) { // nor is told whether there is such a person
			return d, appraisal.Fault(appraisal.CodeForbidden, "delegation.error.not_yours", nil)
		}
		delegator, err := findPerson(ctx, t, &f, "delegator", who)
		if err != nil {
			return d, err
		}
		d.DelegatorID, d.UnitID = delegator.ID, delegator.UnitID
	}
	delegate, err := findPerson(ctx, t, &f, "delegate", in.Delegate)
	if err != nil {
		return d, err
	}
	if d.DelegateID = delegate.ID; d.DelegateID != "" && d.DelegateID == d.DelegatorID {
		f.Add("delegate", "delegation.error.oneself", nil)
	}
	d.FromDay, d.UntilDay = appraisal.DelegationDays(&f, in.From, in.Until, t.now.In(s.zone))
	if d.DelegatorID != "" {
		subject := delegationSubject(d)
		judged, err := postgres.Judges(ctx, t, d.DelegatorID, actor.ID)
		if err != nil {
			return d, err
		}
		if judged {
			subject.Appraised = []appraisal.PersonID{actor.ID}
		}
		if err := appraisal.Can(actor, appraisal.ActionDelegate, subject); err != nil {
			return d, err
		}
	}
	if err := f.Err(); err != nil {
		return d, err
	}
	if err := postgres.LockPeople(ctx, t, []appraisal.PersonID{d.DelegatorID, d.DelegateID}); err != nil {
		return d, err
	}
	return d, s.fits(ctx, t, d)
}

// findPerson reads the person who is named in a field; a wrong one is added to the faults.
func findPerson(ctx context.Context, q postgres.Querier, f *appraisal.Faults, field, who string) (postgres.Person, error) {
	found, err := postgres.FindPerson(ctx, q, strings.TrimSpace(who))
	switch {
	case err != nil:
		return postgres.Person{}, err
	case found == nil:
		f.Add(field, "delegation.error.person", nil)
		return postgres.Person{}, nil
	default:
		return *found, nil
	}
}

// fits checks a delegation against what else is known: its duties, other leaves of the delegator, and the delegate's own.
func (s *Service) fits(ctx context.Context, t *tx, d postgres.Delegation) error {
	duties, err := postgres.HasDuties(ctx, t, d.DelegatorID)
	if err != nil {
		return err
	}
	if !duties {
		return fieldFault("delegator", "delegation.error.no_duties", nil)
	}
	other, err := postgres.Clashing(ctx, t, d.DelegatorID, d.FromDay, d.UntilDay)
	if err != nil {
		return err
	}
	if other != nil {
		return fieldFault("from", "delegation.error.clash", map[string]any{"name": other.Delegate, "from": appraisal.CalendarDay(other.FromDay), "until": appraisal.CalendarDay(other.UntilDay)})
	}
	if other, err = postgres.StandingIn(ctx, t, d.DelegatorID, d.FromDay, d.UntilDay); err != nil {
		return err
	}
	if other != nil {
		return fieldFault("from", "delegation.error.stands_in", map[string]any{"name": other.Delegator, "from": appraisal.CalendarDay(other.FromDay), "until": appraisal.CalendarDay(other.UntilDay)})
	}
	if other, err = postgres.Clashing(ctx, t, d.DelegateID, d.FromDay, d.UntilDay); err != nil || other == nil {
		return err
	}
	return fieldFault("delegate", "delegation.error.away", map[string]any{"name": other.Delegator})
}

// RevokeDelegation ends a delegation before its last day: the delegator takes their duties back, the delegate gives them back, or HR
// does it. What the delegate has done stays done.
func (s *Service) RevokeDelegation(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.DelegationID) (Receipt, error) {
	return perform(ctx, s, actor, deed{name: "revoke_delegation", subject: string(id), call: call}, func(t *tx) (Receipt, error) {
		d, err := postgres.LockDelegation(ctx, t, id)
		if err != nil {
			return Receipt{}, err
		}
		if err := appraisal.Can(actor, appraisal.ActionEndDelegation, delegationSubject(d)); err != nil {
			return Receipt{}, err
		}
		switch {
		case d.RevokedAt != nil:
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "delegation.error.revoked", map[string]any{"at": d.RevokedAt.In(s.zone)})
		case d.UntilDay.Before(s.day(t.now)):
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "delegation.error.over", map[string]any{"until": appraisal.CalendarDay(d.UntilDay)})
		}
		if err := postgres.RevokeDelegation(ctx, t, id, actor.ID, t.now); err != nil {
			return Receipt{}, err
		}
		if err := s.auditDelegation(ctx, t, actor, "revoke_delegation", d); err != nil {
			return Receipt{}, err
		}
		return Receipt{ID: string(id), At: t.now}, s.tellOfDelegation(ctx, t, actor, d, mailRevoked)
	})
}

// auditDelegation writes a line of the trail; what neither side did themselves, HR did on the delegator's behalf.
func (s *Service) auditDelegation(ctx context.Context, t *tx, actor appraisal.Actor, action string, d postgres.Delegation) error {
	event := postgres.AuditEvent{
		At: t.now, Actor: actor.Person(), Network: actor.Network, Action: action, Subject: "delegation/" + string(d.ID),
		Detail: map[string]any{
			"delegator": d.DelegatorID, "delegate": d.DelegateID,
			"from": d.FromDay.Format(time.DateOnly), "until": d.UntilDay.Format(time.DateOnly),
		},
	}
	if actor.ID != d.DelegatorID && actor.ID != d.DelegateID {
		event.OnBehalfOf = &d.DelegatorID
	}
	return postgres.Audit(ctx, t, event)
}

// standingIn returns the actor with whom they stand in for, if for anybody. The delegation is held until the act is done: one that is
// revoked at the same moment either lets the act pass or refuses it, and never both.
func (s *Service) standingIn(ctx context.Context, t *tx, actor appraisal.Actor, whom appraisal.PersonID) (appraisal.Actor, error) {
	if whom == "" {
		return actor, nil
	}
	held, err := postgres.HoldDelegation(ctx, t, actor.ID, whom, s.day(t.now))
	if err != nil {
		return actor, err
	}
	if !held {
		return actor, s.ended(ctx, t, actor, whom, appraisal.Fault(appraisal.CodeForbidden, "error.not_your_step", nil))
	}
	actor.Behalf = whom
	return actor, nil
}

// orEnded explains a refusal to somebody whose delegation has ended a short time ago; to everybody else the refusal stands.
func (s *Service) orEnded(ctx context.Context, q postgres.Querier, actor appraisal.Actor, official appraisal.PersonID, refusal error) error {
	if official == "" || official == actor.ID || slices.Contains(actor.For, official) {
		return refusal
	}
	return s.ended(ctx, q, actor, official, refusal)
}

func (s *Service) ended(ctx context.Context, q postgres.Querier, actor appraisal.Actor, official appraisal.PersonID, refusal error) error {
	today := s.day(s.clock())
	ended, err := postgres.EndedDelegation(ctx, q, actor.ID, official, today)
	switch {
	case err != nil:
		return err
	case ended == nil:
		return refusal
	}
	at := ended.UntilDay
	if ended.RevokedAt != nil {
		at = s.day(*ended.RevokedAt)
	}
	if today.Sub(at) > delegationMemory {
		return refusal
	}
	return appraisal.Fault(appraisal.CodeForbidden, "delegation.error.ended", map[string]any{"name": ended.Delegator, "day": appraisal.CalendarDay(at)})
}
