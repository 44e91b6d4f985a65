package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
)

// Appraisal is one person's pipeline through a cycle, from target setting to the development plan.
func Appraisal(ctx workflow.Context, input AppraisalInput) error {
	p := &pipeline{}
	p.setup(ctx, input)
	return p.run(ctx)
}

var pipelineActs *activities.Appraisal

// pipeline waits in one place at a time: for a wake, or for the next instant at which something is due.
type pipeline struct {
	input   AppraisalInput
	wakes   workflow.ReceiveChannel
	shown   shown
	timer   workflow.Future
	timerAt time.Time
	timerIn appraisal.Stage // the stage it was armed in
	disarm  workflow.CancelFunc
	ended   bool
}

// shown is what the search attributes say at the moment.
type shown struct {
	stage    appraisal.Stage
	health   appraisal.Health
	waiting  appraisal.Party
	deadline time.Time
}

func (p *pipeline) setup(ctx workflow.Context, input AppraisalInput) {
	p.input = input
	p.wakes = workflow.GetSignalChannel(ctx, SignalWake)
	p.shown = shown{stage: input.First, health: appraisal.HealthOnTime}
	p.shown.carryOver(workflow.GetTypedSearchAttributes(ctx))
}

// carryOver takes up what an earlier run of the pipeline has shown.
func (s *shown) carryOver(attributes temporal.SearchAttributes) {
	if v, ok := attributes.GetKeyword(AttrStage); ok {
		s.stage = appraisal.Stage(v)
	}
	if v, ok := attributes.GetKeyword(AttrHealth); ok {
		s.health = appraisal.Health(v)
	}
	if v, ok := attributes.GetKeyword(AttrWaitingOn); ok {
		s.waiting = appraisal.Party(v)
	}
	if v, ok := attributes.GetTime(AttrDeadline); ok {
		s.deadline = v
	}
}

// run is the process of PermenPAN-RB 6/2022 as the cycle's template cuts it.
func (p *pipeline) run(ctx workflow.Context) error {
	if _, err := p.stage(ctx, appraisal.StageTargets, pipelineActs.OpenTargets); err != nil {
		return err
	}
	if _, err := p.stage(ctx, appraisal.StageExecution, pipelineActs.OpenExecution); err != nil {
		return err
	}
	if _, err := p.stage(ctx, appraisal.StageSelfReview, pipelineActs.OpenSelfReview); err != nil {
		return err
	}
	if _, err := p.stage(ctx, appraisal.StagePeerReview, pipelineActs.OpenPeerReview); err != nil {
		return err
	}
	if _, err := p.stage(ctx, appraisal.StageAppraiserReview, pipelineActs.OpenAppraiserReview); err != nil {
		return err
	}
	if _, err := p.stage(ctx, appraisal.StageCalibration, pipelineActs.JoinCalibration); err != nil {
		return err
	}
	result, err := p.stage(ctx, appraisal.StageResult, pipelineActs.ReleaseResult)
	if err != nil {
		return err
	}
	if result == appraisal.OutcomeObjected {
		if _, err := p.stage(ctx, appraisal.StageObjection, pipelineActs.OpenObjection); err != nil {
			return err
		}
	}
	if _, err := p.stage(ctx, appraisal.StageDevelopment, pipelineActs.RecommendTraining); err != nil {
		return err
	}
	return p.close(ctx)
}

type lookActivity = any

// stage enters a stage and waits until it is settled. Stages before the first and those that the template leaves out are
// passed over, and everything is once the pipeline has ended.
func (p *pipeline) stage(ctx workflow.Context, stage appraisal.Stage, enter lookActivity) (appraisal.Outcome, error) {
	if p.ended || !p.runs(stage) {
		return "", nil
	}
	view, err := p.look(ctx, enter)
	for {
		if err != nil {
			return "", err
		}
		if p.ended = view.Ended; view.Ended || view.Settled {
			return view.Outcome, p.renew(ctx)
		}
		if err := p.show(ctx, view); err != nil {
			return "", err
		}
		p.wait(ctx, view)
		next := lookActivity(pipelineActs.Look)
		if view.Paused { // the stage may not have been entered yet
			next = enter
		}
		view, err = p.look(ctx, next)
	}
}

// renew starts the pipeline anew between two stages when its history has grown long: like one that is recovered it finds its place.
func (p *pipeline) renew(ctx workflow.Context) error {
	if p.ended || !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		return nil
	}
	return workflow.NewContinueAsNewError(ctx, NameAppraisal, p.input)
}

// runs reports whether the pipeline passes through the stage.
func (p *pipeline) runs(stage appraisal.Stage) bool {
	if stage.Order() < p.input.First.Order() {
		return false
	}
	return stage == appraisal.StageObjection || slices.Contains(p.input.Stages, stage)
}

