-- +goose Up
-- Every paper that was handed out. Its content is not kept: it follows from the record, and the digest tells whether it is the same.
create table document (
    code text primary key,
    appraisal_id uuid not null references appraisal,
    kind text not null check (kind in ('plan', 'form', 'evaluation')),
    number integer not null, -- of the papers of this kind; the last one is the one in force
    content_digest bytea not null check (length(content_digest) = 32),
    plan_number integer not null, -- version of the plan and of the rating that it shows, 0 for none
    rating_number integer not null,
    issued_at timestamptz not null,
    issued_to uuid references person,
    unique (appraisal_id, kind, number)
);

-- +goose Down
drop table document;
