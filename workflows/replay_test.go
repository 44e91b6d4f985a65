package workflows

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"github.com/marelan/telaah/activities"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/payload"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/testdb"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func replayer(pipelineWorkflow any) worker.WorkflowReplayer {
	return replayerWith(client.Options{}, pipelineWorkflow)
}

// replayerWith reads payloads as a client with these options does.
func replayerWith(o client.Options, pipelineWorkflow any) worker.WorkflowReplayer {
	r, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: o.DataConverter, FailureConverter: o.FailureConverter})
	if err != nil {
		panic(err)
	}
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

func TestEveryRecordedHistoryReplaysWhileEncryptionIsOnAndEncryptedItself(t *testing.T) {
	db := testdb.New(t, postgres.Migrate)
	masters, err := payload.NewMasters([][]byte{make([]byte, payload.KeySize)})
	must(t, err)
	codec := payload.NewCodec(payload.NewKeys(postgres.PayloadKeys{DB: db}, masters, slog.New(slog.DiscardHandler)), true)
	var o client.Options
	codec.ApplyToWorker(&o)
	for _, file := range histories(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			must(t, replayerWith(o, Appraisal).ReplayWorkflowHistoryFromJSONFile(nil, file))
			recorded, err := os.Open(file)
			must(t, err)
			defer recorded.Close()
			history, err := client.HistoryFromJSON(recorded, client.HistoryJSONOptions{})
			must(t, err)
			payloads := 0
			must(t, proxy.VisitPayloads(t.Context(), history, proxy.VisitPayloadsOptions{
				SkipSearchAttributes: true,
				Visitor: func(_ *proxy.VisitPayloadsContext, p []*commonpb.Payload) ([]*commonpb.Payload, error) {
					payloads += len(p)
					return codec.Encode(p)
				},
			}))
			must(t, replayerWith(o, Appraisal).ReplayWorkflowHistory(nil, proto.Clone(history).(*historypb.History)))
			if err := replayer(Appraisal).ReplayWorkflowHistory(nil, history); err == nil || payloads == 0 {
				t.Errorf("%d payloads were encrypted, and without the key the history replays as well", payloads)
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
