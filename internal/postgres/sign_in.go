package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// CountRequest counts a request under a scope and returns how many there were since the window of the given length began.
// Windows that are long over are forgotten on the way.
func CountRequest(ctx context.Context, q Querier, scope []byte, now time.Time, window time.Duration) (int, error) {
	begun := now.Add(-window)
	if _, err := exec(ctx, q, `delete from sign_in_rate where scope in
		(select scope from sign_in_rate where since <= $1 and scope <> $2 limit 100 for update skip locked)`, begun, scope); err != nil {
		return 0, err
	}
	return scalar[int](ctx, q, `insert into sign_in_rate as r (scope, since, count) values ($1, $2, 1)
		on conflict (scope) do update set since = case when r.since <= $3 then $2 else r.since end,
			count = case when r.since <= $3 then 1 else r.count + 1 end
		returning count`, scope, now, begun)
}

// RequestsCounted returns how many requests were counted under a scope since the window began.
func RequestsCounted(ctx context.Context, q Querier, scope []byte, now time.Time, window time.Duration) (int, error) {
	return scalar[int](ctx, q, `select coalesce((select count from sign_in_rate where scope = $1 and since > $2), 0)`, scope, now.Add(-window))
}

// NewLink is a sign-in link; of its token only the digest is kept, beside the mail that carries it.
type NewLink struct {
	Digest  []byte
	Token   string
	Key     string // of the mail
	Kind    string // of the mail
	Next    string
	At      time.Time
	Expires time.Time
	Asker   []byte // digest of what the asking browser keeps; nil: the link works wherever it is opened
	Code    []byte // digest of the code to type there
}

// MailLink stores a link for the active person with the address and queues the mail that carries it. For an unknown address
// it does the same work, and what was asked for by a browser is stored as nobody's, so that neither the time it takes nor what
// happens afterwards tells anything.
func MailLink(ctx context.Context, q Querier, email string, l NewLink) error {
	args, err := json.Marshal(map[string]string{"token": l.Token})
	if err != nil {
		return err
	}
	_, err = exec(ctx, q, `with reader as (select id, email from person where lower(email) = lower($1) and active),
		link as (insert into sign_in_link (token_digest, person_id, created_at, expires_at, next, asker_digest, code_digest)
			select $2, r.id, $3, $4, $5, $9, $10 from (select) one left join reader r on true where r.id is not null or $9::bytea is not null)
		insert into mail (key, kind, recipient_id, address, args, available_at, created_at)
			select $6, $7, id, email, $8, $3, $3 from reader`, email, l.Digest, l.At, l.Expires, l.Next, l.Key, l.Kind, args, l.Asker, l.Code)
	return err
}

// AskerKnown reports whether a browser has asked for a link that has not expired.
func AskerKnown(ctx context.Context, q Querier, asker []byte, at time.Time) (bool, error) {
	return scalar[bool](ctx, q, `select exists (select from sign_in_link where asker_digest = $1 and expires_at > $2)`, asker, at)
}

// InsertDemonstrationLink stores a link that works again and again until demonstrations are revoked. It stores nothing and
// returns false where there is real data.
func InsertDemonstrationLink(ctx context.Context, q Querier, digest []byte, person appraisal.PersonID, at time.Time) (bool, error) {
	n, err := exec(ctx, q, `insert into sign_in_link (token_digest, person_id, created_at, expires_at, demonstration)
		select $1, $2, $3, 'infinity', true from installation where demonstration`, digest, person, at)
	return n == 1, err
}

// RevokeDemonstration ends every demonstration link, every session that began with one, and every API token made meanwhile, for good: from now on the data
// are real.
func RevokeDemonstration(ctx context.Context, q Querier) error {
	for _, sql := range []string{
		`update installation set demonstration = false`,
		`delete from sign_in_link where demonstration`,
		`delete from session where demonstration`,
		`delete from api_token where demonstration`,
	} {
		if _, err := exec(ctx, q, sql); err != nil {
			return err
		}
	}
	return nil
}

