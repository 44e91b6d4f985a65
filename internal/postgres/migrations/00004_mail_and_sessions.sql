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
    message_id text, -- the same for all notices that were merged into one message
    claim text, -- the drain that has the message in hand, until available_at
    in_doubt boolean not null default false, -- an attempt may have delivered it: only the very same message may be sent again
    attempts integer not null default 0,
    available_at timestamptz not null,
    created_at timestamptz not null,
    sent_at timestamptz,
    failure text not null default '', -- cause of the last failed attempt, a translation key below mail.failure
    failure_code integer not null default 0, -- the server's answer, 0 if it gave none
    error text not null default '' -- the server's words
);
create index mail_available on mail (available_at) where state in ('queued', 'sending');
create index mail_urgent on mail (available_at) where state in ('queued', 'sending') and kind in ('sign_in', 'invitation');
create index mail_recipient on mail (recipient_id) where state = 'queued';
create index mail_state on mail (state, created_at, id);
create index mail_created on mail (created_at, id);
create index mail_message on mail (message_id) where state = 'sending';
create index person_bouncing on person (id) where mail_bouncing;

-- Only somebody who waits at the sign-in page is announced: a notification makes the commits that carry one wait for each
-- other, which the acts of a whole office must not. Other mail is found by looking twice a second.
create function announce_mail() returns trigger language plpgsql as 'begin perform pg_notify(''mail'', ''''); return null; end';
create trigger mail_announced after insert on mail for each row when (new.kind in ('sign_in', 'invitation'))
    execute function announce_mail();

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
    next text not null default '', -- the page that the person wanted
    demonstration boolean not null default false
);
create index sign_in_link_person on sign_in_link (person_id, created_at);

-- How often links were asked for, by digests of networks and of addresses.
create table sign_in_rate (
    scope bytea primary key,
    since timestamptz not null,
    count integer not null
);
create index sign_in_rate_since on sign_in_rate (since);

create table session (
    token_digest bytea primary key,
    person_id uuid not null references person,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    demonstration boolean not null default false
);
create index session_person on session (person_id);
create index session_expires on session (expires_at);

-- +goose Down
drop index person_bouncing;
drop table session, sign_in_rate, sign_in_link, mail_digest, mail;
drop function announce_mail;
