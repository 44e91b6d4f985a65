-- +goose Up
create table mail (
    id uuid primary key default gen_random_uuid(),
    key text not null unique,
    kind text not null,
    recipient_id uuid references person,
    address text not null,
    appraisal_id uuid references appraisal,
    step_id uuid references step,
    args jsonb not null default '{}',
    state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'unneeded', 'failed')),
    message_id text,
    attempts integer not null default 0,
    available_at timestamptz not null,
    created_at timestamptz not null,
    sent_at timestamptz,
    error text not null default ''
);
create index mail_available on mail (available_at) where state in ('queued', 'sending');
create index mail_recipient on mail (recipient_id, state);
create index mail_state on mail (state, created_at);
create index mail_message on mail (message_id);

-- The last digest of each person, so that a day has at most one.
create table mail_digest (
    recipient_id uuid primary key references person,
    sent_on date not null
);

create table sign_in_link (
    token_digest bytea primary key,
    person_id uuid not null references person,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    demonstration boolean not null default false
);
create index sign_in_link_person on sign_in_link (person_id, created_at);

create table session (
    token_digest bytea primary key,
    person_id uuid not null references person,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null
);
create index session_person on session (person_id);

-- +goose Down
drop table session, sign_in_link, mail_digest, mail;
