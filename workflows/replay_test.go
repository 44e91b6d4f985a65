package workflows

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
)

func replayer(pipelineWorkflow any) worker.WorkflowReplayer {
	r := worker.NewWorkflowReplayer()
	for name, w := range map[string]any{NameCycle: Cycle, NameAppraisal: pipelineWorkflow, NameCalibration: Calibration, NameMailDelivery: MailDelivery} {
		r.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name})
	}
	return r
}

func histories(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/histories/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("recorded histories: %v, %v", files, err)
	}
	return files
}

func TestEveryRecordedHistoryReplays(t *testing.T) {
	for _, file := range histories(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if err := replayer(Appraisal).ReplayWorkflowHistoryFromJSONFile(nil, file); err != nil {
				t.Error(err)
			}
		})
	}
}

// onTime is the history that every mutant has to stumble over.
const onTime = "testdata/histories/on-time.json"

func TestMutatedPipelinesDoNotReplay(t *testing.T) {
	for name, mutant := range map[string]any{
		"a stage swapped":     withStagesSwapped,
		"a timer added":       withTimerAdded,
		"an activity renamed": withActivityRenamed,
	} {
		t.Run(name, func(t *testing.T) {
			err := replayer(mutant).ReplayWorkflowHistoryFromJSONFile(nil, onTime)
			if !nondeterministic(err) {
				t.Errorf("replaying a history that it could not have made gave %v, want a nondeterminism error", err)
			}
		})
	}
}

func withStagesSwapped(ctx workflow.Context, input AppraisalInput) error {
	p := &pipeline{}
	p.setup(ctx, input)
	if _, err := p.stage(ctx, appraisal.StageExecution, pipelineActs.OpenExecution); err != nil {
		return err
	}
	if _, err := p.stage(ctx, appraisal.StageTargets, pipelineActs.OpenTargets); err != nil {
		return err
	}
	input.First = appraisal.StageSelfReview
	p.input = input
	return p.run(ctx)
}

func withTimerAdded(ctx workflow.Context, input AppraisalInput) error {
	workflow.NewTimer(ctx, 1)
	return Appraisal(ctx, input)
}

func withActivityRenamed(ctx workflow.Context, input AppraisalInput) error {
	p := &pipeline{}
	p.setup(ctx, input)
	if _, err := p.stage(ctx, appraisal.StageTargets, BeginTargets); err != nil {
		return err
	}
	p.input.First = appraisal.StageExecution
	return p.run(ctx)
}

// BeginTargets is OpenTargets under another name.
func BeginTargets(context.Context, appraisal.AppraisalID) (activities.View, error) {
	return activities.View{}, nil
}

// nondeterministic tells the error of a history that does not fit from any other failure.
func nondeterministic(err error) bool {
	return err != nil && strings.Contains(err.Error(), "TMPRL1100")
}
