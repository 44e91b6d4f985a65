package worker

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/workflows"
)

// Recovery counts the workflows of a cycle that were found, and those that were gone and have been started anew.
type Recovery struct {
	Running   int `json:"running"`
	Restarted int `json:"restarted"`
}

// recoverPage is how many pipelines a recovery reads at a time.
const recoverPage = 500

// Recover starts whatever should run of a cycle and does not: its pipelines, its calibrations and the cycle itself. Each finds
// its place in the record, so that doing it again, or beside a cycle that is well, changes nothing. A cycle that was never
// launched, or has ended, has nothing to start.
func (c *Conductor) Recover(ctx context.Context, s *service.Service, cycle service.Cycle) (Recovery, error) {
	var done Recovery
	if cycle.LaunchedAt == nil || cycle.EndedAt != nil && cycle.Ended == cycle.People {
		return done, nil
	}
	for after := appraisal.AppraisalID(""); ; {
		page, err := s.PipelinePage(ctx, cycle.ID, after, recoverPage)
		if err != nil {
			return done, err
		}
		if len(page) == 0 {
			break
		}
		for _, p := range page {
			id := appraisal.PipelineID(cycle.ID, p.Employee)
			if err := c.unlessRunning(ctx, id, &done, func() error { return c.restart(ctx, s, p) }); err != nil {
				return done, err
			}
		}
		after = page[len(page)-1].Appraisal
	}
	cohorts, err := s.CohortIDs(ctx, cycle.ID)
	if err != nil {
		return done, err
	}
	for _, k := range cohorts {
		err := c.unlessRunning(ctx, appraisal.CalibrationID(cycle.ID, k), &done, func() error {
			return c.startCalibration(ctx, cycle.ID, k, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
		})
		if err != nil {
			return done, err
		}
	}
	return done, c.unlessRunning(ctx, appraisal.CycleWorkflowID(cycle.ID), &done, func() error {
		_, err := c.Temporal.ExecuteWorkflow(ctx, cycleOptions(cycle.ID, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE),
			workflows.NameCycle, c.cycleInput(cycle.ID))
		return unlessStarted(err)
	})
}

// restart starts another run of a pipeline, unless it has ended since it was read.
func (c *Conductor) restart(ctx context.Context, s *service.Service, p service.Pipeline) error {
	var err error
	if p.Run, err = s.NextRun(ctx, p.Appraisal); err != nil {
		if appraisal.CodeOf(err) == appraisal.CodeNotFound {
			return nil
		}
		return err
	}
	return c.StartAppraisal(ctx, p)
}

// unlessRunning starts a workflow that does not run, and counts which it was.
func (c *Conductor) unlessRunning(ctx context.Context, workflow string, done *Recovery, start func() error) error {
	d, err := c.Temporal.DescribeWorkflowExecution(ctx, workflow, "")
	var gone *serviceerror.NotFound
	if err != nil && !errors.As(err, &gone) {
		return fmt.Errorf("describe %s: %w", workflow, err)
	}
	if d.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		done.Running++
		return nil
	}
	if err := start(); err != nil {
		return fmt.Errorf("restart %s: %w", workflow, err)
	}
	done.Restarted++
	return nil
}
