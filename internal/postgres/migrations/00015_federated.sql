-- +goose Up
-- A sign-in that is under way at the provider of identities: used up by its answer, whatever that is.
create table federated_flow (
    state_digest bytea primary key,
    browser_digest bytea not null, -- of the cookie of the browser that began it
    nonce text not null,
    verifier text not null,
    next text not null, -- the page that the person wanted
    expires_at timestamptz not null
);
create index federated_flow_expires on federated_flow (expires_at);

-- Who an account at a provider belongs to. Addresses change their owners; the provider's own id of an account never does.
create table federated_identity (
    issuer text not null,
    subject text not null,
    person_id uuid not null references person,
    linked_at timestamptz not null,
    used_at timestamptz not null,
    primary key (issuer, subject),
    unique (issuer, person_id)
);
create index federated_identity_person on federated_identity (person_id);

-- A passkey that somebody signs in with. Its public key and counter are in the credential, as the library keeps them.
create table passkey (
    id uuid primary key default gen_random_uuid(),
    person_id uuid not null references person,
    credential_id bytea not null unique,
    credential jsonb not null,
    name text not null,
    created_at timestamptz not null,
    used_at timestamptz,
    suspected_at timestamptz -- when its counter did not go on: there may be a copy
);
create index passkey_person on passkey (person_id, created_at);

-- An exchange with somebody's authenticator: used up by its answer, whatever that is.
create table passkey_ceremony (
    ticket_digest bytea primary key,
    person_id uuid references person, -- who adds a passkey; null: somebody signs in
    kept jsonb not null,
    expires_at timestamptz not null
);
create index passkey_ceremony_expires on passkey_ceremony (expires_at);

-- +goose Down
drop table passkey_ceremony, passkey, federated_identity, federated_flow;
