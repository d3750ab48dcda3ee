-- Invoices and credit notes. What is finalized never changes, for the owner too; the one step left
-- is to void it, which keeps its number. Amounts are pico and exact; `_minor` is the currency's minor
-- unit, rounded once, at finalization.

-- db-scheduler's table, as it is published with 16.12.
create table scheduled_tasks (
  task_name text not null,
  task_instance text not null,
  task_data bytea null,
  execution_time timestamptz not null,
  picked boolean not null,
  picked_by text null,
  last_success timestamptz null,
  last_failure timestamptz null,
  consecutive_failures int null,
  last_heartbeat timestamptz null,
  version bigint not null,
  priority smallint null,
  primary key (task_name, task_instance)
);
create index on scheduled_tasks (execution_time);
create index on scheduled_tasks (last_heartbeat);

-- Who is billed, and how.
create table billing_profile (
  tenant_id bigint primary key,
  name text not null check (length(name) between 1 and 200),
  address text not null check (length(address) <= 1000),
  country char(2) null check (country ~ '^[A-Z]{2}$'),
  tax_number text null check (length(tax_number) between 1 and 50),
  email text null check (email ~ '^[^\s@<>,;]+@[^\s@<>,;]+$' and length(email) <= 254),
  language text not null check (language in ('en', 'ko')),
  paper text not null check (paper in ('A4', 'LETTER')),
  due_days int not null check (due_days between 0 and 365),
  changed_by text not null check (length(changed_by) between 1 and 200),
  changed_at timestamptz not null
);

-- The tax of a line: the organization's rule, else its country's, else the one for all; of each,
-- the one for the line's kind before the one for any. No rule: no tax.
create table tax_rule (
  tax_rule_id bigint generated always as identity primary key,
  command_id uuid not null unique,
  tenant_id bigint null,
  country char(2) null check (country ~ '^[A-Z]{2}$'),
  line_kind text null check (line_kind in ('USAGE', 'TIER', 'SHORTFALL', 'CREDIT')),
  code text not null check (code ~ '^[A-Z0-9_-]{1,20}$'),
  label text not null check (length(label) between 1 and 100),
  rate_ppm int not null check (rate_ppm between 0 and 1000000),
  valid daterange not null check (not isempty(valid) and lower(valid) is not null),
  made_by text not null check (length(made_by) between 1 and 200),
  made_at timestamptz not null,
  check (num_nonnulls(tenant_id, country) <= 1),
  constraint tax_rule_once exclude using gist (coalesce(tenant_id, 0) with =,
    coalesce(country, '') with =, coalesce(line_kind, '') with =, valid with &&)
);
comment on column tax_rule.rate_ppm is 'millionths: 100000 is 10 %';
comment on column tax_rule.valid is 'UTC days; the last day of an invoice''s period decides';

create function guard_tax_rule() returns trigger
language plpgsql as $$
begin
  if (new.tax_rule_id, new.command_id, new.tenant_id, new.country, new.line_kind, new.code,
        new.label, new.rate_ppm, lower(new.valid))
      is distinct from (old.tax_rule_id, old.command_id, old.tenant_id, old.country, old.line_kind,
        old.code, old.label, old.rate_ppm, lower(old.valid))
      or not upper_inf(old.valid) then
    raise exception 'tax rule % is in force: only its open end may be closed', old.tax_rule_id;
  end if;
  return new;
end
$$;
create trigger guard before update on tax_rule for each row execute function guard_tax_rule();
create trigger never_deleted before delete or truncate on tax_rule
  for each statement execute function refuse_change();

-- The next number of a series: an issuer's invoices or credit notes of a year. Taken under its row
-- lock, in the transaction that finalizes, so that no number is missing or used twice.
create table invoice_series (
  series text primary key check (series ~ '^[A-Za-z0-9-]{1,60}$'),
  next_no bigint not null check (next_no >= 1)
);
create function guard_invoice_series() returns trigger
language plpgsql as $$
begin
  if new.series <> old.series or new.next_no <> old.next_no + 1 then
    raise exception 'series %: the number after % is %', old.series, old.next_no, old.next_no + 1;
  end if;
  return new;
