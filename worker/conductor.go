package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/workflows"
)

// Conductor starts and wakes workflows. BaseURL is where the pages are, for the links that operators see.
type Conductor struct {
	Temporal client.Client
	BaseURL  string
}

// StartAppraisal starts one pipeline. An id that runs or ran is success, unless the pipeline's row asks for another run.
func (c *Conductor) StartAppraisal(ctx context.Context, p service.Pipeline) error {
	policy := enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
	if p.Run > 1 {
		policy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	}
	options := client.StartWorkflowOptions{
		ID:                    appraisal.PipelineID(p.Cycle, p.Employee),
		TaskQueue:             workflows.QueueAppraisal,
		WorkflowIDReusePolicy: policy,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			workflows.AttrCycle.ValueSet(string(p.Cycle)), workflows.AttrUnit.ValueSet(p.Unit),
			workflows.AttrStage.ValueSet(string(p.First)), workflows.AttrHealth.ValueSet(string(appraisal.HealthOnTime)),
		),
		StaticSummary:                            "One person's appraisal in unit " + p.Unit,
		StaticDetails:                            "Page: " + c.page("/penilaian/", string(p.Appraisal)),
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}
	_, err := c.Temporal.ExecuteWorkflow(ctx, options, workflows.NameAppraisal, workflows.AppraisalInput{
		Appraisal: p.Appraisal, First: p.First, Stages: p.Stages, Page: c.page("/penilaian/", string(p.Appraisal)),
	})
	return unlessStarted(err)
}

// StartCalibration starts the calibration of one cohort. An id that runs or ran is success.
func (c *Conductor) StartCalibration(ctx context.Context, cycle appraisal.CycleID, cohort appraisal.CohortID) error {
	return c.startCalibration(ctx, cycle, cohort, enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
}

func (c *Conductor) startCalibration(ctx context.Context, cycle appraisal.CycleID, cohort appraisal.CohortID, reuse enumspb.WorkflowIdReusePolicy) error {
	_, err := c.Temporal.ExecuteWorkflow(ctx, calibrationOptions(cycle, cohort, reuse), workflows.NameCalibration, c.calibrationInput(cohort))
	return unlessStarted(err)
}

// ReviveCalibration makes sure that the calibration of a cohort runs: one that runs looks again, so that it cannot end without
// having seen who joined the cohort, and one that has ended starts anew.
func (c *Conductor) ReviveCalibration(ctx context.Context, cycle appraisal.CycleID, cohort appraisal.CohortID) error {
	options := calibrationOptions(cycle, cohort, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
	_, err := c.Temporal.SignalWithStartWorkflow(ctx, options.ID, workflows.SignalWake, nil, options, workflows.NameCalibration, c.calibrationInput(cohort))
	return err
}

func calibrationOptions(cycle appraisal.CycleID, cohort appraisal.CohortID, reuse enumspb.WorkflowIdReusePolicy) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                    appraisal.CalibrationID(cycle, cohort),
		TaskQueue:             workflows.QueueAppraisal,
		WorkflowIDReusePolicy: reuse,
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.AttrCycle.ValueSet(string(cycle)),
			workflows.AttrStage.ValueSet(string(appraisal.StageCalibration)), workflows.AttrWaitingOn.ValueSet(string(appraisal.PartyCommittee))),
		StaticSummary:                            "Calibration of one cohort",
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}
}

func (c *Conductor) calibrationInput(cohort appraisal.CohortID) workflows.CalibrationInput {
	return workflows.CalibrationInput{Cohort: cohort, Page: c.page("/kalibrasi/", string(cohort))}
}

// StartMailDelivery starts the one mail delivery, or finds it running.
func (c *Conductor) StartMailDelivery(ctx context.Context) error {
	_, err := c.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.MailDeliveryID, TaskQueue: workflows.QueueAppraisal, StaticSummary: "Delivers the mail outbox",
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, workflows.NameMailDelivery)
	if err != nil {
		return fmt.Errorf("start the mail delivery: %w", err)
	}
	return nil
}

// Wake tells a workflow to look again; a cycle that has not been started is started. One that has ended needs no wake.
func (c *Conductor) Wake(ctx context.Context, workflow string) error {
	var err error
	if cycle, is := strings.CutPrefix(workflow, "cycle/"); is {
		err = c.wakeCycle(ctx, workflow, appraisal.CycleID(cycle))
	} else {
		err = c.Temporal.SignalWorkflow(ctx, workflow, "", workflows.SignalWake, nil)
	}
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return nil
	}
	return unlessStarted(err)
}

func (c *Conductor) wakeCycle(ctx context.Context, workflow string, cycle appraisal.CycleID) error {
	_, err := c.Temporal.SignalWithStartWorkflow(ctx, workflow, workflows.SignalWake, nil,
		cycleOptions(cycle, enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE), workflows.NameCycle, c.cycleInput(cycle))
	return err
}

func cycleOptions(cycle appraisal.CycleID, reuse enumspb.WorkflowIdReusePolicy) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                                       appraisal.CycleWorkflowID(cycle),
		TaskQueue:                                workflows.QueueAppraisal,
		WorkflowIDReusePolicy:                    reuse,
		TypedSearchAttributes:                    temporal.NewSearchAttributes(workflows.AttrCycle.ValueSet(string(cycle))),
		StaticSummary:                            "One appraisal cycle",
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}
}

func (c *Conductor) cycleInput(cycle appraisal.CycleID) workflows.CycleInput {
	return workflows.CycleInput{Cycle: cycle, Page: c.page("/siklus/", string(cycle))}
}

func (c *Conductor) page(path, id string) string {
	return strings.TrimRight(c.BaseURL, "/") + path + id
}

// unlessStarted takes "already started" for success.
func unlessStarted(err error) error {
	if temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return nil
	}
	return err
}
