package service

import (
	"context"
	"fmt"
	"math/big"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// Periods are the appraisals of shorter periods inside one appraisal, and what they are to it by its policy.
type Periods struct {
	Rule        appraisal.RollUpRule  `json:"rule"`
	Items       []Period              `json:"items"` // in the order of their days
	Explanation appraisal.Explanation `json:"explanation"`
}

// Period is the appraisal of one shorter period. Its ratings are told once they are final.
type Period struct {
	Appraisal   appraisal.AppraisalID `json:"appraisal"`
	CycleName   string                `json:"cycle_name"`
	Kind        appraisal.PeriodKind  `json:"kind"`
	PeriodStart time.Time             `json:"period_start"`
	PeriodEnd   time.Time             `json:"period_end"`
	Months      int                   `json:"months"` // served in it
	Stage       appraisal.Stage       `json:"stage"`
	Final       bool                  `json:"final"`
	Predikat    appraisal.Predikat    `json:"predikat,omitempty"` // in force
	Score       string                `json:"score,omitempty"`    // of it, under a numeric policy
	Ratings     []PeriodRating        `json:"ratings"`            // all versions, first to last
	Since       PeriodChange          `json:"since,omitempty"`    // what happened to it after the rating around it was stored
	MayRead     bool                  `json:"may_read"`           // the reader may open it
}

// PeriodRating is one version of a period's rating.
type PeriodRating struct {
	Number   int                `json:"number"`
	Source   string             `json:"source"`
	Predikat appraisal.Predikat `json:"predikat"`
	Score    string             `json:"score,omitempty"`
	RatedAt  time.Time          `json:"rated_at"`
}

// PeriodChange says that a period's rating is not the one that the rating around it was made with. That rating stays as it is.
type PeriodChange string

const (
	PeriodChanged PeriodChange = "changed" // another version is in force by now
	PeriodAdded   PeriodChange = "added"   // it became final afterwards
)

// innerPeriod is a shorter period with what it brings into the one around it.
type innerPeriod struct {
	postgres.InnerPeriod
	ratings []postgres.Rating // none before they are final
	result  appraisal.PeriodResult
}

func (p innerPeriod) inForce() *postgres.Rating {
	if len(p.ratings) == 0 {
		return nil
	}
	return &p.ratings[len(p.ratings)-1]
}

// innerPeriods reads the shorter periods inside an appraisal's with their final results.
func (s *Service) innerPeriods(ctx context.Context, q postgres.Querier, id appraisal.AppraisalID) ([]innerPeriod, error) {
	rows, err := postgres.InnerPeriods(ctx, q, id)
	if err != nil {
		return nil, err
	}
	list := make([]innerPeriod, len(rows))
	for i, row := range rows {
		if list[i], err = s.innerPeriod(ctx, q, row); err != nil {
			return nil, fmt.Errorf("period %s inside %s: %w", row.AppraisalID, id, err)
		}
	}
	return list, nil
}

func (s *Service) innerPeriod(ctx context.Context, q postgres.Querier, row postgres.InnerPeriod) (innerPeriod, error) {
	policy, err := s.policyOf(ctx, q, row.CycleID)
	if err != nil {
		return innerPeriod{}, err
	}
	span := appraisal.Span{From: row.PeriodStart, To: row.PeriodEnd}
	p := innerPeriod{InnerPeriod: row, result: appraisal.PeriodResult{
		Label: row.CycleName, Period: span, PolicyKind: policy.Kind, Months: policy.Tenure(span).Months,
	}}
	if row.Served != nil {
		p.result.Months = *row.Served
	}
	if !row.Final {
		return p, nil
	}
	if p.ratings, err = postgres.Ratings(ctx, q, row.AppraisalID); err != nil {
		return innerPeriod{}, err
	}
	now := p.inForce()
	if now == nil {
		return p, nil
	}
	p.result.Predikat = now.Predikat
	if policy.Kind == appraisal.PolicyNumeric {
		p.result.WorkResult, err = exactWorkResult(ctx, q, policy, row.AppraisalID)
	}
	return p, err
}

// exactWorkResult calculates the work result of the rating in force anew from what it rests on: it is stored rounded, and the year is
// rounded once, at its own end.
func exactWorkResult(ctx context.Context, q postgres.Querier, policy *appraisal.Policy, id appraisal.AppraisalID) (*big.Rat, error) {
	basis, err := postgres.BasisOf(ctx, q, id, "")
	if err != nil || basis == nil {
		return nil, err
	}
	score, err := policy.Score(*basis.Basis)
	return score.Exact, err
}

func resultsOf(periods []innerPeriod) []appraisal.PeriodResult {
	list := make([]appraisal.PeriodResult, len(periods))
	for i, p := range periods {
		list[i] = p.result
	}
	return list
}

// readPeriods shows the shorter periods inside this one beside it, and which of their ratings were changed after its own was stored.
func (s *Service) readPeriods(ctx context.Context, r *reading) error {
	inner, err := s.innerPeriods(ctx, r, r.row.ID)
	if err != nil || len(inner) == 0 {
		return err
	}
	up, err := r.policy.RollUp(resultsOf(inner))
	if err != nil {
		return err
	}
	view := &Periods{Rule: r.policy.Periods.RollUp, Items: make([]Period, len(inner)), Explanation: up.Explanation}
	if view.Explanation == nil {
		view.Explanation = appraisal.Explanation{}
	}
	for i, p := range inner {
		view.Items[i] = r.period(p)
	}
	r.view.Periods = view
	return nil
}

func (r *reading) period(p innerPeriod) Period {
	subject := postgres.Appraisal{EmployeeID: p.EmployeeID, AppraiserID: p.AppraiserID, ReviewerID: p.ReviewerID}.Subject()
	view := Period{
		Appraisal: p.AppraisalID, CycleName: p.CycleName, Kind: p.Template.PeriodOf(p.result.Period), PeriodStart: p.PeriodStart,
		PeriodEnd: p.PeriodEnd, Months: p.result.Months, Stage: p.Stage, Final: p.Final, Predikat: p.result.Predikat, Ratings: []PeriodRating{},
		MayRead: appraisal.Can(r.actor, appraisal.ActionReadAppraisal, subject) == nil,
	}
	for _, rating := range p.ratings {
		view.Ratings = append(view.Ratings, PeriodRating{rating.Number, rating.Source, rating.Predikat, rating.Score, rating.RatedAt})
	}
	now := p.inForce()
	if now != nil {
		view.Score = now.Score
	}
	if now != nil && r.view.Rating != nil {
		switch {
		case p.Seen == nil:
			view.Since = PeriodAdded
		case *p.Seen != now.Number:
			view.Since = PeriodChanged
		}
	}
	return view
}
