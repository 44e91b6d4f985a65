-- +goose Up
create table plan (
    id uuid primary key default gen_random_uuid(),
    appraisal_id uuid not null references appraisal,
    number integer not null,
    state text not null check (state in ('submitted', 'returned', 'approved')),
    submitted_at timestamptz not null,
    decided_at timestamptz,
    decided_by uuid references person,
    comment text not null default '',
    unique (appraisal_id, number)
);

create table key_result (
    id uuid primary key default gen_random_uuid(),
    plan_id uuid not null references plan,
    ordinal integer not null,
    statement text not null,
    serves_key_result uuid references key_result,
    serves_strategy uuid references strategy_item,
    check ((serves_key_result is null) <> (serves_strategy is null))
);
create index key_result_plan on key_result (plan_id, ordinal);

create table indicator (
    id uuid primary key default gen_random_uuid(),
    key_result_id uuid not null references key_result,
    ordinal integer not null,
    aspect text not null,
    description text not null,
    target numeric not null check (target > 0),
    measure text not null,
    direction text not null check (direction in ('more', 'less'))
);
create index indicator_key_result on indicator (key_result_id, ordinal);

create table progress_entry (
    id uuid primary key default gen_random_uuid(),
    appraisal_id uuid not null references appraisal,
    indicator_id uuid not null references indicator,
    author_id uuid not null references person,
    at timestamptz not null,
    value numeric,
    note text not null default '',
    evidence text not null default ''
);
create index progress_entry_appraisal on progress_entry (appraisal_id, at);

create table self_review (
    appraisal_id uuid primary key references appraisal,
    submitted_at timestamptz not null,
    achievements text not null,
    obstacles text not null default '',
    development text not null default ''
);

create table realisation (
    appraisal_id uuid not null references appraisal,
    indicator_id uuid not null references indicator,
    value numeric,
    note text not null default '',
    primary key (appraisal_id, indicator_id)
);

create table peer_nomination (
    appraisal_id uuid not null references appraisal,
    peer_id uuid not null references person,
    category text not null check (category in ('peer', 'subordinate')),
    ordinal integer not null,
    approved boolean not null default false,
    primary key (appraisal_id, peer_id)
);
create index peer_nomination_peer on peer_nomination (peer_id) where approved;

-- Tied to its invitation while the stage is open; emptied into peer_opinion when it closes.
create table peer_answer (
    step_id uuid primary key references step,
    category text not null,
    scores smallint[] not null,
    comment text not null default ''
);

-- Neither author nor time nor order: a random id is the only key.
create table peer_opinion (
    id uuid primary key default gen_random_uuid(),
    appraisal_id uuid not null references appraisal,
    category text not null,
    scores smallint[] not null,
    comment text not null default ''
);
create index peer_opinion_appraisal on peer_opinion (appraisal_id);

create table peer_aggregate (
    appraisal_id uuid not null references appraisal,
    category text not null,
    answers integer not null,
    withheld boolean not null,
    averages text[] not null default '{}',
    comments text[] not null default '{}',
    primary key (appraisal_id, category)
);

create table rating (
    appraisal_id uuid not null references appraisal,
    number integer not null,
    source text not null check (source in ('review', 'calibration', 'objection')),
    work_result text not null,
    behaviour text not null,
    predikat text not null,
    comment text not null default '',
    reason text not null default '',
    explanation jsonb not null,
    rated_by uuid references person,
    rated_at timestamptz not null,
    cohort_version bigint,
    primary key (appraisal_id, number)
);

create table competency_rating (
    appraisal_id uuid not null references appraisal,
    competency text not null references competency,
    required smallint not null,
    level smallint not null check (level between 1 and 5),
    primary key (appraisal_id, competency)
);

create table calibration_change (
    cohort_id uuid not null references cohort,
    appraisal_id uuid not null references appraisal,
    work_result text not null,
    behaviour text not null,
    predikat text not null,
    reason text not null,
    changed_by uuid not null references person,
    changed_at timestamptz not null,
    primary key (cohort_id, appraisal_id)
);

create table objection (
    appraisal_id uuid primary key references appraisal,
    reasons text not null,
    evidence text not null default '',
    filed_at timestamptz not null,
    answer text not null default '',
    answered_at timestamptz,
    decision text not null default '' check (decision in ('', 'upheld', 'changed')),
    decision_reason text not null default '',
    decided_by uuid references person,
    decided_at timestamptz
);

create table recommendation (
    appraisal_id uuid not null references appraisal,
    ordinal integer not null,
    training text not null references training,
    competency text not null references competency,
    reason jsonb not null,
    approved boolean not null default true,
    primary key (appraisal_id, ordinal)
);

create table development_plan (
    appraisal_id uuid primary key references appraisal,
    state text not null check (state in ('proposed', 'approved')),
    gaps jsonb not null,
    hours integer not null,
    notes jsonb not null default '[]',
    comment text not null default '',
    approved_by uuid references person,
    approved_at timestamptz
);

-- +goose Down
drop table development_plan, recommendation, objection, calibration_change, competency_rating, rating, peer_aggregate,
    peer_opinion, peer_answer, peer_nomination, realisation, self_review, progress_entry, indicator, key_result, plan;
