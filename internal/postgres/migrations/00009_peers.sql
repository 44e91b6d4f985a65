-- +goose Up
-- Who was named in the extension has round 2: those who were asked before are not asked again.
alter table peer_nomination add column round integer not null default 1 check (round in (1, 2));

-- The one extension of a stage whose answers were too few. It is recorded also where it could not be given, so that the page
-- can say why the stage went on. It names categories, never how many answered.
create table peer_extension (
    appraisal_id uuid primary key references appraisal,
    at timestamptz not null,
    categories text[] not null,
    granted boolean not null
);

-- How many were asked, which those who chose them know; how many answered is told only together with an average.
alter table peer_aggregate add column asked integer not null default 0;

create table peer_overall (
    appraisal_id uuid primary key references appraisal,
    value_scores text[] not null,
    score text not null,
    explanation jsonb not null
);

-- The fairness pulse of a cycle. It opens with the first result that is final and closes with the cycle, or when its days are over.
create table pulse (
    cycle_id uuid primary key references cycle,
    days integer not null default 30 check (days between 1 and 365),
    opened_at timestamptz,
    closed_at timestamptz,
    minimum integer not null default 0, -- answers that a group needed
    answers integer not null default 0, -- published, with their means, when it closed
    understandable text not null default '',
    fair text not null default ''
);

-- Tied to the appraisal of its author while the pulse is open; emptied into pulse_opinion when it closes. It has no time: its
-- author may change it until then.
create table pulse_answer (
    appraisal_id uuid primary key references appraisal,
    understandable smallint not null check (understandable between 1 and 5),
    fair smallint not null check (fair between 1 and 5),
    comment text not null default ''
);

-- Neither author nor time nor order, and no unit but that of its group, which is large enough.
create table pulse_opinion (
    id uuid primary key default gen_random_uuid(),
    cycle_id uuid not null references cycle,
    group_id uuid not null references unit,
    understandable smallint not null,
    fair smallint not null,
    comment text not null default ''
);
create index pulse_opinion_group on pulse_opinion (cycle_id, group_id);

-- What was published, once. The groups of a cycle share nobody and leave nobody out, so that no two of them differ by a few.
create table pulse_result (
    cycle_id uuid not null references cycle,
    group_id uuid not null references unit,
    units uuid[] not null,
    answers integer not null,
    understandable text not null,
    fair text not null,
    comments text[] not null default '{}',
    primary key (cycle_id, group_id)
);

-- +goose Down
drop table pulse_result, pulse_opinion, pulse_answer, pulse, peer_overall, peer_extension;
alter table peer_aggregate drop column asked;
alter table peer_nomination drop column round;
