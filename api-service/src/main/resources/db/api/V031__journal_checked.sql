-- What the nightly comparison of each day's FINALs with billing's usage said last. It outlives the
-- journal's day: afterwards it alone says, independently of billing, what was to be charged.
create table journal_checked (
  day date primary key,
  checked_at timestamptz not null,
  finals bigint not null check (finals >= 0),
  input numeric not null check (input >= 0),
  output numeric not null check (output >= 0),
  cost_pico numeric not null check (cost_pico >= 0),
  usage_pico numeric not null check (usage_pico >= 0),
  differences bigint not null check (differences >= 0)
);
grant select, insert, update on journal_checked to r1_api;

-- A day goes only if billing has all of it: as acknowledged, and as compared. All candidates are
-- looked at before the first goes: nobody can write under the journal's own lock.
create or replace function drop_journal(p_first date) returns int
language plpgsql security definer set search_path = api, pg_temp as $$
declare
  child text;
  over text[] := '{}';
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
           and f.kind = ''F''))
       or exists (select from %1$I) and not exists (select from journal_checked
         where day = to_date(%2$L, ''YYYYMMDD'') and differences = 0)',
      child, right(child, 8)) into needed;
    if needed then
      kept := kept + 1;
    else
      over := over || child;
    end if;
  end loop;
  if over <> '{}' then
    lock table only usage_journal in access exclusive mode;
  end if;
  foreach child in array over
  loop
    execute format('drop table %I', child);
    insert into journal_dropped (day) values (to_date(right(child, 8), 'YYYYMMDD'))
      on conflict do nothing;
  end loop;
  return kept;
end
$$;
