-- +goose Up
-- The keys that encrypt what Temporal keeps of us, each wrapped with the installation's master key, which is never stored here.
create table payload_key (
	id uuid primary key,
	cycle_id uuid references cycle (id),        -- null: what belongs to no cycle, such as mail delivery
	wrapped bytea,                              -- null: destroyed, and what it encrypted cannot be read any more
	current boolean not null default true,      -- new payloads take it
	created_at timestamptz not null default now(),
	destroyed_at timestamptz,
	check ((wrapped is null) = (destroyed_at is not null)),
	check (not (current and wrapped is null))
);
create unique index payload_key_current on payload_key (coalesce(cycle_id, '00000000-0000-0000-0000-000000000000')) where current;
create index payload_key_cycle on payload_key (cycle_id);

-- +goose Down
drop table payload_key;
