package service

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// burden has the cycle ask somebody about n others.
func (b *bundle) burden(t *testing.T, who string, n int) {
	t.Helper()
	b.exec(t, `insert into person (kind, name, full_name, email) select 'employee', 'Beban ' || n, 'Beban ' || n, $2 || n || '@beban.test'
		from generate_series(1, $1::int) n`, n, who)
	b.exec(t, `insert into appraisal (cycle_id, employee_id, unit_id, position_kind, stage, stage_at)
		select $1, p.id, u.id, 'pelaksana', 'peer_review', now() from person p, unit u where p.email like $2 || '%@beban.test' and u.code = 'DINAS'`, b.cycle, who)
	b.exec(t, `insert into peer_nomination (appraisal_id, peer_id, category, ordinal, approved)
		select a.id, $1, 'peer', 1, true from appraisal a join person p on p.id = a.employee_id where p.email like $2 || '%@beban.test'`, b.as(who).ID, who)
}

func (b *bundle) nomination(names ...string) Nomination {
	in := Nomination{Peers: []appraisal.PersonID{}}
	for _, n := range names {
		in.Peers = append(in.Peers, b.as(n).ID)
	}
	return in
}

func (b *bundle) askedAbout(t *testing.T, who string) int {
	t.Helper()
	return query[int](t, b, `select count(*)::int from peer_nomination n join appraisal a on a.id = n.appraisal_id
		where n.peer_id = $1 and n.approved and a.cycle_id = $2`, b.as(who).ID, b.cycle)
}

func TestSilenceAsksNobodyBeyondTheirLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reach(t, "ani", appraisal.StagePeerReview)
	_, err := b.NominatePeers(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepNominatePeers),
		b.nomination("budi", "citra", "dodi"))
	must(t, err)
	b.burden(t, "budi", 8)
	b.look(t, "ani")
	b.clock.advance(time.Hour) // the appraiser stays silent
	b.look(t, "ani")
	if n := query[int](t, b, `select count(*)::int from step s where s.appraisal_id = $1 and s.kind = 'peer_answer' and s.owner_id = $2`, b.of(t, "ani"), b.as("budi").ID); n != 0 {
		t.Error("budi, who is asked about eight people, was asked about a ninth")
	}
	if n := query[int](t, b, `select count(*)::int from step s where s.appraisal_id = $1 and s.kind = 'peer_answer' and s.owner_id = $2`, b.of(t, "ani"), b.as("citra").ID); n != 1 {
		t.Error("citra, who has time, was not asked")
	}
}

