-- The engine's receipts of a retired day leave for a file too, so that engine = gateway can be
-- shown of it again, request by request.
alter table usage_retired
  add column receipts bigint null check (receipts >= 0);
comment on column usage_retired.receipts is
  'rows of the file of engine receipts; null: retired before V039, only their sums stayed';

drop function retire_usage_day(date, bigint, numeric, bytea);

-- Lets a day's records and engine receipts go, once they are in files with exactly these counts and
-- sums and none of that day is held undecided, so that what the day says of its requests is final.
-- The service owns no table and may not delete; this is the only way, and it does not go for days
-- that may still be added to. While it counts, nobody writes to that day, and everybody reads; only
-- the drop itself makes usage wait, and it is given up after two seconds.
create function retire_usage_day(gone date, file_requests bigint, file_amount numeric,
  file_receipts bigint, file_tokens numeric, manifest bytea) returns int
language plpgsql security definer set search_path = billing, pg_temp as $$
declare
  child text := 'usage_record_' || to_char(gone, 'YYYYMMDD');
  receipts text := 'engine_usage_' || to_char(gone, 'YYYYMMDD');
  first_id uuid := '00000000-0000-0000-0000-000000000000';
  last_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  next_part int;
  found_requests bigint;
  found_amount numeric;
  found_receipts bigint;
  found_tokens numeric;
begin
  if gone > (now() at time zone 'UTC')::date - 37 then
    raise exception 'day % is not old enough', gone;
  end if;
  if to_regclass('billing.' || child) is null then
    raise exception 'day % is not here', gone;
  end if;
  perform set_config('lock_timeout', '2s', true);
  execute format('lock table billing.%I, billing.%I in share mode', child, receipts);
  select count(*), coalesce(sum(amount_pico), 0) into found_requests, found_amount
    from usage_record where bucket = gone;
  if found_requests <> file_requests or found_amount <> file_amount then
    raise exception 'day % has % records over %, the file % over %', gone, found_requests,
      found_amount, file_requests, file_amount;
  end if;
  select count(*), coalesce(sum(tok_hit::bigint + tok_miss + tok_out), 0)
    into found_receipts, found_tokens
    from engine_usage where bucket = gone;
  if found_receipts <> file_receipts or found_tokens <> file_tokens then
    raise exception 'day % has % engine receipts over % tokens, the file % over %', gone,
      found_receipts, found_tokens, file_receipts, file_tokens;
  end if;
  if exists (select from usage_mismatch_in(gone, gone + 1, first_id, last_id) m
      where m.what is null) then
    raise exception 'day % has unexplained differences', gone;
  end if;
  if exists (select from usage_held h where h.resolved is null
      and (uuid_extract_timestamp(h.event_id) at time zone 'UTC')::date = gone) then
    raise exception 'day % has held records that nobody has decided', gone;
  end if;
  select coalesce(max(part), 0) + 1 into next_part from usage_retired where day = gone;
  insert into usage_retired (day, part, requests, input, output, amount, engine_requests,
      engine_input, engine_output, waived_requests, waived_input, waived_output, manifest_sha256,
      receipts)
    select gone, next_part, count(*), coalesce(sum(tok_hit::bigint + tok_miss), 0),
      coalesce(sum(tok_reason::bigint + tok_answer), 0), coalesce(sum(amount_pico), 0),
      (select count(distinct event_id) from engine_usage where bucket = gone),
      (select coalesce(sum(tok_hit::bigint + tok_miss), 0) from engine_usage where bucket = gone),
      (select coalesce(sum(tok_out::bigint), 0) from engine_usage where bucket = gone),
      (select count(*) from usage_mismatch_in(gone, gone + 1, first_id, last_id)),
      (select coalesce(sum(m.engine_input - m.usage_input), 0)
        from usage_mismatch_in(gone, gone + 1, first_id, last_id) m),
      (select coalesce(sum(m.engine_output - m.usage_output), 0)
        from usage_mismatch_in(gone, gone + 1, first_id, last_id) m), manifest, found_receipts
    from usage_record where bucket = gone;
  insert into usage_retired_tenant (day, part, tenant_id, currency, admitted_on, requests, amount)
    select gone, next_part, u.tenant_id, c.currency, (u.admitted_at at time zone 'UTC')::date,
      count(*), sum(u.amount_pico)
    from usage_record u
      join rate_card_version v using (version_id) join rate_card c using (card_id)
    where u.bucket = gone and not exists (select from usage_correction k
      where k.bucket = u.bucket and k.event_id = u.event_id)
    group by 1, 2, 3, 4, 5;
  lock table only usage_record, only engine_usage in access exclusive mode;
  execute format('drop table billing.%I', child);
  execute format('drop table billing.%I', receipts);
  return next_part;
end
$$;
revoke all on function retire_usage_day(date, bigint, numeric, bigint, numeric, bytea) from public;
grant execute on function retire_usage_day(date, bigint, numeric, bigint, numeric, bytea)
  to r1_billing;
