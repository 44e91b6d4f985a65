-- +goose Up
-- A link that somebody asked for belongs to the browser that asked and has a code for typing there. Where nobody has the
-- address it belongs to no person and is mailed to nobody, so that asking and typing are answered alike.
alter table sign_in_link alter column person_id drop not null,
    add column asker_digest bytea, -- of what the asking browser keeps; null where the link works wherever it is opened
    add column code_digest bytea, -- of the asker's secret and the code together: the record alone does not tell the code
    add column attempts integer not null default 0, -- wrong codes
    add constraint sign_in_link_asked check ((asker_digest is null) = (code_digest is null)),
    add constraint sign_in_link_somebodys check (person_id is not null or asker_digest is not null);
create index sign_in_link_asker on sign_in_link (asker_digest) where asker_digest is not null;

alter table session drop constraint session_pkey,
    add column id uuid not null default gen_random_uuid() primary key,
    add constraint session_token unique (token_digest),
    add column means text not null default 'link'
        check (means in ('link', 'code', 'invitation', 'first_administrator', 'demonstration', 'openid', 'passkey')),
    add column network text not null default '',
    add column browser text not null default '', -- its name, and that of the system, never all that it says of itself
    add column system text not null default '',
    add column token_at timestamptz not null default now(), -- since when it has its token
    add column confirmed_at timestamptz not null default now(); -- when a new token was first shown: from then on the one before is on its way out
create table former_session_token (
    token_digest bytea primary key,
    session_id uuid not null references session on delete cascade,
    at timestamptz not null -- when another one took its place
);
create index former_session_token_session on former_session_token (session_id);

create table api_token (
    id uuid primary key default gen_random_uuid(),
    person_id uuid not null references person,
    name text not null,
    token_digest bytea not null unique,
    scopes text[] not null check (cardinality(scopes) > 0),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    seen_at timestamptz,
    demonstration boolean not null -- made while the data were those of the demonstration, and gone with them
);
create index api_token_person on api_token (person_id, created_at);

-- The one link by which an installation gets its first administrator.
create table first_administrator_link (
    singleton boolean primary key default true check (singleton),
    token_digest bytea not null,
    expires_at timestamptz not null
);

-- +goose Down
drop table first_administrator_link, api_token, former_session_token;
alter table session drop constraint session_pkey, drop constraint session_token, add primary key (token_digest),
    drop column id, drop column means, drop column network, drop column browser, drop column system, drop column token_at,
    drop column confirmed_at;
delete from sign_in_link where asker_digest is not null;
alter table sign_in_link drop column asker_digest, drop column code_digest, drop column attempts, alter column person_id set not null;
