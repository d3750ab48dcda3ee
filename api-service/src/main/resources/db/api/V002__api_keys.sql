create table api_key (
  id bigint generated always as identity primary key,
  project_id bigint not null references project,
  name text not null check (length(name) between 1 and 100),
  public_id text not null unique check (public_id ~ '^[0-9A-Za-z]{8}$'),
  secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
  last_four text not null check (length(last_four) = 4),
  created_at timestamptz not null,
  expires_at timestamptz check (expires_at > created_at),
  revoked_at timestamptz,
  version bigint not null default 0
);
create index api_key_project on api_key (project_id, id);

-- Apart from api_key, so that a use never waits for, nor outdates, an edit of the key.
create table api_key_use (
  api_key_id bigint primary key references api_key,
  last_used_at timestamptz not null
);

-- Every change of what a key may do. Replicas follow it by sequence: NOTIFY wakes them, and they
-- poll as well. The lock makes sequences visible in their own order: whoever has read up to n has
-- missed nothing below n.
create table api_key_change (
  sequence bigint generated always as identity primary key,
  api_key_id bigint not null,
  public_id text not null,
  revoked boolean not null
);

create function log_api_key_change() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('api.api_key_change', 0));
  insert into api_key_change (api_key_id, public_id, revoked)
  values (new.id, new.public_id, new.revoked_at is not null);
  perform pg_notify('api_key_change', '');
  return null;
end
$$;

create trigger api_key_created after insert on api_key
  for each row execute function log_api_key_change();
create trigger api_key_changed after update on api_key
  for each row when ((old.revoked_at, old.expires_at, old.project_id, old.secret_sha256)
    is distinct from (new.revoked_at, new.expires_at, new.project_id, new.secret_sha256))
  execute function log_api_key_change();

grant select, insert, update (name, expires_at, revoked_at, version) on api_key to r1_api;
grant select, insert, update (last_used_at) on api_key_use to r1_api;
grant select, insert on api_key_change to r1_api;
