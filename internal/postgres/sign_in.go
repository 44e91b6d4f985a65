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

// NewLink is a sign-in link; of its token only the digest is kept, beside the mail that carries it.
type NewLink struct {
	Digest  []byte
	Token   string
	Key     string // of the mail
	Kind    string // of the mail
	Next    string
	At      time.Time
	Expires time.Time
}

// MailLink stores a link for the active person with the address and queues the mail that carries it. For an unknown address
// it does the same work and stores nothing, so that the time it takes tells nothing.
func MailLink(ctx context.Context, q Querier, email string, l NewLink) error {
	args, err := json.Marshal(map[string]string{"token": l.Token})
	if err != nil {
		return err
	}
	_, err = exec(ctx, q, `with reader as (select id, email from person where lower(email) = lower($1) and active),
		link as (insert into sign_in_link (token_digest, person_id, created_at, expires_at, next)
			select $2, id, $3, $4, $5 from reader)
		insert into mail (key, kind, recipient_id, address, args, available_at, created_at)
			select $6, $7, id, email, $8, $3, $3 from reader`, email, l.Digest, l.At, l.Expires, l.Next, l.Key, l.Kind, args)
	return err
}

// InsertDemonstrationLink stores a link that works again and again until demonstrations are revoked. It stores nothing and
// returns false where there is real data.
func InsertDemonstrationLink(ctx context.Context, q Querier, digest []byte, person appraisal.PersonID, at time.Time) (bool, error) {
	n, err := exec(ctx, q, `insert into sign_in_link (token_digest, person_id, created_at, expires_at, demonstration)
		select $1, $2, $3, 'infinity', true from installation where demonstration`, digest, person, at)
	return n == 1, err
}

// RevokeDemonstration ends every demonstration link and every session that began with one, for good: from now on the data
// are real.
func RevokeDemonstration(ctx context.Context, q Querier) error {
	for _, sql := range []string{
		`update installation set demonstration = false`,
		`delete from sign_in_link where demonstration`,
		`delete from session where demonstration`,
	} {
		if _, err := exec(ctx, q, sql); err != nil {
			return err
		}
	}
	return nil
}

// RedeemedLink is whom a link signs in.
type RedeemedLink struct {
	PersonID      appraisal.PersonID
	Next          string
	Demonstration bool
}

// RedeemLink uses a link up, once, and returns nil if there is no such link, if it was used or has expired, or if its person
// has left. A demonstration link is not used up; it works only while there are demonstration data.
func RedeemLink(ctx context.Context, q Querier, digest []byte, at time.Time) (*RedeemedLink, error) {
	return optional[RedeemedLink](ctx, q, `update sign_in_link l set used_at = case when l.demonstration then null else $2::timestamptz end
		from person p, installation i
		where l.token_digest = $1 and l.used_at is null and l.expires_at > $2 and p.id = l.person_id and p.active
			and (i.demonstration or not l.demonstration)
		returning l.person_id, l.next, l.demonstration`, digest, at)
}

// AccountByEmail returns the active person with the address. Somebody who is not in the roster gets an account, whose name is
// the address until the roster brings a better one.
func AccountByEmail(ctx context.Context, q Querier, email string) (appraisal.PersonID, error) {
	return scalar[appraisal.PersonID](ctx, q, `insert into person (kind, name, full_name, email) values ('account', $1, $1, $1)
		on conflict (lower(email)) where active do update set email = person.email returning id`, email)
}
