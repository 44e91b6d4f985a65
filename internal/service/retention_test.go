package service

import (
	"context"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// archived returns a government whose cycle is over: of ani everything there can be, of budi a plan, and files of both.
func archived(t *testing.T) *bundle {
	t.Helper()
	b := setup(t)
	b.reach(t, "budi", appraisal.StageExecution)
	b.reach(t, "ani", appraisal.StageExecution)
	for _, who := range []string{"ani", "budi"} {
		_, err := b.AddFile(t.Context(), b.as(who), Call{}, b.of(t, who), appraisal.EvidenceProgress, SentFile{Name: "bukti.pdf", Content: pdf(who)})
		must(t, err)
		indicator := query[string](t, b, `select i.id::text from indicator i join key_result k on k.id = i.key_result_id join plan p on p.id = k.plan_id
			where p.appraisal_id = $1`, b.of(t, who))
		_, err = b.AddProgress(t.Context(), b.as(who), Call{}, b.of(t, who), appraisal.Progress{Indicator: indicator, Value: "90", Note: "Berkas masuk"})
		must(t, err)
	}
	_, err := b.GiveFeedback(t.Context(), b.as("kabid"), Call{}, b.of(t, "ani"), appraisal.Feedback{Kind: appraisal.FeedbackComment, Text: "Teruskan"})
	must(t, err)
	b.pass(t, "ani", appraisal.StageExecution)
	for _, s := range []appraisal.Stage{appraisal.StageSelfReview, appraisal.StagePeerReview, appraisal.StageAppraiserReview, appraisal.StageCalibration, appraisal.StageResult, appraisal.StageDevelopment} {
		b.enter(t, "ani", s)
		b.pass(t, "ani", s)
	}
	b.end(t)
	return b
}

// end closes the cycle as it stands.
func (b *bundle) end(t *testing.T) {
	t.Helper()
	b.run(t, `update appraisal set stage = 'closed', ended_at = $1, health = 'on_time'`, b.clock.Now())
	b.run(t, `update step set state = 'cancelled', closed_at = $1 where state = 'open'`, b.clock.Now())
	b.run(t, `update cycle set status = 'closed', ended_at = $1`, b.clock.Now())
}

func (b *bundle) run(t *testing.T, sql string, args ...any) {
	t.Helper()
	_, err := b.pool.Exec(t.Context(), sql, args...)
	must(t, err)
}

// pdf is a small file that differs from person to person.
func pdf(who string) []byte { return []byte("%PDF-1.4\n% " + who + "\n%%EOF\n") }

// keysOf reads the keys of the tables of a kind, as they stand.
func (b *bundle) keysOf(t *testing.T, tables map[string]string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for table, key := range tables {
		rows, err := b.pool.Query(t.Context(), `select `+key+` from `+table)
		must(t, err)
		for rows.Next() {
			var k string
			must(t, rows.Scan(&k))
			found[table] = append(found[table], k)
		}
		must(t, rows.Err())
	}
	return found
}

// contentTables name what a destroyed content consists of in the archived cycle, written again from the certificate's description.
var contentTables = map[string]string{
	"step_due": "step_id || '/' || kind || '/' || ordinal", "evidence": "id::text", "feedback": "id::text", "progress_entry": "id::text",
	"realisation": "appraisal_id || '/' || indicator_id", "rated_realisation": "appraisal_id || '/' || rating || '/' || indicator_id",
	"indicator": "id::text", "key_result": "id::text", "plan": "id::text", "self_review": "appraisal_id::text",
	"peer_nomination": "appraisal_id || '/' || peer_id", "peer_extension": "appraisal_id::text", "peer_opinion": "id::text", "peer_answer": "step_id::text",
	"peer_aggregate": "appraisal_id || '/' || category", "peer_overall": "appraisal_id::text", "competency_rating": "appraisal_id || '/' || competency",
	"calibration_opinion": "id::text", "calibration_change": "id::text", "step": "id::text", "draft": "step_id || '/' || author_id",
	"reviewed_realisation": "appraisal_id || '/' || indicator_id", "plan_change": "id::text",
}

func digestOfKeys(keys map[string][]string) string {
	var d appraisal.DestructionDigest
	for table, list := range keys {
		for _, k := range list {
			d.Add(table, k)
		}
	}
	return hex.EncodeToString(d[:])
}

func TestNothingIsDueBeforeItsTimeAndAllOfItAfter(t *testing.T) {
	t.Parallel()
	b := archived(t)
	b.clock.advance(5*365*24*time.Hour - 48*time.Hour)
	_, err := b.Destroy(t.Context(), b.as("operator"), appraisal.RecordContent)
	wantCode(t, err, appraisal.CodeWrongStage)
	b.clock.advance(30 * 24 * time.Hour)
	preview, err := b.RetentionPreview(t.Context(), b.as("operator"))
	must(t, err)
	i := slices.IndexFunc(preview.Kinds, func(k RetainedKind) bool { return k.Kind == appraisal.RecordContent })
	if k := preview.Kinds[i]; k.Count != 8 || k.Held != 0 || len(k.Due) != 1 || k.Due[0].Cycle != "2026" || k.Due[0].Files != 2 || k.Keep != "5y" || !k.Assumed {
		t.Errorf("the preview says %+v", k)
	}
	rated := query[string](t, b, `select predikat from rating order by number desc limit 1`)
	keys := b.keysOf(t, contentTables)
	keys["appraisal"] = slices.Collect(func(yield func(string) bool) {
		for _, id := range b.keysOf(t, map[string]string{"appraisal": "id::text"})["appraisal"] {
			yield("content/" + id)
		}
	})
	certificate, err := b.Destroy(t.Context(), b.as("operator"), appraisal.RecordContent)
	must(t, err)
	if certificate.FinishedAt == nil || certificate.Digest != digestOfKeys(keys) {
		t.Errorf("the certificate says %+v, and its digest should be %s", certificate, digestOfKeys(keys))
	}
	if certificate.OrderedBy != "Operator Yudi" || certificate.CoversFrom != "2026-01-01" || certificate.CoversTo != "2026-12-31" || certificate.Number < 1 {
		t.Errorf("the certificate says %+v", certificate)
	}
	for table := range contentTables {
		if n := query[int](t, b, `select count(*) from `+table); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
	if n := query[int](t, b, `select count(*) from evidence_content`); n != 0 {
		t.Errorf("%d contents of files are left", n)
	}
	view, err := b.Appraisal(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if view.Rating == nil || string(view.Rating.Predikat) != rated || len(view.Destroyed) != 1 || view.Destroyed[0].Number != certificate.Number || view.Plan != nil {
		t.Errorf("of the appraisal there is %+v, rating %+v", view.Destroyed, view.Rating)
	}
	if slices.Contains(view.Documents, appraisal.DocumentForm) {
		t.Error("a form is offered that could only be empty")
	}
	history, err := b.MyHistory(t.Context(), b.as("ani"))
	must(t, err)
	if len(history.Years) != 1 || string(history.Years[0].Periods[0].Predikat) != rated {
		t.Errorf("the history says %+v", history.Years)
	}
	_, err = b.PlanHistory(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if n := query[int](t, b, `select count(*)::int from calibration_attendance`); n == 0 {
		t.Error("while a rating is kept, it is not kept who attended its session")
	}
	b.clock.advance(5 * 366 * 24 * time.Hour)
	_, err = b.Destroy(t.Context(), b.as("operator"), appraisal.RecordOutcome)
	must(t, err)
	if n := query[int](t, b, `select count(*)::int from calibration_attendance`); n != 0 {
		t.Errorf("who attended which session is kept of %d", n)
	}
	view, err = b.Appraisal(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if view.Rating != nil || len(view.Destroyed) != 2 {
		t.Errorf("after ten years there is %+v, rating %+v", view.Destroyed, view.Rating)
	}
}

func TestADestructionThatIsKilledBetweenBatchesGoesOnAndCountsEverythingOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.end(t)
	b.run(t, `insert into act (idempotency_key, actor_id, name, subject, body_digest, at)
		select 'k' || n, $1, 'x', 's', '\x00', $2 from generate_series(1, 3500) n`, b.as("ani").ID, b.clock.Now())
	keys := b.keysOf(t, map[string]string{"act": "actor_id || '/' || name || '/' || subject || '/' || idempotency_key"})
	b.clock.advance(40 * 24 * time.Hour)
	// The third batch kills the connection that it is made on.
	b.run(t, `create function die() returns trigger language plpgsql as 'begin if new.batches = 3 then perform pg_terminate_backend(pg_backend_pid()); end if; return new; end'`)
	b.run(t, `create trigger die before update on destruction for each row execute function die()`)
	if _, err := b.Destroy(t.Context(), b.as("operator"), appraisal.RecordRepeats); err == nil {
		t.Fatal("the connection was not killed")
	}
	if left := query[int](t, b, `select count(*) from act`); left != len(keys["act"])-2000 {
		t.Errorf("%d rows are left after two batches", left)
	}
	b.run(t, `drop trigger die on destruction`)
	must(t, b.lookAtRetention(t.Context())) // the worker goes on, also while its daily run is off
	list, err := b.Destructions(t.Context(), b.as("operator"), "", 10)
	must(t, err)
	if len(list.Items) != 1 || list.Items[0].FinishedAt == nil || list.Items[0].Records != len(keys["act"]) || list.Items[0].Digest != digestOfKeys(keys) {
		t.Errorf("the certificates say %+v, want %d records, digest %s", list.Items, len(keys["act"]), digestOfKeys(keys))
	}
}

func TestTwoDestructionsAtOnceDoTheWorkOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.end(t)
	b.run(t, `insert into act (idempotency_key, actor_id, name, subject, body_digest, at)
		select 'k' || n, $1, 'x', 's', '\x00', $2 from generate_series(1, 5000) n`, b.as("ani").ID, b.clock.Now())
	all := query[int](t, b, `select count(*) from act`)
	b.clock.advance(40 * 24 * time.Hour)
	var errs [4]error
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { _, errs[i] = b.Destroy(t.Context(), b.as("operator"), appraisal.RecordRepeats) })
	}
	group.Wait()
	for _, err := range errs {
		if code := appraisal.CodeOf(err); err != nil && code != appraisal.CodeConflict && code != appraisal.CodeWrongStage {
			t.Error(err)
		}
	}
	must(t, b.lookAtRetention(t.Context()))
	if n := query[int](t, b, `select sum((counts->>'act')::int)::int from destruction`); n != all {
		t.Errorf("the certificates count %d, there were %d", n, all)
	}
	if n := query[int](t, b, `select count(*) from destruction`); n != 1 {
		t.Errorf("there are %d certificates", n)
	}
}

func TestWhatIsOpenAboutSomebodyKeepsTheirRecords(t *testing.T) {
	t.Parallel()
	b := archived(t)
	_, err := b.FileCorrection(t.Context(), b.as("ani"), Call{}, appraisal.Correction{Field: appraisal.CorrectUnit, Recorded: "Bidang Perizinan", Wanted: "Dinas"})
	must(t, err)
	b.clock.advance(6 * 366 * 24 * time.Hour)
	certificate, err := b.Destroy(t.Context(), b.as("operator"), appraisal.RecordContent)
	must(t, err)
	if certificate.Held != 1 {
		t.Errorf("the certificate says that %d are held", certificate.Held)
	}
	view, err := b.Appraisal(t.Context(), b.as("ani"), b.of(t, "ani"))
	must(t, err)
	if view.Plan == nil || len(view.Progress) == 0 || len(view.Destroyed) != 0 {
		t.Error("what is disputed was destroyed")
	}
	if view, err = b.Appraisal(t.Context(), b.as("budi"), b.of(t, "budi")); err != nil || view.Plan != nil {
		t.Errorf("what nobody disputes was kept: %v", err)
	}
	id := query[appraisal.CorrectionID](t, b, `select id from correction`)
	_, err = b.DecideCorrection(t.Context(), b.as("hana"), Call{}, id, appraisal.CorrectionAnswer{Accept: true, Answer: "Unit diperbaiki"})
	must(t, err)
	if certificate, err = b.Destroy(t.Context(), b.as("operator"), appraisal.RecordContent); err != nil || certificate.Held != 0 {
		t.Errorf("after the answer there is %+v %v", certificate, err)
	}
}

// stubborn is a store that forgets nothing until it is told to.
type stubborn struct {
	Store
	answers bool
	removed []string
}

func (s *stubborn) Remove(_ context.Context, key string) error {
	if !s.answers {
		return errors.New("the store does not answer")
	}
	s.removed = append(s.removed, key)
	return nil
}

func TestAStoreThatDoesNotAnswerIsAskedAgainBeforeTheCertificateIsFinished(t *testing.T) {
	t.Parallel()
	b := archived(t)
	b.run(t, `delete from evidence_content`) // the contents lie elsewhere
	store := &stubborn{}
	b.store = store
	b.clock.advance(6 * 366 * 24 * time.Hour)
	if _, err := b.Destroy(t.Context(), b.as("operator"), appraisal.RecordContent); err == nil {
		t.Fatal("the store answered")
	}
	if query[bool](t, b, `select exists (select from destruction where finished_at is not null)`) {
		t.Error("the certificate is finished while files are left")
	}
	store.answers = true
	b.clock.advance(time.Hour)
	must(t, b.lookAtRetention(t.Context()))
	if n := query[int](t, b, `select count(*) from destruction where finished_at is not null`); n != 1 || len(store.removed) != 2 {
		t.Errorf("%d certificates are finished and the store has forgotten %v", n, store.removed)
	}
}

func TestTheTrailKeepsItsChainWhenItsContentIsDestroyed(t *testing.T) {
	t.Parallel()
	b := archived(t)
	b.clock.advance(11 * 366 * 24 * time.Hour)
	before := query[int](t, b, `select count(*) from audit_content`)
	certificate, err := b.Destroy(t.Context(), b.as("operator"), appraisal.RecordAudit)
	must(t, err)
	if certificate.Records != before || certificate.Counts[0].Table != "audit_content" {
		t.Errorf("of %d contents the certificate counts %+v", before, certificate.Counts)
	}
	if n := query[int](t, b, `select count(*) from audit_destroyed where certificate_id = $1`, certificate.ID); n != before {
		t.Errorf("the trail knows of %d destroyed contents", n)
	}
	report, err := postgres.VerifyAudit(t.Context(), b.pool, nil, func(f appraisal.AuditFinding) { t.Errorf("found %+v", f) })
	must(t, err)
	if report.Destroyed != int64(before) {
		t.Errorf("verifying says %+v", report)
	}
}

func TestTheWorkerDestroysNothingByItselfUnlessTheSettingSaysSo(t *testing.T) {
	t.Parallel()
	b := archived(t)
	b.run(t, `insert into act (idempotency_key, actor_id, name, subject, body_digest, at) select 'k', $1, 'x', 's', '\x00', $2`, b.as("ani").ID, b.clock.Now())
	b.run(t, `update mail set state = 'sent'`)
	b.clock.advance(6 * 366 * 24 * time.Hour)
	must(t, b.lookAtRetention(t.Context()))
	if n := query[int](t, b, `select count(*) from destruction`); n != 0 {
		t.Fatalf("%d destructions were ordered by nobody", n)
	}
	b.retention = true
	must(t, b.lookAtRetention(t.Context()))
	must(t, b.lookAtRetention(t.Context()))
	list, err := b.Destructions(t.Context(), b.as("hana"), "", 50)
	must(t, err)
	kinds := map[appraisal.RecordKind]bool{}
	for _, d := range list.Items {
		if !d.Scheduled || d.OrderedBy != "" || d.FinishedAt == nil || kinds[d.Kind] {
			t.Errorf("the certificate says %+v", d)
		}
		kinds[d.Kind] = true
	}
	if !kinds[appraisal.RecordContent] || !kinds[appraisal.RecordRepeats] || !kinds[appraisal.RecordMail] || kinds[appraisal.RecordOutcome] {
		t.Errorf("destroyed were %v", slices.Collect(maps.Keys(kinds)))
	}
}

func TestOnlyHROfTheWholeOrganisationAndAdministratorsDecideOnDestruction(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, who := range []string{"ani", "kabid", "komite", "pimpinan"} {
		_, err := b.OrderDestruction(t.Context(), b.as(who), Call{}, DestructionOrder{Kind: appraisal.RecordMail})
		wantCode(t, err, appraisal.CodeForbidden)
		_, err = b.RetentionPreview(t.Context(), b.as(who))
		wantCode(t, err, appraisal.CodeForbidden)
	}
	part := b.as("hana")
	part.HRUnits = []appraisal.UnitID{b.units["BIDANG"]}
	_, err := b.RetentionPreview(t.Context(), part)
	wantCode(t, err, appraisal.CodeForbidden)
	_, err = b.OrderDestruction(t.Context(), b.as("hana"), Call{}, DestructionOrder{Kind: "everything"})
	if appraisal.CodeOf(err) != appraisal.CodeInvalid || !strings.Contains(err.Error(), "kind") {
		t.Error(err)
	}
}
