-- Replicas keep the weight of an organization with its keys: a change of it is one of theirs.
create function log_weight_change() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('api.api_key_change', 0));
  insert into api_key_change (api_key_id, public_id, revoked)
  select k.id, k.public_id, false
  from api_key k join project p on p.id = k.project_id
  where p.organization_id = new.id and k.revoked_at is null;
  perform pg_notify('api_key_change', '');
  return null;
end
$$;

create trigger organization_weighed after update on organization
  for each row when (old.weight is distinct from new.weight)
  execute function log_weight_change();
