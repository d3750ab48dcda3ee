-- Exports that are written again and again to a target, without anybody ordering them.
create table export_schedule (
  schedule_id bigint generated always as identity primary key,
  command_id uuid not null unique,
  tenant_id bigint null,
  dataset text not null check (dataset ~ '^[a-z][a-z0-9_]{0,62}$'),
  format text not null check (format in ('csv', 'csv.gz', 'jsonl.gz', 'parquet')),
  columns text[] not null,
  target text not null check (target ~ '^[a-z][a-z0-9-]{0,62}$'),
  period text not null check (period in ('hour', 'day', 'month')),
  rhythm text not null check (rhythm in ('hourly', 'daily', 'after_close')),
  begins_at timestamptz not null,
  status text not null check (status in ('active', 'paused', 'closed')),
  made_by text not null check (length(made_by) between 1 and 200),
  made_at timestamptz not null,
  next_from timestamptz not null,
  written_at timestamptz null,
  final_from timestamptz not null,
  job_id bigint null references export_job,
  job_due timestamptz null,
  job_final boolean not null default false,
  failures int not null default 0 check (failures >= 0),
  retry_at timestamptz null,
  error text null check (length(error) between 1 and 1000),
  done_at timestamptz null,
  look_at timestamptz not null,
  check ((job_id is null) = (job_due is null)),
  check (job_id is not null or retry_at is null),
  check (begins_at <= next_from and begins_at <= final_from)
);
comment on column export_schedule.tenant_id is 'null: all organizations';
comment on column export_schedule.next_from is
  'begin of the oldest period not written since it ended';
comment on column export_schedule.written_at is
  'moment as of which that period is written; null: not at all';
comment on column export_schedule.final_from is
  'begin of the oldest period not written since its month closed';
comment on column export_schedule.job_id is 'the job that writes for it now; one at a time';
comment on column export_schedule.job_due is 'moment as of which the job writes';
comment on column export_schedule.retry_at is 'when the job, which failed, runs again';
comment on column export_schedule.look_at is 'nothing to do before';

-- Two would overwrite one another's files.
create unique index export_schedule_alone
  on export_schedule (target, dataset, coalesce(tenant_id, 0), period) where status <> 'closed';
create index on export_schedule (look_at) where status = 'active';

-- Of one project: what its keys order, and the operator may.
alter table export_job add column project_id bigint null;
alter table export_job add check (project_id is null or tenant_id is not null);

alter table export_job add column schedule_id bigint null references export_schedule;
comment on column export_job.schedule_id is
  'which had it made; such jobs are in no limit of orders';

-- Ended ones do not stay for ever.
create index on export_job (finished_at) where finished_at is not null;
grant delete on export_job to r1_billing;
create index on export_run (completed_at);
grant delete on export_run to r1_billing;

-- The months that somebody has usage or an invoice of. One is closed by a finalized invoice, of it or
-- of a later month: after that none is made of it, and what is still due of it goes on with the next.
-- What a credit note took is no usage: it is billed by itself.
create function invoice_month(organization bigint, first_day date, end_day date)
returns table (tenant_id bigint, currency char(3), month date, closed boolean)
language sql stable as $$
  with part as (
    select i.tenant_id, i.currency, (lower(i.period) at time zone 'UTC')::date as day,
      true as invoiced, 0::numeric as earned
    from invoice i
    where i.kind = 'INVOICE' and (organization is null or i.tenant_id = organization)
      and lower(i.period) >= first_day::timestamp at time zone 'UTC'
      and lower(i.period) < end_day::timestamp at time zone 'UTC'
    union all
    select d.tenant_id, d.currency, d.day, false, d.amount
    from balance_day d
    where d.account = 'revenue' and d.day >= first_day and d.day < end_day
      and (organization is null or d.tenant_id = organization)
    union all
    select p.tenant_id, p.currency, p.effective_on, false, -p.amount
    from invoice i join posted_entry p using (journal_id)
    where i.kind = 'CREDIT_NOTE' and p.account = 'revenue'
      and p.effective_on >= first_day and p.effective_on < end_day
      and (organization is null or p.tenant_id = organization)
  ), used as (
    select p.tenant_id, p.currency, p.day from part p
    group by p.tenant_id, p.currency, p.day
    having bool_or(p.invoiced) or sum(p.earned) <> 0
  ), known as (
    select distinct u.tenant_id, u.currency, date_trunc('month', u.day::timestamp)::date as month
    from used u
  )
  select k.tenant_id, k.currency, k.month, exists (
    select from invoice i
    where i.tenant_id = k.tenant_id and i.currency = k.currency
      and i.kind = 'INVOICE' and i.status = 'finalized'
      and lower(i.period) >= k.month::timestamp at time zone 'UTC')
  from known k
$$;

grant select, insert on export_schedule to r1_billing;
grant update (status, next_from, written_at, final_from, job_id, job_due, job_final, failures,
  retry_at, error, done_at, look_at) on export_schedule to r1_billing;
