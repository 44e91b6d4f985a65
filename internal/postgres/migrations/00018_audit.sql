-- +goose Up
-- A line of the trail outlives what it is about: it holds opaque ids and no keys. What is personal lies in audit_content.
alter table audit_event
    drop constraint if exists audit_event_actor_id_fkey,
    drop constraint if exists audit_event_appraisal_id_fkey,
    add column if not exists on_behalf_of uuid,
    add column network text not null default '', -- where it came from: an address, an IPv6 /64, or cli
    add column seq bigint, -- its place in the chain of its appraisal; null: a seal covers it
    add column content_digest bytea, -- null: it has no content
    add column digest bytea;
alter table audit_event drop constraint if exists audit_event_on_behalf_of_fkey;

create table audit_content (
    event_id bigint primary key,
    salt bytea not null,
    content jsonb not null
);

-- The ends of the chains: one for each appraisal, and one of the seals under the nil id.
create table audit_head (
    appraisal_id uuid primary key,
    seq bigint not null,
    digest bytea not null
) with (fillfactor = 70);

create table audit_unsealed (
    event_id bigint primary key
);

create table audit_seal (
    number bigint primary key,
    at timestamptz not null,
    events bigint[] not null, -- in the order in which their digests were taken
    digest bytea not null
);

-- A root covers every head that moved since the root before it, and that root.
create table audit_root (
    number bigint primary key,
    at timestamptz not null,
    heads integer not null,
    digest bytea not null
);

create table audit_root_head (
    appraisal_id uuid not null,
    root bigint not null,
    seq bigint not null,
    digest bytea not null,
    primary key (appraisal_id, root)
);
create index audit_root_head_root on audit_root_head (root);

-- What destruction took away, by the event that tells of it.
create table audit_destroyed (
    event_id bigint primary key,
    certificate_id uuid not null,
    by_event bigint not null
);
create index audit_destroyed_by on audit_destroyed (by_event, event_id);

-- +goose StatementBegin
create function audit_field(value text) returns text language sql immutable as $$
    select case when value is null then '-' else octet_length(value) || ':' || value end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function audit_instant(at timestamptz) returns text language sql immutable as $$
    select (extract(epoch from at) * 1000000)::bigint::text
$$;
-- +goose StatementEnd

-- The digest of an event; internal/postgres/audit_verify.go calculates the same without the database.
-- +goose StatementBegin
create function audit_digest(previous bytea, e audit_event) returns bytea language sql immutable as $$
    select sha256(previous || convert_to(
        audit_field(e.id::text) || audit_field(e.seq::text) || audit_field(audit_instant(e.at)) || audit_field(e.actor_id::text) ||
        audit_field(e.on_behalf_of::text) || audit_field(e.network) || audit_field(e.action) || audit_field(e.appraisal_id::text) ||
        audit_field(e.subject) || audit_field(encode(e.content_digest, 'hex')), 'UTF8'))
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function audit_chained(e audit_event) returns boolean language sql immutable as $$
    select e.appraisal_id is not null and e.action not like 'read\_%'
$$;
-- +goose StatementEnd

-- The only way into the trail.
-- +goose StatementBegin
create function append_audit(at timestamptz, actor uuid, behalf uuid, network text, action text, appraisal uuid, subject text, content jsonb)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    nothing constant bytea := decode(repeat('00', 32), 'hex');
    e audit_event;
    salt bytea;
    previous bytea := nothing;