// close ends the pipeline; a paused cycle keeps it open until it resumes.
func (p *pipeline) close(ctx workflow.Context) error {
	for !p.ended {
		view, err := p.look(ctx, pipelineActs.Close)
		if err != nil {
			return err
		}
		if p.ended = view.Ended; !p.ended {
			p.wait(ctx, view)
		}
	}
	workflow.SetCurrentDetails(ctx, "Ended: nothing is waited for.")
	return nil
}

// look runs a local activity. A fault that cannot heal by itself stays visible until a wake finds it mended.
func (p *pipeline) look(ctx workflow.Context, act lookActivity) (activities.View, error) {
	ctx = workflow.WithLocalActivityOptions(ctx, lookOptions)
	var view activities.View
	err := persevere(ctx, p.wakes, p.input.Page, func(h appraisal.Health) error {
		if h != appraisal.HealthWorkflowError { // what was found is shown by whoever looked
			return nil
		}
		return p.show(ctx, activities.View{Stage: p.shown.stage, Health: h, Waiting: appraisal.PartyHR})
	}, func() error {
		return workflow.ExecuteLocalActivity(ctx, act, p.input.Appraisal).Get(ctx, &view)
	})
	return view, err
}

// wait returns at the next wake or at the next due instant, whichever comes first. Within a stage a timer that goes off
// sooner than needed is left alone: looking in vain costs less than arming anew at every act.
func (p *pipeline) wait(ctx workflow.Context, view activities.View) {
	p.arm(ctx, view)
	woken := workflow.NewSelector(ctx)
	woken.AddReceive(p.wakes, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil) })
	if p.timer != nil {
		woken.AddFuture(p.timer, func(workflow.Future) { p.timer, p.timerAt = nil, time.Time{} })
	}
	woken.Select(ctx)
	for p.wakes.ReceiveAsync(nil) { // several wakes are one look
	}
}

// arm holds the one timer of the pipeline at the next due instant.
func (p *pipeline) arm(ctx workflow.Context, view activities.View) {
	if p.timer != nil && p.timerIn == view.Stage && !view.NextDue.IsZero() && !p.timerAt.After(view.NextDue) {
		return
	}
	if p.timer != nil {
		p.disarm()
		p.timer, p.timerAt = nil, time.Time{}
	}
	if view.NextDue.IsZero() {
		return
	}
	timerCtx, cancel := workflow.WithCancel(ctx)
	p.disarm, p.timerAt, p.timerIn = cancel, view.NextDue, view.Stage
	p.timer = workflow.NewTimerWithOptions(timerCtx, max(view.NextDue.Sub(workflow.Now(ctx)), 0), workflow.TimerOptions{
		Summary: fmt.Sprintf("next due of %s", view.Stage),
	})
}

// show tells operators where the pipeline stands: search attributes when they change, and a sentence in the current details.
func (p *pipeline) show(ctx workflow.Context, view activities.View) error {
	now := shown{view.Stage, view.Health, view.Waiting, view.Deadline}
	var updates []temporal.SearchAttributeUpdate
	if now.stage != p.shown.stage {
		updates = append(updates, AttrStage.ValueSet(string(now.stage)))
	}
	if now.health != p.shown.health {
		updates = append(updates, AttrHealth.ValueSet(string(now.health)))
	}
	if now.waiting != p.shown.waiting {
		updates = append(updates, AttrWaitingOn.ValueSet(string(now.waiting)))
	}
	if !now.deadline.Equal(p.shown.deadline) && !now.deadline.IsZero() {
		updates = append(updates, AttrDeadline.ValueSet(now.deadline))
	}
	p.shown = now
	workflow.SetCurrentDetails(ctx, details(view, p.input.Page))
	if len(updates) == 0 {
		return nil
	}
	return workflow.UpsertTypedSearchAttributes(ctx, updates...)
}

// details says in words what is waited for, since when, and where it is ended.
func details(view activities.View, page string) string {
	if view.Paused {
		return "The cycle is paused. It goes on when HR resumes it."
	}
	text := fmt.Sprintf("Stage **%s**: waits for the **%s** to finish the step **%s**, since %s.", view.Stage, view.Waiting, view.Step, minute(view.Since))
	if !view.Deadline.IsZero() {
		text += fmt.Sprintf(" Deadline %s.", minute(view.Deadline))
	}
	if !view.NextDue.IsZero() {
		text += fmt.Sprintf(" Looks again by itself at %s.", minute(view.NextDue))
	}
	if view.Health.Stalled() {
		text += fmt.Sprintf("\n\nStalled: **%s**.", view.Health)
	}
	return text + "\n\nWhat ends the wait is done on the page " + page
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }
