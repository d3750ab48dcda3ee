-- What reconciliation asks, by UTC days, the first inclusive and the last exclusive, so that only
-- their partitions are read. Flyway runs this file last, again whenever it has changed.

drop view if exists conservation;
drop function if exists conservation_in(date, date);
drop function if exists usage_sums_in(date, date);

-- Per tenant, currency and UTC day: the sums by hour, what the journals of usage posted, and the
-- ledger's sums by day. All are the same, where `accrued` is what usage accrued plus what credit
-- paid of it. A record that was confirmed late counts on the day under which the ledger has it.
-- Reads no usage record.
create function usage_sums_in(first_day date, end_day date) returns table (
  tenant_id bigint, currency char(3), day date, hourly_requests numeric, hourly_amount numeric,
  accrued numeric, revenue numeric, daily_accrued numeric, daily_revenue numeric)
language sql stable set search_path = billing, pg_temp as $$
  with correction as (
    select k.tenant_id, c.currency, k.admitted_on, k.effective_on, k.amount_pico
    from usage_correction k
      join rate_card_version v using (version_id) join rate_card c using (card_id)
    where (k.admitted_on >= first_day and k.admitted_on < end_day)
      or (k.effective_on >= first_day and k.effective_on < end_day)
  ), hours as (
    select h.tenant_id, c.currency, (h.hour at time zone 'UTC')::date as day, h.requests, h.amount
    from usage_hourly h join rate_card_version v using (version_id) join rate_card c using (card_id)
    where h.hour >= first_day::timestamp at time zone 'UTC'
      and h.hour < end_day::timestamp at time zone 'UTC'
    union all
    select k.tenant_id, k.currency, k.admitted_on, -1, -k.amount_pico from correction k
    union all
    select k.tenant_id, k.currency, k.effective_on, 1, k.amount_pico from correction k
  ), hourly as (
    select h.tenant_id, h.currency, h.day, sum(h.requests) as requests, sum(h.amount) as amount
    from hours h where h.day >= first_day and h.day < end_day
    group by 1, 2, 3
  ), posted as (
    select p.tenant_id, p.currency, p.effective_on as day, p.account, p.amount
    from posted_entry p
    where p.kind = 'USAGE' and p.account in ('accrued', 'revenue')
      and p.effective_on >= first_day and p.effective_on < end_day
    union all
    select c.tenant_id, c.currency, c.day, 'accrued', c.amount
    from credit_drawn c where c.day >= first_day and c.day < end_day
  ), ledger as (
    select p.tenant_id, p.currency, p.day,
      coalesce(sum(p.amount) filter (where p.account = 'accrued'), 0) as accrued,
      coalesce(-sum(p.amount) filter (where p.account = 'revenue'), 0) as revenue
    from posted p group by 1, 2, 3
  ), summed as (
    select a.tenant_id, a.currency, d.day, a.code, d.amount
    from account_day d join account a using (account_id)
    where a.code in ('accrued', 'revenue') and d.day >= first_day and d.day < end_day
    union all
    select c.tenant_id, c.currency, c.day, 'accrued', c.amount
    from credit_drawn c where c.day >= first_day and c.day < end_day
    union all
    select p.tenant_id, p.currency, p.effective_on, p.account, -p.amount
    from posted_entry p
    where p.kind <> 'USAGE' and p.account in ('accrued', 'revenue')
      and p.effective_on >= first_day and p.effective_on < end_day
  ), daily as (
    select s.tenant_id, s.currency, s.day,
      coalesce(sum(s.amount) filter (where s.code = 'accrued'), 0) as accrued,
      coalesce(-sum(s.amount) filter (where s.code = 'revenue'), 0) as revenue
    from summed s group by 1, 2, 3
  )
  select tenant_id, currency, day, coalesce(hourly.requests, 0), coalesce(hourly.amount, 0),
    coalesce(ledger.accrued, 0), coalesce(ledger.revenue, 0), coalesce(daily.accrued, 0),
    coalesce(daily.revenue, 0)
  from hourly
    full join ledger using (tenant_id, currency, day)
    full join daily using (tenant_id, currency, day)
$$;

-- The conservation law: every usage record added up, and these sums. A row that is not all equal is
-- a difference.
create function conservation_in(first_day date, end_day date) returns table (
  tenant_id bigint, currency char(3), day date, usage_requests numeric, hourly_requests numeric,
  usage_amount numeric, hourly_amount numeric, accrued numeric, revenue numeric,
  daily_accrued numeric, daily_revenue numeric)
