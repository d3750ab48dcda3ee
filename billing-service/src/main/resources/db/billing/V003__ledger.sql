-- Double entry. A journal goes in whole, balanced, in one statement, and never changes.
create table account (
  account_id bigint generated always as identity primary key,
  tenant_id bigint not null,
  code text not null check (code in ('accrued', 'revenue')),
  currency char(3) not null,
  unique (tenant_id, code, currency)
);

create table journal (
  journal_id uuid primary key,
  kind text not null check (kind = 'USAGE'),
  reverses uuid null unique references journal,
  ref jsonb not null,
  created_at timestamptz not null
);

create table entry (
  journal_id uuid not null references journal,
  ord int not null,
  account_id bigint not null references account,
  effective_on date not null,
  amount pico not null check (amount <> 0),
  primary key (journal_id, ord)
);
comment on column entry.amount is '+ debit, - credit';
create index on entry (effective_on);

create table account_day (
  account_id bigint not null references account,
  day date not null,
  amount pico not null,
  primary key (account_id, day)
);

create function check_journal_balanced() returns trigger
language plpgsql as $$
declare
  wrong record;
begin
  select f.journal_id, a.currency, f.effective_on, sum(f.amount) as amount into wrong
  from fresh f join account a using (account_id)
  group by f.journal_id, a.currency, f.effective_on
  having sum(f.amount) <> 0
  limit 1;
  if found then
    raise exception 'journal % is off by % % on %',
      wrong.journal_id, wrong.amount, wrong.currency, wrong.effective_on;
  end if;
  return null;
end
$$;

create trigger balanced after insert on entry
  referencing new table as fresh for each statement execute function check_journal_balanced();

grant select, insert on account, journal, entry to r1_billing;
grant select, insert, update on account_day to r1_billing;
