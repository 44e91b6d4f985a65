package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Pulse is what somebody may say about their own appraisal once its result is final. While the pulse is open the answer is tied to
// the appraisal and its author alone reads and changes it; afterwards nobody can tell whose it was.
type Pulse struct {
	Appraisal appraisal.AppraisalID  `json:"appraisal"`
	Open      bool                   `json:"open"`
	ClosesAt  *time.Time             `json:"closes_at"` // at the latest: it closes with the cycle
	Answer    *appraisal.PulseAnswer `json:"answer"`
}

// PulseInvitation is a pulse that the signed-in person may answer.
type PulseInvitation struct {
	Appraisal appraisal.AppraisalID `json:"appraisal"`
	CycleName string                `json:"cycle_name"`
	ClosesAt  time.Time             `json:"closes_at"`
	Answered  bool                  `json:"answered"`
}

// PulseWindow is how many days a cycle's pulse stays open after the first final result, if the cycle does not close before.
type PulseWindow struct {
	Days int `json:"days"`
}

// PulseResults is what a cycle's pulse has told. Nothing of it is known while the pulse is open, not even how many have answered.
type PulseResults struct {
	State          string            `json:"state"` // waiting, open, closed
	Days           int               `json:"days"`
	ClosesAt       *time.Time        `json:"closes_at"`
	Minimum        int               `json:"minimum"` // answers that a group needs
	Answers        int               `json:"answers"` // in all groups together
	Understandable appraisal.Decimal `json:"understandable"`
	Fair           appraisal.Decimal `json:"fair"`
	Groups         []PulseGroup      `json:"groups"`
}

// PulseGroup is a part of the organisation with enough answers: a unit, with those below it that have none of their own.
type PulseGroup struct {
	Unit           string             `json:"unit"`
	Units          []appraisal.UnitID `json:"units"`
	Answers        int                `json:"answers"`
	Understandable appraisal.Decimal  `json:"understandable"`
	Fair           appraisal.Decimal  `json:"fair"`
	Comments       []string           `json:"comments"`
}

// States of a pulse.
const (
	PulseWaiting = "waiting" // no result is final yet
	PulseOpen    = "open"
	PulseClosed  = "closed"
)

const pulseDays = 30 // unless HR sets another number

// Pulse reads one's own pulse.
func (s *Service) Pulse(ctx context.Context, actor appraisal.Actor, id appraisal.AppraisalID) (Pulse, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionAnswerPulse); err != nil {
		return Pulse{}, err
	}
	view := Pulse{Appraisal: id}
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		row, err := permitted(ctx, q, actor, appraisal.ActionAnswerPulse, id)
		if err != nil {
			return err
		}
		pulse, err := postgres.GetPulse(ctx, q, row.CycleID)
		if err != nil || pulse == nil || pulse.OpenedAt == nil {
			return err
		}
		view.ClosesAt = pulse.ClosesAt()
		if pulse.ClosedAt != nil {
			view.ClosesAt = pulse.ClosedAt
		}
		if view.Open, err = s.mayAnswer(ctx, q, row, pulse); err != nil {
			return err
		}
		view.Answer, err = postgres.GetPulseAnswer(ctx, q, id)
		return err
	})
	if err != nil {
		return Pulse{}, fmt.Errorf("read the pulse of appraisal %s: %w", id, err)
	}
	return view, nil
}

func (s *Service) mayAnswer(ctx context.Context, q postgres.Querier, row postgres.Appraisal, pulse *postgres.Pulse) (bool, error) {
	if pulse == nil || !pulse.Open(s.clock()) || underway(row.CycleStatus) != nil {
		return false, nil
	}
	return postgres.ResultFinal(ctx, q, row.ID)
}

