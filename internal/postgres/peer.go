package postgres

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Nomination is one proposed or approved opinion-giver. Round 2 was named in the extension.
type Nomination struct {
	PeerID   appraisal.PersonID
	Category appraisal.PeerCategory
	Approved bool
	Round    int
}

// ReplaceNominations stores a round's list of opinion-givers anew. Who is a direct subordinate of the employee gives an opinion
// as such, everybody else as a peer.
func ReplaceNominations(ctx context.Context, q Querier, a Appraisal, round int, peers []appraisal.PersonID, approved bool) error {
	if _, err := exec(ctx, q, `delete from peer_nomination where appraisal_id = $1 and round = $2`, a.ID, round); err != nil {
		return err
	}
	for i, p := range peers {
		if _, err := exec(ctx, q, `insert into peer_nomination (appraisal_id, peer_id, category, ordinal, approved, round)
			select $1, e.person_id, case when e.superior_id = $3 then 'subordinate' else 'peer' end, $4, $5, $6
			from employee e where e.person_id = $2`, a.ID, p, a.EmployeeID, i+1, approved, round); err != nil {
			return err
		}
	}
	return nil
}

// LockPeople holds the rows of people until the transaction ends, so that what two appraisals ask of the same person at the same
// time is counted one after the other. Everybody locks in the same order.
func LockPeople(ctx context.Context, q Querier, people []appraisal.PersonID) error {
	_, err := scalars[appraisal.PersonID](ctx, q, `select id from person where id = any($1::uuid[]) order by id for no key update`, texts(people))
	return err
}

// ApproveNominations approves a round's list as it stands, but for those who have left and those whom the cycle has asked about
// most others already. Who is on the list has to be locked.
func ApproveNominations(ctx context.Context, q Querier, a Appraisal, round, most int) error {
	_, err := exec(ctx, q, `update peer_nomination n set approved = true from person p
		where n.appraisal_id = $1 and n.round = $4 and p.id = n.peer_id and p.active
		and (select count(*) from peer_nomination o join appraisal x on x.id = o.appraisal_id
			where o.peer_id = n.peer_id and o.approved and x.cycle_id = $2 and x.id <> $1) < $3`, a.ID, a.CycleID, most, round)
	return err
}

// DropProposals removes those who were proposed and never asked.
func DropProposals(ctx context.Context, q Querier, id appraisal.AppraisalID) error {
	_, err := exec(ctx, q, `delete from peer_nomination where appraisal_id = $1 and not approved`, id)
	return err
}

