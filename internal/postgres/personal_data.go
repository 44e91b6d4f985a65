package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// RosterData is what the roster knows of a person. An official or an account leaves what an employee has empty.
type RosterData struct {
	ID            appraisal.PersonID
	Kind          string
	Name          string
	FullName      string
	Email         string
	Language      string
	Active        bool
	MailBouncing  bool
	NIP           string `db:"nip"`
	Sex           string
	BirthDate     *time.Time
	Employment    string
	Grade         string
	PositionKind  string
	PositionName  string
	PositionSince *time.Time
	Unit          string
	Superior      string
	Post          string
}

// GetRosterData reads what the roster knows of a person.
func GetRosterData(ctx context.Context, q Querier, id appraisal.PersonID) (RosterData, error) {
	return one[RosterData](ctx, q, `select p.id, p.kind, p.name, p.full_name, p.email, p.language, p.active, p.mail_bouncing,
			coalesce(e.nip, '') as nip, coalesce(e.sex, '') as sex, e.birth_date, coalesce(e.employment, '') as employment,
			coalesce(e.grade, '') as grade, coalesce(e.position_kind, '') as position_kind, coalesce(e.position_name, '') as position_name,
			e.position_since, coalesce(u.name, '') as unit, coalesce(s.full_name, '') as superior, coalesce(o.post, '') as post
		from person p left join employee e on e.person_id = p.id left join official o on o.person_id = p.id
		left join unit u on u.id = coalesce(e.unit_id, o.unit_id) left join person s on s.id = e.superior_id where p.id = $1`, id)
}

// Grant is a role that a person holds.
type Grant struct {
	Role      appraisal.Role
	Unit      string // its name, where HR is limited to it and all below; empty: the whole organisation
	GrantedAt time.Time
}

// GrantsOf returns the roles that a person was given.
func GrantsOf(ctx context.Context, q Querier, id appraisal.PersonID) ([]Grant, error) {
	return all[Grant](ctx, q, `select g.role, coalesce(u.name, '') as unit, g.granted_at from role_grant g left join unit u on u.id = g.unit_id
		where g.person_id = $1 order by g.role, u.name`, id)
}

// OwnAppraisals returns every appraisal of a person, the latest period first, withdrawn ones and those of cancelled cycles included.
func OwnAppraisals(ctx context.Context, q Querier, person appraisal.PersonID) ([]appraisal.AppraisalID, error) {
	return scalars[appraisal.AppraisalID](ctx, q, `select a.id from appraisal a join cycle c on c.id = a.cycle_id where a.employee_id = $1
		order by c.period_end desc, c.period_start desc, a.id`, person)
}

// GivenFeedback is what a person wrote about somebody's work.
type GivenFeedback struct {
	At        time.Time
	About     string
	CycleName string
	Kind      appraisal.FeedbackKind
	Text      string
	Agreed    string
	Withdrawn bool
}

// FeedbackBy returns the feedback that a person gave in others' appraisals, oldest first.
func FeedbackBy(ctx context.Context, q Querier, author appraisal.PersonID) ([]GivenFeedback, error) {
	return all[GivenFeedback](ctx, q, `select f.at, p.full_name as about, c.name as cycle_name, f.kind, f.text, f.agreed, f.withdrawn_at is not null as withdrawn
		from feedback f join appraisal a on a.id = f.appraisal_id join cycle c on c.id = a.cycle_id join person p on p.id = a.employee_id
		where f.author_id = $1 and a.employee_id <> $1 order by f.at, f.id`, author)
}

// AskedOpinion is that a person was asked for an opinion and whether they gave one; never when, and never which.
type AskedOpinion struct {
	About     string
	CycleName string
	State     string // of the step
}

// OpinionsAsked returns the opinions that a person was asked for, by cycle and name.
func OpinionsAsked(ctx context.Context, q Querier, person appraisal.PersonID) ([]AskedOpinion, error) {
	return all[AskedOpinion](ctx, q, `select p.full_name as about, c.name as cycle_name, s.state
		from step s join appraisal a on a.id = s.appraisal_id join cycle c on c.id = a.cycle_id join person p on p.id = a.employee_id
		where s.kind = 'peer_answer' and s.owner_id = $1 order by c.period_end desc, p.full_name, a.id`, person)
}

// SaidInSession is what a person proposed or said in a calibration session.
type SaidInSession struct {
	At        time.Time
	About     string
	CycleName string
	Stance    appraisal.Stance   // empty: a proposal
	Proposed  appraisal.Predikat // empty: an opinion
	Words     string
}

// SaidInSessionsBy returns what a person proposed and said in calibration sessions, oldest first.
func SaidInSessionsBy(ctx context.Context, q Querier, author appraisal.PersonID) ([]SaidInSession, error) {
	return all[SaidInSession](ctx, q, `select d.at, p.full_name as about, c.name as cycle_name, d.stance, d.proposed, d.words from (
			select given_at as at, appraisal_id, stance, '' as proposed, words from calibration_opinion where person_id = $1
			union all select changed_at, appraisal_id, '', predikat, reason from calibration_change where changed_by = $1) d
		join appraisal a on a.id = d.appraisal_id join cycle c on c.id = a.cycle_id join person p on p.id = a.employee_id
		order by d.at, p.full_name`, author)
}

// AttendedSession is that a person took part in a calibration session.
type AttendedSession struct {
	CycleName   string
	Unit        string // its name
	Level       appraisal.PositionLevel
	Round       int
	JoinedAt    time.Time
	ConfirmedAt *time.Time
}

