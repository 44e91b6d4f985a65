package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Evidence is a link or a file without its content.
type Evidence struct {
	ID              appraisal.EvidenceID
	AppraisalID     appraisal.AppraisalID
	Purpose         appraisal.EvidencePurpose
	AuthorID        appraisal.PersonID
	Author          string
	AuthorFor       *string // on whose behalf it was handed in
	At              time.Time
	SubmittedAt     *time.Time
	ProgressEntryID *string
	FeedbackID      *appraisal.FeedbackID
	Link            string
	Name            string
	MediaType       string
	Size            int64
	SHA256          []byte `db:"sha256"`
}

const evidenceSQL = `select e.id, e.appraisal_id, e.purpose, e.author_id, p.full_name as author, b.full_name as author_for, e.at, e.submitted_at, e.progress_entry_id, e.feedback_id,
	e.link, e.name, e.media_type, e.size, e.sha256 from evidence e join person p on p.id = e.author_id left join person b on b.id = e.author_for`

// EvidenceOf returns what is submitted in an appraisal, and of what is not yet that of the reader, oldest first.
func EvidenceOf(ctx context.Context, q Querier, id appraisal.AppraisalID, reader appraisal.PersonID) ([]Evidence, error) {
	return all[Evidence](ctx, q, evidenceSQL+` where e.appraisal_id = $1 and (e.submitted_at is not null or e.author_id::text = $2)
		order by e.at, e.id`, id, reader)
}

// GetEvidence reads one piece of evidence of an appraisal.
func GetEvidence(ctx context.Context, q Querier, id appraisal.AppraisalID, evidence appraisal.EvidenceID) (Evidence, error) {
	return one[Evidence](ctx, q, evidenceSQL+` where e.appraisal_id = $1 and e.id::text = $2`, id, evidence)
}

// EvidenceHeld returns how many links and files an appraisal has, and how many bytes they take; a content counts once.
func EvidenceHeld(ctx context.Context, q Querier, id appraisal.AppraisalID) (count int, bytes int64, err error) {
	type held struct {
		Count int
		Bytes int64
	}
	h, err := one[held](ctx, q, `select (select count(*)::int from evidence where appraisal_id = $1) as count,
		coalesce((select sum(size)::bigint from (select distinct sha256, size from evidence where appraisal_id = $1 and sha256 is not null) f), 0) as bytes`, id)
	return h.Count, h.Bytes, err
}

// AddEvidence stores a link or the description of a file on its author's desk.
func AddEvidence(ctx context.Context, q Querier, id appraisal.AppraisalID, e Evidence) (appraisal.EvidenceID, error) {
	return scalar[appraisal.EvidenceID](ctx, q, `insert into evidence (appraisal_id, purpose, author_id, at, link, name, media_type, size, sha256)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
		id, e.Purpose, e.AuthorID, e.At, e.Link, e.Name, e.MediaType, e.Size, e.SHA256)
}

// RemoveEvidence takes a piece of evidence away.
func RemoveEvidence(ctx context.Context, q Querier, evidence appraisal.EvidenceID) error {
	_, err := exec(ctx, q, `delete from evidence where id = $1`, evidence)
	return err
}

// SubmitEvidence takes what lies on an author's desk for a purpose along with what they hand in.
func SubmitEvidence(ctx context.Context, q Querier, id appraisal.AppraisalID, by Author, purpose appraisal.EvidencePurpose,
	entry string, feedback appraisal.FeedbackID, at time.Time) error {
	_, err := exec(ctx, q, `update evidence set submitted_at = $4, progress_entry_id = nullif($5, '')::uuid, feedback_id = nullif($6, '')::uuid,
		author_for = $7
		where appraisal_id = $1 and author_id = $2 and purpose = $3 and submitted_at is null`, id, by.ID, purpose, at, entry, feedback, by.For)
	return err
}

// EvidenceUses returns how many pieces of evidence of an appraisal have a content.
func EvidenceUses(ctx context.Context, q Querier, id appraisal.AppraisalID, digest []byte) (int, error) {
	return scalar[int](ctx, q, `select count(*)::int from evidence where appraisal_id = $1 and sha256 = $2`, id, digest)
}
