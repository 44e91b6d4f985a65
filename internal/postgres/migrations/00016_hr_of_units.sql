-- +goose Up
-- A grant of HR for a unit reaches that unit and all below it; without a unit it reaches the whole organisation.
alter table role_grant add column unit_id uuid references unit;
alter table role_grant drop constraint role_grant_pkey;
alter table role_grant add constraint role_grant_once unique nulls not distinct (person_id, role, unit_id);
alter table role_grant add constraint role_grant_units_of_hr check (unit_id is null or role = 'hr');

-- +goose Down
delete from role_grant where unit_id is not null;
alter table role_grant drop column unit_id;
alter table role_grant add primary key (person_id, role);
