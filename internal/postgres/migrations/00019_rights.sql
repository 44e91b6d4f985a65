-- +goose Up
-- What a person says is wrong in their data, and what HR answered.
create table correction (
    id uuid primary key default gen_random_uuid(),
    person_id uuid not null references person,
    field text not null,
    appraisal_id uuid references appraisal, -- of a fact of one appraisal
    recorded text not null, -- what the record said when it was asked
    wanted text not null,
    reason text not null default '',
    filed_at timestamptz not null,
    due_at timestamptz not null,
    state text not null default 'open' check (state in ('open', 'accepted', 'refused', 'withdrawn')),
    answer text not null default '', -- how it was corrected, or why not
    decided_by uuid references person, -- null: the installation's operator
    decided_at timestamptz,
    check ((state = 'open') = (decided_at is null))
);
create unique index correction_open on correction (person_id, field, coalesce(appraisal_id, '00000000-0000-0000-0000-000000000000'))
    where state = 'open';
create index correction_due on correction (due_at, id) where state = 'open';
create index correction_person on correction (person_id, filed_at);
create index correction_decided on correction (decided_at) where state <> 'open';

-- What was destroyed under the retention schedule. A certificate names nobody whose records they were.
create table destruction (
    id uuid primary key default gen_random_uuid(),
    number bigint not null unique generated always as identity,
    kind text not null,
    keep text not null, -- the rule, as it was in force: 5y
    source text not null,
    rules_version integer not null,
    cutoff timestamptz not null,
    ordered_by uuid references person, -- null: the schedule or the installation's operator
    scheduled boolean not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    covers_from timestamptz, -- the oldest and the latest of what was destroyed
    covers_to timestamptz,
    batches integer not null default 0,
    counts jsonb not null default '{}', -- records by table
    held integer not null default 0, -- that were due and are kept because something about them is open
    digest bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000' check (length(digest) = 32)
);
create unique index destruction_unfinished on destruction (kind) where finished_at is null;

create table destroyed_appraisal (
    appraisal_id uuid not null references appraisal,
    kind text not null check (kind in ('content', 'outcome')),
    destruction_id uuid not null references destruction,
    primary key (appraisal_id, kind)
);

-- What a key result serves may be destroyed before it is.
alter table key_result
    add column served_destroyed boolean not null default false,
    drop constraint key_result_check,
    add check (num_nonnulls(serves_key_result, serves_strategy) = case when served_destroyed then 0 else 1 end);
create index key_result_origin on key_result (origin_id) where origin_id is not null;
create index indicator_origin on indicator (origin_id) where origin_id is not null;
-- Without these every destroyed row would have the tables that refer to it read through.
create index progress_entry_indicator on progress_entry (indicator_id);
create index realisation_indicator on realisation (indicator_id);
create index reviewed_realisation_indicator on reviewed_realisation (indicator_id);
create index rated_realisation_indicator on rated_realisation (indicator_id);
create index feedback_key_result on feedback (key_result_id) where key_result_id is not null;
create index plan_change_plan on plan_change (plan_id) where plan_id is not null;
create index evidence_feedback on evidence (feedback_id) where feedback_id is not null;
create index calibration_opinion_change on calibration_opinion (change_id) where change_id is not null;
create index mail_step on mail (step_id) where step_id is not null;
create index mail_appraisal on mail (appraisal_id) where appraisal_id is not null;
create index evidence_progress on evidence (progress_entry_id) where progress_entry_id is not null;

-- +goose Down
drop index evidence_progress, mail_appraisal, mail_step, calibration_opinion_change, evidence_feedback, plan_change_plan, feedback_key_result,
    rated_realisation_indicator, reviewed_realisation_indicator, realisation_indicator, progress_entry_indicator, indicator_origin, key_result_origin;
delete from key_result where served_destroyed;
alter table key_result drop constraint key_result_check, drop column served_destroyed,
    add check ((serves_key_result is null) <> (serves_strategy is null));
drop table destroyed_appraisal, destruction, correction;
