-- A suspended organization begins nothing new; why is for its people. Both or neither.
alter table organization
  add column suspended_at timestamptz,
  add column suspended_because text check (length(suspended_because) between 1 and 200),
  add check ((suspended_at is null) = (suspended_because is null));
grant update (suspended_at, suspended_because) on organization to r1_api;

-- Replicas hear of it in the sequence of changes of keys, before its keys are read again: what was
-- let in a moment ago is asked once more before it begins.
create function log_suspension() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('api.api_key_change', 0));
  insert into api_key_change (api_key_id, public_id, revoked, limit_scope, limit_scope_id)
  values (0, '', false, case when new.suspended_at is null then 'resumed' else 'suspended' end,
    new.id);
  insert into api_key_change (api_key_id, public_id, revoked)
  select k.id, k.public_id, false
  from api_key k join project p on p.id = k.project_id
  where p.organization_id = new.id and k.revoked_at is null;
  perform pg_notify('api_key_change', '');
  return null;
end
$$;

create trigger organization_suspended after update on organization
  for each row when ((old.suspended_at is null) is distinct from (new.suspended_at is null))
  execute function log_suspension();
