package service

import (
	"context"
	"fmt"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// NominatePeers hands in the employee's list of opinion-givers for approval.
func (s *Service) NominatePeers(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in Nomination) (Receipt, error) {
	d := deed{name: "nominate_peers", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepNominatePeers, appraisal.OutcomeSubmitted, func(a *stepAct) error {
		return s.storeNominees(ctx, a, in.Peers, false)
	})
}

// DecidePeers approves the list, which may replace names, or returns it with a comment. Without names it approves those that the
// employee proposed.
func (s *Service) DecidePeers(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in PeersDecision) (Receipt, error) {
	_, outcome, err := decision(in.Approve, in.Comment)
	if err != nil {
		return Receipt{}, err
	}
	d := deed{name: "decide_peers", call: call, body: in, comment: in.Comment}
	return s.onStep(ctx, actor, d, step, appraisal.StepApprovePeers, outcome, func(a *stepAct) error {
		if !in.Approve {
			return nil
		}
		peers := in.Peers
		if peers == nil {
			round, err := nominating(ctx, a, a.row)
			if err != nil {
				return err
			}
			proposed, err := postgres.Nominations(ctx, a, a.row.ID)
			if err != nil {
				return err
			}
			for _, p := range proposed {
				if p.Round == round.number {
					peers = append(peers, p.PeerID)
				}
			}
		}
		if a.actor.Behalf != "" && slices.Contains(peers, actor.ID) {
			return fieldFault("peers", "delegation.error.own_list", nil)
		}
		return s.storeNominees(ctx, a, peers, true)
	})
}

// AnswerPeer hands in one opinion. Nothing about it can be read by anybody else, and once the stage is closed nobody can tell
// whose it was. That it was handed in is told to its author alone: no page, list or answer counts opinions while the stage is
// open, because whoever reads a count twice learns who has answered in between.
func (s *Service) AnswerPeer(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in appraisal.PeerAnswer) (Receipt, error) {
	if err := in.Validate(); err != nil {
		return Receipt{}, err
	}
	d := deed{name: "answer_peer", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepPeerAnswer, appraisal.OutcomeSubmitted, func(a *stepAct) error {
		return postgres.SavePeerAnswer(ctx, a, step, in, a.row.ID, actor.ID)
	})
}

// nominationRound is which list of opinion-givers is being made: the first, or the one of the extension, which may only be about
// categories whose answers were too few.
type nominationRound struct {
	number int
	short  []appraisal.PeerCategory // empty: any category
}

func nominating(ctx context.Context, q postgres.Querier, row postgres.Appraisal) (nominationRound, error) {
	extension, err := postgres.GetPeerExtension(ctx, q, row.ID)
	if err != nil || extension == nil || !extension.Granted {
		return nominationRound{number: 1}, err
	}
	return nominationRound{number: 2, short: extension.Categories}, nil
}

func (r nominationRound) open(c appraisal.PeerCategory) bool {
	return len(r.short) == 0 || slices.Contains(r.short, c)
}

// storeNominees checks the list and the load of everybody on it. Their rows are locked before their load is counted, so that two
// appraisers who approve at the same moment cannot take anybody beyond the limit together.
func (s *Service) storeNominees(ctx context.Context, a *stepAct, peers []appraisal.PersonID, approved bool) error {
	policy, err := s.policyOf(ctx, a, a.row.CycleID)
	if err != nil {
		return err
	}
	subject := a.row.Subject()
	if err := appraisal.ValidateNominees(peers, subject.Employee, subject.Appraiser, 2*policy.Peers.Asked); err != nil {
		return err
	}
	if approved {
		if err := postgres.LockPeople(ctx, a, peers); err != nil {
			return err
		}
	}
	round, err := nominating(ctx, a, a.row)
	if err != nil {
		return err
	}
	chosen, err := chosenPeers(ctx, a, round, peers, policy.Peers.MostOwed)
	if err != nil {
		return err
	}
	offered, err := offers(ctx, a, a.row, policy.Peers)
	if err != nil {
		return err
	}
	if err := appraisal.CheckNomination(chosen, suggestible(chosen, offered), policy.Peers.MinimumAnswers, round.number > 1); err != nil {
		return err
	}
	return postgres.ReplaceNominations(ctx, a, a.row, round.number, peers, approved)
}

// chosenPeers returns the category of everybody on a list, and reports each who may not be asked.
func chosenPeers(ctx context.Context, a *stepAct, round nominationRound, peers []appraisal.PersonID, most int) (map[appraisal.PersonID]appraisal.PeerCategory, error) {
	known, err := postgres.People(ctx, a, peers)
	if err != nil {
		return nil, err
	}
	owed, err := postgres.Owed(ctx, a, a.row.CycleID, a.row.ID, peers)
	if err != nil {
		return nil, err
	}
	before, err := askedBefore(ctx, a, a.row.ID)
	if err != nil {
		return nil, err
	}
	var f appraisal.Faults
	chosen := map[appraisal.PersonID]appraisal.PeerCategory{}
	for i, p := range peers {
		field := fmt.Sprintf("peers[%d]", i)
		person, ok := known[p]
		category, may := appraisal.CategoryPeer, person.PositionKind.Level() == a.row.PositionKind.Level()
		if person.SuperiorID != nil && *person.SuperiorID == a.row.EmployeeID {
			category, may = appraisal.CategorySubordinate, true
		}
		switch {
		case !ok || !person.Active || person.Kind != "employee":
			f.Add(field, "error.peer_unknown", nil)
		case !may:
			f.Add(field, "peers.error.level", map[string]any{"name": person.FullName})
		case before[p]:
			f.Add(field, "peers.error.asked_before", map[string]any{"name": person.FullName})
		case !round.open(category):
			f.Add(field, "peers.error.category_enough", map[string]any{"name": person.FullName})
		case owed[p] >= most:
			f.Add(field, "error.peer_overloaded", map[string]any{"name": person.FullName, "max": most})
		}
		chosen[p] = category
	}
	return chosen, f.Err()
}

// askedBefore returns who was asked for an opinion about this appraisal already.
func askedBefore(ctx context.Context, q postgres.Querier, id appraisal.AppraisalID) (map[appraisal.PersonID]bool, error) {
	steps, err := postgres.Steps(ctx, q, id)
	before := map[appraisal.PersonID]bool{}
	for _, step := range steps {
		if step.Kind == appraisal.StepPeerAnswer && step.OwnerID != nil {
			before[*step.OwnerID] = true
		}
	}
	return before, err
}

// suggestible counts by category who could be on a list: whoever is offered, and whoever is on it although too far to be offered.
func suggestible(chosen map[appraisal.PersonID]appraisal.PeerCategory, offered []Nominee) map[appraisal.PeerCategory]int {
	count := map[appraisal.PeerCategory]int{}
	for _, category := range chosen {
		count[category]++
	}
	for _, n := range offered {
		if _, counted := chosen[n.ID]; !counted {
			count[n.Category]++
		}
	}
	return count
}

// mostCandidates bounds how many possible opinion-givers a form offers, the nearest ones.
const mostCandidates = 100

// offers returns who could give an opinion and has not been asked: without those who are asked about as many as they may be, and
// with the units above and beside only where too few of the same level are left in the unit.
func offers(ctx context.Context, q postgres.Querier, row postgres.Appraisal, rules appraisal.PeerRules) ([]Nominee, error) {
	rows, err := postgres.Candidates(ctx, q, row, kindsAt(row.PositionKind.Level()), mostCandidates)
	if err != nil {
		return nil, err
	}
	near := 0
	for _, c := range rows {
		if c.Owes < rules.MostOwed && c.Category == appraisal.CategoryPeer && c.Near == 0 {
			near++
		}
	}
	list := make([]Nominee, 0, len(rows))
	for _, c := range rows {
		far := c.Category == appraisal.CategoryPeer && c.Near > 0
		if c.Owes < rules.MostOwed && (!far || near < rules.Asked) {
			list = append(list, Nominee{Person: Person{ID: c.ID, Name: c.FullName, Post: c.Post}, Category: c.Category, Owes: c.Owes})
		}
	}
	return list, nil
}

// kindsAt returns the position kinds of one level.
func kindsAt(level appraisal.PositionLevel) []appraisal.PositionKind {
	var kinds []appraisal.PositionKind
	for _, k := range []appraisal.PositionKind{
		appraisal.PositionJPTUtama, appraisal.PositionJPTMadya, appraisal.PositionJPTPratama, appraisal.PositionAdministrator,
		appraisal.PositionPengawas, appraisal.PositionFungsional, appraisal.PositionPelaksana,
	} {
		if k.Level() == level {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// fillCandidates adds whom one may choose from. A category with fewer people than the answers that it needs is not offered: its
// answers could never be shown.
func (s *Service) fillCandidates(ctx context.Context, q postgres.Querier, row postgres.Appraisal, form *StepForm) error {
	policy, err := s.policyOf(ctx, q, row.CycleID)
	if err != nil {
		return err
	}
	round, err := nominating(ctx, q, row)
	if err != nil {
		return err
	}
	offered, err := offers(ctx, q, row, policy.Peers)
	if err != nil {
		return err
	}
	form.Asked, form.Minimum, form.Extension, form.Candidates = policy.Peers.Asked, policy.Peers.MinimumAnswers, round.number > 1, []Nominee{}
	count := suggestible(nil, offered)
	for _, n := range offered {
		if round.open(n.Category) && (form.Extension || count[n.Category] >= policy.Peers.MinimumAnswers) {
			form.Candidates = append(form.Candidates, n)
		}
	}
	return nil
}

// fillLoad tells an opinion-giver how many others they are asked about.
func (s *Service) fillLoad(ctx context.Context, q postgres.Querier, row postgres.Appraisal, form *StepForm) error {
	if form.Step.State != postgres.StepOpen {
		return nil
	}
	step, err := postgres.GetStep(ctx, q, form.Step.ID)
	if err != nil || step.OwnerID == nil {
		return err
	}
	owed, err := postgres.Owed(ctx, q, row.CycleID, row.ID, []appraisal.PersonID{*step.OwnerID})
	form.Owes = owed[*step.OwnerID]
	return err
}
