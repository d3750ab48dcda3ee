-- One row for each request of inference with an Idempotency-Key, for a day: who runs it, and its
-- answer once it has ended. Written before the request runs, removed if it ends without a token.
-- charged: what it cost, null while it runs. answer: encrypted, for it is a tenant's content; null
-- where it was too large to be kept.
create table idempotency (
  project_id bigint not null references project,
  path text not null,
  key_sha256 bytea not null check (length(key_sha256) = 32),
  body_sha256 bytea not null check (length(body_sha256) = 32),
  event_id uuid not null,
  owner text not null,
  created_at timestamptz not null,
  charged text null,
  answer bytea null,
  primary key (project_id, path, key_sha256),
  check (answer is null or charged is not null)
);
alter table idempotency alter column answer set storage external; -- it is compressed already
create index on idempotency (created_at);
grant select, insert, update, delete on idempotency to r1_api;

-- Who may write the journal now, as idempotency.owner names them: others are dead.
create view live_owner as select replica_id || '.' || epoch as owner from replica;
grant select on live_owner to r1_api;
