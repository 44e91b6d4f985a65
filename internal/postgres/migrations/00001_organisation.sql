-- +goose Up
create table unit (
    id uuid primary key default gen_random_uuid(),
    code text not null unique,
    name text not null,
    parent_id uuid references unit,
    head_id uuid
);

create table person (
    id uuid primary key default gen_random_uuid(),
    kind text not null check (kind in ('employee', 'official', 'account')), -- account: invited, not in the roster
    name text not null,
    full_name text not null,
    email text not null,
    language text not null default 'id' check (language in ('id', 'en')),
    active boolean not null default true,
    mail_bouncing boolean not null default false
);
create unique index person_email on person (lower(email)) where active;
create index person_full_name on person (full_name, id);

alter table unit add constraint unit_head foreign key (head_id) references person;

create table employee (
    person_id uuid primary key references person,
    nip text not null unique,
    title_prefix text not null default '',
    title_suffix text not null default '',
    sex text not null check (sex in ('male', 'female')),
    birth_date date not null,
    employment text not null check (employment in ('pns', 'pppk')),
    grade text not null default '',
    position_kind text not null,
    position_name text not null,
    position_since date,
    unit_id uuid not null references unit,
    superior_id uuid references person
);
create index employee_unit on employee (unit_id);
create index employee_superior on employee (superior_id);

create table official (
    person_id uuid primary key references person,
    code text not null unique,
    post text not null,
    unit_id uuid not null references unit
);

create table role_grant (
    person_id uuid not null references person,
    role text not null check (role in ('hr', 'committee', 'leadership', 'administrator')),
    granted_at timestamptz not null default now(),
    primary key (person_id, role)
);

create table holiday (
    day date primary key,
    description text not null
);

create table strategy_item (
    id uuid primary key default gen_random_uuid(),
    code text not null unique,
    parent_id uuid references strategy_item,
    kind text not null check (kind in ('visi', 'misi', 'sasaran')),
    unit_id uuid references unit,
    statement text not null,
    indicator text not null default '',
    target text not null default '',
    measure text not null default '',
    direction text not null default 'more' check (direction in ('more', 'less'))
);

create table measurement (
    person_id uuid not null references person,
    month date not null,
    received integer not null,
    completed integer not null,
    on_time integer not null,
    mean_days numeric, -- null where nothing was completed
    source_file text not null,
    source_row integer not null,
    primary key (person_id, month)
);

create table survey_response (
    unit_id uuid not null references unit,
    day date not null,
    answers smallint[] not null,
    ordinal integer not null,
    primary key (unit_id, day, answers, ordinal)
);

create table competency (
    code text primary key,
    name text not null,
    kind text not null
);

create table competency_standard (
    position_kind text not null,
    unit_id uuid references unit,
    competency text not null references competency,
    level smallint not null check (level between 1 and 5)
);
create unique index competency_standard_key
    on competency_standard (position_kind, coalesce(unit_id, '00000000-0000-0000-0000-000000000000'), competency);

create table competency_assessment (
    person_id uuid not null references person,
    competency text not null references competency,
    source text not null,
    day date not null,
    level smallint not null check (level between 1 and 5),
    primary key (person_id, competency, source, day)
);

create table training (
    code text primary key,
    title text not null,
    competency text not null references competency,
    level smallint not null,
    channel text not null,
    form text not null,
    hours integer not null,
    seats integer not null,
    cost numeric not null,
    starts date not null,
    ends date not null
);

create table import_run (
    id uuid primary key default gen_random_uuid(),
    kind text not null,
    files text not null,
    actor_id uuid references person,
    at timestamptz not null,
    report jsonb not null
);

create table installation (
    singleton boolean primary key default true check (singleton),
    demonstration boolean not null default false,
    demonstration_loaded_at timestamptz
);
insert into installation default values;

-- +goose Down
drop table installation, import_run, training, competency_assessment, competency_standard, competency, survey_response,
    measurement, strategy_item, holiday, role_grant, official, employee cascade;
drop table unit, person cascade;