func TestTwoAppraisersWhoApproveAtTheSameMomentAskNobodyBeyondTheirLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	peers := []string{"citra", "dodi", "eko"}
	b.burden(t, "citra", 7)
	steps := map[string]appraisal.StepID{}
	for _, who := range []string{"ani", "budi"} {
		b.enter(t, who, appraisal.StagePeerReview)
		_, err := b.NominatePeers(t.Context(), b.as(who), Call{}, b.open(t, who, appraisal.StepNominatePeers), b.nomination(peers...))
		must(t, err)
		b.look(t, who)
		steps[who] = b.open(t, who, appraisal.StepApprovePeers)
	}
	// Both approvals are held until each has locked its appraisal and found the colleague with room for one.
	held, err := b.pool.Begin(t.Context())
	must(t, err)
	defer func() { _ = held.Rollback(t.Context()) }()
	must(t, postgres.LockPeople(t.Context(), held, b.nomination(peers...).Peers))
	results := make(chan error, 2)
	for _, step := range steps {
		go func() {
			_, err := b.DecidePeers(t.Context(), b.as("kabid"), Call{}, step, PeersDecision{Approve: true})
			results <- err
		}()
	}
	for began := time.Now(); query[int](t, b, `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) < 2; {
		if time.Since(began) > 10*time.Second {
			t.Fatal("the approvals do not wait for each other")
		}
	}
	must(t, held.Commit(t.Context()))
	first, second := <-results, <-results
	if (first == nil) == (second == nil) {
		t.Fatalf("the approvals ended with %v and %v, want one of them refused", first, second)
	}
	wantCode(t, errors.Join(first, second), appraisal.CodeInvalid)
	if n := b.askedAbout(t, "citra"); n != 8 {
		t.Errorf("citra is asked about %d people, want 8", n)
	}
}

func TestAListFromWhichNothingCouldBeShownIsRefusedAndNobodyIsSkippedSilently(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StagePeerReview)
	step := b.open(t, "ani", appraisal.StepNominatePeers)
	b.exec(t, `update person set active = false where id = $1`, b.as("fitri").ID)
	for name, list := range map[string]Nomination{
		"nobody":                   b.nomination(),
		"nobody, unsaid":           {},
		"two":                      b.nomination("budi", "citra"),
		"somebody of another rank": b.nomination("budi", "citra", "dodi", "kadis"),
		"the appraiser":            b.nomination("budi", "citra", "dodi", "kabid"),
		"somebody who has left":    b.nomination("budi", "citra", "dodi", "fitri"),
	} {
		if _, err := b.NominatePeers(t.Context(), b.as("ani"), Call{}, step, list); appraisal.CodeOf(err) != appraisal.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := b.NominatePeers(t.Context(), b.as("ani"), Call{}, step, b.nomination("budi", "citra", "dodi"))
	must(t, err)
	b.look(t, "ani")
	approve := b.open(t, "ani", appraisal.StepApprovePeers)
	_, err = b.DecidePeers(t.Context(), b.as("kabid"), Call{}, approve, PeersDecision{Approve: true, Peers: []appraisal.PersonID{}})
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.DecidePeers(t.Context(), b.as("kabid"), Call{}, approve, PeersDecision{Approve: true, Peers: b.nomination("citra", "dodi", "eko").Peers})
	must(t, err)
	if n := b.askedAbout(t, "budi") + b.askedAbout(t, "eko"); n != 1 {
		t.Errorf("budi, who was replaced, and eko, who took the place, are asked %d times", n)
	}
}

func TestWhereNobodyCanBeSuggestedAnEmptyListGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "kabid", appraisal.StagePeerReview) // six subordinates, no colleague of the level
	form := b.form(t, "kabid", b.open(t, "kabid", appraisal.StepNominatePeers))
	if len(form.Candidates) != 6 || form.Minimum != 3 {
		t.Fatalf("kabid is offered %+v", form.Candidates)
	}
	b.enter(t, "kadis", appraisal.StagePeerReview) // one subordinate, one colleague above, who appraises them
	step := b.open(t, "kadis", appraisal.StepNominatePeers)
	if form := b.form(t, "kadis", step); len(form.Candidates) != 0 {
		t.Errorf("kadis is offered %+v, whose answers could never be shown", form.Candidates)
	}
	_, err := b.NominatePeers(t.Context(), b.as("kadis"), Call{}, step, b.nomination("kabid"))
	wantCode(t, err, appraisal.CodeInvalid)
	_, err = b.NominatePeers(t.Context(), b.as("kadis"), Call{}, step, b.nomination())
	must(t, err)
}

func TestUnitsAboveAndBesideAreOfferedOnlyWhereTheOwnHasTooFew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.enter(t, "ani", appraisal.StagePeerReview)
	offered := func() (near, far int) {
		for _, c := range b.form(t, "ani", b.open(t, "ani", appraisal.StepNominatePeers)).Candidates {
			if slices.Contains([]string{b.as("hana").Name, b.as("operator").Name, "Tetangga"}, c.Name) {
				far++
			} else {
				near++
			}
		}
		return near, far
	}
	b.exec(t, `with u as (insert into unit (code, name, parent_id) select 'BIDANG2', 'Bidang Lain', id from unit where code = 'DINAS' returning id),
			p as (insert into person (kind, name, full_name, email) values ('employee', 'Tetangga', 'Tetangga', 't@pemda.test') returning id)
		insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id)
		select p.id, '199001012015011099', 'male', '1990-01-01', 'pns', 'pelaksana', 'Pengolah', u.id from u, p`)
	if near, far := offered(); near != 5 || far != 0 {
		t.Errorf("with five in the unit %d near and %d far are offered", near, far)
	}
	b.exec(t, `update person set active = false where id = $1`, b.as("fitri").ID)
	if near, far := offered(); near != 4 || far != 1 {
		t.Errorf("with four in the unit %d near and %d far are offered", near, far)
	}
}
