package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"golang.org/x/sync/errgroup"
)

// reconcileActs: every act that the API acknowledged is in PostgreSQL, as the outcome that was acknowledged.
func (o *office) reconcileActs(t *testing.T) {
	t.Helper()
	done := map[string]string{}
	rows, err := o.db.Query(t.Context(), `select id::text, outcome from step where state = 'done'`)
	must(t, err)
	var id, outcome string
	_, err = pgx.ForEachRow(rows, []any{&id, &outcome}, func() error { done[id] = outcome; return nil })
	must(t, err)
	var progress int
	must(t, o.db.QueryRow(t.Context(), `select count(*) from progress_entry`).Scan(&progress))
	wantProgress := map[string]bool{}
	for _, a := range o.ledger {
		if a.outcome == "" {
			wantProgress[a.key] = true
		} else if done[a.step] != a.outcome {
			t.Errorf("act %s on step %s was acknowledged as %q; the record has %q", a.act, a.step, a.outcome, done[a.step])
		}
	}
	if progress != len(wantProgress) {
		t.Errorf("%d progress entries were acknowledged, %d are in the record", len(wantProgress), progress)
	}
	t.Logf("acts: %d acknowledged, each in PostgreSQL; %d requests had to be repeated", len(o.ledger), o.retries)
}

// stageOf names the stage that each local activity enters.
var stageOf = map[string]string{
	"OpenTargets": "targets", "OpenExecution": "execution", "OpenSelfReview": "self_review", "OpenPeerReview": "peer_review",
	"OpenAppraiserReview": "appraiser_review", "JoinCalibration": "calibration", "ReleaseResult": "result", "OpenObjection": "objection",
	"RecommendTraining": "development", "Close": "closed",
}

