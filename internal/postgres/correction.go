package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Correction is a request for correction with what its readers need to know about it.
type Correction struct {
	ID          appraisal.CorrectionID
	PersonID    appraisal.PersonID
	Person      string
	Post        string
	UnitID      string // of the person now; empty for an account that is not in the roster
	Unit        string
	Field       appraisal.CorrectionField
	AppraisalID *appraisal.AppraisalID
	CycleName   string
	Recorded    string
	Wanted      string
	Reason      string
	FiledAt     time.Time
	DueAt       time.Time
	State       appraisal.CorrectionState
	Answer      string
	DecidedBy   *string
	DecidedAt   *time.Time
}

const correctionSQL = `select k.id, k.person_id, p.full_name as person, coalesce(e.position_name, o.post, '') as post,
	coalesce(u.id::text, '') as unit_id, coalesce(u.name, '') as unit, k.field, k.appraisal_id, coalesce(c.name, '') as cycle_name,
	k.recorded, k.wanted, k.reason, k.filed_at, k.due_at, k.state, k.answer, d.full_name as decided_by, k.decided_at
	from correction k join person p on p.id = k.person_id
	left join employee e on e.person_id = p.id left join official o on o.person_id = p.id
	left join unit u on u.id = coalesce(e.unit_id, o.unit_id)
	left join appraisal a on a.id = k.appraisal_id left join cycle c on c.id = a.cycle_id
	left join person d on d.id = k.decided_by `

// FileCorrection stores a request. One about the same that is still open is CodeConflict.
func FileCorrection(ctx context.Context, q Querier, by appraisal.PersonID, c appraisal.Correction, at, due time.Time) (appraisal.CorrectionID, error) {
	return scalar[appraisal.CorrectionID](ctx, q, `insert into correction (person_id, field, appraisal_id, recorded, wanted, reason, filed_at, due_at)
		values ($1, $2, nullif($3, '')::uuid, $4, $5, $6, $7, $8) returning id`, by, c.Field, string(c.Appraisal), c.Recorded, c.Wanted, c.Reason, at, due)
}

// LockCorrection holds a request and reads it.
func LockCorrection(ctx context.Context, q Querier, id appraisal.CorrectionID) (Correction, error) {
	return one[Correction](ctx, q, correctionSQL+`where k.id = $1 for no key update of k`, id)
}

// EndCorrection stores what became of a request.
func EndCorrection(ctx context.Context, q Querier, id appraisal.CorrectionID, state appraisal.CorrectionState, answer string, by *appraisal.PersonID,
	at time.Time) error {
	_, err := exec(ctx, q, `update correction set state = $2, answer = $3, decided_by = $4, decided_at = $5 where id = $1`, id, state, answer, by, at)
	return err
}

// CorrectionsOf returns a person's requests, the latest first.
func CorrectionsOf(ctx context.Context, q Querier, person appraisal.PersonID) ([]Correction, error) {
	return all[Correction](ctx, q, correctionSQL+`where k.person_id = $1 order by k.filed_at desc, k.id`, person)
}

// OpenCorrections returns the requests that wait for an answer, the one due first at the top. Only people
// within the scope are in it.
func OpenCorrections(ctx context.Context, q Querier, scope appraisal.Scope) ([]Correction, error) {
	return all[Correction](ctx, q, correctionSQL+`where k.state = 'open' and ($1 or u.id = any($2::uuid[]))
		order by k.due_at, k.id`, scope.Everywhere, texts(scope.Units))
}

// DecidedCorrections returns the requests that were answered last, the latest first.
func DecidedCorrections(ctx context.Context, q Querier, scope appraisal.Scope, limit int) ([]Correction, error) {
	return all[Correction](ctx, q, correctionSQL+`where k.state in ('accepted', 'refused') and ($1 or u.id = any($2::uuid[]))
		order by k.decided_at desc, k.id limit $3`, scope.Everywhere, texts(scope.Units), limit)
}

// Subject returns whose data a request is about, for permissions.
func (c Correction) Subject() appraisal.Subject {
	return appraisal.Subject{Employee: c.PersonID, Unit: appraisal.UnitID(c.UnitID)}
}
