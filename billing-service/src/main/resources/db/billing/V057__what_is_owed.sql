-- What an organization may still owe follows the ledger; an invoice that would be below 0 is
-- carried to the next one.

-- Per organization, what the limit of its CREDIT budget is, and what it should be: what was spent,
-- and beside that its credit line less what it owes, invoiced or not, and what is left of credit
-- that holds. A batch of usage moves what was spent, what is owed and what is left at once, so it
-- never moves the limit; all else that is posted does. Who has no terms yet has the
-- line that its budget began with. Of these organizations, or of all where null is given.
create function credit_limits(organizations bigint[], moment timestamptz) returns table (
  organization_id bigint, currency char(3), limit_pico numeric, limit_until timestamptz,
  due_pico numeric, due_until timestamptz)
language sql stable set search_path = billing, pg_temp as $$
  select b.organization_id, b.currency, b.limit_pico, p.until,
    p.spent + coalesce(a.credit_limit, b.limit_pico - c.moved) - o.owed + g.remaining, g.until
  from budget b
    left join credit_account a on a.tenant_id = b.organization_id
    cross join lateral (
      select coalesce(sum(spent + overrun), 0) as spent, min(limit_until) as until
      from budget_period where budget_id = b.budget_id) p
    cross join lateral (
      select coalesce(sum(delta), 0) as moved from credit_change where budget_id = b.budget_id) c
    cross join lateral (
      select coalesce(sum(d.amount), 0) as owed from account t join account_day d using (account_id)
      where t.tenant_id = b.organization_id and t.currency = b.currency
        and t.code in ('accrued', 'receivable')) o
    cross join lateral (
      select coalesce(sum(r.remaining), 0) as remaining, min(r.expires_at) as until
      from credit_grant r
      where r.tenant_id = b.organization_id and r.pays and r.effective_at <= moment
        and (r.expires_at is null or r.expires_at > moment)) g
  where b.scope = 'CREDIT' and b.closed_at is null
    and (organizations is null or b.organization_id = any (organizations))
$$;
create index on credit_change (budget_id);

-- What an invoice would be below 0 by is taken to the next one, before tax; `note` is its tax code.
alter table invoice_line drop constraint invoice_line_kind_check;
alter table invoice_line add constraint invoice_line_kind_check check (kind in ('USAGE', 'TIER',
  'SHORTFALL', 'CREDIT', 'CARRIED', 'ADJUSTMENT', 'TAX'));
alter table invoice_line add check (kind <> 'CARRIED' or month is null);

-- The close reads what is not finalized, and who has something new since it last went through.
create index on invoice (tenant_id, currency, lower(period))
  where kind = 'INVOICE' and status in ('open', 'draft');
create table invoice_close (
  one boolean primary key default true check (one),
  looked_at timestamptz not null
);
comment on column invoice_close.looked_at is
  'when the last close began that went through all and failed at none';
grant select, insert, update on invoice_close to r1_billing;

create function earned_since(since timestamptz) returns table (tenant_id bigint, currency char(3))
language sql stable set search_path = billing, pg_temp as $$
  select distinct a.tenant_id, a.currency
  from journal j join entry e using (journal_id) join account a using (account_id)
  where j.created_at >= since and a.code in ('accrued', 'revenue')
$$;

-- As before, and the tax too: of the lines, of the invoice and of its journal.
create or replace view invoice_broken as
  select 'series ' || s.series || ': next ' || s.next_no || ', used ' || count(i.series_no)
    || ' up to ' || coalesce(max(i.series_no), 0) as what
  from invoice_series s left join invoice i using (series)
  group by s.series, s.next_no
  having count(i.series_no) <> s.next_no - 1 or coalesce(max(i.series_no), 0) <> s.next_no - 1
  union all
  select 'invoice ' || i.number || ': lines ' || l.net || ' and tax ' || l.tax
    || ', accrued taken ' || p.accrued || ', tax owed ' || p.tax || ', receivable '
    || p.receivable
  from invoice i
    cross join lateral (
      select coalesce(sum(amount) filter (where kind <> 'TAX'), 0) as net,
        coalesce(sum(amount) filter (where kind = 'TAX'), 0) as tax,
        coalesce(sum(amount_minor) filter (where kind <> 'TAX'), 0) as net_minor,
        coalesce(sum(amount_minor) filter (where kind = 'TAX'), 0) as tax_minor
      from invoice_line where invoice_id = i.invoice_id) l
    cross join lateral (
      select coalesce(-sum(amount) filter (where account = 'accrued'), 0) as accrued,
        coalesce(sum(amount) filter (where account = 'receivable'), 0) as receivable,
        coalesce(-sum(amount) filter (where account = 'tax_payable'), 0) as tax,
        coalesce(sum(amount) filter (where account = 'rounding'), 0) as rounding
      from posted_entry where journal_id = i.journal_id) p
  where i.number is not null and (i.net_pico <> l.net
    or (i.net_minor, i.tax_minor) <> (l.net_minor, l.tax_minor) or p.tax <> l.tax
    or (i.kind = 'INVOICE' and l.net <> p.accrued)
    or p.receivable <> l.net + p.tax - p.rounding);
