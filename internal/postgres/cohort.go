package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Cohort is the row of a calibration cohort.
type Cohort struct {
	ID            appraisal.CohortID
	CycleID       appraisal.CycleID
	UnitID        appraisal.UnitID
	PositionLevel appraisal.PositionLevel
	Status        string
	Round         int
	Deadline      *time.Time
	OpenedAt      *time.Time
	LockedAt      *time.Time
	Justification string
	Version       int64
	CycleStatus   string
	CycleName     string
	UnitCode      string
	UnitName      string
	Template      appraisal.Template
	Rating        appraisal.OrganisationRating // in force; of a locked session the one that it was locked with
	Expected      int                          // members who have not been calibrated and have not left
	Ready         int                          // of them, those who wait for the session
}

// States of a cohort.
const (
	CohortWaiting = "waiting"
	CohortOpen    = "open"
	CohortLocked  = "locked"
)

const cohortSQL = `select k.id, k.cycle_id, k.unit_id, k.position_level, k.status, k.round, k.deadline, k.opened_at, k.locked_at,
	k.justification, k.version, c.status as cycle_status, c.name as cycle_name, u.code as unit_code, u.name as unit_name, c.template,
	case when f.round is not null then f.rating else coalesce(r.rating, '') end as rating,
	(select count(*) from appraisal a where a.cohort_id = k.id and a.ended_at is null and a.cohort_round is null)::int as expected,
	(select count(*) from appraisal a where a.cohort_id = k.id and a.ended_at is null and a.cohort_round is null
		and a.cohort_ready_at is not null)::int as ready
	from cohort k join cycle c on c.id = k.cycle_id join unit u on u.id = k.unit_id
	left join calibration_session f on k.status = 'locked' and f.cohort_id = k.id and f.round = k.round
	left join lateral (select rating from organisation_rating where cycle_id = k.cycle_id and unit_id = k.unit_id
		order by number desc limit 1) r on true `

// LockCohortRow takes the cohort's row until the transaction ends and reads it with its counts. Appraisals of the cohort that
// the transaction changes are locked before it.
func LockCohortRow(ctx context.Context, q Querier, id appraisal.CohortID) (Cohort, error) {
	if _, err := exec(ctx, q, `select 1 from cohort where id = $1 for no key update`, id); err != nil {
		return Cohort{}, err
	}
	return GetCohort(ctx, q, id)
}

// GetCohort reads a cohort with its counts.
func GetCohort(ctx context.Context, q Querier, id appraisal.CohortID) (Cohort, error) {
	return one[Cohort](ctx, q, cohortSQL+`where k.id = $1`, id)
}

// CohortsOf returns the cohorts of a cycle.
func CohortsOf(ctx context.Context, q Querier, cycle appraisal.CycleID) ([]Cohort, error) {
	return all[Cohort](ctx, q, cohortSQL+`where k.cycle_id = $1 order by u.code, k.position_level`, cycle)
}

// MarkCohortReady records once that a pipeline waits for its session.
func MarkCohortReady(ctx context.Context, q Querier, id appraisal.AppraisalID, at time.Time) error {
	_, err := exec(ctx, q, `update appraisal set cohort_ready_at = $2 where id = $1 and cohort_ready_at is null`, id, at)
	return err
}

// SetCohort stores a cohort's state.
func SetCohort(ctx context.Context, q Querier, k Cohort) error {
	_, err := exec(ctx, q, `update cohort set status = $2, round = $3, deadline = $4, opened_at = $5, locked_at = $6, justification = $7,
		version = version + 1 where id = $1`, k.ID, k.Status, k.Round, k.Deadline, k.OpenedAt, k.LockedAt, k.Justification)
	return err
}

// Member is one person of a cohort with the rating in force and the session's proposal.
type Member struct {
	AppraisalID   appraisal.AppraisalID
	EmployeeID    appraisal.PersonID
	Name          string
	Position      string
	AppraiserID   *appraisal.PersonID
	Appraiser     *string
	Stage         appraisal.Stage
	CohortReadyAt *time.Time
	CohortRound   *int
	EndedAt       *time.Time
	WorkResult    *appraisal.Expectation
	Behaviour     *appraisal.Expectation
	Predikat      *appraisal.Predikat
	NewWorkResult *appraisal.Expectation
	NewBehaviour  *appraisal.Expectation
	NewPredikat   *appraisal.Predikat
	ChangeID      *string
	Reason        *string
	ChangedBy     *string

	Score              string // these two groups are empty under a matrix
	WorkResultScore    string
	BehaviourScore     string
	Innovation         *bool
	InnovationNote     string
	NewScore           string
	NewWorkResultScore string
	NewBehaviourScore  string
	NewInnovation      *bool
	NewInnovationNote  string
	NewBasis           *appraisal.ScoreInput
}

