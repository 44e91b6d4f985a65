package appraisal

import (
	"slices"
	"time"
)

// Limits of a delegation, in days: how long one may be, both days included, and how far ahead it may begin.
const (
	LongestDelegation  = 90
	FarthestDelegation = 365
)

// DelegationState is where a delegation stands on a day.
type DelegationState string

const (
	DelegationComing  DelegationState = "coming"
	DelegationInForce DelegationState = "in_force"
	DelegationEnded   DelegationState = "ended"
	DelegationRevoked DelegationState = "revoked"
)

// Over reports whether the delegation has no effect any more.
func (s DelegationState) Over() bool { return s == DelegationEnded || s == DelegationRevoked }

// DelegationStateOn tells where a delegation from a first to a last day, both included, stands today.
func DelegationStateOn(today, first, last time.Time, revoked bool) DelegationState {
	switch {
	case revoked:
		return DelegationRevoked
	case today.Before(first):
		return DelegationComing
	case today.After(last):
		return DelegationEnded
	default:
		return DelegationInForce
	}
}

// DelegationDays checks the days of a delegation, given as YYYY-MM-DD, against today in the office's zone, and returns them; faults
// are added to f. What is over cannot be delegated any more; a leave that has begun already is delegated from today.
func DelegationDays(f *Faults, from, until string, today time.Time) (first, last time.Time) {
	today = Day(today)
	first, firstErr := time.Parse(time.DateOnly, from)
	last, lastErr := time.Parse(time.DateOnly, until)
	switch {
	case firstErr != nil:
		f.Add("from", "delegation.error.day", nil)
	case first.Before(today):
		f.Add("from", "delegation.error.past", map[string]any{"today": CalendarDay(today)})
	case first.After(today.AddDate(0, 0, FarthestDelegation)):
		f.Add("from", "delegation.error.far", map[string]any{"days": FarthestDelegation})
	}
	switch {
	case lastErr != nil:
		f.Add("until", "delegation.error.day", nil)
	case firstErr != nil: // nothing to compare with
	case last.Before(first):
		f.Add("until", "delegation.error.order", map[string]any{"from": CalendarDay(first)})
	case last.After(first.AddDate(0, 0, LongestDelegation-1)):
		f.Add("until", "delegation.error.long", map[string]any{"days": LongestDelegation})
	}
	return first, last
}

// Day returns the day of an instant in its own zone, as the midnight in UTC by which days are stored and compared.
func Day(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// CalendarDay is a day as sentences write it, without a time.
type CalendarDay time.Time

// Calendar returns the day.
func (d CalendarDay) Calendar() time.Time { return time.Time(d) }

// Delegable reports whether steps of a party can be delegated for a leave: those of an office can, those of the person not.
func (p Party) Delegable() bool { return p == PartyAppraiser || p == PartyReviewingOfficial }

// DelegableSteps lists the steps that can be delegated.
func DelegableSteps() []StepKind {
	var kinds []StepKind
	for kind, place := range stepPlaces {
		if place.party.Delegable() {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// Behalf returns whom the actor stands in for when they act as the official who is a party of the subject: nobody when it is
// their own duty. ok is false where they may not act as that official at all; the error then says why, if there is more to say
// than that it is somebody else's.
func (s Subject) Behalf(a Actor, official PersonID, party Party) (whom PersonID, ok bool, err error) {
	switch {
	case official == "" || a.ID == "":
		return "", false, nil
	case a.ID == official:
		return "", true, nil
	case !party.Delegable() || !slices.Contains(a.For, official):
		return "", false, nil
	}
	if err := s.conflict(a, party); err != nil {
		return "", false, err
	}
	return official, true, nil
}

// conflict says why somebody must not stand in for a party of this appraisal although they hold its delegation. Nobody appraises
// themselves, nor those by whom they are appraised; whoever was asked for an opinion gives it as a peer or stands in, not both,
// and could work out from the average what the others answered; and one person is not on both sides of an objection.
func (s Subject) conflict(a Actor, party Party) error {
	holds := func(id PersonID) bool { return id != "" && (a.ID == id || slices.Contains(a.For, id)) }
	switch {
	case a.ID == s.Employee:
		return Fault(CodeForbidden, "delegation.error.self", nil)
	case slices.Contains(s.Appraised, a.ID):
		return Fault(CodeForbidden, "delegation.error.superior", nil)
	case slices.Contains(s.Asked, a.ID):
		return Fault(CodeForbidden, "delegation.error.asked", nil)
	case s.Appraiser == s.Reviewer:
		return nil
	case party == PartyAppraiser && a.ID == s.Reviewer, party == PartyReviewingOfficial && holds(s.Appraiser):
		return Fault(CodeForbidden, "delegation.error.both_sides", nil)
	default:
		return nil
	}
}

// Does returns whom the actor stands in for when they do the subject's step, nobody for one of their own; the error says why it is
// not theirs. Whoever has rated the employee as appraiser, or answered the objection, does not decide on it, neither for themselves
// nor for another.
func (s Subject) Does(a Actor) (whom PersonID, err error) {
	whom, ok, err := s.Behalf(a, s.Owner, s.Party)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return "", Fault(CodeForbidden, "error.not_your_step", nil)
	case s.Party == PartyReviewingOfficial && slices.Contains(s.Judges, a.ID):
		return "", Fault(CodeForbidden, "delegation.error.judged", nil)
	default:
		return whom, nil
	}
}

// StandsAs reports whether the actor is the subject's official of a party, or stands in for that person.
func (s Subject) StandsAs(a Actor, party Party) bool {
	official := s.Appraiser
	if party == PartyReviewingOfficial {
		official = s.Reviewer
	}
	_, ok, _ := s.Behalf(a, official, party)
	return ok
}

// Capacity returns for whom somebody speaks in an appraisal beyond its steps: nobody where they are one of its people themselves,
// otherwise the official whom they stand in for, the appraiser first.
func (s Subject) Capacity(a Actor) PersonID {
	if a.ID == s.Employee || a.ID == s.Appraiser || a.ID == s.Reviewer {
		return ""
	}
	if whom, ok, _ := s.Behalf(a, s.Appraiser, PartyAppraiser); ok {
		return whom
	}
	whom, _, _ := s.Behalf(a, s.Reviewer, PartyReviewingOfficial)
	return whom
}

// barred returns why an actor who holds a delegation in this appraisal must not use it, or must not decide on what they rated; nil for
// everybody else.
func (s Subject) barred(a Actor) error {
	if s.Owner != "" {
		if _, ok, err := s.Behalf(a, s.Owner, s.Party); err != nil {
			return err
		} else if _, judged := s.Does(a); ok && judged != nil {
			return judged
		}
	}
	_, _, err := s.Behalf(a, s.Appraiser, PartyAppraiser)
	if err == nil {
		_, _, err = s.Behalf(a, s.Reviewer, PartyReviewingOfficial)
	}
	return err
}
