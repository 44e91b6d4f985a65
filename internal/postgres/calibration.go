package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// Attend records once that a member of the committee takes part in a session.
func Attend(ctx context.Context, q Querier, k Cohort, who appraisal.PersonID, at time.Time) error {
	_, err := exec(ctx, q, `insert into calibration_attendance (cohort_id, round, person_id, joined_at) values ($1, $2, $3, $4)
		on conflict do nothing`, k.ID, k.Round, who, at)
	return err
}

// Confirm records that a member of the committee stands behind the session as it is at this version.
func Confirm(ctx context.Context, q Querier, k Cohort, who appraisal.PersonID, at time.Time) error {
	_, err := exec(ctx, q, `insert into calibration_attendance (cohort_id, round, person_id, joined_at, confirmed_version, confirmed_at)
		values ($1, $2, $3, $4, $5, $4)
		on conflict (cohort_id, round, person_id) do update set confirmed_version = excluded.confirmed_version, confirmed_at = excluded.confirmed_at`,
		k.ID, k.Round, who, at, k.Version)
	return err
}

// Attendance is somebody of the committee in one session.
type Attendance struct {
	PersonID    appraisal.PersonID
	Name        string
	Holds       bool // still has the committee's role
	JoinedAt    *time.Time
	Confirmed   *int64 // the version that they confirmed
	ConfirmedAt *time.Time
}

// Committee returns everybody who holds the committee's role, and who has taken part in the session.
func Committee(ctx context.Context, q Querier, k Cohort) ([]Attendance, error) {
	return all[Attendance](ctx, q, `select p.id as person_id, p.full_name as name, g.person_id is not null and p.active as holds,
			a.joined_at, a.confirmed_version as confirmed, a.confirmed_at
		from person p left join role_grant g on g.person_id = p.id and g.role = 'committee'
		left join calibration_attendance a on a.cohort_id = $1 and a.round = $2 and a.person_id = p.id
		where g.person_id is not null and p.active or a.person_id is not null order by p.full_name, p.id`, k.ID, k.Round)
}

// Opinion is what a member of the committee said to somebody's rating.
type Opinion struct {
	AppraisalID appraisal.AppraisalID
	ChangeID    *string
	PersonID    appraisal.PersonID
	Name        string
	Stance      appraisal.Stance
	Words       string
	GivenAt     time.Time
}

// AddOpinion stores what somebody says; what they said before stays.
func AddOpinion(ctx context.Context, q Querier, k Cohort, change *string, o Opinion) error {
	_, err := exec(ctx, q, `insert into calibration_opinion (cohort_id, round, appraisal_id, change_id, person_id, stance, words, given_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, k.ID, k.Round, o.AppraisalID, change, o.PersonID, o.Stance, o.Words, o.GivenAt)
	return err
}

// Opinions returns all that was said in a cohort's sessions about one member, or about everybody when none is named, in order.
func Opinions(ctx context.Context, q Querier, k appraisal.CohortID, who appraisal.AppraisalID) ([]Opinion, error) {
	return all[Opinion](ctx, q, `select o.appraisal_id, o.change_id::text, o.person_id, p.full_name as name, o.stance, o.words, o.given_at
		from calibration_opinion o join person p on p.id = o.person_id
		where o.cohort_id = $1 and ($2 = '' or o.appraisal_id = nullif($2, '')::uuid) order by o.id`, k, string(who))
}

// Proposal is one proposal for a member of a session and what became of it.
type Proposal struct {
	ID         string
	Round      int
	WorkResult appraisal.Expectation
	Behaviour  appraisal.Expectation
	Predikat   appraisal.Predikat
	Reason     string
	ProposedBy string
	ProposedAt time.Time
	EndedHow   string
	EndedBy    *string
	EndedAt    *time.Time

	Score           string // these are empty under a matrix
	WorkResultScore string
	BehaviourScore  string
	Innovation      *bool
	InnovationNote  string
}

// Proposals returns everything that was proposed for a member, first to last.
func Proposals(ctx context.Context, q Querier, k appraisal.CohortID, who appraisal.AppraisalID) ([]Proposal, error) {
	return all[Proposal](ctx, q, `select g.id, g.round, g.work_result, g.behaviour, g.predikat, g.reason, p.full_name as proposed_by,
			g.changed_at as proposed_at, g.ended_how, e.full_name as ended_by, g.ended_at,
			`+scoreColumns("g", "")+`
		from calibration_change g join person p on p.id = g.changed_by left join person e on e.id = g.ended_by
		where g.cohort_id = $1 and g.appraisal_id = $2 order by g.ordinal`, k, who)
}

// How a proposal ended before the lock.
const (
	ProposalWithdrawn = "withdrawn"
	ProposalReplaced  = "replaced"
)

// EndChange ends the proposal that is in force for a member, and reports whether there was one.
func EndChange(ctx context.Context, q Querier, k appraisal.CohortID, m appraisal.AppraisalID, how string, by appraisal.PersonID, at time.Time) (bool, error) {
	n, err := exec(ctx, q, `update calibration_change set ended_at = $5, ended_by = $4, ended_how = $3
		where cohort_id = $1 and appraisal_id = $2 and ended_at is null`, k, m, how, by, at)
	return n > 0, err
}

// LockedSession is what held when a session was locked.
type LockedSession struct {
	Round         int
	LockedAt      time.Time
	LockedBy      string
	Rating        appraisal.OrganisationRating
	Justification string
	Committee     int
	Needed        int
	Confirmed     int
	Guidelines    []byte
}

// NewLockedSession is a session at the moment of its lock.
type NewLockedSession struct {
	Cohort     Cohort
	At         time.Time
	By         appraisal.PersonID
	Committee  int
	Needed     int
	Confirmed  int
	Guidelines []appraisal.GuidelineCheck
}

// AddLockedSession freezes what a lock was decided upon.
func AddLockedSession(ctx context.Context, q Querier, s NewLockedSession) error {
	guidelines, err := json.Marshal(s.Guidelines)
	if err != nil {
		return err
	}
	k := s.Cohort
	_, err = exec(ctx, q, `insert into calibration_session (cohort_id, round, locked_at, locked_by, rating, justification, committee, needed,
		confirmed, guidelines) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		k.ID, k.Round, s.At, s.By, k.Rating, k.Justification, s.Committee, s.Needed, s.Confirmed, guidelines)
	return err
}

// LockedSessions returns the locked sessions of a cohort, first to last.
func LockedSessions(ctx context.Context, q Querier, k appraisal.CohortID) ([]LockedSession, error) {
	return all[LockedSession](ctx, q, `select s.round, s.locked_at, p.full_name as locked_by, s.rating, s.justification, s.committee, s.needed,
		s.confirmed, s.guidelines from calibration_session s join person p on p.id = s.locked_by where s.cohort_id = $1 order by s.round`, k)
}