// histories reads the history of every pipeline of a cycle, by employee.
func (o *office) histories(t *testing.T, cycle string) map[string][]*historypb.HistoryEvent {
	t.Helper()
	rows, err := o.db.Query(t.Context(), `select 'appraisal/' || cycle_id || '/' || employee_id from appraisal where cycle_id = $1`, cycle)
	must(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	found := map[string][]*historypb.HistoryEvent{}
	var mu sync.Mutex
	group := errgroup.Group{}
	group.SetLimit(8)
	for _, id := range ids {
		group.Go(func() error {
			events, err := o.history(id)
			mu.Lock()
			defer mu.Unlock()
			found[id] = events
			return err
		})
	}
	must(t, group.Wait())
	return found
}

// awaitEndedWorkflows waits until the workflow of every pipeline that has ended in the record has ended as well.
func (s *script) awaitEndedWorkflows(t *testing.T) {
	t.Helper()
	rows, err := s.db.Query(t.Context(), `select 'appraisal/' || cycle_id || '/' || employee_id from appraisal where cycle_id = $1 and ended_at is not null`, s.cycle)
	must(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for _, id := range ids {
		must(t, s.temporal.GetWorkflow(ctx, id, "").Get(ctx, nil))
	}
}

func (i *installation) history(id string) ([]*historypb.HistoryEvent, error) {
	var events []*historypb.HistoryEvent
	it := i.temporal.GetWorkflowHistory(context.Background(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			return nil, fmt.Errorf("history of %s: %w", id, err)
		}
		events = append(events, e)
	}
	return events, nil
}

// stagesIn returns the stages that a history entered, in order, and whether it ended.
func stagesIn(events []*historypb.HistoryEvent) (stages []string, ended bool) {
	for _, e := range events {
		ended = ended || e.GetWorkflowExecutionCompletedEventAttributes() != nil
		marker := e.GetMarkerRecordedEventAttributes()
		if marker.GetMarkerName() != "LocalActivity" {
			continue
		}
		for _, payload := range marker.GetDetails()["data"].GetPayloads() {
			var data struct{ ActivityType string }
			if json.Unmarshal(payload.GetData(), &data) == nil && stageOf[data.ActivityType] != "" {
				if stage := stageOf[data.ActivityType]; !slices.Contains(stages, stage) {
					stages = append(stages, stage)
				}
			}
		}
	}
	return stages, ended
}

// reconcileStages: every stage change in PostgreSQL has its place in the workflow's history, in the same order. A workflow
// whose worker died after the commit of a change and before its marker may find the appraisal closed or withdrawn meanwhile
// and end: that end is the place of this one change.
func (o *office) reconcileStages(t *testing.T, cycle string, histories map[string][]*historypb.HistoryEvent) {
	t.Helper()
	rows, err := o.db.Query(t.Context(), `select 'appraisal/' || a.cycle_id || '/' || a.employee_id, array_agg(e.stage order by e.entered_at)
		from stage_entry e join appraisal a on a.id = e.appraisal_id where a.cycle_id = $1 and e.stage <> 'withdrawn' group by 1`, cycle)
	must(t, err)
	changes := 0
	var id string
	var recorded []string
	_, err = pgx.ForEachRow(rows, []any{&id, &recorded}, func() error {
		changes += len(recorded)
		conducted, ended := stagesIn(histories[id])
		if ended && len(conducted) == len(recorded)-1 {
			conducted = append(conducted, recorded[len(conducted)])
		}
		if !slices.Equal(conducted[:min(len(conducted), len(recorded))], recorded) {
			t.Errorf("%s entered %v by the record and %v by its history", id, recorded, conducted)
		}
		recorded = nil
		return nil
	})
	must(t, err)
	t.Logf("stages: %d changes in PostgreSQL, each at its place in a history", changes)
}

// reconcileMails: every mail key was delivered once. Mails delivered twice, which only kills may cause, carry the same
// Message-ID and are no more than were in flight.
func (o *office) reconcileMails(t *testing.T, mostTwice int) {
	t.Helper()
	await(t, 3*time.Minute, "the outbox to be empty", func() bool {
		var left int
		err := o.db.QueryRow(t.Context(), `select count(*) from mail where state in ('queued', 'sending')`).Scan(&left)
		return err == nil && left == 0
	})
	delivered := map[string]int{}
	all, err := o.caught("?limit=1000000")
	must(t, err)
	for _, m := range all {
		delivered[m.MessageID]++
	}
	rows, err := o.db.Query(t.Context(), `select key, state, coalesce(message_id, ''), error from mail`)
	must(t, err)
	keys, sent := 0, map[string]bool{}
	var key, state, message, fault string
	_, err = pgx.ForEachRow(rows, []any{&key, &state, &message, &fault}, func() error {
		switch state {
		case "sent":
			keys++
			sent[message] = true
			if delivered[message] == 0 {
				t.Errorf("mail %s counts as sent; no message %s has arrived", key, message)
			}
		case "failed":
			t.Errorf("mail %s failed: %s", key, fault)
		}
		return nil
	})
	must(t, err)
	again := 0
	for id, n := range delivered {
		if !sent[id] {
			t.Errorf("message %s arrived; the record does not know it as sent", id)
		}
		again += n - 1
	}
	if again > mostTwice {
		t.Errorf("%d messages arrived again, more than the %d that can have been in flight", again, mostTwice)
	}
	t.Logf("mails: %d keys sent in %d messages, %d of them arrived again", keys, len(sent), again)
}

// allHistories adds those of the cycle, its calibrations and the mail delivery.
func (o *office) allHistories(t *testing.T, cycle string) map[string][]*historypb.HistoryEvent {
	t.Helper()
	found := o.histories(t, cycle)
	rows, err := o.db.Query(t.Context(), `select 'calibration/' || cycle_id || '/' || id from cohort where cycle_id = $1`, cycle)
	must(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	for _, id := range append(ids, "cycle/"+cycle, "mail") {
		found[id], err = o.history(id)
		must(t, err)
	}
	return found
}
