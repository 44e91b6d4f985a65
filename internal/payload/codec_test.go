package payload_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/payload"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/testdb"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// vault is a database with keys and two cycles.
type vault struct {
	db       *pgxpool.Pool
	ani, ben appraisal.CycleID
}

func open(t testing.TB) *vault {
	t.Helper()
	db, err := postgres.Open(t.Context(), testdb.URL(t, postgres.Migrate), 8)
	must(t, err)
	t.Cleanup(db.Close)
	v := &vault{db: db}
	for code, id := range map[string]*appraisal.CycleID{"a": &v.ani, "b": &v.ben} {
		must(t, db.QueryRow(t.Context(), `insert into cycle (code, name, period_start, period_end, policy, policy_version, policy_document, template, first_stage, units, status, created_at)
			values ($1, $1, '2026-01-01', '2026-12-31', 'x', '1', '{}', '{}', 'targets', '{}', 'closed', now()) returning id::text`, code).Scan(id))
	}
	return v
}

func master(t testing.TB) []byte {
	t.Helper()
	key := make([]byte, payload.KeySize)
	_, err := rand.Read(key)
	must(t, err)
	return key
}

func masters(t testing.TB, keys ...[]byte) payload.Masters {
	t.Helper()
	m, err := payload.NewMasters(keys)
	must(t, err)
	return m
}

// process is what one process knows of the keys.
type process struct {
	*payload.Keys
	codec *payload.Codec
}

func (v *vault) process(t testing.TB, keys ...[]byte) process {
	t.Helper()
	k := payload.NewKeys(postgres.PayloadKeys{DB: v.db}, masters(t, keys...), slog.New(slog.DiscardHandler))
	return process{k, payload.NewCodec(k, true)}
}

// in returns the converter of a client for one workflow.
func in(c *payload.Codec, workflow string) converter.DataConverter {
	var o client.Options
	c.Apply(&o)
	return converter.WithDataConverterSerializationContext(o.DataConverter, converter.WorkflowSerializationContext{WorkflowID: workflow})
}

func pipeline(cycle appraisal.CycleID) string {
	return appraisal.PipelineID(cycle, "6f7e3b1e-0000-4000-8000-000000000001")
}

const secret = "a role and a link"

func write(t testing.TB, c *payload.Codec, workflow string) *commonpb.Payload {
	t.Helper()
	p, err := in(c, workflow).ToPayload(secret)
	must(t, err)
	if string(p.GetMetadata()["encoding"]) != payload.Encoding || bytes.Contains(p.GetData(), []byte("role")) {
		t.Fatalf("written in the clear: %v", p)
	}
	return p
}

func reads(c *payload.Codec, p *commonpb.Payload) error {
	var text string
	if err := in(c, "anything").FromPayload(p, &text); err != nil {
		return err
	}
	if text != secret {
		return fmt.Errorf("read %q", text)
	}
	return nil
}

func keyOf(p *commonpb.Payload) string { return string(p.GetMetadata()["encryption-key-id"]) }

func TestEachCycleHasAKeyOfItsOwnAndEverythingElseASharedOne(t *testing.T) {
	t.Parallel()
	v, m := open(t), master(t)
	p, other := v.process(t, m), v.process(t, m)
	seen := map[string]string{}
	for name, workflow := range map[string]string{
		"ani": pipeline(v.ani), "ben": pipeline(v.ben), "mail": "mail", "strange": "appraisal/x/y", "empty": "",
	} {
		written := write(t, p.codec, workflow)
		must(t, reads(other.codec, written)) // another process, another client, another workflow
		seen[name] = keyOf(written)
	}
	for name, workflow := range map[string]string{"ani": appraisal.CycleWorkflowID(v.ani), "ben": appraisal.CalibrationID(v.ben, "k")} {
		if got := keyOf(write(t, other.codec, workflow)); got != seen[name] {
			t.Errorf("%s is encrypted with %s, and not with the key of its cycle", workflow, got)
		}
	}
	if seen["ani"] == seen["ben"] || seen["ani"] == seen["mail"] || seen["mail"] != seen["strange"] || seen["mail"] != seen["empty"] {
		t.Errorf("keys: %v", seen)
	}
}

func TestWhatWasWrittenInTheClearIsReadAndNothingIsHiddenWhenSwitchedOff(t *testing.T) {
	t.Parallel()
	v, m := open(t), master(t)
	on := v.process(t, m)
	encrypted := write(t, on.codec, pipeline(v.ani))
	plain, err := converter.GetDefaultDataConverter().ToPayload(secret)
	must(t, err)
	off := payload.NewCodec(v.process(t, m).Keys, false)
	must(t, reads(on.codec, plain))
	must(t, reads(off, plain))
	must(t, reads(off, encrypted))
	if p, err := in(off, pipeline(v.ani)).ToPayload(secret); err != nil || !bytes.Contains(p.GetData(), []byte(secret)) {
		t.Errorf("switched off it wrote %v, %v", p, err)
	}
	none := payload.NewCodec(v.process(t).Keys, false)
	var locked *payload.LockedError
	if err := reads(none, encrypted); !errors.As(err, &locked) || !strings.Contains(err.Error(), "TELAAH_PAYLOAD_KEY") {
		t.Errorf("without a master key: %v, want the remedy", err)
	}
}

