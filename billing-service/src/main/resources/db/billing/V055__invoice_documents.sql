-- What is made of an invoice once it is finalized: its documents, who gets them, and what the ledger
-- says was earned.

-- Each document as it was first made: the same bytes for ever, whatever makes them later.
create table invoice_pdf (
  invoice_id bigint not null references invoice,
  status text not null check (status in ('finalized', 'void')),
  language text not null check (language in ('en', 'ko')),
  paper text not null check (paper in ('A4', 'LETTER')),
  sha256 bytea not null check (sha256 = sha256(bytes)),
  bytes bytea not null,
  made_at timestamptz not null,
  primary key (invoice_id, status, language, paper)
);
create trigger append_only before update or delete or truncate on invoice_pdf
  for each statement execute function refuse_change();

-- Who is to get word of it, and whether they did. Made in the transaction that finalizes.
create table invoice_delivery (
  delivery_id bigint generated always as identity primary key,
  invoice_id bigint not null references invoice,
  what text not null check (what in ('FINALIZED', 'VOID')),
  channel text not null check (channel in ('EMAIL', 'WEBHOOK')),
  address text null check (length(address) between 3 and 254),
  target_id bigint null references webhook_target,
  attempts int not null default 0,
  next_at timestamptz null,
  delivered_at timestamptz null,
  last_error text null,
  made_at timestamptz not null,
  check (case channel when 'EMAIL' then address is not null and target_id is null
    else address is null and target_id is not null end),
  check (delivered_at is null or next_at is null),
  unique nulls not distinct (invoice_id, what, channel, address, target_id)
);
comment on column invoice_delivery.next_at is 'when it is due; null: delivered, or given up';
create index on invoice_delivery (next_at) where next_at is not null;
create trigger never_deleted before delete or truncate on invoice_delivery
  for each statement execute function refuse_change();

create function guard_invoice_delivery() returns trigger
language plpgsql as $$
begin
  if old.delivered_at is not null then
    raise exception 'delivery % was made before', old.delivery_id;
  end if;
  return new;
end
$$;
create trigger guard before update on invoice_delivery
  for each row execute function guard_invoice_delivery();

-- Where an organization wants to be told; without one, of all organizations.
create view webhook_address as
  select target_id, organization_id, url, secret, closed_at is not null as closed
  from webhook_target;

-- What the ledger alone says of each UTC month: what was earned and expired in it, what its invoices
-- asked for, and at its end what is earned and not invoiced, invoiced and not paid, and paid or given
-- and not earned. A month in which nothing was posted has no row.
create view revenue_month as
  select tenant_id, currency, month, recognized, breakage, promo_expense, rounding,
    sum(accrued) over w as accrued, sum(receivable) over w as receivable,
    -sum(deferred) over w as deferred, -sum(promised) over w as promised,
    -sum(tax) over w as tax_payable
  from (
    select tenant_id, currency, date_trunc('month', day::timestamp)::date as month,
      -coalesce(sum(amount) filter (where account = 'revenue'), 0) as recognized,
      -coalesce(sum(amount) filter (where account = 'breakage'), 0) as breakage,
      coalesce(sum(amount) filter (where account = 'promo_expense'), 0) as promo_expense,
      coalesce(sum(amount) filter (where account = 'rounding'), 0) as rounding,
      coalesce(sum(amount) filter (where account = 'accrued'), 0) as accrued,
      coalesce(sum(amount) filter (where account = 'receivable'), 0) as receivable,
      coalesce(sum(amount) filter (where account = 'wallet_paid'), 0) as deferred,
      coalesce(sum(amount) filter (where account = 'wallet_promo'), 0) as promised,
      coalesce(sum(amount) filter (where account = 'tax_payable'), 0) as tax
    from balance_day group by 1, 2, 3) m
  window w as (partition by tenant_id, currency order by month);

grant select, insert on invoice_pdf to r1_billing;
grant select, insert on invoice_delivery to r1_billing;
grant update (attempts, next_at, delivered_at, last_error) on invoice_delivery to r1_billing;
grant select on webhook_address, revenue_month to r1_billing;
