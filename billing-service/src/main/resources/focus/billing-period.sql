-- FOCUS Billing Period: the months with charges, of one organization or of all. A month is closed
-- when whoever has usage or an invoice in it has one that is finalized, of it or of a later month.
with known as (
  select m.tenant_id, m.currency, m.month::timestamp as month, null::timestamptz as at, m.closed
  from invoice_month(cast(:organization as bigint),
    (cast(:from as timestamptz) at time zone 'UTC')::date,
    (date_trunc('month', cast(:to as timestamptz) at time zone 'UTC' - interval '1 microsecond')
      + interval '1 month')::date) m
  union all
  select i.tenant_id, i.currency, date_trunc('month', lower(i.period) at time zone 'UTC'),
    greatest(i.built_at, i.issued_at, i.voided_at), null
  from invoice i
  where i.kind = 'INVOICE'
    and (cast(:organization as bigint) is null or i.tenant_id = cast(:organization as bigint))
  union all -- a purchase makes no invoice, so it keeps no month open for others
  select d.tenant_id, d.currency, date_trunc('month', d.day::timestamp), null, null
  from balance_day d
  where d.account = 'cash' and d.amount <> 0
    and d.day >= (cast(:from as timestamptz) at time zone 'UTC')::date
    and d.day < cast(:to as timestamptz) at time zone 'UTC'
    and (cast(:organization as bigint) is null or d.tenant_id = cast(:organization as bigint))
  union all
  select i.tenant_id, i.currency, date_trunc('month', i.issued_at at time zone 'UTC'), i.issued_at,
    null
  from invoice i
  where i.kind = 'CREDIT_NOTE' and i.status = 'finalized'
    and (cast(:organization as bigint) is null or i.tenant_id = cast(:organization as bigint))
), month as (
  select month, max(at) as at, bool_or(closed) as closed
  from known
  group by tenant_id, currency, month
)
select
  month at time zone 'UTC' as "BillingPeriodCreated",
  (month + interval '1 month') at time zone 'UTC' as "BillingPeriodEnd",
  greatest(month at time zone 'UTC',
    date_trunc('second', max(at), 'UTC')) as "BillingPeriodLastUpdated",
  month at time zone 'UTC' as "BillingPeriodStart",
  case when bool_and(closed) then 'Closed' else 'Open' end as "BillingPeriodStatus",
  {issuer} as "InvoiceIssuerName"
from month
where month at time zone 'UTC' >= cast(:from as timestamptz)
  and month at time zone 'UTC' < cast(:to as timestamptz)
group by month
order by month