// AnswerPulse hands in what an employee says, in place of what they said before. It leaves no line in the trail.
func (s *Service) AnswerPulse(ctx context.Context, actor appraisal.Actor, call Call, id appraisal.AppraisalID, in appraisal.PulseAnswer) (Receipt, error) {
	if err := in.Validate(); err != nil {
		return Receipt{}, err
	}
	return perform(ctx, s, actor, deed{name: "answer_pulse", subject: string(id), call: call, body: in}, func(t *tx) (Receipt, error) {
		row, err := permitted(ctx, t, actor, appraisal.ActionAnswerPulse, id)
		if err != nil {
			return Receipt{}, err
		}
		pulse, err := postgres.HoldPulse(ctx, t, row.CycleID)
		if err != nil {
			return Receipt{}, err
		}
		open, err := s.mayAnswer(ctx, t, row, pulse)
		switch {
		case err != nil:
			return Receipt{}, err
		case !open:
			return Receipt{}, appraisal.Fault(appraisal.CodeWrongStage, "pulse.error.not_open", nil)
		}
		return Receipt{Appraisal: id, At: t.now}, postgres.SavePulseAnswer(ctx, t, id, in)
	})
}

// PulseResults reads what a cycle's pulse has told.
func (s *Service) PulseResults(ctx context.Context, actor appraisal.Actor, cycle appraisal.CycleID) (PulseResults, error) {
	var view PulseResults
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		err := permittedInCycle(ctx, q, actor, appraisal.ActionReadPulse, cycle)
		if err != nil {
			return err
		}
		view, err = s.pulseResults(ctx, q, cycle)
		return err
	})
	if err != nil {
		return PulseResults{}, fmt.Errorf("read the pulse of cycle %s: %w", cycle, err)
	}
	return view, nil
}

func (s *Service) pulseResults(ctx context.Context, q postgres.Querier, cycle appraisal.CycleID) (PulseResults, error) {
	view := PulseResults{State: PulseWaiting, Days: pulseDays, Groups: []PulseGroup{}}
	var err error
	if view.Minimum, err = s.pulseMinimum(ctx, q, cycle); err != nil {
		return view, err
	}
	pulse, err := postgres.GetPulse(ctx, q, cycle)
	if err != nil || pulse == nil {
		return view, err
	}
	view.Days, view.ClosesAt = pulse.Days, pulse.ClosesAt()
	switch {
	case pulse.ClosedAt != nil:
		view.State, view.ClosesAt, view.Minimum = PulseClosed, pulse.ClosedAt, pulse.Minimum
		view.Answers, view.Understandable, view.Fair = pulse.Answers, pulse.Understandable, pulse.Fair
	case pulse.OpenedAt != nil:
		view.State = PulseOpen
	}
	rows, err := postgres.PulseResults(ctx, q, cycle)
	for _, r := range rows {
		view.Groups = append(view.Groups, PulseGroup{
			Unit: r.Unit, Units: r.Units, Answers: r.Answers, Understandable: r.Understandable, Fair: r.Fair, Comments: r.Comments,
		})
	}
	return view, err
}

// pulseMinimum is how many answers a group needs: as many people as the policy compares with each other at least.
func (s *Service) pulseMinimum(ctx context.Context, q postgres.Querier, cycle appraisal.CycleID) (int, error) {
	policy, err := s.policyOf(ctx, q, cycle)
	if err != nil {
		return 0, err
	}
	return max(policy.CohortMinimum, policy.Peers.MinimumAnswers), nil
}

