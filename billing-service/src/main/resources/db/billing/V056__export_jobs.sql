-- Exports that are written by a job: what is asked for, how far it is, the files that are in place.
create table export_job (
  job_id bigint generated always as identity primary key,
  command_id uuid not null unique,
  tenant_id bigint null,
  dataset text not null check (dataset ~ '^[a-z][a-z0-9_]{0,62}$'),
  format text not null check (format in ('csv', 'csv.gz', 'jsonl.gz', 'parquet')),
  columns text[] not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  target text null check (target ~ '^[a-z][a-z0-9-]{0,62}$'),
  place text not null check (place ~ '^[A-Za-z0-9=_/.-]+$' and place not like '%..%' and length(place) <= 300),
  status text not null check (status in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  run_id uuid null,
  rows_read bigint not null default 0 check (rows_read >= 0),
  error text null check (length(error) between 1 and 1000),
  manifest jsonb null,
  by_operator boolean not null,
  requested_by text not null check (length(requested_by) between 1 and 200),
  created_at timestamptz not null,
  finished_at timestamptz null,
  files_gone_at timestamptz null,
  check (from_at < to_at),
  check ((status = 'done') = (manifest is not null)),
  check ((status = 'failed') = (error is not null)),
  check ((status in ('waiting', 'running')) = (finished_at is null))
);
comment on column export_job.tenant_id is 'null: all organizations';
comment on column export_job.columns is 'empty: all of the dataset';
comment on column export_job.run_id is
  'who runs it; one that was given up for dead and is not changes nothing more';
comment on column export_job.target is 'name of a configured target; null: kept for download';
comment on column export_job.by_operator is 'or the organization; each has its own limit';
create index on export_job (tenant_id, job_id);
create index on export_job (status) where status in ('waiting', 'running');
create unique index export_job_alone on export_job (target, place)
  where status = 'running' and target is not null;

-- A file that is in its place; a job that is resumed keeps those whose rows are still the same.
create table export_part (
  job_id bigint not null references export_job,
  part_no int not null check (part_no >= 1),
  file text not null,
  rows bigint not null check (rows >= 0),
  sum_pico jsonb not null,
  bytes bigint not null check (bytes >= 0),
  sha256 text not null check (length(sha256) = 64),
  input_sha256 text not null check (length(input_sha256) = 64),
  primary key (job_id, part_no)
);

-- db-scheduler's table, as it is published with 16.12; apart from invoices', whose scheduler knows
-- none of these tasks.
create table export_task (
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
create index on export_task (execution_time);
create index on export_task (last_heartbeat);

grant select, insert on export_job to r1_billing;
grant update (status, run_id, rows_read, error, manifest, finished_at, files_gone_at) on export_job
  to r1_billing;
grant select, insert, delete on export_part to r1_billing;
grant select, insert, update, delete on export_task to r1_billing;
