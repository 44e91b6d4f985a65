package postgres

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// APIToken is a token by which a program acts for a person.
type APIToken struct {
	ID        string
	PersonID  appraisal.PersonID
	Name      string
	Scopes    []appraisal.TokenScope
	CreatedAt time.Time
	ExpiresAt time.Time
	SeenAt    *time.Time
}

// InsertAPIToken stores a token under its digest. One that is made while the data are those of the demonstration ends with them.
func InsertAPIToken(ctx context.Context, q Querier, digest []byte, t APIToken) (id string, err error) {
	return scalar[string](ctx, q, `insert into api_token (person_id, name, token_digest, scopes, created_at, expires_at, demonstration)
		select $1, $2, $3, $4, $5, $6, demonstration from installation returning id`, t.PersonID, t.Name, digest, texts(t.Scopes), t.CreatedAt, t.ExpiresAt)
}

// LockPerson holds the row of a person, so that what is counted of theirs stays so.
func LockPerson(ctx context.Context, q Querier, id appraisal.PersonID) error {
	_, err := scalar[bool](ctx, q, `select active from person where id = $1 for no key update`, id)
	return err
}

// APITokens returns a person's tokens, the newest first, those that have expired included.
func APITokens(ctx context.Context, q Querier, person appraisal.PersonID) ([]APIToken, error) {
	return all[APIToken](ctx, q, `select id, person_id, name, scopes, created_at, expires_at, seen_at from api_token where person_id = $1
		order by created_at desc, id`, person)
}

// DeleteAPIToken revokes a token of a person and returns its name; ok is false if they have no such token.
func DeleteAPIToken(ctx context.Context, q Querier, person appraisal.PersonID, id string) (name string, ok bool, err error) {
	names, err := scalars[string](ctx, q, `delete from api_token where id::text = $1 and person_id = $2 returning name`, id, person)
	if err != nil || len(names) == 0 {
		return "", false, err
	}
	return names[0], true, nil
}

// TokenActor is who a token acts for.
type TokenActor struct {
	Acting
	TokenID string
	Scopes  []appraisal.TokenScope
	SeenAt  *time.Time
}

// TokenByDigest returns who a token acts for, with the roles that they hold now, and nil if it is unknown, has expired, or its person
// has left.
func TokenByDigest(ctx context.Context, q Querier, digest []byte, now time.Time) (*TokenActor, error) {
	return optional[TokenActor](ctx, q, `select p.id, p.full_name, p.language, k.id as token_id, k.scopes, k.seen_at,
		`+grantedSQL+`
		from api_token k join person p on p.id = k.person_id where k.token_digest = $1 and k.expires_at > $2 and p.active`, digest, now)
}

// TouchAPIToken records that a token is in use.
func TouchAPIToken(ctx context.Context, q Querier, id string, at time.Time) error {
	_, err := exec(ctx, q, `update api_token set seen_at = greatest(seen_at, $2) where id = $1`, id, at)
	return err
}

// DeleteAPITokens revokes all tokens of a person and returns how many there were.
func DeleteAPITokens(ctx context.Context, q Querier, person appraisal.PersonID) (int64, error) {
	return exec(ctx, q, `delete from api_token where person_id = $1`, person)
}