// Nominations returns the list in the order in which it was given.
func Nominations(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]Nomination, error) {
	return all[Nomination](ctx, q, `select peer_id, category, approved, round from peer_nomination
		where appraisal_id = $1 order by round, ordinal`, id)
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
// level in the unit, then in the units above and beside, without those who were asked already. Owes counts the other appraisals of the cycle they are asked about.
func Candidates(ctx context.Context, q Querier, a Appraisal, kinds []appraisal.PositionKind, limit int) ([]Candidate, error) {
	return all[Candidate](ctx, q, `select p.id, p.full_name, e.position_name as post,
			case when e.superior_id = $1 then 'subordinate' else 'peer' end as category,
			(select count(*) from peer_nomination n join appraisal x on x.id = n.appraisal_id
				where n.peer_id = p.id and n.approved and x.cycle_id = $2 and x.employee_id <> $1)::int as owes,
			case when e.unit_id = $3 then 0 when e.unit_id = u.parent_id or v.parent_id = u.parent_id then 1 else 2 end as near
		from employee e join person p on p.id = e.person_id join unit v on v.id = e.unit_id, unit u
		where u.id = $3 and p.active and p.id <> $1 and p.id is distinct from $4
			and not exists (select 1 from step s where s.appraisal_id = $7 and s.kind = 'peer_answer' and s.owner_id = p.id)
			and (e.superior_id = $1 or e.position_kind = any($5::text[])
				and (e.unit_id = $3 or e.unit_id = u.parent_id or v.parent_id = u.parent_id))
		order by near, owes, p.full_name, p.id limit $6`,
		a.EmployeeID, a.CycleID, a.UnitID, a.AppraiserID, texts(kinds), limit, a.ID)
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

// PeerCount is how many were asked in a category, and how many of them have answered.
type PeerCount struct {
	Category appraisal.PeerCategory
	Asked    int
	Answered int
}

// PeerCounts counts the invitations of an appraisal by category while its stage is open. It decides about the extension and is
// shown to nobody.
func PeerCounts(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]PeerCount, error) {
	return all[PeerCount](ctx, q, `select n.category, count(*)::int as asked, count(a.step_id)::int as answered
		from step s join peer_nomination n on n.appraisal_id = s.appraisal_id and n.peer_id = s.owner_id
		left join peer_answer a on a.step_id = s.id
		where s.appraisal_id = $1 and s.kind = 'peer_answer' group by n.category order by n.category`, id)
}

// PeerExtension is the one extension of a stage whose answers were too few.
type PeerExtension struct {
	At         time.Time
	Categories []appraisal.PeerCategory
	Granted    bool
}

// GetPeerExtension returns the extension, nil before it was decided about.
func GetPeerExtension(ctx context.Context, q Querier, id appraisal.AppraisalID) (*PeerExtension, error) {
	return optional[PeerExtension](ctx, q, `select at, categories, granted from peer_extension where appraisal_id = $1`, id)
}

// AddPeerExtension records the decision.
func AddPeerExtension(ctx context.Context, q Querier, id appraisal.AppraisalID, e PeerExtension) error {
	_, err := exec(ctx, q, `insert into peer_extension (appraisal_id, at, categories, granted) values ($1, $2, $3, $4)`,
		id, e.At, texts(e.Categories), e.Granted)
	return err
}

// TakePeerAnswers removes the answers of an appraisal from the store that ties them to their invitations, with everything that
// could tie them again, and returns them shuffled.
func TakePeerAnswers(ctx context.Context, q Querier, id appraisal.AppraisalID) (map[appraisal.PeerCategory][]appraisal.PeerAnswer, error) {
	type row struct {
		Category appraisal.PeerCategory
		Scores   []int
		Comment  string
	}
	answers, err := all[row](ctx, q, `delete from peer_answer a using step s
		where s.id = a.step_id and s.appraisal_id = $1 returning a.category, a.scores, a.comment`, id)
	if err != nil {
		return nil, err
	}
	for _, sql := range []string{
		`delete from act where name = 'answer_peer' and subject in (select id::text from step where appraisal_id = $1 and kind = 'peer_answer')`,
		`delete from draft where step_id in (select id from step where appraisal_id = $1 and kind = 'peer_answer')`,
	} {
		if _, err := exec(ctx, q, sql, id); err != nil {
			return nil, err
		}
	}
	rand.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
	grouped := map[appraisal.PeerCategory][]appraisal.PeerAnswer{}
	for _, a := range answers {
		grouped[a.Category] = append(grouped[a.Category], appraisal.PeerAnswer{Scores: a.Scores, Comment: a.Comment})
	}
	return grouped, nil
}

// KeepPeerOpinions stores answers of one category in the order given, which is to be nobody's.
func KeepPeerOpinions(ctx context.Context, q Querier, id appraisal.AppraisalID, category appraisal.PeerCategory, answers []appraisal.PeerAnswer) error {
	for _, a := range answers {
		if _, err := exec(ctx, q, `insert into peer_opinion (appraisal_id, category, scores, comment) values ($1, $2, $3, $4)`,
			id, category, a.Scores, a.Comment); err != nil {
			return err
		}
	}
	return nil
}

// PublishPeers stores what is told of the answers. What was published before stays as it is.
func PublishPeers(ctx context.Context, q Querier, id appraisal.AppraisalID, aggregates []appraisal.PeerAggregate, overall *appraisal.PeerOverall) error {
	for _, agg := range aggregates {
		if _, err := exec(ctx, q, `insert into peer_aggregate (appraisal_id, category, asked, answers, withheld, averages, comments)
			values ($1, $2, $3, $4, $5, coalesce($6, '{}'::text[]), coalesce($7, '{}'::text[])) on conflict do nothing`,
			id, agg.Category, agg.Asked, agg.Answers, agg.Withheld, agg.Averages, agg.Comments); err != nil {
			return err
		}
	}
	if overall == nil {
		return nil
	}
	explanation, err := json.Marshal(overall.Explanation)
	if err != nil {
		return err
	}
	_, err = exec(ctx, q, `insert into peer_overall (appraisal_id, value_scores, score, explanation) values ($1, $2, $3, $4)
		on conflict do nothing`, id, texts(overall.Values), overall.Score, explanation)
	return err
}

// PeersPublished reports whether the answers of an appraisal have been published.
func PeersPublished(ctx context.Context, q Querier, id appraisal.AppraisalID) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select 1 from peer_aggregate where appraisal_id = $1)`, id)
}

// Aggregates returns what was published; empty before.
func Aggregates(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]appraisal.PeerAggregate, error) {
	return all[appraisal.PeerAggregate](ctx, q, `select category, asked, answers, withheld, averages, comments
		from peer_aggregate where appraisal_id = $1 order by category`, id)
}

// Overall returns the weighted opinion that was published, nil if there is none.
func Overall(ctx context.Context, q Querier, id appraisal.AppraisalID) (*appraisal.PeerOverall, error) {
	type row struct {
		ValueScores []appraisal.Decimal
		Score       appraisal.Decimal
		Explanation []byte
	}
	stored, err := optional[row](ctx, q, `select value_scores, score, explanation from peer_overall where appraisal_id = $1`, id)
	if err != nil || stored == nil {
		return nil, err
	}
	overall := &appraisal.PeerOverall{Values: stored.ValueScores, Score: stored.Score}
	return overall, json.Unmarshal(stored.Explanation, &overall.Explanation)
}
