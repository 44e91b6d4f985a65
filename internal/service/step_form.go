package service

import (
	"context"
	"fmt"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// StepForm reads all that the form of a step shows. Everybody who may read the appraisal may open it, and its owner while it is open,
// for whom the draft and what one chooses from are. An opinion-giver sees who is asked about and what they set out to do,
// nothing else of the appraisal, and nobody but the opinion-giver can open that step.
func (s *Service) StepForm(ctx context.Context, actor appraisal.Actor, id appraisal.StepID) (StepForm, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionDoStep); err != nil {
		return StepForm{}, err
	}
	var form StepForm
	var step postgres.Step
	var row postgres.Appraisal
	err := postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		var err error
		if step, err = postgres.GetStep(ctx, q, id); err != nil {
			return err
		}
		if row, err = postgres.GetAppraisal(ctx, q, step.AppraisalID); err != nil {
			return err
		}
		form, err = s.stepForm(ctx, q, actor, row, step)
		return err
	})
	if err == nil && step.Kind != appraisal.StepPeerAnswer { // nothing tells who looks at the form of an opinion
		err = s.noteReading(ctx, actor, actionReadAppraisal, row, "")
	}
	if err != nil {
		return StepForm{}, fmt.Errorf("form of step %s: %w", id, err)
	}
	return form, nil
}

func (s *Service) stepForm(ctx context.Context, q postgres.Querier, actor appraisal.Actor, row postgres.Appraisal, step postgres.Step) (StepForm, error) {
	whom, does := stepSubject(row, step).Does(actor)
	mine := does == nil
	subject, read, action := row.Subject(), s.read, appraisal.ActionReadForm
	if step.Kind == appraisal.StepPeerAnswer {
		read, action = s.readAsPeer, appraisal.ActionReadInvitation
	}
	if step.State == postgres.StepOpen || step.Kind == appraisal.StepPeerAnswer { // who had to do another one reads it as long as the appraisal
		subject.Owner = text(step.OwnerID)
	}
	if err := appraisal.Can(actor, action, subject); err != nil {
		return StepForm{}, s.orEnded(ctx, q, actor, text(step.OwnerID), err)
	}
	view, err := read(ctx, q, actor, row)
	if err != nil {
		return StepForm{}, err
	}
	form := StepForm{Appraisal: view, Step: stepView(actor, row, postgres.OwnedBy{Step: step}, s.clock())}
	if mine && whom == "" {
		form.Step.Owner = actor.Name
	}
	for _, known := range view.Steps {
		if known.ID == step.ID {
			form.Step = known
		}
	}
	if !mine || step.State != postgres.StepOpen {
		return form, nil
	}
	draft, err := postgres.GetDraft(ctx, q, step.ID, actor.ID)
	if err != nil {
		return StepForm{}, err
	}
	if draft != nil {
		form.Draft, form.DraftAt = draft.Body, &draft.SavedAt
	}
	return form, s.fillChoices(ctx, q, row, &form)
}

// readAsPeer reads as much of an appraisal as somebody needs who gives an opinion about the employee.
func (s *Service) readAsPeer(ctx context.Context, q postgres.Querier, actor appraisal.Actor, row postgres.Appraisal) (Appraisal, error) {
	policy, err := s.policyOf(ctx, q, row.CycleID)
	if err != nil {
		return Appraisal{}, err
	}
	r := &reading{Querier: q, service: s, actor: actor, policy: policy, row: row, now: s.clock()}
	for _, part := range []func(context.Context) error{r.readHeading, r.readPeople, r.readPlan} {
		if err := part(ctx); err != nil {
			return Appraisal{}, err
		}
	}
	whole := r.view
	view := Appraisal{
		ID: whole.ID, CycleID: whole.CycleID, CycleName: whole.CycleName, PeriodStart: whole.PeriodStart, PeriodEnd: whole.PeriodEnd,
		Employee: Person{ID: whole.Employee.ID, Name: whole.Employee.Name, Post: whole.Employee.Post},
		Unit:     whole.Unit, PositionKind: whole.PositionKind, Rules: whole.Rules, Stage: appraisal.StagePeerReview, StageAt: whole.StageAt,
		Health: appraisal.HealthOnTime, WaitingOn: appraisal.PartyPeer, Version: whole.Version,
		Steps: []Step{}, Timeline: []TimelineEntry{}, Progress: []ProgressEntry{}, Feedback: []Conversation{}, Desk: []Evidence{}, Ratings: []Rating{}, Meaning: []appraisal.Sentence{}, Competencies: []CompetencyLevel{},
	}
	if p := whole.Plan; p != nil && p.State == postgres.PlanApproved {
		view.Plan = &Plan{ID: p.ID, Number: p.Number, State: p.State, SubmittedAt: p.SubmittedAt, KeyResults: make([]KeyResult, len(p.KeyResults))}
		for i, k := range p.KeyResults {
			view.Plan.KeyResults[i] = KeyResult{ID: k.ID, Statement: k.Statement, Serves: []ChainLink{}, Indicators: []Indicator{}}
		}
	}
	return view, nil
}

// fillChoices adds what the step's owner chooses from or looks at beside the appraisal.
func (s *Service) fillChoices(ctx context.Context, q postgres.Querier, row postgres.Appraisal, form *StepForm) error {
	var err error
	switch form.Step.Kind {
	case appraisal.StepDraftPlan:
		if form.Alignments, err = alignments(ctx, q, row, nil); err == nil {
			form.Sources, err = offeredSources(ctx, q, row)
		}
		if err == nil {
			form.Copyables, err = s.copyables(ctx, q, row, form.Alignments)
		}
	case appraisal.StepNominatePeers, appraisal.StepApprovePeers:
		err = s.fillCandidates(ctx, q, row, form)
	case appraisal.StepPeerAnswer:
		err = s.fillLoad(ctx, q, row, form)
	}
	return err
}
