package service

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// verdict is a changed rating as a session or a decision on an objection names it.
type verdict struct {
	workResult, behaviour appraisal.Expectation
	change                appraisal.ScoreChange
}

func (c CalibrationChange) verdict() verdict {
	return verdict{c.WorkResult, c.Behaviour, appraisal.ScoreChange{WorkResult: c.WorkResultScore, Behaviour: c.BehaviourScore, Innovation: c.Innovation}}
}

func (d ObjectionDecision) verdict() verdict {
	return verdict{d.WorkResult, d.Behaviour, appraisal.ScoreChange{WorkResult: d.WorkResultScore, Behaviour: d.BehaviourScore, Innovation: d.Innovation}}
}

// detail is what the trail keeps of a verdict.
func (v verdict) detail() map[string]any {
	detail := map[string]any{}
	for name, given := range map[string]string{
		"work_result": string(v.workResult), "behaviour": string(v.behaviour),
		"work_result_score": string(v.change.WorkResult), "behaviour_score": string(v.change.Behaviour),
	} {
		if given != "" {
			detail[name] = given
		}
	}
	if v.change.Innovation != nil {
		detail["innovation"] = v.change.Innovation.Found
	}
	return detail
}

// changed returns the rating that a verdict makes of the rating in force, which before is calculated from (nil under a matrix).
func changed(policy *appraisal.Policy, before *postgres.Scores, v verdict) (postgres.NewRating, error) {
	if policy.Kind == appraisal.PolicyMatrix {
		if v.change != (appraisal.ScoreChange{}) {
			return postgres.NewRating{}, fieldFault("behaviour_score", "error.review_not_scored", nil)
		}
		return cellRating(policy, v.workResult, v.behaviour)
	}
	if v.workResult != "" || v.behaviour != "" {
		return postgres.NewRating{}, fieldFault("behaviour", "error.review_scored", nil)
	}
	if before == nil { // only what a review has rated can be changed
		return postgres.NewRating{}, appraisal.Fault(appraisal.CodeWrongStage, "error.not_rated", nil)
	}
	basis, err := policy.Change(*before.Basis, v.change)
	if err != nil {
		return postgres.NewRating{}, err
	}
	note := before.InnovationNote
	if v.change.Innovation != nil {
		note = v.change.Innovation.Description
	}
	return scoreRating(policy, basis, note)
}

// cellRating is the rating where two levels meet in the matrix.
func cellRating(policy *appraisal.Policy, workResult, behaviour appraisal.Expectation) (postgres.NewRating, error) {
	predikat, explanation, err := policy.Rate(workResult, behaviour)
	return postgres.NewRating{WorkResult: workResult, Behaviour: behaviour, Predikat: predikat, Explanation: explanation}, err
}

// scoreRating is the rating that a numeric policy calculates.
func scoreRating(policy *appraisal.Policy, basis appraisal.ScoreInput, innovationNote string) (postgres.NewRating, error) {
	score, err := policy.Score(basis)
	return postgres.NewRating{
		Predikat: score.Predikat, Explanation: score.Explanation,
		Scores: postgres.Scores{
			Score: string(score.Value), WorkResultScore: string(score.Shown.WorkResult), BehaviourScore: string(score.Shown.Behaviour),
			Innovation: &basis.Innovation, InnovationNote: innovationNote, Basis: &basis,
		},
	}, err
}

// rated shows a rating that nobody has stored yet, so that a person sees the predikat before handing in.
func rated(r postgres.NewRating) Rating {
	return Rating{
		Source: r.Source, WorkResult: r.WorkResult, Behaviour: r.Behaviour, Predikat: r.Predikat, Explanation: r.Explanation,
		Scores: scoresOf(r.Score, r.WorkResultScore, r.BehaviourScore, r.Innovation, r.InnovationNote),
	}
}

// addRating stores the next version of a rating, and tells the trail what it was before.
func addRating(ctx context.Context, t *tx, id appraisal.AppraisalID, by appraisal.Actor, r postgres.NewRating) error {
	r.Appraisal, r.By, r.At = id, postgres.AuthorOf(by), t.now
	versions, err := postgres.Ratings(ctx, t, id)
	if err != nil {
		return err
	}
	detail := map[string]any{"source": r.Source, "after": cellDetail(r.WorkResult, r.Behaviour, r.Predikat, r.Score)}
	if n := len(versions); n > 0 {
		last := versions[n-1]
		detail["before"] = cellDetail(last.WorkResult, last.Behaviour, last.Predikat, last.Score)
	}
	if err := postgres.AddRating(ctx, t, r); err != nil {
		return err
	}
	return postgres.Audit(ctx, t, postgres.AuditEvent{
		At: t.now, Actor: by.Person(), OnBehalfOf: by.OnBehalfOf(), Network: by.Network, Action: actionSetRating, Appraisal: &id, Detail: detail,
	})
}

// actionSetRating is the line of the trail that every version of a rating leaves, whoever makes it.
const actionSetRating = "set_rating"

// cellDetail is what the trail keeps of a rating.
func cellDetail(workResult, behaviour appraisal.Expectation, predikat appraisal.Predikat, score string) map[string]any {
	detail := map[string]any{"predikat": predikat}
	for name, given := range map[string]string{"work_result": string(workResult), "behaviour": string(behaviour), "score": score} {
		if given != "" {
			detail[name] = given
		}
	}
	return detail
}
