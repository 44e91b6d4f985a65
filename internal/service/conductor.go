package service

import (
	"context"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// View is what a pipeline is told when it looks: ids, roles, times and outcomes, nothing about people.
type View struct {
	Stage    appraisal.Stage    // where the row is
	Settled  bool               // the stage that was asked for is over
	Outcome  appraisal.Outcome  // how it ended
	Ended    bool               // the pipeline is closed or withdrawn
	Paused   bool               // the cycle is paused: nothing fires until it resumes
	Step     appraisal.StepKind // of the open steps, for the operator
	Waiting  appraisal.Party
	Since    time.Time
	Health   appraisal.Health
	Deadline time.Time // zero when there is none
	NextDue  time.Time // when to look again without being woken; zero: only when woken
}

// EnterStage moves a pipeline to a stage, opens its first step, and looks. A pipeline that is past the stage already, because
// it was recovered or the activity is repeated, is told how the stage ended.
func (s *Service) EnterStage(ctx context.Context, id appraisal.AppraisalID, stage appraisal.Stage) (View, error) {
	return s.conduct(ctx, id, stage)
}

// Look settles whatever has become due in the stage at hand, opens what follows closed steps, and returns what the pipeline
// waits for. Looking twice changes nothing.
func (s *Service) Look(ctx context.Context, id appraisal.AppraisalID) (View, error) {
	return s.conduct(ctx, id, "")
}

func (s *Service) conduct(ctx context.Context, id appraisal.AppraisalID, enter appraisal.Stage) (View, error) {
	var view View
	err := s.in(ctx, func(t *tx) error {
		row, err := postgres.LockAppraisal(ctx, t, id)
		if err != nil {
			return err
		}
		c := &conducting{Service: s, tx: t, row: row}
		view, err = c.run(ctx, enter)
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("conduct appraisal %s: %w", id, err)
	}
	return view, nil
}

// conducting is one look at one locked pipeline.
type conducting struct {
	*Service
	*tx
	row postgres.Appraisal
}

func (c *conducting) run(ctx context.Context, enter appraisal.Stage) (View, error) {
	switch {
	case c.row.Stage.Ended():
		return View{Stage: c.row.Stage, Settled: true, Ended: true, Outcome: c.row.Outcome, Waiting: appraisal.PartyNobody, Health: appraisal.HealthOnTime}, nil
	case c.row.CycleStatus == postgres.CycleCancelled:
		if err := c.withdraw(ctx, "cycle_cancelled"); err != nil {
			return View{}, err
		}
		return c.run(ctx, enter)
	case c.row.CycleStatus == postgres.CyclePaused:
		return c.paused(ctx)
	}
	if enter != "" && enter != c.row.Stage {
		if c.row.Stage.Order() > enter.Order() {
			outcome, err := postgres.StageOutcome(ctx, c, c.row.ID, enter)
			return View{Stage: c.row.Stage, Settled: true, Outcome: outcome, Health: c.row.Health}, err
		}
		if err := c.enter(ctx, enter); err != nil {
			return View{}, err
		}
		if enter == appraisal.StageClosed {
			return c.run(ctx, enter)
		}
	}
	return c.settle(ctx)
}

// paused tells the pipeline to wait for the resume, whose wake brings it back.
func (c *conducting) paused(ctx context.Context) (View, error) {
	standing := postgres.Standing{Health: appraisal.HealthPaused, WaitingOn: appraisal.PartyHR, Since: c.row.WaitingSince, Deadline: c.row.StageDeadline}
	v := View{Stage: c.row.Stage, Paused: true, Waiting: appraisal.PartyHR, Since: c.now, Health: appraisal.HealthPaused}
	return v, postgres.SetStanding(ctx, c, c.row.ID, standing)
}

// enter moves the row into the stage and opens its first step.
func (c *conducting) enter(ctx context.Context, stage appraisal.Stage) error {
	if stage == appraisal.StageDevelopment || stage == appraisal.StageClosed { // a result that was released is final
		if err := postgres.OpenPulse(ctx, c, c.row.CycleID, c.now); err != nil {
			return err
		}
	}
	if err := postgres.EnterStage(ctx, c, c.row, stage, c.now); err != nil {
		return err
	}
	c.row.Stage, c.row.StageAt = stage, c.now
	if stage == appraisal.StageClosed {
		return c.end(ctx, appraisal.OutcomeCompleted, "")
	}
	if stage == appraisal.StageDevelopment {
		if err := c.recommend(ctx); err != nil {
			return err
		}
	}
	if first, ok := stage.FirstStep(); ok {
		if err := c.open(ctx, first); err != nil {
			return err
		}
	}
	if stage == appraisal.StageCalibration {
		return c.joinCohort(ctx)
	}
	return nil
}

// settle fires what is due and follows closed steps until nothing changes, then says what is left to wait for.
func (c *conducting) settle(ctx context.Context) (View, error) {
	for {
		fired, err := c.fireDues(ctx)
		if err != nil {
			return View{}, err
		}
		steps, err := postgres.UnsettledSteps(ctx, c, c.row.ID)
		if err != nil {
			return View{}, err
		}
		followed, err := c.follow(ctx, steps)
		if err != nil {
			return View{}, err
		}
		if fired || followed {
			continue
		}
		if len(steps) == 0 {
			extended, err := c.extendPeers(ctx)
			if err != nil {
				return View{}, err
			}
			if !extended {
				return c.settled(ctx)
			}
			continue
		}
		return c.waiting(ctx, steps)
	}
}

// follow opens what comes after the steps that were closed since the last look.
func (c *conducting) follow(ctx context.Context, steps []postgres.Step) (bool, error) {
	closed := false
	for _, step := range steps {
		if step.State == postgres.StepOpen {
			continue
		}
		closed = true
		for _, kind := range appraisal.Followers(step.Kind, step.Outcome) {
			if err := c.open(ctx, kind); err != nil {
				return false, err
			}
		}
		if err := postgres.MarkFollowed(ctx, c, step.ID); err != nil {
			return false, err
		}
	}
	return closed, nil
}

// settled closes the stage's line of the ledger with the outcome of its last step.
func (c *conducting) settled(ctx context.Context) (View, error) {
	steps, err := postgres.Steps(ctx, c, c.row.ID)
	if err != nil {
		return View{}, err
	}
	outcome := appraisal.OutcomeSkipped
	for _, step := range steps {
		if step.Kind.Stage() == c.row.Stage {
			outcome = step.Outcome
		}
	}
	switch c.row.Stage {
	case appraisal.StageExecution:
		if err := lapsePlanChange(ctx, c.tx, c.row.ID); err != nil {
			return View{}, err
		}
	case appraisal.StagePeerReview:
		if err := c.publishPeers(ctx); err != nil {
			return View{}, err
		}
		outcome = appraisal.OutcomeCompleted
	}
	if err := postgres.SettleStage(ctx, c, c.row.ID, c.row.Stage, outcome); err != nil {
		return View{}, err
	}
	return View{Stage: c.row.Stage, Settled: true, Outcome: outcome, Waiting: appraisal.PartyNobody, Since: c.now, Health: appraisal.HealthOnTime}, nil
}

// waiting stores and returns whom the pipeline waits for.
func (c *conducting) waiting(ctx context.Context, steps []postgres.Step) (View, error) {
	first := steps[0]
	v := View{Stage: c.row.Stage, Step: first.Kind, Waiting: first.Kind.Party(), Since: first.OpenedAt}
	var err error
	if v.Health, err = c.health(ctx, first); err != nil {
		return View{}, err
	}
	if first.Deadline != nil {
		v.Deadline = *first.Deadline
	}
	dues, err := postgres.PendingDues(ctx, c, c.row.ID)
	if err != nil {
		return View{}, err
	}
	if len(dues) > 0 {
		v.NextDue = dues[0].FiresAt
	}
	standing := postgres.Standing{Health: v.Health, WaitingOn: v.Waiting, Since: &first.OpenedAt, Deadline: first.Deadline}
	return v, postgres.SetStanding(ctx, c, c.row.ID, standing)
}

func (c *conducting) health(ctx context.Context, step postgres.Step) (appraisal.Health, error) {
	switch {
	case step.OwnerID == nil && step.Kind.Party() != appraisal.PartyCommittee:
		return appraisal.HealthNoAppraiser, nil
	case step.Overdue && step.Kind == appraisal.StepCalibrate:
		return appraisal.HealthCohortIncomplete, nil
	case step.Overdue:
		return appraisal.HealthWaitingOnPerson, nil
	case c.row.Stage == appraisal.StagePeerReview:
		return c.peersHealth(ctx)
	default:
		return appraisal.HealthOnTime, nil
	}
}

// withdraw takes the pipeline out of the cycle: nothing more is asked of anybody about it.
func (c *conducting) withdraw(ctx context.Context, reason string) error {
	if err := postgres.CancelOpenSteps(ctx, c, c.row.ID, c.now); err != nil {
		return err
	}
	if err := lapsePlanChange(ctx, c.tx, c.row.ID); err != nil {
		return err
	}
	if c.row.Stage == appraisal.StagePeerReview {
		if err := c.publishPeers(ctx); err != nil {
			return err
		}
	}
	if err := postgres.EnterStage(ctx, c, c.row, appraisal.StageWithdrawn, c.now); err != nil {
		return err
	}
	c.row.Stage = appraisal.StageWithdrawn
	return c.end(ctx, appraisal.OutcomeWithdrawn, reason)
}

// end closes the pipeline's row and tells those who count on it: the cohort, which may be complete without it, and the cycle.
func (c *conducting) end(ctx context.Context, outcome appraisal.Outcome, reason string) error {
	if err := postgres.EndAppraisal(ctx, c, c.row.ID, outcome, reason, c.now); err != nil {
		return err
	}
	c.row.Outcome = outcome
	if c.row.CohortID == nil {
		return c.wake(ctx, appraisal.CycleWorkflowID(c.row.CycleID))
	}
	cohort, err := postgres.LockCohortRow(ctx, c, *c.row.CohortID)
	if err != nil {
		return err
	}
	if outcome == appraisal.OutcomeWithdrawn {
		if err := c.completeCohort(ctx, cohort); err != nil {
			return err
		}
	}
	left, err := postgres.OpenInCohort(ctx, c, cohort.ID)
	if err != nil || left > 0 {
		return err
	}
	if err := c.wake(ctx, appraisal.CalibrationID(c.row.CycleID, cohort.ID)); err != nil {
		return err
	}
	return c.wake(ctx, appraisal.CycleWorkflowID(c.row.CycleID))
}
