package worker_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/payload"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
	"github.com/marelan/telaah/worker"
	"github.com/marelan/telaah/workflows"
)

func newMaster(t *testing.T) []byte {
	t.Helper()
	key := make([]byte, payload.KeySize)
	_, err := rand.Read(key)
	must(t, err)
	return key
}

// openKeys is what a process with these master keys knows.
func openKeys(t *testing.T, db *pgxpool.Pool, keys ...[]byte) (*payload.Codec, payload.Masters) {
	t.Helper()
	masters, err := payload.NewMasters(keys)
	must(t, err)
	return payload.NewCodec(payload.NewKeys(postgres.PayloadKeys{DB: db}, masters, slog.New(slog.DiscardHandler)), true), masters
}

// visit changes every payload of a history but the search attributes, which stay readable for Temporal to search by.
func visit(t *testing.T, events []*historypb.HistoryEvent, change func([]*commonpb.Payload) ([]*commonpb.Payload, error)) *historypb.History {
	t.Helper()
	history := proto.Clone(&historypb.History{Events: events}).(*historypb.History)
	must(t, proxy.VisitPayloads(context.Background(), history, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
			return change(payloads)
		},
	}))
	return history
}

func (s *system) decoded(t *testing.T, events []*historypb.HistoryEvent) *historypb.History {
	t.Helper()
	return visit(t, events, s.codec.Decode)
}

// keysIn counts the payloads of a history by the key that encrypted them; those in the clear are under the empty one.
func keysIn(t *testing.T, events []*historypb.HistoryEvent) map[string]int {
	t.Helper()
	keys := map[string]int{}
	visit(t, events, func(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
		for _, p := range payloads {
			keys[string(p.GetMetadata()["encryption-key-id"])]++
		}
		return payloads, nil
	})
	return keys
}

func replays(t *testing.T, codec *payload.Codec, history *historypb.History) error {
	t.Helper()
	var o client.Options
	codec.ApplyToWorker(&o)
	r, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{DataConverter: o.DataConverter, FailureConverter: o.FailureConverter})
	must(t, err)
	r.RegisterWorkflowWithOptions(workflows.Appraisal, workflow.RegisterOptions{Name: workflows.NameAppraisal})
	return r.ReplayWorkflowHistory(nil, history)
}

func TestAnEncryptedPipelineOutlivesTheRotationOfItsKeyAndOfTheMasterKeyAndItsHistoryReplays(t *testing.T) {
	before, after := newMaster(t), newMaster(t)
	s := prepare(t, before)
	s.work(t)
	s.launch(t, "tahunan")
	s.throughPlanning(t, "ani", "kepala")
	s.awaitStage(t, "ani", appraisal.StageExecution)

	s.rest()
	codec, masters := openKeys(t, s.limited, after, before)
	operator := appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}}
	_, err := s.RotatePayloadKey(t.Context(), operator, s.cycle, masters)
	must(t, err)
	s.codec, s.temporal, s.worker = codec, dial(t, codec.Apply), dial(t, codec.ApplyToWorker)
	s.work(t)
	_, err = s.CompleteExecution(t.Context(), s.people["ani"], service.Call{}, s.step(t, "ani", "ani", appraisal.StepRecordProgress))
	must(t, err)
	s.awaitStage(t, "ani", appraisal.StageSelfReview)

	s.rest()
	n, err := s.RewrapPayloadKeys(t.Context(), operator, masters)
	must(t, err)
	codec, _ = openKeys(t, s.limited, after)
	s.codec, s.temporal, s.worker = codec, dial(t, codec.Apply), dial(t, codec.ApplyToWorker)
	s.work(t)
	_, err = s.SubmitSelfReview(t.Context(), s.people["ani"], service.Call{}, s.step(t, "ani", "ani", appraisal.StepSelfReview), appraisal.SelfReview{Achievements: "Selesai."})
	must(t, err)
	s.awaitStage(t, "ani", appraisal.StagePeerReview)
	s.step(t, "ani", "ani", appraisal.StepNominatePeers)

	events := s.history(t, appraisal.PipelineID(s.cycle, s.people["ani"].ID))
	if keys := keysIn(t, events); len(keys) != 2 || keys[""] > 0 || n != 3 {
		t.Errorf("of %d keys the payloads are encrypted with %v, want two and none in the clear", n, keys)
	}
	raw, err := proto.Marshal(&historypb.History{Events: events})
	must(t, err)
	for _, word := range []string{"pages.test", "OpenTargets", "/penilaian/", "waits for"} {
		if bytes.Contains(raw, []byte(word)) {
			t.Errorf("the history tells %q", word)
		}
	}
	clear := s.decoded(t, events)
	if raw, err = proto.Marshal(clear); err != nil || !bytes.Contains(raw, []byte("pages.test")) || !bytes.Contains(raw, []byte("OpenTargets")) {
		t.Errorf("decoded it tells nothing: %v", err)
	}
	must(t, replays(t, codec, &historypb.History{Events: events}))
	must(t, replays(t, codec, clear)) // as it would have been recorded without encryption
	t.Logf("%d events with payloads by key %v", len(events), keysIn(t, events))
}

