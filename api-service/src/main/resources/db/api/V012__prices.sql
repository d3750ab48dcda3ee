-- Billing's last price answer, so that this service starts while billing is away.
create table price_answer (
  only_row boolean primary key default true check (only_row),
  body jsonb not null,
  etag text,
  fetched_at timestamptz not null
);

grant select, insert, update on price_answer to r1_api;
