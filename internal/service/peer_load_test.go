package service

import (
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestSilenceAsksNobodyBeyondTheirLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.exec(t, `insert into person (kind, name, full_name, email) select 'employee', 'Beban ' || n, 'Beban ' || n, n || '@beban.test' from generate_series(1, 8) n`)
	b.exec(t, `insert into appraisal (cycle_id, employee_id, unit_id, position_kind, stage, stage_at)
		select $1, p.id, u.id, 'pelaksana', 'peer_review', now() from person p, unit u where p.name like 'Beban %' and u.code = 'DINAS'`, b.cycle)
	b.exec(t, `insert into peer_nomination (appraisal_id, peer_id, category, ordinal, approved)
		select a.id, $1, 'peer', 1, true from appraisal a join person p on p.id = a.employee_id where p.name like 'Beban %'`, b.as("budi").ID)
	b.reach(t, "ani", appraisal.StagePeerReview)
	_, err := b.NominatePeers(t.Context(), b.as("ani"), Call{}, b.open(t, "ani", appraisal.StepNominatePeers),
		Nomination{Peers: []appraisal.PersonID{b.as("budi").ID, b.as("citra").ID}})
	must(t, err)
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
