package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// Session is somebody's session in one browser or program.
type Session struct {
	ID            string
	PersonID      appraisal.PersonID
	Means         string
	Network       string
	Browser       string
	System        string
	Demonstration bool
	Remembered    bool // by a provider of identities, which did not ask who sits there
	CreatedAt     time.Time
	SeenAt        time.Time
	ExpiresAt     time.Time
}

// InsertSession stores a session under its token's digest, and forgets some sessions and links that are over. It returns false if
// the person has left.
func InsertSession(ctx context.Context, q Querier, digest []byte, s Session, idleSince time.Time) (id string, ok bool, err error) {
	batch := &pgx.Batch{}
	batch.Queue(`delete from session where id in (select id from session where expires_at <= $1 order by expires_at limit 100 for update skip locked)`, s.CreatedAt)
	batch.Queue(`delete from session where id in (select id from session where seen_at <= $1 order by seen_at limit 100 for update skip locked)`, idleSince)
	batch.Queue(`delete from sign_in_link where token_digest in
		(select token_digest from sign_in_link where expires_at <= $1 order by expires_at limit 100 for update skip locked)`, s.CreatedAt)
	if err := q.SendBatch(ctx, batch).Close(); err != nil {
		return "", false, Mapped(err)
	}
	ids, err := scalars[string](ctx, q, `insert into session
		(token_digest, person_id, means, network, browser, system, demonstration, remembered, created_at, seen_at, expires_at, token_at, confirmed_at)
		select $1, id, $3, $4, $5, $6, $7, $10, $8, $8, $9, $8, $8 from person where id = $2 and active returning id`,
		digest, s.PersonID, s.Means, s.Network, s.Browser, s.System, s.Demonstration, s.CreatedAt, s.ExpiresAt, s.Remembered)
	if err != nil || len(ids) == 0 {
		return "", false, err
	}
	return ids[0], true, nil
}

// Acting is a person with what has been granted to them, by whatever they act.
type Acting struct {
	ID       appraisal.PersonID
	FullName string
	Language string
	Roles    []appraisal.Role
	HRUnits  []appraisal.UnitID // nil: not in HR, or HR of the whole organisation
}

// SessionActor is who a session belongs to.
type SessionActor struct {
	Acting
	For         []appraisal.PersonID // who have delegated their duties to them
	SessionID   string
	SeenAt      time.Time
	TokenAt     time.Time // since when the session has its token
	ConfirmedAt time.Time // when the token was shown first; before TokenAt: it has not been shown yet
}

// LiveSession says which sessions have not ended: those used after IdleSince, or after BriefSince where their person holds one of
// the Brief roles. Day is that of Now in the office's zone.
type LiveSession struct {
	Now, IdleSince, BriefSince time.Time
	Day                        time.Time
	Brief                      []appraisal.Role
}

// unendedSQL are the conditions of a session s of the person p with the four parameters of args.
const unendedSQL = ` s.expires_at > $1 and p.active and s.seen_at > case when exists
	(select from role_grant b where b.person_id = p.id and b.role = any($2)) then $3 else $4::timestamptz end `

func (l LiveSession) args(more ...any) []any {
	return append([]any{l.Now, texts(l.Brief), l.BriefSince, l.IdleSince}, more...)
}

// grantedSQL reads what has been granted to the person p: the roles, and every unit of which they are HR with all below, the upper
// ones first; null to whoever is HR of the whole organisation or of nothing.
const grantedSQL = `array(select distinct role from role_grant g where g.person_id = p.id order by role) as roles,
		case when exists (select from role_grant g where g.person_id = p.id and g.role = 'hr')
				and not exists (select from role_grant g where g.person_id = p.id and g.role = 'hr' and g.unit_id is null) then
			array(with recursive served as (
					select g.unit_id as id, 0 as far from role_grant g where g.person_id = p.id and g.role = 'hr'
					union all select u.id, s.far + 1 from unit u join served s on u.parent_id = s.id where s.far < 50)
				select id from served group by id order by min(far), id) end as hr_units`

var sessionActorSQL = `select p.id, p.full_name, p.language, s.id as session_id, s.seen_at, s.token_at, s.confirmed_at,
	` + grantedSQL + `,
	array(select d.delegator_id from delegation d where d.delegate_id = p.id and ` + inForceSQL("$6") + ` order by d.delegator_id) as for
	from session s join person p on p.id = s.person_id where` + unendedSQL

