-- Batches, and one row for each line until its batch has ended.
-- outcome: how it will end, once that is settled. stop_at: from then on its running lines are
-- stopped. total, completed, failed: of lines; the latter two are counted when it ends.
-- blocked: why no line starts now. errors: of the whole batch.
create table batch (
  batch_id uuid primary key,
  project_id bigint not null references project,
  organization_id bigint not null references organization,
  api_key_id bigint not null references api_key,
  input_file_id uuid not null,
  endpoint text not null,
  metadata jsonb null,
  output_seconds int null,
  status text not null check (status in ('validating', 'in_progress', 'finalizing', 'cancelling',
    'completed', 'failed', 'expired', 'cancelled')),
  outcome text null check (outcome in ('completed', 'failed', 'expired', 'cancelled')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  started_at timestamptz null,
  finalizing_at timestamptz null,
  cancelling_at timestamptz null,
  stop_at timestamptz null,
  ended_at timestamptz null,
  total int not null default 0,
  completed int not null default 0,
  failed int not null default 0,
  output_file_id uuid null,
  error_file_id uuid null,
  errors jsonb null,
  blocked jsonb null,
  key_sha256 bytea null check (length(key_sha256) = 32),
  body_sha256 bytea null check (length(body_sha256) = 32),
  check ((status in ('completed', 'failed', 'expired', 'cancelled')) = (ended_at is not null)),
  check ((key_sha256 is null) = (body_sha256 is null))
);
create unique index batch_key on batch (project_id, key_sha256) where key_sha256 is not null;
create index on batch (project_id, created_at, batch_id);
create index batch_open on batch (created_at) where ended_at is null;
grant select, insert, update on batch to r1_api;

-- at, length: where the line is in the input file, in bytes. owner: who runs it, as live_owner
-- names it: only under that epoch of the journal can it be charged. kept: its answer is here, and
-- it may have been charged. reply: its line of the output, encrypted; none of a
-- line whose answer was lost with its server after it was charged.
create table batch_line (
  batch_id uuid not null references batch on delete cascade,
  line int not null check (line >= 1),
  at bigint not null,
  length int not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'kept', 'done')),
  failures int not null default 0,
  event_id uuid null,
  owner text null,
  failed boolean null,
  reply bytea null,
  primary key (batch_id, line),
  check ((state in ('running', 'kept')) <= (event_id is not null and owner is not null)),
  check ((state in ('kept', 'done')) = (failed is not null)),
  check ((state = 'kept') <= (reply is not null))
) with (fillfactor = 50);
alter table batch_line alter column reply set storage external;
create index batch_line_waiting on batch_line (batch_id, line) where state = 'waiting';
create index batch_line_running on batch_line (batch_id, line) where state in ('running', 'kept');
grant select, insert, update, delete on batch_line to r1_api;
