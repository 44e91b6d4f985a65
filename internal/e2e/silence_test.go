package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/sdk/v1"
	"google.golang.org/protobuf/proto"

	"github.com/marelan/telaah/internal/payload"
	"github.com/marelan/telaah/internal/postgres"
)

// openCodec reads what Temporal keeps with the key that `telaah up` has made for itself.
func (i *installation) openCodec() *payload.Codec {
	i.t.Helper()
	text, err := os.ReadFile(filepath.Join(i.data, "payload", "key"))
	must(i.t, err)
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	must(i.t, err)
	masters, err := payload.NewMasters([][]byte{key})
	must(i.t, err)
	return payload.NewCodec(payload.NewKeys(postgres.PayloadKeys{DB: i.db}, masters, slog.New(slog.DiscardHandler)), true)
}

// visit changes every payload of a history but the search attributes, by which Temporal searches.
func visit(t *testing.T, history *historypb.History, change func([]*commonpb.Payload) ([]*commonpb.Payload, error)) {
	t.Helper()
	must(t, proxy.VisitPayloads(context.Background(), history, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
			return change(payloads)
		},
	}))
}

// decoded returns histories as whoever has the key reads them.
func (o *office) decoded(t *testing.T, histories map[string][]*historypb.HistoryEvent) map[string][]*historypb.HistoryEvent {
	t.Helper()
	readable := map[string][]*historypb.HistoryEvent{}
	for id, events := range histories {
		h := proto.Clone(&historypb.History{Events: events}).(*historypb.History)
		visit(t, h, o.codec.Decode)
		readable[id] = h.GetEvents()
	}
	return readable
}

// keepSecret: no payload and no failure's message stands in a history in the clear, and each pipeline is encrypted with the one
// key of its cycle.
func (o *office) keepSecret(t *testing.T, histories map[string][]*historypb.HistoryEvent) {
	t.Helper()
	count, clear, said, keys := 0, 0, 0, map[string]bool{}
	for id, events := range histories {
		h := proto.Clone(&historypb.History{Events: events}).(*historypb.History)
		visit(t, h, func(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
			for _, p := range payloads {
				count++
				if string(p.GetMetadata()["encoding"]) != payload.Encoding {
					clear++
				}
				if id != "mail" {
					keys[string(p.GetMetadata()["encryption-key-id"])] = true
				}
			}
			return payloads, nil
		})
		for _, e := range events {
			if f := e.GetMarkerRecordedEventAttributes().GetFailure(); f != nil && f.GetMessage() != "Encoded failure" {
				said++
			}
			if f := e.GetActivityTaskStartedEventAttributes().GetLastFailure(); f.GetApplicationFailureInfo() != nil && f.GetMessage() != "Encoded failure" {
				said++
			}
		}
	}
	if clear > 0 || said > 0 || count == 0 || len(keys) != 1 {
		t.Errorf("of %d payloads %d stand in the clear, with %d messages of failures; the cycle's are encrypted with %d keys, want one", count, clear, said, len(keys))
	}
	t.Logf("secrecy: %d payloads, all encrypted", count)
}

// keepSilence: no name, NIP, e-mail address or prose stands in any history: in no input, answer, marker, search attribute, memo,
// summary, id or failure. Words below the shortest are left to the decrypted histories: in megabytes of cipher some stand by chance.
func (o *office) keepSilence(t *testing.T, how string, shortest int, histories map[string][]*historypb.HistoryEvent) {
	t.Helper()
	size := 0
	var text bytes.Buffer
	for id, events := range histories {
		text.WriteString(strings.ToLower(id))
		for _, e := range events {
			raw, err := proto.Marshal(e)
			must(t, err)
			size += len(raw)
			text.Write(bytes.ToLower(raw))
		}
	}
	standing := o.standing(t, histories)
	text.WriteString(strings.ToLower(standing))
	whole, forbidden := text.String(), o.forbidden(t)
	if !strings.Contains(standing, "What ends the wait is done on the page") && !strings.Contains(standing, "Ended") {
		t.Errorf("the workflows' current details were not read: %.200s", standing)
	}
	for _, f := range forbidden {
		if len(f) >= shortest && strings.Contains(whole, f) {
			t.Errorf("a name, number, address or sentence (%d letters) stands in the histories %s", len(f), how)
		}
	}
	t.Logf("silence: %d histories of %d bytes, %s, and %d bytes of what operators are told, none of %d names, numbers, addresses and sentences in them",
		len(histories), size, how, len(standing), len(forbidden))
}

// forbidden are the words that no workflow may know.
func (o *office) forbidden(t *testing.T) []string {
	t.Helper()
	rows, err := o.db.Query(t.Context(), `select lower(full_name) from person union select lower(email) from person where email <> ''
		union select nip from employee union select lower(statement) from key_result`)
	must(t, err)
	words, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return append(words, secretWord)
}

// told is of how many pipelines it is read what operators see beside the history; each costs a replay.
const told = 20

// standing is what operators see of workflows beside their histories: search attributes, memo, pending activities with their
// heartbeats and faults, and the current details.
func (o *office) standing(t *testing.T, histories map[string][]*historypb.HistoryEvent) string {
	t.Helper()
	var ids []string
	for id := range histories {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var text strings.Builder
	pipelines := 0
	for _, id := range ids {
		if strings.HasPrefix(id, "appraisal/") {
			if pipelines++; pipelines > told {
				continue
			}
		}
		d, err := o.temporal.DescribeWorkflowExecution(t.Context(), id, "")
		must(t, err)
		raw, err := proto.Marshal(d)
		must(t, err)
		text.Write(raw)
		answer, err := o.temporal.QueryWorkflow(t.Context(), id, "", "__temporal_workflow_metadata")
		must(t, err)
		var metadata sdk.WorkflowMetadata
		must(t, answer.Get(&metadata))
		text.WriteString(metadata.GetCurrentDetails())
	}
	return text.String()
}
