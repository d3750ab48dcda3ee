-- What a key opens, which models it may use (null: those of its project) and where its requests may
-- come from (empty: anywhere). Keys of before go on to open everything.
alter table api_key
  add column scopes text[] not null default array['inference', 'batch', 'usage:read']
    check (cardinality(scopes) > 0 and scopes <@ array['inference', 'batch', 'usage:read']),
  add column models text[] check (cardinality(models) > 0),
  add column networks text[] not null default '{}';

-- The secret before the last rotation, which opens the key until old_until.
alter table api_key
  add column old_secret_sha256 bytea check (octet_length(old_secret_sha256) = 32),
  add column old_last_four text check (length(old_last_four) = 4),
  add column old_until timestamptz,
  add check (num_nulls(old_secret_sha256, old_last_four, old_until) in (0, 3));

drop trigger api_key_changed on api_key;
create trigger api_key_changed after update on api_key
  for each row when (
    (old.revoked_at, old.expires_at, old.project_id, old.scopes, old.models, old.networks,
      old.secret_sha256, old.old_secret_sha256, old.old_until)
    is distinct from
    (new.revoked_at, new.expires_at, new.project_id, new.scopes, new.models, new.networks,
      new.secret_sha256, new.old_secret_sha256, new.old_until))
  execute function log_api_key_change();
grant update (scopes, models, networks, secret_sha256, last_four, old_secret_sha256,
  old_last_four, old_until) on api_key to r1_api;

-- The models of a project (null: all of the site), which its keys may use.
alter table project add column models text[] check (cardinality(models) > 0);
grant update (models) on project to r1_api;

-- A change of a project is one of each of its keys.
create function log_project_change() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('api.api_key_change', 0));
  insert into api_key_change (api_key_id, public_id, revoked)
  select id, public_id, false from api_key where project_id = new.id and revoked_at is null;
  perform pg_notify('api_key_change', '');
  return null;
end
$$;
create trigger project_changed after update on project
  for each row when (old.models is distinct from new.models)
  execute function log_project_change();
