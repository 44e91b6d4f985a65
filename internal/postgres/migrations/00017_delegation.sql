-- +goose Up
-- Who stands in for whom as appraiser and reviewing official while somebody is away. A leave is its days and nothing else: neither its
-- kind nor its reason has a place here.
create table delegation (
    id uuid primary key default gen_random_uuid(),
    delegator_id uuid not null references person,
    delegate_id uuid not null references person,
    from_day date not null, -- of the office's zone; both days included
    until_day date not null,
    made_by uuid not null references person,
    made_at timestamptz not null,
    revoked_by uuid references person,
    revoked_at timestamptz,
    check (delegator_id <> delegate_id),
    check (from_day <= until_day),
    check ((revoked_by is null) = (revoked_at is null))
);
create index delegation_delegate on delegation (delegate_id, until_day);
create index delegation_delegator on delegation (delegator_id, until_day);

-- Who acted is one person, on whose behalf another: both are kept, wherever an act names its author. Null: for oneself.
alter table audit_event add column if not exists on_behalf_of uuid references person;
alter table plan add column decided_for uuid references person;
alter table plan_change add column proposed_for uuid references person, add column ended_for uuid references person;
alter table feedback add column author_for uuid references person;
alter table evidence add column author_for uuid references person;
alter table rating add column rated_for uuid references person;
alter table objection add column answered_by uuid references person, add column answered_for uuid references person,
    add column decided_for uuid references person;
alter table development_plan add column approved_for uuid references person;
-- Who answered an objection is known from the trail until now.
update objection o set answered_by = e.actor_id from audit_event e where e.appraisal_id = o.appraisal_id and e.action = 'answer_objection';

-- +goose Down
alter table development_plan drop column approved_for;
alter table objection drop column answered_by, drop column answered_for, drop column decided_for;
alter table rating drop column rated_for;
alter table evidence drop column author_for;
alter table feedback drop column author_for;
alter table plan_change drop column proposed_for, drop column ended_for;
alter table plan drop column decided_for;
alter table audit_event drop column if exists on_behalf_of;
drop table delegation;
