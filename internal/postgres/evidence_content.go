package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// PutEvidenceContent keeps a content in the database; the same key always has the same content.
func PutEvidenceContent(ctx context.Context, q Querier, key string, content []byte) error {
	_, err := exec(ctx, q, `insert into evidence_content (key, content) values ($1, $2) on conflict do nothing`, key, content)
	return err
}

// EvidenceContent returns the content that the database has under a key, and false where it has none.
func EvidenceContent(ctx context.Context, q Querier, key string) ([]byte, bool, error) {
	content, err := scalar[[]byte](ctx, q, `select content from evidence_content where key = $1`, key)
	if appraisal.CodeOf(err) == appraisal.CodeNotFound {
		return nil, false, nil
	}
	return content, err == nil, err
}

// RemoveEvidenceContent forgets a content that is kept elsewhere by now.
func RemoveEvidenceContent(ctx context.Context, q Querier, key string) error {
	_, err := exec(ctx, q, `delete from evidence_content where key = $1`, key)
	return err
}

// HoldEvidence keeps a piece of evidence that has a content from going before the transaction ends; false if there is none.
func HoldEvidence(ctx context.Context, q Querier, key string) (bool, error) {
	held, err := scalars[string](ctx, q, `select id::text from evidence where appraisal_id = split_part($1, '/', 1)::uuid
		and sha256 = decode(split_part($1, '/', 2), 'hex') limit 1 for key share`, key)
	return len(held) > 0, err
}

// LoosenEvidence notes that a content in the store elsewhere is to be removed from due on if nobody uses it by then.
func LoosenEvidence(ctx context.Context, q Querier, key string, due time.Time) error {
	_, err := exec(ctx, q, `insert into evidence_loose (key, due_at) values ($1, $2)
		on conflict (key) do update set due_at = excluded.due_at, attempts = 0`, key, due)
	return err
}

// FastenEvidence takes the note away, and reports whether there was one.
func FastenEvidence(ctx context.Context, q Querier, key string) (bool, error) {
	n, err := exec(ctx, q, `delete from evidence_loose where key = $1`, key)
	return n > 0, err
}

// LooseEvidence is a content in the store elsewhere that may belong to nothing.
type LooseEvidence struct {
	Key      string
	Attempts int
	Used     bool // by some evidence after all, and not in the database as well
}

// TakeLooseEvidence locks one that is due and that nobody else has locked; nil if there is none.
func TakeLooseEvidence(ctx context.Context, q Querier, now time.Time) (*LooseEvidence, error) {
	return optional[LooseEvidence](ctx, q, `select key, attempts, exists (select from evidence e
		where e.appraisal_id = split_part(l.key, '/', 1)::uuid and e.sha256 = decode(split_part(l.key, '/', 2), 'hex'))
			and not exists (select from evidence_content c where c.key = l.key) as used
		from evidence_loose l where due_at <= $1 order by due_at limit 1 for update skip locked`, now)
}

// PostponeLooseEvidence leaves a content that could not be removed for later.
func PostponeLooseEvidence(ctx context.Context, q Querier, key string, due time.Time) error {
	_, err := exec(ctx, q, `update evidence_loose set due_at = $2, attempts = attempts + 1 where key = $1`, key, due)
	return err
}

// KeptEvidence is a content that some evidence uses.
type KeptEvidence struct {
	Key        string
	SHA256     []byte `db:"sha256"`
	InDatabase bool
}

// KeptEvidencePage returns the contents in use whose keys follow after, in the order of their keys.
func KeptEvidencePage(ctx context.Context, q Querier, after string, limit int) ([]KeptEvidence, error) {
	return all[KeptEvidence](ctx, q, `select k.key, k.sha256, c.key is not null as in_database from (
			select distinct appraisal_id::text || '/' || encode(sha256, 'hex') as key, sha256 from evidence where sha256 is not null) k
		left join evidence_content c on c.key = k.key where k.key collate "C" > $1 order by k.key collate "C" limit $2`, after, limit)
}

// KnownEvidence returns those of some keys that some evidence uses or that are noted as loose.
func KnownEvidence(ctx context.Context, q Querier, keys []string) ([]string, error) {
	return scalars[string](ctx, q, `select appraisal_id::text || '/' || encode(sha256, 'hex') from evidence where sha256 is not null
			and appraisal_id::text || '/' || encode(sha256, 'hex') = any($1) union select key from evidence_loose where key = any($1)`, keys)
}
