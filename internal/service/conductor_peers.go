package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// extendPeers is asked when nobody is left who has to give an opinion. It gives the stage its one extension if answers are too
// few and people who have not been asked could make them enough: the employee names them, the appraiser approves, they are asked.
// After that, and where it would be in vain, the process goes on without. Nobody is given time who let everybody unnamed.
func (c *conducting) extendPeers(ctx context.Context) (bool, error) {
	if c.row.Stage != appraisal.StagePeerReview {
		return false, nil
	}
	decided, err := postgres.GetPeerExtension(ctx, c, c.row.ID)
	if err != nil || decided != nil {
		return false, err
	}
	published, err := postgres.PeersPublished(ctx, c, c.row.ID)
	if err != nil || published {
		return false, err
	}
	policy, err := c.policyOf(ctx, c, c.row.CycleID)
	if err != nil {
		return false, err
	}
	counts, err := postgres.PeerCounts(ctx, c, c.row.ID)
	if err != nil {
		return false, err
	}
	offered, err := offers(ctx, c, c.row, policy.Peers)
	if err != nil {
		return false, err
	}
	fresh := suggestible(nil, offered)
	var short, mendable []appraisal.PeerCategory
	for _, n := range counts {
		if n.Answered >= policy.Peers.MinimumAnswers {
			continue
		}
		short = append(short, n.Category)
		if n.Answered+fresh[n.Category] >= policy.Peers.MinimumAnswers {
			mendable = append(mendable, n.Category)
		}
	}
	switch {
	case len(short) == 0:
		return false, nil
	case len(mendable) == 0:
		return false, postgres.AddPeerExtension(ctx, c, c.row.ID, postgres.PeerExtension{At: c.now, Categories: short})
	}
	if err := postgres.AddPeerExtension(ctx, c, c.row.ID, postgres.PeerExtension{At: c.now, Categories: mendable, Granted: true}); err != nil {
		return false, err
	}
	if err := postgres.DropProposals(ctx, c, c.row.ID); err != nil {
		return false, err
	}
	if err := c.Service.audit(ctx, c.tx, appraisal.Actor{}, "extend_peers", c.row.ID, map[string]any{"categories": mendable}); err != nil {
		return false, err
	}
	return true, c.open(ctx, appraisal.StepNominatePeers)
}

// peersHealth tells operators why a stage of opinions that was extended is still open.
func (c *conducting) peersHealth(ctx context.Context) (appraisal.Health, error) {
	extension, err := postgres.GetPeerExtension(ctx, c, c.row.ID)
	if err != nil || extension == nil {
		return appraisal.HealthOnTime, err
	}
	return appraisal.HealthInsufficientPeers, nil
}

// acceptNominations takes the appraiser's silence for consent to whoever has room.
func (c *conducting) acceptNominations(ctx context.Context) error {
	policy, err := c.policyOf(ctx, c, c.row.CycleID)
	if err != nil {
		return err
	}
	round, err := nominating(ctx, c, c.row)
	if err != nil {
		return err
	}
	proposed, err := postgres.Nominations(ctx, c, c.row.ID)
	if err != nil {
		return err
	}
	ids := make([]appraisal.PersonID, len(proposed))
	for i, p := range proposed {
		ids[i] = p.PeerID
	}
	if err := postgres.LockPeople(ctx, c, ids); err != nil {
		return err
	}
	return postgres.ApproveNominations(ctx, c, c.row, round.number, policy.Peers.MostOwed)
}

// publishPeers parts the opinions from their authors and tells of them, once, what the cycle's policy lets be told. Answers of a
// category that is withheld are not kept at all: where one of three has answered, the one answer in the store would be theirs.
func (c *conducting) publishPeers(ctx context.Context) error {
	policy, err := c.policyOf(ctx, c, c.row.CycleID)
	if err != nil {
		return err
	}
	counts, err := postgres.PeerCounts(ctx, c, c.row.ID)
	if err != nil {
		return err
	}
	asked := map[appraisal.PeerCategory]int{}
	for _, n := range counts {
		asked[n.Category] = n.Asked
	}
	answers, err := postgres.TakePeerAnswers(ctx, c, c.row.ID)
	if err != nil {
		return err
	}
	aggregates, overall := policy.PeerOpinion(answers, asked)
	for _, agg := range aggregates {
		if agg.Withheld {
			continue
		}
		if err := postgres.KeepPeerOpinions(ctx, c, c.row.ID, agg.Category, answers[agg.Category]); err != nil {
			return err
		}
	}
	return postgres.PublishPeers(ctx, c, c.row.ID, aggregates, overall)
}
