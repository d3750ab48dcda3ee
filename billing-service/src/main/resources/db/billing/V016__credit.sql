-- Prepaid credit. `remaining` is what was never drawn; after expires_at it is breakage, which the
-- ledger has booked for that day since the grant was made.
create table credit_account (
  tenant_id bigint primary key,
  currency char(3) not null,
  mode text not null check (mode in ('PREPAID', 'POSTPAID')),
  credit_limit pico not null check (credit_limit >= 0),
  paid pico not null check (paid >= 0),
  check (mode = 'POSTPAID' or credit_limit = 0)
);
comment on column credit_account.paid is 'payments for usage that was or will be accrued';

create table credit_grant (
  grant_id bigint generated always as identity primary key,
  tenant_id bigint not null references credit_account,
  currency char(3) not null,
  kind text not null check (kind in ('PAID', 'PROMO')),
  priority int not null check (priority between 0 and 1000),
  effective_at timestamptz not null,
  expires_at timestamptz null,
  amount pico not null check (amount > 0),
  remaining pico not null check (remaining between 0 and amount),
  reversed boolean not null default false,
  journal_id uuid not null unique references journal,
  check (expires_at > effective_at),
  check (not reversed or remaining = 0)
);
create index on credit_grant (tenant_id) where remaining > 0;

create table credit_draw (
  journal_id uuid not null references journal deferrable initially deferred,
  grant_id bigint not null references credit_grant,
  day date not null,
  amount pico not null check (amount > 0),
  primary key (journal_id, grant_id, day)
);
create index on credit_draw (grant_id);

-- Who ordered what; an id is done once.
create table credit_command (
  command_id uuid primary key,
  tenant_id bigint not null,
  kind text not null check (kind in ('TOP_UP', 'GRANT', 'PAYMENT', 'TERMS', 'REVERSAL')),
  actor text not null check (length(actor) between 1 and 200),
  body jsonb not null,
  body_sha256 bytea not null check (length(body_sha256) = 32),
  journal_id uuid null references journal,
  at timestamptz not null
);
create index on credit_command (tenant_id, at);

create trigger append_only before update or delete or truncate on credit_draw
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on credit_command
  for each statement execute function refuse_change();
create trigger never_deleted before delete or truncate on credit_grant
  for each statement execute function refuse_change();

grant select, insert on credit_account, credit_grant, credit_draw, credit_command to r1_billing;
grant update (mode, credit_limit, paid) on credit_account to r1_billing;
grant update (remaining, reversed) on credit_grant to r1_billing;

-- Every contradiction between grants, draws and the ledger; empty is right.
create view credit_broken as
  with balance as (
    select a.tenant_id, a.currency, a.code, sum(d.amount) as amount
    from account_day d join account a using (account_id)
    where a.code in ('wallet_paid', 'wallet_promo', 'breakage', 'promo_expense')
    group by 1, 2, 3
  ), grants as (
    select tenant_id, currency, kind,
      sum(remaining) filter (where expires_at is null) as open,
      sum(remaining) filter (where expires_at is not null) as expiring,
      sum(amount) filter (where not reversed) as granted
    from credit_grant group by 1, 2, 3
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
    || coalesce(b.amount, 0) || ', grants ' || coalesce(e.amount, 0) as what
  from balance b full join expected e using (tenant_id, currency, code)
  where coalesce(b.amount, 0) <> coalesce(e.amount, 0)
  union all
  select 'grant ' || g.grant_id || ': used ' || g.amount - g.remaining || ', drawn '
    || coalesce(d.amount, 0)
  from credit_grant g
    left join (select grant_id, sum(amount) as amount from credit_draw group by 1) d using (grant_id)
  where case when g.reversed then 0 else g.amount - g.remaining end <> coalesce(d.amount, 0);

-- What credit paid of each day's usage.
create view credit_drawn as
  select g.tenant_id, g.currency, d.day, g.kind, sum(d.amount) as amount
  from credit_draw d join credit_grant g using (grant_id)
  group by 1, 2, 3, 4;

grant select on credit_broken, credit_drawn to r1_billing;

-- accrued: what was accrued by usage plus what credit paid of it.
create or replace view conservation as
  with usage as (
    select u.tenant_id, c.currency, (u.admitted_at at time zone 'UTC')::date as day,
      count(*) as requests, sum(u.amount_pico) as amount
    from usage_record u join rate_card_version v using (version_id) join rate_card c using (card_id)
    group by 1, 2, 3
  ), hourly as (
    select h.tenant_id, c.currency, (h.hour at time zone 'UTC')::date as day,
      sum(h.requests) as requests, sum(h.amount) as amount
    from usage_hourly h join rate_card_version v using (version_id) join rate_card c using (card_id)
    group by 1, 2, 3
  ), posted as (
    select tenant_id, currency, effective_on as day, account, amount
    from posted_entry where kind = 'USAGE' and account in ('accrued', 'revenue')
    union all
    select tenant_id, currency, day, 'accrued', amount from credit_drawn
  ), ledger as (
    select tenant_id, currency, day,
      coalesce(sum(amount) filter (where account = 'accrued'), 0) as accrued,
      coalesce(-sum(amount) filter (where account = 'revenue'), 0) as revenue
    from posted
    group by 1, 2, 3
  ), daily as (
    select a.tenant_id, a.currency, d.day, a.code, d.amount
    from account_day d join account a using (account_id) where a.code in ('accrued', 'revenue')
    union all
    select tenant_id, currency, day, 'accrued', amount from credit_drawn
    union all
    select tenant_id, currency, effective_on, account, -amount
    from posted_entry where kind <> 'USAGE' and account in ('accrued', 'revenue')
  ), daily_sum as (
    select tenant_id, currency, day,
      coalesce(sum(amount) filter (where code = 'accrued'), 0) as accrued,
      coalesce(-sum(amount) filter (where code = 'revenue'), 0) as revenue
    from daily
    group by 1, 2, 3
  )
  select tenant_id, currency, day,
    coalesce(usage.requests, 0) as usage_requests,
    coalesce(hourly.requests, 0) as hourly_requests,
    coalesce(usage.amount, 0) as usage_amount,
    coalesce(hourly.amount, 0) as hourly_amount,
    coalesce(ledger.accrued, 0) as accrued,
    coalesce(ledger.revenue, 0) as revenue,
    coalesce(daily_sum.accrued, 0) as daily_accrued,
    coalesce(daily_sum.revenue, 0) as daily_revenue
  from usage
    full join hourly using (tenant_id, currency, day)
    full join ledger using (tenant_id, currency, day)
    full join daily_sum using (tenant_id, currency, day);
