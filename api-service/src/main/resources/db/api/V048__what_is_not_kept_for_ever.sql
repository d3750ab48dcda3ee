-- Changes of keys are told to every replica within a second, and batches that ended are looked at for
-- some weeks: both are removed after a while.
alter table api_key_change add column changed_at timestamptz not null default now();
create index on api_key_change (changed_at);

-- The service itself may not remove changes, or it could hide a revocation from its replicas: only old
-- ones go, and never the newest, by which replicas know where they are.
create function forget_key_changes(before timestamptz, most int) returns int
language plpgsql security definer set search_path = api, pg_temp as $$
declare
  removed int;
begin
  if before > now() - interval '1 hour' then
    raise exception 'changes of keys are kept for an hour at least';
  end if;
  delete from api_key_change where sequence in (
    select sequence from api_key_change
    where changed_at < before and sequence < (select max(sequence) from api_key_change)
    limit most);
  get diagnostics removed = row_count;
  return removed;
end
$$;
revoke execute on function forget_key_changes(timestamptz, int) from public;
grant execute on function forget_key_changes(timestamptz, int) to r1_api;

create index batch_ended on batch (ended_at) where ended_at is not null;
grant delete on batch to r1_api;
