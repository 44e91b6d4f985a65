package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Document is one paper that was handed out.
type Document struct {
	Code          appraisal.DocumentCode
	AppraisalID   appraisal.AppraisalID
	Kind          appraisal.DocumentKind
	Number        int
	ContentDigest []byte
	PlanNumber    int
	RatingNumber  int
	IssuedAt      time.Time
	IssuedTo      *appraisal.PersonID
}

// LastDocument returns the last paper of a kind about an appraisal, nil if there was none.
func LastDocument(ctx context.Context, q Querier, id appraisal.AppraisalID, kind appraisal.DocumentKind) (*Document, error) {
	return optional[Document](ctx, q, `select code, appraisal_id, kind, number, content_digest, plan_number, rating_number, issued_at, issued_to
		from document where appraisal_id = $1 and kind = $2 order by number desc limit 1`, id, kind)
}

// InsertDocument records a paper. The appraisal's row is locked, so that two requests do not issue two.
func InsertDocument(ctx context.Context, q Querier, d Document) error {
	_, err := exec(ctx, q, `insert into document (code, appraisal_id, kind, number, content_digest, plan_number, rating_number, issued_at, issued_to)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		d.Code, d.AppraisalID, d.Kind, d.Number, d.ContentDigest, d.PlanNumber, d.RatingNumber, d.IssuedAt, d.IssuedTo)
	return err
}

// Verified is what is known of a paper by its code. Current tells that neither a later paper nor a later version of what it
// shows is in force.
type Verified struct {
	Kind        appraisal.DocumentKind
	Name        string
	Unit        string
	PeriodStart time.Time
	PeriodEnd   time.Time
	IssuedAt    time.Time
	Current     bool
}

// VerifyDocument looks a code up, nil if no paper has it.
func VerifyDocument(ctx context.Context, q Querier, code appraisal.DocumentCode) (*Verified, error) {
	return optional[Verified](ctx, q, `select d.kind, p.name, u.name as unit, c.period_start, c.period_end, d.issued_at,
			not exists (select 1 from document o where o.appraisal_id = d.appraisal_id and o.kind = d.kind and o.number > d.number)
			and (d.plan_number = 0 or not exists (select 1 from plan n
				where n.appraisal_id = d.appraisal_id and n.state = 'approved' and n.number > d.plan_number))
			and (d.rating_number = 0 or not exists (select 1 from rating r
				where r.appraisal_id = d.appraisal_id and r.number > d.rating_number)) as current
		from document d join appraisal a on a.id = d.appraisal_id join person p on p.id = a.employee_id
		join unit u on u.id = a.unit_id join cycle c on c.id = a.cycle_id
		where d.code = $1`, code)
}

// Signatory is somebody as a paper names them.
type Signatory struct {
	ID         appraisal.PersonID
	Name       string
	NIP        string
	Employment appraisal.EmployeeKind
	Grade      string
	Post       string
	Unit       string
}

// Signatories reads several people as papers name them.
func Signatories(ctx context.Context, q Querier, ids []appraisal.PersonID) (map[appraisal.PersonID]Signatory, error) {
	list, err := all[Signatory](ctx, q, `select p.id, p.full_name as name, coalesce(e.nip, '') as nip, coalesce(e.employment, '') as employment,
			coalesce(e.grade, '') as grade, coalesce(e.position_name, o.post, '') as post, coalesce(u.name, '') as unit
		from person p left join employee e on e.person_id = p.id left join official o on o.person_id = p.id
		left join unit u on u.id = coalesce(e.unit_id, o.unit_id) where p.id = any($1::uuid[])`, texts(ids))
	found := make(map[appraisal.PersonID]Signatory, len(list))
	for _, s := range list {
		found[s.ID] = s
	}
	return found, err
}

// RatedUnit is the unit where an appraisal's cohort ended up, with the rating of its own performance.
type RatedUnit struct {
	Unit   string
	Rating appraisal.OrganisationRating
}

// CohortRating returns the rating of the organisation that an appraisal was calibrated against: the one that its session was locked
// with, whatever the unit's rating is by now, and without a session the one in force. It is nil where there is none.
func CohortRating(ctx context.Context, q Querier, id appraisal.AppraisalID) (*RatedUnit, error) {
	return optional[RatedUnit](ctx, q, `select * from (
			select u.name as unit, case when f.round is not null then nullif(f.rating, '') else r.rating end as rating
			from appraisal a join cohort k on k.id = a.cohort_id join unit u on u.id = k.unit_id
			left join calibration_session f on f.cohort_id = k.id and f.round = a.cohort_round
			left join lateral (select rating from organisation_rating where cycle_id = k.cycle_id and unit_id = k.unit_id
				order by number desc limit 1) r on true
			where a.id = $1) found where rating is not null`, id)
}
