-- The bundle of an invoice: what it covers, its bytes, and why it is not made yet.

-- No route has made a bundle before this script, so the table is empty.
-- Where the log stood when a month's bundle began: the end of the organization's bundle before it.
alter table log_month add column start_size bigint not null references log_checkpoint;
alter table log_month add check (start_size < end_size);

alter table invoice add column earlier_id bigint null references invoice;
comment on column invoice.earlier_id is 'the finalized invoice before, when this was finalized';

-- The usage of an invoice: what is dated up to its month and was in the log by its checkpoint_size,
-- less what the finalized invoice before it covers. Without a size before, nothing of its months.
-- The one before stays it when it is made void. Invoices from before this script did not note it.
create view billed_usage as
  select i.invoice_id, i.tenant_id, i.currency, i.status, i.number, i.issued_at, i.net_pico,
    (lower(i.period) at time zone 'UTC')::date as month, i.usage_root, i.checkpoint_size,
    earlier.invoice_id as earlier_id, earlier.month as earlier_month,
    earlier.checkpoint_size as earlier_size
  from invoice i left join lateral (
    select e.invoice_id, (lower(e.period) at time zone 'UTC')::date as month, e.checkpoint_size
    from invoice e
    where e.tenant_id = i.tenant_id and e.currency = i.currency and e.kind = 'INVOICE'
      and (e.invoice_id = i.earlier_id or i.earlier_id is null and e.status = 'finalized'
        and lower(e.period) < lower(i.period))
    order by lower(e.period) desc limit 1) earlier on true
  where i.kind = 'INVOICE';

create view billed_line as
  select l.invoice_id, l.line_no, l.kind, l.month, l.project_id, l.model_id, l.sku,
    encode(v.content_sha256, 'hex') as price_sha256, l.win, l.quantity, l.unit_pico, l.amount
  from invoice_line l left join rate_card_version v using (version_id);

-- What re-rating moved from one price to another, under the day that invoices have it.
create view repriced_usage as
  select q.tenant_id, c.currency, (r.done_at at time zone 'UTC')::date as day, q.project_id,
    q.model_id, encode(v.content_sha256, 'hex') as price_sha256, d.win, q.batch,
    d.sign * q.tok_hit as tok_hit, d.sign * q.tok_miss as tok_miss,
    d.sign * q.tok_reason as tok_reason, d.sign * q.tok_answer as tok_answer
  from rerated_request q join rerating r using (rerating_no)
    cross join lateral (values (q.old_version_id, q.old_win, -1::bigint),
      (q.new_version_id, q.new_win, 1)) as d(version_id, win, sign)
    join rate_card_version v on v.version_id = d.version_id
    join rate_card c on c.card_id = v.card_id;

create table bill_bundle (
  invoice_id bigint primary key references invoice,
  sha256 bytea not null check (length(sha256) = 32),
  bytes bigint not null check (bytes > 0),
  records bigint not null check (records >= 0),
  made_at timestamptz not null
);
create table bill_bundle_part (
  invoice_id bigint not null references bill_bundle,
  part int not null check (part >= 0),
  bytes bytea not null check (length(bytes) between 1 and 1048576),
  primary key (invoice_id, part)
);
alter table bill_bundle_part alter column bytes set storage external;
create trigger append_only before update or delete or truncate on bill_bundle
  for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on bill_bundle_part
  for each statement execute function refuse_change();

-- Why a finalized invoice has no bundle, as it was last found.
create table bill_bundle_missing (
  invoice_id bigint primary key references invoice,
  code text not null check (code ~ '^[A-Z_]{1,30}$'),
  what text not null check (length(what) between 1 and 1000),
  checked_at timestamptz not null
);

-- A scheduler deletes tasks of others that it does not know; this one has a table of its own.
create table bill_bundle_task (like scheduled_tasks including all);

grant select on billed_usage, billed_line, repriced_usage to r1_billing;
grant select, insert on bill_bundle, bill_bundle_part to r1_billing;
grant select, insert, update, delete on bill_bundle_missing, bill_bundle_task to r1_billing;
