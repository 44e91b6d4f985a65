package service

import (
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// answered stores an answer for repeats that is due to be destroyed in 40 days.
func (b *bundle) answered(t *testing.T, key string) {
	t.Helper()
	b.run(t, `insert into act (idempotency_key, actor_id, name, subject, body_digest, at) values ($1, $2, 'x', 's', '\x00', $3)`, key, b.as("ani").ID, b.clock.Now())
	b.clock.advance(40 * 24 * time.Hour)
}

func TestCertificatesAreNumberedWithoutGapsHoweverOftenNothingIsDestroyed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.end(t)
	numbered := func(when string) int {
		t.Helper()
		n := query[int](t, b, `select count(*)::int from destruction`)
		if last := query[int](t, b, `select coalesce(max(number), 0)::int from destruction`); last != n {
			t.Errorf("%s the last of %d certificates has the number %d", when, n, last)
		}
		return n
	}
	b.retention = true
	for range 3 {
		must(t, b.lookAtRetention(t.Context()))
	}
	if n := numbered("while nothing is due"); n != 0 {
		t.Fatalf("%d certificates were made while nothing was due", n)
	}
	for range 3 {
		_, err := b.Destroy(t.Context(), b.as("operator"), appraisal.RecordRepeats)
		wantCode(t, err, appraisal.CodeWrongStage)
	}
	b.answered(t, "satu")
	must(t, b.lookAtRetention(t.Context()))
	first := numbered("after the first destruction")
	if first == 0 {
		t.Fatal("nothing was destroyed")
	}
	for range 3 {
		must(t, b.lookAtRetention(t.Context()))
	}
	b.answered(t, "dua")
	b.run(t, `create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end'`)
	b.run(t, `create trigger refuse after insert on destruction for each row execute function refuse()`)
	if _, err := b.Destroy(t.Context(), b.as("operator"), appraisal.RecordRepeats); err == nil {
		t.Fatal("the order was not rolled back")
	}
	b.run(t, `drop trigger refuse on destruction`)
	if _, err := b.Destroy(t.Context(), b.as("operator"), appraisal.RecordRepeats); err != nil {
		t.Fatal(err)
	}
	if n := numbered("after an order that was rolled back"); n != first+1 {
		t.Errorf("there are %d certificates, want %d", n, first+1)
	}
}

func TestWhileTheStoreIsDownOtherKindsAreDestroyed(t *testing.T) {
	t.Parallel()
	b := archived(t)
	b.run(t, `delete from evidence_content`) // the contents lie elsewhere
	store := &stubborn{}
	b.store, b.retention = store, true
	b.clock.advance(6 * 366 * 24 * time.Hour)
	wantCode(t, b.lookAtRetention(t.Context()), appraisal.CodeUnavailable)
	if kind := query[string](t, b, `select string_agg(kind, ' ') from destruction where finished_at is null`); kind != string(appraisal.RecordContent) {
		t.Errorf("not finished are %s", kind)
	}
	b.answered(t, "satu")
	wantCode(t, b.lookAtRetention(t.Context()), appraisal.CodeUnavailable)
	if n := query[int](t, b, `select count(*)::int from act where idempotency_key = 'satu'`); n != 0 {
		t.Error("a certificate that waits for the store keeps all else from being destroyed")
	}
	store.answers = true
	b.clock.advance(time.Hour)
	must(t, b.lookAtRetention(t.Context()))
	if n := query[int](t, b, `select count(*)::int from destruction where finished_at is null`); n != 0 {
		t.Errorf("%d certificates are not finished once the store is back", n)
	}
}
