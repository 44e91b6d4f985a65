package service

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/evidencestore"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/s3test"
)

// elsewhere is an office whose files are kept in a real S3 server, with ani in the midst of the period.
func elsewhere(t *testing.T) (*bundle, *s3test.Server) {
	t.Helper()
	t.Parallel()
	b, server := setup(t), s3test.Start(t)
	b.useStore(t, server)
	b.reach(t, "ani", appraisal.StageExecution)
	return b, server
}

func (b *bundle) useStore(t *testing.T, server *s3test.Server) {
	t.Helper()
	store, err := evidencestore.New(evidencestore.Options{
		Endpoint: server.Endpoint, Bucket: s3test.Bucket, Region: "us-east-1", AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey,
	})
	must(t, err)
	b.store = store
}

// kept asserts how many contents are in the database and how many in the store.
func (b *bundle) kept(t *testing.T, server *s3test.Server, when string, inDatabase, inStore int) {
	t.Helper()
	if n, keys := query[int](t, b, `select count(*)::int from evidence_content`), server.Keys(t); n != inDatabase || len(keys) != inStore {
		t.Errorf("%s: %d contents in the database, want %d; in the store %v, want %d", when, n, inDatabase, keys, inStore)
	}
}

func (b *bundle) sweep(t *testing.T, want int) {
	t.Helper()
	removed, err := b.SweepEvidence(t.Context())
	must(t, err)
	if removed != want {
		t.Errorf("%d contents were removed, want %d", removed, want)
	}
}

func (b *bundle) reads(t *testing.T, who, about string, piece appraisal.EvidenceID) string {
	t.Helper()
	file, err := b.EvidenceFile(t.Context(), b.as(who), b.of(t, about), piece)
	must(t, err)
	content, err := io.ReadAll(file)
	must(t, err)
	return string(content)
}

func TestFilesAreKeptInTheStoreAndGoneFromItWithTheirLastUse(t *testing.T) {
	b, server := elsewhere(t)
	e := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	b.kept(t, server, "laid on the desk", 0, 1)
	if got := b.reads(t, "ani", "ani", e.ID); got != string(paper("rekap")) {
		t.Errorf("it reads %q", got)
	}
	if got := b.opens(t, "kabid", "ani", e.ID); got != appraisal.CodeNotFound {
		t.Errorf("before it is handed in the appraiser gets %q", got)
	}
	b.sweep(t, 0)
	b.clock.advance(2 * looseTime)
	b.sweep(t, 0)
	b.kept(t, server, "in use", 0, 1)

	_, err := b.RemoveEvidence(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), e.ID)
	must(t, err)
	b.sweep(t, 1)
	b.kept(t, server, "taken from the desk", 0, 0)
}

func TestWhateverDestroysEvidenceDestroysItsFileInTheStore(t *testing.T) {
	b, server := elsewhere(t)
	b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "satu")
	b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "dua")
	_, err := b.db.Exec(t.Context(), `delete from evidence where appraisal_id = $1`, b.of(t, "ani"))
	must(t, err)
	b.sweep(t, 2)
	b.kept(t, server, "destroyed", 0, 0)
	if n := query[int](t, b, `select count(*)::int from evidence_loose`); n != 0 {
		t.Errorf("%d notes are left", n)
	}
}

func TestWhileTheStoreIsDownNothingIsHalfDoneAndARemovalIsMadeUpForLater(t *testing.T) {
	b, server := elsewhere(t)
	e := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	server.Stop(t)
	_, err := b.lay(t, "ani", "ani", appraisal.EvidenceProgress, "laporan")
	wantCode(t, err, appraisal.CodeUnavailable)
	if n := query[int](t, b, `select count(*)::int from evidence`); n != 1 {
		t.Errorf("%d pieces of evidence are recorded", n)
	}
	if got := b.opens(t, "ani", "ani", e.ID); got != appraisal.CodeUnavailable {
		t.Errorf("a file is answered %q", got)
	}
	_, err = b.RemoveEvidence(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), e.ID) // needs the record only
	must(t, err)
	b.clock.advance(time.Second)
	if _, err := b.SweepEvidence(t.Context()); err == nil {
		t.Error("the store was swept while it was down")
	}

	server.Resume(t)
	b.kept(t, server, "back again", 0, 1)
	b.sweep(t, 0) // not yet: it is left alone for a while
	b.clock.advance(sweepAgain(0) + time.Second)
	b.sweep(t, 1)
	b.clock.advance(looseTime)
	b.sweep(t, 1) // what was never laid down is as good as removed
	b.kept(t, server, "made up for", 0, 0)
	b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "laporan")
	b.kept(t, server, "sent again", 0, 1)
}

