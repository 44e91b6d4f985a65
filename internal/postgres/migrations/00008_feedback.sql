-- +goose Up

-- Continuous feedback: one conversation for each key result, and one about the plan as a whole.
create table feedback (
    id uuid primary key default gen_random_uuid(),
    appraisal_id uuid not null references appraisal,
    key_result_id uuid references key_result, -- null: the plan as a whole
    kind text not null check (kind in ('comment', 'coaching')),
    author_id uuid not null references person,
    at timestamptz not null,
    text text not null,
    agreed text not null default '', -- coaching: what was agreed
    come_back date, -- coaching: when to come back to it
    withdrawn_at timestamptz -- the line stays as "withdrawn", its words are emptied
);
create index feedback_appraisal on feedback (appraisal_id, at);

-- Evidence is a link or a file. What is not submitted yet lies on its author's desk: nobody else sees it and the author may take
-- it away. Submitted with a step, an entry or a feedback it stays.
create table evidence (
    id uuid primary key default gen_random_uuid(),
    appraisal_id uuid not null references appraisal,
    purpose text not null check (purpose in ('progress', 'self_review', 'feedback', 'objection', 'objection_answer')),
    author_id uuid not null references person,
    at timestamptz not null,
    submitted_at timestamptz,
    progress_entry_id uuid references progress_entry,
    feedback_id uuid references feedback,
    link text not null default '',
    name text not null default '',
    media_type text not null default '',
    size bigint not null default 0,
    sha256 bytea,
    check ((link = '') <> (sha256 is null))
);
create index evidence_appraisal on evidence (appraisal_id, at);
-- The same file lies only once on one desk.
create unique index evidence_desk on evidence (appraisal_id, author_id, purpose, sha256) where submitted_at is null;

-- Contents stand apart from what is listed, once for each appraisal. Such files are compressed already: keep them as they are.
create table evidence_content (
    key text primary key, -- appraisal and digest
    content bytea not null
);
alter table evidence_content alter column content set storage external;

-- +goose Down
drop table evidence_content, evidence, feedback;