language sql stable set search_path = billing, pg_temp as $$
  with counted as (
    select u.tenant_id, c.currency, (u.admitted_at at time zone 'UTC')::date as day,
      1::bigint as requests, u.amount_pico::numeric as amount
    from usage_record u join rate_card_version v using (version_id) join rate_card c using (card_id)
    where u.bucket >= first_day - 1 and u.bucket < end_day + 1
      and not exists (select from usage_correction k
        where k.bucket = u.bucket and k.event_id = u.event_id)
    union all
    select k.tenant_id, c.currency, k.effective_on, 1, k.amount_pico
    from usage_correction k
      join rate_card_version v using (version_id) join rate_card c using (card_id)
    where k.effective_on >= first_day and k.effective_on < end_day
    union all
    select t.tenant_id, t.currency, t.admitted_on, t.requests, t.amount
    from usage_retired_tenant t where t.admitted_on >= first_day and t.admitted_on < end_day
  ), usage as (
    select n.tenant_id, n.currency, n.day, sum(n.requests) as requests, sum(n.amount) as amount
    from counted n where n.day >= first_day and n.day < end_day
    group by 1, 2, 3
  )
  select tenant_id, currency, day, coalesce(usage.requests, 0), coalesce(sums.hourly_requests, 0),
    coalesce(usage.amount, 0), coalesce(sums.hourly_amount, 0), coalesce(sums.accrued, 0),
    coalesce(sums.revenue, 0), coalesce(sums.daily_accrued, 0), coalesce(sums.daily_revenue, 0)
  from usage
    full join usage_sums_in(first_day, end_day) sums using (tenant_id, currency, day)
$$;

-- Every kept day; for tests and the nightly check of everything.
create view conservation as
  select * from conservation_in('-infinity', 'infinity');

-- Held records that the journal has and usage does not: until a person decides, or for ever if
-- rejected. An id that is charged with other content is no such record: the journal has it once.
drop view if exists held_rejected cascade;
drop view if exists held_undecided;
drop view if exists held_unpaid;
drop view if exists held_record;
create view held_record as
  select h.held_id, h.event_id,
    (uuid_extract_timestamp(h.event_id) at time zone 'UTC')::date as bucket,
    h.resolved, h.resolved_by, h.resolved_why, h.input_low + h.input_high as input,
    h.output_low + h.output_high as output, h.pico
  from (select *,
      ('x' || encode(substring(record from 65 for 4), 'hex'))::bit(32)::int::bigint as input_low,
      ('x' || encode(substring(record from 69 for 4), 'hex'))::bit(32)::int::bigint as input_high,
      ('x' || encode(substring(record from 73 for 4), 'hex'))::bit(32)::int::bigint as output_low,
      ('x' || encode(substring(record from 77 for 4), 'hex'))::bit(32)::int::bigint as output_high,
      ('x' || encode(substring(record from 129 for 8), 'hex'))::bit(64)::bigint as pico
    from usage_held where resolved is distinct from 'CONFIRMED' and reason <> 'CONFLICT') h;

create view held_rejected as
  select held_id, event_id, bucket, resolved_by, resolved_why, input, output, pico
  from held_record where resolved = 'REJECTED';

-- Once for each request, and not if that is charged as another record says.
create view held_undecided as
  select distinct on (h.event_id) h.held_id, h.event_id, h.bucket, h.input, h.output, h.pico
  from held_record h
  where h.resolved is null and not exists (select from usage_record u
    where u.bucket = h.bucket and u.event_id = h.event_id)
  order by h.event_id, h.held_id;

-- Rejected, once for each request, and not if that is charged as another record says, be it one that
-- was confirmed and has left with its day, or if another of its records is undecided: it is among
-- those then.
create view held_unpaid as
  select distinct on (h.event_id) h.held_id, h.event_id, h.bucket, h.input, h.output, h.pico
  from held_record h
  where h.resolved = 'REJECTED'
    and not exists (select from usage_record u
      where u.bucket = h.bucket and u.event_id = h.event_id)
    and not exists (select from usage_held c
      where c.event_id = h.event_id and c.resolved = 'CONFIRMED')
    and not exists (select from held_record o
      where o.event_id = h.event_id and o.resolved is null)
  order by h.event_id, h.held_id;

