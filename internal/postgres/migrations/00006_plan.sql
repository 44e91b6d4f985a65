-- +goose Up
-- A later version takes the place of an earlier one: what is current is one row for each appraisal, found without sorting.
alter table plan
    add column superseded boolean not null default false,
    add column effective_on date; -- of a version that was agreed upon in the middle of the period; null: from the beginning
create unique index plan_current on plan (appraisal_id) where not superseded;

-- A key result and an indicator that go on live in the newest version: what refers to them (progress, feedback, the key results of
-- subordinates) keeps doing so. The version before keeps a copy, which names the living row as its origin. What was dropped stays where
-- it was.
alter table key_result add column origin_id uuid references key_result;
alter table indicator add column origin_id uuid references indicator;
create index key_result_serves_key_result on key_result (serves_key_result) where serves_key_result is not null;
create index key_result_serves_strategy on key_result (serves_strategy) where serves_strategy is not null;

-- A proposal to change a plan in the middle of the period. The body is the whole plan as proposed, with the ids of what goes on.
create table plan_change (
    id uuid primary key default gen_random_uuid(),
    appraisal_id uuid not null references appraisal,
    base integer not null, -- number of the version that it changes, 0 for none
    proposed_by uuid not null references person,
    proposed_at timestamptz not null,
    reason text not null,
    effective_on date not null,
    body jsonb not null,
    state text not null default 'open' check (state in ('open', 'agreed', 'declined', 'withdrawn', 'lapsed')),
    ended_by uuid references person, -- null while open, and for what lapsed
    ended_at timestamptz,
    answer text not null default '',
    plan_id uuid references plan -- the version that came of it
);
-- Whoever is to answer has one proposal before them, and nobody answers one while another changes the plan under it.
create unique index plan_change_open on plan_change (appraisal_id) where state = 'open';
create index plan_change_appraisal on plan_change (appraisal_id, proposed_at);

-- What somebody has typed of a change that is not proposed yet.
create table plan_change_draft (
    appraisal_id uuid not null references appraisal,
    author_id uuid not null references person,
    body jsonb not null,
    saved_at timestamptz not null,
    primary key (appraisal_id, author_id)
);

-- Key results that the office offers by position, an indicator a row; whoever drafts a plan copies from them.
create table library_entry (
    id bigint generated always as identity primary key,
    position_kind text not null,
    position_name text not null default '', -- empty: every position of the kind
    statement text not null,
    indicator text not null,
    aspect text not null,
    target numeric not null check (target > 0),
    measure text not null,
    direction text not null check (direction in ('more', 'less')),
    offered boolean not null default true
);
create unique index library_entry_key on library_entry (position_kind, lower(position_name), md5(statement), md5(indicator));
-- Who holds the same position, for what people of a position planned before.
create index employee_position_name on employee (lower(position_name));

-- +goose Down
drop index employee_position_name;
drop table library_entry;
drop table plan_change_draft, plan_change;
delete from indicator where origin_id is not null;
delete from key_result where origin_id is not null;
alter table indicator drop column origin_id;
drop index key_result_serves_key_result, key_result_serves_strategy;
alter table key_result drop column origin_id;
drop index plan_current;
alter table plan drop column superseded, drop column effective_on;
