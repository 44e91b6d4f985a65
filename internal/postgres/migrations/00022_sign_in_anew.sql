-- +goose Up
-- When somebody who was signed in went to the provider to show that it is still they: they must have been asked since.
alter table federated_flow add column anew_since timestamptz;

-- +goose Down
alter table federated_flow drop column anew_since;