-- Every journal or account of those days whose sums contradict its entries; empty is right. A
-- journal balances on each day by itself.
create or replace function ledger_broken_in(first_day date, end_day date)
returns table (what text)
language sql stable set search_path = billing, pg_temp as $$
  select 'journal ' || e.journal_id || ' is off by ' || sum(e.amount) || ' ' || a.currency
    || ' on ' || e.effective_on
  from entry e join account a using (account_id)
  where e.effective_on >= first_day and e.effective_on < end_day
  group by e.journal_id, a.currency, e.effective_on
  having sum(e.amount) <> 0
  union all
  select 'account ' || account_id || ' on ' || day || ': entries ' || coalesce(e.amount, 0)
    || ', account_day ' || coalesce(d.amount, 0)
  from (select n.account_id, n.effective_on as day, sum(n.amount) as amount from entry n
      where n.effective_on >= first_day and n.effective_on < end_day group by 1, 2) e
    full join (select * from account_day s where s.day >= first_day and s.day < end_day) d
      using (account_id, day)
  where coalesce(e.amount, 0) <> coalesce(d.amount, 0)
$$;

create or replace view ledger_broken as
  select what from ledger_broken_in('-infinity', 'infinity');

-- Organizations whose credit is not what the ledger says; null asks all.
create or replace function credit_balance_broken(tenants bigint[]) returns table (what text)
language sql stable set search_path = billing, pg_temp as $$
  with balance as (
    select a.tenant_id, a.currency, a.code, sum(d.amount) as amount
    from account_day d join account a using (account_id)
    where a.code in ('wallet_paid', 'wallet_promo', 'breakage', 'promo_expense')
      and (tenants is null or a.tenant_id = any (tenants))
    group by 1, 2, 3
  ), grants as (
    select tenant_id, currency, kind,
      sum(remaining) filter (where expires_at is null) as open,
      sum(remaining) filter (where expires_at is not null) as expiring,
      sum(amount) filter (where not reversed) as granted
    from credit_grant where tenants is null or tenant_id = any (tenants)
    group by 1, 2, 3
  ), expected as (
    select tenant_id, currency, case kind when 'PAID' then 'wallet_paid' else 'wallet_promo' end
      as code, -coalesce(open, 0) as amount
    from grants
    union all
    select tenant_id, currency, 'breakage', -coalesce(expiring, 0) from grants where kind = 'PAID'
    union all
    select tenant_id, currency, 'promo_expense', coalesce(granted, 0) - coalesce(expiring, 0)
    from grants where kind = 'PROMO'
  )
  select 'organization ' || tenant_id || ' ' || currency || ' ' || code || ': ledger '
    || coalesce(b.amount, 0) || ', grants ' || coalesce(e.amount, 0)
  from balance b full join expected e using (tenant_id, currency, code)
  where coalesce(b.amount, 0) <> coalesce(e.amount, 0)
$$;

-- Grants of which something else was used than drawn; null asks all.
create or replace function credit_grant_broken(grants bigint[]) returns table (what text)
language sql stable set search_path = billing, pg_temp as $$
  select 'grant ' || g.grant_id || ': used ' || g.amount - g.remaining || ', drawn '
    || coalesce(d.amount, 0)
  from credit_grant g
    left join (select grant_id, sum(amount) as amount from credit_draw
      where grants is null or grant_id = any (grants) group by 1) d using (grant_id)
  where (grants is null or g.grant_id = any (grants))
    and case when g.reversed then 0 else g.amount - g.remaining end <> coalesce(d.amount, 0)
$$;

create or replace view credit_broken as
  select what from credit_balance_broken(null)
  union all
  select what from credit_grant_broken(null);

