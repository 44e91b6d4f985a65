-- +goose Up
-- A correction is a new version beside the old one: a rating may rest on what was known when it was given.
alter table measurement
    add column number integer not null default 1,
    add column in_force boolean not null default true,
    add column recorded_at timestamptz not null default now(),
    add column recorded_by uuid references person, -- null: the system
    drop constraint measurement_pkey,
    add primary key (person_id, month, number);
create unique index measurement_in_force on measurement (person_id, month) where in_force;

-- Until now an import wrote over what it corrected, so all that is there counts as the first version. When and by whom it was
-- recorded is known from the first import of its file.
update measurement m set recorded_at = r.at, recorded_by = r.actor_id
    from (select distinct on (f.file) f.file, i.at, i.actor_id
        from import_run i cross join lateral unnest(string_to_array(i.files, ', ')) f (file)
        where i.kind = 'measurements' order by f.file, i.at) r
    where r.file = m.source_file;

-- The answers of a unit's day are one set: nothing tells one respondent from another, so the set is what has versions.
alter table survey_response
    add column number integer not null default 1,
    add column in_force boolean not null default true,
    add column source_file text not null default '', -- empty: imported before the place was kept
    add column source_row integer not null default 0,
    add column recorded_at timestamptz not null default now(),
    add column recorded_by uuid references person,
    drop constraint survey_response_pkey,
    add primary key (unit_id, day, number, answers, ordinal);
create index survey_response_in_force on survey_response (unit_id, day) where in_force;
create view survey_day as
    select unit_id, day, number, in_force, count(*)::int as respondents, min(recorded_at) as recorded_at,
        (array_agg(recorded_by))[1] as recorded_by, min(source_file) as source_file, min(source_row) as source_row
    from survey_response group by unit_id, day, number, in_force;

-- +goose StatementBegin
create function refuse_overwriting() returns trigger language plpgsql as $$
begin
    if to_jsonb(old) - 'in_force' <> to_jsonb(new) - 'in_force' then
        raise 'a figure of % is corrected by a new version, never overwritten', tg_table_name;
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger measurement_kept before update on measurement for each row execute function refuse_overwriting();
create trigger survey_response_kept before update on survey_response for each row execute function refuse_overwriting();

-- The source that measures an indicator, empty where people say what was achieved.
alter table indicator add column source text not null default '';

-- What a review was based on: each indicator's realisation with the months, versions, files and rows behind a measured one, as
-- they were when the review was handed in.
create table rated_realisation (
    appraisal_id uuid not null,
    rating integer not null,
    indicator_id uuid not null references indicator,
    realised jsonb not null,
    primary key (appraisal_id, rating, indicator_id),
    foreign key (appraisal_id, rating) references rating (appraisal_id, number)
);

-- +goose Down
drop table rated_realisation;
alter table indicator drop column source;
drop trigger survey_response_kept on survey_response;
drop trigger measurement_kept on measurement;
drop function refuse_overwriting;
drop view survey_day;
delete from survey_response where not in_force;
alter table survey_response
    drop constraint survey_response_pkey,
    drop column number, drop column in_force, drop column source_file, drop column source_row, drop column recorded_at,
    drop column recorded_by,
    add primary key (unit_id, day, answers, ordinal);
delete from measurement where not in_force;
alter table measurement
    drop constraint measurement_pkey,
    drop column number, drop column in_force, drop column recorded_at, drop column recorded_by,
    add primary key (person_id, month);
