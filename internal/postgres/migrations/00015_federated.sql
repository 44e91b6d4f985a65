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

-- +goose Down
drop table federated_identity, federated_flow;