func TestAWorkerWithoutTheKeyHoldsWorkflowsUpAndEndsNone(t *testing.T) {
	s := prepare(t, newMaster(t))
	right := s.worker
	_, err := s.codec.Encode([]*commonpb.Payload{{}}) // what belongs to no cycle has its key before somebody comes with a wrong one
	must(t, err)
	wrong, _ := openKeys(t, s.limited, newMaster(t))
	s.launch(t, "tahunan")
	must(t, (&worker.Conductor{Temporal: s.temporal, BaseURL: "http://pages.test"}).Wake(t.Context(), appraisal.CycleWorkflowID(s.cycle)))
	s.worker = dial(t, wrong.ApplyToWorker)
	s.work(t)
	defer func() { t.Logf("%s", byKind(s.history(t, appraisal.CycleWorkflowID(s.cycle)))) }()
	failed := await(t, "a task of the cycle to fail", func() (*historypb.WorkflowTaskFailedEventAttributes, bool) {
		for _, e := range s.history(t, appraisal.CycleWorkflowID(s.cycle)) {
			if a := e.GetWorkflowTaskFailedEventAttributes(); a != nil {
				return a, true
			}
		}
		return nil, false
	})
	if said := failed.GetFailure().String(); strings.Contains(said, "pages.test") {
		t.Errorf("the failure tells %s", said)
	}
	d, err := s.temporal.DescribeWorkflowExecution(t.Context(), appraisal.CycleWorkflowID(s.cycle), "")
	must(t, err)
	if status := d.GetWorkflowExecutionInfo().GetStatus(); status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Fatalf("the cycle's workflow is %s", status)
	}
	s.rest()
	s.worker = right
	s.work(t)
	s.throughPlanning(t, "ani", "kepala")
}

func TestWhatStopsAnEncryptedWorkflowIsStillKnownByItsKind(t *testing.T) {
	s := start(t)
	id := appraisal.PipelineID(appraisal.CycleID("6f7e3b1e-0000-4000-8000-000000000001"), "x")
	_, err := s.temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "appraisal"}, "Appraisal", map[string]any{
		"Appraisal": "6f7e3b1e-0000-4000-8000-000000000002", "First": "targets", "Stages": []string{"targets"}})
	if err == nil {
		t.Fatal("a payload was encrypted for a cycle that does not exist")
	}
	s.launch(t, "tahunan")
	id = appraisal.PipelineID(s.cycle, "6f7e3b1e-0000-4000-8000-000000000003")
	_, err = s.temporal.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: "appraisal"}, "Appraisal", map[string]any{
		"Appraisal": "6f7e3b1e-0000-4000-8000-000000000002", "First": "targets", "Stages": []string{"targets"}, "Page": "http://pages.test/x"})
	must(t, err)
	t.Cleanup(func() { _ = s.temporal.TerminateWorkflow(context.Background(), id, "", "seen") })
	marker := await(t, "the activity to fail", func() (*historypb.MarkerRecordedEventAttributes, bool) {
		for _, e := range s.history(t, id) {
			if m := e.GetMarkerRecordedEventAttributes(); m.GetFailure() != nil {
				return m, true
			}
		}
		return nil, false
	})
	if f := marker.GetFailure(); f.GetApplicationFailureInfo().GetType() != string(appraisal.CodeNotFound) || strings.Contains(f.String(), "heal") {
		t.Errorf("the history has the failure %v, want its type and no message", f)
	}
	details := await(t, "the pipeline to say what stopped it", func() (string, bool) {
		answer, err := s.temporal.QueryWorkflow(t.Context(), id, "", "__temporal_workflow_metadata")
		if err != nil {
			return "", false
		}
		var metadata sdk.WorkflowMetadata
		must(t, answer.Get(&metadata))
		return metadata.GetCurrentDetails(), strings.Contains(metadata.GetCurrentDetails(), "Stopped")
	})
	if !strings.Contains(details, string(appraisal.CodeNotFound)) || !strings.Contains(details, "http://pages.test/x") {
		t.Errorf("an operator reads %q", details)
	}
}

func TestDestroyingTheKeysOfACycleIsRefusedWhileItRuns(t *testing.T) {
	s := start(t)
	s.launchWith(t, hurried(t, 3, appraisal.MissedAdvance), appraisal.StageDevelopment)
	operator := appraisal.Actor{Operator: true, Roles: []appraisal.Role{appraisal.RoleAdministrator}}
	if _, err := s.DestroyPayloadKeys(t.Context(), operator, s.cycle); appraisal.CodeOf(err) != appraisal.CodeWrongStage {
		t.Errorf("while it runs: %v", err)
	}
	s.awaitStatus(t, postgres.CycleClosed)
	s.awaitEnd(t, appraisal.CycleWorkflowID(s.cycle))
	id := appraisal.PipelineID(s.cycle, s.people["ani"].ID)
	s.awaitEnd(t, id)
	events := s.history(t, id)
	must(t, replays(t, s.codec, &historypb.History{Events: events}))
	n, err := s.DestroyPayloadKeys(t.Context(), operator, s.cycle)
	must(t, err)
	rows, err := s.db.Query(t.Context(), `select action from audit_event where action like '%payload_key%'`)
	must(t, err)
	trail, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	if n != 1 || len(trail) != 1 || trail[0] != "destroy_payload_keys" {
		t.Errorf("%d keys destroyed, trail %v", n, trail)
	}
	codec, _ := openKeys(t, s.limited, newMaster(t))
	if _, err := codec.Decode(visit(t, events, keep).GetEvents()[0].GetWorkflowExecutionStartedEventAttributes().GetInput().GetPayloads()); err == nil ||
		!strings.Contains(err.Error(), "destroyed") {
		t.Errorf("the history of a cycle whose keys are destroyed is read: %v", err)
	}
	again, err := s.DestroyPayloadKeys(t.Context(), operator, s.cycle)
	must(t, err)
	if again != 0 {
		t.Errorf("%d were destroyed again", again)
	}
}

func keep(p []*commonpb.Payload) ([]*commonpb.Payload, error) { return p, nil }
