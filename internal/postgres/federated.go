package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// FederatedFlow is a sign-in that is under way at a provider of identities.
type FederatedFlow struct {
	Nonce    string
	Verifier string
	Next     string

	AnewSince *time.Time // when somebody who was signed in began; nil for everybody else
}

// InsertFederatedFlow keeps what the provider's answer will be held against, and forgets what nobody came back from.
func InsertFederatedFlow(ctx context.Context, q Querier, state, browser []byte, f FederatedFlow, at, expires time.Time) error {
	batch := &pgx.Batch{}
	batch.Queue(`insert into federated_flow (state_digest, browser_digest, nonce, verifier, next, anew_since, expires_at)
		values ($1, $2, $3, $4, $5, $6, $7)`, state, browser, f.Nonce, f.Verifier, f.Next, f.AnewSince, expires)
	batch.Queue(`delete from federated_flow where state_digest in
		(select state_digest from federated_flow where expires_at <= $1 limit 100 for update skip locked)`, at)
	return Mapped(q.SendBatch(ctx, batch).Close())
}

// TakeFederatedFlow uses a flow up, and returns nil if there is none of that state in that browser, or none any more.
func TakeFederatedFlow(ctx context.Context, q Querier, state, browser []byte, at time.Time) (*FederatedFlow, error) {
	return optional[FederatedFlow](ctx, q, `with taken as (delete from federated_flow where state_digest = $1 and browser_digest = $2 returning *)
		select nonce, verifier, next, anew_since from taken where expires_at > $3`, state, browser, at)
}

// Known is somebody whom an identity may belong to.
type Known struct {
	ID     appraisal.PersonID
	Active bool
}

// ClaimedPerson returns who has the NIP or the address, before all others somebody who has not left, and locks them; nil if
// nobody has.
func ClaimedPerson(ctx context.Context, q Querier, i appraisal.Identity) (*Known, error) {
	if i.Claim == appraisal.ClaimEmail {
		return optional[Known](ctx, q, `select id, active from person where lower(email) = lower($1)
			order by active desc, id limit 1 for no key update`, i.Value)
	}
	return optional[Known](ctx, q, `select p.id, p.active from employee e join person p on p.id = e.person_id where e.nip = $1
		for no key update of p`, i.Value)
}

// LinkedPerson returns who has signed in with the account before, nil if nobody has.
func LinkedPerson(ctx context.Context, q Querier, i appraisal.Identity) (*Known, error) {
	return optional[Known](ctx, q, `select p.id, p.active from federated_identity f join person p on p.id = f.person_id
		where f.issuer = $1 and f.subject = $2`, i.Issuer, i.Subject)
}

// LinkIdentity remembers whose account it is. It returns false, and remembers nothing, if it is another's, or the person has
// another account at the same provider.
func LinkIdentity(ctx context.Context, q Querier, i appraisal.Identity, person appraisal.PersonID, at time.Time) (bool, error) {
	n, err := exec(ctx, q, `insert into federated_identity as f (issuer, subject, person_id, linked_at, used_at) values ($1, $2, $3, $4, $4)
		on conflict do nothing`, i.Issuer, i.Subject, person, at)
	if err != nil || n == 1 {
		return n == 1, err
	}
	n, err = exec(ctx, q, `update federated_identity set used_at = $4 where issuer = $1 and subject = $2 and person_id = $3`,
		i.Issuer, i.Subject, person, at)
	return n == 1, err
}

// UnlinkIdentities forgets every account of whoever has the NIP or the address, also of those who have left, and returns whose
// they were, once for each.
func UnlinkIdentities(ctx context.Context, q Querier, who string) ([]appraisal.PersonID, error) {
	return scalars[appraisal.PersonID](ctx, q, `delete from federated_identity f using person p left join employee e on e.person_id = p.id
		where p.id = f.person_id and (lower(p.email) = lower($1) or e.nip = $1) returning f.person_id`, who)
}
