package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Feedback is one remark with its author's name and the words of the key result that it is about.
type Feedback struct {
	ID          appraisal.FeedbackID
	KeyResultID *string
	Statement   string // of the key result; empty for the plan as a whole
	Kind        appraisal.FeedbackKind
	AuthorID    appraisal.PersonID
	Author      string
	AuthorForID *appraisal.PersonID
	AuthorFor   *string
	At          time.Time
	Text        string
	Agreed      string
	ComeBack    string
	WithdrawnAt *time.Time
}

const feedbackSQL = `select f.id, f.key_result_id, coalesce(k.statement, '') as statement, f.kind, f.author_id, p.full_name as author,
	f.author_for as author_for_id, b.full_name as author_for, f.at, f.text,
	f.agreed, coalesce(f.come_back::text, '') as come_back, f.withdrawn_at
	from feedback f join person p on p.id = f.author_id left join key_result k on k.id = f.key_result_id
	left join person b on b.id = f.author_for`

// FeedbackOf returns the feedback of an appraisal, oldest first.
func FeedbackOf(ctx context.Context, q Querier, id appraisal.AppraisalID) ([]Feedback, error) {
	return all[Feedback](ctx, q, feedbackSQL+` where f.appraisal_id = $1 order by f.at, f.id`, id)
}

// GetFeedback reads one feedback of an appraisal.
func GetFeedback(ctx context.Context, q Querier, id appraisal.AppraisalID, feedback appraisal.FeedbackID) (Feedback, error) {
	return one[Feedback](ctx, q, feedbackSQL+` where f.appraisal_id = $1 and f.id::text = $2`, id, feedback)
}

// AddFeedback stores a feedback and returns its id.
func AddFeedback(ctx context.Context, q Querier, id appraisal.AppraisalID, by Author, f appraisal.Feedback, at time.Time) (appraisal.FeedbackID, error) {
	return scalar[appraisal.FeedbackID](ctx, q, `insert into feedback (appraisal_id, key_result_id, kind, author_id, author_for, at, text, agreed, come_back)
		values ($1, nullif($2, '')::uuid, $3, $4, $9, $5, $6, $7, nullif($8, '')::date) returning id`,
		id, f.KeyResult, f.Kind, by.ID, at, f.Text, f.Agreed, f.ComeBack, by.For)
}

// WithdrawFeedback empties a feedback and keeps that it was there.
func WithdrawFeedback(ctx context.Context, q Querier, feedback appraisal.FeedbackID, at time.Time) error {
	_, err := exec(ctx, q, `update feedback set withdrawn_at = $2, text = '', agreed = '', come_back = null where id = $1`, feedback, at)
	return err
}

// KeyResultOf reports whether a key result belongs to the approved plan in force of an appraisal.
func KeyResultOf(ctx context.Context, q Querier, id appraisal.AppraisalID, keyResult string) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select from key_result k join plan p on p.id = k.plan_id
		where p.appraisal_id = $1 and k.id::text = $2 and p.number = (select max(number) from plan where appraisal_id = $1))`, id, keyResult)
}
