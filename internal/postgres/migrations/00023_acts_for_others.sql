-- +goose Up
-- What was done on somebody's behalf, for the person themselves to read.
create index audit_event_behalf on audit_event (on_behalf_of, id) where on_behalf_of is not null;

-- +goose Down
drop index audit_event_behalf;
