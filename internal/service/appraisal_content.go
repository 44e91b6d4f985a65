package service

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

func (r *reading) readPlan(ctx context.Context) error {
	plan, err := postgres.LatestPlan(ctx, r, r.row.ID)
	if err != nil || plan == nil {
		return err
	}
	results, err := postgres.KeyResults(ctx, r, plan.ID)
	if err != nil {
		return err
	}
	ids := make([]string, len(results))
	for i, k := range results {
		ids[i] = k.ID
	}
	chains, err := postgres.Chains(ctx, r, ids)
	if err != nil {
		return err
	}
	indicators, err := r.service.realised(ctx, r, r.row, r.now)
	if err != nil {
		return err
	}
	reviewed, err := r.reviewedRealisations(ctx)
	if err != nil {
		return err
	}
	measured := map[string][]Indicator{}
	for _, i := range indicators {
		line := Indicator{
			Indicator: appraisal.Indicator{
				ID: i.ID, Aspect: i.Aspect, Description: i.Description, Target: i.Target, Measure: i.Measure, Direction: i.Direction,
				Source: i.Source,
			},
			Realisation: string(i.figure.Value), Met: i.met, Origin: i.figure.Origin, Measured: i.figure.Measured,
			Stated: string(i.figure.Stated), Note: i.figure.Note, ChangedSince: i.changed, Reviewed: reviewed[i.ID],
		}
		if part := i.Part().Of(appraisal.Decimal(i.Target)); part.Number != "" {
			line.PartTarget = &part
		}
		measured[i.KeyResultID] = append(measured[i.KeyResultID], line)
	}
	view := &Plan{
		ID: plan.ID, Number: plan.Number, State: plan.State, SubmittedAt: plan.SubmittedAt, DecidedAt: plan.DecidedAt, Comment: plan.Comment,
		EffectiveOn: plan.EffectiveOn,
		KeyResults:  make([]KeyResult, len(results)),
	}
	for i, k := range results {
		view.KeyResults[i] = KeyResult{
			ID: k.ID, Statement: k.Statement, Serves: above(chains[k.ID]), ServesKeyResult: text(k.ServesKeyResult),
			ServesStrategy: text(k.ServesStrategy), Weight: k.Weight, Indicators: measured[k.ID],
		}
	}
	r.view.Plan = view
	return nil
}

// reviewedRealisations returns the appraiser's figures by indicator, to those who may see the rating that follows from them.
func (r *reading) reviewedRealisations(ctx context.Context) (map[string]*ReviewedRealisation, error) {
	if !r.rated() {
		return nil, nil
	}
	rows, err := postgres.ReviewedRealisations(ctx, r, r.row.ID)
	found := make(map[string]*ReviewedRealisation, len(rows))
	for _, row := range rows {
		found[row.IndicatorID] = &ReviewedRealisation{Given: row.Given, Value: row.Value, Reason: row.Reason}
	}
	return found, err
}

func (r *reading) readProgress(ctx context.Context) error {
	entries, err := postgres.ProgressEntries(ctx, r, r.row.ID)
	r.view.Progress = make([]ProgressEntry, len(entries))
	for i, e := range entries {
		r.view.Progress[i] = ProgressEntry{At: e.At, Author: e.Author, Indicator: e.Indicator, Value: text(e.Value), Note: e.Note, Evidence: e.Evidence,
			Attached: r.submitted(appraisal.EvidenceProgress, e.ID)}
	}
	return err
}

func (r *reading) readSelfReview(ctx context.Context) error {
	own, err := postgres.GetSelfReview(ctx, r, r.row.ID)
	if err == nil && own != nil {
		r.view.SelfReview = &SelfReview{
			SubmittedAt: own.SubmittedAt, Achievements: own.Achievements, Obstacles: own.Obstacles, Development: own.Development,
			Attached: r.submitted(appraisal.EvidenceSelfReview, ""),
		}
	}
	return err
}

func (r *reading) readRatings(ctx context.Context) error {
	r.view.Ratings = []Rating{}
	if !r.rated() {
		return nil
	}
	rows, err := postgres.Ratings(ctx, r, r.row.ID)
	if err != nil {
		return err
	}
	for _, row := range rows {
		rating := Rating{
			Number: row.Number, Source: row.Source, WorkResult: row.WorkResult, Behaviour: row.Behaviour, Predikat: row.Predikat,
			Scores:  scoresOf(row.Score, row.WorkResultScore, row.BehaviourScore, row.Innovation, row.InnovationNote),
			Comment: row.Comment, Reason: row.Reason, RatedBy: text(row.RatedBy), RatedFor: text(row.RatedFor), RatedAt: row.RatedAt,
		}
		if err := json.Unmarshal(row.Explanation, &rating.Explanation); err != nil {
			return fmt.Errorf("explanation of rating %d: %w", row.Number, err)
		}
		r.view.Ratings = append(r.view.Ratings, rating)
	}
	if n := len(r.view.Ratings); n > 0 {
		inForce := r.view.Ratings[n-1]
		r.view.Rating = &inForce
	}
	return nil
}

func (r *reading) readCompetencies(ctx context.Context) error {
	rows, err := postgres.RequiredCompetencies(ctx, r, r.row)
	r.view.Competencies = make([]CompetencyLevel, len(rows))
	for i, row := range rows {
		level := CompetencyLevel{Code: row.Code, Name: row.Name, Required: row.Required, Source: text(row.Source)}
		if row.Rated != nil && r.rated() {
			level.Rated = *row.Rated
		}
		if row.Assessed != nil {
			level.Assessed = *row.Assessed
		}
		r.view.Competencies[i] = level
	}
	return err
}

func (r *reading) readObjection(ctx context.Context) error {
	o, err := postgres.GetObjection(ctx, r, r.row.ID)
	if err == nil && o != nil {
		r.view.Objection = &Objection{
			Reasons: o.Reasons, Evidence: o.Evidence, FiledAt: o.FiledAt, Answer: o.Answer, AnsweredBy: text(o.AnsweredBy), AnsweredFor: text(o.AnsweredFor), AnsweredAt: o.AnsweredAt,
			Decision: o.Decision, DecisionReason: o.DecisionReason, DecidedBy: text(o.DecidedBy), DecidedFor: text(o.DecidedFor), DecidedAt: o.DecidedAt,
			Attached: r.submitted(appraisal.EvidenceObjection, ""), AnswerAttached: r.submitted(appraisal.EvidenceObjectionAnswer, ""),
		}
	}
	return err
}

func (r *reading) readDevelopment(ctx context.Context) error {
	plan, items, err := postgres.GetDevelopment(ctx, r, r.row.ID)
	if err != nil || plan == nil || !r.rated() {
		return err
	}
	view := &Development{
		State: plan.State, Hours: plan.Hours, Comment: plan.Comment, ApprovedAt: plan.ApprovedAt,
		Gaps: []appraisal.Gap{}, Items: make([]Recommendation, len(items)),
	}
	if err := json.Unmarshal(plan.Gaps, &view.Gaps); err != nil {
		return fmt.Errorf("gaps of the development plan: %w", err)
	}
	for i, item := range items {
		view.Items[i] = Recommendation{
			Training: item.Training, Title: item.Title, Competency: item.Competency, Channel: item.Channel, Form: item.Form, Hours: item.Hours,
			Starts: item.Starts, Ends: item.Ends, Approved: item.Approved,
		}
		if err := json.Unmarshal(item.Reason, &view.Items[i].Reason); err != nil {
			return fmt.Errorf("reason of training %s: %w", item.Training, err)
		}
	}
	r.view.Development = view
	return nil
}
