-- What the engine generated. Rows are only ever added; instances say how far a stream is shipped.

create table engine_instance (
  instance_id uuid primary key,
  name        text not null,
  started_at  timestamptz not null,
  ended_at    timestamptz,             -- by itself or its successor; then it writes nothing
  last_seq    bigint,                  -- of the ended stream
  shipped_seq bigint not null default 0,
  reported_at timestamptz,             -- billing knows the end
  check ((ended_at is null) = (last_seq is null)),
  check (shipped_seq >= 0 and (last_seq is null or shipped_seq <= last_seq)),
  check (reported_at is null or shipped_seq = last_seq)
);
create index engine_instance_open on engine_instance (name) where reported_at is null;

create table engine_receipt (
  bucket        date not null,         -- UTC day of the event id
  event_id      uuid not null,
  attempt       int not null check (attempt >= 1),
  instance_id   uuid not null references engine_instance,
  ship_seq      bigint not null check (ship_seq >= 1),
  model_id      int not null,
  replica       text not null,
  tok_hit       int not null check (tok_hit >= 0),
  tok_miss      int not null check (tok_miss >= 0),
  tok_reason    int not null check (tok_reason between 0 and tok_out),
  tok_out       int not null,
  finish        text not null check (
                  finish in ('stop', 'length', 'cancelled', 'deadline', 'error')),
  output_sha256 bytea not null check (octet_length(output_sha256) = 32),
  started_at    timestamptz not null,
  ended_at      timestamptz not null,
  primary key (bucket, event_id, attempt)
) partition by range (bucket);
create index engine_receipt_stream on engine_receipt (instance_id, ship_seq);

-- Makes the partitions of yesterday to the day after tomorrow. The service owns nothing, so it
-- calls this at its start and every hour.
create function make_receipt_partitions() returns int
language plpgsql security definer set search_path = inference, pg_temp as $$
declare
  today date := (now() at time zone 'utc')::date;
  made int := 0;
  name text;
begin
  perform pg_advisory_xact_lock(hashtext('inference.make_receipt_partitions'));
  for offset_days in -1..2 loop
    name := 'engine_receipt_' || to_char(today + offset_days, 'YYYYMMDD');
    if to_regclass('inference.' || name) is null then
      execute format('create table %I partition of engine_receipt for values from (%L) to (%L)',
          name, today + offset_days, today + offset_days + 1);
      made := made + 1;
    end if;
  end loop;
  return made;
end
$$;
revoke all on function make_receipt_partitions() from public;

grant execute on function make_receipt_partitions() to r1_inference;
grant select, insert on engine_receipt to r1_inference;
grant select, insert, update (ended_at, last_seq, shipped_seq, reported_at) on engine_instance
  to r1_inference;
