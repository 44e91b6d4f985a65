-- +goose Up
-- Contents of files in a store outside of the database that may belong to nothing: laid down there before their act is committed,
-- or left behind by evidence that is gone. Whatever is due and used by nobody is removed there, and tried again until it is gone.
create table evidence_loose (
    key text primary key, -- as in evidence_content
    due_at timestamptz not null,
    attempts integer not null default 0
);
create index evidence_loose_due on evidence_loose (due_at);

-- The last piece of evidence takes its content along, whoever destroys it and by whatever way: at once where the content is in the
-- database, and else by a note for those who clear the store.
-- +goose StatementBegin
create function forget_evidence_content() returns trigger language plpgsql as $$
declare
    gone text := old.appraisal_id::text || '/' || encode(old.sha256, 'hex');
begin
    if exists (select from evidence where appraisal_id = old.appraisal_id and sha256 = old.sha256) then
        return null;
    end if;
    delete from evidence_content where key = gone;
    if not found then
        insert into evidence_loose (key, due_at) values (gone, '-infinity')
            on conflict (key) do update set due_at = excluded.due_at, attempts = 0;
    end if;
    return null;
end $$;
-- +goose StatementEnd
create trigger evidence_gone after delete on evidence for each row when (old.sha256 is not null) execute function forget_evidence_content();

-- +goose Down
drop trigger evidence_gone on evidence;
drop function forget_evidence_content();
drop table evidence_loose;
