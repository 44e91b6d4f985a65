-- +goose Up
-- Every rating that HR gave to a unit stays, with why it was changed; the highest number is in force.
alter table organisation_rating
    add column number integer not null default 1,
    add column reason text not null default '',
    drop constraint organisation_rating_pkey,
    add primary key (cycle_id, unit_id, number);

-- A proposal of a session ends, it is never overwritten: who proposed what, and what became of it, is part of the result.
alter table calibration_change
    drop constraint calibration_change_pkey,
    add column id uuid primary key default gen_random_uuid(),
    add column ordinal bigint not null generated always as identity,
    add column round integer not null default 1,
    add column ended_at timestamptz,
    add column ended_by uuid references person,
    add column ended_how text not null default '' check (ended_how in ('', 'withdrawn', 'replaced')),
    add check ((ended_at is null) = (ended_how = ''));
create unique index calibration_change_in_force on calibration_change (cohort_id, appraisal_id) where ended_at is null;
create index calibration_change_appraisal on calibration_change (appraisal_id);

-- What the committee says to a proposal, or to a rating that nobody wants to change (change_id is null).
create table calibration_opinion (
    id bigint generated always as identity primary key,
    cohort_id uuid not null references cohort,
    round integer not null,
    appraisal_id uuid not null references appraisal,
    change_id uuid references calibration_change,
    person_id uuid not null references person,
    stance text not null check (stance in ('agree', 'oppose', 'explain')),
    words text not null default '',
    given_at timestamptz not null
);
create index calibration_opinion_appraisal on calibration_opinion (appraisal_id, id);
create index calibration_opinion_cohort on calibration_opinion (cohort_id, id);

-- Who of the committee takes part. A confirmation is of one version of the session: any change makes it void by itself.
create table calibration_attendance (
    cohort_id uuid not null references cohort,
    round integer not null,
    person_id uuid not null references person,
    joined_at timestamptz not null,
    confirmed_version bigint,
    confirmed_at timestamptz,
    primary key (cohort_id, round, person_id)
);

-- What held when a session was locked, frozen: the unit's rating may change later, and a follow-up session uses the cohort again.
create table calibration_session (
    cohort_id uuid not null references cohort,
    round integer not null,
    locked_at timestamptz not null,
    locked_by uuid not null references person,
    rating text not null, -- of the organisation; empty where none was given
    justification text not null default '',
    committee integer not null, -- people who held the role
    needed integer not null,
    confirmed integer not null,
    guidelines jsonb not null,
    primary key (cohort_id, round)
);
alter table cohort drop column locked_by;

-- +goose Down
alter table cohort add column locked_by uuid references person;
drop table calibration_session, calibration_attendance, calibration_opinion;
delete from calibration_change where ended_at is not null;
drop index calibration_change_in_force, calibration_change_appraisal;
alter table calibration_change
    drop column id, drop column ordinal, drop column round, drop column ended_at, drop column ended_by, drop column ended_how,
    add primary key (cohort_id, appraisal_id);
delete from organisation_rating o using organisation_rating later
    where later.cycle_id = o.cycle_id and later.unit_id = o.unit_id and later.number > o.number;
alter table organisation_rating drop constraint organisation_rating_pkey, drop column number, drop column reason,
    add primary key (cycle_id, unit_id);
