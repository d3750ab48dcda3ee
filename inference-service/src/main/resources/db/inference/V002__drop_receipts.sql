-- Old days of receipts leave once billing has all of them.

-- Drops the oldest day before p_first, never one of the last 7, of which billing has acknowledged
-- every receipt. One day per call, so that what is locked for the drop is not locked while the next
-- day is read. Whoever writes to a day is waited for and seen, or nothing is dropped. Returns how
-- many days were dropped, and how many of the old ones have to stay.
create function drop_receipts(p_first date, out dropped int, out kept int)
language plpgsql security definer set search_path = inference, pg_temp as $$
declare
  child text;
  oldest text;
  needed boolean;
begin
  perform set_config('lock_timeout', '500ms', true);
  dropped := 0;
  kept := 0;
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'inference.engine_receipt'::regclass
      and to_date(right(c.relname, 8), 'YYYYMMDD')
        < least(p_first, (now() at time zone 'utc')::date - 7)
    order by 1
  loop
    execute format('lock table %I in share mode', child);
    execute format(
      'select exists (select from engine_instance i where exists (select from %I r
         where r.instance_id = i.instance_id and r.ship_seq > i.shipped_seq))', child)
      into needed;
    if needed then
      kept := kept + 1;
    else
      oldest := coalesce(oldest, child);
    end if;
  end loop;
  if oldest is not null then
    lock table engine_instance, only engine_receipt in access exclusive mode; -- as a writer does
    execute format('drop table %I', oldest);
    dropped := 1;
  end if;
end
$$;
revoke all on function drop_receipts(date) from public;
grant execute on function drop_receipts(date) to r1_inference;
