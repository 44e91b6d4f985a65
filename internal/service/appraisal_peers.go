package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// readPeers tells who was asked only to the two who chose them, and to everybody but those who were asked what was published.
func (r *reading) readPeers(ctx context.Context) error {
	state := &PeerState{Nominees: []Nominee{}, Aggregates: []appraisal.PeerAggregate{}, Minimum: r.policy.Peers.MinimumAnswers}
	asked := map[appraisal.PersonID]bool{}
	for _, step := range r.steps {
		if step.Kind == appraisal.StepPeerAnswer && step.OwnerID != nil {
			asked[*step.OwnerID] = true
		}
	}
	state.Asked = len(asked)
	published, err := postgres.Aggregates(ctx, r, r.row.ID)
	if err != nil {
		return err
	}
	state.Published = len(published) > 0
	state.Withheld = state.Published && !r.may(appraisal.ActionReadOpinions)
	if state.Published && !state.Withheld {
		state.Aggregates = published
		if state.Overall, err = postgres.Overall(ctx, r, r.row.ID); err != nil {
			return err
		}
	}
	if len(r.peers) == 0 && state.Asked == 0 && !state.Published {
		return nil
	}
	if r.may(appraisal.ActionReadNominees) {
		if state.Nominees, err = r.nominees(ctx, asked); err != nil {
			return err
		}
	}
	extension, err := postgres.GetPeerExtension(ctx, r, r.row.ID)
	if err == nil && extension != nil {
		state.Extension = &PeerExtension{At: extension.At, Categories: extension.Categories, Granted: extension.Granted}
	}
	r.view.Peers = state
	return err
}

func (r *reading) nominees(ctx context.Context, asked map[appraisal.PersonID]bool) ([]Nominee, error) {
	ids := make([]appraisal.PersonID, len(r.peers))
	for i, p := range r.peers {
		ids[i] = p.PeerID
	}
	owed, err := postgres.Owed(ctx, r, r.row.CycleID, r.row.ID, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Nominee, len(r.peers))
	for i, p := range r.peers {
		known := r.people[p.PeerID]
		list[i] = Nominee{
			Person: Person{ID: p.PeerID, Name: known.FullName, Post: known.Post}, Category: p.Category, Owes: owed[p.PeerID],
			Approved: p.Approved, Asked: asked[p.PeerID],
		}
	}
	return list, nil
}