func TestANewKeyIsTakenByEverybodyAndTheOldOneStillReads(t *testing.T) {
	t.Parallel()
	v, m := open(t), master(t)
	p := v.process(t, m)
	old := write(t, p.codec, pipeline(v.ani))
	fresh, err := masters(t, m).Fresh(v.ani, time.Now())
	must(t, err)
	must(t, postgres.ReplacePayloadKey(t.Context(), v.db, fresh))
	if keyOf(write(t, p.codec, pipeline(v.ani))) != keyOf(old) {
		t.Error("the database was asked for a key that is known")
	}
	must(t, reads(p.codec, write(t, v.process(t, m).codec, pipeline(v.ani)))) // a key that p has not heard of
	must(t, p.Load(t.Context()))
	written := write(t, p.codec, pipeline(v.ani))
	if keyOf(written) != fresh.ID {
		t.Errorf("encrypted with %s after the rotation to %s", keyOf(written), fresh.ID)
	}
	must(t, reads(p.codec, old))
	must(t, reads(p.codec, written))
}

func TestAMasterKeyIsReplacedWithoutAnythingBecomingUnreadable(t *testing.T) {
	t.Parallel()
	v, before, after := open(t), master(t), master(t)
	old := write(t, v.process(t, before).codec, pipeline(v.ani))
	both := v.process(t, after, before)
	must(t, both.Load(t.Context()))
	must(t, reads(both.codec, old))
	must(t, reads(both.codec, write(t, both.codec, pipeline(v.ben)))) // wrapped with the new one
	alone := v.process(t, after)
	var locked *payload.LockedError
	if err := alone.Load(t.Context()); !errors.As(err, &locked) || locked.ID != keyOf(old) {
		t.Errorf("with the new master alone, before anything was wrapped anew: %v", err)
	}
	keys, err := postgres.LockPayloadKeys(t.Context(), v.db)
	must(t, err)
	for _, key := range keys {
		anew, err := masters(t, after, before).Rewrap(key)
		must(t, err)
		must(t, postgres.RewrapPayloadKey(t.Context(), v.db, anew))
	}
	must(t, alone.Load(t.Context()))
	must(t, reads(alone.codec, old))
	if err := v.process(t, before).Load(t.Context()); !errors.As(err, &locked) {
		t.Errorf("the old master alone still opens keys: %v", err)
	}
}

func TestADestroyedKeyTakesWhatItEncryptedWithItAndNothingElse(t *testing.T) {
	t.Parallel()
	v, m := open(t), master(t)
	p := v.process(t, m)
	ani, ben := write(t, p.codec, pipeline(v.ani)), write(t, p.codec, pipeline(v.ben))
	n, err := postgres.DestroyPayloadKeys(t.Context(), v.db, v.ani, time.Now())
	must(t, err)
	must(t, p.Load(t.Context()))
	for name, c := range map[string]*payload.Codec{"a process that knew it": p.codec, "a new one": v.process(t, m).codec} {
		var destroyed *payload.DestroyedError
		if err := reads(c, ani); n != 1 || !errors.As(err, &destroyed) {
			t.Errorf("%s: of %d destroyed keys: %v", name, n, err)
		}
		must(t, reads(c, ben))
	}
	if again := write(t, p.codec, pipeline(v.ani)); keyOf(again) == keyOf(ani) {
		t.Error("the cycle goes on with a key that has been destroyed")
	}
}

func TestATamperedPayloadAndAKeyInAnothersPlaceAreRefused(t *testing.T) {
	t.Parallel()
	v, m := open(t), master(t)
	p := v.process(t, m)
	ani, ben := write(t, p.codec, pipeline(v.ani)), write(t, p.codec, pipeline(v.ben))
	ani.Data[len(ani.Data)-1] ^= 1
	if err := reads(p.codec, ani); err == nil || !strings.Contains(err.Error(), "tampered") {
		t.Errorf("a payload with a bit turned: %v", err)
	}
	ani.Data[len(ani.Data)-1] ^= 1
	ani.Metadata["encryption-key-id"] = ben.Metadata["encryption-key-id"]
	if reads(p.codec, ani) == nil {
		t.Error("a payload under the name of another key was read")
	}
	for _, id := range []string{"", "x", "6f7e3b1e-0000-4000-8000-000000000009"} {
		ani.Metadata["encryption-key-id"] = []byte(id)
		if err := reads(p.codec, ani); appraisal.CodeOf(err) != appraisal.CodeNotFound {
			t.Errorf("key %q: %v, want not found", id, err)
		}
	}
	_, err := v.db.Exec(t.Context(), `update payload_key a set wrapped = b.wrapped from payload_key b where a.cycle_id = $1 and b.cycle_id = $2`, v.ani, v.ben)
	must(t, err)
	var locked *payload.LockedError
	if err := v.process(t, m).Load(t.Context()); !errors.As(err, &locked) {
		t.Errorf("a key in the row of another: %v", err)
	}
}

