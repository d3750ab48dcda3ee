-- FOCUS Invoice Detail: each line of each invoice and credit note that has a number, as printed.
-- What was made void is payable no more: its lines are 0, and x_VoidedCost has what they were.
select
  trim_scale(case when i.status = 'void' then 0 else l.amount_minor * u.unit end) as "BilledCost",
  i.tenant_id::text as "BillingAccountId",
  i.currency::text as "BillingCurrency",
  (p.month + interval '1 month') at time zone 'UTC' as "BillingPeriodEnd",
  p.month at time zone 'UTC' as "BillingPeriodStart",
  case when l.kind = 'TAX' then 'Tax'
    when l.kind = 'USAGE' or l.kind = 'TIER' and l.amount < 0 then 'Usage'
    when l.kind = 'CREDIT' and l.note = 'PROMO' then 'Credit'
    when l.kind = 'CREDIT' then 'Usage'
    else 'Adjustment' end as "ChargeCategory",
  date_trunc('second', i.issued_at, 'UTC') as "InvoiceDetailCreated",
  case l.kind
    when 'USAGE' then concat(m.name, ', ', s.sku, ', tokens of ', to_char(l.month, 'YYYY-MM'))
    when 'TIER' then concat('Tiers of ', m.name, ', ', s.sku, ', ', to_char(l.month, 'YYYY-MM'))
    when 'SHORTFALL' then concat('What is missing to the commitment that begins with ',
      to_char(l.month, 'YYYY-MM'))
    when 'CREDIT' then case l.note when 'PROMO' then 'Promotional credit'
      else 'Paid by prepaid credit' end
    when 'TAX' then l.tax_label
    when 'CARRIED' then case when l.amount < 0 then 'Carried over from an earlier invoice'
      else 'Carried to the next invoice' end
    else l.note end as "InvoiceDetailDescription",
  jsonb_strip_nulls(jsonb_build_object('x_LineKind', l.kind, 'x_Month', to_char(l.month, 'YYYY-MM'),
    'x_ProjectId', l.project_id::text, 'x_SkuId', m.name || '-' || s.sku,
    'x_PriceVersionId', l.version_id::text, 'x_Window', l.win, 'x_Credit',
    case when l.kind = 'CREDIT' then l.note end, 'x_TaxCode', l.tax_code, 'x_ReferenceLine',
    l.reference_line))::text as "InvoiceDetailGrain",
  i.number || '-' || l.line_no as "InvoiceDetailId",
  date_trunc('second', coalesce(i.voided_at, i.issued_at), 'UTC') as "InvoiceDetailLastUpdated",
  i.number as "InvoiceId",
  date_trunc('second', i.issued_at, 'UTC') as "InvoiceIssueDate",
  case when i.status = 'void' then 'Voided' else 'Issued' end as "InvoiceIssueStatus",
  coalesce(i.issuer ->> 'name', {issuer}) as "InvoiceIssuerName",
  i.due_on::timestamp at time zone 'UTC' as "PaymentDueDate",
  case when i.kind = 'CREDIT_NOTE' then 'Credit note'
    else replace(initcap(i.terms), '_', ' ') end as "PaymentTerms",
  coalesce(r.number, i.number) as "ReferenceInvoiceId",
  trim_scale(l.amount * 0.000000000001) as "x_ExactCost",
  case when i.status = 'void' then trim_scale(l.amount_minor * u.unit) end as "x_VoidedCost"
from invoice i
  join invoice_line l using (invoice_id)
  left join invoice r on r.invoice_id = i.reference_id
  left join model m using (model_id)
  cross join lateral (select lower(replace(replace(l.sku, 'ANSWER', 'OUTPUT'), '_', '-')) as sku) s
  cross join lateral (select case when i.currency in ({whole}) then 1::numeric
    when i.currency in ({thousandth}) then 0.001 else 0.01 end as unit) u
  cross join lateral (select date_trunc('month', case when i.kind = 'INVOICE'
    then lower(i.period) else i.issued_at end at time zone 'UTC') as month) p
where i.number is not null
  and (cast(:organization as bigint) is null or i.tenant_id = cast(:organization as bigint))
  and p.month at time zone 'UTC' >= cast(:from as timestamptz)
  and p.month at time zone 'UTC' < cast(:to as timestamptz)
order by i.number collate "C", l.line_no
