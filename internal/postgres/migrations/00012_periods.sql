-- +goose Up
-- Who was added after the launch may begin at a later stage than the cycle does.
alter table appraisal add column first_stage text;

-- Pipelines that were added to a running cycle and whose workflow has not been started yet: the cycle's own look starts them, so
-- that adding somebody never depends on Temporal being there at that moment.
create table late_start (
    appraisal_id uuid primary key references appraisal,
    cycle_id uuid not null references cycle,
    at timestamptz not null
);
create index late_start_cycle on late_start (cycle_id, at);

-- Months served of a period's months. Who served the whole period has no row.
create table tenure (
    appraisal_id uuid primary key references appraisal,
    served smallint not null,
    months smallint not null check (months > 0),
    since date,
    cause text not null check (cause in ('appointed', 'position', 'joined', 'corrected')),
    reason text not null default '', -- HR's words for a correction
    corrected_by uuid references person,
    corrected_at timestamptz,
    check (served between 0 and months)
);

-- Which version of each periodic rating was in force when a version of the rating around it was stored: a periodic rating that is
-- changed afterwards is shown as changed since, and never alters what was decided.
create table rating_period (
    appraisal_id uuid not null,
    number integer not null,
    period_appraisal_id uuid not null references appraisal,
    period_number integer not null,
    primary key (appraisal_id, number, period_appraisal_id),
    foreign key (appraisal_id, number) references rating
);

-- A training that somebody took, by their own word until the superior or HR has verified it.
create table training_taken (
    id uuid primary key default gen_random_uuid(),
    person_id uuid not null references person,
    training text references training, -- of the catalogue, if it is one
    title text not null,
    hours integer not null check (hours > 0),
    finished date not null,
    evidence text not null,
    state text not null default 'recorded' check (state in ('recorded', 'verified', 'refused')),
    comment text not null default '',
    recorded_at timestamptz not null,
    decided_by uuid references person,
    decided_at timestamptz
);
create index training_taken_person on training_taken (person_id, finished);
create unique index training_taken_once on training_taken (person_id, training) where state <> 'refused';

-- +goose Down
drop table training_taken, rating_period, tenure, late_start;
alter table appraisal drop column first_stage;
