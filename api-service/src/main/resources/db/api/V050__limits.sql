-- What an organization, project or key may do; model_id 0: with all models together. A column
-- without a value is no limit. A scope without a row for model 0 has the site's defaults.
create table limit_set (
  scope text not null check (scope in ('organization', 'project', 'key')),
  scope_id bigint not null,
  version bigint not null check (version > 0),
  primary key (scope, scope_id)
);

create table limit_term (
  scope text not null,
  scope_id bigint not null,
  model_id int not null,
  requests_per_minute bigint check (requests_per_minute between 1 and 1000000000),
  tokens_per_minute bigint check (tokens_per_minute between 1 and 1000000000),
  concurrency bigint check (concurrency between 1 and 1000000000),
  queue_length bigint check (queue_length between 1 and 1000000000),
  primary key (scope, scope_id, model_id),
  foreign key (scope, scope_id) references limit_set on delete cascade
);

-- Replicas follow changes of limits by the sequence of those of keys. Such a row names no key.
alter table api_key_change
  add column limit_scope text,
  add column limit_scope_id bigint,
  add check ((limit_scope is null) = (limit_scope_id is null));

create function log_limit_change() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('api.api_key_change', 0));
  insert into api_key_change (api_key_id, public_id, revoked, limit_scope, limit_scope_id)
  values (0, '', false, new.scope, new.scope_id);
  perform pg_notify('api_key_change', '');
  return null;
end
$$;
create trigger limit_set_changed after insert or update on limit_set
  for each row execute function log_limit_change();

grant select, insert, update on limit_set to r1_api;
grant select, insert, delete on limit_term to r1_api;

-- One limit as replicas share it: docs/protocols/limits.md. level counts 1/60,000,000 of a request
-- or token, so that most * microseconds is what flows in; below 0 it is in debt. It is 0 where
-- places are counted, not a rate. short_at: when a replica last did not get what it needed.
create table limit_bucket (
  id bigint generated always as identity primary key,
  scope text not null,
  scope_id bigint not null,
  model_id int not null,
  kind text not null check (kind in ('requests', 'tokens', 'concurrency', 'queue')),
  most bigint not null check (most > 0),
  version bigint not null check (version >= 0),
  level bigint not null check (level <= most * 60000000),
  at timestamptz not null,
  short_at timestamptz,
  unique (scope, scope_id, model_id, kind)
);

-- Places that one replica has of a bucket. Those of an epoch that is over are free.
create table limit_lease (
  bucket_id bigint not null references limit_bucket on delete cascade,
  replica_id bigint not null,
  epoch int not null,
  granted bigint not null check (granted > 0),
  primary key (bucket_id, replica_id, epoch)
);

-- The last ask of a replica that counted: one that was held up must not undo a later one.
create table limit_asker (
  replica_id bigint not null,
  epoch int not null,
  asked bigint not null,
  primary key (replica_id, epoch)
);

grant select, insert, update, delete on limit_bucket, limit_lease, limit_asker to r1_api;

-- Epochs that may still write.
create view live_epoch as
  select replica_id, epoch from shipping where last_seq is null;
grant select on live_epoch to r1_api;

-- Gives room back and takes other, for all of a replica's asks at once. Of a rate, give is what
-- comes back (below 0: a debt) and granted is new room; of places, held are those it keeps and
-- granted is all that the replica has from now on. Nothing for an epoch that is over, nor for an
-- ask that comes after a later one.
create function lease_limits(
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
    insert into limit_bucket (scope, scope_id, model_id, kind, most, version, level, at)
    values (a.scope, a.scope_id, a.model_id, a.kind, a.most, a.version,
      case when a.kind in ('requests', 'tokens') then a.most * unit else 0 end, clock_timestamp())
    on conflict do nothing;
    select * into b from limit_bucket k
    where (k.scope, k.scope_id, k.model_id, k.kind)
      = (a.scope, a.scope_id, a.model_id, a.kind) for update;
    if a.kind in ('requests', 'tokens') then
      b.level := least(b.most::numeric * unit, b.level + b.most::numeric * greatest(0,
        floor(extract(epoch from clock_timestamp() - b.at) * 1000000)));
      b.at := greatest(b.at, clock_timestamp());
      if a.version > b.version and a.most > b.most then
        b.level := b.level + (a.most - b.most) * unit;
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