func TestWhatWasLaidDownForAnActThatNeverCameIsRemovedAfterAnHour(t *testing.T) {
	b, server := elsewhere(t)
	content := paper("hilang")
	digest := sha256.Sum256(content)
	must(t, b.layDown(t.Context(), b.as("ani"), b.of(t, "ani"), appraisal.EvidenceProgress, digest[:], content)) // and the process dies
	b.sweep(t, 0)
	b.kept(t, server, "just laid down", 0, 1)
	b.clock.advance(looseTime + time.Second)
	b.sweep(t, 1)
	b.kept(t, server, "an hour later", 0, 0)
}

func TestNobodyLaysAnythingDownWhereTheyMayNotAdd(t *testing.T) {
	b, server := elsewhere(t)
	for _, who := range []string{"kabid", "budi", "operator", "hana"} {
		_, err := b.lay(t, who, "ani", appraisal.EvidenceProgress, "x")
		if err == nil {
			t.Errorf("%s added a file", who)
		}
	}
	b.limits.File = 1 << 20
	b.limits.Total = 1 << 20
	b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "ada")
	big := append(paper("besar"), make([]byte, 1<<20-60)...)
	_, err := b.AddFile(t.Context(), b.as("ani"), Call{}, b.of(t, "ani"), appraisal.EvidenceProgress, SentFile{Name: "a.pdf", Content: append(big, "\n%%EOF\n"...)})
	wantCode(t, err, appraisal.CodeInvalid)
	b.kept(t, server, "refused", 0, 1)
}

func TestAFileThatIsNoLongerWhatWasHandedInIsNotHandedOut(t *testing.T) {
	b, server := elsewhere(t)
	e := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "asli")
	key := server.Keys(t)[0]
	_, err := server.Client(t).PutObject(t.Context(), s3test.Bucket, key, strings.NewReader("palsu"), 5, minio.PutObjectOptions{})
	must(t, err)
	_, err = b.EvidenceFile(t.Context(), b.as("ani"), b.of(t, "ani"), e.ID)
	if err == nil || !strings.Contains(err.Error(), "evidence.error.altered") {
		t.Errorf("an altered file: %v", err)
	}
	state, err := b.CheckEvidence(t.Context())
	must(t, err)
	if len(state.Faulty) != 1 || state.Faulty[0] != key {
		t.Errorf("the check finds %+v", state)
	}
	must(t, server.Client(t).RemoveObject(t.Context(), s3test.Bucket, key, minio.RemoveObjectOptions{}))
	_, err = b.EvidenceFile(t.Context(), b.as("ani"), b.of(t, "ani"), e.ID)
	if err == nil || !strings.Contains(err.Error(), "evidence.error.lost") {
		t.Errorf("a lost file: %v", err)
	}
}