end
$$;
create trigger guard before update on invoice_series
  for each row execute function guard_invoice_series();
create trigger never_deleted before delete or truncate on invoice_series
  for each statement execute function refuse_change();

create table invoice (
  invoice_id bigint generated always as identity primary key,
  tenant_id bigint not null,
  kind text not null check (kind in ('INVOICE', 'CREDIT_NOTE')),
  status text not null check (status in ('open', 'draft', 'finalized', 'void')),
  period tstzrange not null,
  currency char(3) not null,
  built_at timestamptz not null,
  net_pico pico not null default 0,
  ledger_pico pico not null default 0,
  net_minor bigint not null default 0,
  tax_minor bigint not null default 0,
  reference_id bigint null references invoice,
  series text null references invoice_series,
  series_no bigint null check (series_no >= 1),
  number text null unique,
  issued_at timestamptz null,
  issued_by text null,
  due_on date null,
  terms text null,
  issuer jsonb null,
  customer jsonb null,
  journal_id uuid null unique references journal,
  command_id uuid null unique,
  usage_root bytea null,
  checkpoint_size bigint null,
  voided_at timestamptz null,
  voided_by text null,
  void_reason text null,
  void_journal_id uuid null unique references journal,
  void_command_id uuid null unique,
  unique (series, series_no),
  check ((status in ('finalized', 'void')) = (number is not null)),
  check (num_nulls(number, series, series_no, issued_at, issued_by, due_on, terms, issuer, customer,
    journal_id) in (0, 10)),
  check ((status = 'void') = (voided_at is not null)),
  check (num_nulls(voided_at, voided_by, void_reason, void_journal_id, void_command_id) in (0, 5)),
  check ((kind = 'CREDIT_NOTE') = (reference_id is not null)),
  check (kind = 'INVOICE' or status <> 'void'),
  check (lower_inc(period) and not upper_inc(period)
    and lower(period) at time zone 'UTC' = date_trunc('month', lower(period) at time zone 'UTC')
    and upper(period) at time zone 'UTC'
      = (lower(period) at time zone 'UTC') + interval '1 month')
);
comment on column invoice.net_pico is 'the exact sum of the lines but tax';
comment on column invoice.ledger_pico is
  'what the ledger says is due: the same, or the invoice is not finalized';
create unique index invoice_once on invoice (tenant_id, currency, lower(period))
  where kind = 'INVOICE' and status <> 'void';
create index on invoice (tenant_id, status);
create index on invoice (reference_id) where reference_id is not null;

create table invoice_line (
  invoice_id bigint not null references invoice,
  line_no int not null check (line_no >= 1),
  kind text not null check (kind in ('USAGE', 'TIER', 'SHORTFALL', 'CREDIT', 'ADJUSTMENT', 'TAX')),
  month date null check (month = date_trunc('month', month::timestamp)::date),
  project_id bigint null,
  card_id bigint null references rate_card,
  model_id int null references model,
  sku text null,
  version_id bigint null references rate_card_version,
  win int null,
  unit_pico bigint null check (unit_pico >= 0),
  quantity pico null,
  note text null check (length(note) between 1 and 500),
  reference_line int null,
  amount pico not null,
  amount_minor bigint not null,
  tax_code text null,
  tax_label text null,
  tax_ppm int not null check (tax_ppm between 0 and 1000000),
  primary key (invoice_id, line_no),
  check ((tax_code is null) = (tax_label is null)),
  check (kind <> 'TAX' or tax_code is not null),
  check (case when kind = 'USAGE'
    then num_nulls(month, project_id, model_id, sku, version_id, win, unit_pico, quantity) = 0
      and amount = quantity * unit_pico
    else num_nonnulls(project_id, version_id, unit_pico, quantity) = 0 end),
  check (kind <> 'TIER' or num_nulls(month, card_id, model_id, sku, win) = 0),
  check (kind not in ('SHORTFALL', 'CREDIT') or month is not null),
  check (kind <> 'CREDIT' or note in ('PAID', 'PROMO')),
  check ((kind = 'ADJUSTMENT') = (reference_line is not null)),
  check (kind <> 'ADJUSTMENT' or note is not null)
);
comment on column invoice_line.reference_line is 'of a credit note: the line it gives back';
comment on column invoice_line.month is
  'of the usage: an earlier one than the invoice''s came too late for its own';