// SetPulseWindow sets how long the pulse stays open. One that has closed stays as it was published.
func (s *Service) SetPulseWindow(ctx context.Context, actor appraisal.Actor, call Call, cycle appraisal.CycleID, in PulseWindow) (PulseResults, error) {
	return perform(ctx, s, actor, deed{name: "set_pulse_window", subject: string(cycle), call: call, body: in}, func(t *tx) (PulseResults, error) {
		if err := appraisal.MayTry(actor, appraisal.ActionManageCycle); err != nil {
			return PulseResults{}, err
		}
		if in.Days < 1 || in.Days > 365 {
			return PulseResults{}, fieldFault("days", "pulse.error.days", map[string]any{"least": 1, "most": 365})
		}
		if err := permittedInCycle(ctx, t, actor, appraisal.ActionManageCycle, cycle); err != nil {
			return PulseResults{}, err
		}
		pulse, err := postgres.LockPulse(ctx, t, cycle)
		if err != nil {
			return PulseResults{}, err
		}
		if pulse != nil && pulse.ClosedAt != nil {
			return PulseResults{}, appraisal.Fault(appraisal.CodeWrongStage, "pulse.error.closed", nil)
		}
		before := pulseDays
		if pulse != nil {
			before = pulse.Days
		}
		if err := postgres.SetPulseDays(ctx, t, cycle, in.Days); err != nil {
			return PulseResults{}, err
		}
		if err := s.auditCycle(ctx, t, actor, "set_pulse_window", cycle, map[string]any{"before": before, "after": in.Days}); err != nil {
			return PulseResults{}, err
		}
		if err := t.wake(ctx, appraisal.CycleWorkflowID(cycle)); err != nil {
			return PulseResults{}, err
		}
		return s.pulseResults(ctx, t, cycle)
	})
}

// tendPulse closes a cycle's pulse when the cycle is over or its days are, and returns when it will otherwise. Answers leave the
// store that ties them to their authors and are published once, in groups that are large enough; what is in none is not kept.
func (s *Service) tendPulse(ctx context.Context, t *tx, cycle appraisal.CycleID, over bool) (time.Time, error) {
	pulse, err := postgres.LockPulse(ctx, t, cycle)
	switch {
	case err != nil:
		return time.Time{}, err
	case pulse == nil || pulse.ClosedAt != nil || !over && pulse.OpenedAt == nil:
		return time.Time{}, nil
	case !over && pulse.Open(t.now):
		return *pulse.ClosesAt(), nil
	}
	answers, err := postgres.TakePulseAnswers(ctx, t, cycle)
	if err != nil {
		return time.Time{}, err
	}
	units, err := postgres.Units(ctx, t)
	if err != nil {
		return time.Time{}, err
	}
	parents := map[appraisal.UnitID]appraisal.UnitID{}
	for _, u := range units {
		parents[u.ID] = text(u.ParentID)
	}
	if pulse.Minimum, err = s.pulseMinimum(ctx, t, cycle); err != nil {
		return time.Time{}, err
	}
	var published []appraisal.PulseAnswer
	for _, g := range appraisal.GroupPulse(answers, parents, pulse.Minimum) {
		if err := postgres.PublishPulse(ctx, t, cycle, g); err != nil {
			return time.Time{}, err
		}
		published = append(published, g.Answers...)
	}
	pulse.Answers = len(published)
	pulse.Understandable, pulse.Fair = appraisal.PulseMeans(published)
	return time.Time{}, postgres.ClosePulse(ctx, t, cycle, *pulse, t.now)
}

// pulseInvitations returns the pulses that the actor may answer.
func (s *Service) pulseInvitations(ctx context.Context, actor appraisal.Actor) ([]PulseInvitation, error) {
	rows, err := postgres.PulseInvitations(ctx, s.db, actor.ID, s.clock())
	list := make([]PulseInvitation, len(rows))
	for i, r := range rows {
		list[i] = *invitationOf(r)
	}
	return list, err
}

// readPulse invites the employee on the page about their result.
func (r *reading) readPulse(ctx context.Context) error {
	if !r.employee() {
		return nil
	}
	rows, err := postgres.PulseInvitations(ctx, r, r.actor.ID, r.now)
	for _, row := range rows {
		if row.AppraisalID == r.row.ID {
			r.view.Pulse = invitationOf(row)
		}
	}
	return err
}

func invitationOf(r postgres.PulseInvitation) *PulseInvitation {
	return &PulseInvitation{Appraisal: r.AppraisalID, CycleName: r.CycleName, ClosesAt: r.OpenedAt.AddDate(0, 0, r.Days), Answered: r.Answered}
}