func TestFilesMoveFromTheDatabaseToTheStoreAndBackAndAreReadAllTheWhile(t *testing.T) {
	t.Parallel()
	b, server := setup(t), s3test.Start(t)
	b.reach(t, "ani", appraisal.StageExecution)
	old := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "lama")
	if _, err := b.MoveEvidence(t.Context(), false); err == nil {
		t.Error("files moved to no store")
	}
	b.useStore(t, server)
	young := b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "baru")
	same := b.mustLay(t, "kabid", "ani", appraisal.EvidenceFeedback, "lama") // a content that the database has already
	check := func(when string, inDatabase, inStore int) {
		t.Helper()
		b.kept(t, server, when, inDatabase, inStore)
		for id, want := range map[appraisal.EvidenceID]string{old.ID: "lama", young.ID: "baru"} {
			if got := b.reads(t, "ani", "ani", id); got != string(paper(want)) {
				t.Errorf("%s: %s reads %q", when, want, got)
			}
		}
		if got := b.reads(t, "kabid", "ani", same.ID); got != string(paper("lama")) {
			t.Errorf("%s: it reads %q", when, got)
		}
		state, err := b.CheckEvidence(t.Context())
		must(t, err)
		if len(state.Faulty)+len(state.Unknown) > 0 || state.InDatabase != inDatabase {
			t.Errorf("%s: %+v", when, state)
		}
	}
	check("with a store", 1, 1)
	move := func(toDatabase bool, want int) {
		t.Helper()
		moved, err := b.MoveEvidence(t.Context(), toDatabase)
		must(t, err)
		if moved != want {
			t.Errorf("%d were moved, want %d", moved, want)
		}
	}
	move(false, 1)
	move(false, 0)
	check("all in the store", 0, 2)
	move(true, 2)
	check("back again, with the old ones still there", 2, 2)
	b.clock.advance(looseTime + time.Second)
	if _, err := b.SweepEvidence(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("all in the database", 2, 0)
	b.store = nil
	if got := b.reads(t, "ani", "ani", old.ID); got != string(paper("lama")) {
		t.Errorf("without the store it reads %q", got)
	}
}

func TestWhatTheStoreHasAndNoRecordKnowsIsFoundAndRemovedOnRequest(t *testing.T) {
	b, server := elsewhere(t)
	b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	_, err := server.Client(t).PutObject(t.Context(), s3test.Bucket, "sisa/pencadangan", strings.NewReader("x"), 1, minio.PutObjectOptions{})
	must(t, err)
	state, err := b.CheckEvidence(t.Context())
	must(t, err)
	if len(state.Unknown) != 0 {
		t.Errorf("what has just been laid down is called unknown: %v", state.Unknown)
	}
	b.clock.advance(time.Since(b.clock.Now()) + 2*settled)
	state, err = b.CheckEvidence(t.Context())
	must(t, err)
	if len(state.Unknown) != 1 || state.Unknown[0] != "sisa/pencadangan" {
		t.Errorf("unknown are %v", state.Unknown)
	}
	n, err := b.RemoveUnknownEvidence(t.Context())
	must(t, err)
	if n != 1 {
		t.Errorf("%d were removed", n)
	}
	b.kept(t, server, "cleared", 0, 1)
}

func TestAddingAndRemovingTheSameFileWhileTheStoreIsSweptNeverLosesOne(t *testing.T) {
	b, _ := elsewhere(t)
	id := b.of(t, "ani")
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range 15 {
				e, err := b.AddFile(t.Context(), b.as("ani"), Call{}, id, appraisal.EvidenceProgress, SentFile{Name: "a.pdf", Content: paper("sama")})
				if err == nil {
					_, _ = b.RemoveEvidence(t.Context(), b.as("ani"), Call{}, id, e.ID)
				} else if appraisal.CodeOf(err) != appraisal.CodeUnavailable {
					t.Error(err)
				}
			}
		})
		all.Go(func() {
			for range 30 {
				b.clock.advance(time.Millisecond)
				if _, err := b.SweepEvidence(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	e, err := b.AddFile(t.Context(), b.as("ani"), Call{}, id, appraisal.EvidenceProgress, SentFile{Name: "a.pdf", Content: paper("sama")})
	must(t, err)
	b.clock.advance(2 * looseTime)
	_, err = b.SweepEvidence(t.Context())
	must(t, err)
	if got := b.reads(t, "ani", "ani", e.ID); got != string(paper("sama")) {
		t.Errorf("it reads %q", got)
	}
	must(t, b.eachKept(t.Context(), func(k postgres.KeptEvidence) error {
		_, err := b.content(t.Context(), k.Key, k.SHA256)
		if err != nil {
			return fmt.Errorf("%s: %w", k.Key, err)
		}
		return nil
	}))
}
