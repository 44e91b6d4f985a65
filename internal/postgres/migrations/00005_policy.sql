-- +goose Up
-- A running cycle keeps its rules whole: what an office does to its policy files later changes nothing for it.
alter table cycle add column policy_document jsonb not null default '{}';
alter table cycle alter column policy_document drop default;

-- Percent of the work-result score; null under a policy that calculates none.
alter table key_result add column weight numeric check (weight > 0 and weight <= 100);

-- +goose Down
alter table key_result drop column weight;
alter table cycle drop column policy_document;
