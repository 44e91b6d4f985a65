-- +goose Up
create table cycle (
    id uuid primary key default gen_random_uuid(),
    code text not null unique,
    name text not null,
    period_start date not null,
    period_end date not null,
    policy text not null,
    policy_version text not null,
    template jsonb not null,
    first_stage text not null,
    units text[] not null default '{}',
    status text not null default 'draft'
        check (status in ('draft', 'launching', 'running', 'paused', 'closed', 'cancelled')),
    created_at timestamptz not null,
    created_by uuid references person,
    launched_at timestamptz,
    paused_at timestamptz,
    ended_at timestamptz,
    run integer not null default 1,
    version bigint not null default 1
);

create table cohort (
    id uuid primary key default gen_random_uuid(),
    cycle_id uuid not null references cycle,
    unit_id uuid not null references unit,
    position_level text not null,
    status text not null default 'waiting' check (status in ('waiting', 'open', 'locked')),
    round integer not null default 1,
    deadline timestamptz,
    opened_at timestamptz,
    locked_at timestamptz,
    locked_by uuid references person,
    justification text not null default '',
    run integer not null default 1,
    version bigint not null default 1,
    unique (cycle_id, unit_id, position_level)
);

create table organisation_rating (
    cycle_id uuid not null references cycle,
    unit_id uuid not null references unit,
    rating text not null,
    evidence text not null,
    rated_by uuid references person,
    rated_at timestamptz not null,
    primary key (cycle_id, unit_id)
);

create table appraisal (
    id uuid primary key default gen_random_uuid(),
    cycle_id uuid not null references cycle,
    employee_id uuid not null references person,
    unit_id uuid not null references unit,
    position_kind text not null,
    appraiser_id uuid references person,
    reviewer_id uuid references person,
    cohort_id uuid references cohort,
    stage text not null,
    stage_at timestamptz not null,
    health text not null default 'on_time',
    waiting_on text not null default 'nobody',
    waiting_since timestamptz,
    stage_deadline timestamptz,
    cohort_ready_at timestamptz,
    cohort_round integer,
    outcome text not null default '',
    ended_at timestamptz,
    end_reason text not null default '',
    run integer not null default 1,
    version bigint not null default 1,
    unique (cycle_id, employee_id)
);
create index appraisal_employee on appraisal (employee_id);
create index appraisal_appraiser on appraisal (appraiser_id, cycle_id);
create index appraisal_reviewer on appraisal (reviewer_id, cycle_id);
create index appraisal_cohort on appraisal (cohort_id);
create index appraisal_funnel on appraisal (cycle_id, stage, health, unit_id);
create index appraisal_stalled on appraisal (health, cycle_id) where ended_at is null and health not in ('on_time', 'paused');
create index appraisal_deadline on appraisal (stage_deadline) where ended_at is null and health = 'on_time';

create table stage_entry (
    appraisal_id uuid not null references appraisal,
    stage text not null,
    entered_at timestamptz not null,
    left_at timestamptz,
    outcome text not null default '',
    primary key (appraisal_id, stage)
);

create table step (
    id uuid primary key default gen_random_uuid(),
    appraisal_id uuid not null references appraisal,
    kind text not null,
    owner_id uuid references person,
    round integer not null default 1,
    state text not null default 'open' check (state in ('open', 'done', 'expired', 'cancelled')),
    outcome text not null default '',
    overdue boolean not null default false,
    opened_at timestamptz not null,
    deadline timestamptz,
    closed_at timestamptz,
    version bigint not null default 1,
    followed boolean not null default false
);
create index step_owner_open on step (owner_id, deadline) where state = 'open';
create index step_appraisal on step (appraisal_id, kind, round);
create unique index step_once on step (appraisal_id, kind, round) where kind <> 'peer_answer';
create unique index step_peer_once on step (appraisal_id, owner_id) where kind = 'peer_answer';

create table step_due (
    step_id uuid not null references step,
    kind text not null,
    ordinal integer not null,
    at timestamptz not null,
    fires_at timestamptz not null,
    done_at timestamptz,
    primary key (step_id, kind, ordinal)
);
create index step_due_pending on step_due (step_id, fires_at) where done_at is null;

create table draft (
    step_id uuid not null references step,
    author_id uuid not null references person,
    body jsonb not null,
    saved_at timestamptz not null,
    primary key (step_id, author_id)
);

create table act (
    idempotency_key text not null,
    actor_id uuid not null references person,
    name text not null,
    subject text not null,
    body_digest bytea not null,
    answer jsonb,
    at timestamptz not null,
    primary key (actor_id, name, subject, idempotency_key)
);
create index act_at on act (at);

create table wake (
    id bigint generated always as identity primary key,
    workflow_id text not null,
    available_at timestamptz not null,
    attempts integer not null default 0
);
create index wake_available on wake (available_at);

create table audit_event (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor_id uuid references person,
    action text not null,
    appraisal_id uuid references appraisal,
    subject text not null default '',
    detail jsonb not null default '{}'
);
create index audit_event_appraisal on audit_event (appraisal_id, id);

-- +goose Down
drop table audit_event, wake, act, draft, step_due, step, stage_entry, appraisal, organisation_rating, cohort, cycle;