begin
    if append_audit.content <> '{}' then
        salt := uuid_send(gen_random_uuid());
        e.content_digest := sha256(salt || convert_to(append_audit.content::text, 'UTF8'));
    end if;
    e.at := append_audit.at;
    e.actor_id := append_audit.actor;
    e.on_behalf_of := append_audit.behalf;
    e.network := append_audit.network;
    e.action := append_audit.action;
    e.appraisal_id := append_audit.appraisal;
    e.subject := append_audit.subject;
    if audit_chained(e) then
        select h.seq, h.digest into e.seq, previous from audit_head h where h.appraisal_id = e.appraisal_id for no key update;
        if not found then
            insert into audit_head values (e.appraisal_id, 0, nothing) on conflict do nothing;
            select h.seq, h.digest into e.seq, previous from audit_head h where h.appraisal_id = e.appraisal_id for no key update;
        end if;
        e.seq := e.seq + 1;
    end if;
    e.id := nextval('audit_event_id_seq'); -- under the lock of the head, so that ids and places agree
    e.digest := audit_digest(previous, e);
    insert into audit_event overriding system value select e.*;
    if salt is not null then
        insert into audit_content values (e.id, salt, append_audit.content);
    end if;
    if e.seq is null then
        insert into audit_unsealed values (e.id);
    else
        update audit_head h set seq = e.seq, digest = e.digest where h.appraisal_id = e.appraisal_id;
    end if;
    return e.id;
end $$;
-- +goose StatementEnd

