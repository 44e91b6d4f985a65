package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/marelan/telaah/internal/appraisal"
)

// PasskeyCeremony is an exchange with somebody's authenticator that is under way.
type PasskeyCeremony struct {
	PersonID *appraisal.PersonID // who adds a passkey; nil: somebody signs in
	Kept     json.RawMessage
}

// InsertPasskeyCeremony keeps what the authenticator's answer will be held against, and forgets what was never answered.
func InsertPasskeyCeremony(ctx context.Context, q Querier, ticket []byte, c PasskeyCeremony, at, expires time.Time) error {
	batch := &pgx.Batch{}
	batch.Queue(`insert into passkey_ceremony (ticket_digest, person_id, kept, expires_at) values ($1, $2, $3, $4)`, ticket, c.PersonID, c.Kept, expires)
	batch.Queue(`delete from passkey_ceremony where ticket_digest in
		(select ticket_digest from passkey_ceremony where expires_at <= $1 limit 100 for update skip locked)`, at)
	return Mapped(q.SendBatch(ctx, batch).Close())
}

// TakePasskeyCeremony uses a ceremony up, and returns nil if there is none, or none any more.
func TakePasskeyCeremony(ctx context.Context, q Querier, ticket []byte, at time.Time) (*PasskeyCeremony, error) {
	return optional[PasskeyCeremony](ctx, q, `with taken as (delete from passkey_ceremony where ticket_digest = $1 returning *)
		select person_id, kept from taken where expires_at > $2`, ticket, at)
}

// Passkey is what a person signs in with.
type Passkey struct {
	ID          string
	PersonID    appraisal.PersonID
	Credential  json.RawMessage
	Name        string
	CreatedAt   time.Time
	UsedAt      *time.Time
	SuspectedAt *time.Time // when its counter did not go on: there may be a copy
}

const passkeyColumns = `id, person_id, credential, name, created_at, used_at, suspected_at`

// Passkeys returns a person's passkeys, oldest first.
func Passkeys(ctx context.Context, q Querier, person appraisal.PersonID) ([]Passkey, error) {
	return all[Passkey](ctx, q, `select `+passkeyColumns+` from passkey where person_id = $1 order by created_at, id`, person)
}

// InsertPasskey stores a passkey. One that is known already is CodeConflict.
func InsertPasskey(ctx context.Context, q Querier, person appraisal.PersonID, c appraisal.PasskeyCredential, name string, at time.Time) (id string, err error) {
	return scalar[string](ctx, q, `insert into passkey (person_id, credential_id, credential, name, created_at) values ($1, $2, $3, $4, $5)
		returning id::text`, person, c.ID, c.Record, name, at)
}

// LockPasskey returns the passkey with the authenticator's id, locked, and nil if there is none.
func LockPasskey(ctx context.Context, q Querier, credential []byte) (*Passkey, error) {
	return optional[Passkey](ctx, q, `select `+passkeyColumns+` from passkey where credential_id = $1 for update`, credential)
}

// UsePasskey stores a passkey as it is after it was used.
func UsePasskey(ctx context.Context, q Querier, id string, record json.RawMessage, at time.Time) error {
	_, err := exec(ctx, q, `update passkey set credential = $2, used_at = $3 where id = $1`, id, record, at)
	return err
}

// SuspectPasskey notes that there may be a copy of a passkey.
func SuspectPasskey(ctx context.Context, q Querier, id string, at time.Time) error {
	_, err := exec(ctx, q, `update passkey set suspected_at = $2 where id = $1`, id, at)
	return err
}

// DeletePasskey removes a passkey of a person and returns its name, nil if they have none of that id.
func DeletePasskey(ctx context.Context, q Querier, person appraisal.PersonID, id string) (*string, error) {
	names, err := scalars[string](ctx, q, `delete from passkey where id = $1 and person_id = $2 returning name`, id, person)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	return &names[0], nil
}

// KnownPerson returns a person's name and whether they are still here.
func KnownPerson(ctx context.Context, q Querier, person appraisal.PersonID) (name string, active bool, err error) {
	err = q.QueryRow(ctx, `select full_name, active from person where id = $1`, person).Scan(&name, &active)
	return name, active, Mapped(err)
}

// DeletePasskeys takes all passkeys of a person away and returns how many there were.
func DeletePasskeys(ctx context.Context, q Querier, person appraisal.PersonID) (int64, error) {
	return exec(ctx, q, `delete from passkey where person_id = $1`, person)
}
