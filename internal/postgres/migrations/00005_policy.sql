-- +goose Up
-- A running cycle keeps its rules whole: what an office does to its policy files later changes nothing for it.
alter table cycle add column policy_document jsonb not null default '{}';
alter table cycle alter column policy_document drop default;

-- Percent of the work-result score; null under a policy that calculates none.
alter table key_result add column weight numeric check (weight > 0 and weight <= 100);

-- What a score was calculated from stays with the rating, so that a session or a decision changes only what it names, and so that
-- no later figure alters what was rated. Levels are empty under a numeric policy, scores under a matrix.
alter table rating
    add column score numeric,
    add column work_result_score numeric,
    add column behaviour_score numeric,
    add column innovation boolean,
    add column innovation_note text not null default '',
    add column basis jsonb;
alter table calibration_change
    add column score numeric,
    add column work_result_score numeric,
    add column behaviour_score numeric,
    add column innovation boolean,
    add column innovation_note text not null default '',
    add column basis jsonb;

-- The figure that was handed in and the one that the appraiser settled: both are kept, and a difference has its reason.
create table reviewed_realisation (
    appraisal_id uuid not null references appraisal,
    indicator_id uuid not null references indicator,
    given numeric,
    value numeric,
    reason text not null default '',
    primary key (appraisal_id, indicator_id),
    check (value is not distinct from given or reason <> '')
);

-- +goose Down
drop table reviewed_realisation;
alter table calibration_change drop column score, drop column work_result_score, drop column behaviour_score, drop column innovation,
    drop column innovation_note, drop column basis;
alter table rating drop column score, drop column work_result_score, drop column behaviour_score, drop column innovation,
    drop column innovation_note, drop column basis;
alter table key_result drop column weight;
alter table cycle drop column policy_document;