// SessionsAttendedBy returns the calibration sessions in which a person took part, oldest first.
func SessionsAttendedBy(ctx context.Context, q Querier, person appraisal.PersonID) ([]AttendedSession, error) {
	return all[AttendedSession](ctx, q, `select c.name as cycle_name, u.name as unit, k.position_level as level, t.round, t.joined_at, t.confirmed_at
		from calibration_attendance t join cohort k on k.id = t.cohort_id join cycle c on c.id = k.cycle_id join unit u on u.id = k.unit_id
		where t.person_id = $1 order by t.joined_at, t.cohort_id`, person)
}

// GivenEvidence is a link or a file that a person added to somebody else's appraisal.
type GivenEvidence struct {
	At          time.Time
	About       string
	CycleName   string
	Purpose     appraisal.EvidencePurpose
	Link        string
	Name        string
	Size        int64
	SubmittedAt *time.Time
}

// EvidenceBy returns the evidence that a person added in others' appraisals, oldest first.
func EvidenceBy(ctx context.Context, q Querier, author appraisal.PersonID) ([]GivenEvidence, error) {
	return all[GivenEvidence](ctx, q, `select e.at, p.full_name as about, c.name as cycle_name, e.purpose, e.link, e.name, e.size, e.submitted_at
		from evidence e join appraisal a on a.id = e.appraisal_id join cycle c on c.id = a.cycle_id join person p on p.id = a.employee_id
		where e.author_id = $1 and a.employee_id <> $1 order by e.at, e.id`, author)
}

// Assessed is a level that a person reached in an assessment.
type Assessed struct {
	Competency string
	Name       string
	Source     string
	Day        time.Time
	Level      int
}

// AssessmentsOf returns the competency assessments of a person, the latest first.
func AssessmentsOf(ctx context.Context, q Querier, person appraisal.PersonID) ([]Assessed, error) {
	return all[Assessed](ctx, q, `select a.competency, c.name, a.source, a.day, a.level::int as level
		from competency_assessment a join competency c on c.code = a.competency where a.person_id = $1 order by a.day desc, a.competency, a.source`, person)
}

// MonthMeasured is one version of what was measured of a person's work in a month.
type MonthMeasured struct {
	Month      time.Time
	Received   int
	Completed  int
	OnTime     int
	MeanDays   *string
	SourceFile string
	SourceRow  int
	Number     int
	InForce    bool
	RecordedAt time.Time
}

// MeasurementsOf returns every version of what was measured of a person's work, oldest first.
func MeasurementsOf(ctx context.Context, q Querier, person appraisal.PersonID) ([]MonthMeasured, error) {
	return all[MonthMeasured](ctx, q, `select month, received, completed, on_time, mean_days::text as mean_days, source_file, source_row, number, in_force, recorded_at
		from measurement where person_id = $1 order by month, number`, person)
}

// HeldSession is a session of a person without what it is known by.
type HeldSession struct {
	Means     string
	Network   string
	Browser   string
	System    string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// SessionsOf returns the sessions of a person, the latest first.
func SessionsOf(ctx context.Context, q Querier, person appraisal.PersonID) ([]HeldSession, error) {
	return all[HeldSession](ctx, q, `select means, network, browser, system, created_at, seen_at, expires_at from session where person_id = $1
		order by created_at desc`, person)
}

// HeldMeans is something with which a person, or a program for them, gets in, without what it is known by.
type HeldMeans struct {
	Kind      string // passkey, api_token, provider
	Name      string // what the person called it; of a provider its address
	CreatedAt time.Time
	UsedAt    *time.Time
	ExpiresAt *time.Time
}

// MeansOf returns the passkeys and API tokens of a person and their accounts at providers of identities, oldest first.
func MeansOf(ctx context.Context, q Querier, person appraisal.PersonID) ([]HeldMeans, error) {
	return all[HeldMeans](ctx, q, `select 'passkey' as kind, name, created_at, used_at, null::timestamptz as expires_at from passkey where person_id = $1
		union all select 'api_token', name, created_at, seen_at, expires_at from api_token where person_id = $1
		union all select 'provider', issuer, linked_at, used_at, null from federated_identity where person_id = $1 order by created_at, name`, person)
}

// MailTo is a notice that was queued for a person, without its words: they are written when it is sent.
type MailTo struct {
	Kind      string
	Address   string
	CycleName string
	State     string
	CreatedAt time.Time
	SentAt    *time.Time
}

// MailsTo returns the notices that were queued for a person, the latest first.
func MailsTo(ctx context.Context, q Querier, person appraisal.PersonID) ([]MailTo, error) {
	return all[MailTo](ctx, q, `select m.kind, m.address, coalesce(c.name, '') as cycle_name, m.state, m.created_at, m.sent_at
		from mail m left join appraisal a on a.id = m.appraisal_id left join cycle c on c.id = a.cycle_id
		where m.recipient_id = $1 order by m.created_at desc, m.id`, person)
}

// Unsent is what a person typed into a form and has not handed in.
type Unsent struct {
	Form      string // the kind of step, or plan_change
	About     string
	CycleName string
	SavedAt   time.Time
	Body      json.RawMessage
}

// DraftsOf returns what a person typed and has not handed in, but for opinions about others, which nothing may keep beside their author.
func DraftsOf(ctx context.Context, q Querier, author appraisal.PersonID) ([]Unsent, error) {
	return all[Unsent](ctx, q, `select d.form, p.full_name as about, c.name as cycle_name, d.saved_at, d.body from (
			select s.kind as form, s.appraisal_id, d.saved_at, d.body from draft d join step s on s.id = d.step_id
				where d.author_id = $1 and s.kind <> 'peer_answer'
			union all select 'plan_change', appraisal_id, saved_at, body from plan_change_draft where author_id = $1) d
		join appraisal a on a.id = d.appraisal_id join cycle c on c.id = a.cycle_id join person p on p.id = a.employee_id
		order by d.saved_at desc, d.form`, author)
}