// OpenedLink is a link that can be used.
type OpenedLink struct {
	Asker         []byte // digest of what the asking browser keeps; nil where it works anywhere
	Demonstration bool
}

// OpenLink returns the link with a digest, and nil if there is none, if it was used or has expired, if its person has left, or if
// the code that belongs to it was mistyped so many times.
func OpenLink(ctx context.Context, q Querier, digest []byte, attempts int, at time.Time) (*OpenedLink, error) {
	return optional[OpenedLink](ctx, q, `select l.asker_digest as asker, l.demonstration from sign_in_link l cross join person p cross join installation i
		where l.used_at is null and l.expires_at > $1 and p.id = l.person_id and p.active and (i.demonstration or not l.demonstration)
			and l.token_digest = $2 and l.attempts < $3`, at, digest, attempts)
}

// RedeemedLink is whom a link signs in.
type RedeemedLink struct {
	PersonID appraisal.PersonID
	Next     string
	Asker    []byte
}

// RedeemLink uses a link up, once, and returns nil if it cannot be used by now. A demonstration link is not used up; it works only
// while there are demonstration data.
func RedeemLink(ctx context.Context, q Querier, digest []byte, at time.Time) (*RedeemedLink, error) {
	return optional[RedeemedLink](ctx, q, `update sign_in_link l set used_at = case when l.demonstration then null else $1::timestamptz end
		from person p, installation i
		where l.used_at is null and l.expires_at > $1 and p.id = l.person_id and p.active and (i.demonstration or not l.demonstration)
			and l.token_digest = $2
		returning l.person_id, l.next, l.asker_digest as asker`, at, digest)
}

// VoidAskedLinks uses up whatever else a browser has asked for.
func VoidAskedLinks(ctx context.Context, q Querier, asker []byte, at time.Time) error {
	_, err := exec(ctx, q, `update sign_in_link set used_at = $2 where asker_digest = $1 and used_at is null`, asker, at)
	return err
}

// AskedLink is a link whose code may still be typed.
type AskedLink struct {
	Digest   []byte
	PersonID *appraisal.PersonID // nil where nobody has the address
	Code     []byte
	Attempts int
}

// LockAskedLinks returns the links that a browser has asked for and that can be used, the last first, and holds their rows.
func LockAskedLinks(ctx context.Context, q Querier, asker []byte, attempts int, at time.Time) ([]AskedLink, error) {
	return all[AskedLink](ctx, q, `select token_digest as digest, person_id, code_digest as code, attempts from sign_in_link
		where asker_digest = $1 and used_at is null and expires_at > $3 and attempts < $2
		order by created_at desc, token_digest for update`, asker, attempts, at)
}

// CountAttempt counts a wrong code against everything that a browser has asked for.
func CountAttempt(ctx context.Context, q Querier, asker []byte, at time.Time) error {
	_, err := exec(ctx, q, `update sign_in_link set attempts = attempts + 1 where asker_digest = $1 and used_at is null and expires_at > $2`, asker, at)
	return err
}

// AccountByEmail returns the active person with the address. Somebody who is not in the roster gets an account, whose name is
// the address until the roster brings a better one.
func AccountByEmail(ctx context.Context, q Querier, email string) (appraisal.PersonID, error) {
	return scalar[appraisal.PersonID](ctx, q, `insert into person (kind, name, full_name, email) values ('account', $1, $1, $1)
		on conflict (lower(email)) where active do update set email = person.email returning id`, email)
}

// PersonByEmail returns the person with the address, before others one who has not left; nil if nobody has it.
func PersonByEmail(ctx context.Context, q Querier, email string) (*appraisal.PersonID, error) {
	list, err := scalars[appraisal.PersonID](ctx, q, `select id from person where lower(email) = lower($1) order by active desc, id limit 1`, email)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// DeleteLinks makes the links that were sent to a person void, invitations too.
func DeleteLinks(ctx context.Context, q Querier, person appraisal.PersonID) error {
	_, err := exec(ctx, q, `delete from sign_in_link where person_id = $1`, person)
	return err
}
