package service

import (
	"cmp"
	"context"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// planApproved is the state of a plan that both sides have agreed on.
const planApproved = "approved"

// compose gathers what a paper says from what the employee may read of the appraisal.
func (s *Service) compose(ctx context.Context, t *tx, row postgres.Appraisal, kind appraisal.DocumentKind) (appraisal.Document, error) {
	view, err := s.read(ctx, t, appraisal.Actor{ID: row.EmployeeID}, row)
	if err != nil {
		return appraisal.Document{}, err
	}
	if !slices.Contains(view.Documents, kind) {
		return appraisal.Document{}, appraisal.Fault(appraisal.CodeWrongStage, "document.not_yet."+string(kind), nil)
	}
	cycle, err := postgres.GetCycle(ctx, t, row.CycleID)
	if err != nil {
		return appraisal.Document{}, err
	}
	d := appraisal.Document{
		Kind: kind, Cycle: view.CycleName, PeriodStart: view.PeriodStart, PeriodEnd: view.PeriodEnd, Policy: cycle.Policy,
		PolicyVersion: policyNumber(cycle.PolicyVersion), Unit: view.Unit, PositionKind: view.PositionKind,
	}
	if err := nameSignatories(ctx, t, row, &d); err != nil {
		return appraisal.Document{}, err
	}
	if view.Tenure != nil && kind.Rated() {
		served := view.Tenure
		d.Tenure = &appraisal.DocumentedTenure{Served: served.Served, Months: served.Months, From: served.From, Cause: served.Cause, Reason: served.Reason}
	}
	switch kind {
	case appraisal.DocumentPlan:
		d.Plan = documentedPlan(view.Plan)
		for i := range d.Plan.Results { // what came of it belongs to the other papers
			for j := range d.Plan.Results[i].Indicators {
				d.Plan.Results[i].Indicators[j] = appraisal.DocumentedIndicator{Indicator: d.Plan.Results[i].Indicators[j].Indicator}
			}
		}
	case appraisal.DocumentForm:
		d.Plan, d.Progress, d.SelfReview = documentedPlan(view.Plan), documentedProgress(view.Progress), documentedAccount(view.SelfReview)
		d.Feedback, d.Competencies = documentedFeedback(view), documentedLevels(view.Competencies)
		d.Ratings = documentedRatings(view.Ratings)
	case appraisal.DocumentEvaluation:
		d.Ratings = documentedRatings(view.Ratings)
		d.Objection, d.Development = documentedObjection(view.Objection), documentedTraining(view)
		rated, err := postgres.CohortRating(ctx, t, row.ID)
		if err != nil {
			return appraisal.Document{}, err
		}
		if rated != nil {
			d.OrganisationRating, d.RatedUnit = rated.Rating, rated.Unit
		}
	}
	return d, nil
}

// readDocuments tells which papers there are: the plan once both sides have agreed on it, the others once the result is released.
// That goes for every reader, so that no paper with an unreleased rating exists. A form whose content is destroyed is no paper any more.
func (r *reading) readDocuments(context.Context) error {
	r.view.Documents = []appraisal.DocumentKind{}
	for _, kind := range appraisal.DocumentKinds {
		ready := r.view.Plan != nil && r.view.Plan.State == planApproved
		if kind.Rated() {
			ready = r.released && r.view.Rating != nil
		}
		if kind == appraisal.DocumentForm && len(r.view.Destroyed) > 0 {
			ready = false
		}
		if ready {
			r.view.Documents = append(r.view.Documents, kind)
		}
	}
	return nil
}

func nameSignatories(ctx context.Context, q postgres.Querier, row postgres.Appraisal, d *appraisal.Document) error {
	ids := []appraisal.PersonID{row.EmployeeID}
	for _, id := range []*appraisal.PersonID{row.AppraiserID, row.ReviewerID} {
		if id != nil {
			ids = append(ids, *id)
		}
	}
	known, err := postgres.Signatories(ctx, q, ids)
	if err != nil {
		return err
	}
	named := func(id *appraisal.PersonID) *appraisal.Signatory {
		if id == nil {
			return nil
		}
		p := known[*id]
		return &appraisal.Signatory{Name: p.Name, NIP: p.NIP, Employment: p.Employment, Grade: p.Grade, Post: p.Post, Unit: p.Unit}
	}
	d.Employee, d.Appraiser, d.Reviewer = *named(&row.EmployeeID), named(row.AppraiserID), named(row.ReviewerID)
	return nil
}

func documentedPlan(p *Plan) *appraisal.DocumentedPlan {
	if p == nil || p.State != planApproved {
		return nil
	}
	plan := &appraisal.DocumentedPlan{
		Number: p.Number, ApprovedAt: p.DecidedAt, EffectiveOn: p.EffectiveOn, Results: make([]appraisal.DocumentedResult, len(p.KeyResults)),
	}
	for i, k := range p.KeyResults {
		plan.Results[i] = appraisal.DocumentedResult{Statement: k.Statement, Weight: k.Weight}
		for _, link := range k.Serves {
			plan.Results[i].Serves = append(plan.Results[i].Serves, link.Statement)
		}
		for _, in := range k.Indicators {
			line := appraisal.DocumentedIndicator{Indicator: in.Indicator, Realisation: in.Realisation, PartTarget: in.PartTarget, Met: in.Met}
			if settled := in.Reviewed; settled != nil {
				line.Realisation = settled.Value
				if settled.Given != settled.Value {
					line.Given, line.Reason = settled.Given, settled.Reason
				}
			}
			plan.Results[i].Indicators = append(plan.Results[i].Indicators, line)
		}
	}
	return plan
}

func documentedProgress(entries []ProgressEntry) []appraisal.DocumentedEntry {
	list := make([]appraisal.DocumentedEntry, len(entries))
	for i, e := range entries {
		list[i] = appraisal.DocumentedEntry{At: e.At, Author: e.Author, Indicator: e.Indicator, Value: e.Value, Note: e.Note, Evidence: e.Evidence}
		for _, piece := range e.Attached {
			list[i].Attached = append(list[i].Attached, cmp.Or(piece.Name, piece.Link))
		}
	}
	return list
}

// documentedFeedback lists the remarks of the period under what they are about; what was withdrawn is not on paper.
func documentedFeedback(view Appraisal) []appraisal.DocumentedRemark {
	about := map[string]string{}
	if view.Plan != nil {
		for _, k := range view.Plan.KeyResults {
			about[k.ID] = k.Statement
		}
	}
	list := []appraisal.DocumentedRemark{}
	for _, c := range view.Feedback {
		for _, e := range c.Entries {
			if !e.Withdrawn {
				list = append(list, appraisal.DocumentedRemark{
					At: e.At, Author: e.Author, AuthorFor: e.AuthorFor, About: cmp.Or(c.Statement, about[c.KeyResult]), Text: e.Text, Agreed: e.Agreed,
				})
			}
		}
	}
	return list
}

func documentedAccount(own *SelfReview) *appraisal.DocumentedAccount {
	if own == nil {
		return nil
	}
	return &appraisal.DocumentedAccount{Achievements: own.Achievements, Obstacles: own.Obstacles, Development: own.Development}
}

func documentedLevels(levels []CompetencyLevel) []appraisal.DocumentedLevel {
	list := make([]appraisal.DocumentedLevel, len(levels))
	for i, l := range levels {
		list[i] = appraisal.DocumentedLevel{Name: l.Name, Required: l.Required, Rated: l.Rated, Assessed: l.Assessed}
	}
	return list
}

func documentedRatings(ratings []Rating) []appraisal.DocumentedRating {
	list := make([]appraisal.DocumentedRating, len(ratings))
	for i, r := range ratings {
		list[i] = appraisal.DocumentedRating{
			Number: r.Number, Source: r.Source, WorkResult: r.WorkResult, Behaviour: r.Behaviour, Predikat: r.Predikat, Comment: r.Comment,
			Reason: r.Reason, RatedBy: r.RatedBy, RatedFor: r.RatedFor, RatedAt: r.RatedAt, Explanation: r.Explanation,
		}
		if s := r.Scores; s != nil {
			list[i].Score, list[i].WorkResultScore, list[i].BehaviourScore = s.Score, s.WorkResult, s.Behaviour
			if s.Innovation != nil {
				list[i].Innovation = s.Innovation.Description
			}
		}
	}
	return list
}

func documentedObjection(o *Objection) *appraisal.DocumentedObjection {
	if o == nil {
		return nil
	}
	return &appraisal.DocumentedObjection{
		FiledAt: o.FiledAt, Reasons: o.Reasons, Answer: o.Answer, Decision: o.Decision, DecisionReason: o.DecisionReason, DecidedAt: o.DecidedAt,
	}
}

// documentedTraining returns what was approved; a mere proposal is not put on paper.
func documentedTraining(view Appraisal) *appraisal.DocumentedTraining {
	d := view.Development
	if d == nil || d.State != planApproved {
		return nil
	}
	names := map[string]string{}
	for _, l := range view.Competencies {
		names[l.Code] = l.Name
	}
	plan := &appraisal.DocumentedTraining{Comment: d.Comment}
	for _, item := range d.Items {
		if !item.Approved {
			continue
		}
		name := names[item.Competency]
		if name == "" {
			name = item.Competency
		}
		plan.Hours += item.Hours
		plan.Items = append(plan.Items, appraisal.DocumentedCourse{
			Title: item.Title, Competency: name, Form: item.Form, Hours: item.Hours, Starts: item.Starts, Ends: item.Ends,
		})
	}
	return plan
}