// standingSQL tells whether the proposal g of a session counts for the appraisal a: who went on without the session keeps the
// appraiser's rating, whatever was proposed before they left.
const standingSQL = `g.ended_at is null and (a.cohort_round is null or a.cohort_round = g.round)`

// Members returns the people of a cohort. Before is the rating that the appraiser gave; after is the session's change.
func Members(ctx context.Context, q Querier, id appraisal.CohortID) ([]Member, error) {
	return all[Member](ctx, q, `select a.id as appraisal_id, a.employee_id, p.full_name as name, e.position_name as position,
		a.appraiser_id, ap.full_name as appraiser, a.stage, a.cohort_ready_at, a.cohort_round, a.ended_at, r.work_result, r.behaviour, r.predikat,
		g.work_result as new_work_result, g.behaviour as new_behaviour, g.predikat as new_predikat, g.id::text as change_id, g.reason, by.full_name as changed_by,
		`+scoreColumns("r", "")+`, `+scoreColumns("g", "new_")+`, g.basis as new_basis
		from appraisal a join person p on p.id = a.employee_id join employee e on e.person_id = p.id
		left join person ap on ap.id = a.appraiser_id
		left join lateral (select * from rating where appraisal_id = a.id and source = 'review' order by number desc limit 1) r on true
		left join calibration_change g on g.cohort_id = a.cohort_id and g.appraisal_id = a.id and `+standingSQL+`
		left join person by on by.id = g.changed_by
		where a.cohort_id = $1 order by p.full_name, a.id`, id)
}

// LockReadyMembers locks the appraisals that wait for the session, in the order that every caller uses.
func LockReadyMembers(ctx context.Context, q Querier, id appraisal.CohortID) ([]appraisal.AppraisalID, error) {
	return scalars[appraisal.AppraisalID](ctx, q, `select id from appraisal
		where cohort_id = $1 and ended_at is null and cohort_ready_at is not null and cohort_round is null
		order by id for no key update`, id)
}

// SetCohortRound records in which round a member was calibrated; 0 for one whose process went on without.
func SetCohortRound(ctx context.Context, q Querier, ids []appraisal.AppraisalID, round int) error {
	_, err := exec(ctx, q, `update appraisal set cohort_round = $2, version = version + 1 where id = any($1::uuid[])`, texts(ids), round)
	return err
}

// NewChange is a session's proposal for one member.
type NewChange struct {
	Cohort     Cohort
	Appraisal  appraisal.AppraisalID
	WorkResult appraisal.Expectation
	Behaviour  appraisal.Expectation
	Predikat   appraisal.Predikat
	Reason     string
	By         appraisal.PersonID
	At         time.Time
	Scores
}

// SaveChange stores the session's proposal for a member. The one before it has to have been ended.
func SaveChange(ctx context.Context, q Querier, c NewChange) error {
	basis, err := c.basis()
	if err != nil {
		return err
	}
	_, err = exec(ctx, q, `insert into calibration_change (cohort_id, round, appraisal_id, work_result, behaviour, predikat, reason, changed_by,
			changed_at, score, work_result_score, behaviour_score, innovation, innovation_note, basis)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, '')::numeric, nullif($11, '')::numeric, nullif($12, '')::numeric, $13, $14, $15)`,
		c.Cohort.ID, c.Cohort.Round, c.Appraisal, c.WorkResult, c.Behaviour, c.Predikat, c.Reason, c.By, c.At,
		c.Score, c.WorkResultScore, c.BehaviourScore, c.Innovation, c.InnovationNote, basis)
	return err
}

// CloseCalibrateStep ends the step with which a member waited for the session.
func CloseCalibrateStep(ctx context.Context, q Querier, id appraisal.AppraisalID, at time.Time) error {
	_, err := exec(ctx, q, `update step set state = 'done', outcome = 'locked', closed_at = $2, version = version + 1
		where appraisal_id = $1 and kind = 'calibrate' and state = 'open'`, id, at)
	return err
}
