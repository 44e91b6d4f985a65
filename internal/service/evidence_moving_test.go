package service

import (
	"context"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/s3test"
)

// interrupted is a store during whose work something else happens.
type interrupted struct {
	Store
	meanwhile func()
}

func (s interrupted) Put(ctx context.Context, key string, content []byte) error {
	s.meanwhile()
	return s.Store.Put(ctx, key, content)
}

func (s interrupted) Get(ctx context.Context, key string) ([]byte, error) {
	content, err := s.Store.Get(ctx, key)
	s.meanwhile()
	return content, err
}

// movesWhileGone has files moved while ani's are destroyed, and asserts that none of them is left anywhere.
func (b *bundle) movesWhileGone(t *testing.T, server *s3test.Server, toDatabase bool) {
	t.Helper()
	b.store = interrupted{b.store, func() { b.run(t, `delete from evidence where appraisal_id = $1`, b.of(t, "ani")) }}
	moved, err := b.MoveEvidence(t.Context(), toDatabase)
	must(t, err)
	if moved != 0 {
		t.Errorf("%d destroyed files were moved", moved)
	}
	if n := query[int](t, b, `select count(*)::int from evidence_loose where due_at <= $1`, b.clock.Now()); n != 1 {
		t.Errorf("the store is asked to forget %d files at once", n)
	}
	_, err = b.SweepEvidence(t.Context())
	must(t, err)
	b.kept(t, server, "destroyed while it was moved", 0, 0)
}

func TestAFileThatIsDestroyedWhileItMovesToTheDatabaseDoesNotComeBack(t *testing.T) {
	b, server := elsewhere(t)
	b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	b.movesWhileGone(t, server, true)
}

func TestAFileThatIsDestroyedWhileItMovesToTheStoreIsNotLeftThere(t *testing.T) {
	t.Parallel()
	b, server := setup(t), s3test.Start(t)
	b.reach(t, "ani", appraisal.StageExecution)
	b.mustLay(t, "ani", "ani", appraisal.EvidenceProgress, "rekap")
	b.useStore(t, server)
	b.movesWhileGone(t, server, false)
}
