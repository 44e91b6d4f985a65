package postgres

import (
	"context"
	"math/rand/v2"

	"github.com/marelan/telaah/internal/appraisal"
)

// Nomination is one proposed or approved opinion-giver.
type Nomination struct {
	PeerID   appraisal.PersonID
	Category appraisal.PeerCategory
	Approved bool
}

// ReplaceNominations stores the list of opinion-givers anew. Who is a direct subordinate of the employee gives an opinion as
// such, everybody else as a peer.
func ReplaceNominations(ctx context.Context, q Querier, a Appraisal, peers []appraisal.PersonID, approved bool) error {
	if _, err := exec(ctx, q, `delete from peer_nomination where appraisal_id = $1`, a.ID); err != nil {
		return err
	}
	for i, p := range peers {
		if _, err := exec(ctx, q, `insert into peer_nomination (appraisal_id, peer_id, category, ordinal, approved)
			select $1, e.person_id, case when e.superior_id = $3 then 'subordinate' else 'peer' end, $4, $5
			from employee e where e.person_id = $2`, a.ID, p, a.EmployeeID, i+1, approved); err != nil {
			return err
		}
	}
	return nil
}

// ApproveNominations approves the list as it stands, but for those whom the cycle has asked about most others already.
func ApproveNominations(ctx context.Context, q Querier, a Appraisal, most int) error {
	_, err := exec(ctx, q, `update peer_nomination n set approved = true where n.appraisal_id = $1
		and (select count(*) from peer_nomination o join appraisal x on x.id = o.appraisal_id
			where o.peer_id = n.peer_id and o.approved and x.cycle_id = $2 and x.id <> $1) < $3`, a.ID, a.CycleID, most)
	return err
}

// Nominations returns the list in the order in which it was given.
func Nominations(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]Nomination, error) {
	return all[Nomination](ctx, q, `select peer_id, category, approved from peer_nomination where appraisal_id = $1 order by ordinal`, id)
}

// Candidate is somebody who could give an opinion.
type Candidate struct {
	ID       appraisal.PersonID
	FullName string
	Post     string
	Category appraisal.PeerCategory
	Owes     int
	Near     int // 0 same unit, 1 the unit above or beside, 2 farther
}

// Candidates returns who could give an opinion about the employee: direct subordinates, and people of the same position
// level in the unit, then in the units above and beside. Owes counts the other appraisals of the cycle they are asked about.
func Candidates(ctx context.Context, q Querier, a Appraisal, kinds []appraisal.PositionKind, limit int) ([]Candidate, error) {
	return all[Candidate](ctx, q, `select p.id, p.full_name, e.position_name as post,
			case when e.superior_id = $1 then 'subordinate' else 'peer' end as category,
			(select count(*) from peer_nomination n join appraisal x on x.id = n.appraisal_id
				where n.peer_id = p.id and n.approved and x.cycle_id = $2 and x.employee_id <> $1)::int as owes,
			case when e.unit_id = $3 then 0 when e.unit_id = u.parent_id or v.parent_id = u.parent_id then 1 else 2 end as near
		from employee e join person p on p.id = e.person_id join unit v on v.id = e.unit_id, unit u
		where u.id = $3 and p.active and p.id <> $1 and p.id is distinct from $4
			and (e.superior_id = $1 or e.position_kind = any($5::text[])
				and (e.unit_id = $3 or e.unit_id = u.parent_id or v.parent_id = u.parent_id))
		order by near, owes, p.full_name, p.id limit $6`,
		a.EmployeeID, a.CycleID, a.UnitID, a.AppraiserID, texts(kinds), limit)
}

// Owed returns how many appraisals of the cycle each person is asked about, leaving out one appraisal.
func Owed(ctx context.Context, q Querier, cycle appraisal.CycleID, except appraisal.AppraisalID, peers []appraisal.PersonID) (map[appraisal.PersonID]int, error) {
	type row struct {
		PeerID appraisal.PersonID
		Owes   int
	}
	list, err := all[row](ctx, q, `select n.peer_id, count(*)::int as owes from peer_nomination n join appraisal a on a.id = n.appraisal_id
		where a.cycle_id = $1 and n.approved and a.id <> $2 and n.peer_id = any($3::uuid[]) group by n.peer_id`, cycle, except, texts(peers))
	owed := make(map[appraisal.PersonID]int, len(list))
	for _, r := range list {
		owed[r.PeerID] = r.Owes
	}
	return owed, err
}

// SavePeerAnswer keeps an answer with its invitation while the stage is open.
func SavePeerAnswer(ctx context.Context, q Querier, step appraisal.StepID, answer appraisal.PeerAnswer, about appraisal.AppraisalID, author appraisal.PersonID) error {
	_, err := exec(ctx, q, `insert into peer_answer (step_id, category, scores, comment)
		select $1, n.category, $2, $3 from peer_nomination n where n.appraisal_id = $4 and n.peer_id = $5`,
		step, answer.Scores, answer.Comment, about, author)
	return err
}

// OpenPeerSteps counts the opinions that are still to come.
func OpenPeerSteps(ctx context.Context, q Querier, id appraisal.AppraisalID) (int, error) {
	return scalar[int](ctx, q, `select count(*) from step where appraisal_id = $1 and kind = 'peer_answer' and state = 'open'`, id)
}

// PublishPeers moves all answers of an appraisal, shuffled, into the store that knows neither author nor time nor order,
// deletes the tied ones with everything that could tie them again, and publishes the aggregates once.
func PublishPeers(ctx context.Context, q Querier, id appraisal.AppraisalID, minimum int) error {
	type row struct {
		Category appraisal.PeerCategory
		Scores   []int
		Comment  string
	}
	answers, err := all[row](ctx, q, `delete from peer_answer a using step s
		where s.id = a.step_id and s.appraisal_id = $1 returning a.category, a.scores, a.comment`, id)
	if err != nil {
		return err
	}
	if _, err := exec(ctx, q, `delete from act where name = 'answer_peer'
		and subject in (select id::text from step where appraisal_id = $1 and kind = 'peer_answer')`, id); err != nil {
		return err
	}
	if _, err := exec(ctx, q, `delete from draft where step_id in (select id from step where appraisal_id = $1 and kind = 'peer_answer')`, id); err != nil {
		return err
	}
	rand.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
	grouped := map[appraisal.PeerCategory][]appraisal.PeerAnswer{}
	for _, a := range answers {
		grouped[a.Category] = append(grouped[a.Category], appraisal.PeerAnswer{Scores: a.Scores, Comment: a.Comment})
		if _, err := exec(ctx, q, `insert into peer_opinion (appraisal_id, category, scores, comment) values ($1, $2, $3, $4)`,
			id, a.Category, a.Scores, a.Comment); err != nil {
			return err
		}
	}
	for _, category := range appraisal.PeerCategories() {
		agg := appraisal.Aggregate(category, grouped[category], minimum)
		if _, err := exec(ctx, q, `insert into peer_aggregate (appraisal_id, category, answers, withheld, averages, comments)
			values ($1, $2, $3, $4, coalesce($5, '{}'::text[]), coalesce($6, '{}'::text[])) on conflict do nothing`,
			id, category, agg.Answers, agg.Withheld, agg.Averages, agg.Comments); err != nil {
			return err
		}
	}
	return nil
}

// Aggregates returns what was published; empty before.
func Aggregates(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]appraisal.PeerAggregate, error) {
	return all[appraisal.PeerAggregate](ctx, q, `select category, answers, withheld, averages, comments
		from peer_aggregate where appraisal_id = $1 order by category`, id)
}