-- Seals up to most of the events that no chain covers, and returns how many. One at a time: whoever comes second waits.
-- +goose StatementBegin
create function seal_audit(at timestamptz, most integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    seals constant uuid := '00000000-0000-0000-0000-000000000000';
    last audit_head;
    ids bigint[];
    digests bytea;
    fresh bytea;
begin
    perform pg_advisory_xact_lock(727366);
    select array_agg(u.event_id order by u.event_id) into ids
        from (select event_id from audit_unsealed order by event_id limit most) u;
    if ids is null then
        return 0;
    end if;
    select string_agg(e.digest, ''::bytea order by e.id) into digests from audit_event e where e.id = any (ids);
    insert into audit_head values (seals, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
    select * into last from audit_head h where h.appraisal_id = seals for no key update;
    fresh := sha256(last.digest || convert_to(audit_field((last.seq + 1)::text) || audit_field(audit_instant(seal_audit.at)) ||
        audit_field(cardinality(ids)::text), 'UTF8') || digests);
    insert into audit_seal values (last.seq + 1, seal_audit.at, ids, fresh);
    update audit_head h set seq = last.seq + 1, digest = fresh where h.appraisal_id = seals;
    delete from audit_unsealed u where u.event_id = any (ids);
    return cardinality(ids);
end $$;
-- +goose StatementEnd

-- Takes a root over all heads.
-- +goose StatementBegin
create function root_audit(at timestamptz) returns audit_root
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    last audit_root;
    fresh audit_root;
    moved bytea;
begin
    perform pg_advisory_xact_lock(727366);
    select * into last from audit_root r order by r.number desc limit 1;
    fresh.number := coalesce(last.number, 0) + 1;
    fresh.at := root_audit.at;
    insert into audit_root_head (appraisal_id, root, seq, digest)
        select h.appraisal_id, fresh.number, h.seq, h.digest from audit_head h
        left join lateral (select r.seq from audit_root_head r where r.appraisal_id = h.appraisal_id order by r.root desc limit 1) k on true
        where h.seq > coalesce(k.seq, 0);
    select count(*), string_agg(uuid_send(r.appraisal_id) || int8send(r.seq) || r.digest, ''::bytea order by r.appraisal_id) into fresh.heads, moved
        from audit_root_head r where r.root = fresh.number;
    fresh.digest := sha256(coalesce(last.digest, decode(repeat('00', 32), 'hex')) || convert_to(audit_field(fresh.number::text) ||
        audit_field(audit_instant(fresh.at)) || audit_field(fresh.heads::text), 'UTF8') || coalesce(moved, ''::bytea));
    insert into audit_root select fresh.*;
    return fresh;
end $$;
-- +goose StatementEnd

-- Destroys the content of events under a certificate, and returns how many had any. The event that tells of it names the
-- events by a digest over their ids, so that nobody adds to them later.
-- +goose StatementBegin
create function destroy_audit_content(certificate uuid, events bigint[], at timestamptz, actor uuid, network text, reason text) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    gone bigint[];
    listed text;
    told bigint;
begin
    perform pg_advisory_xact_lock(727367);
    select array_agg(c.event_id order by c.event_id), string_agg(c.event_id::text, ',' order by c.event_id) into gone, listed
        from audit_content c where c.event_id = any (events);
    if gone is null then
        return 0;
    end if;
    told := append_audit(at, actor, null, network, 'destroy_content', null,
        'destruction/' || certificate || '/' || encode(sha256(convert_to(listed, 'UTF8')), 'hex'),
        jsonb_build_object('events', cardinality(gone), 'reason', reason));
    insert into audit_destroyed select unnest(gone), certificate, told;
    perform set_config('telaah.destroys', 'content', true);
    delete from audit_content c where c.event_id = any (gone);
    perform set_config('telaah.destroys', '', true);
    return cardinality(gone);
end $$;
-- +goose StatementEnd

-- Privileges keep everybody but the owner from changing the trail; these keep the owner from doing it by accident.
-- +goose StatementBegin
create function keep_audit() returns trigger language plpgsql as $$
begin
    if current_setting('telaah.destroys', true) in ('content', 'demonstration') and tg_op = 'DELETE' and tg_table_name = 'audit_content'
        or current_setting('telaah.destroys', true) = 'demonstration' and tg_op = 'TRUNCATE' then
        return null;
    end if;
    raise exception 'the trail is append-only: % of % is refused', lower(tg_op), tg_table_name using errcode = 'insufficient_privilege';
end $$;
-- +goose StatementEnd

create trigger keep before update or delete or truncate on audit_event for each statement execute function keep_audit();
create trigger keep before update or delete or truncate on audit_content for each statement execute function keep_audit();
create trigger keep before delete or truncate on audit_head for each statement execute function keep_audit();
create trigger keep before update or delete or truncate on audit_seal for each statement execute function keep_audit();
create trigger keep before update or delete or truncate on audit_root for each statement execute function keep_audit();
create trigger keep before update or delete or truncate on audit_root_head for each statement execute function keep_audit();
create trigger keep before update or delete or truncate on audit_destroyed for each statement execute function keep_audit();

-- What was written before has its place in the chains as well.
alter table audit_event disable trigger keep;
insert into audit_content select id, uuid_send(gen_random_uuid()), detail from audit_event where detail <> '{}';
update audit_event e set content_digest = sha256(c.salt || convert_to(c.content::text, 'UTF8')) from audit_content c where c.event_id = e.id;
alter table audit_event drop column detail;
update audit_event e set seq = o.seq
    from (select f.id, row_number() over (partition by f.appraisal_id order by f.id) as seq from audit_event f where audit_chained(f)) o where o.id = e.id;
-- +goose StatementBegin
do $$
declare
    nothing constant bytea := decode(repeat('00', 32), 'hex');
    e audit_event;
    previous bytea;
begin
    for e in select * from audit_event order by appraisal_id, seq loop
        if e.seq is null or e.seq = 1 then
            previous := nothing;
        end if;
        previous := audit_digest(previous, e);
        update audit_event set digest = previous where id = e.id;
    end loop;
end $$;
-- +goose StatementEnd
insert into audit_head select distinct on (appraisal_id) appraisal_id, seq, digest from audit_event where seq is not null order by appraisal_id, seq desc;
insert into audit_unsealed select id from audit_event where seq is null;
alter table audit_event alter column digest set not null;
alter table audit_event enable trigger keep;

create unique index audit_event_place on audit_event (appraisal_id, seq) where seq is not null;
create index audit_event_actor on audit_event (actor_id, at, id);
create index audit_event_at on audit_event (at, id);
create index audit_event_action on audit_event (action);
create index audit_event_subject on audit_event (subject, id) where subject <> '';

-- +goose Down
drop function append_audit, seal_audit, root_audit, destroy_audit_content;
drop table audit_destroyed, audit_root_head, audit_root, audit_seal, audit_unsealed, audit_head;
drop trigger keep on audit_event;
drop index audit_event_place, audit_event_actor, audit_event_at, audit_event_action, audit_event_subject;
alter table audit_event add column detail jsonb not null default '{}';
update audit_event e set detail = c.content from audit_content c where c.event_id = e.id;
drop table audit_content;
drop function keep_audit;
drop function audit_digest, audit_chained;
drop function audit_field, audit_instant;
alter table audit_event drop column network, drop column seq, drop column content_digest, drop column digest;
