-- +goose Up
-- A running cycle keeps its rules whole: what an office does to its policy files later changes nothing for it.
alter table cycle add column policy_document jsonb not null default '{}';
alter table cycle alter column policy_document drop default;

-- +goose Down
alter table cycle drop column policy_document;
