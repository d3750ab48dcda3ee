-- FOCUS Billing Period: the months with invoices or usage, of one organization or of all. A month
-- is closed when it has an invoice and none of it is still being made.
with month as (
  select date_trunc('month', lower(i.period) at time zone 'UTC') as month, i.built_at, i.issued_at,
    i.voided_at, i.status in ('open', 'draft') as is_open
  from invoice i
  where i.kind = 'INVOICE'
    and (cast(:organization as bigint) is null or i.tenant_id = cast(:organization as bigint))
  union all -- a month without any invoice yet
  select date_trunc('month', d.day::timestamp), null, null, null, not exists (
      select from invoice i where i.tenant_id = d.tenant_id and i.currency = d.currency
        and i.kind = 'INVOICE' and (lower(i.period) at time zone 'UTC')::date
          = date_trunc('month', d.day::timestamp)::date)
  from balance_day d
  where d.account = 'revenue' and d.amount <> 0
    and d.day >= (cast(:from as timestamptz) at time zone 'UTC')::date
    and d.day < cast(:to as timestamptz) at time zone 'UTC'
    and (cast(:organization as bigint) is null or d.tenant_id = cast(:organization as bigint))
)
select
  month at time zone 'UTC' as "BillingPeriodCreated",
  (month + interval '1 month') at time zone 'UTC' as "BillingPeriodEnd",
  greatest(month at time zone 'UTC',
    date_trunc('second', max(greatest(built_at, issued_at, voided_at)), 'UTC'))
    as "BillingPeriodLastUpdated",
  month at time zone 'UTC' as "BillingPeriodStart",
  case when bool_or(is_open) then 'Open' else 'Closed' end as "BillingPeriodStatus",
  {issuer} as "InvoiceIssuerName"
from month
where month at time zone 'UTC' >= cast(:from as timestamptz)
  and month at time zone 'UTC' < cast(:to as timestamptz)
group by month
order by month
