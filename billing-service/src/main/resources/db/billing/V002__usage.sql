-- Usage: one wide row per request, never changed; the sums by hour; what may not be posted.
create table usage_record (
  bucket date not null,
  event_id uuid not null,
  finish int not null check (finish between 1 and 8),
  flags int not null check (flags between 0 and 65535),
  model_id int not null,
  tenant_id bigint not null,
  project_id bigint not null,
  api_key_id bigint not null,
  admitted_at timestamptz not null,
  finished_at timestamptz not null,
  tok_hit int not null check (tok_hit >= 0),
  tok_miss int not null check (tok_miss >= 0),
  tok_reason int not null check (tok_reason >= 0),
  tok_answer int not null check (tok_answer >= 0),
  waived_in int not null check (waived_in >= 0),
  waived_out int not null check (waived_out >= 0),
  ttft_ms int not null,
  win int not null,
  version_id bigint not null references rate_card_version,
  amount_pico bigint not null check (amount_pico >= 0),
  salt bytea not null check (length(salt) = 16),
  output_sha256 bytea not null check (length(output_sha256) = 32),
  leaf_sha256 bytea not null check (length(leaf_sha256) = 32),
  journal_id uuid not null,
  primary key (bucket, event_id),
  check (bucket = (uuid_extract_timestamp(event_id) at time zone 'UTC')::date)
) partition by range (bucket);

create index on usage_record (tenant_id, admitted_at);
create index on usage_record (admitted_at, event_id);

create table usage_held (
  held_id bigint generated always as identity primary key,
  event_id uuid not null,
  record bytea not null check (length(record) = 184),
  leaf_sha256 bytea not null check (length(leaf_sha256) = 32),
  reason text not null check (reason in
    ('CONFLICT', 'PRICE_MISMATCH', 'UNKNOWN_PRICE', 'LATE', 'FUTURE', 'MALFORMED')),
  source text not null,
  replica_id bigint not null,
  epoch int not null,
  ship_seq bigint not null,
  held_at timestamptz not null,
  resolved text null,
  unique (leaf_sha256, reason)
);

create table usage_hourly (
  tenant_id bigint not null,
  hour timestamptz not null,
  project_id bigint not null,
  api_key_id bigint not null,
  model_id int not null,
  version_id bigint not null,
  win int not null,
  requests bigint not null,
  tok_hit bigint not null,
  tok_miss bigint not null,
  tok_reason bigint not null,
  tok_answer bigint not null,
  waived_in bigint not null,
  waived_out bigint not null,
  amount pico not null,
  primary key (tenant_id, hour, project_id, api_key_id, model_id, version_id, win)
);
create index on usage_hourly (hour);

create table ingest_hwm (
  source text not null check (source = 'gateway'),
  replica_id bigint not null,
  epoch int not null,
  next_seq bigint not null check (next_seq >= 1),
  last_seq bigint null,
  closed boolean not null default false,
  seen_at timestamptz not null,
  primary key (source, replica_id, epoch),
  check (closed = (last_seq is not null)),
  check (not closed or next_seq > last_seq)
);

-- What the engine says it generated: one row per attempt.
create table engine_usage (
  bucket date not null,
  event_id uuid not null,
  attempt int not null check (attempt >= 1),
  instance_id uuid not null,
  replica_id bigint not null,
  epoch int not null,
  model_id int not null,
  tok_hit int not null check (tok_hit >= 0),
  tok_miss int not null check (tok_miss >= 0),
  tok_reason int not null check (tok_reason >= 0),
  tok_out int not null check (tok_out >= tok_reason),
  finish text not null,
  output_sha256 bytea null check (length(output_sha256) = 32),
  started_at timestamptz not null,
  ended_at timestamptz not null,
  ship_seq bigint not null,
  primary key (bucket, event_id, attempt),
  check (bucket = (uuid_extract_timestamp(event_id) at time zone 'UTC')::date)
) partition by range (bucket);
create index on engine_usage (instance_id, ended_at);

create table engine_held (
  held_id bigint generated always as identity primary key,
  event_id uuid not null,
  attempt int not null,
  instance_id uuid not null,
  ship_seq bigint not null,
  receipt jsonb not null,
  reason text not null check (reason in ('CONFLICT', 'MALFORMED')),
  held_at timestamptz not null,
  resolved text null,
  unique (instance_id, ship_seq)
);

create table engine_instance (
  instance_id uuid primary key,
  next_seq bigint not null check (next_seq >= 1),
  last_seq bigint null,
  first_seen_at timestamptz not null,
  seen_at timestamptz not null,
  ended_at timestamptz null,
  check ((ended_at is null) = (last_seq is null)),
  check (last_seq is null or next_seq > last_seq)
);

-- Makes the partitions of one day. The service owns no table, so it asks the owner here. Attaching
-- takes a lock that lets readers and writers of the other days go on.
create function make_usage_partitions(day date) returns void
language plpgsql security definer set search_path = billing, pg_temp as $$
declare
  parent text;
  child text;
begin
  perform pg_advisory_xact_lock(hashtext('billing.make_usage_partitions'));
  foreach parent in array array['usage_record', 'engine_usage'] loop
    child := parent || to_char(day, '"_"YYYYMMDD');
    if to_regclass('billing.' || child) is null then
      execute format('create table billing.%I (like billing.%I including all)', child, parent);
      execute format('alter table billing.%I attach partition billing.%I for values from (%L) to (%L)',
        parent, child, day, day + 1);
    end if;
  end loop;
end
$$;
revoke all on function make_usage_partitions(date) from public;

grant execute on function make_usage_partitions(date) to r1_billing;
grant select, insert on usage_record, engine_usage to r1_billing;
grant select, insert on usage_held, engine_held to r1_billing;
grant update (resolved) on usage_held, engine_held to r1_billing;
grant select, insert, update on usage_hourly, ingest_hwm, engine_instance to r1_billing;
