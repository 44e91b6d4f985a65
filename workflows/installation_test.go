package workflows_test

import (
	"context"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/workflows"
)

// commission is a workflow that somebody wants to be started.
type commission struct {
	ID, Name    string
	Appraisal   workflows.AppraisalInput
	Calibration workflows.CalibrationInput
	Cycle       workflows.CycleInput
}

const commissions = "commissions"

// installation stands in for the server: it runs what it is asked to under the ids that are asked for, and ends with the last of
// them. What has run already is not run again.
func installation(ctx workflow.Context, first commission) error {
	running, known := 0, map[string]bool{}
	var failed error
	selector := workflow.NewSelector(ctx)
	run := func(c commission) {
		if known[c.ID] {
			return
		}
		known[c.ID] = true
		running++
		child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{WorkflowID: c.ID})
		input := map[string]any{workflows.NameAppraisal: c.Appraisal, workflows.NameCalibration: c.Calibration, workflows.NameCycle: c.Cycle}[c.Name]
		selector.AddFuture(workflow.ExecuteChildWorkflow(child, c.Name, input), func(ended workflow.Future) {
			running--
			if err := ended.Get(ctx, nil); err != nil {
				failed = err
			}
		})
	}
	selector.AddReceive(workflow.GetSignalChannel(ctx, commissions), func(ch workflow.ReceiveChannel, _ bool) {
		var c commission
		ch.Receive(ctx, &c)
		run(c)
	})
	run(first)
	for running > 0 && failed == nil {
		selector.Select(ctx)
	}
	return failed
}

func (y *year) commission(c commission) error {
	y.env.RegisterDelayedCallback(func() { y.env.SignalWorkflow(commissions, c) }, 0)
	return nil
}

// StartAppraisal has the installation run a pipeline.
func (y *year) StartAppraisal(_ context.Context, p service.Pipeline) error {
	return y.commission(commission{ID: appraisal.PipelineID(p.Cycle, p.Employee), Name: workflows.NameAppraisal,
		Appraisal: workflows.AppraisalInput{Appraisal: p.Appraisal, First: p.First, Stages: p.Stages, Page: "/penilaian"}})
}

// StartCalibration has the installation run a calibration.
func (y *year) StartCalibration(_ context.Context, cycle appraisal.CycleID, cohort appraisal.CohortID) error {
	return y.commission(commission{ID: appraisal.CalibrationID(cycle, cohort), Name: workflows.NameCalibration,
		Calibration: workflows.CalibrationInput{Cohort: cohort, Page: "/kalibrasi"}})
}

// ReviveCalibration has nothing to do where nobody is added late.
func (y *year) ReviveCalibration(context.Context, appraisal.CycleID, appraisal.CohortID) error {
	return nil
}

// wholeCycle launches a cycle for a unit and runs it with its pipelines and calibrations until the last of them has ended.
func (y *year) wholeCycle(template appraisal.Template, unit string, first appraisal.Stage) {
	y.t.Helper()
	y.prepare(template, unit, first)
	y.env.RegisterWorkflow(installation)
	y.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: "installation"})
	y.env.ExecuteWorkflow(installation, commission{ID: appraisal.CycleWorkflowID(y.cycle), Name: workflows.NameCycle,
		Cycle: workflows.CycleInput{Cycle: y.cycle, Page: "/siklus"}})
	must(y.t, y.env.GetWorkflowError())
}
