-- Who writes the journal. A row's epoch rises each time its writer is replaced.
create table replica (
  replica_id bigint primary key,
  epoch int not null check (epoch > 0),
  seen_at timestamptz not null
);

-- What happened to a request: A when it was admitted, F when it ended. Never changed.
create table usage_journal (
  bucket date not null,
  event_id uuid not null,
  kind char(1) not null check (kind in ('A', 'F')),
  replica_id bigint not null,
  epoch int not null,
  ship_seq bigint check (ship_seq > 0),
  hold_pico bigint not null default 0 check (hold_pico >= 0),
  leases bigint[] not null default '{}',
  record bytea not null check (length(record) = 184),
  primary key (bucket, event_id, kind),
  check ((kind = 'F') = (ship_seq is not null)),
  check (bucket = (uuid_extract_timestamp(event_id) at time zone 'UTC')::date)
) partition by range (bucket);

create index usage_journal_shipping on usage_journal (replica_id, epoch, ship_seq)
  where kind = 'F';
create index usage_journal_admitted on usage_journal (replica_id, epoch, event_id)
  where kind = 'A';

-- How far billing has one stream. last_seq: the epoch is over and nothing follows it.
-- settled_at: its orphans have their FINAL. reported_at: billing knows that it is closed.
create table shipping (
  replica_id bigint not null,
  epoch int not null check (epoch > 0),
  acked_seq bigint not null default 0 check (acked_seq >= 0),
  last_seq bigint check (last_seq >= 0),
  settled_at timestamptz,
  reported_at timestamptz,
  primary key (replica_id, epoch),
  check (settled_at is null or last_seq is not null),
  check (reported_at is null or acked_seq >= last_seq)
);

-- Makes the journal's daily partitions from one day before to two days after p_day.
-- The service role owns nothing, so it calls this.
create function ensure_journal_partitions(p_day date) returns void
language plpgsql security definer set search_path = api, pg_temp as $$
declare
  day date;
begin
  if p_day < date '2026-01-01' or p_day > date '2126-01-01' then
    raise exception 'day % cannot be', p_day;
  end if;
  perform pg_advisory_xact_lock(hashtext('usage_journal'));
  for day in select generate_series(p_day - 1, p_day + 2, interval '1 day')::date loop
    continue when to_regclass('usage_journal_' || to_char(day, 'YYYYMMDD')) is not null;
    execute format(
      'create table usage_journal_%s partition of usage_journal
         for values from (%L) to (%L)',
      to_char(day, 'YYYYMMDD'), day, day + 1);
  end loop;
end
$$;

revoke all on function ensure_journal_partitions(date) from public;
grant execute on function ensure_journal_partitions(date) to r1_api;
grant select, insert on usage_journal to r1_api;
grant select, insert, update on replica, shipping to r1_api;

-- Fields of a usage record by offset, for reports.
create function field_int(record bytea, at int) returns bigint
language sql immutable strict parallel safe as $$
  select ('x' || encode(substring(record from at + 1 for 4), 'hex'))::bit(32)::int::bigint
$$;

create function field_bigint(record bytea, at int) returns bigint
language sql immutable strict parallel safe as $$
  select ('x' || encode(substring(record from at + 1 for 8), 'hex'))::bit(64)::bigint
$$;