// SessionByDigest returns who is signed in, and nil if the session is unknown or over: its person has left, it has expired, or
// nobody has used it for too long.
func SessionByDigest(ctx context.Context, q Querier, digest []byte, live LiveSession) (*SessionActor, error) {
	return optional[SessionActor](ctx, q, sessionActorSQL+`and s.token_digest = $5`, live.args(digest, live.Day)...)
}

// FormerToken is a token in whose place another one has come.
type FormerToken struct {
	SessionID string
	At        time.Time // when that was
}

// LockFormerToken finds the session that had a token once, and holds its row. It returns nil for a token that no session had.
func LockFormerToken(ctx context.Context, q Querier, digest []byte) (*FormerToken, error) {
	return optional[FormerToken](ctx, q, `select f.session_id, f.at from former_session_token f join session s on s.id = f.session_id
		where f.token_digest = $1 for update of s`, digest)
}

// SessionByID is SessionByDigest for a session that is known by its id.
func SessionByID(ctx context.Context, q Querier, id string, live LiveSession) (*SessionActor, error) {
	return optional[SessionActor](ctx, q, sessionActorSQL+`and s.id = $5`, live.args(id, live.Day)...)
}

// ReplaceToken gives a session another token, unless somebody else has done so since tokenAt.
func ReplaceToken(ctx context.Context, q Querier, id string, tokenAt time.Time, digest []byte, at time.Time) (bool, error) {
	n, err := exec(ctx, q, `with former as (select id, token_digest from session where id = $1 and token_at = $2 for update),
		kept as (insert into former_session_token (token_digest, session_id, at) select token_digest, id, $4 from former)
		update session s set token_digest = $3, token_at = $4, seen_at = greatest(seen_at, $4) from former where s.id = former.id`, id, tokenAt, digest, at)
	return n == 1, err
}

// TouchSession records that a session is in use, with the token that it has.
func TouchSession(ctx context.Context, q Querier, digest []byte, at time.Time) error {
	_, err := exec(ctx, q, `update session set seen_at = greatest(seen_at, $2), confirmed_at = case when confirmed_at < token_at then $2 else confirmed_at end
		where token_digest = $1`, digest, at)
	return err
}

// Sessions returns a person's sessions that have not ended, the last used first.
func Sessions(ctx context.Context, q Querier, person appraisal.PersonID, live LiveSession) ([]Session, error) {
	return all[Session](ctx, q, `select s.id, s.person_id, s.means, s.network, s.browser, s.system, s.demonstration, s.remembered, s.created_at, s.seen_at, s.expires_at
		from session s join person p on p.id = s.person_id where`+unendedSQL+`and p.id = $5 order by s.seen_at desc, s.id`, live.args(person)...)
}

// SessionProof is what a session says about who sits there now.
type SessionProof struct {
	BegunAt       time.Time
	Demonstration bool
	Remembered    bool
}

// ProofOf reads it, nil for a session that is not the person's.
func ProofOf(ctx context.Context, q Querier, person appraisal.PersonID, session string) (*SessionProof, error) {
	return optional[SessionProof](ctx, q, `select created_at as begun_at, demonstration, remembered from session where id::text = $2 and person_id = $1`, person, session)
}

// EndSession ends one session of a person and returns false if they have no such session.
func EndSession(ctx context.Context, q Querier, person appraisal.PersonID, id string) (bool, error) {
	n, err := exec(ctx, q, `delete from session where id::text = $1 and person_id = $2`, id, person)
	return n == 1, err
}

// EndSessions ends all sessions of a person but the one to keep, which may be empty, and returns how many.
func EndSessions(ctx context.Context, q Querier, person appraisal.PersonID, keep string) (int64, error) {
	return exec(ctx, q, `delete from session where person_id = $1 and id::text <> $2`, person, keep)
}

// EndSessionByDigest ends the session with a token and returns whose it was, nil if there was none.
func EndSessionByDigest(ctx context.Context, q Querier, digest []byte) (*appraisal.PersonID, error) {
	list, err := scalars[appraisal.PersonID](ctx, q, `delete from session where token_digest = $1 returning person_id`, digest)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}