comment on column invoice_line.amount is 'exact; of TAX: what its minor amount is';

create function guard_invoice() returns trigger
language plpgsql as $$
declare
  steps constant text[] := array['status', 'voided_at', 'voided_by', 'void_reason',
    'void_journal_id', 'void_command_id'];
  lines record;
begin
  if tg_op = 'INSERT' then
    if new.status not in ('open', 'draft') then
      raise exception 'an invoice begins open or as a draft, not %', new.status;
    end if;
    return new;
  end if;
  if old.status in ('finalized', 'void') then
    if tg_op = 'UPDATE' and old.status = 'finalized' and new.status = 'void'
        and to_jsonb(new) - steps = to_jsonb(old) - steps then
      return new;
    end if;
    raise exception 'invoice % is % and immutable: % refused', old.number, old.status,
      lower(tg_op);
  end if;
  if tg_op = 'DELETE' then
    return old;
  end if;
  if (new.invoice_id, new.tenant_id, new.kind, new.period, new.currency, new.reference_id)
      is distinct from
      (old.invoice_id, old.tenant_id, old.kind, old.period, old.currency, old.reference_id)
      or (old.status, new.status) not in (('open', 'open'), ('open', 'draft'), ('draft', 'draft'),
        ('draft', 'finalized')) then
    raise exception 'invoice %: no step from % to %', old.invoice_id, old.status, new.status;
  end if;
  if new.status = 'finalized' then
    select coalesce(sum(amount) filter (where kind <> 'TAX'), 0) as net,
      coalesce(sum(amount_minor) filter (where kind <> 'TAX'), 0) as net_minor,
      coalesce(sum(amount_minor) filter (where kind = 'TAX'), 0) as tax_minor
    into lines from invoice_line where invoice_id = new.invoice_id;
    if (lines.net, lines.net_minor, lines.tax_minor)
        <> (new.net_pico, new.net_minor, new.tax_minor) then
      raise exception 'invoice %: its lines add up to %, % and %', new.invoice_id, lines.net,
        lines.net_minor, lines.tax_minor;
    end if;
  end if;
  return new;
end
$$;
create trigger guard before insert or update or delete on invoice
  for each row execute function guard_invoice();
create trigger refuse_truncate before truncate on invoice
  for each statement execute function refuse_change();

-- The share lock makes an edit wait for a finalization that is under way.
create function guard_invoice_line() returns trigger
language plpgsql as $$
declare
  found_invoice record;
begin
  for found_invoice in
    select invoice_id, status from invoice
    where invoice_id in (case when tg_op <> 'INSERT' then old.invoice_id end,
      case when tg_op <> 'DELETE' then new.invoice_id end)
    for share
  loop
    if found_invoice.status not in ('open', 'draft') then
      raise exception 'invoice % is % and its lines immutable: % refused',
        found_invoice.invoice_id, found_invoice.status, lower(tg_op);
    end if;
  end loop;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;
create trigger guard before insert or update or delete on invoice_line
  for each row execute function guard_invoice_line();
create trigger refuse_truncate before truncate on invoice_line
  for each statement execute function refuse_change();

-- What keeps an invoice from being finalized and was set aside by a named person, for a reason.
create table invoice_waiver (
  invoice_id bigint not null references invoice,
  blocker text not null,
  command_id uuid not null unique,
  reason text not null check (length(reason) between 1 and 500),
  actor text not null check (length(actor) between 1 and 200),
  waived_at timestamptz not null,
  primary key (invoice_id, blocker)
);
create trigger append_only before update or delete or truncate on invoice_waiver
  for each statement execute function refuse_change();

grant select, insert, update, delete on scheduled_tasks to r1_billing;
grant select, insert, update on billing_profile, invoice_series to r1_billing;
grant select, insert on tax_rule, invoice_waiver to r1_billing;
grant update (valid) on tax_rule to r1_billing;
grant select, insert, update, delete on invoice, invoice_line to r1_billing;

