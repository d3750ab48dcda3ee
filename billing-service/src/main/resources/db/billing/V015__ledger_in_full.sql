-- The ledger in full: every account and kind of journal, and nobody changes what is posted.
alter table account drop constraint account_code_check;
alter table account add constraint account_code_check check (code in ('accrued', 'revenue',
  'wallet_paid', 'wallet_promo', 'cash', 'promo_expense', 'breakage', 'receivable', 'tax_payable',
  'rounding'));

alter table journal drop constraint journal_kind_check;
alter table journal add constraint journal_kind_check check (kind in ('USAGE', 'TOP_UP', 'GRANT',
  'EXPIRY', 'PAYMENT', 'ADJUST', 'INVOICE', 'REVERSAL'));
alter table journal add constraint reversal_reverses
  check ((kind = 'REVERSAL') = (reverses is not null));
alter table journal add column content_sha256 bytea null check (length(content_sha256) = 32);
comment on column journal.content_sha256 is
  'of kind and entries, by which a repeat is told from another journal; null: before V015';

create index on entry (account_id, effective_on);

-- For the owner too, whom grants do not bind.
create function refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op);
end
$$;

create trigger append_only before update or delete or truncate on account
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on journal
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on entry
  for each statement execute function refuse_change();
create trigger never_deleted before delete or truncate on account_day
  for each statement execute function refuse_change();

-- Balanced, and whole: nothing is added to a journal later, not even if it balances.
create or replace function check_journal_balanced() returns trigger
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
  select f.journal_id into wrong
  from (select journal_id, count(*) as entries from fresh group by journal_id) f
  where f.entries <> (select count(*) from entry e where e.journal_id = f.journal_id)
  limit 1;
  if found then
    raise exception 'journal % has been posted whole already', wrong.journal_id;
  end if;
  return null;
end
$$;

create view journal_posted as
  select journal_id, kind, reverses, ref, created_at from journal;

-- Every journal or account whose sums contradict its entries; empty is right.
create view ledger_broken as
  select 'journal ' || e.journal_id || ' is off by ' || sum(e.amount) || ' ' || a.currency
    || ' on ' || e.effective_on as what
  from entry e join account a using (account_id)
  group by e.journal_id, a.currency, e.effective_on
  having sum(e.amount) <> 0
  union all
  select 'account ' || account_id || ' on ' || day || ': entries ' || coalesce(e.amount, 0)
    || ', account_day ' || coalesce(d.amount, 0)
  from (select account_id, effective_on as day, sum(amount) as amount from entry group by 1, 2) e
    full join account_day d using (account_id, day)
  where coalesce(e.amount, 0) <> coalesce(d.amount, 0);

grant select on journal_posted, ledger_broken to r1_billing;
