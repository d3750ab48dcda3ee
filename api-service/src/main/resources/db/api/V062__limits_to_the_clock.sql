-- Gives room back and takes other, for all of a replica's asks at once. Of a rate, give is what
-- comes back (below 0: a debt) and granted is new room; of places, held are those it keeps and
-- granted is all that the replica has from now on. Nothing for an epoch that is over, nor for an
-- ask that comes after a later one.
create or replace function lease_limits(
  p_replica bigint, p_epoch int, p_asked bigint, p_replicas int, p_asks jsonb)
returns table (n int, granted bigint, level bigint, most bigint, others bigint,
  short boolean)
language plpgsql as $$
declare
  a record;
  b limit_bucket;
  unit constant bigint := 60000000;
  whole bigint;
begin
  insert into limit_asker as l (replica_id, epoch, asked)
  select e.replica_id, e.epoch, p_asked from live_epoch e
  where (e.replica_id, e.epoch) = (p_replica, p_epoch)
  on conflict (replica_id, epoch) do update set asked = excluded.asked
  where l.asked < excluded.asked;
  if not found then
    return;
  end if;
  for a in
    select * from jsonb_to_recordset(p_asks) as t(
      n int, scope text, scope_id bigint, model_id int, kind text, most bigint, version bigint,
      give bigint, held bigint, need bigint, wish bigint)
    order by t.scope, t.scope_id, t.model_id, t.kind
  loop
    loop -- again where the sweep took the row between the two
      insert into limit_bucket (scope, scope_id, model_id, kind, most, version, level, at)
      values (a.scope, a.scope_id, a.model_id, a.kind, a.most, a.version,
        case when a.kind in ('requests', 'tokens') then a.most * unit else 0 end, clock_timestamp())
      on conflict do nothing;
      select * into b from limit_bucket k
      where (k.scope, k.scope_id, k.model_id, k.kind)
        = (a.scope, a.scope_id, a.model_id, a.kind) for update;
      exit when found;
    end loop;
    if a.kind in ('requests', 'tokens') then
      b.level := least(b.most::numeric * unit, b.level + b.most::numeric * greatest(0,
        floor(extract(epoch from clock_timestamp() - b.at) * 1000000)));
      b.at := clock_timestamp();
      if a.version > b.version and a.most > b.most then
        b.level := b.level + (a.most - b.most) * unit;
      elsif a.version > b.version and b.level < 0 then
        b.level := b.level::numeric * a.most / b.most; -- it takes as long as before
      end if;
    end if;
    if a.version >= b.version then
      b.most := a.most;
      b.version := a.version;
    end if;
    if a.kind in ('requests', 'tokens') then
      b.level := least(b.most::numeric * unit, b.level + a.give::numeric * unit);
      whole := greatest(0, b.level / unit);
      granted := least(whole, greatest(a.need, least(a.wish, whole / (3 * p_replicas))));
      b.level := b.level - granted * unit;
      others := 0;
    else
      select coalesce(sum(l.granted), 0) into others
      from limit_lease l join live_epoch e using (replica_id, epoch)
      where l.bucket_id = b.id and (l.replica_id, l.epoch) <> (p_replica, p_epoch);
      whole := greatest(0, b.most - others);
      granted := greatest(a.held, least(whole, greatest(a.need,
        least(a.wish, a.need + (whole - a.need) / (3 * p_replicas)))));
      if granted = 0 then
        delete from limit_lease l
        where (l.bucket_id, l.replica_id, l.epoch) = (b.id, p_replica, p_epoch);
      else
        insert into limit_lease (bucket_id, replica_id, epoch, granted)
        values (b.id, p_replica, p_epoch, lease_limits.granted)
        on conflict on constraint limit_lease_pkey do update set granted = excluded.granted;
      end if;
      b.at := clock_timestamp();
    end if;
    if granted < a.need then
      b.short_at := clock_timestamp();
    end if;
    update limit_bucket k
    set most = b.most, version = b.version, level = b.level, at = b.at, short_at = b.short_at
    where k.id = b.id;
    n := a.n;
    level := b.level;
    most := b.most;
    short := b.short_at is not null and b.short_at > clock_timestamp() - interval '1 second';
    return next;
  end loop;
end
$$;