-- Organizations whose adjustments are not what the ledger says; null asks all.
create or replace function adjustment_broken_of(tenants bigint[]) returns table (what text)
language sql stable set search_path = billing, pg_temp as $$
  with said as (
    select tenant_id, sum(amount) as amount from (
      select tenant_id, new_amount::numeric - old_amount as amount from rerated_request
      where tenants is null or tenant_id = any (tenants)
      union all
      select tenant_id, step from adjustment
      where tenants is null or tenant_id = any (tenants)) s
    group by tenant_id
  ), posted as (
    select tenant_id, -sum(amount) as amount from posted_entry
    where kind = 'ADJUST' and account = 'revenue'
      and (tenants is null or tenant_id = any (tenants))
    group by tenant_id
  )
  select 'organization ' || tenant_id || ': adjustments ' || coalesce(s.amount, 0) || ', ledger '
    || coalesce(p.amount, 0)
  from said s full join posted p using (tenant_id)
  where coalesce(s.amount, 0) <> coalesce(p.amount, 0)
  union all
  select 'adjustment ' || adjustment_id || ': revision ' || revision || ' says ' || target
    || ', its steps ' || steps
  from (select a.*, sum(step) over (partition by tenant_id, kind, currency, period, card_id,
      model_id, sku, win order by revision) as steps from adjustment a
      where tenants is null or tenant_id = any (tenants)) a
  where target <> steps
$$;

create or replace view adjustment_broken as
  select what from adjustment_broken_of(null);

-- Every contradiction between budget periods and their leases; empty is right. What is spent beside
-- leases (soft budgets, late and unleased charges) has no counterpart, so only what is leased is
-- compared; spent + leased <= limit is a check of the table. A period that leases nothing and whose
-- leases hold nothing cannot be wrong, so only the others are read.
create or replace view budget_broken as
  select 'budget period ' || period_id || ': leased ' || coalesce(p.leased, 0)
    || ', its leases hold ' || coalesce(l.held, 0) as what
  from (select period_id, leased from budget_period where lends) p
    full join (select period_id, sum(granted - spent - returned) as held from lease
      where holds group by 1) l using (period_id)
  where coalesce(p.leased, 0) <> coalesce(l.held, 0);

-- What may have changed since then; all of it has journals. Days, joined where they meet: those of
-- which something was posted, and those whose record was confirmed late.
create or replace function touched_days(since timestamptz)
returns table (first_day date, end_day date)
language sql stable set search_path = billing, pg_temp as $$
  select lower(r.days), upper(r.days)
  from (select unnest(range_agg(daterange(t.day, t.day + 1))) as days from (
      select e.effective_on as day from journal j join entry e using (journal_id)
      where j.created_at >= since
      union
      select k.admitted_on from usage_correction k join journal j using (journal_id)
      where j.created_at >= since) t) r
$$;

create or replace function touched_wallets(since timestamptz) returns bigint[]
language sql stable set search_path = billing, pg_temp as $$
  select coalesce(array_agg(distinct a.tenant_id), '{}')
  from journal j join entry e using (journal_id) join account a using (account_id)
  where j.created_at >= since
    and a.code in ('wallet_paid', 'wallet_promo', 'breakage', 'promo_expense')
$$;

create or replace function touched_grants(since timestamptz) returns bigint[]
language sql stable set search_path = billing, pg_temp as $$
  with fresh as (
    select journal_id, reverses from journal where created_at >= since
  )
  select coalesce(array_agg(distinct t.grant_id), '{}') from (
    select d.grant_id from fresh join credit_draw d using (journal_id)
    union all
    select g.grant_id from fresh join credit_grant g using (journal_id)
    union all
    select g.grant_id from fresh join credit_grant g on g.journal_id = fresh.reverses) t
$$;

create or replace function touched_adjustments(since timestamptz) returns bigint[]
language sql stable set search_path = billing, pg_temp as $$
  select coalesce(array_agg(distinct a.tenant_id), '{}')
  from journal j join entry e using (journal_id) join account a using (account_id)
  where j.created_at >= since and j.kind = 'ADJUST'
$$;

drop view if exists usage_mismatch;
drop function if exists usage_mismatch_in(date, date, uuid, uuid);

-- Every request of which the engine and the gateway do not say the same, and what the published
-- rule says about it; `what` is null where nothing explains it. A missing engine receipt is
-- explained only by the recorded end of an instance: one that began before the request ended, ended
-- after it was admitted, and of which no receipt is newer than the request's end (15 s allow for
-- the gateway's wait for an exact count). Every lost request is named, also without a receipt, and
-- a waiver that the gateway recorded explains exactly its own tokens. Where neither a waiver nor the
-- gateway's own count is told, hits and reasoning must be the same too, not only the sums. A request
-- whose record is held is not lost: it is a difference until a person decides. A foreign upstream
-- has no receipts of ours; what its usage said is charged, and an attempt on our own engine before
-- it was repeated. Ids narrow the days further; they are in the order of time.
create function usage_mismatch_in(
  first_day date, end_day date, first_id uuid, end_id uuid) returns table (
  bucket date, event_id uuid, engine_input bigint, engine_output bigint, usage_input bigint,
  usage_output bigint, amount_pico bigint, has_engine boolean, has_usage boolean, held boolean,
  what text)
