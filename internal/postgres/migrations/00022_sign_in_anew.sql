-- +goose Up
-- When somebody who was signed in went to the provider to show that it is still they: they must have been asked since.
alter table federated_flow add column anew_since timestamptz;
-- A provider may have remembered whoever used the browser last, so that a session of today says nothing about who sits there now.
alter table session add column remembered boolean not null default false;
create index session_seen_at on session (seen_at);

-- +goose Down
drop index session_seen_at;
alter table session drop column remembered;
alter table federated_flow drop column anew_since;
