package service

import (
	"context"
	"fmt"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// SubmitReview hands in the appraiser's judgement: both dimensions, their predikat, and every required competency.
func (s *Service) SubmitReview(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in appraisal.Review) (Receipt, error) {
	d := deed{name: "submit_review", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepAppraiserReview, appraisal.OutcomeSubmitted, func(a *stepAct) error {
		required, err := requiredLevels(ctx, a)
		if err != nil {
			return err
		}
		met, total, err := postgres.Met(ctx, a, a.row.ID)
		if err != nil {
			return err
		}
		codes := make([]string, 0, len(required))
		for code := range required {
			codes = append(codes, code)
		}
		if err := in.Validate(codes, met, total); err != nil {
			return err
		}
		rating := postgres.NewRating{Source: postgres.RatedByReview, WorkResult: in.WorkResult, Behaviour: in.Behaviour, Comment: in.Comment, Reason: in.Reason}
		if err := s.rate(ctx, a, actor, rating); err != nil {
			return err
		}
		return postgres.SaveCompetencyRatings(ctx, a, a.row.ID, in.Competencies, required)
	})
}

func requiredLevels(ctx context.Context, a *stepAct) (map[string]int, error) {
	list, err := postgres.RequiredCompetencies(ctx, a, a.row)
	levels := make(map[string]int, len(list))
	for _, r := range list {
		levels[r.Code] = r.Required
	}
	return levels, err
}

// rate adds a version of the rating with the predikat that the cycle's policy gives to both dimensions.
func (s *Service) rate(ctx context.Context, a *stepAct, actor appraisal.Actor, r postgres.NewRating) error {
	policy, err := s.policyOf(ctx, a, a.row.CycleID)
	if err != nil {
		return err
	}
	if r.Predikat, r.Explanation, err = policy.Rate(r.WorkResult, r.Behaviour); err != nil {
		return err
	}
	r.Appraisal, r.By, r.At = a.row.ID, &actor.ID, a.now
	return postgres.AddRating(ctx, a, r)
}

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
			proposed, err := postgres.Nominations(ctx, a, a.row.ID)
			if err != nil {
				return err
			}
			for _, p := range proposed {
				peers = append(peers, p.PeerID)
			}
		}
		return s.storeNominees(ctx, a, peers, true)
	})
}

// storeNominees checks the list and the load of everybody on it.
func (s *Service) storeNominees(ctx context.Context, a *stepAct, peers []appraisal.PersonID, approved bool) error {
	policy, err := s.policyOf(ctx, a, a.row.CycleID)
	if err != nil {
		return err
	}
	subject := a.row.Subject()
	if err := appraisal.ValidateNominees(peers, subject.Employee, subject.Appraiser, 2*policy.Peers.Asked); err != nil {
		return err
	}
	known, err := postgres.People(ctx, a, peers)
	if err != nil {
		return err
	}
	owed, err := postgres.Owed(ctx, a, a.row.CycleID, a.row.ID, peers)
	if err != nil {
		return err
	}
	var f appraisal.Faults
	for i, p := range peers {
		field := fmt.Sprintf("peers[%d]", i)
		switch person, ok := known[p]; {
		case !ok || !person.Active || person.Kind != "employee":
			f.Add(field, "error.peer_unknown", nil)
		case approved && owed[p] >= policy.Peers.MostOwed:
			f.Add(field, "error.peer_overloaded", map[string]any{"name": person.FullName, "max": policy.Peers.MostOwed})
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	return postgres.ReplaceNominations(ctx, a, a.row, peers, approved)
}

// AnswerPeer hands in one opinion. Nothing about it but "answered" can be read by anybody else, and once the stage is closed
// nobody can tell whose it was.
func (s *Service) AnswerPeer(ctx context.Context, actor appraisal.Actor, call Call, step appraisal.StepID, in appraisal.PeerAnswer) (Receipt, error) {
	if err := in.Validate(); err != nil {
		return Receipt{}, err
	}
	d := deed{name: "answer_peer", call: call, body: in}
	return s.onStep(ctx, actor, d, step, appraisal.StepPeerAnswer, appraisal.OutcomeSubmitted, func(a *stepAct) error {
		return postgres.SavePeerAnswer(ctx, a, step, in, a.row.ID, actor.ID)
	})
}