language sql stable set search_path = billing, pg_temp as $$
  with engine as (
    select g.bucket, g.event_id, g.attempt, g.tok_hit::bigint + g.tok_miss as input,
      g.tok_out::bigint as output, g.tok_hit as hit, g.tok_reason as reasoning, g.replica_id, g.epoch,
      g.attempt = max(g.attempt) over (partition by g.bucket, g.event_id) as newest
    from engine_usage g where g.bucket >= first_day and g.bucket < end_day
      and g.event_id >= first_id and g.event_id <= end_id
  ), usage as (
    select r.bucket, r.event_id, r.finish, r.flags, r.tok_hit::bigint + r.tok_miss as input,
      r.tok_reason::bigint + r.tok_answer as output, r.tok_hit as hit, r.tok_reason as reasoning,
      r.waived_in, r.waived_out, r.amount_pico,
      r.admitted_at, r.finished_at
    from usage_record r where r.bucket >= first_day and r.bucket < end_day
      and r.event_id >= first_id and r.event_id <= end_id
  ), pair as (
    select bucket, event_id, e.event_id is not null as has_engine,
      u.event_id is not null as has_usage,
      coalesce(e.input, 0) as engine_input, coalesce(e.output, 0) as engine_output,
      coalesce(u.input, 0) as usage_input, coalesce(u.output, 0) as usage_output,
      coalesce(u.amount_pico, 0) as amount_pico, u.finish, u.admitted_at, u.finished_at,
      coalesce(u.waived_in, 0) as waived_in, coalesce(u.waived_out, 0) as waived_out,
      coalesce(u.flags & 4 <> 0, false) as by_gateway,
      coalesce(u.flags & 256 <> 0, false) as foreign_upstream,
      (array['RETRY', 'NO_OUTPUT', 'LATE_STOP', 'OVERRUN', 'LOST'])[u.flags >> 4 & 15] as cause,
      (e.hit, e.reasoning) <> (u.hit, u.reasoning) and u.flags >> 4 & 15 = 0
        and u.flags & 4 = 0 and u.waived_in = 0 and u.waived_out = 0 as classes_differ,
      u.event_id is null and exists (select from usage_held h
        where h.event_id = e.event_id and h.resolved is null) as held,
      exists (select from ingest_hwm h
        where h.replica_id = e.replica_id and h.epoch = e.epoch and h.closed) as epoch_closed
    from (select * from engine where newest) e full join usage u using (bucket, event_id)
  )
  select p.bucket, p.event_id, p.engine_input, p.engine_output, p.usage_input, p.usage_output,
    p.amount_pico, p.has_engine, p.has_usage,
    p.held,
    case
      when not has_usage and exists (
        select from held_rejected h where h.event_id = p.event_id) then 'REJECTED'
      when not has_usage and epoch_closed and not held then 'LOST'
      when not has_usage then null
      when finish = 6 and p.usage_input = 0 and p.usage_output = 0 then 'LOST'
      when foreign_upstream then 'FOREIGN'
      when not has_engine and (by_gateway or finish = 4) and exists (
          select from engine_instance i
          where i.started_at <= finished_at and i.ended_at >= admitted_at and not exists (
            select from engine_usage r
            where r.instance_id = i.instance_id and r.bucket >= p.bucket - 2
              and r.ended_at > finished_at + interval '15 seconds')) then 'ENGINE_DIED'
      when not has_engine then null
      when p.usage_output = 0 and p.engine_output = 0 then 'NO_OUTPUT'
      when p.engine_input = p.usage_input + waived_in
        and p.engine_output = p.usage_output + waived_out then cause
      when by_gateway and p.engine_input >= p.usage_input and p.engine_output >= p.usage_output
        then 'LATE_STOP'
    end
  from pair p
  where p.engine_input <> p.usage_input or p.engine_output <> p.usage_output or finish = 6
    or classes_differ
  union all
  select e.bucket, e.event_id, e.input, e.output, 0, 0, 0, true, true, false, 'RETRY'
  from engine e where not e.newest
$$;

grant select on conservation, held_rejected, held_undecided, held_unpaid to r1_billing;