-- Tokens and charges under the day that the ledger has them: of admission, of the confirmation of a
-- record that was held, of a re-rating. The counts of a held record are in its bytes.
create view dated_usage as
  select tenant_id, (hour at time zone 'UTC')::date as day, project_id, model_id, version_id, win,
    batch, tok_hit, tok_miss, tok_reason, tok_answer
  from usage_hourly
  union all
  select k.tenant_id, d.day,
    ('x' || encode(substring(h.record from 33 for 8), 'hex'))::bit(64)::bigint,
    ('x' || encode(substring(h.record from 5 for 4), 'hex'))::bit(32)::int,
    k.version_id,
    ('x' || encode(substring(h.record from 93 for 4), 'hex'))::bit(32)::int,
    get_byte(h.record, 3) & 8 <> 0,
    d.sign * ('x' || encode(substring(h.record from 65 for 4), 'hex'))::bit(32)::int::bigint,
    d.sign * ('x' || encode(substring(h.record from 69 for 4), 'hex'))::bit(32)::int::bigint,
    d.sign * ('x' || encode(substring(h.record from 73 for 4), 'hex'))::bit(32)::int::bigint,
    d.sign * ('x' || encode(substring(h.record from 77 for 4), 'hex'))::bit(32)::int::bigint
  from usage_correction k join usage_held h using (held_id)
    cross join lateral (values (k.admitted_on, -1::bigint), (k.effective_on, 1)) as d(day, sign)
  where k.admitted_on <> k.effective_on
  union all
  select q.tenant_id, (r.done_at at time zone 'UTC')::date, q.project_id, q.model_id, d.version_id,
    d.win, q.batch, d.sign * q.tok_hit, d.sign * q.tok_miss, d.sign * q.tok_reason,
    d.sign * q.tok_answer
  from rerated_request q join rerating r using (rerating_no)
    cross join lateral (values (q.old_version_id, q.old_win, -1::bigint),
      (q.new_version_id, q.new_win, 1)) as d(version_id, win, sign);

-- Tier discounts and shortfalls under the ledger's days.
create view dated_adjustment as
  select a.kind, a.tenant_id, a.currency, (lower(a.period) at time zone 'UTC')::date as month,
    a.card_id, a.model_id, a.sku, a.win, p.effective_on as day, p.amount
  from adjustment a join posted_entry p on p.journal_id = a.journal_id and p.account = 'accrued';

create view balance_day as
  select a.tenant_id, a.code as account, a.currency, d.day, d.amount
  from account_day d join account a using (account_id);

-- Every contradiction of invoices with their numbers, their lines or the ledger; empty is right.
create view invoice_broken as
  select 'series ' || s.series || ': next ' || s.next_no || ', used ' || count(i.series_no)
    || ' up to ' || coalesce(max(i.series_no), 0) as what
  from invoice_series s left join invoice i using (series)
  group by s.series, s.next_no
  having count(i.series_no) <> s.next_no - 1 or coalesce(max(i.series_no), 0) <> s.next_no - 1
  union all
  select 'invoice ' || i.number || ': lines ' || l.net || ', accrued taken '
    || coalesce(-p.accrued, 0) || ', receivable ' || coalesce(p.receivable, 0)
  from invoice i
    cross join lateral (select coalesce(sum(amount) filter (where kind <> 'TAX'), 0) as net
      from invoice_line where invoice_id = i.invoice_id) l
    cross join lateral (
      select sum(amount) filter (where account = 'accrued') as accrued,
        sum(amount) filter (where account = 'receivable') as receivable,
        sum(amount) filter (where account = 'tax_payable') as tax,
        sum(amount) filter (where account = 'rounding') as rounding
      from posted_entry where journal_id = i.journal_id) p
  where i.number is not null and (i.net_pico <> l.net
    or (i.kind = 'INVOICE' and l.net <> coalesce(-p.accrued, 0))
    or coalesce(p.receivable, 0) <> l.net - coalesce(p.tax, 0) - coalesce(p.rounding, 0));

grant select on dated_usage, dated_adjustment, balance_day, invoice_broken to r1_billing;
