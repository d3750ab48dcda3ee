-- One row for each finished request, for people: what it was, how fast, what it cost. Money does not
-- depend on it; rows may be missing after a crash. Partitioned by day, dropped after some weeks.
create table request_log (
  bucket date not null,
  event_id uuid not null,
  organization_id bigint not null,
  project_id bigint not null,
  key_id bigint not null,
  model_id int not null,
  model text not null,
  upstream text not null,
  replica text not null,
  streamed boolean not null,
  tok_hit int not null,
  tok_miss int not null,
  tok_reason int not null,
  tok_answer int not null,
  waived_in int not null,
  waived_out int not null,
  ttft_ms int null,
  gap_p50_us bigint null,
  gap_p95_us bigint null,
  finish text not null,
  amount_pico bigint not null,
  price_sha256 text not null,
  price_version text not null,
  win int not null,
  admitted_at timestamptz not null,
  finished_at timestamptz not null,
  primary key (bucket, event_id)
) partition by range (bucket);
create index on request_log (organization_id, admitted_at);

create function ensure_request_log_partitions(p_day date) returns void
language plpgsql security definer set search_path = api, pg_temp as $$
declare
  day date;
begin
  perform pg_advisory_xact_lock(hashtext('request_log'));
  for day in select generate_series(p_day - 1, p_day + 2, interval '1 day')::date loop
    continue when to_regclass('request_log_' || to_char(day, 'YYYYMMDD')) is not null;
    execute format(
      'create table request_log_%s partition of request_log for values from (%L) to (%L)',
      to_char(day, 'YYYYMMDD'), day, day + 1);
  end loop;
end
$$;

-- Drops the days before p_first, never one of the last two. Returns how many.
create function drop_request_log(p_first date) returns int
language plpgsql security definer set search_path = api, pg_temp as $$
declare
  child text;
  dropped int := 0;
begin
  perform set_config('lock_timeout', '5s', true);
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'api.request_log'::regclass
      and to_date(right(c.relname, 8), 'YYYYMMDD')
        < least(p_first, (now() at time zone 'UTC')::date - 2)
  loop
    execute format('drop table %I', child);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;

-- The days that the journal no longer has because billing has all of them.
create table journal_dropped (
  day date primary key,
  dropped_at timestamptz not null default now()
);
grant select on journal_dropped to r1_api;

-- Drops the journal's days before p_first, never one of the last 35, once billing has every FINAL
-- of theirs and every ADMIT has its FINAL. Returns the days that are old and have to stay. Whoever
-- writes to such a day is waited for and seen, or nothing is dropped. Only the drop itself makes the
-- journal wait, half a second at most; else it fails and is tried again.
create function drop_journal(p_first date) returns int
language plpgsql security definer set search_path = api, pg_temp as $$
declare
  child text;
  kept int := 0;
  needed boolean;
begin
  perform set_config('lock_timeout', '500ms', true);
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'api.usage_journal'::regclass
      and to_date(right(c.relname, 8), 'YYYYMMDD')
        < least(p_first, (now() at time zone 'UTC')::date - 35)
    order by 1
  loop
    execute format('lock table %I in share mode', child);
    execute format(
      'select exists (select from %1$I j left join shipping s using (replica_id, epoch)
         where j.kind = ''F'' and j.ship_seq > coalesce(s.acked_seq, 0))
       or exists (select from %1$I a where a.kind = ''A'' and not exists (
         select from %1$I f where f.bucket = a.bucket and f.event_id = a.event_id
           and f.kind = ''F''))', child) into needed;
    if needed then
      kept := kept + 1;
    else
      lock table only usage_journal in access exclusive mode;
      execute format('drop table %I', child);
      insert into journal_dropped (day) values (to_date(right(child, 8), 'YYYYMMDD'))
        on conflict do nothing;
    end if;
  end loop;
  return kept;
end
$$;

revoke all on function ensure_request_log_partitions(date), drop_request_log(date),
  drop_journal(date) from public;
grant execute on function ensure_request_log_partitions(date), drop_request_log(date),
  drop_journal(date) to r1_api;
grant select, insert on request_log to r1_api;
