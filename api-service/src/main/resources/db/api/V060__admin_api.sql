-- What a POST to the admin API with an Idempotency-Key was answered, for a day. Where the change is
-- a row of this database, this row commits with it. Where billing carries it out, the row is here
-- before and has its answer after: status null says that nobody knows what came of it.
-- answer: encrypted, for it may hold a secret that is shown once.
create table admin_reply (
  principal text not null,
  path text not null,
  key_sha256 bytea not null check (octet_length(key_sha256) = 32),
  body_sha256 bytea not null check (octet_length(body_sha256) = 32),
  created_at timestamptz not null,
  status int,
  version text,
  answer bytea,
  primary key (principal, path, key_sha256),
  check ((status is null) = (answer is null))
);
create index on admin_reply (created_at);
grant select, insert, update, delete on admin_reply to r1_api;

-- Budgets are billing's, whose database may be another. What was ordered here is told to replicas
-- with the changes of keys and limits, as a scope of its own: they ask billing then.
create function note_budget_change(organization bigint) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('api.api_key_change', 0));
  insert into api_key_change (api_key_id, public_id, revoked, limit_scope, limit_scope_id)
  values (0, '', false, 'budgets', organization);
  perform pg_notify('api_key_change', '');
end
$$;
