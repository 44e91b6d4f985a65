package service

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

func TestAnActIsKnownByItsKeyAndSubjectHoweverLongTheyAre(t *testing.T) {
	t.Parallel()
	b := setup(t)
	long := func() string { // what no compression makes short enough for an index
		var s strings.Builder
		for range 9000 {
			s.WriteByte(byte('a' + rand.IntN(26)))
		}
		return s.String()
	}
	key, in := long(), UnitRating{Unit: "DINAS", Rating: appraisal.OrganisationBaik, Evidence: "Laporan"}
	first, err := b.RateUnit(t.Context(), b.as("hana"), Call{Key: key}, b.cycle, in)
	must(t, err)
	again, err := b.RateUnit(t.Context(), b.as("hana"), Call{Key: key}, b.cycle, in)
	if err != nil || again != first {
		t.Errorf("the repeat is answered %+v, %v", again, err)
	}
	in.Unit = long()
	_, err = b.RateUnit(t.Context(), b.as("hana"), Call{Key: "k"}, b.cycle, in)
	wantCode(t, err, appraisal.CodeInvalid)
}

func TestAnApprovalWithoutNamesKeepsThoseThatWereProposed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StagePeerReview)
	budi, citra, dodi := b.as("budi").ID, b.as("citra").ID, b.as("dodi").ID
	_, err := b.NominatePeers(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepNominatePeers), Nomination{Peers: []appraisal.PersonID{dodi, budi, citra}})
	must(t, err)
	b.look(t, "ani")
	_, err = b.DecidePeers(t.Context(), b.as("kabid"), Call{}, b.open(t, "ani", appraisal.StepApprovePeers), PeersDecision{Approve: true})
	must(t, err)
	peers, err := postgres.Nominations(t.Context(), b.pool, b.of(t, "ani"))
	must(t, err)
	if len(peers) != 3 || peers[0].PeerID != dodi || peers[2].PeerID != citra || !peers[0].Approved || !peers[2].Approved {
		t.Errorf("approved are %+v", peers)
	}
}
