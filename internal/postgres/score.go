package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// Scores are what a numeric policy made of an appraisal; every field is empty under a matrix.
type Scores struct {
	Score           string
	WorkResultScore string // empty where the dimension is missing
	BehaviourScore  string // likewise
	Innovation      *bool
	InnovationNote  string
	Basis           *appraisal.ScoreInput // what the score was calculated from
}

// scoreColumns reads Scores from the table with the alias.
func scoreColumns(alias, prefix string) string {
	return `coalesce(` + alias + `.score::text, '') as ` + prefix + `score, coalesce(` + alias + `.work_result_score::text, '') as ` + prefix + `work_result_score,
		coalesce(` + alias + `.behaviour_score::text, '') as ` + prefix + `behaviour_score, ` + alias + `.innovation as ` + prefix + `innovation,
		coalesce(` + alias + `.innovation_note, '') as ` + prefix + `innovation_note`
}

func (s Scores) basis() ([]byte, error) {
	if s.Basis == nil {
		return nil, nil
	}
	return json.Marshal(s.Basis)
}

// BasisOf returns what the appraiser's review was calculated from, with the innovation that it describes; nil under a matrix.
func BasisOf(ctx context.Context, q Querier, id appraisal.AppraisalID, source string) (*Scores, error) {
	return optional[Scores](ctx, q, `select `+scoreColumns("r", "")+`, r.basis from rating r
		where r.appraisal_id = $1 and r.basis is not null and ($2 = '' or r.source = $2) order by r.number desc limit 1`, id, source)
}

// ReviewedRealisation is one indicator's figure as it was handed in and as the appraiser settled it.
type ReviewedRealisation struct {
	IndicatorID string
	Given       string
	Value       string
	Reason      string
}

// ReviewedRealisations returns what the appraiser settled, empty before the review and under a matrix.
func ReviewedRealisations(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]ReviewedRealisation, error) {
	return all[ReviewedRealisation](ctx, q, `select indicator_id, coalesce(trim_scale(given)::text, '') as given,
		coalesce(trim_scale(value)::text, '') as value, reason from reviewed_realisation where appraisal_id = $1`, id)
}

// SaveReviewedRealisations stores the appraiser's figures beside those that were handed in.
func SaveReviewedRealisations(ctx context.Context, q Querier, id appraisal.AppraisalID, list []ReviewedRealisation) error {
	batch := &pgx.Batch{}
	for _, r := range list {
		batch.Queue(`insert into reviewed_realisation (appraisal_id, indicator_id, given, value, reason)
			values ($1, $2, nullif($3, '')::numeric, nullif($4, '')::numeric, $5)`, id, r.IndicatorID, r.Given, r.Value, r.Reason)
	}
	return Mapped(q.SendBatch(ctx, batch).Close())
}