func TestWithoutTheDatabaseKnownKeysGoOnAndTheWorkersTaskFailsInsteadOfItsWorkflow(t *testing.T) {
	t.Parallel()
	v, m := open(t), master(t)
	known, fresh := v.process(t, m), v.process(t, m)
	written := write(t, known.codec, pipeline(v.ani))
	down, err := postgres.Open(t.Context(), "postgres://telaah:x@127.0.0.1:1/none?connect_timeout=1", 1)
	must(t, err)
	t.Cleanup(down.Close)
	fresh.Keys = payload.NewKeys(postgres.PayloadKeys{DB: down}, masters(t, m), slog.New(slog.DiscardHandler))
	fresh.codec = payload.NewCodec(fresh.Keys, true)
	v.db.Close()
	must(t, reads(known.codec, written))
	write(t, known.codec, pipeline(v.ani))
	if err := reads(fresh.codec, written); appraisal.CodeOf(err) != appraisal.CodeUnavailable {
		t.Errorf("a client: %v, want an error that heals", err)
	}
	var worker client.Options
	fresh.codec.ApplyToWorker(&worker)
	for name, run := range map[string]func() error{
		"reading": func() error { var text string; return worker.DataConverter.FromPayload(written, &text) },
		"writing": func() error { _, err := worker.DataConverter.ToPayload(secret); return err },
	} {
		if !panics(run) {
			t.Errorf("%s gave an error that would end the workflow", name)
		}
	}
}

func panics(run func() error) (panicked bool) {
	defer func() { panicked = recover() != nil }()
	_ = run()
	return false
}

func TestManyWhoNeedTheFirstKeyOfACycleAtOnceGetTheSame(t *testing.T) {
	t.Parallel()
	v, m := open(t), master(t)
	var wait sync.WaitGroup
	var mu sync.Mutex
	ids := map[string]bool{}
	for range 4 {
		p := v.process(t, m)
		for range 8 {
			wait.Go(func() {
				written, err := in(p.codec, pipeline(v.ani)).ToPayload(secret)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				ids[keyOf(written)] = true
			})
		}
	}
	wait.Wait()
	if len(ids) != 1 {
		t.Errorf("%d keys for one cycle: %v", len(ids), ids)
	}
}

func TestAFailureKeepsItsTypeVisibleAndItsMessageHidden(t *testing.T) {
	t.Parallel()
	v := open(t)
	p := v.process(t, master(t))
	var o client.Options
	p.codec.Apply(&o)
	at := converter.WorkflowSerializationContext{WorkflowID: pipeline(v.ani)}
	failures := converter.WithFailureConverterSerializationContext(o.FailureConverter, at)
	failed := failures.ErrorToFailure(fmt.Errorf("in between: %w", temporal.NewNonRetryableApplicationError("an e-mail address", "forbidden", errors.New("a cause"), "detail")))
	if said := failed.String(); strings.Contains(said, "address") || strings.Contains(said, "between") || strings.Contains(said, "a cause") || strings.Contains(said, "detail\"") {
		t.Errorf("tells %s", said)
	}
	inner := failed.GetCause().GetApplicationFailureInfo()
	if inner.GetType() != "forbidden" || !inner.GetNonRetryable() {
		t.Errorf("the type is %q, not to be tried again: %t", inner.GetType(), inner.GetNonRetryable())
	}
	written := write(t, p.codec, pipeline(v.ani))
	if got := keyOf(failed.GetCause().GetEncodedAttributes()); got != keyOf(written) {
		t.Errorf("the message is encrypted with %s and not with the key of its cycle", got)
	}
	var back *temporal.ApplicationError
	if err := failures.FailureToError(failed); !errors.As(errors.Unwrap(err), &back) || back.Message() != "an e-mail address" {
		t.Errorf("came back as %v", err)
	}
}

func BenchmarkPayload(b *testing.B) {
	v := open(b)
	p := v.process(b, master(b))
	type view struct {
		Stage, Step, Waiting, Health string
		Since, Deadline, NextDue     time.Time
	}
	value := view{"appraiser_review", "appraiser_review", "appraiser", "on_time", time.Now(), time.Now(), time.Now()}
	for name, data := range map[string]converter.DataConverter{"plain": converter.GetDefaultDataConverter(), "encrypted": in(p.codec, pipeline(v.ani))} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				written, err := data.ToPayload(value)
				must(b, err)
				size = len(written.GetData())
				var back view
				must(b, data.FromPayload(written, &back))
			}
			b.ReportMetric(float64(size), "bytes/payload")
		})
	}
}
